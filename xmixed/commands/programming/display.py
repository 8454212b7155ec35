"""display."""

from __future__ import annotations

from dataclasses import dataclass, field

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number, evaluate_scalar
from xmixed.formats import format_string, format_value, is_string_format, is_valid_format
from xmixed.language.nodes import Call, Command, Name
from xmixed.language.nodes.arguments import DisplayItem
from xmixed.language.syntax import Syntax
from xmixed.output import Line, Styled
from xmixed.render.smcl import plain_text
from xmixed.render.text import printable
from xmixed.session.state import SessionState

NUMBER = "%10.0g"
MOST = 32767
"""Largest argument of `_dup()`, `_skip()`, `_column()` and `_newline()`."""

STYLES = {"t": "text", "r": "result", "e": "error", "i": "input"}
"""Style of `as style` by the style's first letter."""

COLOURS = {"g": "text", "y": "result", "r": "error", "w": "input", "b": "link", "s": ""}
"""Style of `in colour` by the colour's first letter; `in smcl` keeps the style."""


@dataclass(slots=True)
class _Page:
    """Lines being composed; `column` counts characters of the last one from 0."""

    linesize: int
    style: str = "result"
    column: int = 0
    repeat: int = 1
    lines: list[list[Styled]] = field(default_factory=lambda: [[]])
    open_end: bool = False

    asis: bool = False

    def add(self, text: str) -> None:
        shown = [text] if self.asis else plain_text(text, self.linesize, self.column).split("\n")
        shown[-1] *= self.repeat
        self.repeat = 1
        for number, part in enumerate(map(printable, shown)):
            if number:
                self.new_lines(1)
            if part:
                self.lines[-1].append(Styled(part, self.style))
                self.column += len(part)

    def new_lines(self, count: int) -> None:
        for _ in range(count):
            self.lines.append([])
            self.column = 0


@command(
    "display",
    syntax=Syntax("display"),
    synopsis='display [%fmt] exp | "text" | as {text|result|error|input} | _newline[(#)] | _continue'
    " | _column(#) | _skip(#) | _dup(#) | _char(#) | , ...",
    keeps_r=True,
)
def display(session: SessionState, node: Command) -> None:
    page = _Page(session.settings.linesize, column=sum(len(run.text) for run in session.out.pending))
    context = Context.of(session)
    for item in node.argument:
        if (name := _asked(item)) is not None:
            _request(session, page, name)
        elif isinstance(item.expression, Name) and item.expression.name == "_asis":
            page.asis = True
        elif item.kind == "text":
            page.add(item.text)
        elif item.kind == "expression":
            page.add(_shown(item, context))
        else:
            _direct(page, item, context)
    if page.lines != [[]] or not any(map(_asked, node.argument)):
        _write(session, page)


def _asked(item: DisplayItem) -> str | None:
    """Return the macro that `_request(name)` fills; the grammar takes it for a function of a name."""
    found = item.expression
    if not isinstance(found, Call) or found.name != "_request":
        return None
    if len(found.arguments) != 1 or not isinstance(found.arguments[0], Name):
        raise StataError(198, "invalid syntax", item.span)
    return found.arguments[0].name


def _request(session: SessionState, page: _Page, name: str) -> None:
    """Show what stands before, and read a line into a global macro, or a local one of a name with `_`.

    Without anybody at a prompt nothing is read, and the macro is empty.
    """
    answer = ""
    if session.ask is not None:
        page.open_end = True
        _write(session, page)
        shown, session.out.pending = Line(session.out.pending), ()
        session.flush()
        answer = session.ask(shown.text)
        for log in session.logs.values():
            log.write(Line((*shown, Styled(answer, "input"))))
        page.lines, page.column, page.open_end = [[]], 0, False
    macros = session.locals if name.startswith("_") else session.global_macros
    name = name.removeprefix("_")
    if answer:
        macros[name] = answer
    else:
        macros.pop(name, None)


def _shown(item: DisplayItem, context: Context) -> str:
    assert item.expression is not None
    if item.format and not is_valid_format(item.format):
        raise StataError(120, "invalid %format", item.span)
    value = evaluate_scalar(item.expression, context)
    if isinstance(value, str):
        return format_string(value, item.format) if item.format else value
    if item.format:
        if is_string_format(item.format):
            raise StataError(109, "type mismatch", item.span)
        return format_value(value, item.format)
    return format_value(value, NUMBER).strip()


def _direct(page: _Page, item: DisplayItem, context: Context) -> None:
    """Carry out a directive."""
    word = item.directive
    if word == "as":
        page.style = STYLES[item.word[0]]
    elif word == "in":
        page.style = COLOURS[item.word[0]] or page.style
    elif word == ",":
        page.add(" ")
    elif word == "_continue":
        page.open_end = True
    elif word == "_newline":
        page.new_lines(1 if item.expression is None else _count(item, context))
    elif word == "_skip":
        page.add(" " * max(0, _count(item, context)))
    elif word == "_column":
        page.add(" " * max(0, _count(item, context) - 1 - page.column))
    elif word == "_dup":
        page.repeat = max(0, _count(item, context))
    elif word == "_char":
        page.add(chr(max(0, _count(item, context))))


def _count(item: DisplayItem, context: Context) -> int:
    assert item.expression is not None
    value = evaluate_number(item.expression, context)
    if not -MOST <= value <= MOST:
        raise StataError(198, f"{item.directive}() incorrectly specified", item.span)
    return int(value)


def _write(session: SessionState, page: _Page) -> None:
    # Stata: what is shown as an error comes through `quietly`.
    urgent = any(run.style == "error" for runs in page.lines for run in runs) and not session.captured
    write = session.out.write_always if urgent else session.out.write
    complete = page.lines[:-1] if page.open_end else page.lines
    write(*map(Line, complete))
    if page.open_end:
        session.out.hold(*page.lines[-1])
