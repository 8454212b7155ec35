"""Replications of a command without one unit after the other: for jackknife, and BCa limits."""

from __future__ import annotations

import numpy as np

from xmixed.commands.prefixes.refitting import coefficient_source
from xmixed.commands.prefixes.replicating import Dots, replicate
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
        found = None if direct is None else direct(kept)
        if found is not None:
            return found
        session.data = data.rows(np.sort(units.rows(kept)), keeps_order=True).with_(marks={})
        return replicator.attempt(noisy)

    parallel = direct is not None or (replicator.is_pure and not noisy)
    return replicate(session, task, units.count, dots, parallel)
