"""Graph commands: `twoway scatter y x || line y x, options` or `twoway (scatter y x) (line y x), options`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xmixed.errors import Span, StataError
from xmixed.language.grammar import parse
from xmixed.language.graph_syntax import GraphOptionSpec, GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, GraphOptions, PlotNode
from xmixed.language.options import find_option, not_allowed, unquote
from xmixed.language.qualifiers import Qualifiers, read_expression, read_qualifiers
from xmixed.language.readers import read_argument
from xmixed.language.skeleton import Skeleton, TypedOption, assemble, hide_format_commas
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word

Tables = Sequence[Sequence[OptionSpec]]
_PLAIN = frozenset({"IF", "IN", "USING", "WEIGHT"})
_WHOLE = Syntax("none", condition=True, in_range=True, weights=("aweight", "fweight", "pweight", "iweight"))


class _Reader:
    """Reading one graph command."""

    def __init__(self, text: str, syntax: GraphSyntax, implied: PlotSyntax | None) -> None:
        self.text = text
        self.shown = hide_format_commas(text)
        self.plots: tuple[PlotSyntax, ...] = syntax.plots
        self.graph_options = syntax.options
        self.weights = syntax.weights
        self.implied = implied
        self.found: list[PlotNode] = []
        self.options = GraphOptions()
        self.whole: Qualifiers = Qualifiers(None, None, None, None)

    def read(self, span: Span) -> None:
        """Read plots between `||`, each of them plain or several in parentheses."""
        parts = _split(self.shown, span)
        if len(parts) > 1 and self.implied is not None and self.implied.groups:
            raise StataError(198, f"{self.implied.name} with || is not implemented in xmixed yet", span)
        for i, part in enumerate(parts):
            pieces = parse("pieces", self.shown, part)
            if not pieces:
                continue
            grouped = self.implied is None or self.implied.groups or i > 0
            if grouped and self._is_group(pieces[0]):
                self._read_groups(part, pieces)
            elif pieces[0].type == "COMMA" and (i > 0 or self.implied is None):
                self._read_whole(part)
            else:
                self._read_plot(part, self.implied if i == 0 else None)

    def _is_group(self, piece: Any) -> bool:
        return piece.type == "ELEMENT" and self.text.startswith("(", piece.start_pos)

    def _read_groups(self, part: Span, pieces: Sequence[Any]) -> None:
        """Read `(plot) (plot) ... if exp, options`."""
        end = part.start
        for piece in pieces:
            if not self._is_group(piece):
                break
            inside = Span(piece.start_pos + 1, piece.end_pos - 1)
            implied, self.implied = self.implied, None
            self.read(inside)
            self.implied = implied
            end = piece.end_pos
        self._read_whole(Span(end, part.end))

    def _read_whole(self, span: Span) -> None:
        """Read what holds for all plots: if, in, weights and options of the graph."""
        skeleton = assemble(parse("command", self.shown, span))
        if skeleton.argument is not None:
            word, _ = split_command_word(self.text[skeleton.argument.start : skeleton.argument.end])
            raise StataError(198, f"{word} is not a twoway plot type", skeleton.argument)
        found = read_qualifiers(self.text, skeleton, _WHOLE)
        self.whole = Qualifiers(
            self.whole.condition or found.condition,
            self.whole.in_range or found.in_range,
            self.whole.weight or found.weight,
            None,
        )
        self.options += read_graph_options(self.text, self.shown, skeleton.options, (self.graph_options,))

    def _read_plot(self, span: Span, plot: PlotSyntax | None) -> None:
        if plot is None:
            plot, span = self._kind(span)
        skeleton = assemble(parse("command", self.shown, span), _plain_words(plot.syntax))
        own, graph = [], []
        for typed in skeleton.options:
            (own if find_option(typed.name, plot.options) is not None else graph).append(typed)
        qualifiers = read_qualifiers(self.text, skeleton, plot.syntax)
        options = read_graph_options(self.text, self.shown, own, (plot.options,))
        self.options += read_graph_options(self.text, self.shown, graph, (self.graph_options,))
        argument, argument_text = _argument(self.text, skeleton, plot.syntax)
        self.found.append(
            PlotNode(
                plot.name,
                argument,
                argument_text,
                qualifiers.condition,
                qualifiers.in_range,
                qualifiers.weight,
                options,
                span,
            )
        )

    def command(self, name: str, span: Span) -> GraphCommand:
        """Return what was read."""
        whole = self.whole
        return GraphCommand(
            name,
            self.text,
            tuple(self.found),
            whole.condition,
            whole.in_range,
            whole.weight,
            _of_the_graph(self.options),
            span,
        )

    def _kind(self, span: Span) -> tuple[PlotSyntax, Span]:
        """Return the kind of plot that the first word of a stretch names, and the rest."""
        word, length = split_command_word(self.text[span.start : span.end])
        rest = Span(span.start + length, span.end)
        for plot in self.plots:
            if plot.name == word:
                return plot, rest
        for plot in self.plots:
            if plot.name.startswith(word) and len(word) >= len(plot.minimum):
                return plot, rest
        if len(self.plots) == 1 and self.plots[0].groups:
            return self.plots[0], span
        where = Span(span.start, span.start + length)
        raise StataError(198, f"{word} is not a twoway plot type", where)


def _of_the_graph(options: GraphOptions) -> GraphOptions:
    """Return the options of a graph with those that stand among the plots of `addplot()`: they count too."""
    added = [item for option in options if isinstance(option.value, GraphCommand) for item in option.options]
    return GraphOptions((*options.items, *added)) if added else options


def parse_graph(name: str, syntax: GraphSyntax, text: str, rest: Span) -> GraphCommand:
    """Parse what follows the name of a graph command.

    A command whose name is that of one of its kinds of plots begins with such a plot.

    Raises
    ------
    StataError
        As `parse_command`; r(198) for an option that neither the plot nor the graph has.
    """
    own = name.split()[-1]
    implied = next((plot for plot in syntax.plots if plot.name == own), None)
    reader = _Reader(text, syntax, implied)
    reader.read(rest)
    if implied is not None and not reader.found:
        reader._read_plot(Span(rest.end, rest.end), implied)
    return reader.command(name, Span(0, len(text)))


def _split(text: str, span: Span) -> list[Span]:
    """Return the stretches between `||`."""
    parts, start = [], span.start
    for piece in parse("pieces", text, span):
        if piece.type == "BARS":
            parts.append(Span(start, piece.start_pos))
            start = piece.end_pos
    return [*parts, Span(start, span.end)]


def _plain_words(syntax: Syntax) -> frozenset[str]:
    allowed = {
        "IF": syntax.condition,
        "IN": syntax.in_range,
        "USING": syntax.using,
        "WEIGHT": bool(syntax.weights),
    }
    if syntax.argument not in ("marked", "immediate", "curve"):
        return frozenset()
    return frozenset(kind for kind, is_allowed in allowed.items() if not is_allowed)


def _argument(text: str, skeleton: Skeleton, syntax: Syntax) -> tuple[Any, str]:
    if syntax.argument in ("marked", "immediate", "bars", "curve"):
        span = skeleton.argument
        if span is None:
            return (None if syntax.argument == "curve" else ()), ""
        return parse(syntax.argument, text, span), text[span.start : span.end]
    return read_argument(text, skeleton, syntax)


_OF_TIME = frozenset(("tlabel", "tmlabel", "ttick", "tmtick", "tline", "ttext"))
"""Options in which dates may stand for numbers."""

# --- options --------------------------------------------------------------------------------------------


def read_graph_options(text: str, shown: str, typed: Sequence[TypedOption], tables: Tables) -> GraphOptions:
    """Return options by their tables; the first table that knows a name has it.

    Parameters
    ----------
    text, shown : str
        The command line, and the same with the commas of display formats hidden.

    Raises
    ------
    StataError
        r(198): unknown, without a required value, or with one that does not fit.
    """
    return GraphOptions(tuple(_option(text, shown, option, tables) for option in typed))


def _option(text: str, shown: str, typed: TypedOption, tables: Tables) -> GraphOption:
    for table in tables:
        found = find_option(typed.name, table)
        if found is not None:
            spec, negated = found
            assert isinstance(spec, GraphOptionSpec)
            return _read(text, shown, typed, spec, negated)
    raise not_allowed(typed)


def _read(text: str, shown: str, typed: TypedOption, spec: GraphOptionSpec, negated: bool) -> GraphOption:
    inside = typed.inside
    if inside is None:
        if spec.content != "flag" and not spec.bare:
            raise StataError(198, f"option {spec.name}() required", typed.span)
        value = False if negated else None
        return GraphOption(spec.name, value, GraphOptions(), "", spec.drawn, typed.span)
    if spec.content == "flag" and not spec.inside:
        raise not_allowed(typed)
    raw = text[inside.start : inside.end].strip()
    if spec.content == "plots":
        return _added_plots(text, inside, spec, typed, raw)
    if spec.content == "options":
        options = read_graph_options(text, shown, parse("option_list", shown, inside), (spec.inside,))
        return GraphOption(spec.name, None, options, raw, spec.drawn, typed.span)
    if spec.name in _OF_TIME:
        from xmixed.language.arguments.date_words import with_numbers

        text, shown = with_numbers(text, inside), with_numbers(shown, inside)
    skeleton = assemble(parse("command", shown, inside), _PLAIN)
    options = read_graph_options(text, shown, skeleton.options, (spec.inside,))
    value = _content(text, skeleton.argument, spec, typed)
    return GraphOption(spec.name, value, options, raw, spec.drawn, typed.span)


def _added_plots(text: str, inside: Span, spec: GraphOptionSpec, typed: TypedOption, raw: str) -> GraphOption:
    """Return `addplot(line y x || lfit y x, below)`: a graph command in the parentheses of an option."""
    reader = _Reader(text, GraphSyntax("graph", options=spec.inside, plots=spec.plots), None)
    reader.read(inside)
    if not reader.found:
        raise StataError(198, f"option {spec.name}() incorrectly specified", typed.span)
    return GraphOption(
        spec.name, reader.command(spec.name, inside), reader.options, raw, spec.drawn, typed.span
    )


def _content(text: str, span: Span | None, spec: GraphOptionSpec, typed: TypedOption) -> Any:
    """Return what stands before the comma of an option; None without anything."""
    if span is None:
        return None
    if spec.content in ("", "flag"):
        raise StataError(198, f"option {spec.name}() incorrectly specified", span)
    reader = _CONTENTS.get(spec.content)
    try:
        return parse(spec.content, text, span) if reader is None else reader(text, span)
    except StataError as error:
        if error.code in (121, 123):
            raise StataError(
                error.code, f"invalid {spec.name}() -- {error.message}", error.span or typed.span
            ) from None
        raise


def _title(text: str, span: Span) -> tuple[str, ...]:
    """Return the lines of a title: each quoted string is one, or all of a text without quotes."""
    words = parse("marked", text, span)
    if words and all(word.quoted for word in words):
        return tuple(word.text for word in words)
    return (text[span.start : span.end].strip(),)


def _number(text: str, span: Span) -> float:
    numbers = parse("numlist", text, span)
    if len(numbers) != 1:
        raise StataError(121, "invalid number", span)
    return numbers[0]


_CONTENTS: dict[str, Any] = {
    "title": _title,
    "numbers": lambda text, span: parse("numlist", text, span),
    "number": _number,
    "expression": read_expression,
    "file": lambda text, span: unquote(text[span.start : span.end]),
}
