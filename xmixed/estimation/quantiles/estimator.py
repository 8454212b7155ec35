"""Quantile regression as generic commands see it."""

from __future__ import annotations

from xmixed.estimation.equations.statistics import SYSTEM
from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.formats import format_value
from xmixed.output import Line
from xmixed.render.layouts.estimation.beside import Columns, Entry, render_beside
from xmixed.session.results import Estimates

_QUANTILE = Columns(53, 67, 10)


def _shown(value: float) -> str:
    return format_value(value, "%9.0g").strip()


def _single_header(e: Estimates) -> list[Line]:
    own = e.scalars
    left = [
        e.macros["title"],
        f"  Raw sum of deviations {_shown(own['sum_rdev']):>8} (about {_shown(own['q_v'])})",
        f"  Min sum of deviations {_shown(own['sum_adev']):>8}",
    ]
    right = [Entry("Number of obs", own["N"]), None, Entry("Pseudo R2", own["r2_p"], "%10.4f")]
    return render_beside(left, right, _QUANTILE)


def _several_header(e: Estimates) -> list[Line]:
    own = e.scalars
    quantiles = [number for number in range(1, 200) if f"q{number}" in own]
    shares = [Entry(f".{100 * own[f'q{n}']:02.0f} Pseudo R2", own[f"r2_p{n}"], "%10.4f") for n in quantiles]
    if e.macros["cmd"] == "iqreg":
        shares = [Entry(f".{100 * own[f'q{n}']:02.0f} Pseudo R2", own[f"r2_p{n}"], "%10.4f") for n in (2, 1)]
    left = [e.macros["title"], f"  bootstrap({own['reps']:.0f}) SEs"]
    return render_beside(left, [Entry("Number of obs", own["N"]), *shares], _QUANTILE)


def _header(e: Estimates) -> list[Line]:
    return _single_header(e) if "q" in e.scalars else _several_header(e)


SINGLE = FittedEstimator(
    tuple(own for own in IV_STATISTICS if own.name in ("xb", "residuals", "stdp")), _header
)
SEVERAL = FittedEstimator(SYSTEM, _header)
