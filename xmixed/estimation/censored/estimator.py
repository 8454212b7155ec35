"""tobit and intreg as generic commands see them: display, terms, predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.display_options import display_options
from xmixed.estimation.fitted import TableExtras, coefficient_table
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.expressions import numerical_gradient
from xmixed.estimation.inference.limits import statistics_of_limits
from xmixed.estimation.inference.prediction import linear_gradient, standard_error_of_prediction
from xmixed.estimation.likelihood.predictors import linear
from xmixed.estimation.results import Option, Statistic
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.expressions.factors.terms import Term
from xmixed.formats import format_value
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.censored import CensoredHeader, render_header, render_summary
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Figures
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings


def _terms(e: Estimates) -> tuple[Term | None, ...]:
    return e.payload.terms


_gradient = linear_gradient(_terms)


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return linear(e, frame)


def _sigma(e: Estimates) -> float:
    value = float(e.matrices["b"].values[0, -1])
    return value if e.macros["cmd"] == "tobit" else float(np.exp(value))


def _stdf(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    own = standard_error_of_prediction(_terms)(e, frame, "")
    return np.sqrt(own**2 + _sigma(e) ** 2)


def _text(text: str) -> Callable[[Estimates, str], str]:
    return lambda e, argument: text


_LIMITS = statistics_of_limits(lambda e, frame: (linear(e, frame), _sigma(e)))
STATISTICS = (
    Statistic(
        "xb", "xb", _xb, _text("Linear prediction"), gradient=_gradient, assumed="xb assumed; fitted values"
    ),
    Statistic("stdp", "stdp", standard_error_of_prediction(_terms), _text("S.E. of the prediction")),
    Statistic("stdf", "stdf", _stdf, _text("S.E. of the forecast")),
    *(replace(own, gradient=numerical_gradient(own.values)) for own in _LIMITS),
)


class Censored:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = TABLE_OPTIONS
    statistics: tuple[Statistic, ...] = STATISTICS

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        lines: list[Line] = []
        if not option("noheader"):
            lines += [line(), *render_header(_header(estimates))]
        if option("notable"):
            return lines
        return [*lines, line(), *self.table(estimates, option, settings), *_summary(estimates)]

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table of coefficients."""
        options = display_options(option, settings, False)
        last: tuple[CoefficientRow, ...] = ()
        if estimates.macros["cmd"] == "intreg":
            b, V = float(estimates.matrices["b"].values[0, -1]), float(estimates.matrices["V"].values[-1, -1])
            found = exponentiated(wald_figures(b, V, options.style.level))
            bare = Figures(found.estimate, found.standard_error, lower=found.lower, upper=found.upper)
            last = (CoefficientRow("sigma", bare, bare=True),)
        extras = TableExtras(offset=estimates.macros.get("offset", ""), last=last, apart=bool(last))
        return coefficient_table(estimates, estimates.payload, options, extras)

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return _terms(estimates)


ESTIMATOR = Censored()


def _header(estimates: Estimates) -> CensoredHeader:
    e, macros = estimates.scalars, estimates.macros
    test = f"{macros['chi2type']} chi2({e['df_m']:.0f})"
    tail = "chi2"
    if "F" in e:
        test, tail = f"F({e['df_m']:4.0f},{e['df_r']:7.0f})", "F"
    return CensoredHeader(
        macros["title"],
        e["N"],
        (test, e["F"] if "F" in e else e["chi2"]),
        (f"Prob > {tail}", e["p"]),
        e["ll"],
        e.get("r2_p") if macros["cmd"] == "tobit" else None,
        "vcetype" in macros,
    )


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
