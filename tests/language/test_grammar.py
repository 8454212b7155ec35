"""Loading the parser tables: shipped, cached, or built."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from xmixed.language import grammar


@pytest.fixture
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def load() -> object:
    """Load the parser as a fresh process would."""
    return grammar.load_parser.__wrapped__()


def parses(parser: object) -> bool:
    return bool(parser.parse("1 + 2", start="expression"))  # type: ignore[attr-defined]


def forbid_building(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the tables were built anew")

    monkeypatch.setattr(grammar.Grammar, "build", fail)


def test_built_once_then_cached(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parses(load())
    (cached,) = (cache_home / "xmixed").iterdir()
    assert cached.stat().st_mode & 0o777 == 0o644
    forbid_building(monkeypatch)
    assert parses(load())


def test_damaged_cache_is_rebuilt(cache_home: Path) -> None:
    load()
    (cached,) = (cache_home / "xmixed").iterdir()
    whole = cached.read_bytes()
    for content in (b"", whole[:100], whole[:-50], whole[:65] + b"garbage"):
        cached.write_bytes(content)
        assert parses(load())


def test_a_cache_that_others_may_write_is_not_read(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    (cached,) = (cache_home / "xmixed").iterdir()
    os.chmod(cached, 0o666)
    forbid_building(monkeypatch)
    with pytest.raises(AssertionError):
        load()


def test_tables_hold_no_objects(cache_home: Path) -> None:
    load()
    (cached,) = (cache_home / "xmixed").iterdir()
    key, _, _ = cached.read_bytes().partition(b"\n")
    cached.write_bytes(key + b"\n" + pickle.dumps({"data": Path("x"), "memo": {}}))
    assert parses(load())


def test_unwritable_cache_does_not_matter(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache_home / "xmixed").write_text("a file where the folder should be")
    assert parses(load())


def test_build_tables_for_the_wheel(tmp_path: Path) -> None:
    output = tmp_path / "share" / grammar.COMMANDS.tables
    command = [sys.executable, "-m", "xmixed.language.build_tables", str(output)]
    root = Path(__file__).resolve().parents[2]
    subprocess.run(command, check=True, cwd=root)
    key = grammar.COMMANDS.key()
    restored = grammar.COMMANDS.restore(output.read_bytes(), key)
    assert parses(restored)
    assert grammar.COMMANDS.restore(output.read_bytes(), b"0" * 64 + b"\n") is None
