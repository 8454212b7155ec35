"""What could stand at the cursor: a pure function of the text before it and the names there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[A-Za-z_]\w*$")
_PREFIXES = r"(?:(?:qui\w*|cap\w*|n|no\w*)\s*:?\s+)*"
_AT_COMMAND = re.compile(rf"\s*{_PREFIXES}\w*$")
_FIRST_WORD = re.compile(rf"\s*{_PREFIXES}(\w+)")
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Words that fit, and how many characters before the cursor they replace."""

    words: tuple[str, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Names:
    """The names that completion knows.

    Attributes
    ----------
    commands : mapping of command to its option names
    variables : names in the data
    """

    commands: dict[str, tuple[str, ...]]
    variables: tuple[str, ...]


def suggest(before: str, names: Names) -> Suggestions:
    """Return completions for the text before the cursor.

    Commands at the start (also behind `quietly` and its sisters), options behind a comma, otherwise
    variables; nothing inside a string or a macro.
    """
    line = before.rpartition("\n")[2]
    bare = _QUOTED.sub("", line)
    found = _WORD.search(line)
    word = found.group() if found else ""
    if '"' in bare or bare.rpartition("`")[1] and "'" not in bare.rpartition("`")[2]:
        return Suggestions((), len(word))
    if _AT_COMMAND.fullmatch(line):
        return _matching(names.commands, word)
    if _behind_comma(bare):
        command = _FIRST_WORD.match(line)
        options = _options(command.group(1) if command else "", names)
        return _matching(options, word)
    return _matching(names.variables, word)


def _behind_comma(text: str) -> bool:
    """Return whether the end of the text stands among options, not inside their parentheses."""
    comma, depth = False, 0
    for character in text:
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            comma = True
        elif character == "|" and depth == 0:
            comma = False
    return comma and depth == 0


def _options(word: str, names: Names) -> tuple[str, ...]:
    if word in names.commands:
        return names.commands[word]
    return next((options for name, options in names.commands.items() if name.startswith(word)), ())


def _matching(words: Iterable[str], start: str) -> Suggestions:
    return Suggestions(tuple(sorted({word for word in words if word.startswith(start)})), len(start))
