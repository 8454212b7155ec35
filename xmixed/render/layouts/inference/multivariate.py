"""What `hotelling` prints."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result
from xmixed.statistics.inference.multivariate import Hotelling


def render_hotelling(test: Hotelling, sizes: Sequence[int]) -> list[Line]:
    """Return the test of one or two samples of these sizes."""
    k = test.df
    df = f"F({k:.0f},{test.df_residual:.0f})"
    if len(sizes) == 1:
        ratio = f"(({sizes[0]}-{k:.0f})/({sizes[0]}-1)({k:.0f}))"
        hypothesis = "H0: Vector of means is equal to a vector of zeros"
    else:
        ratio = f"(({sizes[0]}+{sizes[1]}-{k:.0f}-1)/({sizes[0]}+{sizes[1]}-2)({k:.0f}))"
        hypothesis = "H0: Vectors of means are equal for the two groups"
    statistic, f = (format_value(value, "%9.0g").strip() for value in (test.statistic, test.f))
    return [
        line(),
        line(f"{len(sizes)}-group Hotelling's T-squared = ", result(statistic)),
        line(f"F test statistic: {ratio} x ", result(statistic), " = ", result(f)),
        line(),
        line(hypothesis),
        line(f"{df:>21} = ", result(f"{test.f:9.4f}")),
        line(f"{f'Prob > {df}':>21} = ", result(f"{test.p:9.4f}")),
    ]
