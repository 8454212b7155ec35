"""What variables the columns of a source are: the same types and formats as if they had been read.

Storage types follow from ranges: Parquet files state them in their footers; other sources are asked once.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xmixed.data.columns import STRING_LENGTH, string_type_of
from xmixed.data.dataset import LIMITS, Dataset, Variable, default_format
from xmixed.data.files.imported import LABEL_LENGTH, Imported
from xmixed.data.names import names_of_headings
from xmixed.data.reference.leaves import floor, number_of_column
from xmixed.data.reference.model import Reference, Source, absent
from xmixed.errors import StataError

_KEY = b"xmixed"
_ORDER = ("byte", "int", "long", "double")
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Facts:
    """The range of a column of numbers, whether all are whole, and the length of its longest string."""

    low: float | None = None
    high: float | None = None
    whole: bool = True
    longest: int = 0


@dataclass(slots=True)
class Footers:
    """What the footers of Parquet files say: rows, ranges of columns by name, and our own description."""

    n_obs: int = 0
    ranges: dict[str, Facts] = field(default_factory=dict)
    said: bytes | None = None


def footers_of(files: list[Path], name: str) -> Footers:
    """Read the footers of Parquet files.

    Raises
    ------
    StataError
        r(603) one of them is no Parquet file; r(111) it lacks a column of the first; r(109) a column has
        another type there.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = Footers()
    unknown: set[str] = set()
    first: dict[str, str] | None = None
    for path in files:
        try:
            metadata = pq.read_metadata(path)
        except (pa.ArrowException, OSError, ValueError) as error:
            hint = f"{path} is no Parquet file: {type(error).__name__}"
            raise StataError(603, f"file {name} could not be loaded", hint=hint) from None
        columns = {column.path: column.physical_type for column in metadata.schema}
        first = columns if first is None else first
        _check_columns(first, columns, path)
        found.n_obs += metadata.num_rows
        for group in range(metadata.num_row_groups):
            _add_ranges(found.ranges, unknown, metadata.row_group(group))
        if len(files) == 1:
            found.said = (metadata.metadata or {}).get(_KEY)
    for column in unknown:
        found.ranges.pop(column, None)
    return found


def _check_columns(first: dict[str, str], columns: dict[str, str], path: Path) -> None:
    for column, kind in first.items():
        if column not in columns:
            raise StataError(111, f"{column} not found", hint=f"the first file has it, {path} has not")
        if columns[column] != kind:
            hint = f"{column} is {columns[column]} in {path}, {kind} in the first file"
            raise StataError(109, "type mismatch", hint=hint)


def _add_ranges(ranges: dict[str, Facts], unknown: set[str], group: Any) -> None:
    for place in range(group.num_columns):
        column = group.column(place)
        known = column.statistics
        if known is None or not known.has_min_max:
            if known is None or known.null_count != group.num_rows:
                unknown.add(column.path_in_schema)
            continue
        low, high = _whole(known.min), _whole(known.max)
        if low is None or high is None:
            unknown.add(column.path_in_schema)
            continue
        before = ranges.get(column.path_in_schema, Facts(low, high))
        ranges[column.path_in_schema] = Facts(
            low if before.low is None else min(low, before.low),
            high if before.high is None else max(high, before.high),
        )


def _whole(value: Any) -> int | None:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return (value - datetime.date(1960, 1, 1)).days
    return None


def described(table: Any, source: Source, footers: Footers | None) -> Imported:
    """Return a table as data by reference, and what the user is to know of it."""
    names = names_of_headings(list(table.columns), lambda place: f"v{place + 1}")
    notes: list[str] = []
    pairs: list[tuple[str, str]] = []
    for name, heading in zip(names, table.columns, strict=True):
        if _is_held(table[heading].type()):
            pairs.append((name, heading))
        else:
            kind = table[heading].type()
            notes.append(f"(note: {name} left out: values of type {kind} cannot be held by reference)")
    known = {} if footers is None else footers.ranges
    said = _said(footers, notes)
    columns = {heading: table[heading] for _, heading in pairs}
    asked = {h: c for h, c in columns.items() if _is_asked(c.type(), h in known, said, h)}
    n_obs, facts = _ask(table, source, asked, footers)
    source.rows = n_obs
    variables = tuple(
        _variable(name, heading, columns[heading], {**known, **facts}.get(heading, Facts()), notes)
        for name, heading in pairs
    )
    data = Dataset(
        tuple(_as_said(variable, said, notes) for variable in variables),
        n_obs if variables else 0,
        source=source.name,
        reference=Reference(table, source),
    )
    return Imported(_labelled(data, said), tuple(notes))


def _is_held(kind: Any) -> bool:
    return kind.is_numeric() or kind.is_boolean() or kind.is_string() or kind.is_date() or kind.is_timestamp()


def _is_asked(kind: Any, known: bool, said: dict[str, Any], heading: str) -> bool:
    """Return whether the source must be asked for the range of a column."""
    if kind.is_string():
        return not str(said.get("variables", {}).get(heading, {}).get("type", "")).startswith("str")
    if kind.is_decimal():
        return True
    return (kind.is_integer() or kind.is_date()) and not known


