"""reghdfe as generic commands see it."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.absorbed.groups import Grouping
from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.linear.statistics import LINEAR_PREDICTION, row_weights
from xmixed.estimation.results import Statistic
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.beside import LIKELIHOOD, Entry, render_beside
from xmixed.render.text import rule
from xmixed.session.results import Estimates
from xmixed.statistics.linear.absorption import Factor, partialled_out

# --- predictions ----------------------------------------------------------------------------------------


def _parts(e: Estimates, frame: EstimationFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the absorbed effects and the residuals of the rows of a frame, from the whole sample."""
    sample = EstimationFrame(frame.context, sample_rows(frame.context, e.mark))
    left = sample.values(*variable_of(e.macros["depvar"])) - LINEAR_PREDICTION[0].values(e, sample, "")
    weights = row_weights(e, sample)
    factors = []
    for name in e.macros["absvars"].split():
        variables = tuple(name.split("#"))
        levels = {own: frame.context.data[own].values[sample.rows] for own in variables}
        factors.append(Factor.of(Grouping(variables).codes(levels), weights))
    residual = partialled_out(left, factors, weights).values
    found = np.full((2, len(frame.rows)), np.nan)
    found[:, sample.rows] = left - residual, residual
    return found[0][frame.rows], found[1][frame.rows]


def _d(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _parts(e, frame)[0]


def _residuals(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _parts(e, frame)[1]


def _xbd(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return LINEAR_PREDICTION[0].values(e, frame, "") + _parts(e, frame)[0]


def _dresiduals(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return sum(_parts(e, frame), start=np.zeros(frame.size))


STATISTICS = (
    *LINEAR_PREDICTION,
    Statistic("d", "d", _d, lambda e, argument: "d[absorbvars]", needs="sample"),
    Statistic("xbd", "xbd", _xbd, lambda e, argument: "Xb + d[absorbvars]", needs="sample"),
    Statistic("residuals", "r", _residuals, lambda e, argument: "Residuals", needs="sample"),
    Statistic("dresiduals", "dr", _dresiduals, lambda e, argument: "e + d[absorbvars]", needs="sample"),
)

# --- display --------------------------------------------------------------------------------------------


def _header(e: Estimates) -> list[Line]:
    own = e.scalars
    count = int(own["N_hdfe"])
    left = [e.macros["title"], f"Absorbing {count} HDFE group{'s' if count > 1 else ''}"]
    if "vcetype" in e.macros:
        left.append("Statistics robust to heteroskedasticity")
    right = [
        Entry("Number of obs", own["N"]),
        Entry(f"F({own['df_m']:4.0f},{own['df_r']:7.0f})", own["F"], "%10.2f"),
        Entry("Prob > F", own["p"], "%10.4f"),
        Entry("R-squared", own["r2"], "%10.4f"),
        Entry("Adj R-squared", own["r2_a"], "%10.4f"),
        Entry("Within R-sq.", own["r2_within"], "%10.4f"),
        Entry("Root MSE", own["rmse"], "%10.4f"),
    ]
    clusters = e.macros.get("clustvar", "").split()
    for number, name in enumerate(clusters, 1):
        text = f"Number of clusters ({name})"
        left += [""] * (6 - len(left) - len(clusters) + number)
        left.append(f"{text:<28} = {own[f'N_clust{number}']:>10.0f}")
    return render_beside(left, right, LIKELIHOOD)


def _footer(e: Estimates) -> list[Line]:
    """Return the table of the degrees of freedom that are lost."""
    edge = line(rule(53) + "+")
    lines = [
        line(),
        line("Absorbed degrees of freedom:"),
        edge,
        line(" Absorbed FE | Categories  - Redundant  = Num. Coefs |"),
        line(f"{rule(13)}+{rule(39)}|"),
    ]
    table, some = e.matrices["dof_table"], False
    for name, row in zip(table.row_names, table.values, strict=True):
        mark = "*" if row[3] else " "
        some = some or bool(row[3])
        lines.append(line(f"{name:>12.12} |{row[0]:10.0f}{row[1]:12.0f}{row[2]:12.0f}    {mark}|"))
    lines.append(edge)
    if some:
        lines.append(line("* = FE nested within cluster; treated as redundant for DoF computation"))
    return lines


ESTIMATOR = FittedEstimator(STATISTICS, _header, _footer)
