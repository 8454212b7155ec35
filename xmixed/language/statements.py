"""From logical lines to statements: commands, blocks in braces, definitions up to their `end`.

A statement is read once and keeps its text unexpanded; macros are expanded when it runs. What is wrong with
its braces is found here, and told when the statement runs: nothing of a wrong loop runs, of a wrong `if`
what stands before the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, Union

from xmixed.errors import StataError
from xmixed.language.lines import LineReader, LogicalLine, physical_lines

MAXIMUM_DEPTH = 250
"""How deep blocks may stand in blocks."""

CODE_AFTER_OPEN = "program error:  code follows on the same line as open brace"
CODE_AFTER_CLOSE = "program error:  code follows on the same line as close brace"
NOT_CLOSED = "program error:  matching close brace not found"

BlockKind = Literal["loop", "branch", "prefix"]


class Simple(NamedTuple):
    """One command, or a line of comments (its text is empty)."""

    line: LogicalLine


class Block(NamedTuple):
    """A head and the statements between its braces.

    Attributes
    ----------
    head : LogicalLine
        The line with the open brace.
    text : str
        The head without its brace: `foreach x in a b`, `capture noisily`.
    kind : BlockKind
        `loop` (foreach, forvalues, while), `branch` (if, else), or `prefix` (`quietly {`).
    quiet : bool
        The block stands behind `quietly` or `capture`: a do-file echoes its first line only.
    late : int
        Where in `text` the condition of `while` begins, which is expanded anew in each round; elsewhere the
        length of the text.
    body : tuple of Statement
    close : LogicalLine or None
        The line with the close brace; None when the text ended before it.
    """

    head: LogicalLine
    text: str
    kind: BlockKind
    quiet: bool
    late: int
    body: tuple[Statement, ...]
    close: LogicalLine | None

    @property
    def lines(self) -> list[LogicalLine]:
        """All lines of the block in order."""
        found = [self.head, *(line for statement in self.body for line in lines_of(statement))]
        return found if self.close is None else [*found, self.close]


class Definition(NamedTuple):
    """Lines up to `end` that are not run where they stand: `program define`, `mata:`, `input`.

    Attributes
    ----------
    head : LogicalLine
    body : tuple of LogicalLine
    close : LogicalLine or None
        The line with `end`; None when the text ended before it.
    """

    head: LogicalLine
    body: tuple[LogicalLine, ...]
    close: LogicalLine | None

    @property
    def lines(self) -> list[LogicalLine]:
        return [self.head, *self.body, *([] if self.close is None else [self.close])]


class Faulty(NamedTuple):
    """Lines whose braces are wrong, and what is told of them."""

    lines: tuple[LogicalLine, ...]
    code: int
    message: str

    def error(self) -> StataError:
        return StataError(self.code, self.message)


Statement = Union[Simple, Block, Definition, Faulty]


def lines_of(statement: Statement) -> list[LogicalLine]:
    """Return the lines of a statement in order."""
    return [statement.line] if isinstance(statement, Simple) else list(statement.lines)


_PREFIXES = re.compile(
    r"\s*(?P<word>qui(?:e(?:t(?:ly?)?)?)?|n(?:o(?:i(?:s(?:i(?:ly?)?)?)?)?)?|cap(?:t(?:u(?:re?)?)?)?)(?![\w(=])"
    r"\s*:?"
)
_LOOP = re.compile(r"\s*(?:fore(?:a(?:ch?)?)?|forv(?:a(?:l(?:u(?:es?)?)?)?)?|(?P<while>while))(?!\w)")
_BRANCH = re.compile(r"\s*(?:if|else)(?!\w)")
_PROGRAM = re.compile(r"\s*pr(?:o(?:g(?:r(?:am?)?)?)?)?(?!\w)\s*(?P<rest>.*)", re.DOTALL)
_VERBATIM = re.compile(r"\s*(?:mata\s*:?\s*$|python\s*:?\s*$|inp(?:ut?)?(?!\w))")

# Rare: compiled when first asked for.
_ELSE = r"\s*else(?!\w)"
_PROGRAM_VERB = r"(?:drop|dir?|l(?:i(?:st?)?)?)(?!\w)"
_DEFINE = r"de(?:f(?:i(?:ne?)?)?)?(?!\w)\s*(?=\S)"
_MATA_ALONE = r"\s*(?:mata|python)\s*:?\s*$"
_OPEN_BRACE = r"`\"|\"|\$?\{"


def is_else(text: str) -> bool:
    """Return whether a command line begins with `else`."""
    return text.lstrip().startswith("else") and re.match(_ELSE, text) is not None


def skip_prefixes(text: str) -> tuple[int, bool]:
    """Return where the command behind `quietly`, `noisily` and `capture` begins, and whether it is quiet."""
    position, quiet = 0, False
    while found := _PREFIXES.match(text, position):
        position, quiet = found.end(), not found["word"].startswith("n")
    return position, quiet


def begins_mata(text: str) -> bool:
    """Return whether a command line is `mata` or `mata:` alone, whose lines run as they are read."""
    return re.match(_MATA_ALONE, text) is not None and "mata" in text


def begins_definition(text: str) -> bool:
    """Return whether a command line begins lines up to `end`: a program, Mata code, data typed in."""
    position, _ = skip_prefixes(text)
    if _VERBATIM.match(text, position):
        return True
    found = _PROGRAM.match(text, position)
    if found is None or not found["rest"]:
        return False
    define = re.match(_DEFINE, found["rest"])
    rest = found["rest"][define.end() :] if define else found["rest"]
    return define is not None or not re.match(_PROGRAM_VERB, rest)


class _Open:
    """A block or definition whose end has not come."""

    __slots__ = ("body", "head", "is_definition", "kind", "nested", "quiet", "text")

    def __init__(self, head: LogicalLine, text: str, kind: BlockKind, quiet: bool) -> None:
        self.head, self.text, self.quiet = head, text, quiet
        self.kind: BlockKind = kind
        self.body: list[Statement] = []
        self.nested = 0  # definitions open inside a definition
        self.is_definition = False


class StatementReader:
    """Reads logical lines one by one and gives statements as soon as they are complete."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    @property
    def pending(self) -> bool:
        """Whether a block or a definition waits for its end."""
        return bool(self._open)

    @property
    def depth(self) -> int:
        """How many blocks and definitions are open."""
        return len(self._open)

    @property
    def collects(self) -> str:
        """What numbers the lines that come next: "" at the top and in `if`, else `loop` or `definition`."""
        for part in self._open:
            if part.is_definition:
                return "definition"
            if part.kind == "loop":
                return "loop"
        return ""

    def feed(self, line: LogicalLine) -> list[Statement]:
        """Take one logical line and return the statements that it completes."""
        if self._open and self._open[-1].is_definition:
            return self._feed_definition(line)
        text = line.text
        if text.startswith("}"):
            return self._close_brace(line)
        if text and begins_definition(text):
            opened = _Open(line, text, "prefix", False)
            opened.is_definition = True
            self._open.append(opened)
            return []
        position, quiet = skip_prefixes(text)
        loop = _LOOP.match(text, position)
        branch = _BRANCH.match(text, position)
        if text.endswith("{"):
            if len(self._open) >= MAXIMUM_DEPTH:
                return self._fault(line, 1000, "system limit exceeded - see manual")
            kind: BlockKind = "loop" if loop else "branch" if branch else "prefix"
            if loop and _brace_in(text, loop.end()) < len(text) - 1:
                return self._fault(line, 198, CODE_AFTER_OPEN)
            self._open.append(_Open(line, text[:-1].rstrip(), kind, quiet))
            return []
        if loop:
            return self._fault(line, *_without_open_brace(text, loop.end()))
        if branch and text.endswith("}") and _brace_in(text, branch.end()) >= 0:
            return self._fault(line, 198, NOT_CLOSED)
        return self._done(Simple(line))

    def close(self) -> list[Statement]:
        """Return what is left at the end of the text: it fails when it runs."""
        if not self._open:
            return []
        if self._open[-1].is_definition:
            return self._fault(None, 612, "unexpected end of file")
        return self._fault(None, 198, NOT_CLOSED)

    def _feed_definition(self, line: LogicalLine) -> list[Statement]:
        opened = self._open[-1]
        if line.text != "end":
            opened.nested += bool(line.text) and begins_definition(line.text)
            opened.body.append(Simple(line))
            return []
        if opened.nested and not re.match(_MATA_ALONE, opened.text):
            opened.nested -= 1
            opened.body.append(Simple(line))
            return []
        self._open.pop()
        body = tuple(inner for statement in opened.body for inner in lines_of(statement))
        return self._done(Definition(opened.head, body, line))

    def _close_brace(self, line: LogicalLine) -> list[Statement]:
        if not self._open:
            return [Simple(line)]
        if line.text != "}":
            return self._fault(line, 198, CODE_AFTER_CLOSE)
        opened = self._open.pop()
        return self._done(_block(opened, line))

    def _done(self, statement: Statement) -> list[Statement]:
        if not self._open:
            return [statement]
        self._open[-1].body.append(statement)
        return []

    def _fault(self, line: LogicalLine | None, code: int, message: str) -> list[Statement]:
        """Give up: a loop or definition as a whole, an `if` from the mistake on."""
        lines: list[LogicalLine] = [] if line is None else [line]
        first = next(
            (i for i, part in enumerate(self._open) if part.kind == "loop" or part.is_definition), None
        )
        if first is not None:
            inner = self._open[first:]
            lines = [held for part in inner for held in _lines_held(part)] + lines
            del self._open[first:]
        statement: Statement = Faulty(tuple(lines), code, message)
        while self._open:
            opened = self._open.pop()
            opened.body.append(statement)
            statement = _block(opened, None)
        return [statement]


