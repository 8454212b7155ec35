"""Generalised linear mixed models as generic commands see them: display, terms, predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.display_options import DisplayOptions, display_options
from xmixed.estimation.likelihood.options import IRR, OR
from xmixed.estimation.mixed.display import fixed_rows
from xmixed.estimation.mixed.random_rows import margins_of, random_rows
from xmixed.estimation.multilevel.model import MultilevelResult
from xmixed.estimation.multilevel.options import MULTILEVEL_DISPLAY
from xmixed.estimation.multilevel.statistics import MEANS, PROBABILITIES, terms_of
from xmixed.estimation.resampling.options import exponential_heading
from xmixed.estimation.results import Option, Statistic
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import (
    CoefficientRow,
    Equation,
    Figures,
    render_coefficients,
)
from xmixed.render.layouts.estimation.mixed_header import (
    GroupSummary,
    MixedHeader,
    render_clusters,
    render_header,
)
from xmixed.render.layouts.estimation.mixed_random_table import (
    ComparisonTest,
    RandomBlock,
    render_comparison,
    render_random_table,
)
from xmixed.render.notes import CONSERVATIVE, render_note
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings

LAPLACE = "log-likelihood calculations are based on the Laplacian approximation."


class Multilevel:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = MULTILEVEL_DISPLAY

    def __init__(self, statistics: tuple[Statistic, ...]) -> None:
        self.statistics = statistics

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        result: MultilevelResult = estimates.payload
        options = display_options(option, settings, result.kind.later)
        lines: list[Line] = []
        if options.header:
            lines += [line(), *render_header(_header(estimates, options))]
        tables: list[list[Line]] = []
        if options.fixed_table or options.estmetric:
            tables.append(self.table(estimates, option, settings))
        if options.random_table and not options.estmetric:
            margins = margins_of(options.style.level)
            blocks = [
                RandomBlock(
                    equation.level, equation.form.title, random_rows(result, index, margins, options.variance)
                )
                for index, equation in enumerate(result.description.equations)
            ]
            title = "" if result.robust is None else estimates.macros.get("vcetype", "")
            tables.append(render_random_table(blocks, options.style.level, options.style.cformat, title))
        for table in tables:
            lines += [line(), *table]
        lines += _comparison(estimates, result) if options.comparison else []
        notes = [LAPLACE] if estimates.macros["intmethod"] == "laplace" else []
        for note in (*notes, *result.notes):
            lines += [line(), *render_note(note)]
        return lines

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table of coefficients, exponentiated where options say so."""
        result: MultilevelResult = estimates.payload
        options = display_options(option, settings, result.kind.later)
        asked = any(option(spec.name) for spec in (OR, IRR))
        head = (result.kind.exponential if asked else "") or exponential_heading(option)
        style = replace(
            options.style,
            robust=result.robust is not None or "prefix" in estimates.macros,
            error_title=estimates.macros.get("vcetype", "Robust"),
            estimate_title=head or options.style.estimate_title,
        )
        rows = fixed_rows(result, options)
        if head:
            rows = tuple(replace(row, figures=exponentiated(row.figures)) for row in rows)
        if result.offset:
            kind = "exposure" if result.offset.startswith("ln(") else "offset"
            rows = (*rows, CoefficientRow(result.offset, Figures(1.0), note=f"({kind})"))
        depvar = result.description.depvar
        equations = [Equation(rows, depvar if options.estmetric else "")] if rows else []
        cuts = tuple(
            CoefficientRow(f"/cut{number}", figures, legend=f"_b[cut{number}:_cons]", bare=True)
            for number, figures in enumerate(_bare(result.cuts, result.cut_covariance, options), 1)
        )
        if cuts:
            equations.append(Equation(cuts))
        if options.estmetric:
            shown = _bare(result.estimates, result.parameter_covariance, options)
            equations += [
                Equation((CoefficientRow("_cons", figures, legend=f"_b[{own.name}:_cons]"),), own.name)
                for own, figures in zip(result.parameters, shown, strict=True)
            ]
        table = render_coefficients(depvar, equations, style)
        if result.robust is None or not result.robust.cluster:
            return table
        above = render_clusters(result.robust.n_clusters, result.robust.cluster, len(table[0].text))
        return [above, *table]

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return terms_of(estimates)

    def margins_predict(self, estimates: Estimates, typed: str) -> str:
        """See `results.HasMarginsDefault`: of later commands the marginal mean, of others X b."""
        words = {word.partition("(")[0] for word in typed.split()}
        if not estimates.payload.kind.later:
            return typed or "xb"
        if not words <= {"mu", "pr", "outcome", "o", "out"}:
            return typed
        return f"{typed} marginal".strip()


MEAN, CATEGORIES = Multilevel(MEANS), Multilevel(PROBABILITIES)


def _bare(values: np.ndarray, covariance: np.ndarray, options: DisplayOptions) -> list[Figures]:
    pairs = zip(values, np.diag(covariance), strict=True)
    return [wald_figures(float(value), float(variance), options.style.level) for value, variance in pairs]


def _header(estimates: Estimates, options: DisplayOptions) -> MixedHeader:
    result: MultilevelResult = estimates.payload
    e = estimates.scalars
    groups = tuple(
        GroupSummary(level.name, level.n_groups, level.smallest, level.average, level.largest)
        for level in result.description.levels
    )
    points = float(estimates.macros["n_quad"])
    later = result.kind.later
    return MixedHeader(
        title=result.kind.title,
        n_obs=e["N"],
        groups=groups if options.group else (),
        df_model=e["df_m"],
        chi2=e["chi2"],
        p_value=e["p"],
        likelihood_label="log likelihood" if result.robust is None else "log pseudolikelihood",
        log_likelihood=e["ll"],
        integration=(estimates.macros["intmethod"] if later else "", points),
    )


def _comparison(estimates: Estimates, result: MultilevelResult) -> list[Line]:
    """Return the line of the test against the model without random effects, and its note."""
    e = estimates.scalars
    if "df_c" not in e:
        return []
    df = int(e["df_c"])
    test = ComparisonTest(e["chi2_c"], df, e["p_c"], df == 1)
    lines = [render_comparison(test, against=result.kind.simple)]
    return lines if df == 1 else [*lines, line(), *render_note(CONSERVATIVE)]
