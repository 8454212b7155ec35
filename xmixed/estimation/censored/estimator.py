"""tobit and intreg as generic commands see them: display, terms, predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.expressions import numerical_gradient
from xmixed.estimation.inference.limits import statistics_of_limits
from xmixed.estimation.inference.prediction import label, linear_gradient, standard_error_of_prediction
from xmixed.estimation.likelihood.predictors import linear, terms_of
from xmixed.estimation.results import Option, Statistic
from xmixed.formats import format_value
from xmixed.output import Line
from xmixed.render.layouts.estimation.censored import CensoredHeader, render_header, render_summary
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Figures
from xmixed.session.results import Estimates

_gradient = linear_gradient(terms_of)


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return linear(e, frame)


def _sigma(e: Estimates) -> float:
    value = float(e.matrices["b"].values[0, -1])
    return value if e.macros["cmd"] == "tobit" else float(np.exp(value))


def _stdf(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    own = standard_error_of_prediction(terms_of)(e, frame, "")
    return np.sqrt(own**2 + _sigma(e) ** 2)


_LIMITS = statistics_of_limits(lambda e, frame: (linear(e, frame), _sigma(e)))
STATISTICS = (
    Statistic(
        "xb", "xb", _xb, label("Linear prediction"), gradient=_gradient, assumed="xb assumed; fitted values"
    ),
    Statistic("stdp", "stdp", standard_error_of_prediction(terms_of), label("S.E. of the prediction")),
    Statistic("stdf", "stdf", _stdf, label("S.E. of the forecast")),
    *(replace(own, gradient=numerical_gradient(own.values)) for own in _LIMITS),
)


def _extras(estimates: Estimates, option: Option, level: float) -> TableExtras:
    """Return sigma below the table of intreg, whose e(b) has its logarithm."""
    last: tuple[CoefficientRow, ...] = ()
    if estimates.macros["cmd"] == "intreg":
        b, V = float(estimates.matrices["b"].values[0, -1]), float(estimates.matrices["V"].values[-1, -1])
        found = exponentiated(wald_figures(b, V, level))
        bare = Figures(found.estimate, found.standard_error, lower=found.lower, upper=found.upper)
        last = (CoefficientRow("sigma", bare, bare=True),)
    return TableExtras(offset=estimates.macros.get("offset", ""), last=last, apart=bool(last))


def _header(estimates: Estimates) -> list[Line]:
    e, macros = estimates.scalars, estimates.macros
    test = f"{macros['chi2type']} chi2({e['df_m']:.0f})"
    tail = "chi2"
    if "F" in e:
        test, tail = f"F({e['df_m']:4.0f},{e['df_r']:7.0f})", "F"
    header = CensoredHeader(
        macros["title"],
        e["N"],
        (test, e["F"] if "F" in e else e["chi2"]),
        (f"Prob > {tail}", e["p"]),
        e["ll"],
        e.get("r2_p") if macros["cmd"] == "tobit" else None,
        "vcetype" in macros,
    )
    return render_header(header)


def _summary(estimates: Estimates) -> list[Line]:
    e, depvar = estimates.scalars, estimates.macros["depvar"]
    at_low = f" at {depvar}<={format_value(e['llopt'], '%9.0g').strip()}" if "llopt" in e else ""
    at_high = f" at {depvar}>={format_value(e['ulopt'], '%9.0g').strip()}" if "ulopt" in e else ""
    rows = [
        (e["N_lc"], f" left-censored observations{at_low}"),
        (e["N_unc"], "    uncensored observations"),
        (e["N_rc"], f"right-censored observations{at_high}"),
    ]
    if "N_int" in e:
        rows.append((e["N_int"], "      interval observations"))
    return render_summary("Obs. summary" if "N_int" not in e else "Observation summary", rows)


ESTIMATOR = FittedEstimator(STATISTICS, _header, _summary, _extras)
