"""Reading the corpus: do-files with a head that says what they show, and how their logs are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

FOLDER = Path(__file__).parent
DIGITS = 9
"""Significant digits that a log is compared to where its do-file does not say."""

_HEAD = re.compile(r"\*\s*(source|covers|digits):\s*(.*\S)")
_FIGURE = re.compile(r"(?<![\w.])-?(?:\d+\.\d*|\.\d+)(?:e[-+]\d+)?(?!\w)")


@dataclass(frozen=True)
class Script:
    """A do-file of the corpus.

    Attributes
    ----------
    source : str
        What its expected log rests on.
    covers : tuple of str
        Commands and features that it shows, the command first: `merge 1:1`.
    digits : int
        To how many significant digits its figures are compared.
    """

    path: Path
    source: str
    covers: tuple[str, ...]
    digits: int

    @property
    def log(self) -> Path:
        return self.path.with_suffix(".log")

    @property
    def name(self) -> str:
        return self.path.relative_to(FOLDER).with_suffix("").as_posix()


def read_script(path: Path) -> Script:
    """Read the head of a do-file: the comments `* source:`, `* covers:` and `* digits:` at its top."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        head = _HEAD.match(line)
        if head is None:
            break
        found[head[1]] = f"{found[head[1]]}, {head[2]}" if head[1] in found else head[2]
    covers = tuple(item.strip() for item in found.get("covers", "").split(",") if item.strip())
    return Script(path, found.get("source", ""), covers, int(found.get("digits", DIGITS)))


def scripts() -> list[Script]:
    """Return every do-file of the corpus."""
    return [read_script(path) for path in sorted(FOLDER.glob("*/*.do"))]


def first_difference(actual: str, expected: str, digits: int) -> str:
    """Return what first differs between two logs; "" when nothing does.

    Text is compared byte for byte, figures with a decimal point to so many significant digits.
    """
    pairs = zip_longest(actual.split("\n"), expected.split("\n"))
    for number, (ours, theirs) in enumerate(pairs, 1):
        if ours is None or theirs is None or not _same_line(ours, theirs, digits):
            return f"line {number}:\n  is        {ours!r}\n  should be {theirs!r}"
    return ""


def _same_line(ours: str, theirs: str, digits: int) -> bool:
    if ours == theirs:
        return True
    if _FIGURE.sub("#", ours) != _FIGURE.sub("#", theirs):
        return False
    figures = zip(_FIGURE.findall(ours), _FIGURE.findall(theirs), strict=True)
    return all(abs(float(a) - float(b)) <= 10.0**-digits * abs(float(b)) for a, b in figures)
