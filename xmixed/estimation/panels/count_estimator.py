"""Models of counts in panels as generic commands see them."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.prediction import label, linear_gradient, standard_error_of_prediction
from xmixed.estimation.likelihood.options import IRR
from xmixed.estimation.likelihood.predictors import linear, offset_of, terms_of
from xmixed.estimation.panels.estimator import panel_header
from xmixed.estimation.resampling.options import exponential_heading
from xmixed.estimation.results import Option, Statistic
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Figures
from xmixed.session.results import Estimates

_gradient = linear_gradient(terms_of)


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return linear(e, frame)


def _nu0(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the number of events where the effect is zero."""
    return np.exp(linear(e, frame))


def _iru0(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    offset = offset_of(e, frame)
    return np.exp(linear(e, frame) - offset)


def _nu0_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _nu0(e, frame, argument)[:, None] * _gradient(e, frame, "")


def _iru0_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _iru0(e, frame, argument)[:, None] * _gradient(e, frame, "")


STATISTICS = (
    Statistic(
        "xb", "xb", _xb, label("Linear prediction"), gradient=_gradient, assumed="xb assumed; fitted values"
    ),
    Statistic("stdp", "stdp", standard_error_of_prediction(terms_of), label("S.E. of the prediction")),
    Statistic(
        "nu0", "nu0", _nu0, label("Predicted number of events (assuming u_i=0)"), gradient=_nu0_gradient
    ),
    Statistic("iru0", "iru0", _iru0, label("Incidence rate (assuming u_i=0)"), gradient=_iru0_gradient),
)


def _extras(e: Estimates, option: Option, level: float) -> TableExtras:
    """Return the parameters of the effects, exponentiated, under those of e(b)."""
    head = "IRR" if option(IRR.name) else exponential_heading(option)
    ancillary = [own for own in e.payload.equations if own.ancillary]
    last = []
    for place, own in enumerate(ancillary, -len(ancillary)):
        b, V = float(e.matrices["b"].values[0, place]), float(e.matrices["V"].values[place, place])
        found = exponentiated(wald_figures(b, V, level))
        bare = Figures(found.estimate, found.standard_error, lower=found.lower, upper=found.upper)
        name = own.name.removeprefix("ln").removeprefix("_")
        last.append(CoefficientRow(name, bare, bare=True))
    return TableExtras(head, offset=e.macros.get("offset", ""), last=tuple(last), apart=bool(last))


def _footer(e: Estimates) -> list[Line]:
    own = e.scalars
    if "chi2_c" not in own:
        return []
    what = "of alpha=0" if e.macros["cmd"] == "xtpoisson" else "vs. pooled"
    statistic = format_value(own["chi2_c"], "%8.2f").strip().rjust(8)
    p_value = format_value(own["p_c"], "%5.3f").strip()
    return [line(f"Likelihood-ratio test {what}: chibar2(01) = {statistic} Prob>=chibar2 = {p_value}")]


ESTIMATOR = FittedEstimator(STATISTICS, panel_header, _footer, _extras, (*TABLE_OPTIONS, IRR))
