"""Averages of a response over rows of the data, with covariates at other values, and their gradients.

A linear response needs averages of products of covariates only: each is computed once, whatever the number
of settings. For others the statistic is evaluated row by row at every setting; derivatives along a covariate
are then central differences.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from xmixed.estimation.frame import EstimationFrame, Fixed, fixed_product, variable_of
from xmixed.estimation.results import Statistic
from xmixed.expressions.factors.terms import Part, Term
from xmixed.session.results import Estimates

Averaged = tuple[float, np.ndarray]
"""A mean and its derivatives by e(b), (k,)."""


class Response(Protocol):
    """A response averaged over the rows of one group."""

    def mean(self, fixed: Fixed) -> Averaged:
        """Return the mean with covariates at given values."""
        ...

    def effect(self, fixed: Fixed, name: str, kind: str) -> Averaged:
        """Return the mean derivative along a variable: `dydx`, `eyex`, `dyex` or `eydx`."""
        ...

    def change(self, fixed: Fixed, name: str, level: int, base: int, kind: str) -> Averaged:
        """Return the mean change from a factor's base to a level; `eydx` of the logarithm."""
        ...


class LinearResponse:
    """Of a statistic that is its gradient times e(b)."""

    def __init__(
        self,
        terms: tuple[Term | None, ...],
        b: np.ndarray,
        frame: EstimationFrame,
        weights: np.ndarray | None,
    ) -> None:
        self.terms, self.b, self.frame, self.weights = terms, b, frame, weights
        self._means: dict[tuple[Part, ...], float] = {(): 1.0}

    def mean(self, fixed: Fixed) -> Averaged:
        """See `Response`."""
        return self._averaged([self._term_mean(term, fixed) for term in self.terms])

    def _averaged(self, gradient: list[float]) -> Averaged:
        found = np.array(gradient)
        estimated = np.array([term is not None and not term.status for term in self.terms])
        return float(found[estimated] @ self.b[estimated]), np.where(estimated, found, 0.0)

    def row_of(self, fixed: Fixed) -> np.ndarray:
        """Return the mean of every term, those that are not estimated too, (k,)."""
        return np.array([self._term_mean(term, fixed) for term in self.terms])

    def _term_mean(self, term: Term | None, fixed: Fixed) -> float:
        return 0.0 if term is None else self._product_mean(term.parts, fixed)

    def _product_mean(self, parts: tuple[Part, ...], fixed: Fixed) -> float:
        """Return the mean of a product: what is fixed is a factor, the rest is averaged once."""
        factor, rest = fixed_product(parts, fixed)
        return factor * self._mean_of(rest) if factor else 0.0

    def _mean_of(self, parts: tuple[Part, ...]) -> float:
        if parts not in self._means:
            own = self.frame.column(Term(parts))
            assert own is not None
            self._means[parts] = float(np.average(own, weights=self.weights))
        return self._means[parts]

    def effect(self, fixed: Fixed, name: str, kind: str) -> Averaged:
        """See `Response`."""
        if kind in ("eyex", "eydx"):
            return self._elasticity(fixed, name, kind)
        extra = (Part(*variable_of(name)),) if kind == "dyex" else ()
        return self._averaged([self._term_slope(term, fixed, name, extra) for term in self.terms])

    def _term_slope(self, term: Term | None, fixed: Fixed, name: str, extra: tuple[Part, ...]) -> float:
        if term is None:
            return 0.0
        total = 0.0
        for place, part in enumerate(term.parts):
            if part.level is None and part.plain == name:
                total += self._product_mean(term.parts[:place] + term.parts[place + 1 :] + extra, fixed)
        return total

    def _elasticity(self, fixed: Fixed, name: str, kind: str) -> Averaged:
        """Return the mean of D b / X b, times x for `eyex`: a ratio, row by row."""
        frame = self.frame.with_values(fixed)
        X = frame.design(self.terms)
        D = np.column_stack(
            [
                np.zeros(frame.size) if term is None or term.status else frame.slope(term, name)
                for term in self.terms
            ]
        )
        factor = frame.values(*variable_of(name)) if kind == "eyex" else np.ones(frame.size)
        y, slope = X @ self.b, D @ self.b
        gradient = factor[:, None] * (D / y[:, None] - (slope / y**2)[:, None] * X)
        return (
            float(np.average(factor * slope / y, weights=self.weights)),
            np.average(gradient, axis=0, weights=self.weights),
        )

    def change(self, fixed: Fixed, name: str, level: int, base: int, kind: str) -> Averaged:
        """See `Response`."""
        high, low = {**fixed, name: float(level)}, {**fixed, name: float(base)}
        if kind in ("dydx", "dyex"):
            (first, first_row), (second, second_row) = self.mean(high), self.mean(low)
            return first - second, first_row - second_row
        total, row = 0.0, np.zeros(len(self.b))
        for setting, sign in ((high, 1.0), (low, -1.0)):
            X = self.frame.with_values(setting).design(self.terms)
            y = X @ self.b
            total += sign * float(np.average(np.log(y), weights=self.weights))
            row += sign * np.average(X / y[:, None], axis=0, weights=self.weights)
        return total, row


