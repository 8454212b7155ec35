"""The models of several equations as generic commands see them."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.equations import headers, statistics
from xmixed.estimation.equations.options import COUNT_DISPLAY
from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.resampling.options import exponential_heading
from xmixed.estimation.results import Option
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Figures
from xmixed.session.results import Estimates


def _parameter(e: Estimates, place: int) -> tuple[float, float]:
    """Return an estimate and its variance."""
    return float(e.matrices["b"].values[0, place]), float(e.matrices["V"].values[place, place])


def _bare(name: str, figures: Figures) -> CoefficientRow:
    own = Figures(figures.estimate, figures.standard_error, lower=figures.lower, upper=figures.upper)
    return CoefficientRow(name, own, bare=True)


def _rho(e: Estimates, place: int, level: float) -> CoefficientRow:
    """Return rho from atanh rho: its standard error by the delta method, the limits transformed."""
    b, V = _parameter(e, place)
    found, rho = wald_figures(b, V, level), float(np.tanh(b))
    error = found.standard_error * (1 - rho**2) if 0 < V else found.standard_error
    ends = [float(np.tanh(end)) if 0 < V else end for end in (found.lower, found.upper)]
    return _bare("rho", Figures(rho, error, lower=ends[0], upper=ends[1]))


def _exponential(e: Estimates, name: str, place: int, level: float) -> CoefficientRow:
    return _bare(name, exponentiated(wald_figures(*_parameter(e, place), level)))


def _selection_rows(e: Estimates, option: Option, level: float) -> TableExtras:
    own = e.scalars
    if e.macros["method"] == "twostep":
        rows = [CoefficientRow(name, Figures(own[name]), note=" ") for name in ("rho", "sigma")]
        return TableExtras(last=tuple(rows), apart=True)
    extra = wald_figures(own["lambda"], own["selambda"] ** 2, level)
    rows = [_rho(e, -2, level), _exponential(e, "sigma", -1, level), _bare("lambda", extra)]
    return TableExtras(last=tuple(rows), apart=True)


def _count_rows(e: Estimates, option: Option, level: float) -> TableExtras:
    head = "IRR" if option("irr") else exponential_heading(option)
    last = (_exponential(e, "alpha", -1, level),) if e.macros["cmd"] == "zinb" else ()
    return TableExtras(head, last=last, apart=bool(last))


def _rho_row(e: Estimates, option: Option, level: float) -> TableExtras:
    return TableExtras(last=(_rho(e, -1, level),), apart=True)


def _rho_and_sigma(e: Estimates, option: Option, level: float) -> TableExtras:
    return TableExtras(last=(_rho(e, -2, level), _exponential(e, "sigma", -1, level)), apart=True)


HECKMAN = FittedEstimator(statistics.HECKMAN, headers.heckman_header, headers.heckman_footer, _selection_rows)
ZERO_INFLATED = FittedEstimator(
    statistics.ZERO_INFLATED, headers.counts_header, headers.counts_footer, _count_rows, COUNT_DISPLAY
)
TRUNCATED = FittedEstimator(statistics.TRUNCATED, headers.truncated_header)
HETEROSKEDASTIC = FittedEstimator(
    statistics.HETEROSKEDASTIC, headers.heteroskedastic_header, headers.heteroskedastic_footer
)
BIVARIATE = FittedEstimator(statistics.BIVARIATE, headers.plain_header, headers.bivariate_footer, _rho_row)
INSTRUMENTED = FittedEstimator(
    statistics.INSTRUMENTED, headers.plain_header, headers.instrumented_footer, _rho_and_sigma
)
