"""The output of xtmixed after estimation and on replay: header, tables, test, notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.delta import wald_figures
from xmixed.estimation.mixed.model import STRUCTURE_TITLES, MixedResult
from xmixed.estimation.mixed.random_rows import random_rows, residual_row
from xmixed.estimation.mixed.residual_rows import residual_block
from xmixed.expressions.factors.design import Term
from xmixed.formats import is_string_format, is_valid_format, width_of
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.coefficient_table import (
    CoefficientRow,
    Equation,
    Figures,
    TableStyle,
    render_coefficients,
)
from xmixed.render.layouts.mixed_header import GroupSummary, MixedHeader, render_clusters, render_header
from xmixed.render.layouts.mixed_random_table import (
    ComparisonTest,
    RandomBlock,
    render_comparison,
    render_random_table,
)
from xmixed.render.notes import BOUNDARY, CONSERVATIVE, render_note
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings

LINEAR_NOTE = "all random-effects equations are empty; model is linear regression"


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """What to show and how; see the manual's Reporting options."""

    style: TableStyle
    variance: bool = False
    header: bool = True
    group: bool = True
    fixed_table: bool = True
    random_table: bool = True
    estmetric: bool = False
    comparison: bool = True
    omitted: bool = True
    emptycells: bool = True
    baselevels: bool = False
    allbaselevels: bool = False


def display_options(
    option: Callable[..., object], settings: Settings, variance_by_default: bool
) -> DisplayOptions:
    """Return display options from a command's options and the session's settings.

    Parameters
    ----------
    option : callable(name, default)
        `MixedCommand.option` or `Command.option`.

    Raises
    ------
    StataError
        r(120) or r(198) for a format out of range.
    """
    level = option("level", settings.level)
    assert isinstance(level, (int, float))
    stretch = bool(option("lstretch", settings.lstretch)) and not option("no1stretch")
    style = TableStyle(
        level=float(level),
        cformat=_checked_format(str(option("cformat", settings.cformat)), "cformat", 9),
        pformat=_checked_format(str(option("pformat", settings.pformat)), "pformat", 5),
        sformat=_checked_format(str(option("sformat", settings.sformat)), "sformat", 8),
        linesize=settings.linesize,
        lstretch=stretch,
        vsquish=bool(option("vsquish")),
        legend=bool(option("coeflegend")),
    )
    return DisplayOptions(
        style,
        variance=not option("stddeviations") if variance_by_default else bool(option("variance")),
        header=not option("noheader"),
        group=not option("nogroup"),
        fixed_table=not option("nofetable"),
        random_table=not (option("norettable") or option("noretable")),
        estmetric=bool(option("estmetric")),
        comparison=not option("nolrtest"),
        omitted=bool(option("omitted", settings.showomitted)),
        emptycells=bool(option("emptycells", settings.showemptycells)),
        baselevels=bool(option("baselevels", settings.showbaselevels == "on")),
        allbaselevels=bool(option("allbaselevels", settings.showbaselevels == "all")),
    )


def _checked_format(fmt: str, name: str, width: int) -> str:
    if not fmt:
        return ""
    if not is_valid_format(fmt) or is_string_format(fmt):
        raise StataError(120, f"invalid %format in option {name}()")
    if width_of(fmt) > width:
        raise StataError(198, f"format in option {name}() may be at most {width} wide")
    return fmt


def display(estimates: Estimates, options: DisplayOptions) -> list[Line]:
    """Return the lines of the display, from the blank line before the header on."""
    result = estimates.payload
    assert isinstance(result, MixedResult)
    lines: list[Line] = []
    if result.description.equations and result.description.is_linear_regression and options.header:
        lines += [line(), *render_note(LINEAR_NOTE)]
    if options.header:
        lines += [line(), *render_header(_header(estimates, result, options))]
    robust = result.robust
    style = options.style if robust is None else replace(options.style, robust=True)
    tables: list[list[Line]] = []
    if options.estmetric:
        depvar = result.description.depvar
        tables.append(render_coefficients(depvar, _equations(result, options), style))
    else:
        if options.fixed_table and result.description.terms:
            rows = fixed_rows(result, options)
            tables.append(render_coefficients(result.description.depvar, [Equation(rows)], style))
        if options.random_table:
            blocks = _random_blocks(result, options)
            tables.append(render_random_table(blocks, style.level, style.cformat, robust is not None))
    for place, table in enumerate(tables):
        lines.append(line())
        if place == 0 and robust is not None and robust.cluster:
            lines.append(render_clusters(robust.n_clusters, robust.cluster, len(table[0].text)))
        lines += table
    comparison = _comparison(estimates, result, options)
    # The test follows its table directly; without a table a blank line sets it apart.
    has_table = options.random_table or (options.fixed_table and bool(result.description.terms))
    lines += [line(), *comparison] if comparison and not has_table else comparison
    for note in result.notes:
        lines += [line(), *render_note(note)]
    return lines


