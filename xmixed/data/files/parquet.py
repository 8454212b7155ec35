"""Parquet files by pyarrow, which is imported when one is read or written.

What Parquet does not know, labels, formats, storage types and which missing value it is, stands as JSON in
the file's metadata; other programs pass over it.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from xmixed.data.dataset import DTYPES, Dataset, Variable, default_format, from_double
from xmixed.data.files.content import Content
from xmixed.data.files.delimited.columns import column_of_doubles, column_of_integers, string_column, texts_of
from xmixed.data.files.extras import require_package
from xmixed.data.files.imported import Imported, labelled_variable
from xmixed.data.files.memory import require_memory
from xmixed.data.names import names_of_headings
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING, is_missing

_KEY = b"xmixed"
_GROWTH = 3.0
_EPOCH_DAYS = 3653
"""Days from 1960 to 1970."""
_DAY = 86_400_000


def write_parquet(stream: BinaryIO, data: Dataset) -> None:
    """Write a dataset; integers keep their width, days and times are dates, missing values null."""
    require_package("pyarrow", "parquet", "Parquet files")
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [_arrow_column(variable) for variable in data]
    table = pa.table(columns, names=data.names)
    table = table.replace_schema_metadata({_KEY: json.dumps(_description(data)).encode()})
    pq.write_table(table, stream)


def write_parquet_batches(stream: BinaryIO, data: Dataset, batches: Iterable[Any]) -> None:
    """Write rows as they come; `data` says what the columns are, which are named `v0`, `v1`, ....

    Days are dates where their type is whole; numbers are float64, null where missing, or strings.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = [_arrow_type(variable) for variable in data]
    metadata = {_KEY: json.dumps(_description(data, packed=False)).encode()}
    schema = pa.schema(list(zip(data.names, kinds, strict=True)), metadata=metadata)
    with pq.ParquetWriter(stream, schema) as writer:
        for batch in batches:
            columns = [_as_type(column, kind) for column, kind in zip(batch.columns, kinds, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _arrow_type(variable: Variable) -> Any:
    import pyarrow as pa

    if variable.is_string:
        return pa.string()
    whole = variable.type in ("byte", "int", "long")
    if whole and variable.format.lstrip("%-").startswith("td"):
        return pa.date32()
    return pa.from_numpy_dtype(DTYPES[variable.type])


def _as_type(column: Any, kind: Any) -> Any:
    """A column of doubles or strings as a type that holds it."""
    import pyarrow as pa
    import pyarrow.compute

    pc: Any = pyarrow.compute  # its functions are made when it is imported
    if kind == pa.date32():
        return pc.subtract(column, float(_EPOCH_DAYS)).cast(pa.int32()).cast(kind)
    return column.cast(kind)


def _arrow_column(variable: Variable) -> Any:
    import pyarrow as pa

    if variable.is_string:
        values = variable.values.tolist()
        binary = any(isinstance(value, bytes) for value in values)
        texts = [value.encode() if binary and isinstance(value, str) else value for value in values]
        return pa.array(texts, type=pa.binary() if binary else pa.string())
    doubles = variable.to_double()
    missing = is_missing(doubles)
    plain = np.where(missing, 0.0, doubles)
    shown = variable.format.lstrip("%-")
    whole = bool(np.all(plain == np.trunc(plain)) and np.abs(plain).max(initial=0.0) < 2.0**50)
    if whole and shown.startswith("td") and np.abs(plain).max(initial=0.0) < 2.0**30:
        return pa.array((plain - _EPOCH_DAYS).astype(np.int32), mask=missing).cast(pa.date32())
    if whole and shown.startswith("tc"):
        milliseconds = (plain - _EPOCH_DAYS * _DAY).astype(np.int64)
        return pa.array(milliseconds, mask=missing).cast(pa.timestamp("ms"))
    return pa.array(plain.astype(DTYPES[variable.type]), mask=missing)


def _description(data: Dataset, packed: bool = True) -> dict[str, Any]:
    variables = {
        variable.name: {
            "type": variable.type,
            "format": variable.format,
            "label": variable.label,
            "value_label": variable.value_label,
            "missing": _packed(variable) if packed else "",
        }
        for variable in data
    }
    return {
        "label": data.label,
        "n_obs": data.n_obs,
        "variables": variables,
        "value_labels": {name: list(texts.items()) for name, texts in data.value_labels.items()},
        "characteristics": dict(data.characteristics),
    }


def _packed(variable: Variable) -> str:
    """Return which missing value each observation has (0 none, 1 `.`, 2 `.a`); "" where all are `.`."""
    if variable.is_string:
        return ""
    doubles = variable.to_double()
    codes = np.where(is_missing(doubles), np.searchsorted(np.asarray(CODES), doubles) + 1, 0)
    if not np.any(codes > 1):
        return ""
    return base64.b64encode(zlib.compress(codes.astype(np.uint8).tobytes())).decode()


def read_parquet(file: Content) -> Imported:
    """Return the dataset in a Parquet file.

    Raises
    ------
    StataError
        r(601) pyarrow is not installed; r(603) no Parquet file; r(909) it does not fit.
    """
    require_package("pyarrow", "parquet", "Parquet files")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = pq.ParquetFile(pa.BufferReader(file.raw))
        groups = [source.metadata.row_group(number) for number in range(source.metadata.num_row_groups)]
        require_memory(_GROWTH * sum(group.total_byte_size for group in groups))
        table = source.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        hint = f"no Parquet file: {type(error).__name__}"
        raise StataError(603, f"file {file.name} could not be loaded", hint=hint) from None
    return _imported(table)


def _imported(table: Any) -> Imported:
    names = names_of_headings(table.column_names, lambda place: f"v{place + 1}")
    notes: list[str] = []
    variables: list[Variable] = []
    tables: dict[str, dict[int, str]] = {}
    for place, (name, heading) in enumerate(zip(names, table.column_names, strict=True)):
        column = table.column(place)
        found = _variable(name, column, tables, notes)
        if found is None:
            notes.append(f"(note: {name} left out: values of type {column.type} cannot be held)")
            continue
        label = "" if heading == name else heading
        variables.append(
            replace(labelled_variable(name, found.type, found.values, label, notes), format=found.format)
        )
        if name in tables:
            variables[-1] = replace(variables[-1], value_label=name)
    data = Dataset(tuple(variables), table.num_rows if variables else 0, value_labels=tables, changed=True)
    raw = (table.schema.metadata or {}).get(_KEY)
    return Imported(_described(data, raw, notes) if raw else data, tuple(notes))


def _variable(name: str, column: Any, tables: dict[str, dict[int, str]], notes: list[str]) -> Variable | None:
    """Return an Arrow column as a variable; None for a type that none can hold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _categories(name, column, tables, notes)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        found = string_column(texts_of(["" if text is None else text for text in column.to_pylist()]))
        return Variable(name, found.type, found.values, default_format(found.type))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        values = np.empty(len(column), dtype=object)
        values[:] = [b"" if value is None else value for value in column.to_pylist()]
        return Variable(name, "strL", values, "%9s")
    if pa.types.is_date(kind):
        days = _doubles(column.cast(pa.date32()).cast(pa.int32()))
        return _number(name, np.where(is_missing(days), days, days + _EPOCH_DAYS), "%td")
    if pa.types.is_timestamp(kind):
        return _time(name, column, notes)
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        whole = pc.cast(column, pa.time64("us") if pa.types.is_time(kind) else pa.duration("us"), safe=False)
        micro = _doubles(whole.cast(pa.int64()))
        return _number(name, np.where(is_missing(micro), micro, micro / 1000.0), "%tcHH:MM:SS")
    if pa.types.is_decimal(kind):
        notes.append(f"(note: {name}: decimals keep 15 to 16 digits)")
        return _number(name, _doubles(pc.cast(column, pa.float64())))
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return _number(name, _doubles(pc.cast(column, pa.int8())))
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return None
    if pa.types.is_integer(kind) and not column.null_count and not pa.types.is_uint64(kind):
        found = column_of_integers(column.to_numpy().astype(np.int64, copy=False))
        notes += [f"(note: {name}: {text})" for text in found.notes]
        return Variable(name, found.type, found.values, default_format(found.type))
    doubles = _doubles(column.cast(pa.float64(), safe=False))
    lost = int(np.count_nonzero(np.isinf(doubles)))
    if lost:
        what = "value is" if lost == 1 else "values are"
        notes.append(f"(note: {name}: {lost} {what} infinite and missing)")
    narrow = pa.types.is_floating(kind) and kind.bit_width <= 32
    if pa.types.is_floating(kind):
        stored = "float" if narrow else "double"
        outside = ~(np.abs(doubles) < MISSING) & ~np.isin(doubles, CODES)
        coded = np.where(outside, MISSING, doubles)
        return Variable(name, stored, from_double(coded, stored), default_format(stored))
    return _number(name, doubles, "", notes)


def _doubles(column: Any) -> np.ndarray:
    """Return an Arrow column of numbers as doubles, null and NaN as `.`."""
    import pyarrow as pa

    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(values), MISSING, values)


def _number(name: str, doubles: np.ndarray, shown: str = "", notes: list[str] | None = None) -> Variable:
    found = column_of_doubles(np.where(np.isinf(doubles), MISSING, doubles), "double")
    if notes is not None:
        notes += [f"(note: {name}: {text})" for text in found.notes]
    return Variable(name, found.type, found.values, shown or default_format(found.type))


def _time(name: str, column: Any, notes: list[str]) -> Variable:
    import pyarrow as pa
    import pyarrow.compute

    pc: Any = pyarrow.compute  # its functions are made when it is imported

    if column.type.tz:
        notes.append(f"(note: {name}: times are UTC, the time zone {column.type.tz} is left out)")
    plain = column.cast(pa.timestamp(column.type.unit))
    whole = pc.floor_temporal(plain, unit="millisecond").cast(pa.timestamp("ms"))
    if pc.any(pc.not_equal(whole.cast(plain.type), plain)).as_py():
        notes.append(f"(note: {name}: times are cut to milliseconds)")
    values = _doubles(whole.cast(pa.int64()))
    values = np.where(is_missing(values), values, values + _EPOCH_DAYS * _DAY)
    return Variable(name, "double", values, "%tc")


def _categories(
    name: str, column: Any, tables: dict[str, dict[int, str]], notes: list[str]
) -> Variable | None:
    """Return a column of categories as codes from 1 on with a value label, other ones as plain values."""
    import pyarrow as pa

    if not (pa.types.is_string(column.type.value_type) or pa.types.is_large_string(column.type.value_type)):
        return _variable(name, column.cast(column.type.value_type), tables, notes)
    whole = column.unify_dictionaries().combine_chunks()
    chunk = whole.chunk(0) if hasattr(whole, "num_chunks") else whole
    tables[name] = {code: text or "" for code, text in enumerate(chunk.dictionary.to_pylist(), start=1)}
    codes = _doubles(chunk.indices)
    return _number(name, np.where(is_missing(codes), codes, codes + 1.0))


def _described(data: Dataset, raw: bytes, notes: list[str]) -> Dataset:
    """Return data with what `write_parquet` said of them, as far as it still fits."""
    try:
        said = json.loads(raw)
        variables = tuple(
            _restored(variable, said["variables"].get(variable.name), notes) for variable in data
        )
        names = {variable.name for variable in variables}
        return replace(
            data,
            variables=variables,
            label=str(said["label"])[:80],
            value_labels={
                **data.value_labels,
                **{
                    str(name): {int(code): str(text) for code, text in texts}
                    for name, texts in said["value_labels"].items()
                },
            },
            characteristics={
                owner: {str(key): str(text) for key, text in texts.items()}
                for owner, texts in said["characteristics"].items()
                if owner == "_dta" or owner in names
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        notes.append("(note: what the file says of labels and formats cannot be read)")
        return data


def _restored(variable: Variable, said: dict[str, str] | None, notes: list[str]) -> Variable:
    from xmixed.data.files.dta.text import is_fitting_format

    if said is None:
        return variable
    values, kind = variable.values, variable.type
    if said["type"] in DTYPES and not variable.is_string:
        doubles = _with_codes(variable, said["missing"], notes)
        stored = from_double(doubles, said["type"])
        if np.array_equal(Variable("", said["type"], stored, "").to_double(), doubles):
            values, kind = stored, said["type"]
    elif said["type"].startswith("str") and said["type"][3:].isdigit() and kind[3:].isdigit():
        kind = max(kind, said["type"], key=lambda text: int(text[3:]))
    elif said["type"] == "strL" and variable.is_string:
        kind = "strL"
    shown = said["format"] if is_fitting_format(said["format"], variable.is_string) else variable.format
    return Variable(variable.name, kind, values, shown, said["label"][:80], said["value_label"][:32])


def _with_codes(variable: Variable, packed: str, notes: list[str]) -> np.ndarray:
    """Return doubles with the missing values of before, if the rows still are what they were."""
    doubles = variable.to_double()
    if not packed:
        return doubles
    codes = np.frombuffer(zlib.decompress(base64.b64decode(packed)), dtype=np.uint8)
    if len(codes) != len(doubles) or not np.array_equal(codes > 0, is_missing(doubles)) or codes.max() > 27:
        notes.append(f"(note: {variable.name}: rows have changed, extended missing values are .)")
        return doubles
    return np.where(codes > 0, np.asarray(CODES)[np.maximum(codes, 1) - 1], doubles)
