"""newey, prais and xtscc as generic commands see them."""

from __future__ import annotations

from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.linear.regress import analysis_header
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.beside import Columns, Entry, joint_rule, last_rule, render_beside
from xmixed.render.layouts.estimation.regression import f_label
from xmixed.render.text import result
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import f_tail

_SERIES = Columns(52, 67, 10)
_DRISCOLL_KRAAY = Columns(49, 67, 10)
_STATISTICS = tuple(own for own in IV_STATISTICS if own.name in ("xb", "residuals", "stdp"))


def _newey_header(e: Estimates) -> list[Line]:
    own = e.scalars
    p_value = f_tail(own["F"], own["df_m"], own["df_r"]) if own["F"] < MISSING else MISSING
    entries = [
        Entry("Number of obs", own["N"]),
        Entry(f_label(own["df_m"], own["df_r"]), own["F"], "%10.2f"),
        Entry("Prob > F", p_value, "%10.4f"),
    ]
    return render_beside([e.macros["title"], f"maximum lag: {own['lag']:.0f}"], entries, _SERIES)


def _driscoll_kraay_header(e: Estimates) -> list[Line]:
    own = e.scalars
    share = "r2_w" if "r2_w" in own else "r2"
    entries = [
        Entry("Number of obs", own["N"]),
        Entry("Number of groups", own["N_g"]),
        Entry(f_label(own["df_m"], own["df_r"]), own["F"], "%10.2f"),
        Entry("Prob > F", f_tail(own["F"], own["df_m"], own["df_r"]), "%10.4f"),
        Entry("within R-squared" if share == "r2_w" else "R-squared", own[share], "%10.4f"),
    ]
    if "rmse" in own:
        entries.append(Entry("Root MSE", own["rmse"], "%10.4f"))
    left = [
        e.macros["title"],
        f"Method: {e.macros['method']}",
        f"Group variable (i): {e.macros['groupvar']}",
        f"maximum lag: {own['lag']:.0f}",
    ]
    return render_beside(left, entries, _DRISCOLL_KRAAY)


def _prais_header(e: Estimates) -> list[Line]:
    return [line(e.macros["title"]), line(), *analysis_header(e)]


def _rho(e: Estimates) -> list[Line]:
    shown = format_value(e.scalars["rho"], "%9.0g").strip().rjust(11)
    return [joint_rule(), line(f"{'rho':>12} |", result(shown)), last_rule()]


def _durbin_watson(e: Estimates) -> list[Line]:
    if "dw" not in e.scalars:
        return []
    return [
        line(f"Durbin-Watson statistic ({kind})".ljust(38), result(format_value(e.scalars[name], "%8.6f")))
        for kind, name in (("original", "dw_0"), ("transformed", "dw"))
    ]


NEWEY = FittedEstimator(_STATISTICS, _newey_header)
DRISCOLL_KRAAY = FittedEstimator(_STATISTICS, _driscoll_kraay_header)
PRAIS = FittedEstimator(_STATISTICS, _prais_header, _durbin_watson, inner=_rho)
