"""From nodes to canonical text: what parses again to the same nodes."""

from __future__ import annotations

from xmixed.language.nodes import (
    Binary,
    Call,
    Coefficient,
    Expression,
    FactorVariable,
    Interaction,
    Name,
    Number,
    Pattern,
    Range,
    Subscript,
    Text,
    Unary,
    Varlist,
    VarlistItem,
    left_spine,
)
from xmixed.missing import MISSING, missing_name

_LEVELS = {"|": 1, "&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3}
_LEVELS |= {"+": 4, "-": 4, "*": 5, "/": 5, "^": 7}
_SIGN, _POWER, _NOT, _ATOM = 6, 7, 8, 9
_SPACED = 5  # operators up to this level stand between blanks
_PSEUDO_DATES = frozenset({"td", "tw", "tm", "tq", "th", "ty", "tc", "tC", "d", "w", "m", "q", "h", "y"})


def print_expression(node: Expression) -> str:
    """Return an expression in canonical text: blanks around operators, no needless parentheses."""
    return _print(node)[0]


def print_varlist(items: Varlist) -> str:
    """Return a variable list with one blank between its elements."""
    return " ".join(print_item(item) for item in items)


def print_item(item: VarlistItem) -> str:
    """Return one element of a variable list."""
    if isinstance(item, Range):
        return f"{item.first}-{item.last}"
    if isinstance(item, Pattern):
        return f"{item.operator}.{item.text}" if item.operator else item.text
    assert isinstance(item, Interaction)
    return ("##" if item.full else "#").join(_print_operand(operand) for operand in item.operands)


def _print_operand(operand: FactorVariable) -> str:
    series = f"{operand.time_series}." if operand.time_series else ""
    factor = f"{operand.operator}." if operand.operator else ""
    if "-" in operand.name:
        return f"{factor}{series}({operand.name})"
    return f"{factor}{series}{operand.name}"


def print_number(value: float) -> str:
    """Return the shortest text that reads as the same double."""
    if value >= MISSING or value != value:
        return missing_name(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _quote(value: str) -> str:
    return f'`"{value}"\'' if '"' in value else f'"{value}"'


def _print(node: Expression) -> tuple[str, int]:
    """Return the text of a node, and how tightly it binds."""
    node, spine = left_spine(node)
    printed = _print_unary(node) if isinstance(node, Unary) else (_print_atom(node), _ATOM)
    for binary in spine:
        printed = _print_binary(binary, *printed), _LEVELS[binary.operator]
    return printed


def _print_atom(node: Expression) -> str:
    if isinstance(node, Number):
        return print_number(node.value)
    if isinstance(node, Text):
        return _quote(node.value)
    if isinstance(node, Name):
        return f"{node.operator}.{node.name}" if node.operator else node.name
    if isinstance(node, Subscript):
        return f"{node.name}[{', '.join(print_expression(index) for index in node.indices)}]"
    if isinstance(node, Call):
        literal = node.arguments[0] if len(node.arguments) == 1 else None
        if node.name in _PSEUDO_DATES and isinstance(literal, Text) and literal.value[:1].isdigit():
            return f"{node.name}({literal.value})"
        return f"{node.name}({', '.join(print_expression(argument) for argument in node.arguments)})"
    assert isinstance(node, Coefficient)
    equation = f"{node.equation}:" if node.equation else ""
    return f"_{node.kind}[{equation}{node.name}]"


def _wrap(text: str, level: int, needed: int) -> str:
    return text if level >= needed else f"({text})"


def _print_unary(node: Unary) -> tuple[str, int]:
    level = _NOT if node.operator == "!" else _SIGN
    text, inner = _print(node.operand)
    return node.operator + _wrap(text, inner, level), level


def _print_binary(node: Binary, left: str, left_level: int) -> str:
    level = _LEVELS[node.operator]
    right, right_level = _print(node.right)
    left = _wrap(left, left_level, level)
    right = _wrap(right, right_level, level + 1)
    gap = " " if level <= _SPACED else ""
    return f"{left}{gap}{node.operator}{gap}{right}"