def _header(estimates: Estimates, result: MixedResult, options: DisplayOptions) -> MixedHeader:
    description, scalars = result.description, estimates.scalars
    groups = tuple(
        GroupSummary(level.name, level.n_groups, level.smallest, level.average, level.largest)
        for level in description.levels
    )
    return MixedHeader(
        title=description.title,
        n_obs=scalars["N"],
        groups=groups if options.group else (),
        df_model=scalars["df_m"],
        chi2=scalars["chi2"],
        p_value=scalars["p"],
        likelihood_label=description.likelihood_label,
        log_likelihood=scalars["ll"],
    )


# --- fixed effects --------------------------------------------------------------------------------------


def fixed_rows(result: MixedResult, options: DisplayOptions) -> tuple[CoefficientRow, ...]:
    """Return the rows of the fixed-effects table, those left out by the display options removed."""
    variances = np.diag(result.beta_covariance)
    rows = []
    for place, term in enumerate(result.description.terms):
        if not _is_shown(term, options):
            continue
        figures = wald_figures(float(result.beta[place]), float(variances[place]), options.style.level)
        prefix = f"{result.description.depvar}:" if options.estmetric else ""
        rows.append(_row(term, figures, f"_b[{prefix}{term.name}]"))
    return tuple(rows)


def _is_shown(term: Term, options: DisplayOptions) -> bool:
    if options.style.legend and term.status:
        return False
    if term.status == "base":
        return options.allbaselevels or (options.baselevels and not term.inferable)
    if term.status == "omitted":
        return options.omitted
    return options.emptycells or term.status != "empty"


def _row(term: Term, figures: Figures, legend: str) -> CoefficientRow:
    note = f"({term.status})" if term.status else ""
    series = [part.time_series for part in term.parts]
    if not term.parts:
        return CoefficientRow("_cons", figures, note=note, legend=legend)
    if not term.factorial:
        part = term.parts[0]
        if part.time_series:
            return CoefficientRow(
                _series_label(part.time_series), figures, (part.variable,), note=note, legend=legend
            )
        return CoefficientRow(part.variable, figures, note=note, legend=legend)
    if len(term.parts) == 1 and term.factors and not any(series):
        part = term.parts[0]
        alone = f"{part.level}.{part.variable}"
        return CoefficientRow(str(part.level), figures, (part.variable,), alone, note, legend)
    block = tuple(
        part.plain if part.level is not None else _continuous(part.plain, part.time_series)
        for part in term.parts
    )
    levels = " ".join(str(part.level) for part in term.factors)
    return CoefficientRow(levels, figures, block, note=note, legend=legend)


def _continuous(plain: str, series: str) -> str:
    return f"c{plain}" if series else f"c.{plain}"


def _series_label(series: str) -> str:
    """Return the row label of a time-series operator: `L1.`, `D1.`, but `LD.`, `L2D.`."""
    return f"{series}1." if len(series) == 1 else f"{series}."


def _equations(result: MixedResult, options: DisplayOptions) -> list[Equation]:
    """Return every parameter in the estimation metric, one equation each."""
    equations = []
    if options.fixed_table and result.description.terms:
        equations.append(Equation(fixed_rows(result, options), result.description.depvar))
    if options.random_table:
        for place, parameter in enumerate(result.parameters):
            variance = float(result.parameter_covariance[place, place])
            figures = wald_figures(float(result.estimates[place]), variance, options.style.level)
            row = CoefficientRow("_cons", figures, legend=f"_b[{parameter.name}:_cons]")
            equations.append(Equation((row,), parameter.name))
    return equations


# --- random effects -------------------------------------------------------------------------------------


def _random_blocks(result: MixedResult, options: DisplayOptions) -> list[RandomBlock]:
    blocks = []
    if not result.description.is_linear_regression:
        for index, equation in enumerate(result.description.equations):
            rows = random_rows(result, index, options.style.level, options.variance)
            blocks.append(RandomBlock(equation.level, STRUCTURE_TITLES[equation.structure], rows))
    if result.description.residuals is not None:
        return [*blocks, residual_block(result, options.style.level, options.variance)]
    row = residual_row(result, options.style.level, options.variance)
    return [*blocks, RandomBlock("", "", (row,))]


def _comparison(estimates: Estimates, result: MixedResult, options: DisplayOptions) -> list[Line]:
    """Return the line of the test against linear regression and its note."""
    scalars = estimates.scalars
    if not options.comparison or "df_c" not in scalars:
        return []
    df = int(scalars["df_c"])
    random = any(parameter.kind == "log_sd" for parameter in result.parameters)
    mixture = df == 1 and random
    test = ComparisonTest(scalars["chi2_c"], df, scalars.get("p_c", MISSING), mixture)
    lines = [render_comparison(test)]
    return lines if mixture else [*lines, line(), *render_note(CONSERVATIVE if random else BOUNDARY)]
