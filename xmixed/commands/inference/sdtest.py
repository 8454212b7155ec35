"""sdtest."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.comparing import show_variances
from xmixed.commands.inference.two_samples import BY, compared
from xmixed.commands.registry import command
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, Syntax
from xmixed.session.state import SessionState
from xmixed.statistics.inference.comparisons import Sample


@command(
    "sdtest",
    syntax=Syntax("comparison", condition=True, in_range=True, options=(BY, LEVEL)),
    synopsis="sdtest {y, by(group) | y1 == y2 | y == #} [if] [in] [, level(#)]",
    needs=("data",),
    by="each",
)
def sdtest(session: SessionState, node: Command) -> None:
    found = compared(session, node)
    level = float(node.option("level", session.settings.level))
    samples = [Sample.of(x) for x in found.samples]
    head = "Group" if found.kind == "groups" else "Variable"
    together = Sample.of(np.concatenate(found.samples))
    show_variances(session, head, found.names, samples, together, found.value, level)
