"""What is known of variables: names, types, formats, labels; value labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from xmixed.data.dataset import Variable
from xmixed.data.names import is_valid_name
from xmixed.data.value_labels import code_of, double_of
from xmixed.formats import is_string_format, is_valid_format
from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import Value, array, collapsed, count, is_string, real, strings, text, texts, vector
from xmixed.mata.views import variables_meant


def _one(memory: Any, value: Value) -> Variable:
    names = variables_meant(value, memory.session.data)
    if len(names) != 1:
        raise MataError(3204)
    return memory.session.data[names[0]]


@builtin("st_varname", 1, 2, placed=True)
def st_varname(memory: Any, places: Value, ts: Value = 0.0) -> Value:
    """Names of positions, in their places; of `.` all names as a row."""
    names, shape = variables_meant(places, memory.session.data), array(places).shape
    return strings(names, shape if shape[0] * shape[1] == len(names) else None)


@builtin("st_vartype", 1, placed=True)
def st_vartype(memory: Any, variable: Value) -> Value:
    return _one(memory, variable).type


@builtin("st_isnumvar", 1, placed=True)
def st_isnumvar(memory: Any, variable: Value) -> Value:
    return float(not _one(memory, variable).is_string)


@builtin("st_isstrvar", 1, placed=True)
def st_isstrvar(memory: Any, variable: Value) -> Value:
    return float(_one(memory, variable).is_string)


def _register(name: str, part: str, check: Callable[[Variable, str], None]) -> None:
    """A function that returns part of a variable, or with two arguments changes it."""

    def run(memory: Any, variable: Value, new: Value = None) -> Value:
        found = _one(memory, variable)
        if new is None:
            return getattr(found, part)
        check(found, text(new))
        changed = replace(found, **{part: text(new)})
        memory.session.data = memory.session.data.with_variables(changed)
        return None

    builtin(name, 1, 2, placed=True)(run)


def _format_fits(variable: Variable, fmt: str) -> None:
    if not is_valid_format(fmt) or is_string_format(fmt) != variable.is_string:
        raise MataError(3302)


def _anything(variable: Variable, new: str) -> None:
    pass


_register("st_varformat", "format", _format_fits)
_register("st_varlabel", "label", _anything)
_register("st_varvaluelabel", "value_label", _anything)


@builtin("st_isname", 1)
def st_isname(value: Value) -> Value:
    """Whether a string could be the name of a variable."""
    return float(is_valid_name(text(value)))


@builtin("st_isfmt", 1)
def st_isfmt(value: Value) -> Value:
    return float(is_valid_format(text(value)))


@builtin("st_isnumfmt", 1)
def st_isnumfmt(value: Value) -> Value:
    return float(is_valid_format(text(value)) and not is_string_format(text(value)))


@builtin("st_isstrfmt", 1)
def st_isstrfmt(value: Value) -> Value:
    return float(is_valid_format(text(value)) and is_string_format(text(value)))


# --- value labels ------------------------------------------------------------------------------------


@builtin("st_vlexists", 1, placed=True)
def st_vlexists(memory: Any, name: Value) -> Value:
    return float(text(name) in memory.session.data.value_labels)


@builtin("st_vldrop", 1, placed=True)
def st_vldrop(memory: Any, name: Value) -> Value:
    data = memory.session.data
    kept = {known: labels for known, labels in data.value_labels.items() if known != text(name)}
    memory.session.data = data.with_(value_labels=kept)


@builtin("st_vlmap", 2, placed=True)
def st_vlmap(memory: Any, name: Value, values: Value) -> Value:
    """Texts of numbers, or numbers of texts."""
    labels = memory.session.data.value_labels.get(text(name), {})
    if is_string(values):
        numbers = {label: double_of(code) for code, label in labels.items()}
        found = [numbers.get(item, double_of(2147483621)) for item in texts(values)]
        return collapsed(np.array(found).reshape(array(values).shape))
    codes = [code_of(item) for item in real(values).ravel().tolist()]
    shown = ["" if code is None else labels.get(code, "") for code in codes]
    return strings(shown, array(values).shape)


@builtin("st_vlload", 3, outputs=(1, 2), placed=True)
def st_vlload(memory: Any, given: list[Value]) -> Value:
    """st_vlload(name, values, texts)."""
    labels = memory.session.data.value_labels.get(text(given[0]), {})
    codes = sorted(labels)
    given[1] = collapsed(np.array([double_of(code) for code in codes], dtype=np.float64)[:, None])
    given[2] = strings([labels[code] for code in codes], (len(codes), 1))
    return None


@builtin("st_vlmodify", 3, placed=True)
def st_vlmodify(memory: Any, name: Value, values: Value, labels: Value) -> Value:
    """Add texts of numbers; an empty text takes one away."""
    data = memory.session.data
    numbers, words = vector(real(values)), texts(labels)
    if len(numbers) != len(words):
        raise MataError(3200)
    changed = dict(data.value_labels.get(text(name), {}))
    for item, word in zip(numbers.tolist(), words, strict=True):
        code = code_of(item)
        if code is None:
            raise MataError(3300)
        if word:
            changed[code] = word
        else:
            changed.pop(code, None)
    memory.session.data = data.with_(value_labels={**data.value_labels, text(name): changed})


# --- characteristics and the order --------------------------------------------------------------------


@builtin("st_updata", 0, 1, placed=True)
def st_updata(memory: Any, changed: Value = None) -> Value:
    """Whether the data have changed since they were saved."""
    data = memory.session.data
    if changed is None:
        return float(data.changed)
    memory.session.data = data.with_(changed=bool(count(changed)))
    return None


@builtin("st_sortlist", 0, placed=True)
def st_sortlist(memory: Any) -> Value:
    places = memory.session.data.places
    return collapsed(np.array([[places[name] + 1.0 for name in memory.session.data.sorted_by]]))
