"""Writing .dta files of rows that come block by block, and of which only some are in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.files.atomic_file import replace_file
from xmixed.data.files.dta.layout import Layout, Plan
from xmixed.data.files.dta.sections import legacy_header, tagged_header, value_label_tables
from xmixed.data.files.dta.strings import encode_column
from xmixed.data.files.dta.writer import DEFAULT_RELEASES, Saved, Unfit, make_plan, now, record_blocks
from xmixed.errors import StataError

Blocks = Callable[[Sequence[str]], Generator[list[np.ndarray]]]
"""Gives the rows from the first on: for each of the variables named the values of some of them."""


def write_streamed(
    dataset: Dataset, blocks: Blocks, path: str | os.PathLike[str], release: int | None, replaces: bool
) -> Saved:
    """Write rows as they come; where strings turn out not to fit a release, begin again with the next.

    Parameters
    ----------
    dataset : Dataset
        Says what the variables are, whose values are empty, and how many rows there are; no strL.
    blocks : callable
    release : int or None
        See `write_dta`.

    Raises
    ------
    StataError
        What `write_dta` raises, and what `blocks` raises; r(691) there are more rows, or fewer.
    """
    reason, stamp = "", now()
    for candidate in DEFAULT_RELEASES if release is None else (release,):
        try:
            layout = Layout(candidate, "<")
            plan = make_plan(_widened(dataset, blocks, layout), layout, stamp)
            with replace_file(path, replaces) as stream, closing(blocks(dataset.names)) as given:
                for part in _parts(plan, given):
                    stream.write(part)
        except Unfit as unfit:
            reason = str(unfit)
        else:
            return Saved(os.fspath(path), candidate, stamp)
    if len(dataset.variables) > Layout(DEFAULT_RELEASES[-1], "<").most_variables:
        raise StataError(900, "no room to add more variables")
    last = release or DEFAULT_RELEASES[-1]
    raise StataError(198, f"data cannot be saved in release {last}", hint=reason)


def _widened(dataset: Dataset, blocks: Blocks, layout: Layout) -> Dataset:
    """Return the data with string types as wide as their bytes; in windows-1252 a character is one."""
    names = [variable.name for variable in dataset if variable.is_string]
    if layout.encoding != "utf-8" or not names:
        return dataset
    widths = {name: int(dataset[name].type[3:]) for name in names}
    with closing(blocks(names)) as given:
        for block in given:
            for name, values in zip(names, block, strict=True):
                widths[name] = max(widths[name], encode_column(values, layout.encoding).dtype.itemsize)
    wider = tuple(
        replace(variable, type=f"str{widths[variable.name]}") if variable.is_string else variable
        for variable in dataset
    )
    return replace(dataset, variables=wider)


def _parts(plan: Plan, blocks: Iterator[list[np.ndarray]]) -> Iterator[bytes | memoryview]:
    layout = plan.layout
    labels = value_label_tables(plan.dataset.value_labels, layout)
    if not layout.tagged:
        yield legacy_header(plan)
        yield from _records(plan, blocks)
        yield labels
        return
    width = sum(layout.field_dtype(kind).itemsize for kind in plan.types)
    yield tagged_header(plan, plan.dataset.n_obs * width, 0, len(labels))
    yield from _records(plan, blocks)
    yield b"</data><strls></strls><value_labels>" + labels + b"</value_labels></stata_dta>"


def _records(plan: Plan, blocks: Iterator[list[np.ndarray]]) -> Iterator[bytes]:
    rows = 0
    for block in blocks:
        count = len(block[0])
        pairs = zip(plan.dataset.variables, plan.types, block, strict=True)
        columns = [
            _encoded(values, kind, variable.name, plan.layout) if variable.is_string else values
            for variable, kind, values in pairs
        ]
        yield from record_blocks(plan.types, plan.layout, columns, count)
        rows += count
    if rows != plan.dataset.n_obs:
        raise StataError(691, "I/O error", hint=f"{rows:,} rows where there were {plan.dataset.n_obs:,}")


def _encoded(values: np.ndarray, kind: str, name: str, layout: Layout) -> np.ndarray:
    """Strings as bytes of a field; Unfit where one is too long or has characters that the release lacks."""
    try:
        raw = encode_column(values, layout.encoding)
    except UnicodeEncodeError:
        raise Unfit(f"{name} holds characters that windows-1252 lacks") from None
    if raw.dtype.itemsize > int(kind[3:]):
        raise Unfit(f"{name} holds a string of {raw.dtype.itemsize} bytes, its type is {kind}")
    return raw
