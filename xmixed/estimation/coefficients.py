"""The coefficients of e() by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import Span, StataError
from xmixed.expressions.coefficient_names import equation_meant, equations_of, place_of
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.missing import is_missing
from xmixed.session.results import Estimates, Matrix


def degrees_of_freedom(estimates: Estimates) -> np.ndarray | None:
    """Return the degrees of freedom of each coefficient, shape (k,); None where tests are normal.

    Those of pooled estimates differ, and may be infinite.
    """
    own = estimates.matrices.get("df_mi")
    if own is not None:
        return np.where(is_missing(own.values[0]), np.inf, own.values[0])
    df = estimates.scalars.get("df_r")
    b = estimates.matrices.get("b")
    return None if df is None or b is None else np.full(b.values.shape[1], df)


@dataclass(frozen=True, slots=True, eq=False)
class Centred:
    """The covariance of e(b) for covariates less their centers.

    Far from zero the variance of the constant and of what it is added to cancel; here nothing does.

    Attributes
    ----------
    origins : (k,) array
        The centers; zero for what is no covariate.
    constant : int
        Place of the constant in e(b).
    V : (k, k) array
    of : (k, k) array
        e(V) itself, the very array: another one has no centred one.
    """

    origins: np.ndarray
    constant: int
    V: np.ndarray
    of: np.ndarray

    def product(self, rows: np.ndarray) -> np.ndarray:
        """Return the covariance of combinations of e(b), (m, m); `rows` (m, k)."""
        moved = rows - rows[:, self.constant, None] * self.origins
        return moved @ self.V @ moved.T


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Estimates with their names and covariance.

    Attributes
    ----------
    names : tuple of str
        Names in e(b), `weight:week`.
    equations : tuple of str
        Their distinct equations.
    b, V : ndarray of float64, shapes (k,) and (k, k)
    centred : Centred or None
    """

    names: tuple[str, ...]
    equations: tuple[str, ...]
    b: np.ndarray
    V: np.ndarray
    centred: Centred | None = None

    @classmethod
    def of(cls, estimates: Estimates) -> Coefficients:
        """Return the coefficients of e().

        Raises
        ------
        StataError
            r(301) without e(b) or e(V).
        """
        b, V = estimates.get("b"), estimates.get("V")
        if not isinstance(b, Matrix) or not isinstance(V, Matrix):
            raise StataError(301, "last estimates not found")
        names = tuple(b.column_names)
        # A variance that could not be computed counts as none: the coefficient cannot be tested.
        covariance = np.where(is_missing(V.values), 0.0, V.values)
        centred: Centred | None = estimates.centred
        if centred is not None and centred.of is not V.values:
            centred = None
        return cls(names, equations_of(names), b.values[0], covariance, centred)

    def covariance_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the covariance of combinations of the coefficients, (m, m); `rows` (m, k)."""
        return rows @ self.V @ rows.T if self.centred is None else self.centred.product(rows)

    def equation(self, text: str, span: Span | None = None) -> str:
        """Return the equation that a name or `#1` means.

        Raises
        ------
        StataError
            r(303) `equation [x] not found`.
        """
        found = equation_meant(text, self.equations)
        if found is None:
            raise StataError(303, f"equation [{text.strip()}] not found", span)
        return found

    def place(self, equation: str, name: str, span: Span | None = None) -> int:
        """Return where a coefficient stands in e(b); the marks of base and omitted levels do not count.

        Raises
        ------
        StataError
            r(111) `foo not found`, r(303).
        """
        own = self.equation(equation, span) if equation else self.equations[0]
        place = place_of(own, name, self.names)
        if place is not None:
            return place
        shown = f"[{equation}]{name}" if equation else name
        hint = ""
        if name.startswith("i.") or "#i." in name:
            hint = "(a coefficient has a level, as in 1.x; testparm i.x tests all levels)"
        raise StataError(111, f"{shown} not found", span, hint)


def testable_places(terms: Sequence[Term | None], wanted: Sequence[ResolvedTerm]) -> list[int]:
    """Return the places in e(b) of the estimated terms that a varlist means, in the order of e(b)."""
    places = []
    for place, term in enumerate(terms):
        if term is None or not term.parts or term.status:
            continue
        if any(_is_meant(asked, term) for asked in wanted):
            places.append(place)
    return places


def _is_meant(asked: ResolvedTerm, term: Term) -> bool:
    """Return whether a term of a varlist covers a column: same variables, levels among those asked for."""
    parts = {(part.variable, part.time_series, part.level is None): part.level for part in term.parts}
    key = tuple(sorted((part.variable, part.time_series, part.level is None) for part in term.parts))
    if asked.key != key:
        return False
    return all(
        operand.operator.continuous
        or operand.operator.levels is None
        or parts[operand.key] in operand.operator.levels
        for operand in asked.operands
    )
