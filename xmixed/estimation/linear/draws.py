"""A fitted regression once more on draws of its observations or clusters, by how often each counts."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.linear.refit import fitted_sample
from xmixed.expressions.context import Context
from xmixed.session.results import Estimates
from xmixed.statistics.linear.least_squares import least_squares


class RegressionRefit:
    """e(b) of regress from units drawn; see `resampling.mixed_draws.MixedRefit`.

    Raises
    ------
    ValueError
        Weights, operators of time, or observations in no unit.
    """

    def __init__(self, estimates: Estimates, context: Context, codes: np.ndarray) -> None:
        names = estimates.matrices["b"].column_names
        operated = [name for name in (*names, estimates.macros["depvar"]) if _has_series(name)]
        if "wtype" in estimates.macros or operated:
            raise ValueError("weights, or operators of time")
        found = fitted_sample(estimates, context)
        self._y, self._columns = found.data.y, found.data.columns
        self._units = codes[found.rows]
        if self._units.min() < 0:
            raise ValueError("observations in no unit")
        self._count = int(codes.max()) + 1
        estimated = {term.name for term in found.terms}
        self._estimated = np.array([name in estimated for name in names], dtype=bool)

    def coefficients(self, drawn: np.ndarray) -> np.ndarray | None:
        """Return e(b) of units drawn; None where a column is omitted among them."""
        counts = np.bincount(drawn, minlength=self._count)[self._units]
        used = np.flatnonzero(counts)
        columns = tuple(None if column is None else column[used] for column in self._columns)
        fit = least_squares(self._y[used], columns, counts[used].astype(np.float64))
        if fit.omitted.any() or not np.isfinite(fit.beta).all():
            return None
        out = np.zeros(len(self._estimated))
        out[self._estimated] = fit.beta
        return out


def _has_series(name: str) -> bool:
    """Whether an operand has an operator of time before its dot."""
    operators = [part.rpartition(".")[0] for part in name.split("#")]
    return any(letter in "LFDS" for operator in operators for letter in operator)
