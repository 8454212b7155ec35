"""The output of xtmixed after estimation and on replay: header, tables, test, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from xmixed.estimation.coefficients import degrees_of_freedom
from xmixed.estimation.delta import wald_figures
from xmixed.estimation.display_options import DisplayOptions, display_options
from xmixed.estimation.mixed.model import MixedResult
from xmixed.estimation.mixed.random_rows import margins_of, random_rows, residual_row
from xmixed.estimation.mixed.residual_rows import residual_block
from xmixed.estimation.rows import coefficient_rows
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import (
    CoefficientRow,
    Equation,
    render_coefficients,
)
from xmixed.render.layouts.estimation.mixed_header import (
    GroupSummary,
    MixedHeader,
    render_clusters,
    render_header,
    render_within_clusters,
)
from xmixed.render.layouts.estimation.mixed_random_table import (
    ComparisonTest,
    RandomBlock,
    render_comparison,
    render_random_table,
)
from xmixed.render.layouts.estimation.replications import replications_based
from xmixed.render.notes import BOUNDARY, CONSERVATIVE, render_note
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings

ERROR_TITLES = {"bootstrap": "Bootstrap", "jackknife": "Jackknife"}
"""What heads standard errors, by e(vce); robust ones otherwise."""
LABEL = 11
"""Places for the value label of a level; longer ones are cut."""
LINEAR_NOTE = "all random-effects equations are empty; model is linear regression"


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
    pooled = "mi" in estimates.macros
    title = ERROR_TITLES.get(robust.kind, "Robust") if robust is not None and not pooled else ""
    style = options.style
    if robust is not None and not pooled:
        style = replace(
            style, robust=True, error_title=title, statistic="t" if "df_r" in estimates.scalars else "z"
        )
    df = degrees_of_freedom(estimates)
    if df is not None:
        style = replace(style, statistic="t")
    tables: list[list[Line]] = []
    if options.estmetric:
        depvar = result.description.depvar
        tables.append(render_coefficients(depvar, _equations(result, options, df), style))
    else:
        if options.fixed_table and result.description.terms:
            rows = fixed_rows(result, options, df)
            tables.append(render_coefficients(result.description.depvar, [Equation(rows)], style))
        if options.random_table:
            blocks = _random_blocks(result, options, df)
            tables.append(render_random_table(blocks, style.level, style.cformat, title))
    for place, table in enumerate(tables):
        lines.append(line())
        if place == 0 and robust is not None and robust.cluster:
            above = replications_based if robust.kind in ERROR_TITLES else render_clusters
            above = render_within_clusters if pooled else above
            lines.append(above(robust.n_clusters, robust.cluster, len(table[0].text)))
        lines += table
    comparison = _comparison(estimates, result, options)
    # The test follows its table directly; without a table a blank line sets it apart.
    has_table = options.random_table or (options.fixed_table and bool(result.description.terms))
    lines += [line(), *comparison] if comparison and not has_table else comparison
    for note in result.notes:
        lines += [line(), *render_note(note)]
    return lines


def mixed_head(estimates: Estimates, settings: Settings) -> list[Line]:
    """Return the header alone."""
    result = estimates.payload
    assert isinstance(result, MixedResult)
    options = display_options(lambda name, default=None: default, settings, False)
    return render_header(_header(estimates, result, options))


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
        chi2=scalars["F"] if "df_r" in scalars else scalars["chi2"],
        p_value=scalars["p"],
        likelihood_label=description.likelihood_label,
        log_likelihood=scalars["ll"],
        replications=scalars.get("N_reps"),
        df_residual=scalars.get("df_r"),
        later=_is_later(estimates),
    )


def _is_later(estimates: Estimates) -> bool:
    """Return whether the display is that of the later editions, in which the command is called `mixed`."""
    return estimates.macros["cmd"] == "mixed"


# --- fixed effects --------------------------------------------------------------------------------------


def fixed_rows(
    result: MixedResult, options: DisplayOptions, df: np.ndarray | None = None
) -> tuple[CoefficientRow, ...]:
    """Return the rows of the fixed-effects table, those left out by the display options removed."""
    prefix = f"{result.description.depvar}:" if options.estmetric else ""
    variances = np.diag(result.beta_covariance)
    rows = coefficient_rows(result.description.terms, result.beta, variances, options, prefix, df)
    if not result.level_labels:
        return rows
    labels = {(variable, str(level)): text for variable, level, text in result.level_labels}
    return tuple(_labelled(row, labels) for row in rows)


def _labelled(row: CoefficientRow, labels: Mapping[tuple[str, str], str]) -> CoefficientRow:
    """Return the row of a factor's level with its value label, which never stands alone."""
    factors = [name for name in row.block if not name.startswith("c.")]
    text = labels.get((factors[0], row.label)) if len(factors) == 1 else None
    if not text:
        return row
    return replace(row, label=text if len(text) <= LABEL else text[: LABEL - 2] + "..", alone="")


def _equations(result: MixedResult, options: DisplayOptions, df: np.ndarray | None) -> list[Equation]:
    """Return every parameter in the estimation metric, one equation each."""
    equations = []
    if options.fixed_table and result.description.terms:
        equations.append(Equation(fixed_rows(result, options, df), result.description.depvar))
    if options.random_table:
        for place, parameter in enumerate(result.parameters):
            variance = float(result.parameter_covariance[place, place])
            own = None if df is None else float(df[len(result.beta) + place])
            figures = wald_figures(float(result.estimates[place]), variance, options.style.level, own)
            row = CoefficientRow("_cons", figures, legend=f"_b[{parameter.name}:_cons]")
            equations.append(Equation((row,), parameter.name))
    return equations


# --- random effects -------------------------------------------------------------------------------------


def _random_blocks(result: MixedResult, options: DisplayOptions, df: np.ndarray | None) -> list[RandomBlock]:
    blocks = []
    margins = margins_of(options.style.level, None if df is None else df[len(result.beta) :])
    if not result.description.is_linear_regression:
        for index, equation in enumerate(result.description.equations):
            rows = random_rows(result, index, margins, options.variance)
            blocks.append(RandomBlock(equation.level, equation.form.title, rows))
    if result.description.residuals is not None:
        return [*blocks, residual_block(result, margins, options.variance)]
    row = residual_row(result, margins, options.variance)
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
    lines = [render_comparison(test, _is_later(estimates))]
    return lines if mixture else [*lines, line(), *render_note(CONSERVATIVE if random else BOUNDARY)]
