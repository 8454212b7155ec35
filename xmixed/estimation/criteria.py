"""Information criteria of estimates."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xmixed.errors import StataError
from xmixed.missing import MISSING
from xmixed.render.layouts.postestimation.estimates import (
    CriteriaRow,
)
from xmixed.session.results import Estimates, Matrix, Results


def model_parameters(estimates: Estimates) -> float:
    """Return the number of parameters of a model: for mixed models e(k), else e(rank).

    e(rank) of a mixed model leaves out variance components on the boundary, and all of them after `nostderr`;
    e(k) of other models counts base levels and omitted variables.
    """
    scalars = estimates.scalars
    return scalars["k"] if "k_f" in scalars else scalars.get("rank", scalars.get("k", MISSING))


def pseudo_r_squared(ll: float, ll_0: float) -> float:
    """Return McFadden's 1 - ll / ll_0; missing without a null model, or where that explains all."""
    return 1 - ll / ll_0 if ll_0 < MISSING and ll_0 != 0 else MISSING


def criteria_row(
    name: str, estimates: Estimates, n: int | None = None, parameters: float | None = None
) -> CriteriaRow:
    """Return AIC = -2 ll + 2 df and BIC = -2 ll + df ln N of a model; `n` replaces N in the BIC.

    Raises
    ------
    StataError
        r(321) when the results have no log likelihood.
    """
    ll = estimates.scalars.get("ll", MISSING)
    if ll >= MISSING:
        raise StataError(321, f"e(ll) not found in estimation result {name}")
    n_obs, df = estimates.scalars["N"], model_parameters(estimates)
    df = df if parameters is None else float(parameters)
    ll_null = estimates.scalars.get("ll_0", MISSING)
    size = n_obs if n is None else n
    return CriteriaRow(name, n_obs, ll_null, ll, df, -2 * ll + 2 * df, -2 * ll + df * math.log(size))


def criteria_results(rows: Sequence[CriteriaRow]) -> Results:
    """Return r(S): N, ll0, ll, df, AIC and BIC by model."""
    import numpy as np

    values = np.array([[row.n_obs, row.ll_null, row.ll, row.df, row.aic, row.bic] for row in rows])
    names = ["N", "ll0", "ll", "df", "AIC", "BIC"]
    return Results(matrices={"S": Matrix(values, [row.name for row in rows], names)})
