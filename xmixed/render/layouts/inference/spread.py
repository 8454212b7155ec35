"""What `robvar` and `median` print below their tables."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result
from xmixed.statistics.inference.spread import SpreadTest


def render_robust_variances(tests: Sequence[SpreadTest]) -> list[Line]:
    """Return W0, W50 and W10, each after an empty line."""
    lines: list[Line] = []
    for name, test in zip(("W0 ", "W50", "W10"), tests, strict=True):
        lines += [
            line(),
            line(
                f"{name} = ",
                result(format_value(test.statistic, "%10.7g")),
                f"   df({test.df:.0f}, {test.df_residual:.0f})     Pr > F = ",
                result(format_value(test.p, "%10.8f").strip()),
            ),
        ]
    return lines


def render_corrected(chi2: float, p: float) -> list[Line]:
    """Return the test with Yates's correction."""
    return [
        line(),
        line("   Continuity corrected:"),
        line(
            "          Pearson chi2(1) = ",
            result(format_value(chi2, "%8.4f")),
            "   Pr = ",
            result(f"{p:.3f}"),
        ),
    ]
