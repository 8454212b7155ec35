"""The outcomes and probabilities of a fitted binary model on its sample: for tests of fit and ROC curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.likelihood.kinds import KINDS
from xmixed.estimation.likelihood.predictors import equation_terms, offset_of, positive_probability
from xmixed.estimation.likelihood.residual_statistics import frequency_weights, outcome_of
from xmixed.expressions.context import Context
from xmixed.session.results import Estimates


@dataclass(frozen=True, slots=True, eq=False)
class FittedProbabilities:
    """Of n rows.

    Attributes
    ----------
    frame : EstimationFrame
    positive : (n,) bool array
    probability, weights : (n,) arrays
        How many observations a row stands for, beside its probability.
    title : str
        `Logistic model for y`.
    """

    frame: EstimationFrame
    positive: np.ndarray
    probability: np.ndarray
    weights: np.ndarray
    title: str

    @property
    def n(self) -> float:
        return float(self.weights.sum())


def fitted_probabilities(
    e: Estimates, context: Context, rows: np.ndarray | None = None, whole: bool = False
) -> FittedProbabilities:
    """Return outcomes and probabilities of the last binary model.

    Parameters
    ----------
    rows : (n,) bool array or None
        Observations that may be used; None: all.
    whole : bool
        Whether those outside the estimation sample are used too.

    Raises
    ------
    StataError
        r(498) without e(sample), r(2000) without observations; r(135) after sampling weights.
    """
    if e.macros.get("wtype") in ("pweight", "iweight"):
        raise StataError(135, f"not possible with {e.macros['wtype']}s")
    used = np.ones(context.data.n_obs, dtype=bool) if whole else sample_rows(context, e.mark)
    frame = EstimationFrame(context, used if rows is None else used & rows)
    frame.require_terms(equation_terms(e, 0))
    frame.require(*variable_of(e.macros["depvar"]))
    offset_of(e, frame)
    if not frame.size:
        raise StataError(2000, "no observations")
    name = "Logistic" if KINDS[e.macros["cmd"]].link == "logit" else "Probit"
    return FittedProbabilities(
        frame,
        outcome_of(e, frame) != 0,
        positive_probability(e, frame),
        frequency_weights(e, frame),
        f"{name} model for {e.macros['depvar']}",
    )
