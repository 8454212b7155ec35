"""From the hypotheses of `test` to linear constraints on e(b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import Span, StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.expressions.coefficient_names import place_of
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_scalar
from xmixed.expressions.results import SAVED_RESULTS
from xmixed.language.nodes import (
    Binary,
    Call,
    Coefficient,
    Expression,
    Name,
    Number,
    Subscript,
    Unary,
    left_spine,
)
from xmixed.language.nodes.estimators import Hypothesis
from xmixed.missing import is_missing
from xmixed.session.tested import Constraint

# --- from syntax to constraints ------------------------------------------------------------------------


def read_hypotheses(
    hypotheses: Sequence[Hypothesis],
    coefficients: Coefficients,
    context: Context,
    equations: Sequence[str] = (),
    constant: bool = False,
    common: bool = False,
) -> tuple[Constraint, ...]:
    """Return the constraints that the argument of `test` means.

    It is a list of coefficients, one equation `exp = exp [= exp ...]`, or either of them in parentheses,
    repeated.

    Parameters
    ----------
    equations : sequence of str
        Where a name that stands alone is looked for, `test x`; () the first.
    constant : bool
        Whole equations with their constants.
    common : bool
        Of `[eq1=eq2]` only what both equations have.

    Raises
    ------
    StataError
        r(131) `not possible with test` for what is not linear; r(111), r(303) for unknown names; r(198).
    """
    if not hypotheses:
        raise StataError(100, "varlist required")
    split = [_split_equalities(hypothesis) for hypothesis in hypotheses]
    equated = [sides for sides in split if len(sides) > 1]
    grouped = [hypothesis.grouped for hypothesis in hypotheses]
    if any(grouped) != all(grouped) or (equated and len(split) > 1 and not grouped[0]):
        raise StataError(198, "invalid syntax", hypotheses[-1].span, "several hypotheses need parentheses")
    reader = _Reader(coefficients, context, "test", equations, constant, common)
    return tuple(
        constraint
        for hypothesis, sides in zip(hypotheses, split, strict=True)
        for constraint in reader.constraints(hypothesis, sides)
    )


def read_combination(
    hypotheses: Sequence[Hypothesis], coefficients: Coefficients, context: Context
) -> Constraint:
    """Return the one linear expression that `lincom` is given: its value is `row @ b + constant`.

    Raises
    ------
    StataError
        r(100) without one; r(131) for what is not linear; r(111), r(303) for unknown names; r(198).
    """
    if not hypotheses:
        raise StataError(100, "varlist required")
    first = hypotheses[0]
    sides = _split_equalities(first)
    if len(hypotheses) > 1 or len(sides) != 1 or first.equation:
        raise StataError(198, "invalid syntax", hypotheses[-1].span, "lincom takes one expression")
    found = _Reader(coefficients, context, "lincom").linear(sides[0])
    if found.is_constant:
        raise StataError(198, "invalid syntax", first.span, "no coefficient is left to combine")
    return Constraint(found.row, found.constant)


def _split_equalities(hypothesis: Hypothesis) -> list[Expression]:
    """Return the sides of a hypothesis; `==` counts as `=`."""
    sides: list[Expression] = []
    for side in hypothesis.sides:
        later: list[Expression] = []
        while isinstance(side, Binary) and side.operator == "==":
            later.append(side.right)
            side = side.left
        sides += [side, *reversed(later)]
    return sides


@dataclass(frozen=True, slots=True, eq=False)
class _Linear:
    """A linear expression: `row @ b + constant`."""

    row: np.ndarray
    constant: float

    @property
    def is_constant(self) -> bool:
        return not self.row.any()


def _not_possible(node: Expression, command: str = "test") -> StataError:
    return StataError(131, f"not possible with {command}", node.span)


class _Reader:
    """Walks the sides of hypotheses."""

    def __init__(
        self,
        coefficients: Coefficients,
        context: Context,
        command: str = "test",
        equations: Sequence[str] = (),
        constant: bool = False,
        common: bool = False,
    ) -> None:
        self.coefficients = coefficients
        self.context = context
        self.command = command
        self.equations = equations
        self.constant = constant
        self.common = common

    def constraints(self, hypothesis: Hypothesis, sides: list[Expression]) -> list[Constraint]:
        coefficients = self.coefficients
        if len(sides) == 1 and not isinstance(sides[0], Coefficient):
            raise StataError(100, "=exp required", hypothesis.span)
        if hypothesis.others:
            return self.equal(hypothesis, [side.name for side in sides if isinstance(side, Coefficient)])
        if not sides:
            own = coefficients.equation(hypothesis.equation, hypothesis.span)
            names = self.whole(hypothesis.equation, hypothesis.span)
            return [self.zero(coefficients.place(own, name)) for name in names]
        everywhere = self.everywhere(sides, hypothesis)
        if everywhere:
            return everywhere
        values = [self.linear(side, hypothesis.equation) for side in sides]
        first = values[0]
        others = values[1:] or [_Linear(np.zeros(len(coefficients.names)), 0.0)]
        found = [Constraint(first.row - other.row, other.constant - first.constant) for other in others]
        for constraint in found:
            if not constraint.row.any():
                raise StataError(198, "invalid syntax", hypothesis.span, "no coefficient is left to test")
        return found

    def whole(self, equation: str, span: Span) -> list[str]:
        """Return the names in `[eq]`; Stata leaves out the constant unless there is nothing else."""
        own = self.coefficients.equation(equation, span)
        split = [name.rpartition(":") for name in self.coefficients.names]
        found = [name for place, _, name in split if place == own]
        return found if self.constant else [name for name in found if name != "_cons"] or found

    def zero(self, place: int) -> Constraint:
        return Constraint(np.eye(1, len(self.coefficients.names), place)[0], 0.0)

    def equal(self, hypothesis: Hypothesis, names: Sequence[str]) -> list[Constraint]:
        """Return that coefficients, those with names or all, are the same in equations: `[eq1=eq2]`."""
        found, coefficients, span = [], self.coefficients, hypothesis.span
        names = names or self.whole(hypothesis.equation, span)
        for other in hypothesis.others:
            own = self.whole(other, span)
            if self.common:
                names = [name for name in names if name in own]
            for name in names:
                first = self.zero(coefficients.place(hypothesis.equation, name, span)).row
                second = self.zero(coefficients.place(other, name, span)).row
                found.append(Constraint(first - second, 0.0))
        return found

    def everywhere(self, sides: list[Expression], hypothesis: Hypothesis) -> list[Constraint]:
        """Return that `x` of `test x` is zero in each equation that has it; [] for other hypotheses."""
        side = sides[0]
        if len(sides) > 1 or not isinstance(side, Coefficient) or side.kind != "b":
            return []
        if side.equation or ":" in side.name or hypothesis.equation or len(self.equations) < 2:
            return []
        names = self.coefficients.names
        places = [place_of(equation, side.name, names) for equation in self.equations]
        return [self.zero(place) for place in places if place is not None]

    def linear(self, node: Expression, equation: str = "") -> _Linear:
        """Return an expression as a linear one."""
        k = len(self.coefficients.names)
        if isinstance(node, Coefficient):
            if node.kind != "b":
                raise _not_possible(node, self.command)
            own, _, name = node.name.rpartition(":")
            row = np.zeros(k)
            row[self.coefficients.place(node.equation or own or equation, name, node.span)] = 1.0
            return _Linear(row, 0.0)
        if isinstance(node, Number):
            return _Linear(np.zeros(k), self.checked(node.value, node))
        if isinstance(node, Unary) and node.operator in "+-":
            inner = self.linear(node.operand, equation)
            sign = -1.0 if node.operator == "-" else 1.0
            return _Linear(sign * inner.row, sign * inner.constant)
        if isinstance(node, Binary):
            first, spine = left_spine(node)
            found = self.linear(first, equation)
            for binary in spine:
                found = self.combined(binary, found, self.linear(binary.right, equation))
            return found
        if isinstance(node, Call) and not _depends(node):
            value = evaluate_scalar(node, self.context)
            if isinstance(value, str):
                raise StataError(109, "type mismatch", node.span)
            return _Linear(np.zeros(k), self.checked(float(value), node))
        raise _not_possible(node, self.command)

    def combined(self, node: Binary, left: _Linear, right: _Linear) -> _Linear:
        """Return the sum, difference, product or quotient of two linear expressions, if it is linear."""
        if node.operator in "+-":
            sign = 1.0 if node.operator == "+" else -1.0
            return _Linear(left.row + sign * right.row, left.constant + sign * right.constant)
        if node.operator == "*" and (left.is_constant or right.is_constant):
            factor, other = (left, right) if left.is_constant else (right, left)
            return _Linear(factor.constant * other.row, self.checked(factor.constant * other.constant, node))
        if node.operator == "/" and right.is_constant and right.constant:
            return _Linear(left.row / right.constant, self.checked(left.constant / right.constant, node))
        if node.operator == "^" and left.is_constant and right.is_constant:
            value = evaluate_scalar(Binary("^", Number(left.constant), Number(right.constant)), self.context)
            return _Linear(left.row, self.checked(float(value), node))
        raise _not_possible(node, self.command)

    def checked(self, value: float, node: Expression) -> float:
        if is_missing(value):
            raise StataError(198, "invalid syntax", node.span, "a missing value is no hypothesis")
        return value


def _depends(node: Expression) -> bool:
    """Return whether an expression uses names of the data or coefficients, and not only saved results."""
    if isinstance(node, (Name, Coefficient, Subscript)):
        return True
    if isinstance(node, Call):
        return node.name not in SAVED_RESULTS and any(_depends(argument) for argument in node.arguments)
    if isinstance(node, Unary):
        return _depends(node.operand)
    if isinstance(node, Binary):
        first, spine = left_spine(node)
        return _depends(first) or any(_depends(binary.right) for binary in spine)
    return False
