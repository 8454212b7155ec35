"""Parsing a command line by its registry entry: the front door of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xmixed.errors import Span, StataError
from xmixed.language.builders.expressions import check_depth
from xmixed.language.explain import quote_end
from xmixed.language.grammar import parse
from xmixed.language.nodes import Command, Expression, Varlist
from xmixed.language.options import read_options
from xmixed.language.qualifiers import read_expression, read_qualifiers
from xmixed.language.readers import read_argument, read_varlist
from xmixed.language.skeleton import Skeleton, assemble, hide_format_commas
from xmixed.language.syntax import Syntax

if TYPE_CHECKING:
    from xmixed.language.nodes.estimators import MixedCommand
    from xmixed.language.nodes.graphs import GraphCommand


def parse_expression(text: str) -> Expression:
    """Parse an expression that stands alone."""
    return read_expression(text, Span(0, len(text)))


def parse_varlist(text: str, factor: bool = False) -> Varlist:
    """Parse a variable list; with `factor` it may hold factor variables and time-series operators."""
    return read_varlist(text, Span(0, len(text)), factor)


def parse_numlist(text: str) -> tuple[float, ...]:
    """Parse a numeric list, with its ranges written out."""
    return parse("numlist", text, Span(0, len(text)))


def parse_words(text: str) -> tuple[str, ...]:
    """Split text at blanks; a quoted string is one word, without its quotes."""
    return parse("words", text, Span(0, len(text)))


def text_after_words(text: str, count: int) -> str:
    """Return what follows the first words of a text as typed, quotes included.

    Parameters
    ----------
    count : int
        How many words are left out; a quoted string is one word.
    """
    position = 0
    for _ in range(count):
        while position < len(text) and text[position].isspace():
            position += 1
        position = _word_end(text, position)
    return text[position:].strip()


def _word_end(text: str, position: int) -> int:
    """Return where the word that begins at a position ends: at a blank or the edge of a quoted string."""
    start = position
    while position < len(text) and not text[position].isspace():
        if text[position] == '"' or text.startswith('`"', position):
            if position > start:
                return position
            return quote_end(text, position, len(text)) or len(text)
        position += 1
    return position


def parse_command(name: str, syntax: Syntax, text: str, offset: int) -> Command | MixedCommand | GraphCommand:
    """Parse a command line whose command is known.

    Parameters
    ----------
    name : str
        Full name from the registry.
    syntax : Syntax
        The shape of the command.
    text : str
        The whole command line, macros expanded.
    offset : int
        Where the text after the command name begins; spans count from the start of `text`.

    Raises
    ------
    StataError
        r(100), r(101), r(132), r(198) and others, with the span of the offending token.
    """
    rest = Span(offset, len(text))
    if syntax.argument == "mixed":
        from xmixed.language.equations import parse_mixed

        return parse_mixed(name, syntax, text, rest)
    if syntax.argument == "graph":
        from xmixed.language.graph_syntax import GraphSyntax
        from xmixed.language.graphs import parse_graph

        assert isinstance(syntax, GraphSyntax)
        return parse_graph(name, syntax, text, rest)
    if syntax.argument in ("prefixed", "prefixed_word"):
        from xmixed.language.prefixes import parse_prefixed

        return parse_prefixed(name, syntax, text, rest, syntax.argument == "prefixed_word")
    if syntax.argument == "pooled":
        from xmixed.language.arguments.pooled import parse_pooled

        return parse_pooled(name, syntax, text, rest)
    if syntax.argument in ("raw", "display", "matrix", "matrix_input"):
        return _unstructured(name, syntax, text, rest)
    pieces = parse("command", hide_format_commas(text), rest)
    skeleton = assemble(pieces, _plain_pieces(syntax))
    qualifiers = read_qualifiers(text, skeleton, syntax)
    options = read_command_options(text, skeleton, syntax)
    argument, argument_text = read_argument(text, skeleton, syntax)
    return Command(
        name,
        text,
        argument,
        argument_text,
        qualifiers.condition,
        qualifiers.in_range,
        qualifiers.weight,
        qualifiers.using,
        options,
        Span(0, len(text)),
    )


def parse_by(node: Command, syntax: Syntax) -> Command:
    """Parse the line of a command that was taken as it stands (`raw`) by a syntax known only when it runs."""
    text = node.text.rstrip()
    offset = len(text) - len(node.argument_text)
    found = parse_command(node.name, syntax, text, offset)
    assert isinstance(found, Command)
    return found


def _unstructured(name: str, syntax: Syntax, text: str, rest: Span) -> Command:
    """Parse a command without qualifiers and options: `display`, and what reads its line itself."""
    typed = text[rest.start : rest.end].strip()
    argument: Any = typed
    if syntax.argument.startswith("matrix"):
        from xmixed.language.arguments.matrix_expressions import parse_matrix_assignment, parse_matrix_input

        read = parse_matrix_assignment if syntax.argument == "matrix" else parse_matrix_input
        argument = read(text, rest)
    if syntax.argument == "display":
        argument = parse("display", text, rest)
        for item in argument:
            if item.expression is not None:
                check_depth(item.expression)
    return Command(name, text, argument, typed, span=Span(0, len(text)))


def _plain_pieces(syntax: Syntax) -> frozenset[str]:
    """Return the pieces that are ordinary words in this command's text."""
    if syntax.argument not in ("text", "words", "hypotheses", "margins", "named_expressions", "equations"):
        return frozenset()
    allowed = {
        "IF": syntax.condition,
        "IN": syntax.in_range,
        "USING": syntax.using,
        "WEIGHT": bool(syntax.weights),
    }
    return frozenset(kind for kind, is_allowed in allowed.items() if not is_allowed)


def read_command_options(text: str, skeleton: Skeleton, syntax: Syntax) -> dict[str, Any]:
    """Parse the options by the command's table; r(101) when the command has none."""
    if skeleton.options and not syntax.options:
        raise StataError(101, "options not allowed", skeleton.options[0].span)
    specs = syntax.options
    if syntax.argument == "call" and skeleton.argument is not None:
        from xmixed.language.arguments.calls import read_call

        function = read_call(text, skeleton.argument).function
        specs = tuple(spec for spec in specs if not spec.functions or function in spec.functions)
    return read_options(text, skeleton.options, specs, syntax.exclusive)
