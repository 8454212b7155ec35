"""The records of a .dta file as columns in storage types."""

from __future__ import annotations

import numpy as np

from xmixed.data.dataset import DTYPES, default_format, from_double
from xmixed.data.files.dta.header import Header
from xmixed.data.files.dta.layout import Layout
from xmixed.data.files.dta.source import ByteSource, corrupt
from xmixed.data.files.dta.text import decode, decode_column
from xmixed.missing import CODES, FLOAT_MISSING, INTEGER_MISSING, MISSING

_BLOCK_BYTES = 1 << 20
_BLOCK_ROWS = 256
_BLOCK_MOST = 1 << 26

_OLD_DOUBLE_MISSING = 2.0**333  # `.` of a double in releases up to 105


def read_columns(source: ByteSource, header: Header, wanted: list[int]) -> list[np.ndarray]:
    """Read the records block by block, each block small enough to stay in the cache.

    Returns
    -------
    list of ndarray, shape (n_obs,), one for each wanted variable
        Numeric: native dtype of the storage type. `str#`: object array of str. `strL`: uint64 references.
    """
    layout, length, n_obs = header.layout, header.record_length, header.n_obs
    fields = [layout.field_dtype(kind) for kind in header.types]
    offsets = np.concatenate([[0], np.cumsum([field.itemsize for field in fields])])
    columns = [np.empty(n_obs, dtype=_column_dtype(header.types[i])) for i in wanted]
    if n_obs == 0 or length == 0:
        return columns
    rows = max(_BLOCK_BYTES // length, min(_BLOCK_ROWS, _BLOCK_MOST // length), 1)
    buffer = memoryview(bytearray(min(rows, n_obs) * length))
    for start in range(0, n_obs, rows):
        count = min(rows, n_obs - start)
        source.fill(buffer[: count * length], "data")
        for column, i in zip(columns, wanted, strict=True):
            cells = np.ndarray((count,), fields[i], buffer, int(offsets[i]), (length,))
            if fields[i].kind == "S":
                cells = decode_column(np.ascontiguousarray(cells), layout.encoding)
            column[start : start + count] = cells
    return columns


def _column_dtype(storage_type: str) -> np.dtype:
    if storage_type == "strL":
        return np.dtype(np.uint64)
    return DTYPES.get(storage_type, np.dtype(object))


def canonical(values: np.ndarray, storage_type: str) -> np.ndarray:
    """Return numeric values with everything outside the type's range as one of the 27 missing codes.

    Files of other programs hold NaN, infinities and numbers Stata has no room for; they become `.`. The array
    is changed in place.
    """
    if len(values) == 0:
        return values
    highest, lowest = values.max(), values.min()
    if storage_type in INTEGER_MISSING:
        smallest = np.iinfo(values.dtype).min
        if lowest == smallest:
            values[values == smallest] = INTEGER_MISSING[storage_type]
        return values
    limit = MISSING if storage_type == "double" else float(FLOAT_MISSING)
    if highest < limit and lowest > -limit:
        return values
    outside = np.flatnonzero(~(np.abs(values) < limit))
    with np.errstate(invalid="ignore"):  # signalling NaN
        before = values[outside].astype(np.float64)
    before[~np.isfinite(before) | (before < 0)] = limit
    step = CODES[1] - CODES[0] if storage_type == "double" else 2.0**115
    codes = limit + np.clip(np.floor((before - limit) / step), 0, 26) * step
    values[outside] = codes
    return values


def from_old_release(values: np.ndarray, storage_type: str, release: int) -> tuple[np.ndarray, str]:
    """Return values and storage type of a numeric column of a release before 113.

    `.` was the largest number of each type; integers that are missing codes today move to a wider type.
    """
    if storage_type in INTEGER_MISSING:
        missing = values == np.iinfo(values.dtype).max
        largest = values[~missing].max(initial=0)
        wider = {"byte": "int", "int": "long", "long": "double"}
        kind = wider[storage_type] if largest >= INTEGER_MISSING[storage_type] else storage_type
        doubles = np.where(missing, MISSING, values.astype(np.float64))
        return from_double(doubles, kind), kind
    if storage_type == "float":
        return np.where(values < FLOAT_MISSING, values, FLOAT_MISSING).astype(np.float32), storage_type
    old = _OLD_DOUBLE_MISSING if release <= 105 else MISSING
    return np.where((values < MISSING) & (values != old), values, MISSING), storage_type


def widened_format(text: str, before: str, after: str) -> str:
    """Return the display format of a column that moved to a wider type."""
    return default_format(after) if before != after and text == default_format(before) else text


def read_strls(source: ByteSource, layout: Layout) -> dict[int, str | bytes]:
    """Read the section of long strings; keys are the references as they stand in the records."""
    strings: dict[int, str | bytes] = {0: ""}
    while True:
        at = source.position
        tag = source.take(3, "long strings")
        if tag == b"</s":
            source.expect("trls>")
            return strings
        if tag != b"GSO":
            raise corrupt(at, "GSO expected")
        variable = source.integer(layout.integer(4), "long string")
        observation = source.integer(layout.integer(8 if layout.release >= 118 else 4), "long string")
        kind = source.integer("u1", "long string")
        raw = source.take(source.integer(layout.integer(4), "length of a long string"), "long string")
        if kind not in (129, 130) or variable >> layout.strl_bits or observation >> (64 - layout.strl_bits):
            raise corrupt(at, "invalid long string")
        text = raw.removesuffix(b"\0")
        strings[strl_key(layout, variable, observation)] = (
            raw if kind == 129 else text if b"\0" in text else decode(text, layout.encoding)
        )


def strl_key(layout: Layout, variable: int, observation: int) -> int:
    """Return the 64-bit reference to the long string of a variable and observation (from 1)."""
    if layout.order == "<":
        return variable | observation << layout.strl_bits
    return variable << (64 - layout.strl_bits) | observation


def resolve_strls(references: np.ndarray, strings: dict[int, str | bytes], at: int) -> np.ndarray:
    """Return the strings of references; r(688) when one does not exist.

    Parameters
    ----------
    references : ndarray of uint64, shape (n,)
    at : int
        Byte offset of the section, for the error.
    """
    different, inverse = np.unique(references, return_inverse=True)
    texts = np.empty(len(different), dtype=object)
    for i, key in enumerate(different.tolist()):
        if key not in strings:
            raise corrupt(at, "a long string does not exist")
        texts[i] = strings[key]
    return texts[inverse]
