"""Replications of a command without one unit after the other: for jackknife, and BCa limits."""

from __future__ import annotations

import numpy as np

from xmixed.commands.prefixes.refitting import coefficient_source
from xmixed.commands.prefixes.replicating import Dots, replicate, replicate_together
from xmixed.commands.prefixes.replicator import Replicator
from xmixed.data.operations.draws import SamplingUnits
from xmixed.session.state import SessionState


def leave_one_out(
    session: SessionState,
    replicator: Replicator,
    units: SamplingUnits,
    every: int,
    noisy: bool = False,
) -> np.ndarray:
    """Return the figures without each unit, shape (units, k)."""
    data = session.data
    dots = Dots(session, "Jackknife replications", units.count, every)
    direct = None if noisy else coefficient_source(session, replicator, data, units, None)
    everything = np.arange(units.count)

    def task(number: int) -> np.ndarray:
        kept = np.delete(everything, number)
        session.data = data.rows(np.sort(units.rows(kept)), keeps_order=True).with_(marks={})
        return replicator.attempt(noisy)

    if direct is None:
        return replicate(session, task, units.count, dots, replicator.is_pure and not noisy)

    def tasks(numbers: range) -> list[np.ndarray]:
        found = direct([np.delete(everything, number) for number in numbers])
        pairs = zip(numbers, found, strict=True)
        return [task(number) if values is None else values for number, values in pairs]

    return replicate_together(session, tasks, units.count, dots, True, direct.batch)