def _lines_held(part: _Open) -> list[LogicalLine]:
    return [part.head, *(line for statement in part.body for line in lines_of(statement))]


def _block(opened: _Open, close: LogicalLine | None) -> Block:
    text = opened.text
    late = len(text)
    if opened.kind == "loop":
        position, _ = skip_prefixes(text)
        found = _LOOP.match(text, position)
        if found is not None and found["while"]:
            late = found.end()
    return Block(opened.head, text, opened.kind, opened.quiet, late, tuple(opened.body), close)


def _brace_in(text: str, position: int) -> int:
    """Return where the first open brace outside quotes and `${...}` stands; -1 where there is none."""
    from xmixed.language.explain import quote_end

    opening = re.compile(_OPEN_BRACE)
    while (mark := opening.search(text, position)) is not None:
        if mark.group() == "{":
            return mark.start()
        position = mark.end()
        if mark.group() != "${":
            position = quote_end(text, mark.start(), len(text)) or len(text)
    return -1


def _without_open_brace(text: str, position: int) -> tuple[int, str]:
    """Return code and message for the head of a loop that does not end in `{`."""
    if _brace_in(text, position) < 0:
        return 100, "{ required"
    return 198, NOT_CLOSED if text.endswith("}") else CODE_AFTER_OPEN


