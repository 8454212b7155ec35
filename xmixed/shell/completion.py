"""What could stand at the cursor: a pure function of the text before it and the names there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xmixed.language.lines import LineReader

_WORD = re.compile(r"[A-Za-z_]\w*$")
_PREFIXES = r"(?:(?:qui\w*|cap\w*|n|no\w*)\s*:?\s+)*"
_AT_COMMAND = re.compile(rf"\s*{_PREFIXES}\w*$")
_FIRST_WORD = re.compile(rf"\s*{_PREFIXES}(\w+)")
_BEHIND_FIRST_WORD = re.compile(rf"\s*{_PREFIXES}(\w+)\s+\w*")
_IN_OPTION = re.compile(r"(\w+)\([^()]*$")
_FILE = re.compile(r"\busing\s+\"?([^\s\"]*)$")
_AFTER_COMMAND = re.compile(rf"\s*{_PREFIXES}\w+\s+\"?([^\s\",]*)")
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
    commands : full names of commands
    variables : names in the data
    subcommands : callable
        The subcommands of a command, which may be abbreviated.
    options : callable
        The options of what a line begins with, a command or a subcommand.
    values : callable
        What an option of such a line takes, both as typed: `cov` of `xtmixed ...`.
    files : callable
        The files that the command of a line may mean, by the begin of their names.
    """

    commands: Iterable[str]
    variables: Iterable[str]
    subcommands: Callable[[str], Iterable[str]]
    options: Callable[[str], Iterable[str]]
    values: Callable[[str, str], Iterable[str]]
    files: Callable[[str, str], Iterable[str]]


def suggest(before: str, names: Names) -> Suggestions:
    """Return completions for the text before the cursor.

    Commands at the start (also behind `quietly` and its sisters), options behind a comma, otherwise
    variables, and subcommands behind the first word; nothing inside a string or a macro. Lines that go on
    (`///`) count as one.
    """
    line = last_command(before)
    bare = _QUOTED.sub("", line)
    command = _FIRST_WORD.match(line)
    file = _FILE.search(line) or (_AFTER_COMMAND.fullmatch(line) if command else None)
    if command and file:
        names_of_files = tuple(names.files(line[command.start(1) :], file[1]))
        if names_of_files or '"' in file[0]:
            return Suggestions(names_of_files, len(file[1]))
    found = _WORD.search(line)
    word = found.group() if found else ""
    if '"' in bare or bare.rpartition("`")[1] and "'" not in bare.rpartition("`")[2]:
        return Suggestions((), len(word))
    if _AT_COMMAND.fullmatch(line):
        return _matching(names.commands, word)
    inside = _IN_OPTION.search(bare)
    if inside and _behind_comma(bare[: inside.start()]):
        values = names.values(line[command.start(1) :], inside[1]) if command else ()
        return _matching(values, word)
    if _behind_comma(bare):
        return _matching(names.options(line[command.start(1) :]) if command else (), word)
    behind = _BEHIND_FIRST_WORD.fullmatch(line)
    subcommands = names.subcommands(behind.group(1)) if behind else ()
    return _matching((*subcommands, *names.variables), word)


def last_command(text: str) -> str:
    """Return the command that the end of a text belongs to, on one line."""
    reader = LineReader()
    *before, last = text.split("\n")
    for line in before:
        reader.feed(line)
    return reader.so_far + last


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


def _matching(words: Iterable[str], start: str) -> Suggestions:
    return Suggestions(tuple(sorted({word for word in words if word.startswith(start)})), len(start))
