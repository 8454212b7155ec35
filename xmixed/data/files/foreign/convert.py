"""A dataset of the columns and metadata that pyreadstat reads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xmixed.data.columns import string_type
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.files.delimited.columns import column_of_doubles
from xmixed.data.files.imported import Imported, labelled_variable
from xmixed.data.names import names_of_headings
from xmixed.data.value_labels import LONG_MISSING, code_of
from xmixed.missing import CODES, MISSING

_SPSS_EPOCH_DAYS = 137_775
"""Days from 14 October 1582, where SPSS begins to count seconds, to 1960."""
_SAS_DAYS = (
    "DATE",
    "YYMMDD",
    "DDMMYY",
    "MMDDYY",
    "MONYY",
    "WORDDAT",
    "WEEKDAT",
    "JULIAN",
    "E8601DA",
    "B8601DA",
)
_SAS_TIMES = ("DATETIME", "E8601DT", "B8601DT", "DATEAMPM")
_SPSS_DAYS = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "QYR", "MOYR", "WKYR")
_SPSS_TIMES = ("DATETIME", "YMDHMS")


@dataclass(slots=True)
class _Found:
    """What comes of the columns one after another."""

    notes: list[str] = field(default_factory=list)
    tables: dict[str, dict[int, str]] = field(default_factory=dict)
    variables: list[Variable] = field(default_factory=list)


def dataset_of(columns: Mapping[str, Sequence[Any]], metadata: Any, kind: str, case: str) -> Imported:
    """Return the dataset of a file of SAS or SPSS.

    Special missing values of SAS are `.a` ... `.z`; values that SPSS users declared missing become `.a`, `.b`
    ... in ascending order, which is said. Dates get %td, %tc formats.
    """
    found = _Found()
    heads = list(metadata.column_names)
    names = names_of_headings(heads, lambda place: f"v{place + 1}", case)
    labels = metadata.column_names_to_labels or {}
    for name, head in zip(names, heads, strict=True):
        variable = _variable(name, head, columns[head], metadata, kind, found)
        label = (labels.get(head) or "").strip() or ("" if name == head else head)
        shown = labelled_variable(name, variable.type, variable.values, label, found.notes)
        found.variables.append(replace(shown, format=variable.format, value_label=variable.value_label))
    n_obs = len(found.variables[0].values) if found.variables else 0
    label = (metadata.file_label or "").strip()[:80]
    data = Dataset(tuple(found.variables), n_obs, label, value_labels=found.tables, changed=True)
    return Imported(data, tuple(found.notes))


def _variable(
    name: str, head: str, cells: Sequence[Any], metadata: Any, kind: str, found: _Found
) -> Variable:
    if metadata.readstat_variable_types.get(head) == "string":
        texts = np.empty(len(cells), dtype=object)
        texts[:] = [cell.rstrip(" ") if isinstance(cell, str) else "" for cell in cells]
        if metadata.variable_value_labels.get(head):
            found.notes.append(f"(note: {name}: value labels of strings cannot be held)")
        stored = string_type(texts)
        return Variable(name, stored, texts, default_format(stored))
    declared = _declared_missing(metadata, head, cells) if kind == "sav" else {}
    if declared:
        said = " ".join(f"{value:g} is .{chr(ord('a') + place)}" for place, value in enumerate(declared))
        found.notes.append(f"(note: {name}: declared missing: {said})")
    values = np.array([_double(cell, declared) for cell in cells], dtype=np.float64)
    if kind == "xport" and np.any(values == MISSING):
        found.notes.append(f"(note: {name}: .A to .Z are read as .)")
    shape = (metadata.original_variable_types or {}).get(head) or ""
    values, shown = _moments(values, shape.upper(), kind)
    column = column_of_doubles(values, "double")
    found.notes += [f"(note: {name}: {text})" for text in column.notes]
    table = _table(name, metadata.variable_value_labels.get(head) or {}, declared, found)
    return Variable(name, column.type, column.values, shown or default_format(column.type), value_label=table)


def _double(cell: Any, declared: Mapping[float, float]) -> float:
    """Return a cell as a double; letters are the special missing values of SAS."""
    if cell is None:
        return MISSING
    if isinstance(cell, str):
        place = ord(cell[:1].lower() or "_") - ord("a") + 1
        return CODES[place] if len(cell) == 1 and 1 <= place <= 26 else MISSING
    value = float(cell)
    if math.isnan(value) or abs(value) >= MISSING:
        return MISSING
    return declared.get(value, value)


def _declared_missing(metadata: Any, head: str, cells: Sequence[Any]) -> dict[float, float]:
    """Return the values that are declared missing and occur or are labelled, with their codes."""
    ranges = (metadata.missing_ranges or {}).get(head) or []
    labelled = metadata.variable_value_labels.get(head) or {}
    present = {float(cell) for cell in cells if isinstance(cell, (int, float)) and not math.isnan(cell)}
    present |= {float(value) for value in labelled if isinstance(value, (int, float))}
    missing = sorted(value for value in present if any(part["lo"] <= value <= part["hi"] for part in ranges))
    return {value: CODES[min(place, 26)] for place, value in enumerate(missing, start=1)}


def _moments(values: np.ndarray, shape: str, kind: str) -> tuple[np.ndarray, str]:
    """Return dates and times in Stata's units with their format; other values as they are, with ""."""
    if kind in ("sav", "por"):
        if shape.startswith(_SPSS_TIMES):
            return _changed(values, 1000.0, -_SPSS_EPOCH_DAYS * 86400.0), "%tc"
        if shape.startswith(_SPSS_DAYS):
            return np.floor(_changed(values, 1.0, -_SPSS_EPOCH_DAYS * 86400.0, 86400.0)), "%td"
        clock = shape.startswith(("TIME", "DTIME", "MTIME"))
    elif shape.startswith(_SAS_TIMES):
        return _changed(values, 1000.0), "%tc"
    elif shape.startswith(_SAS_DAYS):
        return values, "%td"
    else:
        clock = shape.startswith(("TIME", "HHMM", "E8601TM", "TOD"))
    return (_changed(values, 1000.0), "%tcHH:MM:SS") if clock else (values, "")


def _changed(values: np.ndarray, factor: float, shift: float = 0.0, divisor: float = 1.0) -> np.ndarray:
    """Return (values + shift) * factor / divisor, missing ones as they are."""
    present = values < MISSING
    out = values.copy()
    out[present] = (values[present] + shift) * factor / divisor
    return out


def _table(name: str, labels: Mapping[Any, str], declared: Mapping[float, float], found: _Found) -> str:
    """Keep the value labels of a variable; return their name, "" when it has none."""
    table: dict[int, str] = {}
    lost = 0
    for value, text in labels.items():
        code = code_of(_double(value, declared))
        if code is None or code == LONG_MISSING:
            lost += 1
        else:
            table[code] = text
    if lost:
        found.notes.append(
            f"(note: {name}: {lost} value {'label' if lost == 1 else 'labels'} of no whole number left out)"
        )
    if not table:
        return ""
    table = dict(sorted(table.items()))
    for other, texts in found.tables.items():
        if texts == table:
            return other
    found.tables[name] = table
    return name
