"""Writing .dta files, releases 113 to 119: the oldest that holds the data, put in place in one step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.files.atomic_file import replace_file
from xmixed.data.files.dta.layout import Layout, Order, Plan
from xmixed.data.files.dta.sections import legacy_header, tagged_header, value_label_tables
from xmixed.data.files.dta.strings import encode_column, encode_strls
from xmixed.data.files.dta.text import encode
from xmixed.errors import StataError
from xmixed.formats.calendar import SHORT_MONTHS

DEFAULT_RELEASES = (115, 117, 118, 119)
"""Releases tried in this order; 115 is what Stata 12 reads and writes."""

RELEASES = (113, 114, *DEFAULT_RELEASES)

_BLOCK_BYTES = 1 << 20


class Unfit(Exception):
    """The release cannot hold the dataset; the text says why."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What `write_dta` did: the file as named, its release, and the time stamp in it."""

    name: str
    release: int
    timestamp: str


def write_dta(
    dataset: Dataset,
    path: str | os.PathLike[str],
    release: int | None = None,
    replace: bool = False,
    timestamp: str | None = None,
    byte_order: Order = "<",
) -> Saved:
    """Write a dataset to a .dta file; an existing file is kept until the new one is complete.

    Parameters
    ----------
    release : int, optional
        113, 114, 115, 117, 118 or 119; default the first of 115, 117, 118, 119 that holds the data.
    timestamp : str, optional
        Default now, as `29 Mar 2011 10:57`.

    Raises
    ------
    StataError
        r(602) file already exists; r(603) file could not be opened; r(608) file is read-only; r(693) an
        I/O error; r(198) the release asked for cannot hold the data; r(900) too many variables.
    """
    stamp = now() if timestamp is None else timestamp
    plan = choose_plan(dataset, release, stamp, byte_order)
    with replace_file(path, replace) as stream:
        for part in parts(plan):
            stream.write(part)
    return Saved(os.fspath(path), plan.layout.release, stamp)


def dta_bytes(
    dataset: Dataset, release: int | None = None, timestamp: str = "", byte_order: Order = "<"
) -> bytes:
    """Return a dataset as the bytes of a .dta file; parameters and errors as `write_dta`."""
    return b"".join(parts(choose_plan(dataset, release, timestamp, byte_order)))


def now() -> str:
    """Return the time as Stata stamps it, months in English whatever the locale."""
    time = datetime.now()
    return f"{time.day:2d} {SHORT_MONTHS[time.month - 1]} {time.year} {time.hour:02d}:{time.minute:02d}"


def choose_plan(dataset: Dataset, release: int | None, timestamp: str, byte_order: Order) -> Plan:
    """Return the plan for the release asked for, or for the first that holds the dataset."""
    if release is not None and release not in RELEASES:
        raise StataError(198, f"release {release} cannot be written")
    reason = ""
    for candidate in DEFAULT_RELEASES if release is None else (release,):
        try:
            return make_plan(dataset, Layout(candidate, byte_order), timestamp)
        except Unfit as unfit:
            reason = str(unfit)
    if len(dataset.variables) > 120_000:
        raise StataError(900, "no room to add more variables")
    raise StataError(198, f"data cannot be saved in release {release or 119}", hint=reason)


def make_plan(dataset: Dataset, layout: Layout, timestamp: str) -> Plan:
    """Encode the string columns and check that everything fits the release; Unfit when it does not."""
    if len(dataset.variables) > layout.most_variables:
        raise Unfit(f"{len(dataset.variables)} variables; there is room for {layout.most_variables}")
    plan = Plan(dataset, layout, timestamp)
    for text, width in _texts(dataset, layout):
        _check_text(text, width, layout)
    for i, variable in enumerate(dataset.variables):
        kind = variable.type
        if kind == "strL":
            _check_strl(variable.values, layout)
        elif variable.is_string:
            kind = _plan_string(plan, i)
        plan.types.append(kind)
    return plan


