"""A dataset from a delimited text file."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, zip_longest

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files.content import Content, FileOnDisk
from xmixed.data.files.delimited.columns import Column, column_of_texts, string_column, texts_of
from xmixed.data.files.delimited.encoding import is_utf8, plain_text
from xmixed.data.files.delimited.options import EVERY, Reading, Separators
from xmixed.data.files.delimited.split import separators_of, split_rows, with_bound_cells
from xmixed.data.files.delimited.survey import irregular_lines, is_regular_file
from xmixed.data.files.delimited.table import LinesOfFile, LinesOfText, read_table
from xmixed.data.files.imported import Imported, labelled_variable
from xmixed.data.names import names_of_headings


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    headings: list[str]
    columns: list[Column]


def read_delimited(file: Content | FileOnDisk, reading: Reading, names: list[str] | None = None) -> Imported:
    """Return the dataset in a delimited text file.

    Parameters
    ----------
    file : Content or FileOnDisk
        A regular file on disk never comes into memory as a whole.
    names : list of str, optional
        Names of the variables in place of the file's, from the first column on.

    Raises
    ------
    StataError
        r(198) as `plain_text`; r(691) the file changed.
    """
    notes: tuple[str, ...] = ()
    cells = None
    if isinstance(file, FileOnDisk):
        cells = _regular_file(file, reading)
        file = Content(b"") if cells else file.read()
    if cells is None:
        text = plain_text(file.raw, reading.encoding)
        notes = text.notes
        first = text.content[slice(*_line(text.content, 0))].decode("utf-8")
        separators = separators_of(first, reading.separators)
        cells = _regular(text.content, separators, reading) or _exact(text.content, separators, reading)
    variables, own_notes = _variables(cells, reading, names)
    n_obs = len(variables[0].values) if variables else 0
    return Imported(Dataset(tuple(variables), n_obs, changed=True), (*notes, *own_notes))


def _regular_file(file: FileOnDisk, reading: Reading) -> _Cells | None:
    """Return the cells of a file that a fast reader takes apart where it lies; None for another."""
    if reading.rows[1] is not None or reading.encoding and not is_utf8(reading.encoding):
        return None
    names_row = reading.names_row or 1
    with open(file.path, "rb") as lines:
        head = [line.rstrip(b"\r\n") for line in islice(lines, names_row)]
    if len(head) < names_row or not (head[0] and head[0].isascii()):
        return None
    separators = separators_of(head[0].decode("ascii"), reading.separators)
    if not _may_be_fast(separators, reading) or not is_regular_file(
        file.path, separators.characters, reading
    ):
        return None
    headings, start = _headings(head[-1], separators, reading)
    columns = read_table(LinesOfFile(file.path, start - 1), separators.characters, reading)
    file.check()
    return None if columns is None else _Cells(headings, columns)


def _may_be_fast(separators: Separators, reading: Reading) -> bool:
    mark = separators.characters
    return len(mark) == 1 and mark.isascii() and not separators.collapse and reading.bind != "nobind"


def _headings(line: bytes, separators: Separators, reading: Reading) -> tuple[list[str], int]:
    """Return the names in a line, none where it holds data, and the number of the first line of data."""
    heading = [*split_rows(line.decode("utf-8"), separators, reading), []][0]
    if not _has_names(heading, reading):
        return [], reading.rows[0]
    return heading, max(reading.rows[0], (reading.names_row or 1) + 1)


def _regular(content: bytes, separators: Separators, reading: Reading) -> _Cells | None:
    """Return the cells of a text that a fast reader takes apart as `_exact` does; None for another."""
    mark = separators.characters
    if not _may_be_fast(separators, reading):
        return None
    if b'"' in content:
        if reading.strip == "no":
            return None
        lines = irregular_lines(content, mark)
        if len(lines) and reading.bind == "strict":  # cells may go over lines
            return None
        content = with_bound_cells(content, lines, separators, reading)
    if content.startswith(b"\n"):
        content = content.lstrip(b"\n")
    line = _line(content, (reading.names_row or 1) - 1)
    headings, start = _headings(content[line[0] : line[1]], separators, reading)
    begin = _line(content, start - 1)[0]
    end = len(content) if reading.rows[1] is None else _line(content, reading.rows[1])[0]
    if end <= begin:
        return _Cells(headings, [_empty(0) for _ in headings])
    columns = read_table(LinesOfText(content[:end], begin), mark, reading)
    return None if columns is None else _Cells(headings, columns)


def _line(content: bytes, number: int) -> tuple[int, int]:
    """Return where a line, counted from 0, begins and ends; the end of the content when there is none."""
    begin = 0
    for _ in range(number):
        at = content.find(b"\n", begin)
        if at < 0:
            return len(content), len(content)
        begin = at + 1
    end = content.find(b"\n", begin)
    return begin, len(content) if end < 0 else end


def _exact(content: bytes, separators: Separators, reading: Reading) -> _Cells:
    with _without_collections():
        rows = split_rows(content.decode("utf-8"), separators, reading)
        at = (reading.names_row or 1) - 1
        heading = rows[at] if at < len(rows) else []
        has_names = _has_names(heading, reading)
        begin = max(reading.rows[0] - 1, at + 1 if has_names else 0)
        table = list(zip_longest(*rows[begin : reading.rows[1]], fillvalue=""))
        columns = [_column(cells, number, reading) for number, cells in enumerate(table, start=1)]
    return _Cells(heading if has_names else [], columns)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Millions of small lists hold no cycles; looking for some takes longer than making them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _column(cells: tuple[str, ...], number: int, reading: Reading) -> Column:
    if not reading.string_columns.isdisjoint({number, EVERY}):
        return string_column(texts_of(cells))
    forced = not reading.numeric_columns.isdisjoint({number, EVERY})
    return column_of_texts(texts_of(cells), reading.fractions, forced, reading.number)


def _has_names(first: list[str], reading: Reading) -> bool:
    """Return whether a row holds names: where the user did not say, if there is text in it and no number."""
    if reading.names_row is not None:
        return reading.names_row > 0
    filled = [cell for cell in first if cell.strip()]
    return bool(filled) and all(reading.number(cell) is None for cell in filled)


def _variables(cells: _Cells, reading: Reading, names: list[str] | None) -> tuple[list[Variable], list[str]]:
    n_obs = len(cells.columns[0].values) if cells.columns else 0
    count = max(len(cells.columns), len(cells.headings))
    headings = [*cells.headings, *[""] * (count - len(cells.headings))]
    own = names_of_headings(headings, lambda place: f"v{place + 1}", reading.case)
    if names is not None:
        own[: len(names)] = names[:count]
    variables: list[Variable] = []
    notes: list[str] = []
    for place in range(reading.columns[0] - 1, min(count, reading.columns[1] or count)):
        column = cells.columns[place] if place < len(cells.columns) else _empty(n_obs)
        heading, name = headings[place].strip(), own[place]
        label = heading if names is None and heading != name else ""
        variables.append(labelled_variable(name, column.type, column.values, label, notes))
        notes += [f"(note: {name}: {text})" for text in column.notes]
    return variables, notes


def _empty(n_obs: int) -> Column:
    return column_of_texts(texts_of([""] * n_obs), "float")
