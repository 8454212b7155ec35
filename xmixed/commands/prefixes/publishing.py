"""The observed run of bootstrap and jackknife, and their results: into e(), and shown."""

from __future__ import annotations

from typing import Any

import numpy as np

from xmixed.commands.prefixes.replicator import Replicator
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.estimation.resampling.estimator import resampled_estimator
from xmixed.estimation.resampling.results import Resampling, resampled_estimates
from xmixed.estimation.resampling.summaries import Replicated
from xmixed.estimation.results import Option
from xmixed.estimation.run import show_results
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark

_OF_THE_PREFIX = frozenset(("notable", "noheader", "nolegend", "title"))
"""What is not taken from the options of the command."""


def observed_sample(
    session: SessionState, replicator: Replicator, noisy: bool, said: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """Run a command on the data in memory; return its figures, and e(sample) where it has set one.

    Raises
    ------
    StataError
        Those of the command; r(504) where a figure is missing.
    """
    if said:
        session.out.write(f"(running {replicator.name} on estimation sample)")
    observed = replicator.observe(noisy)
    if not np.all(np.isfinite(observed)) or np.any(np.abs(observed) >= 8.9e307):
        place = int(np.argmax(np.abs(observed) >= 8.9e307))
        figure = replicator.figures[place]
        raise StataError(322, f"'{figure.text}' evaluated to missing in full sample")
    e = replicator.estimates
    mark = None if e is None else session.data.marks.get(e.mark)
    return observed, mark


def publish(
    session: SessionState,
    node: Command,
    replicator: Replicator,
    plan: Resampling,
    found: Replicated,
    before: Dataset,
    rows: np.ndarray | None,
) -> None:
    """Put the results into e(), the data back as they were with e(sample) marked, and show the results."""
    e = resampled_estimates(replicator.estimates, plan, found)
    session.data = before
    e.mark = new_mark()
    commit(session, e)
    sample = np.ones(before.n_obs, dtype=bool) if rows is None else rows
    session.data = session.data.with_(marks={**session.data.marks, e.mark: sample}, changed=before.changed)
    show_results(session, resampled_estimator(e), e, _options(node, replicator))


def _options(node: Command, replicator: Replicator) -> Option:
    """Return the options of the prefix and, of those that say what a table shows, of the command."""

    def option(name: str, default: Any = None) -> Any:
        if name in node.options or replicator.node is None or name in _OF_THE_PREFIX:
            return node.option(name, default)
        return replicator.node.option(name, default)

    return option


def shown_level(session: SessionState, node: Command, replicator: Replicator) -> float:
    """Return the confidence level: of the prefix, of the command, or as set."""
    return float(_options(node, replicator)("level", session.settings.level))


def replay_prefix(session: SessionState, node: Command, prefix: str) -> None:
    """Show the results of a prefix again.

    Raises
    ------
    StataError
        r(301).
    """
    if session.e.macros.get("prefix") != prefix:
        raise StataError(301, "last estimates not found")
    show_results(session, resampled_estimator(session.e), session.e, node.option)
