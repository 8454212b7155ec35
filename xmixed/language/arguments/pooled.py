"""`mi estimate [(name: exp) ...] [, options] : command`, and `mi estimate using file [(name: exp) ...]`."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.errors import Span, StataError
from xmixed.language.arguments.nonlinear import NamedExpression, read_named_expressions
from xmixed.language.explain import outside
from xmixed.language.grammar import parse
from xmixed.language.nodes import Command
from xmixed.language.options import read_options
from xmixed.language.qualifiers import read_filename
from xmixed.language.skeleton import assemble, hide_format_commas
from xmixed.language.syntax import Syntax
from xmixed.language.words import split_at_optional_colon

_PLAIN = frozenset(("IF", "IN", "WEIGHT"))


@dataclass(frozen=True, slots=True)
class PooledCommand:
    """Functions of the coefficients, and what stands behind the colon; "" with `using`."""

    expressions: tuple[NamedExpression, ...]
    command: str


def parse_pooled(name: str, syntax: Syntax, text: str, rest: Span) -> Command:
    """Parse the line; without a colon and without `using` the argument is None: a replay.

    Raises
    ------
    StataError
        r(198), r(132) for what does not parse; r(100) with expressions but no command.
    """
    head, command = split_at_optional_colon(text, rest)
    end = Span(len(text), len(text))
    skeleton = assemble(parse("command", hide_format_commas(text[: head.end]), head), _PLAIN)
    options = read_options(text, skeleton.options, syntax.options, syntax.exclusive)
    span, using = skeleton.argument, None
    if skeleton.using is not None:
        if command is not None or span is not None:
            raise StataError(198, "invalid syntax", skeleton.using)
        file, span = _split_file(text, skeleton.using)
        using = read_filename(text, file)
    elif command is None:
        if span is not None:
            raise StataError(100, ": required", end)
        return Command(name, text, None, "", options=options, span=Span(0, len(text)))
    elif not command:
        raise StataError(100, "command required", end)
    typed = "" if span is None else text[span.start : span.end]
    if span is not None and not typed.startswith("("):
        raise StataError(198, "invalid syntax", span, "expressions stand in parentheses: (name: exp)")
    argument = PooledCommand(() if span is None else read_named_expressions(text, span), command or "")
    return Command(name, text, argument, typed, using=using, options=options, span=Span(0, len(text)))


def using_file(text: str) -> str:
    """Return the file behind `using` of a line whose options are known by what stands in it.

    Raises
    ------
    StataError
        r(100) `using required`.
    """
    whole = Span(0, len(text))
    skeleton = assemble(parse("command", hide_format_commas(text), whole), frozenset(("WEIGHT",)))
    if skeleton.using is None:
        raise StataError(100, "using required", Span(len(text), len(text)))
    return read_filename(text, skeleton.using)


def _split_file(text: str, span: Span) -> tuple[Span, Span | None]:
    """Return where the file's name stands, and the expressions behind it."""
    for position, character in outside(text, span.start, span.end):
        if character == "(":
            return Span(span.start, position), Span(position, span.end)
    return span, None
