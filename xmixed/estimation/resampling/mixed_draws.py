"""A fitted mixed model once more on draws of its largest groups; nothing is parsed or designed again."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.mixed.fit import engine_model, variance_parameter
from xmixed.estimation.mixed.model import RESIDUAL, MixedResult, MixedSpecification
from xmixed.estimation.mixed.request import ResolvedMixed
from xmixed.estimation.mixed.specification import specify
from xmixed.expressions.context import Context


class MixedRefit:
    """e(b) of a mixed model from units drawn.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        The unit of every observation of the data, -1 of those in none.
    rows : ndarray of bool, shape (n,)
        The estimation sample.

    Raises
    ------
    ValueError
        The model or its units are not of the kind that can be drawn.
    """

    def __init__(self, result: MixedResult, context: Context, codes: np.ndarray, rows: np.ndarray) -> None:
        from xmixed.engine import EngineError, Resampler

        resolved = result.resolved
        if resolved is None or resolved.weights is not None or _has_series(resolved):
            raise ValueError("weights, or operators of time")
        found = specify(resolved, context, rows)
        model, places = engine_model(found)
        if found.residuals is not None or not model.levels or any(f is not None for f in found.factors):
            raise ValueError("correlated residuals, no groups, or factors as random effects")
        try:
            self._resampler = Resampler(model)
        except EngineError as error:
            raise ValueError(str(error)) from None
        self._estimated = np.array([not term.status for term in found.description.terms], dtype=bool)
        parameters = [
            variance_parameter(item, places, found.description.equations)
            for item in self._resampler.fit.parameters
        ]
        self._order = sorted(
            range(len(parameters)),
            key=lambda i: (parameters[i].equation == RESIDUAL, parameters[i].equation),
        )
        self._place = self._places(found, model.levels[0].groups, codes)

    def _places(self, found: MixedSpecification, groups: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the place of the group of the model that each unit is."""
        units = codes[found.rows]
        count = int(codes.max()) + 1
        labels = self._resampler.labels
        if count != len(labels) or units.min() < 0:
            raise ValueError("units are not groups")
        label_of = np.zeros(count, dtype=np.intp)
        label_of[units] = groups
        if not np.array_equal(label_of[units], groups):
            raise ValueError("units are not groups")
        rank = np.zeros(int(labels.max()) + 1, dtype=np.intp)
        rank[labels] = np.arange(len(labels))
        return rank[label_of]

    def coefficients(self, drawn: np.ndarray) -> np.ndarray | None:
        """Return e(b) of units drawn; None where the command itself should be run."""
        from xmixed.engine import EngineError

        try:
            found = self._resampler.refit(self._place[drawn])
        except (EngineError, np.linalg.LinAlgError):
            return None
        if not found.optimization.converged:
            return None
        beta = np.zeros(len(self._estimated))
        beta[self._estimated] = found.beta
        return np.concatenate([beta, np.asarray(found.estimates)[self._order]])


def _has_series(resolved: ResolvedMixed) -> bool:
    """Whether a variable has an operator of time: what it gives depends on the other observations."""
    operands = [operand for term in resolved.terms for operand in term.operands]
    parts = [part for equation in resolved.equations for term in equation.effects for part in term.parts]
    return bool(resolved.depvar[1]) or any(item.time_series for item in (*operands, *parts))
