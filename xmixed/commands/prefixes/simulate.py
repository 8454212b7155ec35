"""simulate: run a command again and again, and make data of its results."""

from __future__ import annotations

import numpy as np

from xmixed.commands.prefixes.replicating import (
    Dots,
    dots_every,
    figures_data,
    prefixed,
    replicate,
    save_figures,
    target_of,
)
from xmixed.commands.prefixes.replicator import Replicator
from xmixed.commands.registry import command
from xmixed.estimation.resampling.options import NOLEGEND, REPLICATION, SEED
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.estimation.replications import render_legend
from xmixed.session.state import SessionState


@command(
    "simulate",
    syntax=Syntax(
        "prefixed",
        options=(
            OptionSpec("reps", "r", "integer", "number of replications", minimum_value=1),
            SEED,
            *REPLICATION,
            NOLEGEND,
        ),
    ),
    synopsis="simulate [exp_list], reps(#) [seed(#) saving(file) nodots noisily nolegend]: command",
)
def simulate(session: SessionState, node: Command) -> None:
    typed = prefixed(node)
    reps = node.required("reps")
    target = target_of(node)
    if node.option("seed") is not None:
        session.memory.reseed(node.option("seed"))
    replicator = Replicator(session, typed, "_sim", node.option("reject"), selects=False)
    noisy = bool(node.option("noisily"))
    # The first run shows what there is to keep, and is the first replication.
    first = replicator.observe(noisy, default="any")
    if replicator.reject is not None:
        first = replicator.judged()
    if not node.option("nolegend"):
        session.out.write("", *render_legend(replicator.legend, session.settings.linesize))
    dots = Dots(session, "Simulations", reps, dots_every(node))

    def task(number: int) -> np.ndarray:
        if number == 0:
            return first
        return replicator.attempt(noisy)

    # One after the other, so that a loop over the command gives the same numbers.
    state: list[tuple] = []

    def last(number: int) -> np.ndarray:
        values = task(number)
        state[:] = [session.memory.saved()]
        return values

    values = replicate(session, last, node.option("reps"), dots, parallel=False)
    session.memory.restore(state[0])
    found = figures_data(replicator.figures, values, target.double)
    save_figures(target, found)
    session.data = found
