"""nl as generic commands see it."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.frame import EstimationFrame, variable_of
from xmixed.estimation.inference.prediction import label
from xmixed.estimation.nonlinear.expression import read_parameters
from xmixed.estimation.results import Statistic
from xmixed.expressions.evaluate import evaluate_column
from xmixed.formats import format_value
from xmixed.language.parser import parse_expression
from xmixed.missing import MISSING, is_missing
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.regression import (
    Figure,
    SourceRow,
    render_analysis,
    root_figure,
    share_figure,
)
from xmixed.session.results import Estimates


def _header(e: Estimates) -> list[Line]:
    own = e.scalars
    total, df_total = own["mss"] + own["rss"], own["df_m"] + own["df_e"]
    rows = [
        SourceRow("Model", own["mss"], own["df_m"], own["mss"] / own["df_m"] if own["df_m"] else MISSING),
        SourceRow("Residual", own["rss"], own["df_e"], own["rss"] / own["df_e"]),
        SourceRow("Total", total, df_total, total / df_total if df_total else MISSING),
    ]
    figures = [
        Figure("Number of obs", format_value(own["N"], "%8.0g")),
        share_figure("R-squared", own["r2"]),
        share_figure("Adj R-squared", own["r2_a"]),
        root_figure(own["rmse"]),
        Figure("Res. dev.", format_value(own["dev"], "%8.0g")),
        Figure("Parameters", format_value(own["k"], "%8.0g")),
    ]
    title = [line(e.macros["title"])] if "title" in e.macros else []
    return [*title, *render_analysis(rows, figures)]


def _footer(e: Estimates) -> list[Line]:
    if "cj" not in e.macros:
        return []
    return [line(f"  Parameter {e.macros['cj']} taken as constant term in model & ANOVA table")]


def _fitted(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the expression at the estimates; rows where it is missing leave the frame."""
    found = read_parameters(e.macros["sexp"], "p")
    text = found.text
    values = Coefficients.of(e).b
    for place in range(len(found.names) - 1, -1, -1):
        text = text.replace(f"scalar(p{place})", f"({values[place]!r})".replace("np.float64", ""))
    column, _ = evaluate_column(parse_expression(text), frame.context)
    frame.rows = frame.rows & ~is_missing(column)
    return column[frame.rows]


def _residuals(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    frame.require(*variable_of(e.macros["depvar"]))
    own = _fitted(e, frame, argument)
    return frame.values(*variable_of(e.macros["depvar"])) - own


_STATISTICS = (
    Statistic(
        "yhat", "yh", _fitted, label("Fitted values"), needs="nothing", assumed="yhat assumed; fitted values"
    ),
    Statistic("residuals", "r", _residuals, label("Residuals"), needs="nothing"),
)

ESTIMATOR = FittedEstimator(_STATISTICS, _header, _footer)
