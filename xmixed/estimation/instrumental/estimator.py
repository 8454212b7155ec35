"""Regression with instrumental variables as generic commands see it: display, terms, predictions."""

from __future__ import annotations

from dataclasses import replace

from xmixed.estimation.display_options import display_options
from xmixed.estimation.fitted import FittedEstimator, FittedTerms, TableExtras, coefficient_table
from xmixed.estimation.instrumental.options import IV_DISPLAY
from xmixed.estimation.instrumental.validity import FirstStage
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.estimation.results import Option
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.regression import (
    Figure,
    figures_of,
    render_figures,
    root_figure,
    share_figure,
)
from xmixed.render.text import wrap
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings
from xmixed.statistics.distributions import f_tail

_WIDTH, _INDENT = 78, 15


class Ivregress(FittedEstimator):
    """See `results.Estimator`."""

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table of coefficients, under a name of the user's for the dependent variable."""
        options = display_options(option, settings, False)
        fitted: FittedTerms = estimates.payload
        name = option("depname")
        shown = replace(fitted, depvar=str(name)) if name else fitted
        return coefficient_table(estimates, shown, options, TableExtras(str(option("eform", ""))))


def _lists(estimates: Estimates) -> list[Line]:
    """Return what stands below the table."""
    macros = estimates.macros
    lines = _listed("Instrumented:", macros.get("instd", "(no endogenous regressors)"))
    return [*lines, *_listed("Instruments:", macros.get("insts", ""))]


def _header(estimates: Estimates) -> list[Line]:
    e, macros = estimates.scalars, estimates.macros
    figures = [Figure("Number of obs", format_value(e["N"], "%8.0g"))]
    if "df_r" in e:
        figures = figures_of(e["N"], e["df_m"], e["df_r"], e["F"], e["p"])
    else:
        figures.append(Figure(f"Wald chi2({e['df_m']:.0f})", format_value(e["chi2"], "%8.2f")))
        figures.append(Figure("Prob > chi2", format_value(e["p"], "%8.4f")))
    # Stata: a share below zero is not shown.
    figures.append(share_figure("R-squared", e["r2"] if e["r2"] >= 0 else MISSING))
    if "r2_a" in e:
        figures.append(share_figure("Adj R-squared", e["r2_a"] if e["r2_a"] >= 0 else MISSING))
    lines = render_figures(macros["title"], [*figures, root_figure(e["rmse"])])
    if macros["estimator"] == "gmm":
        text = f"GMM weight matrix: {macros['wmatrix']}"
        last = lines[-1]
        lines[-1] = line(text + last.text[len(text) :])
    return lines


def _listed(label: str, text: str) -> list[Line]:
    rows = wrap(text, _WIDTH - _INDENT) or [""]
    first = line(label.ljust(_INDENT) + rows[0])
    return [first, *(line(" " * _INDENT + row) for row in rows[1:])]


def first_stage_lines(stages: list[FirstStage], option: Option, settings: Settings) -> list[Line]:
    """Return the first-stage regressions, each with its header and table."""
    lines = [line(), line("First-stage regressions"), line("-" * 23)]
    for stage in stages:
        e = stage.estimates.scalars
        p_value = f_tail(e["F"], e["df_m"], e["df_r"]) if e["F"] < MISSING else MISSING
        figures = figures_of(e["N"], e["df_m"], e["df_r"], e["F"], p_value)
        figures += [share_figure("R-squared", e["r2"]), share_figure("Adj R-squared", e["r2_a"])]
        lines += [line(), *render_figures("", [*figures, root_figure(e["rmse"])])]
        options = display_options(option, settings, False)
        lines += [
            line(),
            *coefficient_table(stage.estimates, stage.estimates.payload, options, TableExtras()),
        ]
    return lines


ESTIMATOR = Ivregress(IV_STATISTICS, _header, _lists, options=IV_DISPLAY)
