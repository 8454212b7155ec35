"""What the tests name: the strings and numbers of their sources, the lines of their do-files and tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from xmixed.commands.registry import find_entry
from xmixed.errors import StataError

TESTS = Path(__file__).parents[1]
WORD = re.compile(r"[A-Za-z_]\w*|!")
_PREFIX = re.compile(r"(?:quietly|qui|capture|cap|noisily|noi|by\w*\s[^:]*:|xi:?)\s*:?\s*")
_HOLE = " ? "
"""Stands for the values of an f-string."""


@dataclass(frozen=True)
class Shown:
    """What some test names.

    Attributes
    ----------
    lines : tuple of str
        Lines of strings (not of docstrings) and of do-files without their comments.
    words, calls : frozenset of str
        The words of those lines, and those of them that an opening parenthesis follows.
    numbers : frozenset of int
        Whole numbers in the sources, and those in `r(#)` of lines and logs.
    options : frozenset of (command, option)
        Options as typed in lines that begin with a command.
    after_commas : frozenset of str
        Words behind the first comma of any line.
    """

    lines: tuple[str, ...]
    words: frozenset[str]
    calls: frozenset[str]
    numbers: frozenset[int]
    options: frozenset[tuple[str, str]]
    after_commas: frozenset[str]


@cache
def shown() -> Shown:
    """Read every test but those of the house."""
    lines: set[str] = set()
    numbers: set[int] = set()
    for path in sorted(TESTS.rglob("*.py")):
        if path.parent != Path(__file__).parent:
            for value in _constants(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(value, int):
                    numbers.add(value)
                else:
                    lines.update(value.splitlines())
    for path in (*TESTS.rglob("*.do"), *TESTS.rglob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace")
        lines.update(line for line in text.splitlines() if not line.lstrip().startswith(("*", "//", "#")))
    for path in TESTS.rglob("*.log"):
        text = path.read_text(encoding="utf-8", errors="replace")
        numbers.update(int(code) for code in re.findall(r"^r\((\d+)\);", text, re.MULTILINE))
    text = "\n".join(lines)
    numbers.update(int(code) for code in re.findall(r"\br\((\d+)\)", text))
    calls = frozenset(re.findall(r"([A-Za-z_]\w*)\(", text))
    behind = "\n".join(line.partition(",")[2] for line in lines)
    return Shown(
        tuple(lines),
        frozenset(WORD.findall(text)),
        calls,
        frozenset(numbers),
        frozenset(_options(lines)),
        frozenset(re.findall(r"\w+", behind)),  # an option may begin with a digit: 2sls
    )


def _constants(tree: ast.Module) -> Iterator[str | int]:
    """Yield the strings that are not docstrings, f-strings in one piece, and the whole numbers."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else _HOLE for part in node.values)
            yield "".join(str(part) for part in parts)
            waiting += [part for part in node.values if not isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) or type(node.value) is int:
                yield node.value
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            waiting += ast.iter_child_nodes(node)


def _options(lines: set[str]) -> Iterator[tuple[str, str]]:
    """Yield each option typed behind a command or subcommand, by the full name of that."""
    for line in lines:
        text = line.strip().removeprefix(". ")
        while found := _PREFIX.match(text):
            text = text[found.end() :]
        if "," not in text:
            continue
        try:
            entry, _ = find_entry(text)
        except StataError:
            continue
        for word in WORD.findall(text.partition(",")[2]):
            yield entry.name, word
