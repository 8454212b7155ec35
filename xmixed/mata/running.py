"""Running Mata in a session: one line, or a block of lines up to `end`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

import numpy as np

from xmixed.errors import StataError
from xmixed.language.lines import LogicalLine
from xmixed.mata.compiling.expressions import COMPILERS
from xmixed.mata.compiling.scope import Scope
from xmixed.mata.compiling.statements import StatementCompiler
from xmixed.mata.errors import MataError, MataExit, does_not_compile
from xmixed.mata.memory import MataMemory, memory_of
from xmixed.mata.nodes import Definition, Item, Structure
from xmixed.mata.reading import Incomplete, read
from xmixed.session.state import SessionState

DEEPEST = 50_000
"""Python's limit of recursion while Mata runs: functions of Mata may call themselves some thousand times."""

Manage = Callable[[SessionState, str], bool]
"""Carries out `mata clear` and its like; whether the words are one of them."""

_SILENT = re.compile(r'`"(?:[^"]|"(?!\'))*"\'|"[^"]*"|//.*')
_ELSE = re.compile(r"\s*else\b")
_COMMAND = re.compile(r"\s*mata\s*:?\s+(?=\w)")


def run_line(session: SessionState, text: str, manage: Manage) -> None:
    """Run one line of Mata; raises StataError."""
    words = _COMMAND.match(text)
    if words is not None and manage(session, text[words.end() :]):
        return
    try:
        items = read(text)
    except Incomplete:
        raise does_not_compile("unexpected end of line") from None
    _run(memory_of(session), items)


def run_block(session: SessionState, lines: Sequence[LogicalLine], manage: Manage) -> None:
    """Run lines of Mata; each is expanded when its turn comes, and shown where the block is.

    Raises
    ------
    StataError
        The lines behind the one that failed do not run.
    """
    memory, shown = memory_of(session), session.transcript
    reader = _BlockReader(session, lines)
    try:
        while reader.position < len(lines):
            text, items = reader.next()
            words = _COMMAND.match(text)
            if words is None:
                _run(memory, items)
            elif not manage(session, text[words.end() :]):
                raise does_not_compile()
            if shown is not None and text:
                shown.blank()
            session.flush()
    except StataError as error:
        if shown is not None:
            shown.failed(error, len(lines) - reader.position + 1)
        raise


class _BlockReader:
    """Takes lines together until they are whole statements."""

    def __init__(self, session: SessionState, lines: Sequence[LogicalLine]) -> None:
        self._session, self._lines = session, lines
        self.position = 0

    def next(self) -> tuple[str, tuple[Item, ...]]:
        """Return the text of the next statements, and what was read; nothing for a line of comments.

        Raises
        ------
        StataError
            r(3000) for what is no Mata, or ends too early.
        """
        pieces: list[str] = []
        depth = 0
        while self.position < len(self._lines):
            text = self._line("> " if pieces else ": ")
            if not pieces and (not text or _COMMAND.match(text)):
                return text, ()
            pieces.append(text)
            depth += _opened(text)
            if depth > 0 or self._else_follows():
                continue
            try:
                return "\n".join(pieces), read("\n".join(pieces))
            except Incomplete:
                continue
        raise does_not_compile("unexpected end of line")

    def _line(self, prompt: str) -> str:
        line = self._lines[self.position]
        self.position += 1
        if self._session.transcript is not None:
            self._session.transcript.echo(line.physical, prompt)
        return self._session.expand(line.text)

    def _else_follows(self) -> bool:
        following = (line.text for line in self._lines[self.position :] if line.text)
        return _ELSE.match(next(following, "")) is not None


def _opened(text: str) -> int:
    """Return how many braces, brackets and parentheses a line leaves open."""
    bare = _SILENT.sub("", text)
    return sum(map(bare.count, "{[(")) - sum(map(bare.count, "}])"))


def _run(memory: MataMemory, items: tuple[Item, ...]) -> None:
    """Run statements and keep definitions.

    Raises
    ------
    StataError
        What is shown of an error: one line for each function that it left.
    """
    memory.writer.forget()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        with np.errstate(all="ignore"):  # what is no number is missing
            for item in items:
                _run_item(memory, item)
    except MataExit as request:
        if request.code:
            raise StataError(request.code) from None
    except MataError as error:
        raise error.passing("<istmt>").traced() from error
    except (RecursionError, MemoryError) as error:
        raise MataError(3900).passing("<istmt>").traced() from error
    finally:
        sys.setrecursionlimit(limit)


def _run_item(memory: MataMemory, item: Item) -> None:
    if isinstance(item, Definition):
        memory.define(item)
    elif isinstance(item, Structure):
        memory.structures[item.name] = item
    else:
        scope = Scope(memory, COMPILERS)
        StatementCompiler(scope, memory.show, None).compile(item)(memory.variables)
