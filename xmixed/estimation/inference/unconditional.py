"""The variance of margins where covariates vary from sample to sample too: `vce(unconditional)`.

A margin is a mean of the response over the sample, at estimated coefficients. Each observation adds to it
through the mean and through e(b); the sum of squares of these additions, by observation or cluster, is its
variance (the linearised, or sandwich, variance of the estimating equations of both together).
"""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.inference.margins import Margins
from xmixed.estimation.results import Estimator, HasInfluence
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.language.parser import parse_expression
from xmixed.session.results import Estimates
from xmixed.statistics.grouping import factorise

ROBUST = frozenset({"robust", "cluster"})


def check_unconditional(estimator: Estimator, estimates: Estimates) -> None:
    """Refuse estimates whose observations have no known influence, or whose e(V) is not robust.

    Raises
    ------
    StataError
        r(198).
    """
    command, vce = estimates.macros.get("cmd", ""), estimates.macros.get("vce", "")
    if not isinstance(estimator, HasInfluence):
        raise StataError(198, f"vce(unconditional) is not allowed after {command}")
    if vce not in ROBUST:
        raise StataError(
            198,
            "vce(unconditional) requires estimates with vce(robust) or vce(cluster clustvar)",
            hint=f"the model was fitted with vce({vce})",
        )


def unconditional_covariance(
    estimator: Estimator, estimates: Estimates, context: Context, margins: Margins
) -> np.ndarray:
    """Return the covariance of margins, (m, m).

    Parameters
    ----------
    margins : Margins
        With their deviations by row.
    """
    assert isinstance(estimator, HasInfluence)
    assert margins.deviations is not None
    rows = sample_rows(context, estimates.mark)
    frame = EstimationFrame(context, rows)
    added = estimator.influence(estimates, frame) @ margins.jacobian.T + margins.deviations[:, rows].T
    frequencies = None
    if estimates.macros.get("wtype") == "fweight":
        values, _ = evaluate_column(parse_expression(estimates.macros["wexp"].removeprefix("=")), context)
        frequencies = values[rows]
    factor = estimator.correction(estimates)
    clusters = estimates.macros.get("clustvar", "")
    if not clusters:
        counted = added if frequencies is None else added * frequencies[:, None]
        return factor * (added.T @ counted)
    codes, levels = factorise(context.data[clusters].values[rows])
    whole = added if frequencies is None else added * frequencies[:, None]
    sums = np.column_stack([np.bincount(codes, column, minlength=len(levels)) for column in whole.T])
    return factor * (sums.T @ sums)
