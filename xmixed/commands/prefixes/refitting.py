"""The fast way: a model that is fitted again from what its first fit has prepared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.commands.prefixes.replicating import Replicator
from xmixed.data.dataset import Dataset
from xmixed.data.operations.draws import SamplingUnits
from xmixed.session.state import SessionState

Source = Callable[[np.ndarray], np.ndarray]
"""From units drawn to the figures of a replication."""


def coefficient_source(
    session: SessionState, replicator: Replicator, data: Dataset, units: SamplingUnits, idcluster: str
) -> Source | None:
    """Return what fits the model of e() on draws of units; None where the command must run each time."""
    return None
