"""Reading .dta files, releases 102 to 119, with nothing lost and never half."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import NamedTuple

from xmixed.data.dataset import Dataset, Variable, is_string_type
from xmixed.data.files.dta.columns import (
    canonical,
    from_old_release,
    read_columns,
    read_strls,
    resolve_strls,
    widened_format,
)
from xmixed.data.files.dta.header import Header, read_header
from xmixed.data.files.dta.labels import ValueLabels, read_value_labels
from xmixed.data.files.dta.source import ByteSource, corrupt, open_source
from xmixed.errors import StataError, variable_not_found

Source = str | os.PathLike[str] | bytes


class DtaHeader(NamedTuple):
    """What a file says before its data.

    Attributes
    ----------
    dataset : Dataset
        All variables without observations; without value label definitions.
    n_obs : int
        Number of observations in the file.
    release : int
        Release of the file format.
    """

    dataset: Dataset
    n_obs: int
    release: int


def read_dta_header(source: Source, name: str | None = None) -> DtaHeader:
    """Read names, types, formats and labels of a .dta file, but no data; errors as `read_dta`."""
    shown = _shown_name(source, name)
    with open_source(source, shown) as stream:
        header = read_header(stream)
        empty = replace(header, n_obs=0)
        everything = list(range(len(header.names)))
        dataset = _build(empty, everything, read_columns(stream, empty, everything), {}, shown)
        return DtaHeader(dataset, header.n_obs, header.layout.release)


def read_dta(
    source: Source,
    variables: Sequence[str] | None = None,
    name: str | None = None,
    renamed: dict[str, str] | None = None,
) -> Dataset:
    """Read a .dta file.

    Parameters
    ----------
    source : path or bytes
    variables : sequence of str, optional
        Full names of the variables to load; they keep the order of the file.
    name : str, optional
        The file as the user wrote it, for messages and `Dataset.source`; default the path.
    renamed : dict, optional
        Takes the names in the file that no variable may have (`svn.rev`), with those given instead.

    Raises
    ------
    StataError
        r(601) file not found; r(603) file could not be opened; r(610) not Stata format; r(612) unexpected end
        of file; r(688) file is corrupt; r(691) I/O error; r(909) not enough memory; r(111) no such variable.
    """
    shown = _shown_name(source, name)
    try:
        with open_source(source, shown) as stream:
            return _read(stream, variables, shown, {} if renamed is None else renamed)
    except MemoryError:
        raise StataError(909, "op. sys. refuses to provide memory") from None


def _shown_name(source: Source, name: str | None) -> str:
    if name is not None:
        return name
    return "" if isinstance(source, bytes) else os.fspath(source)


def _read(
    stream: ByteSource, variables: Sequence[str] | None, shown: str, renamed: dict[str, str]
) -> Dataset:
    header = read_header(stream)
    renamed.update(header.renamed)
    wanted = _wanted(header, variables)
    columns = read_columns(stream, header, wanted)
    if header.layout.tagged:
        stream.expect("</data>")
        _check_start(stream, header, 10)
        stream.expect("<strls>")
        strings = read_strls(stream, header.layout)
        for i, column in enumerate(columns):
            if header.types[wanted[i]] == "strL":
                columns[i] = resolve_strls(column, strings, header.map[10])
        _check_start(stream, header, 11)
        stream.expect("<value_labels>")
    labels = read_value_labels(stream, header.layout)
    if header.layout.tagged:
        _check_start(stream, header, 12)
        stream.expect("</stata_dta>")
        _check_start(stream, header, 13)
    return _build(header, wanted, columns, labels, shown)


def _check_start(stream: ByteSource, header: Header, section: int) -> None:
    start = stream.position
    if header.map[section] != start:
        raise corrupt(start, f"map says {header.map[section]}, the section starts at {start}")


def _wanted(header: Header, variables: Sequence[str] | None) -> list[int]:
    if variables is None:
        return list(range(len(header.names)))
    number = {name: i for i, name in enumerate(header.names)}
    for name in variables:
        if name not in number:
            raise variable_not_found(name)
    return sorted({number[name] for name in variables})


def _build(header: Header, wanted: list[int], columns: list, labels: ValueLabels, shown: str) -> Dataset:
    """Return the dataset of the wanted variables."""
    chosen = set(wanted)
    n_obs = header.n_obs if wanted or not header.types else 0
    variables: list[Variable] = []
    for i, values in zip(wanted, columns, strict=True):
        kind, shape = header.types[i], header.formats[i]
        if not is_string_type(kind):
            if header.layout.old_missing:
                values, kind = from_old_release(values, kind, header.layout.release)
                shape = widened_format(shape, header.types[i], kind)
            values = canonical(values, kind)
        variables.append(
            Variable(header.names[i], kind, values, shape, header.labels[i], header.value_labels[i])
        )
    sorted_by = takewhile(chosen.__contains__, header.sorted_by)
    owners = {"_dta", *(header.names[i] for i in wanted)}
    found = header.characteristics.items()
    return Dataset(
        tuple(variables),
        n_obs,
        header.label,
        header.timestamp,
        shown,
        labels,
        {owner: texts for owner, texts in found if owner in owners},
        tuple(header.names[i] for i in sorted_by),
    )
