"""From grammar rules to the arguments of graph commands: the callbacks of `grammar/9_graphs.lark`.

Their nodes are imported where they are made: few command lines draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xmixed.errors import Span
from xmixed.language.builders.expressions import span_of
from xmixed.language.nodes import Pattern, Range
from xmixed.language.skeleton import TypedOption

if TYPE_CHECKING:
    from xmixed.language.nodes.graphs import BarItem, Curve, ImmediateItem, Marked, TickRule


class GraphBuilder:
    """Callbacks named after the grammar's rules; each takes the list of children."""

    def option_list(self, children: list[Any]) -> list[TypedOption]:
        return [child for child in children if isinstance(child, TypedOption)]

    def plain_word(self, children: list[Any]) -> Marked:
        from xmixed.language.nodes.graphs import Marked

        return Marked(children[0].value, False, span_of(children[0], children[0]))

    def quoted_word(self, children: list[Any]) -> Marked:
        from xmixed.language.nodes.graphs import Marked

        return Marked(children[0].value[1:-1], True, span_of(children[0], children[0]))

    def compound_word(self, children: list[Any]) -> Marked:
        from xmixed.language.nodes.graphs import Marked

        return Marked(children[0].value, True, span_of(children[0], children[-1]))

    def marked(self, children: list[Any]) -> tuple[Marked, ...]:
        return tuple(children)

    def tick_count(self, children: list[Any]) -> TickRule:
        from xmixed.language.nodes.graphs import TickRule

        token = children[0]
        kind = "minor" if token.value.startswith("##") else "count"
        return TickRule(kind, count=int(token.value.lstrip("#")[:4]), span=span_of(token, token))

    def tick_word(self, children: list[Any]) -> TickRule:
        from xmixed.language.nodes.graphs import TickRule

        return TickRule("word", text=children[0].value, span=span_of(children[0], children[0]))

    def ticks(self, children: list[Any]) -> tuple[TickRule, ...]:
        from xmixed.language.nodes.graphs import Marked, TickRule

        rules: list[TickRule] = []
        numbers: list[Any] = []

        def end_numbers() -> None:
            if numbers:
                rules.append(TickRule("numbers", self.numlist(numbers)))  # type: ignore[attr-defined]
                numbers.clear()

        for child in children:
            if isinstance(child, (TickRule, Marked)):
                end_numbers()
                is_text = isinstance(child, Marked)
                rules.append(TickRule("text", text=child.text, span=child.span) if is_text else child)
            else:
                numbers.append(child)
        end_numbers()
        return tuple(rules)

    def clock(self, children: list[Any]) -> ImmediateItem:
        from xmixed.language.nodes.graphs import ImmediateItem

        return ImmediateItem("clock", float(children[1].value), span=span_of(children[0], children[2]))

    def immediate(self, children: list[Any]) -> tuple[ImmediateItem, ...]:
        return tuple(_immediate(child) for child in children)

    def curve(self, children: list[Any]) -> Curve:
        from xmixed.language.nodes.graphs import Curve

        name = children[0].value if len(children) == 3 else ""
        expression = children[-1]
        start = children[0].start_pos if name else expression.span.start
        return Curve(name, expression, Span(start, expression.span.end))

    def bar_statistic(self, children: list[Any]) -> BarItem:
        from xmixed.language.nodes.graphs import BarItem

        return BarItem(children[1].value, span=span_of(children[0], children[2]))

    def bar_named(self, children: list[Any]) -> BarItem:
        from xmixed.language.nodes.graphs import BarItem

        name, _, variable = children
        pattern = Pattern(variable.value, "", span_of(variable, variable))
        return BarItem("", pattern, name.value, span_of(name, variable))

    def bars(self, children: list[Any]) -> tuple[BarItem, ...]:
        from xmixed.language.nodes.graphs import BarItem

        return tuple(
            BarItem("", child, "", child.span) if isinstance(child, (Pattern, Range)) else child
            for child in children
        )


def _immediate(child: Any) -> ImmediateItem:
    from xmixed.language.nodes.graphs import ImmediateItem, Marked

    if isinstance(child, ImmediateItem):
        return child
    if isinstance(child, Marked):
        return ImmediateItem("text", text=child.text, span=child.span)
    value, span = child
    return ImmediateItem("number", value, span=span)
