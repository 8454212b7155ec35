"""Our own transcripts, byte for byte. XMIXED_REGENERATE=1 writes them anew, to be reviewed as a diff."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session, read_do_file

_LONG = re.compile(r"-?\d*\.\d{9,}(?:e[-+]\d+)?")
"""Figures in full precision, whose last digits depend on the processor."""

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


def rounded(text: str) -> str:
    """Return text with its long figures in nine digits."""
    return _LONG.sub(lambda found: f"{float(found[0]):.9g}", text)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.do")))
def test_transcript(name):
    actual = transcript(FOLDER / f"{name}.do")
    log = FOLDER / f"{name}.log"
    if os.environ.get("XMIXED_REGENERATE"):
        log.write_text(actual, encoding="utf-8", newline="\n")
    assert rounded(actual) == rounded(log.read_text(encoding="utf-8"))
