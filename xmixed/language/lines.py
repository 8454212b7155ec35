"""From physical lines to logical lines: comments, continuation, `#delimit`.

A logical line is what runs as one command. It keeps the physical lines it came from, because a do-file
echoes those; comments and blank lines come through as logical lines with an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """One command as it will run, without comments.

    Attributes
    ----------
    text : str
        The command; "" for a line of comments or blanks.
    physical : tuple of str
        The physical lines it came from; () for a second command of one line under `#delimit ;`.
    start_line : int
        Number of its first physical line, from 1.
    notice : str
        What is shown for it: `delimiter now ;`.
    """

    text: str
    physical: tuple[str, ...]
    start_line: int
    notice: str = ""


_DELIMIT = re.compile(
    r"\s*#\s*d(?:e|el|eli|elim|elimi|elimit)?(?:\s*(;)|\s+(cr))\s*;?\s*(?://.*|/\*.*\*/\s*)?$"
)
_BLANKS_AND_STAR = re.compile(r"\s*\*")
_COMMENT_MARK = re.compile(r"/\*|\*/")
_STAR_MARK = re.compile(r"/\*|///|;")
_CODE_MARK = re.compile(r"`\"|\"|/\*|//|;")
_COMPOUND_MARK = re.compile(r"`\"|\"'")

_SIMPLE = -1


class LineReader:
    """Reads physical lines one by one and gives logical lines as soon as they are complete.

    Blocks are made of these lines by `statements.py`: each line inside one is a logical line here.
    """

    def __init__(self) -> None:
        self._semicolon = False  # `#delimit ;` holds
        self._depth = 0  # of nested /* */
        self._star = False  # inside a comment that began with *
        self._quote = 0  # 0 outside quotes, _SIMPLE inside "...", else the depth of `"..."'
        self._text: list[str] = []
        self._blank = True  # nothing but blanks in _text
        self._last = ""  # last character of _text
        self._physical: list[str] = []
        self._number = 0
        self._start = 1
        self._found: list[LogicalLine] = []
        self._continued = False

    @property
    def pending(self) -> bool:
        """Whether what was fed so far waits for more: inside a comment, after `///`, before a `;`."""
        return bool(self._physical) or not self._at_start() or self._depth > 0

    @property
    def so_far(self) -> str:
        """The command that waits for more, without its comments."""
        return "".join(self._text)

    def feed(self, physical_line: str) -> list[LogicalLine]:
        """Take one physical line, without its end, and return the logical lines that it completes."""
        self._found = []
        self._number += 1
        if not self.pending:
            self._start = self._number
        self._physical.append(physical_line)
        self._continued = False
        delimit = _DELIMIT.match(physical_line) if self._at_start() and self._depth == 0 else None
        if delimit:
            self._semicolon = delimit.group(1) == ";"
            self._finish("delimiter now ;" if self._semicolon else "delimiter now cr")
            return self._found
        position = 0
        while position < len(physical_line):
            position = self._step(physical_line, position)
        self._end_of_line()
        return self._found

    def close(self) -> list[LogicalLine]:
        """Return what is left at the end of the text, however incomplete."""
        self._found = []
        if self.pending:
            self._finish()
        self._depth = 0
        return self._found

    def _at_start(self) -> bool:
        """Return whether a command begins here: nothing but blanks and comments before."""
        return self._blank and not self._star and self._quote == 0

    def _step(self, line: str, position: int) -> int:
        """Read up to and with the next mark, and return the position after it."""
        if self._depth:
            return self._step_comment(line, position)
        if self._star:
            return self._step_star(line, position)
        if self._quote == _SIMPLE:
            end = line.find('"', position)
            self._quote = _SIMPLE if end < 0 else 0
            return self._take(line, position, len(line) if end < 0 else end + 1)
        if self._quote:
            return self._step_compound(line, position)
        star = _BLANKS_AND_STAR.match(line, position) if self._at_start() else None
        if star:
            self._star = True
            return star.end()
        return self._step_code(line, position)

    def _step_comment(self, line: str, position: int) -> int:
        mark = _COMMENT_MARK.search(line, position)
        if mark is None:
            return len(line)
        self._depth += 1 if mark.group() == "/*" else -1
        if self._depth == 0 and not self._star:
            self._add(" ")
        return mark.end()

    def _step_star(self, line: str, position: int) -> int:
        """Read on in a comment that began with `*`: `/*` and `///` count in it, quotes do not."""
        mark = _STAR_MARK.search(line, position)
        if mark is None:
            return len(line)
        if mark.group() == "/*":
            self._depth = 1
        elif mark.group() == ";" and self._semicolon:
            self._finish()
        elif mark.group() == "///" and line[mark.start() - 1 : mark.start()].isspace():
            self._continued = True
            return len(line)
        return mark.end()

    def _step_compound(self, line: str, position: int) -> int:
        mark = _COMPOUND_MARK.search(line, position)
        if mark is None:
            return self._take(line, position, len(line))
        self._quote += 1 if mark.group() == '`"' else -1
        return self._take(line, position, mark.end())

    def _step_code(self, line: str, position: int) -> int:
        mark = _CODE_MARK.search(line, position)
        if mark is None:
            return self._take(line, position, len(line))
        found = mark.group()
        before = self._take(line, position, mark.start())
        if found == "/*":
            self._depth = 1
        elif found == ";" and self._semicolon:
            self._finish()
        elif found == "//" and (before == 0 or self._last == "" or self._last.isspace()):
            self._continued = line.startswith("///", mark.start())
            return len(line)
        elif found in ('"', '`"'):
            self._quote = _SIMPLE if found == '"' else 1
            self._take(line, mark.start(), mark.end())
        else:
            # `//` in the middle of a word, as in a URL: both slashes are text.
            self._take(line, mark.start(), mark.end())
        return mark.end()

    def _take(self, line: str, start: int, end: int) -> int:
        self._add(line[start:end])
        return end

    def _add(self, text: str) -> None:
        if text:
            self._text.append(text)
            self._last = text[-1]
            self._blank = self._blank and text.isspace()

    def _end_of_line(self) -> None:
        """Decide at the end of a physical line whether the command goes on."""
        if not self._semicolon and not self._depth:
            if self._continued:
                self._add(" ")
            elif self._physical:
                self._finish()
        elif not self._depth and self._physical and self._at_start():
            self._finish()
        elif not self._depth and not self._star:
            self._add(" ")

    def _finish(self, notice: str = "") -> None:
        """End the logical line; what is left of the physical line belongs to the next."""
        text = "".join(self._text).strip()
        self._found.append(LogicalLine(text, tuple(self._physical), self._start, notice))
        self._text, self._blank, self._last = [], True, ""
        self._physical = []
        self._start = self._number
        self._star, self._quote = False, 0


def logical_lines(text: str) -> Iterator[LogicalLine]:
    """Give the logical lines of a text, one after the other.

    The text is read as the lines are asked for, so that a command that ends the run leaves the rest unread.
    """
    reader = LineReader()
    for line in physical_lines(text):
        yield from reader.feed(line)
    yield from reader.close()


def physical_lines(text: str) -> list[str]:
    """Split a text at its line ends, of whichever system; the last one does not begin another line."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines
