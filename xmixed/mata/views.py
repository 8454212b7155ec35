"""Mata and the data: which variables and observations are meant, columns that are written to, views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.data.columns import stored
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.varlist import abbreviation_of
from xmixed.mata.errors import MataError
from xmixed.mata.values import Value, Viewed, is_string, real, texts
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState


def variables_meant(value: Value, data: Dataset) -> list[str]:
    """Return the names of variables that an argument means: names, lists of names, positions, `.` for all.

    Raises
    ------
    MataError
        r(3500) for a name that is none; r(3300) for a position that is none.
    """
    if is_string(value):
        words = [word for item in texts(value) for word in item.split()]
        return [_variable_of(word, data) for word in words]
    if type(value) is float and value >= MISSING:
        return data.names
    names = data.names
    found = []
    for position in real(value).ravel():
        if not 1 <= position < len(names) + 1:
            raise MataError(3300)
        found.append(names[int(position) - 1])
    return found


def _variable_of(word: str, data: Dataset) -> str:
    try:
        found = abbreviation_of(word, data)
    except StataError as error:
        raise MataError(3500) from error
    if found is None:
        raise MataError(3500, hint=f"(variable {word} not found)")
    return found


def observations_meant(value: Value, data: Dataset) -> np.ndarray | None:
    """Return the observations that an argument means, counted from 0; None for all.

    A number, a vector of them, or a matrix of two columns: first and last of each range.

    Raises
    ------
    MataError
        r(3300) for an observation that is not there.
    """
    if type(value) is float:
        if value >= MISSING:
            return None
        return _within(np.array([value]), data)
    found = real(value)
    if found.shape[1] != 2 or found.shape[0] == 0:
        if 1 not in found.shape and found.size:
            raise MataError(3200)
        return _within(found.ravel(), data)
    parts = []
    for first, last in found.tolist():
        begin = 1.0 if first >= MISSING else first
        end = float(data.n_obs) if last >= MISSING else last
        parts.append(_within(np.arange(begin, end + 1), data))
    return np.concatenate(parts)


def _within(wanted: np.ndarray, data: Dataset) -> np.ndarray:
    if not np.all((wanted >= 1) & (wanted < data.n_obs + 1)):
        raise MataError(3300)
    return wanted.astype(np.intp) - 1


def selected(rows: np.ndarray | None, chosen: Value, names: list[str], data: Dataset) -> np.ndarray | None:
    """Return the observations where a variable is neither 0 nor missing; for 0 those without missings."""
    if type(chosen) is float and chosen >= MISSING or isinstance(chosen, str) and not chosen:
        return rows
    if type(chosen) is float and chosen == 0:
        kept = np.ones(data.n_obs, dtype=bool)
        for name in names:
            kept &= data[name].known()
    else:
        found = variables_meant(chosen, data)
        if len(found) != 1:
            raise MataError(3200)
        name = found[0]
        values = data[name].to_double()
        kept = (values != 0) & ~is_missing(values)
    return np.flatnonzero(kept) if rows is None else rows[kept[rows]]


def read_columns(data: Dataset, names: list[str], rows: np.ndarray | None, text: bool) -> np.ndarray:
    """Return variables as a matrix, of doubles or of strings; a variable of the other kind is missing."""
    height = data.n_obs if rows is None else len(rows)
    out = np.empty((height, len(names)), dtype=object if text else np.float64)
    for place, name in enumerate(names):
        variable = data[name]
        if variable.is_string != text:
            out[:, place] = "" if text else MISSING
            continue
        values = variable.values if text else variable.to_double()
        out[:, place] = values if rows is None else values[rows]
    return out


class Writer:
    """Writes to columns of the data in memory; a column that was copied to be written to is written to again.

    Code in between that may keep the data says `forget`.
    """

    def __init__(self, session: SessionState) -> None:
        self._session = session
        self._own: dict[str, np.ndarray] = {}
        self._changes: dict[str, int] = {}

    def version(self, name: str) -> int:
        """Return how often a variable was written to."""
        return self._changes.get(name, 0)

    def forget(self) -> None:
        """Copy columns before the next change: somebody else may have them."""
        self._own.clear()

    def write(self, name: str, rows: np.ndarray | None, values: np.ndarray) -> None:
        """Put values into observations of a variable, as its storage type holds them.

        Raises
        ------
        MataError
            r(3250) for numbers in a string variable or the reverse.
        """
        data = self._session.data
        variable = data[name]
        if variable.is_string != (values.dtype == object):
            raise MataError(3250)
        new = stored(values, variable.type)
        self._changes[name] = self.version(name) + 1
        column = variable.values
        if self._own.get(name) is not column:
            column = column.copy()
            self._own[name] = column
        else:
            column.setflags(write=True)
        if rows is None:
            column[:] = new
        else:
            column[rows] = new
        if column is variable.values:
            column.setflags(write=False)
        else:
            self._session.data = data.with_variables(replace(variable, values=column))


class View(Viewed):
    """A matrix that is part of the data: what is put into it is in the data.

    Attributes
    ----------
    names : list of str
    rows : ndarray of int or None
        Observations counted from 0; None for all.
    """

    def __init__(
        self, session: SessionState, writer: Writer, names: list[str], rows: np.ndarray | None, text: bool
    ) -> None:
        self.names, self.rows = names, rows
        self._session, self._writer, self.text = session, writer, text
        self._seen: list[tuple[np.ndarray, int]] = []
        self._read: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Number of observations and variables."""
        return self._session.data.n_obs if self.rows is None else len(self.rows), len(self.names)

    def array(self) -> np.ndarray:
        """Return the elements as they are in the data; r(3500) when variables are gone."""
        data = self._session.data
        gone = [name for name in self.names if name not in data]
        if gone or self.rows is not None and len(self.rows) and self.rows.max() >= data.n_obs:
            raise MataError(3500, "view no longer valid")
        current = self._read
        if current is None or not self._is_current(current.shape[0]):
            current = read_columns(data, self.names, self.rows, self.text)
            current.setflags(write=False)
            self._seen, self._read = self._state(), current
        return current

    def _state(self) -> list[tuple[np.ndarray, int]]:
        """Return the columns, and how often each was written to."""
        data, version = self._session.data, self._writer.version
        return [(data[name].values, version(name)) for name in self.names]

    def _is_current(self, height: int) -> bool:
        """Return whether what was read is what is in the data."""
        same = zip(self._state(), self._seen, strict=True)
        return height == self.shape[0] and all(a is b and m == n for (a, m), (b, n) in same)

    def assign(self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray) -> None:
        """Put values into the data, as the storage types hold them."""
        read = self.array()
        target = rows if self.rows is None else self.rows[rows]
        for place, column in enumerate(columns.tolist()):
            self._writer.write(self.names[column], target, values[:, place])
        read.setflags(write=True)
        read[np.ix_(rows, columns)] = read_columns(
            self._session.data, [self.names[column] for column in columns], target, self.text
        )
        read.setflags(write=False)
        if len(set(self.names)) == len(self.names):
            self._seen = self._state()

    def part(self, rows: np.ndarray | slice, columns: np.ndarray | slice) -> View:
        """Return a view onto part of it."""
        names = np.array(self.names, dtype=object)[columns].tolist()
        here = np.arange(self.array().shape[0]) if self.rows is None else self.rows
        return View(self._session, self._writer, names, here[rows], self.text)
