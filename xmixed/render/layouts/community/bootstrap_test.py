"""What `boottest` prints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import printable, result

_TAIL = {
    "symmetric": "Prob>|t|",
    "equaltail": "2 * min(Prob>|t|, Prob<-|t|)",
    "lower": "Prob<t",
    "upper": "Prob>t",
}


@dataclass(frozen=True, slots=True)
class BootstrapTest:
    """A test: t, its p-value and degrees of freedom, and how it was made.

    `cluster` is "" without clusters; `complete` says that every pattern of weights counts once.
    """

    t: float
    p: float
    df: float
    asked: int
    replications: int
    cluster: str
    distribution: str
    tails: str
    imposed: bool
    complete: bool


def render_bootstrap_test(
    test: BootstrapTest, shown: str, clusters: int, limits: tuple[float, float] | None, level: float
) -> list[Line]:
    """Return the test; `shown` is the hypothesis."""
    lines: list[Line] = []
    if test.complete and test.asked > test.replications:
        count = f"the number of replications, {test.asked}, exceeds the universe of Rademacher draws,"
        lines += [
            line(),
            line(f"Warning: with {clusters} clusters, {count}"),
            line(f"2^{clusters} = {test.replications}. Sampling each once."),
            line("Consider Webb weights instead, using weight(webb)."),
        ]
    null = "null imposed" if test.imposed else "null not imposed"
    by = f", bootstrap clustering by {printable(test.cluster)}" if test.cluster else ""
    name = test.distribution if test.distribution in ("normal", "gamma") else test.distribution.capitalize()
    head = f"Wild bootstrap-t, {null}, {test.replications} replications, Wald test{by}, {name} weights:"
    lines += [
        line(),
        line(head),
        line(f"  {printable(shown)}"),
        line(),
        line(f"t({test.df:.0f})".rjust(32) + " = ", result(format_value(test.t, "%10.4f"))),
        line(_TAIL[test.tails].rjust(32) + " = ", result(format_value(test.p, "%10.4f"))),
    ]
    if limits is not None:
        low, high = (_limit(value) for value in limits)
        lines += [
            line(),
            line(
                f"{level:g}% confidence set for null hypothesis expression: [", result(f"{low}, {high}"), "]"
            ),
        ]
    return lines


def _limit(value: float) -> str:
    if np.isinf(value):
        return "." if value > 0 else "-."
    return format_value(value, "%9.4g").strip()
