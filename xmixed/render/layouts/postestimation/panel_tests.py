"""The results of xttest0, xttest3, xtoverid and xtserial."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result


def _shown(value: float, fmt: str, width: int) -> str:
    return format_value(value, fmt).strip().rjust(width)


def render_random_effects(
    depvar: str, panel: str, variances: Sequence[tuple[str, float]], statistic: float, p_value: float
) -> list[Line]:
    """Return the test for random effects, with the estimated variances."""
    lines = [
        line(),
        line("Breusch and Pagan Lagrangian multiplier test for random effects"),
        line(),
        line(f"        {depvar}[{panel},t] = Xb + u[{panel}] + e[{panel},t]"),
        line(),
        line("        Estimated results:"),
        line("                         |       Var     sd = sqrt(Var)"),
        line("                ---------+-----------------------------"),
    ]
    for name, variance in variances:
        cells = _shown(variance, "%9.0g", 11) + _shown(variance**0.5, "%9.0g", 15)
        lines.append(line(f"                {name:>8.8} |", result(cells)))
    return [
        *lines,
        line(),
        line("        Test:   Var(u) = 0"),
        line("                             chibar2(01) = ", result(_shown(statistic, "%8.2f", 8))),
        line("                          Prob > chibar2 = ", result(_shown(p_value, "%6.4f", 8))),
    ]


def render_heteroskedasticity(df: int, statistic: float, p_value: float) -> list[Line]:
    """Return the test that panels have the same variance."""
    return [
        line(),
        line("Modified Wald test for groupwise heteroskedasticity"),
        line("in fixed effect regression model"),
        line(),
        line("H0: sigma(i)^2 = sigma^2 for all i"),
        line(),
        line(f"chi2 ({df})".ljust(11) + "= ", result(_shown(statistic, "%10.2f", 10))),
        line("Prob>chi2".ljust(11) + "= ", result(_shown(p_value, "%6.4f", 10))),
    ]


def render_autocorrelation(df_residual: float, statistic: float, p_value: float) -> list[Line]:
    """Return the test for autocorrelation."""
    return [
        line(),
        line("Wooldridge test for autocorrelation in panel data"),
        line("H0: no first-order autocorrelation"),
        line(f"    F({1:3d},{df_residual:8.0f}) = ", result(_shown(statistic, "%10.3f", 10))),
        line("           Prob > F = ", result(_shown(p_value, "%6.4f", 10))),
    ]


def render_overidentification(cluster: str, df: int, statistic: float, p_value: float) -> list[Line]:
    """Return the test of random against fixed effects."""
    robust = f" robust cluster({cluster})" if cluster else ""
    return [
        line(),
        line("Test of overidentifying restrictions: fixed vs random effects"),
        line(f"Cross-section time-series model: xtreg re {robust}"),
        line(
            "Sargan-Hansen statistic",
            result(_shown(statistic, "%8.3f", 8)),
            f"  Chi-sq({df})".ljust(15),
            "P-value = ",
            result(_shown(p_value, "%6.4f", 6)),
        ),
    ]