class EvaluatedResponse:
    """Of any statistic that has a gradient."""

    STEP = 1e-5

    def __init__(
        self,
        statistic: Statistic,
        argument: str,
        estimates: Estimates,
        frame: EstimationFrame,
        weights: np.ndarray | None,
        frequencies: bool = False,
    ) -> None:
        assert statistic.gradient is not None
        self.frequencies = frequencies
        self.statistic, self.argument, self.estimates = statistic, argument, estimates
        self.frame, self.weights = frame, weights
        self.coefficients = estimates.matrices["b"].values.shape[1]

    def _rows(self, fixed: Fixed) -> tuple[np.ndarray, np.ndarray]:
        assert self.statistic.gradient is not None
        frame = self.frame.with_values(fixed)
        values = self.statistic.values(self.estimates, frame, self.argument)
        gradient = self.statistic.gradient(self.estimates, frame, self.argument)
        return values[:, 0] if values.ndim == 2 else values, gradient

    def _averaged(self, values: np.ndarray, gradient: np.ndarray) -> Averaged:
        return (
            float(np.average(values, weights=self.weights)),
            np.average(gradient, axis=0, weights=self.weights),
        )

    def mean(self, fixed: Fixed) -> Averaged:
        """See `Response`."""
        return self._averaged(*self._rows(fixed))

    def effect(self, fixed: Fixed, name: str, kind: str) -> Averaged:
        """See `Response`."""
        return self._averaged(*self._effects(fixed, name, kind))

    def change(self, fixed: Fixed, name: str, level: int, base: int, kind: str) -> Averaged:
        """See `Response`."""
        return self._averaged(*self._changes(fixed, name, level, base, kind))

    def mean_by_row(self, fixed: Fixed) -> np.ndarray:
        """Return what `mean` averages."""
        return self._rows(fixed)[0]

    def effect_by_row(self, fixed: Fixed, name: str, kind: str) -> np.ndarray:
        """Return what `effect` averages."""
        return self._effects(fixed, name, kind)[0]

    def change_by_row(self, fixed: Fixed, name: str, level: int, base: int, kind: str) -> np.ndarray:
        """Return what `change` averages."""
        return self._changes(fixed, name, level, base, kind)[0]

    def deviations(self, values: np.ndarray) -> np.ndarray:
        """Return w (value - mean) over the sum of w, over all observations of the data.

        Of a row of frequency f: what one of its observations adds.
        """
        weights = np.ones(len(values)) if self.weights is None else self.weights
        own = (values - np.average(values, weights=weights)) / weights.sum()
        found = np.zeros(len(self.frame.rows))
        found[self.frame.rows] = own if self.frequencies else own * weights
        return found

    def _effects(self, fixed: Fixed, name: str, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Return differences of four points, whose error is of the order of the fourth power."""
        x = self.frame.with_values(fixed).values(*variable_of(name))
        h = 1e-2 * self.STEP**0.5 * max(1.0, float(np.std(x)), float(np.abs(x).max(initial=0.0)) * 1e-3)
        whole = np.zeros(len(self.frame.rows))
        slope, slope_gradient = np.zeros(len(x)), np.zeros((len(x), self.coefficients))
        for step, weight in ((1.0, 8.0), (-1.0, -8.0), (2.0, -1.0), (-2.0, 1.0)):
            moved = whole.copy()
            moved[self.frame.rows] = x + step * h
            values, gradient = self._rows({**fixed, name: moved})
            slope = slope + weight / (12.0 * h) * values
            slope_gradient = slope_gradient + weight / (12.0 * h) * gradient
        factor = x if kind in ("eyex", "dyex") else np.ones(len(x))
        if kind in ("dydx", "dyex"):
            return factor * slope, factor[:, None] * slope_gradient
        y, y_gradient = self._rows(fixed)
        ratio = factor / y
        return ratio * slope, ratio[:, None] * slope_gradient - (ratio * slope / y)[:, None] * y_gradient

    def _changes(
        self, fixed: Fixed, name: str, level: int, base: int, kind: str
    ) -> tuple[np.ndarray, np.ndarray]:
        high, low = self._rows({**fixed, name: float(level)}), self._rows({**fixed, name: float(base)})
        if kind in ("dydx", "dyex"):
            return high[0] - low[0], high[1] - low[1]
        return np.log(high[0]) - np.log(low[0]), high[1] / high[0][:, None] - low[1] / low[0][:, None]
