"""Results of bootstrap and jackknife as generic commands see them: the estimator's own, displayed anew."""

from __future__ import annotations

from dataclasses import replace

from xmixed.estimation.delta import exponentiated
from xmixed.estimation.display_options import display_options
from xmixed.estimation.fitted import FittedTerms, TableExtras, coefficient_table
from xmixed.estimation.posted import posted_equations
from xmixed.estimation.resampling.options import EFORM, NOLEGEND, VERBOSE, exponential_heading
from xmixed.estimation.resampling.results import VCE_TYPES
from xmixed.estimation.results import Option, Statistic, Tabular, own_estimator
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.expressions.factors.terms import Term
from xmixed.formats import format_value
from xmixed.language.syntax import OptionSpec
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import render_coefficients
from xmixed.render.layouts.estimation.replications import (
    HeadLine,
    count_figure,
    failure_note,
    render_legend,
    render_replication_header,
    replications_based,
)
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings
from xmixed.statistics.distributions import f_tail


class Resampled:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = (*TABLE_OPTIONS, NOLEGEND, VERBOSE, *EFORM)
    statistics: tuple[Statistic, ...] = ()

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return header, legend, table and note."""
        from xmixed.estimation.mixed.model import MixedResult

        level = estimates.scalars.get("level", settings.level)
        chosen = lambda name, default=None: option(name, level if name == "level" else default)  # noqa: E731
        if isinstance(estimates.payload, MixedResult):
            lines = _mixed(estimates, chosen, settings)
        else:
            lines = [] if option("noheader") else [line(), *header(estimates)]
            if not option("noheader") and not option("nolegend"):
                lines += legend(estimates, settings.linesize, bool(option("verbose")))
            if not option("notable"):
                lines += [line(), *_table(estimates, chosen, settings)]
        failed = int(estimates.scalars["N_misreps"])
        return [*lines, *failure_note(estimates.macros["prefix"], failed)] if failed else lines

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        own = own_estimator(estimates)
        return own.terms(estimates) if own is not None else ()


class ResampledModel(Resampled):
    """The same for results of an estimator of ours."""

    def __init__(self, statistics: tuple[Statistic, ...]) -> None:
        self.statistics = statistics


ESTIMATOR = Resampled()


def resampled_estimator(estimates: Estimates) -> Resampled:
    """Return the estimator of results that a prefix made."""
    own = own_estimator(estimates)
    return ESTIMATOR if own is None else ResampledModel(own.statistics)


def _mixed(estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
    from xmixed.estimation.mixed.display import display

    options = display_options(option, settings, estimates.macros.get("cmd") == "mixed")
    return display(estimates, options)


def header(estimates: Estimates) -> list[Line]:
    """Return the title with observations, replications and the test of all covariates."""
    e = estimates.scalars
    figures = [count_figure("Number of obs", e["N"]), count_figure("Replications", e["N_reps"])]
    if "chi2" in e:
        figures += [
            HeadLine(f"Wald chi2({e['df_m']:.0f})", format_value(e["chi2"], "%9.2f")),
            HeadLine("Prob > chi2", format_value(e["p"], "%9.4f")),
        ]
    elif "F" in e:
        p_value = f_tail(e["F"], e["df_m"], e["df_r"]) if e["F"] < MISSING else MISSING
        figures += [
            HeadLine(f"F({e['df_m']:4.0f},{e['df_r']:7.0f})", format_value(e["F"], "%9.2f")),
            HeadLine("Prob > F", format_value(p_value, "%9.4f")),
        ]
    if estimates.macros["cmd"] == "regress":
        figures += [
            HeadLine("R-squared", format_value(e["r2"], "%9.4f")),
            HeadLine("Adj R-squared", format_value(e["r2_a"], "%9.4f")),
            HeadLine("Root MSE", format_value(e["rmse"], "%9.4f")),
        ]
    if "r2_p" in e:
        # A quantile regression has no likelihood.
        likelihood = f"Log likelihood = {format_value(e['ll'], '%10.0g').strip()}" if "ll" in e else ""
        figures.append(HeadLine("Pseudo R2", format_value(e["r2_p"], "%9.4f"), likelihood))
    title = estimates.macros.get("title", "") or f"{VCE_TYPES[estimates.macros['prefix']]} results"
    if "N_strata" not in e:
        return render_replication_header(title, figures)
    strata = f"Number of strata   ={format_value(e['N_strata'], '%10.0g')}"
    return [line(title), line(), *render_replication_header(strata, figures)]


def legend(estimates: Estimates, linesize: int, verbose: bool = False) -> list[Line]:
    """Return the command and the expressions, a blank line before; nothing where coefficients are figures.

    `verbose`: the expressions of all figures.
    """
    macros = estimates.macros
    names = estimates.matrices["b"].column_names
    several = len({name.rpartition(":")[0] for name in names}) > 1
    shown = names if several else [name.rpartition(":")[2] for name in names]
    entries = [(name, macros[f"exp{place}"]) for place, name in enumerate(shown, 1)]
    if not verbose:
        if macros["cmd"] != macros["prefix"]:
            return []
        entries = [(name, text) for name, text in entries if not text.startswith(("_b[", "_se["))]
    return [line(), *render_legend([("command", macros["command"]), *entries], linesize)]


def _table(estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
    own = own_estimator(estimates)
    if isinstance(own, Tabular):
        return own.table(estimates, option, settings)
    options = display_options(option, settings, False)
    heading = exponential_heading(option)
    if isinstance(estimates.payload, FittedTerms):
        return coefficient_table(estimates, estimates.payload, options, TableExtras(heading))
    title = estimates.macros["vcetype"]
    statistic = "t" if "df_r" in estimates.scalars else "z"
    style = replace(options.style, statistic=statistic, robust=True, error_title=title)
    equations = posted_equations(estimates, style.level)
    if heading:
        style = replace(style, estimate_title=heading)
        equations = [
            replace(
                equation,
                rows=tuple(replace(row, figures=exponentiated(row.figures)) for row in equation.rows),
            )
            for equation in equations
        ]
    table = render_coefficients("", equations, style)
    clusters = estimates.macros.get("clustvar", "")
    if clusters:
        width = len(table[0].text)
        return [replications_based(int(estimates.scalars["N_clust"]), clusters, width), *table]
    return table
