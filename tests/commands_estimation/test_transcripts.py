"""Our own transcripts, byte for byte. XMIXED_REGENERATE=1 writes them anew, to be reviewed as a diff."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session, read_do_file

FOLDER = Path(__file__).parent / "transcripts"


def transcript(script: Path) -> str:
    session = Session()
    lines: list[str] = []
    session.out.sinks.append(lambda line: lines.append(line.text))
    try:
        session.run_do_file(read_do_file(str(script)), [])
    except StataError as error:
        lines.append(str(error))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.do")))
def test_transcript(name):
    actual = transcript(FOLDER / f"{name}.do")
    log = FOLDER / f"{name}.log"
    if os.environ.get("XMIXED_REGENERATE"):
        log.write_text(actual, encoding="utf-8", newline="\n")
    assert actual == log.read_text(encoding="utf-8")