def _plan_string(plan: Plan, number: int) -> str:
    """Encode a `str#` column into the plan and return its storage type as written."""
    variable, layout = plan.dataset.variables[number], plan.layout
    try:
        raw = encode_column(variable.values, layout.encoding)
    except UnicodeEncodeError:
        raise Unfit(f"{variable.name} holds characters that windows-1252 lacks") from None
    width = max(int(variable.type[3:]), raw.dtype.itemsize, 1)
    if width > layout.most_string:
        raise Unfit(f"{variable.name} needs str{width}; the widest is str{layout.most_string}")
    plan.strings[number] = raw
    return f"str{width}"


def _check_strl(values: np.ndarray, layout: Layout) -> None:
    if not layout.tagged:
        raise Unfit("strL needs release 117")
    if layout.encoding == "windows-1252":
        for value in values.tolist():
            if isinstance(value, str):
                _check_text(value, None, layout)


def _texts(dataset: Dataset, layout: Layout) -> Iterator[tuple[str, int | None]]:
    """Yield every text with the width of its field, the final NUL included (None: any length)."""
    name_width = layout.name_width
    yield dataset.label, layout.label_width
    for variable in dataset.variables:
        if layout.release < 118 and not variable.name.isascii():
            raise Unfit(f"the name {variable.name} needs release 118")
        yield variable.name, name_width
        yield variable.format, layout.format_width
        yield variable.value_label, name_width
        yield variable.label, layout.label_width
    for name, table in dataset.value_labels.items():
        yield name, name_width
        yield from ((text, None) for text in table.values())
    for owner, texts in dataset.characteristics.items():
        yield owner, name_width
        for name, text in texts.items():
            yield name, name_width
            yield text, None


def _check_text(text: str, width: int | None, layout: Layout) -> None:
    try:
        length = len(encode(text, layout.encoding))
    except UnicodeEncodeError:
        raise Unfit("a text holds characters that windows-1252 lacks") from None
    if width is not None and length >= width:
        raise Unfit(f"a text of {length} bytes does not fit release {layout.release}")


def parts(plan: Plan) -> Iterator[bytes | memoryview]:
    """Yield the file in order, the data block by block."""
    layout = plan.layout
    if not layout.tagged:
        yield legacy_header(plan)
        yield from _records(plan, {})
        yield value_label_tables(plan.dataset.value_labels, layout)
        return
    strls = {i: v.values for i, v in enumerate(plan.dataset.variables) if v.type == "strL"}
    references, long_strings = encode_strls(strls, layout)
    labels = value_label_tables(plan.dataset.value_labels, layout)
    width = sum(layout.field_dtype(kind).itemsize for kind in plan.types)
    yield tagged_header(plan, plan.dataset.n_obs * width, len(long_strings), len(labels))
    yield from _records(plan, references)
    yield b"</data><strls>" + long_strings + b"</strls>"
    yield b"<value_labels>" + labels + b"</value_labels></stata_dta>"


def _records(plan: Plan, references: dict[int, np.ndarray]) -> Iterator[bytes]:
    columns = [
        plan.strings[i] if i in plan.strings else references[i] if i in references else variable.values
        for i, variable in enumerate(plan.dataset.variables)
    ]
    return record_blocks(plan.types, plan.layout, columns, plan.dataset.n_obs)


def record_blocks(types: list[str], layout: Layout, columns: list[np.ndarray], n_obs: int) -> Iterator[bytes]:
    """Yield records in blocks small enough to stay in the cache; `columns` as they stand in the file."""
    fields = [layout.field_dtype(kind) for kind in types]
    offsets = np.concatenate([[0], np.cumsum([item.itemsize for item in fields])]).astype(int)
    length = int(offsets[-1])
    if not fields or n_obs == 0:
        return
    rows = min(n_obs, max(_BLOCK_BYTES // length, 64))
    buffer = bytearray(rows * length)
    for start in range(0, n_obs, rows):
        count = min(rows, n_obs - start)
        for column, item, offset in zip(columns, fields, offsets[:-1].tolist(), strict=True):
            np.ndarray((count,), item, buffer, offset, (length,))[:] = column[start : start + count]
        yield bytes(memoryview(buffer)[: count * length])
