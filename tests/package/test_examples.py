"""The do-files of docs/examples run to their end; what they claim they assert themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.conftest import ROOT
from xmixed.interpreter.session import Session, read_do_file

EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.do"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session()
    shown: list[str] = []
    session.out.sinks.append(lambda line: shown.append(line.text))
    session.run_do_file(read_do_file(str(path)), [])
    assert shown[-1] == "end of do-file" and not any(line.startswith("r(") for line in shown)
    session.close()


def test_there_are_long_examples() -> None:
    long = [path.stem for path in EXAMPLES if len(path.read_text(encoding="utf-8").splitlines()) >= 100]
    assert set(long) >= {"table_maker", "estimation_wrapper", "simulation"}
