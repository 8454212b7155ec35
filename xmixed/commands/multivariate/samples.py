"""The observations of a cluster analysis, and the options that all kinds of it share."""

from __future__ import annotations

import numpy as np

from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.clustering import MEASURES, Measure

NAME = OptionSpec("name", "name", "name", "name of the analysis; default _clus_#")
MEASURE = OptionSpec("measure", "mea", "text", "dissimilarity: " + ", ".join(MEASURES))
_SYNONYMS: dict[str, Measure] = {
    "euclidean": "L2",
    "absolute": "L1",
    "cityblock": "L1",
    "manhattan": "L1",
    "maximum": "Linfinity",
}
_REFUSED = ("correlation", "angle", "angular", "gower")


def sample_of(session: SessionState, node: Command) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the names, the observations (indices) and their values, (n, p).

    Raises
    ------
    StataError
        r(109), r(2000).
    """
    variables = numeric_variables(session, node)
    if not variables:
        raise StataError(102, "too few variables specified")
    values = np.column_stack([own.to_double() for own in variables])
    rows = np.flatnonzero(selected_rows(session, node) & ~is_missing(values).any(axis=1))
    if not len(rows):
        raise StataError(2000, "no observations")
    return [own.name for own in variables], rows, values[rows]


def measure_of(node: Command, usual: Measure) -> Measure:
    """Return the dissimilarity that is asked for; r(198) for others."""
    typed = str(node.option("measure", usual)).strip()
    word = typed.lower()
    for name in MEASURES:
        if word == name.lower() or (len(word) >= 3 and name.lower().startswith(word)):
            return name
    for name, own in _SYNONYMS.items():
        if len(word) >= 3 and name.startswith(word):
            return own
    known = any(name.startswith(word) for name in _REFUSED)
    reason = "is not implemented in xmixed" if known else "is not a dissimilarity"
    raise StataError(198, f"measure({typed}) {reason}", node.options["measure"].span)
