"""prtest."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.comparing import show_proportions
from xmixed.commands.inference.two_samples import BY, compared
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, Syntax
from xmixed.session.state import SessionState
from xmixed.statistics.inference.comparisons import Proportion


@command(
    "prtest",
    syntax=Syntax("comparison", condition=True, in_range=True, options=(BY, LEVEL)),
    synopsis="prtest {y, by(group) | y1 == y2 | y == #} [if] [in] [, level(#)]",
    needs=("data",),
    by="each",
)
def prtest(session: SessionState, node: Command) -> None:
    found = compared(session, node)
    level = float(node.option("level", session.settings.level))
    for sample in found.samples:
        if not np.isin(sample, (0.0, 1.0)).all():
            raise StataError(450, f"{found.variable} is not a 0/1 variable")
    parts = [Proportion(float(len(x)), float(x.mean())) for x in found.samples]
    show_proportions(session, found.names, parts, found.value, level)