def _ask(
    table: Any, source: Source, columns: dict[str, Any], footers: Footers | None
) -> tuple[int, dict[str, Facts]]:
    """Return the number of rows and what columns hold, by one query at most."""
    if footers is not None and not columns:
        return footers.n_obs, {}
    wanted: dict[str, Any] = {"n": table.count()}
    for place, column in enumerate(columns.values()):
        if column.type().is_string():
            wanted[f"longest_{place}"] = column.length().max()
            continue
        number = number_of_column(column, "double")
        wanted[f"low_{place}"], wanted[f"high_{place}"] = number.min(), number.max()
        if column.type().is_decimal():
            wanted[f"fractions_{place}"] = (number != floor(number)).cast("int64").max()
    row = source.run(table.aggregate(**wanted)).to_pylist()[0]
    facts = {
        heading: Facts(
            row.get(f"low_{place}"),
            row.get(f"high_{place}"),
            not row.get(f"fractions_{place}"),
            row.get(f"longest_{place}") or 0,
        )
        for place, heading in enumerate(columns)
    }
    return int(row["n"]), facts


def _variable(name: str, heading: str, column: Any, facts: Facts, notes: list[str]) -> Variable:
    kind = column.type()
    storage_type, shown = _type_of(name, kind, facts, notes), ""
    if kind.is_date():
        shown = "%td"
    elif kind.is_timestamp():
        shown = "%tc"
        if kind.timezone:
            notes.append(f"(note: {name}: times are UTC, the time zone {kind.timezone} is left out)")
    label = "" if heading == name else heading
    if len(label) > LABEL_LENGTH:
        notes.append(f"(note: {name}: label cut to {LABEL_LENGTH} characters)")
    return Variable(
        name,
        storage_type,
        absent(heading),
        shown or default_format(storage_type),
        label[:LABEL_LENGTH],
    )


def _type_of(name: str, kind: Any, facts: Facts, notes: list[str]) -> str:
    if kind.is_string():
        return string_type_of(facts.longest)
    if kind.is_boolean():
        return "byte"
    if kind.is_floating():
        return "double" if kind.is_float64() else "float"
    if kind.is_timestamp():
        return "double"
    if kind.is_decimal():
        notes.append(f"(note: {name}: decimals keep 15 to 16 digits)")
        if not facts.whole:
            return "double"
    low, high = facts.low or 0, facts.high or 0
    if kind.is_integer() and max(-low, high) >= _EXACT:
        notes.append(f"(note: {name}: whole numbers beyond 2^53 keep 15 to 16 digits)")
    return narrowest(low, high)


def narrowest(low: float, high: float) -> str:
    """Return the narrowest type of whole numbers that holds a range."""
    for storage_type, (least, most) in LIMITS.items():
        if least <= low and high <= most:
            return storage_type
    return "double"


def _said(footers: Footers | None, notes: list[str]) -> dict[str, Any]:
    """Return what `export parquet` has said of the data in a file."""
    if footers is None or footers.said is None:
        return {}
    try:
        said = json.loads(footers.said)
        return {
            "label": str(said["label"]),
            "variables": dict(said["variables"]),
            "value_labels": {
                str(name): {int(code): str(text) for code, text in texts}
                for name, texts in said["value_labels"].items()
            },
            "characteristics": {
                str(owner): {str(key): str(text) for key, text in texts.items()}
                for owner, texts in said["characteristics"].items()
            },
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        notes.append("(note: what the file says of labels and formats cannot be read)")
        return {}


def _as_said(variable: Variable, said: dict[str, Any], notes: list[str]) -> Variable:
    """Return a variable with the type, format and labels that were said of it, where they fit."""
    from xmixed.data.files.dta.text import is_fitting_format

    told = said.get("variables", {}).get(variable.name)
    if told is None:
        return variable
    kind = variable.type
    if variable.is_string:
        kind = told["type"] if _is_string_type(told["type"]) else kind
    elif _holds(told["type"], kind):
        kind = told["type"]
    if told.get("missing"):
        notes.append(f"(note: {variable.name}: extended missing values are . by reference)")
    shown = told["format"] if is_fitting_format(told["format"], variable.is_string) else variable.format
    return Variable(
        variable.name, kind, variable.values, shown, told["label"][:LABEL_LENGTH], told["value_label"][:32]
    )


def _is_string_type(text: str) -> bool:
    return text == "strL" or text[:3] == "str" and text[3:].isdigit() and 1 <= int(text[3:]) <= STRING_LENGTH


def _holds(said: str, found: str) -> bool:
    """Return whether a type can hold what another one is the narrowest for."""
    if said == "float":
        return found in ("byte", "int", "float")
    if found == "float":
        return said == "double"
    return said in _ORDER and _ORDER.index(said) >= _ORDER.index(found)


def _labelled(data: Dataset, said: dict[str, Any]) -> Dataset:
    if not said:
        return data
    return replace(
        data,
        label=said["label"][:LABEL_LENGTH],
        value_labels=said["value_labels"],
        characteristics=_of_those(said["characteristics"], (*data.names, "_dta")),
    )


def _of_those(texts: dict[str, dict[str, str]], owners: Iterable[str]) -> dict[str, dict[str, str]]:
    return {owner: texts[owner] for owner in owners if owner in texts}