class TextReader:
    """Reads physical lines one by one and gives statements: comments, continuation and blocks in one."""

    def __init__(self) -> None:
        self._lines = LineReader()
        self._statements = StatementReader()

    @property
    def pending(self) -> bool:
        """Whether what was fed so far waits for more."""
        return self._lines.pending or self._statements.pending

    @property
    def continues_line(self) -> bool:
        """Whether the next physical line goes on with a line that has begun."""
        return self._lines.pending

    @property
    def collects(self) -> str:
        """See `StatementReader.collects`."""
        return self._statements.collects

    def feed(self, physical_line: str) -> Iterator[Statement]:
        """Take one physical line, without its end, and give the statements that it completes."""
        for line in self._lines.feed(physical_line):
            yield from self._statements.feed(line)

    def close(self) -> Iterator[Statement]:
        """Give what is left at the end of the text, however incomplete."""
        for line in self._lines.close():
            yield from self._statements.feed(line)
        yield from self._statements.close()


def statements_of(text: str) -> Iterator[Statement]:
    """Give the statements of a text, one after the other, read as they are asked for."""
    reader = TextReader()
    for line in physical_lines(text):
        yield from reader.feed(line)
    yield from reader.close()


def statements_of_lines(lines: tuple[LogicalLine, ...]) -> tuple[Statement, ...]:
    """Return the statements that logical lines make: the body of a program."""
    reader = StatementReader()
    found = [statement for line in lines for statement in reader.feed(line)]
    return (*found, *reader.close())
