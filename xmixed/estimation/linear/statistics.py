"""What predict makes after regress, areg and xtreg."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.fitted import FittedTerms
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.inference.limits import statistics_of_limits
from xmixed.estimation.inference.prediction import (
    label,
    linear_gradient,
    linear_predictor,
    quadratic_forms,
    standard_error_of_prediction,
)
from xmixed.estimation.results import Statistic
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.terms import Term
from xmixed.language.parser import parse_expression
from xmixed.missing import is_missing
from xmixed.session.results import Estimates
from xmixed.statistics.grouping import factorise

OUTCOME, SAMPLE = "outcome", "sample"


def terms_of(estimates: Estimates) -> tuple[Term | None, ...]:
    """Return the term of each coefficient of e(b)."""
    fitted: FittedTerms = estimates.payload
    return fitted.terms


_xb = linear_predictor(terms_of)
_gradient = linear_gradient(terms_of)
_stdp = standard_error_of_prediction(terms_of)


def _outcome(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    return frame.values(*variable_of(e.macros["depvar"]))


def _residuals(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _outcome(e, frame) - _xb(e, frame, "")


# --- regress --------------------------------------------------------------------------------------------


def row_weights(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return analytic or sampling weights, scaled to mean one over the sample; ones for others."""
    if e.macros.get("wtype", "") not in ("aweight", "pweight"):
        return np.ones(frame.size)
    expression = parse_expression(e.macros["wexp"].removeprefix("="))
    values, _ = evaluate_column(expression, frame.context)
    own, whole = values[frame.rows], values[sample_rows(frame.context, e.mark)]
    return np.where(is_missing(own) | (own <= 0), np.nan, own) * (len(whole) / whole.sum())


def _model_based(e: Estimates) -> np.ndarray:
    return e.matrices["V_modelbased" if "V_modelbased" in e.matrices else "V"].values


