"""A fitted regression once more on draws of its observations or clusters, by how often each counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.estimation.linear.refit import fitted_sample
from xmixed.expressions.context import Context
from xmixed.session.results import Estimates
from xmixed.statistics.linear.least_squares import least_squares


class RegressionRefit:
    """e(b) of regress from units drawn; see `resampling.mixed_draws.MixedRefit`.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        The unit of each observation, -1 of those in none.
    errors : bool
        Whether e(V) is wanted.

    Raises
    ------
    ValueError
        Weights, operators of time, observations in no unit; errors of another kind than the usual.
    """

    batch = 50

    def __init__(self, estimates: Estimates, context: Context, codes: np.ndarray, errors: bool) -> None:
        if errors and (estimates.macros.get("vce") != "ols" or "mse1" in estimates.macros["cmdline"]):
            raise ValueError("robust variances")
        names = estimates.matrices["b"].column_names
        operated = [name for name in (*names, estimates.macros["depvar"]) if _has_series(name)]
        if "wtype" in estimates.macros or operated:
            raise ValueError("weights, or operators of time")
        found = fitted_sample(estimates, context)
        self._y, self._columns = found.data.y, found.data.columns
        self._units = codes[found.rows]
        if self._units.min() < 0:
            raise ValueError("observations in no unit")
        self._errors = errors
        self._count = int(codes.max()) + 1
        estimated = {term.name for term in found.terms}
        self._estimated = np.array([name in estimated for name in names], dtype=bool)

    def __call__(self, draws: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray | None] | None]:
        """Return e(b) of units drawn, and e(V) where it was asked for; None where a column is omitted."""
        return [self._of(drawn) for drawn in draws]

    def _of(self, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray | None] | None:
        counts = np.bincount(drawn, minlength=self._count)[self._units]
        used = np.flatnonzero(counts)
        columns = tuple(None if column is None else column[used] for column in self._columns)
        weights = counts[used].astype(np.float64)
        fit = least_squares(self._y[used], columns, weights)
        if fit.omitted.any() or not np.isfinite(fit.beta).all():
            return None
        b = np.zeros(len(self._estimated))
        b[self._estimated] = fit.beta
        if not self._errors:
            return b, None
        df = fit.sum_of_weights - fit.rank
        if df <= 0:
            return None
        V = np.zeros((len(b), len(b)))
        V[np.ix_(self._estimated, self._estimated)] = fit.inverse * (fit.rss / df)
        return b, V


def _has_series(name: str) -> bool:
    """Whether an operand has an operator of time before its dot."""
    operators = [part.rpartition(".")[0] for part in name.split("#")]
    return any(letter in "LFDS" for operator in operators for letter in operator)
