"""inspect."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.categories import label_definition
from xmixed.data.dataset import Dataset, Variable
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.describe.inspect import HEIGHT, Inspected, render_inspect
from xmixed.session.results import Results
from xmixed.session.state import SessionState

MOST_BARS = 5


@command(
    "inspect",
    syntax=Syntax("varlist", condition=True, in_range=True),
    synopsis="inspect [varlist] [if] [in]",
    needs=("data",),
    by="each",
)
def inspect(session: SessionState, node: Command) -> None:
    rows = selected_rows(session, node)
    saved: dict[str, float] = {}
    for variable in variables_of(session.data, node):
        x = np.zeros(0) if variable.is_string else variable.to_double()[rows]
        known = x[~is_missing(x)]
        session.out.write(*render_inspect(_inspected(session.data, variable, x, known)))
        saved = _saved(session.data, variable, x, known)
    session.r = Results(scalars=saved)


def _counts(known: np.ndarray) -> dict[str, tuple[int, int]]:
    whole = known == np.floor(known)
    parts = {"Negative": known < 0, "Zero": known == 0, "Positive": known > 0}
    return {name: (int(part.sum()), int((part & whole).sum())) for name, part in parts.items()}


def _inspected(data: Dataset, variable: Variable, x: np.ndarray, known: np.ndarray) -> Inspected:
    unique = np.unique(known)
    undocumented = _undocumented(data, variable, unique)
    note = ""
    if variable.value_label and variable.value_label in data.value_labels:
        which = "all values are" if not undocumented else f"{undocumented} values are NOT"
        note = f"{variable.name} is labeled and {which} documented in the label."
    return Inspected(
        variable.name,
        variable.label,
        _heights(known, len(unique)),
        _counts(known),
        len(x) - len(known),
        len(unique),
        (float(unique[0]), float(unique[-1])) if len(unique) else None,
        variable.format,
        note,
    )


def _heights(known: np.ndarray, unique: int) -> tuple[int, ...]:
    """Return the heights of at most five bars of equal width; -1 for one too small to be seen."""
    if not len(known):
        return ()
    bars, low, high = min(MOST_BARS, unique), known.min(), known.max()
    share = (known / 2 - low / 2) / (high / 2 - low / 2) if high > low else np.zeros(len(known))
    counts = np.bincount(np.minimum((share * bars).astype(np.intp), bars - 1), minlength=bars)
    scaled = np.floor(HEIGHT * counts / counts.max() + 0.5).astype(int)
    return tuple(
        -1 if count and not height else int(height) for count, height in zip(counts, scaled, strict=True)
    )


def _undocumented(data: Dataset, variable: Variable, unique: np.ndarray) -> int:
    texts = label_definition(data, variable)
    return sum(value not in texts for value in unique.tolist()) if texts else 0


def _saved(data: Dataset, variable: Variable, x: np.ndarray, known: np.ndarray) -> dict[str, float]:
    counts, unique = _counts(known), np.unique(known)
    scalars = {
        "N": len(x), "N_neg": counts["Negative"][0], "N_0": counts["Zero"][0], "N_pos": counts["Positive"][0],
        "N_negint": counts["Negative"][1], "N_posint": counts["Positive"][1], "N_unique": len(unique),
        "N_undoc": _undocumented(data, variable, unique),
    }  # fmt: skip
    return {name: float(value) for name, value in scalars.items()}
