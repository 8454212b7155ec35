"""Systems of linear regressions as generic commands see them."""

from __future__ import annotations

from xmixed.estimation.equations.statistics import SYSTEM
from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.systems.options import SYSTEM_DISPLAY
from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import rule, wrap
from xmixed.session.results import Estimates
from xmixed.statistics.linear.covariance import correlations

_WIDTH = 70


def _header(e: Estimates) -> list[Line]:
    """Return the title and a line of figures for each equation."""
    own, small = e.scalars, "small" in e.macros
    title = e.macros.get("title", "")
    lines = [line(title)] if title else []
    kind = (
        "     F-Stat" if small and e.macros["cmd"] != "mvreg" else "          F" if small else "       chi2"
    )
    lines += [line(rule(_WIDTH)), line(f'Equation          Obs  Parms        RMSE    "R-sq"{kind}        P')]
    lines.append(line(rule(_WIDTH)))
    for number, name in enumerate(e.macros["eqnames"].split(), 1):
        parameters = own[f"df_m{number}"] + (own[f"cons_{number}"] if e.macros["cmd"] == "mvreg" else 0)
        statistic = own[f"F_{number}" if small else f"chi2_{number}"]
        cells = (
            format_value(own["N"], "%9.0g").strip().rjust(9),
            f"{parameters:.0f}".rjust(7),
            format_value(own[f"rmse_{number}"], "%9.0g").strip().rjust(12),
            format_value(own[f"r2_{number}"], "%9.4f").strip().rjust(10),
            format_value(statistic, "%9.2f").strip().rjust(11),
            format_value(own[f"p_{number}"], "%6.4f").strip().rjust(9),
        )
        lines.append(line(f"{abbreviate_name(name, 12):<12}" + "".join(cells)))
    return [*lines, line(rule(_WIDTH))]


def _footer(e: Estimates) -> list[Line]:
    if "endog" not in e.macros:
        return []
    lines = []
    for label, text in (
        ("Endogenous variables:", e.macros["endog"]),
        ("Exogenous variables:", e.macros["exog"]),
    ):
        first, *more = wrap(text, 54)
        lines += [line(f"{label:<23}{first}"), *(line(" " * 5 + part) for part in more)]
    return [*lines, line(rule(78))]


def render_correlations(e: Estimates) -> list[Line]:
    """Return the correlations of the residuals, and the test that they are zero."""
    names = e.matrices["Sigma"].row_names
    width = max(len(abbreviate_name(name, 10)) for name in names)
    column = max(width, 7) + 2
    lines = [line(), line("Correlation matrix of residuals:"), line()]
    lines.append(line(" " * width + "".join(abbreviate_name(name, 10).rjust(column) for name in names)))
    for place, row in enumerate(correlations(e.matrices["Sigma"].values)):
        cells = "".join(f"{value:.4f}".rjust(column) for value in row[: place + 1])
        lines.append(line(abbreviate_name(names[place], 10).rjust(width) + cells))
    own = e.scalars
    if "chi2_bp" in own:
        text = f"chi2({own['df_bp']:.0f}) = {own['chi2_bp']:9.3f}, Pr = {own['p_bp']:6.4f}"
        lines += [line(), line(f"Breusch-Pagan test of independence: {text}")]
    return lines


ESTIMATOR = FittedEstimator(SYSTEM, _header, _footer, options=SYSTEM_DISPLAY)
"""The correlations of residuals are shown by the commands, below everything else."""
