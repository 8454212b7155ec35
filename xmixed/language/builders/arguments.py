"""From grammar rules to lists of numbers, ranges, words and the arguments of single commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xmixed.errors import Span, StataError
from xmixed.language.builders.expressions import number_from, span_of
from xmixed.language.nodes import (
    Binary,
    Call,
    Coefficient,
    Expression,
    InRange,
    Name,
    Pattern,
    Subscript,
    Text,
    Unary,
    Varlist,
)
from xmixed.language.nodes.arguments import DisplayItem
from xmixed.missing import MISSING, missing_code

if TYPE_CHECKING:
    from xmixed.language.nodes.assignments import Assignment, NewVariable
    from xmixed.language.nodes.estimators import Hypothesis

MAXIMUM_NUMBERS = 1_000_000


class ArgumentBuilder:
    """Callbacks named after the rules of `4_numlists`, `6_arguments`, `7_mixed` and `8_hypotheses`."""

    # --- numbers ---------------------------------------------------------------------------------------

    def numlist_value(self, children: list[Any]) -> tuple[float, Span]:
        token = children[-1]
        span = span_of(children[0], token)
        if token.type == "MISSING":
            return missing_code(token.value), span
        value = number_from(token.value)
        negative = children[0].type == "MINUS"
        return (-value if negative and value < MISSING else value), span

    number_value = numlist_value

    def numlist_range(self, children: list[Any]) -> list[float]:
        (first, start), _, (last, end) = children
        return _sequence(first, last, 1.0 if last >= first else -1.0, Span(start.start, end.end))

    def numlist_stepped(self, children: list[Any]) -> list[float]:
        (first, start), _, (step, _), _, (last, end) = children
        return _sequence(first, last, step, Span(start.start, end.end))

    def numlist_to(self, children: list[Any]) -> Piecewise:
        value, span = children[1]
        return Piecewise(value, span)

    def numlist(self, children: list[Any]) -> tuple[float, ...]:
        numbers: list[float] = []
        singles = 0  # plain numbers in a row before this place
        for child in children:
            if isinstance(child, Piecewise):
                if singles < 2:
                    raise StataError(121, "invalid numlist", child.span)
                first, second = numbers[-2:]
                numbers += _sequence(second, child.last, second - first, child.span)[1:]
                singles = 0
            elif isinstance(child, list):
                numbers += child
                singles = 0
            elif isinstance(child, tuple):
                numbers.append(child[0])
                singles += 1
            if len(numbers) > MAXIMUM_NUMBERS:
                raise StataError(123, "invalid numlist has too many elements")
        return tuple(numbers)

    def in_bound(self, children: list[Any]) -> tuple[int, Span]:
        token = children[-1]
        span = span_of(children[0], token)
        text = "".join(child.value for child in children)
        if token.type == "NAME":
            ends = {"f": 1, "F": 1, "l": -1, "L": -1}
            if text not in ends:
                raise StataError(198, f"'{text}' invalid obs no", span)
            return ends[text], span
        value = number_from(token.value)
        if value >= MISSING or value != int(value) or value == 0:
            raise StataError(198, f"'{text}' invalid obs no", span)
        return int(-value if children[0].type == "MINUS" else value), span

    def in_range(self, children: list[Any]) -> InRange:
        (first, start), (last, end) = children[0], children[-1]
        return InRange(first, last, Span(start.start, end.end))

    # --- arguments of single commands --------------------------------------------------------------------

    def newvar(self, children: list[Any]) -> NewVariable:
        from xmixed.language.nodes.assignments import NewVariable

        names = [child for child in children[:-1] if child.type == "NAME"]
        type_ = children[0].value if children[0].type == "TYPE" else ""
        label = names[1].value if len(names) > 1 else ""
        expression: Expression = children[-1]
        span = Span(children[0].start_pos, expression.span.end)
        return NewVariable(type_, names[0].value, label, expression, span)

    def assignment(self, children: list[Any]) -> Assignment:
        from xmixed.language.nodes.assignments import Assignment

        name, expression = children[0], children[-1]
        target: Name | Subscript = Name(name.value, "", span_of(name, name))
        if children[1].type == "LSQB":
            target = Subscript(name.value, (children[2],), span_of(name, children[3]))
        return Assignment(target, expression, Span(name.start_pos, expression.span.end))

    def comparison_of(self, children: list[Any]) -> Binary:
        name, _, right = children
        left = Name(name.value, "", span_of(name, name))
        return Binary("==", left, right, Span(name.start_pos, right.span.end))

    def unquoted(self, children: list[Any]) -> str:
        return children[0].value[1:-1]

    def compound_unquoted(self, children: list[Any]) -> str:
        return children[0].value

    def words(self, children: list[Any]) -> tuple[str, ...]:
        return tuple(child if type(child) is str else str(child.value) for child in children)

    # --- hypotheses --------------------------------------------------------------------------------------

    def linear_name(self, children: list[Any]) -> Coefficient:
        token = children[0]
        return Coefficient("b", "", token.value, span_of(token, token))

    def linear_arguments(self, children: list[Any]) -> tuple[Expression, ...]:
        return tuple(children[::2])

    def linear_call(self, children: list[Any]) -> Call:
        name, _, arguments, closing = children
        if name.value in ("e", "r", "s", "c", "scalar"):  # what stands inside is no coefficient
            arguments = tuple(
                Name(item.name, "", item.span) if isinstance(item, Coefficient) else item
                for item in arguments
            )
        return Call(name.value, arguments, span_of(name, closing))

    def hypotheses(self, children: list[Any]) -> tuple[Hypothesis, ...]:
        return tuple(found for item in children for found in item)

    def single(self, children: list[Any]) -> list[Hypothesis]:
        return [_hypothesis(children)]

    equated = single

    def equated_group(self, children: list[Any]) -> list[Hypothesis]:
        return [_hypothesis(children[1:-1], grouped=True)]

    def listed_group(self, children: list[Any]) -> list[Hypothesis]:
        return [_hypothesis([side], grouped=True) for side in children[1:-1]]

    def whole_equation(self, children: list[Any]) -> list[Hypothesis]:
        from xmixed.language.nodes.estimators import Hypothesis

        return [Hypothesis((), False, children[1].value, span_of(children[0], children[2]))]

    def within_equation(self, children: list[Any]) -> list[Hypothesis]:
        return [_hypothesis([side], equation=children[1].value) for side in children[4:]]

    def equal_equations(self, children: list[Any]) -> list[Hypothesis]:
        from xmixed.language.nodes.estimators import Hypothesis

        names = [child.value for child in children if child.type == "COEFFICIENT_NAME"]
        return [Hypothesis((), False, names[0], span_of(children[0], children[-1]), tuple(names[1:]))]

    def within_equal_equations(self, children: list[Any]) -> list[Hypothesis]:
        end = next(place for place, child in enumerate(children) if getattr(child, "type", "") == "COLON")
        names = [child.value for child in children[:end] if child.type == "COEFFICIENT_NAME"]
        return [
            replace(_hypothesis([side], equation=names[0]), others=tuple(names[1:]))
            for side in children[end + 1 :]
        ]

    # --- display -----------------------------------------------------------------------------------------

    def display(self, children: list[Any]) -> tuple[DisplayItem, ...]:
        return tuple(item for items in children for item in items)

    def display_expression(self, children: list[Any]) -> list[DisplayItem]:
        expression: Expression = children[-1]
        if len(children) == 2:
            span = Span(children[0].start_pos, expression.span.end)
            return [DisplayItem("expression", expression, format=children[0].value, span=span)]
        return [_display_item(part) for part in _split_text(expression)]

    def display_comma(self, children: list[Any]) -> list[DisplayItem]:
        return [_directive("," * len(children), children)]

    def display_directive(self, children: list[Any]) -> list[DisplayItem]:
        word = children[0].value
        return [_directive("_newline" if word.startswith("_n") else "_continue", children)]

    def display_argument(self, children: list[Any]) -> list[DisplayItem]:
        word = children[0].value
        full = {"_n": "_newline", "_c": "_column", "_s": "_skip", "_d": "_dup"}[word[:2]]
        full = "_char" if word == "_char" else full
        return [_directive(full, children, expression=children[2])]

    def display_style(self, children: list[Any]) -> list[DisplayItem]:
        directive, word = children[0].value.split()
        return [_directive(directive, children, word_argument=word)]

    # --- xtmixed -----------------------------------------------------------------------------------------

    def random_equation(self, children: list[Any]) -> tuple[Pattern, Varlist, Pattern | None]:
        level = Pattern(children[0].value, "", span_of(children[0], children[0]))
        if len(children) == 4:
            return level, (), Pattern(children[3].value, "", span_of(children[2], children[3]))
        return level, children[2], None

    def residuals_option(self, children: list[Any]) -> tuple[Any, Pattern]:
        return children[0], Pattern(children[2].value, "", span_of(children[2], children[2]))

    def residuals(self, children: list[Any]) -> list[Any]:
        return children

    def vce(self, children: list[Any]) -> list[Any]:
        return children


def _hypothesis(children: list[Any], *, grouped: bool = False, equation: str = "") -> Hypothesis:
    from xmixed.language.nodes.estimators import Hypothesis

    """Return the hypothesis that sides between equals signs make."""
    sides: tuple[Expression, ...] = tuple(children[::2])
    span = Span(sides[0].span.start, sides[-1].span.end)
    return Hypothesis(sides, grouped, equation, span)


class Piecewise:
    """`to 5` in a numlist, which continues the two numbers before it."""

    def __init__(self, last: float, span: Span) -> None:
        self.last = last
        self.span = span


def _sequence(first: float, last: float, step: float, span: Span) -> list[float]:
    """Return first, first + step, ... as far as last; computed by multiples so that no error adds up."""
    if max(abs(first), abs(last), abs(step)) >= MISSING or step == 0 or (last - first) * step < 0:
        raise StataError(121, "invalid numlist", span)
    steps = (last - first) / step
    if not steps <= MAXIMUM_NUMBERS:
        raise StataError(123, "invalid numlist has too many elements", span)
    return [first + i * step for i in range(int(steps + 1e-8) + 1)]


def _directive(
    word: str, children: list[Any], *, expression: Expression | None = None, word_argument: str = ""
) -> DisplayItem:
    span = span_of(children[0], children[-1])
    return DisplayItem("directive", expression, directive=word, word=word_argument, span=span)


def _display_item(expression: Expression) -> DisplayItem:
    if isinstance(expression, Text):
        return DisplayItem("text", text=expression.value, span=expression.span)
    return DisplayItem("expression", expression, span=expression.span)


def _split_text(expression: Expression) -> list[Expression]:
    """Split `"x = " -5`: a string is never an operand of minus, so the minus begins the next item."""
    spine: list[Binary] = []
    node = expression
    while isinstance(node, Binary):
        spine.append(node)
        node = node.left
    if not (isinstance(node, Text) and spine and spine[-1].operator == "-"):
        return [expression]
    lowest = spine.pop()
    rest: Expression = Unary("-", lowest.right, Span(node.span.end, lowest.span.end))
    for above in reversed(spine):
        rest = Binary(above.operator, rest, above.right, Span(rest.span.start, above.span.end))
    return [node, rest]
