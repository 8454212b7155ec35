"""From grammar rules to expression nodes: the callbacks of `grammar/2_expressions.lark`."""

from __future__ import annotations

from typing import Any, NamedTuple

from xmixed.errors import Span, StataError
from xmixed.language.nodes import (
    Binary,
    Call,
    Coefficient,
    Expression,
    Name,
    Number,
    Subscript,
    Text,
    Unary,
    left_spine,
)
from xmixed.missing import MISSING, missing_code

MAXIMUM_DEPTH = 200
"""Deepest nesting: what walks a tree recursively must not meet Python's own limit."""

MAXIMUM_CHAIN = 5000
"""Most operators in one chain `1+1+...`; it groups from the left and counts as one level of nesting."""


class Piece(NamedTuple):
    """A stretch of the command line; has the attributes of a Lark token that the builders read."""

    type: str
    value: str
    start_pos: int
    end_pos: int


def span_of(first: Any, last: Any) -> Span:
    """Return the span from one token to another."""
    return Span(first.start_pos, last.end_pos)


def number_from(text: str) -> float:
    """Return the double that a numeric literal means; what is too large for Stata is missing."""
    lowered = text.lower()
    if "x" in lowered:
        mantissa, exponent = lowered.split("x")
        # Stata: both parts of 1.0x+3f are hexadecimal, the exponent too.
        power = int(exponent, 16)
        value = float.fromhex(f"0x{mantissa}p{power}") if abs(power) < 5000 else MISSING * (power > 0)
    else:
        value = float(lowered.replace("d", "e"))
    return value if value < MISSING else MISSING


class ExpressionBuilder:
    """Callbacks named after the grammar's rules; each takes the list of children."""

    def number(self, children: list[Any]) -> Number:
        token = children[0]
        return Number(number_from(token.value), span_of(token, token))

    def missing(self, children: list[Any]) -> Number:
        token = children[0]
        return Number(missing_code(token.value), span_of(token, token))

    def compound(self, children: list[Any]) -> Piece:
        inner = "".join(child.value for child in children[1:])
        return Piece("COMPOUND", inner, children[0].start_pos, children[-1].end_pos)

    def compound_inside(self, children: list[Any]) -> Piece:
        inner = "".join(child.value for child in children)
        return Piece("COMPOUND", inner, children[0].start_pos, children[-1].end_pos)

    def quoted(self, children: list[Any]) -> Text:
        token = children[0]
        return Text(token.value[1:-1], span_of(token, token))

    def compound_quoted(self, children: list[Any]) -> Text:
        string, closing = children
        return Text(string.value, span_of(string, closing))

    def name(self, children: list[Any]) -> Name:
        token = children[0]
        return Name(token.value, "", span_of(token, token))

    def lagged_name(self, children: list[Any]) -> Name:
        operator, token = children
        if "(" in operator.value:
            raise StataError(198, "invalid syntax", span_of(operator, operator))
        return Name(token.value, operator.value[:-1].upper(), span_of(operator, token))

    def levels(self, children: list[Any]) -> Expression:
        token = children[0]
        span = span_of(token, token)
        found: Expression | None = None
        for part in token.value.split("#"):
            factor = _indicator(part, span)
            found = factor if found is None else Binary("*", found, factor, span)
        assert found is not None
        return found

    def arguments(self, children: list[Any]) -> tuple[Expression, ...]:
        return tuple(children[::2])

    def call(self, children: list[Any]) -> Call:
        name, _, arguments, closing = children
        return Call(name.value, arguments, span_of(name, closing))

    def subscript(self, children: list[Any]) -> Subscript:
        name, opening, indices, closing = children
        if not 1 <= len(indices) <= 2:
            raise StataError(198, "invalid syntax", span_of(opening, closing))
        return Subscript(name.value, indices, span_of(name, closing))

    def result_element(self, children: list[Any]) -> Subscript:
        """`r(table)[1, 2]`: an element of a saved matrix."""
        kind, _, arguments, _, opening, indices, closing = children
        if kind.value not in ("r", "e") or len(arguments) != 1 or not isinstance(arguments[0], Name):
            raise StataError(198, "invalid syntax", span_of(opening, closing))
        if len(indices) != 2:
            raise StataError(198, "invalid syntax", span_of(opening, closing))
        return Subscript(f"{kind.value}({arguments[0].name})", indices, span_of(kind, closing))

    def pseudo_date(self, children: list[Any]) -> Call:
        token = children[0]
        name, _, literal = token.value[:-1].partition("(")
        return Call(name, (Text(literal.strip(), span_of(token, token)),), span_of(token, token))

    def between_dates(self, children: list[Any]) -> Call:
        token = children[0]
        span = span_of(token, token)
        name, _, literals = token.value[:-1].partition("(")
        first, _, last = literals.partition(",")
        return Call(name, (Text(first.strip(), span), Text(last.strip(), span)), span)

    def parenthesised(self, children: list[Any]) -> Expression:
        return children[1]

    def coefficient_name(self, children: list[Any]) -> tuple[str, str]:
        return ("", children[0].value) if len(children) == 1 else (children[0].value, children[2].value)

    def coefficient(self, children: list[Any]) -> Coefficient:
        word, _, (equation, name), closing = children
        return Coefficient(_kind(word.value), equation, name, span_of(word, closing))

    def equation_name(self, children: list[Any]) -> Coefficient:
        opening, equation, _, name = children
        return Coefficient("b", equation.value, name.value, span_of(opening, name))

    def equation_coefficient(self, children: list[Any]) -> Coefficient:
        opening, equation, _, word, _, (inner, name), closing = children
        if inner:
            raise StataError(198, "invalid syntax", span_of(word, closing))
        return Coefficient(_kind(word.value), equation.value, name, span_of(opening, closing))

    def expression(self, children: list[Any]) -> Expression:
        return children[0] if len(children) == 1 else arrange(children)


