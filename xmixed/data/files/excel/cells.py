"""Columns of cells as variables: numbers, dates or text."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from xmixed.data.columns import string_type
from xmixed.data.dataset import default_format, from_double
from xmixed.data.files.delimited.columns import column_of_doubles
from xmixed.data.operations.recode import narrowest_type
from xmixed.formats import format_value
from xmixed.missing import MISSING, NAMES, missing_code

DAY_FORMAT, TIME_FORMAT, CLOCK_FORMAT = "%tdnn/dd/CCYY", "%tcnn/dd/CCYY_HH:MM:SS", "%tcHH:MM:SS"

_EPOCH = datetime.datetime(1960, 1, 1)


class Column(NamedTuple):
    """A column in its storage type and display format, and what the user is to know of it."""

    type: str
    values: np.ndarray
    format: str
    notes: tuple[str, ...] = ()


def is_error(value: Any) -> bool:
    """Return whether a cell holds an error of a formula: `#N/A`, `#DIV/0!`."""
    return isinstance(value, str) and value in _ERRORS


def shows_time(number_format: str, value: datetime.datetime) -> bool:
    """Return whether a cell of this number format shows the time of the day."""
    return value.time() != datetime.time() or "h" in number_format.lower()


_ERRORS = {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"}


def column_of_cells(cells: Sequence[Any], as_text: bool = False) -> Column:
    """Return cells as Python values (None where empty) as a variable.

    Numbers, or dates, if all filled cells are, but for `.`, `.a` ... `.z`; else text. Errors of formulas are
    missing beside numbers.
    """
    errors = sum(map(is_error, cells))
    filled = [cell for cell in cells if cell is not None and cell != "" and not is_error(cell)]
    kinds = {_kind(cell) for cell in filled}
    if "text" in kinds and len(kinds) > 1:  # missing codes stand among numbers as text
        kinds = {_kind(cell) for cell in filled if cell not in NAMES}
    if as_text or "text" in kinds or len(kinds) > 1:
        texts = np.empty(len(cells), dtype=object)
        texts[:] = [cell_text(cell) for cell in cells]
        return Column(kind := string_type(texts), texts, default_format(kind))
    what = "value is" if errors == 1 else "values are"
    notes = (f"{errors} error {what} missing",) if errors else ()
    if kinds in ({"day"}, {"time"}, {"clock"}):
        return _moments(cells, kinds.pop(), notes)
    doubles = np.array([_number(cell) for cell in cells], dtype=np.float64)
    found = column_of_doubles(doubles, "double")
    return Column(found.type, found.values, default_format(found.type), notes + found.notes)


def _kind(cell: Any) -> str:
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, (datetime.time, datetime.timedelta)):
        return "clock"
    if isinstance(cell, datetime.datetime):
        return "time"
    return "day" if isinstance(cell, datetime.date) else "number"


def _number(cell: Any) -> float:
    if cell is None or isinstance(cell, str):
        return missing_code(cell) if cell in NAMES else MISSING
    value = float(cell)
    return value if abs(value) < MISSING else MISSING


def _moments(cells: Sequence[Any], kind: str, notes: tuple[str, ...]) -> Column:
    doubles = np.array([moment(cell) for cell in cells], dtype=np.float64)
    if kind != "day":
        return Column("double", doubles, TIME_FORMAT if kind == "time" else CLOCK_FORMAT, notes)
    stored = narrowest_type(doubles, "long")
    stored = "int" if stored == "byte" else stored
    return Column(stored, from_double(doubles, stored), DAY_FORMAT, notes)


def moment(cell: Any) -> float:
    """Return days since 1960 of a date, milliseconds since then of a time."""
    if isinstance(cell, datetime.datetime):
        return float(round((cell.replace(tzinfo=None) - _EPOCH) / datetime.timedelta(milliseconds=1)))
    if isinstance(cell, datetime.date):
        return float((cell - _EPOCH.date()).days)
    if isinstance(cell, datetime.time):
        cell = datetime.datetime.combine(_EPOCH.date(), cell.replace(tzinfo=None)) - _EPOCH
    if isinstance(cell, datetime.timedelta):
        return float(round(cell / datetime.timedelta(milliseconds=1)))
    return missing_code(cell) if cell in NAMES else MISSING


def cell_text(cell: Any) -> str:
    """Return a cell as text: numbers with the digits that matter, dates in Stata's format."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    kind = _kind(cell)
    if kind in ("day", "time", "clock"):
        shown = {"day": "%td", "time": "%tc", "clock": CLOCK_FORMAT}[kind]
        return format_value(moment(cell), shown).strip()
    return repr(cell).removesuffix(".0") if isinstance(cell, float) else str(cell)