def influence(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return (X'WX)^-1 x w e of every row after regress, (rows of the frame, k)."""
    errors = _residuals(e, frame, "") * row_weights(e, frame)
    return (frame.design(terms_of(e)) * errors[:, None]) @ (_model_based(e) / e.scalars["rmse"] ** 2)


def _leverage(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    squares = quadratic_forms(frame.design(terms_of(e)), _model_based(e))
    return squares / e.scalars["rmse"] ** 2 * row_weights(e, frame)


def _stdf(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return np.sqrt(_stdp(e, frame, "") ** 2 + e.scalars["rmse"] ** 2 / row_weights(e, frame))


def _stdr(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return e.scalars["rmse"] * np.sqrt((1 - _leverage(e, frame, argument)) / row_weights(e, frame))


def _rstandard(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _residuals(e, frame, argument) / _stdr(e, frame, argument)


def _df_error(e: Estimates) -> float:
    return e.scalars["N"] - e.scalars["rank"]


def _rstudent(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Studentised with the root mean square that leaves the observation out."""
    standard, df = _rstandard(e, frame, argument), _df_error(e)
    return standard * np.sqrt((df - 1) / (df - standard**2))


def _cooksd(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    h = _leverage(e, frame, argument)
    return _rstandard(e, frame, argument) ** 2 * h / (1 - h) / e.scalars["rank"]


def _dfits(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    h = _leverage(e, frame, argument)
    return _rstudent(e, frame, argument) * np.sqrt(h / (1 - h))


def _welsch(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    h = _leverage(e, frame, argument)
    return _dfits(e, frame, argument) * np.sqrt((e.scalars["N"] - 1) / (1 - h))


def _covratio(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    h, df = _leverage(e, frame, argument), _df_error(e)
    return ((df - _rstandard(e, frame, argument) ** 2) / (df - 1)) ** e.scalars["rank"] / (1 - h)


def _dfbeta(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Change of a coefficient without the observation, in its standard errors."""
    place = Coefficients.of(e).place("", argument.strip())
    V = _model_based(e) / e.scalars["rmse"] ** 2
    if not V[place, place] > 0:
        raise StataError(111, f"{argument.strip()} not found")
    pull = frame.design(terms_of(e)) @ V[place]
    h = _leverage(e, frame, argument)
    weights = np.sqrt(row_weights(e, frame))
    return _rstudent(e, frame, argument) * pull * weights / np.sqrt(V[place, place] * (1 - h))


_LINEAR = Statistic(
    "xb",
    "xb",
    _xb,
    label("Linear prediction"),
    gradient=_gradient,
    linear=True,
    assumed="xb assumed; fitted values",
)
REGRESS_STATISTICS = (
    _LINEAR,
    Statistic("residuals", "r", _residuals, label("Residuals"), needs=OUTCOME),
    Statistic("rstandard", "rsta", _rstandard, label("Standardized residuals"), needs=SAMPLE),
    Statistic("rstudent", "rstu", _rstudent, label("Studentized residuals"), needs=SAMPLE),
    Statistic("leverage", "l", _leverage, label("Leverage"), needs=SAMPLE),
    Statistic("hat", "h", _leverage, label("Leverage"), needs=SAMPLE),
    Statistic("cooksd", "c", _cooksd, label("Cook's D"), needs=SAMPLE),
    Statistic("stdp", "stdp", _stdp, label("S.E. of the prediction")),
    Statistic("stdf", "stdf", _stdf, label("S.E. of the forecast")),
    Statistic("stdr", "stdr", _stdr, label("S.E. of the residual"), needs=SAMPLE),
    Statistic("dfits", "dfi", _dfits, label("Dfits"), needs=SAMPLE),
    Statistic("covratio", "cov", _covratio, label("Covratio"), needs=SAMPLE),
    Statistic("welsch", "w", _welsch, label("Welsch distance"), needs=SAMPLE),
    Statistic(
        "dfbeta",
        "dfb",
        _dfbeta,
        lambda e, argument: f"Dfbeta {argument.strip()}",
        needs=SAMPLE,
        takes="a covariate",
    ),
    *statistics_of_limits(lambda e, frame: (_xb(e, frame, ""), e.scalars["rmse"])),
    Statistic("score", "sc", _residuals, label("Score"), needs=OUTCOME),
)


# --- groups ---------------------------------------------------------------------------------------------


def _effects(e: Estimates, frame: EstimationFrame, share: bool) -> np.ndarray:
    """Return u_i of the rows of a frame, from the estimation sample; missing for groups outside it.

    share : bool
        Shrink the mean residual of a group as a random effect.
    """
    group = e.macros["ivar"] if "ivar" in e.macros else e.macros["absvar"]
    sample = EstimationFrame(frame.context, sample_rows(frame.context, e.mark))
    own = frame.context.data[group]
    codes, _ = factorise(own.values)
    residual = _outcome(e, sample) - _xb(e, sample, "")
    size = int(codes.max()) + 1
    counts = np.bincount(codes[sample.rows], minlength=size)
    sums = np.bincount(codes[sample.rows], residual, minlength=size)
    if share:
        u, s = e.scalars["sigma_u"] ** 2, e.scalars["sigma_e"] ** 2
        effects = u * sums / (s + counts * u)
    else:
        effects = sums / np.where(counts > 0, counts, 1)
    return np.where(counts > 0, effects, np.nan)[codes[frame.rows]]


def _u(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _effects(e, frame, share=e.macros.get("model") in ("re", "ml"))


def _xbu(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _xb(e, frame, "") + _u(e, frame, argument)


def _e_it(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _residuals(e, frame, argument) - _u(e, frame, argument)


def _group_label(pattern: str) -> Callable[[Estimates, str], str]:
    return lambda e, argument: pattern.replace("id", e.macros["ivar"])


LINEAR_PREDICTION = (
    _LINEAR,
    Statistic("stdp", "stdp", _stdp, label("S.E. of the prediction")),
)
"""Of panels and absorbed groups, without their effects."""

XTREG_STATISTICS = (
    *LINEAR_PREDICTION,
    Statistic("ue", "ue", _residuals, _group_label("u[id] + e[id,t]"), needs=OUTCOME),
    Statistic("xbu", "xbu", _xbu, _group_label("Xb + u[id]"), needs=SAMPLE),
    Statistic("u", "u", _u, _group_label("u[id]"), needs=SAMPLE),
    Statistic("e", "e", _e_it, _group_label("e[id,t]"), needs=SAMPLE),
)
AREG_STATISTICS = (
    *LINEAR_PREDICTION,
    Statistic("dresiduals", "dr", _residuals, label("Residuals"), needs=OUTCOME),
    Statistic("xbd", "xbd", _xbu, label("Xb + d[absorbvar]"), needs=SAMPLE),
    Statistic("d", "d", _u, label("d[absorbvar]"), needs=SAMPLE),
    Statistic("residuals", "r", _e_it, label("Residuals"), needs=SAMPLE),
)
IV_STATISTICS = (
    REGRESS_STATISTICS[0],
    *(item for item in REGRESS_STATISTICS if item.name in ("residuals", "stdp")),
    Statistic("score", "sc", _residuals, label("equation-level score"), needs=OUTCOME),
)
