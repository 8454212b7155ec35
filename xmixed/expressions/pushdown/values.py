"""Values of a query: numbers that may be missing, truths that may not, strings, constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from xmixed.data.reference.leaves import LARGEST, cleaned
from xmixed.data.reference.model import needs_rows
from xmixed.expressions.values import type_mismatch
from xmixed.missing import MISSING, missing_name


@dataclass(frozen=True, slots=True)
class Pushed:
    """One value, the same for all rows or one for each.

    Attributes
    ----------
    kind : {"number", "truth", "text"}
    expression : ibis expression or None
        float64 with NULL for missing, boolean or string without NULL; None of a constant.
    nullable : bool
        A number may be missing.
    bound : float
        Numbers are below it in magnitude.
    constant : float, str or None
        The value of a constant; missing values as double codes.
    unchecked : bool
        The expression of a number may also be NaN, infinite or too large where it is missing.
    """

    kind: Literal["number", "truth", "text"]
    expression: Any = None
    nullable: bool = False
    bound: float = LARGEST
    constant: float | str | None = None
    unchecked: bool = False

    @property
    def is_text(self) -> bool:
        return self.kind == "text"

    @property
    def is_missing(self) -> bool:
        """Whether it is a constant that is missing."""
        return isinstance(self.constant, float) and not self.constant < MISSING


def constant(value: float | str) -> Pushed:
    """Return a constant."""
    if isinstance(value, str):
        return Pushed("text", constant=value)
    return Pushed("number", constant=value, bound=abs(value), nullable=not value < MISSING)


def number(value: Pushed) -> Any:
    """Return a number or truth as float64 with NULL for missing, whichever missing value it is.

    Raises
    ------
    StataError
        r(109) for a string.
    """
    import ibis

    if value.is_text:
        raise type_mismatch()
    if value.constant is not None:
        return ibis.null("float64") if value.is_missing else ibis.literal(value.constant, "float64")
    return cleaned(value.expression) if value.unchecked else raw(value)


def raw(value: Pushed) -> Any:
    """Return a number or truth as float64 that may also be NaN, infinite or too large where it is missing.

    Sums and products of such numbers are such numbers; checking only what comes out of a chain of them keeps
    queries short, since engines plan each mention of an operand.
    """
    if value.constant is not None or value.is_text:
        return number(value)
    return value.expression.cast("float64") if value.kind == "truth" else value.expression


def kept(value: Pushed) -> Any:
    """Return what a result can hold: a number or a string; r(3) for `.a` to `.z`."""
    import ibis

    if value.is_text:
        return value.expression if value.constant is None else ibis.literal(value.constant, "string")
    if value.is_missing and value.constant != MISSING:
        raise needs_rows(f"the missing value {missing_name(float(value.constant or 0))} is")
    return number(value)


def made(expression: Any, *operands: Pushed, bound: float = LARGEST, safe: bool = False) -> Pushed:
    """Return a number made of others: missing where it is undefined or too large.

    Parameters
    ----------
    bound : float
        What it does not exceed where the operands are not missing.
    safe : bool
        It is defined wherever its operands are.
    """
    if safe and bound < LARGEST:
        unchecked = any(operand.unchecked for operand in operands)
        return Pushed("number", expression, any(o.nullable for o in operands), bound, unchecked=unchecked)
    return Pushed("number", expression, True, unchecked=True)


def truth_of(expression: Any) -> Pushed:
    """Return a truth: a boolean expression that is never NULL."""
    return Pushed("truth", expression, bound=2.0)


def holds(value: Pushed) -> Any:
    """Return where a value is true, a boolean that is never NULL: not zero, missing included.

    Raises
    ------
    StataError
        r(109) for a string.
    """
    import ibis

    if value.kind == "truth":
        return value.expression
    if value.is_text:
        raise type_mismatch()
    if value.constant is not None:
        return ibis.literal(value.constant != 0)
    checked = number(value)
    different = checked != 0.0
    return different | checked.isnull() if value.nullable else different


def is_absent(value: Pushed) -> Any:
    """Return where a value is missing, or `""`."""
    import ibis

    if value.constant is not None:
        return ibis.literal(value.constant == "" or value.is_missing)
    if value.is_text:
        return value.expression == ""
    return number(value).isnull() if value.nullable and value.kind == "number" else ibis.literal(False)
