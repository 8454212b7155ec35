"""What `generate` and `replace` are given: a variable and the expression of its values."""

from __future__ import annotations

from dataclasses import dataclass, field

from xmixed.errors import Span
from xmixed.language.nodes import NOWHERE, Expression, Name, Subscript


@dataclass(frozen=True, slots=True)
class NewVariable:
    """`[type] newvar[:lblname] = exp`.

    `type` is "" when not given, and `str` without a length for `gen str x = ...`.
    """

    type: str
    name: str
    value_label: str
    expression: Expression
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Assignment:
    """`oldvar = exp` (`oldvar[3] = exp` is refused by the command)."""

    target: Name | Subscript
    expression: Expression
    span: Span = field(default=NOWHERE, compare=False)
