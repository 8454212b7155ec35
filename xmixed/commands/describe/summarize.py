"""summarize."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import Weights, selected_rows, variables_of, weights_of
from xmixed.data.dataset import Variable
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.describe.summarize import SummaryDetail, SummaryRow, render_detail, render_summary
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.moments import Moments, moments


@command(
    "summarize",
    syntax=Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight", "iweight"),
        options=(
            OptionSpec("detail", "d", help="percentiles, skewness, kurtosis"),
            OptionSpec("meanonly", "mean", help="only r(), without a table"),
            OptionSpec("format", "f", help="use the variables' display formats"),
            OptionSpec("separator", "sep", "integer", help="rule after every # variables", minimum_value=0),
        ),
        exclusive=(("detail", "meanonly"),),
    ),
    synopsis="summarize [varlist] [if] [in] [weight] [, detail meanonly format separator(#)]",
    by="each",
    needs=("data",),
    by_reference=True,
)
def summarize(session: SessionState, node: Command) -> None:
    detail, meanonly = bool(node.option("detail")), bool(node.option("meanonly"))
    separator = node.option("separator", 5)
    chosen, kind, results = _statistics(session, node, detail)
    if detail:
        for variable, found in zip(chosen, results, strict=True):
            session.out.write(*render_detail(_detail(variable, found, bool(node.option("format")))))
    elif not meanonly:
        shown = [
            _row(v, found, bool(node.option("format"))) for v, found in zip(chosen, results, strict=True)
        ]
        session.out.write(
            *render_summary(shown, kind in {"aweight", "iweight"}, separator, session.data.names)
        )
    session.r = _saved(results[-1], detail, meanonly)


def _statistics(
    session: SessionState, node: Command, detail: bool
) -> tuple[list[Variable], str, list[Moments]]:
    """Return the variables, the kind of the weights and the statistics of each variable."""
    if session.data.reference is not None:
        from xmixed.commands.describe.referenced_moments import statistics_by_reference

        return statistics_by_reference(session, node, detail)
    chosen = variables_of(session.data, node)
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    return chosen, weights.kind, [_of_variable(variable, rows, weights, detail) for variable in chosen]


def _of_variable(variable: Variable, rows: np.ndarray, weights: Weights, detail: bool) -> Moments:
    if variable.is_string:
        return Moments(0.0, 0.0)
    x = variable.to_double()
    used = rows & ~is_missing(x)
    if weights.values is None:
        return moments(x[used], None, "", detail)
    used &= weights.values != 0  # Stata: an observation of no weight is not there
    return moments(x[used], weights.values[used], weights.kind, detail)


def _row(variable: Variable, found: Moments, use_format: bool) -> SummaryRow:
    if found.n == 0:
        return SummaryRow(variable.name, 0.0)
    return SummaryRow(
        variable.name,
        found.n,
        found.sum_w,
        found.mean,
        found.sd,
        found.minimum,
        found.maximum,
        variable.format if use_format else "",
    )


def _detail(variable: Variable, found: Moments, use_format: bool) -> SummaryDetail:
    return SummaryDetail(
        variable.label or variable.name,
        found.n,
        found.sum_w,
        found.percentiles,
        found.smallest,
        found.largest,
        found.mean,
        found.sd,
        found.variance,
        found.skewness,
        found.kurtosis,
        variable.format if use_format and not variable.is_string else "",
    )


def _saved(found: Moments, detail: bool, meanonly: bool) -> Results:
    scalars = {"N": found.n, "sum_w": found.sum_w, "sum": found.total}
    if found.n:
        scalars |= {"mean": found.mean, "min": found.minimum, "max": found.maximum}
        if not meanonly:
            scalars |= {"Var": found.variance, "sd": found.sd}
        if detail:
            scalars |= {"skewness": found.skewness, "kurtosis": found.kurtosis}
            scalars |= {f"p{p}": value for p, value in found.percentiles.items()}
    order = "N sum_w mean Var sd skewness kurtosis min max sum".split()
    ranked = sorted(scalars, key=lambda name: order.index(name) if name in order else len(order))
    return Results(scalars={name: scalars[name] for name in ranked})
