"""codebook."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.value_labels import labelled, value_label_texts
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.describe.codebook import (
    EXAMPLE_WIDTH,
    STATISTIC,
    CodebookEntry,
    CompactRow,
    Tabulated,
    render_compact,
    render_entry,
)
from xmixed.render.text import printable
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.moments import Moments, moments, percentile

TABULATED, EXAMPLES = 9, 4
"""Variables of at most so many different values are tabulated; so many examples stand for the others."""
PERCENTILES = (10, 25, 50, 75, 90)


@command(
    "codebook",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("compact", "c", help="one line a variable"),
            OptionSpec("tabulate", "t", "integer", help="tabulate up to # different values; default 9"),
            OptionSpec("all", "a", built=False),
            OptionSpec("header", "h", built=False),
            OptionSpec("notes", "n", built=False),
            OptionSpec("mv", "m", built=False),
            OptionSpec("problems", "p", built=False),
            OptionSpec("detail", "d", built=False),
            OptionSpec("dots", "dots", built=False),
        ),
    ),
    synopsis="codebook [varlist] [if] [in] [, compact tabulate(#)]",
    needs=("data",),
)
def codebook(session: SessionState, node: Command) -> None:
    data, linesize = session.data, session.settings.linesize
    limit = node.option("tabulate", TABULATED)
    if limit < 0:
        raise StataError(198, "option tabulate() incorrectly specified")
    chosen = variables_of(data, node)
    rows = selected_rows(session, node)
    if node.option("compact"):
        session.out.write(*render_compact([_compact(variable, rows) for variable in chosen], linesize))
    else:
        for variable in chosen:
            session.out.write(*render_entry(_entry(data, variable, rows, limit), linesize))
    session.r = Results()


def _entry(data: Dataset, variable: Variable, rows: np.ndarray, limit: int) -> CodebookEntry:
    if variable.is_string:
        return _string_entry(variable, rows, limit)
    return _numeric_entry(data, variable, rows, limit)


def _numeric_entry(data: Dataset, variable: Variable, rows: np.ndarray, limit: int) -> CodebookEntry:
    values = variable.to_double()[rows]
    gone = is_missing(values)
    x = np.sort(values[~gone])
    distinct, counts = np.unique(values, return_counts=True)
    unique = int(np.count_nonzero(~is_missing(distinct)))
    extended = gone & (values != MISSING)
    found = moments(x, None, "", False)
    texts = value_label_texts(data, variable)
    tabulated = len(distinct) if unique <= limit else 0
    show = [distinct, counts] if tabulated else [distinct[:0], counts[:0]]
    return CodebookEntry(
        name=variable.name,
        label=variable.label,
        type=variable.type,
        n_obs=len(values),
        unique=unique,
        missing=int(np.count_nonzero(gone & ~extended)),
        extended=int(np.count_nonzero(extended)),
        n_extended=len(np.unique(values[extended])),
        value_label=variable.value_label,
        value_label_defined=not variable.value_label or variable.value_label in data.value_labels,
        unlabeled=sum(_label(value, texts) == "" for value in x.tolist()) if texts else 0,
        range=_range(found, variable.format),
        units=_units(x, variable.type),
        mean=found.mean,
        sd=found.sd,
        percentiles=_percentiles(x),
        tabulation=tuple(
            Tabulated(int(count), format_value(value, variable.format).strip(), _label(value, texts))
            for value, count in zip(*show, strict=True)
        ),
        examples=_labelled_examples(np.sort(values), variable, texts) if texts and not tabulated else (),
    )


def _labelled_examples(values: np.ndarray, variable: Variable, texts: dict[int, str]) -> tuple[str, ...]:
    """Return values at equal distances in the sorted ones, each with its label."""
    n = len(values)
    shown = [float(values[n * (i + 1) // (EXAMPLES + 1)]) for i in range(EXAMPLES)] if n else []
    return tuple(
        format_value(value, variable.format).strip().ljust(EXAMPLE_WIDTH) + _label(value, texts)
        for value in shown
    )


def _percentiles(x: np.ndarray) -> tuple[str, ...]:
    """Return the percentiles of ascending numbers as text; () when there are none."""
    if not len(x):
        return ()
    return tuple(format_value(percentile(x, None, p), STATISTIC) for p in PERCENTILES)


def _label(value: float, texts: dict[int, str]) -> str:
    shown = printable(labelled([value], texts, "%18.0g")[0])
    return "" if shown == format_value(value, "%18.0g").strip() else shown


def _range(found: Moments, fmt: str) -> str:
    if not found.n:
        return "[.,.]"
    return f"[{format_value(found.minimum, fmt).strip()},{format_value(found.maximum, fmt).strip()}]"


def _units(x: np.ndarray, storage_type: str) -> str:
    """Return the largest power of ten, 1e9 to 1e-7, of which every value, as stored, is a multiple."""
    if not len(x):
        return "."
    precision = np.float32 if storage_type == "float" else np.float64
    for power in range(9, -8, -1):
        unit = 10.0 ** abs(power)
        nearest = np.rint(x / unit) * unit if power >= 0 else np.rint(x * unit) / unit
        if np.array_equal(nearest.astype(precision), x.astype(precision)):
            return format_value(10.0**power, "%9.0g").strip()
    return "1.000e-08"


def _string_entry(variable: Variable, rows: np.ndarray, limit: int) -> CodebookEntry:
    texts = [t.decode("latin-1") if isinstance(t, bytes) else t for t in variable.values[rows].tolist()]
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    filled = sorted(text for text in counts if text)
    tabulated = len(filled) <= limit
    return CodebookEntry(
        name=variable.name,
        label=variable.label,
        type=variable.type,
        n_obs=len(texts),
        unique=len(filled),
        missing=counts.get("", 0),
        longest=max(map(len, texts), default=0),
        tabulation=tuple(Tabulated(counts[t], f'"{t}"') for t in sorted(counts)) if tabulated else (),
        examples=() if tabulated else _examples(sorted(t for t in texts if t)),
        warnings=_warnings(filled),
    )


def _examples(texts: list[str]) -> tuple[str, ...]:
    """Return values at equal distances in the sorted ones."""
    return tuple(texts[len(texts) * (i + 1) // (EXAMPLES + 1)] for i in range(EXAMPLES))


def _warnings(filled: list[str]) -> tuple[str, ...]:
    kinds = (
        ("leading", lambda text: text.startswith(" ")),
        ("embedded", lambda text: " " in text.strip()),
        ("trailing", lambda text: text.endswith(" ")),
    )
    found = [kind for kind, has in kinds if any(has(text) for text in filled)]
    if not found:
        return ()
    words = found[0] if len(found) == 1 else ", ".join(found[:-1]) + " and " + found[-1]
    return (f"variable has {words} blanks",)


def _compact(variable: Variable, rows: np.ndarray) -> CompactRow:
    if variable.is_string:
        texts = [text for text in variable.values[rows].tolist() if text]
        return CompactRow(
            variable.name, (str(len(texts)), str(len(set(texts))), ".", ".", "."), variable.label
        )
    values = variable.to_double()[rows]
    x = values[~is_missing(values)]
    found = moments(x, None, "", False)
    mean, low, high = (format_value(v, "%9.0g").strip() for v in (found.mean, found.minimum, found.maximum))
    return CompactRow(variable.name, (str(len(x)), str(len(np.unique(x))), mean, low, high), variable.label)
