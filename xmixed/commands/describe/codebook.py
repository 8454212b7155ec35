"""codebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.columns import bytes_of_observation
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.notes import notes_of
from xmixed.data.operations.codebook_problems import PROBLEMS, missing_together, problems_of
from xmixed.data.reference.model import needs_rows
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
    render_codebook_header,
    render_compact,
    render_entry,
)
from xmixed.render.layouts.describe.problems import render_problems
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
            OptionSpec("all", "a", help="with a header and notes"),
            OptionSpec("header", "h", help="first what is known of the data as a whole"),
            OptionSpec("notes", "n", help="with the notes of variables"),
            OptionSpec("mv", "m", help="which other variables are missing in the same observations"),
            OptionSpec("problems", "p", help="only what may be wrong"),
            OptionSpec("detail", "d", help="with problems: the variables' blocks too"),
            OptionSpec("dots", "dots", help="a dot for every variable"),
        ),
        exclusive=(("compact", "problems"),),
    ),
    synopsis="codebook [varlist] [if] [in] [, compact tabulate(#) all header notes mv problems detail dots]",
    needs=("data",),
    by_reference=True,
)
def codebook(session: SessionState, node: Command) -> None:
    data, linesize = session.data, session.settings.linesize
    limit = node.option("tabulate", TABULATED)
    if limit < 0:
        raise StataError(198, "option tabulate() incorrectly specified")
    chosen = variables_of(data, node)
    if node.option("dots"):
        session.out.write("." * len(chosen))
    if node.option("compact"):
        pairs = zip(chosen, _occurring(session, node, chosen), strict=True)
        session.out.write(*render_compact([_compact(variable, found) for variable, found in pairs], linesize))
    elif not node.option("problems"):
        _blocks(session, node, chosen, limit)
    else:
        if node.option("detail"):
            _blocks(session, node, chosen, limit)
        _problems(session, node, chosen)
        return
    session.r = Results()


def _blocks(session: SessionState, node: Command, chosen: list[Variable], limit: int) -> None:
    data, everything = session.data, bool(node.option("all"))
    if everything or node.option("header"):
        size = data.n_obs * bytes_of_observation(data)
        about = (data.source, data.timestamp, data.label)
        session.out.write(*render_codebook_header(*about, len(data.variables), data.n_obs, size))
    missing = _missing(session, node) if node.option("mv") else {}
    for variable, found in zip(chosen, _occurring(session, node, chosen), strict=True):
        entry = _entry(data, variable, found, limit)
        if missing:
            entry = replace(entry, together=tuple(missing_together(missing, variable.name)))
        if everything or node.option("notes"):
            entry = replace(entry, notes=tuple(notes_of(data, variable.name).items()))
        session.out.write(*render_entry(entry, session.settings.linesize))


def _missing(session: SessionState, node: Command) -> dict[str, np.ndarray]:
    """Return where each variable is missing among the rows of the command."""
    if session.data.reference is not None:
        raise needs_rows("codebook, mv is", node.options["mv"].span)
    rows = selected_rows(session, node)
    return {variable.name: ~variable.known()[rows] for variable in session.data}


def _problems(session: SessionState, node: Command, chosen: list[Variable]) -> None:
    found: dict[str, list[str]] = {}
    for variable, occurring in zip(chosen, _occurring(session, node, chosen), strict=True):
        for problem in problems_of(session.data, variable, occurring.values):
            found.setdefault(problem, []).append(variable.name)
    shown = [(text, found[name]) for name, text in PROBLEMS.items() if name in found]
    session.out.write(*render_problems(session.data.source, "variables", shown, session.settings.linesize))
    session.r = Results(macros={name: " ".join(found[name]) for name in PROBLEMS if name in found})


class _Occurring(NamedTuple):
    """The different values of a variable, doubles or strings in order, and how often each occurs."""

    values: np.ndarray
    counts: np.ndarray

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    def where(self, chosen: np.ndarray) -> _Occurring:
        """Return some of the values."""
        return _Occurring(self.values[chosen], self.counts[chosen])

    def at_equal_distances(self) -> list[Any]:
        """Return values at equal distances in all of them in order; none when there are none."""
        if not self.n:
            return []
        cumulated = np.cumsum(self.counts)
        places = [self.n * (i + 1) // (EXAMPLES + 1) for i in range(EXAMPLES)]
        return [self.values[np.searchsorted(cumulated, place, side="right")] for place in places]


def _occurring(session: SessionState, node: Command, chosen: list[Variable]) -> Iterator[_Occurring]:
    """Give the values of each variable in turn."""
    if session.data.reference is not None:
        from xmixed.commands.referenced import combinations_of

        for variable in chosen:
            with combinations_of(session, node, [variable.name]) as found:
                values = _values(session.data[variable.name], slice(None), found.counts)
            yield values
        return
    rows = selected_rows(session, node)
    for variable in chosen:
        yield _values(variable, rows, None)


def _values(variable: Variable, rows: np.ndarray | slice, counts: np.ndarray | None) -> _Occurring:
    if variable.is_string:
        texts = variable.values[rows].tolist()
        values = np.array([t.decode("latin-1") if isinstance(t, bytes) else t for t in texts], dtype=object)
    else:
        values = variable.to_double()[rows]
    different, place = np.unique(values, return_inverse=True)
    return _Occurring(different, np.bincount(place, counts, len(different)).astype(np.int64))


def _entry(data: Dataset, variable: Variable, found: _Occurring, limit: int) -> CodebookEntry:
    if variable.is_string:
        return _string_entry(variable, found, limit)
    return _numeric_entry(data, variable, found, limit)


def _numeric_entry(data: Dataset, variable: Variable, found: _Occurring, limit: int) -> CodebookEntry:
    gone = is_missing(found.values)
    known = found.where(~gone)
    extended = found.where(gone & (found.values != MISSING))
    statistics = moments(known.values, known.counts, "fweight", False)
    texts = value_label_texts(data, variable)
    tabulated = found if len(known.values) <= limit else found.where(gone & ~gone)
    labels = {value: _label(value, texts) for value in known.values.tolist()} if texts else {}
    unlabeled = sum(
        count for value, count in zip(*map(np.ndarray.tolist, known), strict=True) if labels.get(value) == ""
    )
    return CodebookEntry(
        name=variable.name,
        label=variable.label,
        type=variable.type,
        n_obs=found.n,
        unique=len(known.values),
        missing=found.n - known.n - extended.n,
        extended=extended.n,
        n_extended=len(extended.values),
        value_label=variable.value_label,
        value_label_defined=not variable.value_label or variable.value_label in data.value_labels,
        unlabeled=unlabeled,
        range=_range(statistics, variable.format),
        units=_units(known.values, variable.type),
        mean=statistics.mean,
        sd=statistics.sd,
        percentiles=_percentiles(known),
        tabulation=tuple(
            Tabulated(int(count), format_value(value, variable.format).strip(), _label(value, texts))
            for value, count in zip(*tabulated, strict=True)
        ),
        examples=_labelled_examples(found, variable, texts) if texts and not len(tabulated.values) else (),
    )


def _labelled_examples(found: _Occurring, variable: Variable, texts: dict[int, str]) -> tuple[str, ...]:
    """Return values at equal distances in the sorted ones, each with its label."""
    return tuple(
        format_value(value, variable.format).strip().ljust(EXAMPLE_WIDTH) + _label(value, texts)
        for value in map(float, found.at_equal_distances())
    )


def _percentiles(known: _Occurring) -> tuple[str, ...]:
    """Return the percentiles of numbers as text; () when there are none."""
    if not known.n:
        return ()
    weights = known.counts.astype(np.float64)
    return tuple(format_value(percentile(known.values, weights, p), STATISTIC) for p in PERCENTILES)


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


def _string_entry(variable: Variable, found: _Occurring, limit: int) -> CodebookEntry:
    filled = found.where(np.asarray(found.values != "", dtype=bool))
    texts = filled.values.tolist()
    tabulated = len(texts) <= limit
    return CodebookEntry(
        name=variable.name,
        label=variable.label,
        type=variable.type,
        n_obs=found.n,
        unique=len(texts),
        missing=found.n - filled.n,
        longest=max(map(len, texts), default=0),
        tabulation=tuple(Tabulated(int(count), f'"{text}"') for text, count in zip(*found, strict=True))
        if tabulated
        else (),
        examples=() if tabulated else tuple(filled.at_equal_distances()),
        warnings=_warnings(texts),
    )


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


def _compact(variable: Variable, found: _Occurring) -> CompactRow:
    if variable.is_string:
        filled = found.where(np.asarray(found.values != "", dtype=bool))
        return CompactRow(
            variable.name, (str(filled.n), str(len(filled.values)), ".", ".", "."), variable.label
        )
    known = found.where(~is_missing(found.values))
    statistics = moments(known.values, known.counts, "fweight", False)
    shown = (statistics.mean, statistics.minimum, statistics.maximum)
    mean, low, high = (format_value(value, "%9.0g").strip() for value in shown)
    return CompactRow(variable.name, (str(known.n), str(len(known.values)), mean, low, high), variable.label)