def _indicator(text: str, span: Span) -> Expression:
    """Return what `2.group` means: whether the variable has that value, missing where it is; `c.x` is x."""
    operator, _, name = text.partition(".")
    variable = Name(name, "", span)
    if operator == "c":
        return variable
    level = Number(float(operator.strip("ibno")), span)
    absent = Call("missing", (variable,), span)
    return Call("cond", (absent, Number(MISSING, span), Binary("==", variable, level, span)), span)


PRECEDENCE: dict[str, int] = {"|": 1, "&": 2, "==": 3, "!=": 3, "~=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3}
PRECEDENCE |= {"+": 4, "-": 4, "*": 5, "/": 5, "^": 7}
"""How tightly an operator between operands binds; all group from the left, `^` too."""
_SIGN, _TIGHTEST = 6, 8


def arrange(row: list[Any]) -> Expression:
    """Build the tree of a row of operands and operators by their precedence.

    `!` binds tightest; a sign binds looser than `^` (`-2^2` is -4), except after `^` or `!` (`2^-1`).
    """
    operands: list[Expression] = []
    operators: list[tuple[Any, int]] = []
    follows = 0  # level of the operator just before, 0 after an operand
    for item in row:
        kind = getattr(item, "type", "")
        if kind == "PREFIX":
            tight = item.value in "!~" or follows > _SIGN
            follows = _TIGHTEST if tight else _SIGN
            operators.append((item, follows))
        elif kind == "INFIX":
            follows = PRECEDENCE[item.value]
            while operators and operators[-1][1] >= follows:
                _apply(operators.pop()[0], operands)
            operators.append((item, follows))
        else:
            operands.append(item)
            follows = 0
    while operators:
        _apply(operators.pop()[0], operands)
    return operands[0]


def _apply(token: Any, operands: list[Expression]) -> None:
    """Replace the last operands by the operator on them; `~` is written `!`."""
    right = operands.pop()
    operator = str(token.value).replace("~", "!")
    if token.type == "PREFIX":
        operands.append(Unary(operator, right, Span(token.start_pos, right.span.end)))
        return
    left = operands.pop()
    operands.append(Binary(operator, left, right, Span(left.span.start, right.span.end)))


def _kind(word: str) -> str:
    return "se" if word.startswith("_se") else "b"


def check_depth(root: Expression) -> None:
    """Refuse a tree too deep to be walked recursively, or a chain of operators without reasonable end.

    Left operands of operators on operators are no nesting: what walks a tree follows them in a loop.

    Raises
    ------
    StataError
        r(130): `expression too long`.
    """
    level: list[Expression] = [root]
    for _ in range(MAXIMUM_DEPTH):
        below: list[Expression] = []
        for node in level:
            first, spine = left_spine(node)
            if len(spine) > MAXIMUM_CHAIN:
                raise StataError(130, "expression too long", root.span)
            below += [binary.right for binary in spine]
            if isinstance(first, Unary):
                below.append(first.operand)
            elif isinstance(first, Call):
                below += first.arguments
            elif isinstance(first, Subscript):
                below += first.indices
        if not below:
            return
        level = below
    raise StataError(130, "expression too long", root.span)
