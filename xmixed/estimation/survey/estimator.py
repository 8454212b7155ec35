"""Results of svy as generic commands see them: the estimator's own, displayed with the survey's header."""

from __future__ import annotations

from xmixed.estimation.results import Option, Statistic, Tabular, own_estimator
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.survey import SurveyHeader, render_header
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings


class Survey:
    """See `results.Estimator`."""

    def __init__(self, options: tuple[OptionSpec, ...], statistics: tuple[Statistic, ...]) -> None:
        self.options, self.statistics = options, statistics

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        own = own_estimator(estimates)
        lines: list[Line] = []
        if not option("noheader"):
            lines += [line(), *render_header(_header(estimates))]
        if isinstance(own, Tabular) and not option("notable"):
            lines += [line(), *own.table(estimates, option, settings)]
        return lines

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        own = own_estimator(estimates)
        return own.terms(estimates) if own is not None else ()


def survey_estimator(estimates: Estimates) -> Survey:
    """Return the estimator of results that svy made."""
    own = own_estimator(estimates)
    if own is None:
        return Survey(TABLE_OPTIONS, ())
    return Survey(own.options, own.statistics)


def _header(estimates: Estimates) -> SurveyHeader:
    e, macros = estimates.scalars, estimates.macros
    population = [("Number of obs", e["N"]), ("Population size", e["N_pop"])]
    if "N_sub" in e:
        population += [("Subpop. no. of obs", e["N_sub"]), ("Subpop. size", e["N_subpop"])]
    population.append(("Design df", e["df_r"]))
    figures: list[tuple[str, float, str]] = []
    if "F" in e:
        rest = e["df_r"] - e["df_m"] + 1
        figures += [(f"F({e['df_m']:4.0f},{rest:7.0f})", e["F"], "%9.2f"), ("Prob > F", e["p"], "%9.4f")]
    if macros["cmd"] == "regress" and e.get("r2", MISSING) < MISSING:
        figures.append(("R-squared", e["r2"], "%9.4f"))
    return SurveyHeader(macros["title"], e["N_strata"], e["N_psu"], tuple(population), tuple(figures))
