"""Datasets from and to pandas frames."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from xmixed.data.dataset import (
    LIMITS,
    Dataset,
    Variable,
    default_format,
    from_double,
)
from xmixed.data.files.dta.text import encode
from xmixed.data.names import is_valid_name
from xmixed.errors import StataError
from xmixed.missing import MISSING, is_missing

if TYPE_CHECKING:
    import pandas

_EPOCH_MILLISECONDS = 315_619_200_000  # from 1960 to 1970
_LONGEST_STRING = 2045


def to_pandas(dataset: Dataset, value_labels: bool = False, dates: bool = False) -> pandas.DataFrame:
    """Return a dataset as a frame.

    Numbers keep their storage types; an integer column with missing values becomes float64 with NaN (`.a` to
    `.z` are not told apart). The dataset label and the variable labels are in `frame.attrs`.

    Parameters
    ----------
    value_labels : bool
        Turn labelled variables into ordered categoricals; values without a label stand as numbers in them.
    dates : bool
        Turn %td and %tc variables into datetimes.
    """
    import pandas as pd

    columns = {variable.name: _column(variable, dataset, value_labels, dates) for variable in dataset}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(dataset.n_obs), copy=False)
    frame.attrs["label"] = dataset.label
    frame.attrs["variable_labels"] = {variable.name: variable.label for variable in dataset}
    return frame


def _column(variable: Variable, dataset: Dataset, value_labels: bool, dates: bool) -> Any:
    if variable.is_string:
        return variable.values.copy()
    doubles = variable.to_double()
    missing = is_missing(doubles)
    if dates and variable.format.lstrip("%-").startswith(("td", "d")):
        return _datetimes(doubles * 86_400_000.0, missing)
    if dates and variable.format.lstrip("%-").startswith("tc"):
        return _datetimes(doubles, missing)
    table = dataset.value_labels.get(variable.value_label)
    if value_labels and table:
        return _categorical(doubles, missing, table)
    if not missing.any():
        return variable.values.copy()
    kind = np.float32 if variable.type == "float" else np.float64
    return np.where(missing, np.nan, np.where(missing, 0.0, doubles)).astype(kind)


def _datetimes(milliseconds: np.ndarray, missing: np.ndarray) -> np.ndarray:
    whole = np.round(np.where(missing, 0.0, milliseconds)).astype(np.int64) - _EPOCH_MILLISECONDS
    out = whole.astype("datetime64[ms]")
    out[missing] = np.datetime64("NaT")
    return out


def _categorical(doubles: np.ndarray, missing: np.ndarray, table: dict[int, str]) -> pandas.Categorical:
    import pandas as pd

    values, inverse = np.unique(np.where(missing, np.nan, doubles), return_inverse=True)
    values = values[~np.isnan(values)]
    # labels belong to whole numbers: 1.5 finds none
    texts: list[Any] = [table.get(value, value) for value in values.tolist()]
    if len(set(texts)) < len(texts):  # two values share a text: keep them apart
        texts = [f"{text} ({value:g})" for text, value in zip(texts, values.tolist(), strict=True)]
    codes = np.where(missing, -1, inverse)
    return pd.Categorical.from_codes(codes, categories=pd.Index(texts, dtype=object), ordered=True)


def is_frame(value: object) -> TypeGuard[pandas.DataFrame]:
    """Return whether an object is a data frame."""
    import pandas as pd

    return isinstance(value, pd.DataFrame)


def from_pandas(frame: pandas.DataFrame) -> Dataset:
    """Return a frame as a dataset; the index is not part of it.

    Integers and booleans take the smallest of byte, int and long that holds them (int8, int16 and int32 keep
    their type where they fit), else double; float32 float, other floats double; strings str# or strL;
    datetimes %tc doubles; categoricals longs from 1 on with a value label of the variable's name. NaN, NA,
    None, NaT and infinities become `.`.

    Raises
    ------
    StataError
        r(198) a column name that is no variable name or occurs twice; r(109) a column of mixed type.
    """
    names = _checked_names(list(frame.columns))
    variables: list[Variable] = []
    tables: dict[str, dict[int, str]] = {}
    labels = frame.attrs.get("variable_labels", {})
    for i, name in enumerate(names):
        variable, table = _variable(name, frame.iloc[:, i])
        label = labels.get(name, "") if isinstance(labels, dict) else ""
        label = label[:80] if isinstance(label, str) else ""
        variables.append(replace(variable, label=label))
        if table:
            tables[name] = table
    label = frame.attrs.get("label", "")
    label = label[:80] if isinstance(label, str) else ""
    return Dataset(tuple(variables), len(frame), label, value_labels=tables, changed=True)


def _checked_names(names: list[Any]) -> list[str]:
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str) or not is_valid_name(name):
            shown = "".join(c if c.isprintable() else "?" for c in str(name))
            raise StataError(
                198, f"{shown} invalid name", hint="letters, digits and _, at most 32 characters"
            )
        if name in seen:
            raise StataError(198, f"{name} invalid name", hint="two columns have this name")
        seen.add(name)
    return names


def _variable(name: str, column: pandas.Series) -> tuple[Variable, dict[int, str]]:
    """Return a column as a variable, and its value label if it is categorical."""
    import pandas as pd

    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return _from_categorical(name, column)
    if pd.api.types.is_datetime64_any_dtype(kind):
        return _from_datetimes(name, column), {}
    if pd.api.types.is_timedelta64_dtype(kind):
        milliseconds = column / pd.Timedelta(milliseconds=1)
        return _number(name, milliseconds.to_numpy(dtype=np.float64), "double"), {}
    if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_numeric_dtype(kind):
        return _from_numbers(name, column), {}
    return _from_objects(name, column), {}


def _number(name: str, doubles: np.ndarray, storage_type: str) -> Variable:
    doubles = np.where(np.isfinite(doubles), doubles, MISSING)
    return Variable(name, storage_type, from_double(doubles, storage_type), default_format(storage_type))


def _from_numbers(name: str, column: pandas.Series) -> Variable:
    import pandas as pd

    kind = column.dtype
    if pd.api.types.is_complex_dtype(kind):
        raise StataError(109, "type mismatch", hint=f"column {name} is complex")
    doubles = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_float_dtype(kind):
        return _number(name, doubles, "float" if str(kind).lower() == "float32" else "double")
    own = {"int8": "byte", "int16": "int", "int32": "long"}.get(str(kind).lower(), "byte")
    return _number(name, doubles, _smallest_integer(doubles, own))


def _smallest_integer(doubles: np.ndarray, at_least: str = "byte") -> str:
    """Return the smallest storage type, from `at_least` on, that holds whole numbers (NaN is missing)."""
    finite = doubles[np.isfinite(doubles)]
    low, high = finite.min(initial=0.0), finite.max(initial=0.0)
    kinds = list(LIMITS)
    for kind in kinds[kinds.index(at_least) :]:
        if LIMITS[kind][0] <= low and high <= LIMITS[kind][1]:
            return kind
    return "double"


def _from_categorical(name: str, column: pandas.Series) -> tuple[Variable, dict[int, str]]:
    codes = column.cat.codes.to_numpy().astype(np.float64)
    values = np.where(codes < 0, np.nan, codes + 1)
    variable = _number(name, values, _smallest_integer(values))
    return replace(variable, value_label=name), {
        i: str(text) for i, text in enumerate(column.cat.categories, start=1)
    }


def _from_datetimes(name: str, column: pandas.Series) -> Variable:
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_localize(None)
    missing = column.isna().to_numpy()
    whole = column.to_numpy().astype("datetime64[ms]").astype(np.int64) + _EPOCH_MILLISECONDS
    variable = _number(name, np.where(missing, np.nan, whole.astype(np.float64)), "double")
    return replace(variable, format="%tc")


def _from_objects(name: str, column: pandas.Series) -> Variable:
    """Return a column of strings, or of Python numbers, as a variable."""
    missing = column.isna().to_numpy()
    values = column.to_numpy(dtype=object)
    present = values[~missing]
    if all(isinstance(value, str) for value in present):
        return _strings(name, np.where(missing, "", values))
    if all(isinstance(value, (bool, int, float, np.number, np.bool_)) for value in present):
        doubles = np.full(len(values), np.nan)
        doubles[~missing] = [_as_double(value) for value in present]
        whole = all(isinstance(value, (bool, int, np.integer, np.bool_)) for value in present)
        return _number(name, doubles, _smallest_integer(doubles) if whole else "double")
    raise StataError(109, "type mismatch", hint=f"column {name} holds neither numbers nor strings only")


def _as_double(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an int beyond every double
        return np.inf


def _strings(name: str, values: np.ndarray) -> Variable:
    width = max((len(encode(text, "utf-8")) for text in set(values.tolist())), default=1)
    kind = f"str{max(1, width)}" if width <= _LONGEST_STRING else "strL"
    if any("\0" in text for text in set(values.tolist())):
        kind = "strL"  # a fixed-length string ends at a NUL character
    return Variable(name, kind, values.astype(object), default_format(kind))
