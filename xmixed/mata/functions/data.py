"""The data in memory: read, viewed, stored; observations and variables added and dropped."""

from __future__ import annotations

from typing import Any

import numpy as np

from xmixed.data.columns import blank_column
from xmixed.data.dataset import DTYPES, Variable, default_format
from xmixed.data.growth import grown
from xmixed.data.names import is_valid_name
from xmixed.mata.errors import MataError
from xmixed.mata.functions.ordering import panel_ends
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import Value, array, collapsed, count, is_string, number, real, text, texts, vector
from xmixed.mata.views import View, observations_meant, read_columns, selected, variables_meant
from xmixed.missing import MISSING


def _read(memory: Any, given: tuple[Value, ...], text_wanted: bool) -> Value:
    rows, columns, *chosen = (*given, MISSING, MISSING)[:2] if len(given) < 2 else given
    data = memory.session.data
    names = variables_meant(columns, data)
    observations = observations_meant(rows, data)
    if chosen:
        observations = selected(observations, chosen[0], names, data)
    return collapsed(read_columns(data, names, observations, text_wanted))


@builtin("st_data", 0, 3, placed=True)
def st_data(memory: Any, *given: Value) -> Value:
    """st_data(observations, variables, chosen): a matrix of numbers."""
    return _read(memory, given, text_wanted=False)


@builtin("st_sdata", 0, 3, placed=True)
def st_sdata(memory: Any, *given: Value) -> Value:
    return _read(memory, given, text_wanted=True)


@builtin("_st_data", 2, placed=True)
def data_element(memory: Any, row: Value, column: Value) -> Value:
    return _element(memory, row, column, text_wanted=False)


@builtin("_st_sdata", 2, placed=True)
def string_element(memory: Any, row: Value, column: Value) -> Value:
    return _element(memory, row, column, text_wanted=True)


def _element(memory: Any, row: Value, column: Value, text_wanted: bool) -> Value:
    """One element; missing where there is none such."""
    data = memory.session.data
    place, names = number(row), variables_meant(column, data)
    if not 1 <= place < data.n_obs + 1 or len(names) != 1:
        return "" if text_wanted else MISSING
    return collapsed(read_columns(data, names, np.array([int(place) - 1]), text_wanted))


def _view(memory: Any, given: list[Value], text_wanted: bool) -> Value:
    data = memory.session.data
    names = variables_meant(given[2], data)
    if any(data[name].is_string != text_wanted for name in names):
        raise MataError(3254 if text_wanted else 3253)
    observations = observations_meant(given[1], data)
    if len(given) == 4:
        observations = selected(observations, given[3], names, data)
    given[0] = View(memory.session, memory.writer, names, observations, text_wanted)
    return None


@builtin("st_view", 3, 4, outputs=(0,), placed=True)
def st_view(memory: Any, given: list[Value]) -> Value:
    """st_view(V, observations, variables, chosen): V is the data, what is put into it too."""
    return _view(memory, given, text_wanted=False)


@builtin("st_sview", 3, 4, outputs=(0,), placed=True)
def st_sview(memory: Any, given: list[Value]) -> Value:
    return _view(memory, given, text_wanted=True)


@builtin("st_subview", 4, outputs=(0,))
def st_subview(given: list[Value]) -> Value:
    """st_subview(W, V, rows, columns)."""
    from xmixed.mata.compiling.subscripts import element, positions

    whole = given[1]
    if isinstance(whole, View):
        height, width = whole.array().shape
        given[0] = whole.part(positions(given[2], height), positions(given[3], width))
    else:
        given[0] = element(whole, given[2], given[3])
    return None


@builtin("panelsubview", 4, outputs=(0,))
def panelsubview(given: list[Value]) -> Value:
    """panelsubview(W, V, i, info): the rows of panel i."""
    whole = given[1]
    ends, panel = panel_ends(given[3], array(whole).shape[0]), count(given[2])
    if not 1 <= panel <= len(ends):
        raise MataError(3300)
    rows = np.arange(int(ends[panel - 1, 0]) - 1, int(ends[panel - 1, 1]))
    given[0] = whole.part(rows, slice(None)) if isinstance(whole, View) else collapsed(array(whole)[rows])
    return None


@builtin("st_viewvars", 1, placed=True)
def st_viewvars(memory: Any, value: Value) -> Value:
    if not isinstance(value, View):
        raise MataError(3104, "array found where view required")
    places = memory.session.data.places
    return collapsed(np.array([[places[name] + 1.0 for name in value.names]]))


@builtin("st_viewobs", 1)
def st_viewobs(value: Value) -> Value:
    if not isinstance(value, View):
        raise MataError(3104, "array found where view required")
    return MISSING if value.rows is None else collapsed(value.rows[:, None] + 1.0)


# --- storing -----------------------------------------------------------------------------------------


def _store(memory: Any, given: tuple[Value, ...], text_wanted: bool) -> Value:
    rows, columns, *chosen, values = given
    data = memory.session.data
    names = variables_meant(columns, data)
    observations = observations_meant(rows, data)
    if chosen:
        observations = selected(observations, chosen[0], names, data)
    found = array(values)
    if is_string(values) != text_wanted and found.size:
        raise MataError(3254 if text_wanted else 3253)
    height = data.n_obs if observations is None else len(observations)
    if found.shape != (height, len(names)):
        raise MataError(3200)
    if any(data[name].is_string != text_wanted for name in names):
        raise MataError(3250)
    for place, name in enumerate(names):
        memory.writer.write(name, observations, found[:, place])
    return None


@builtin("st_store", 3, 4, placed=True)
def st_store(memory: Any, *given: Value) -> Value:
    """st_store(observations, variables, chosen, X)."""
    return _store(memory, given, text_wanted=False)


@builtin("st_sstore", 3, 4, placed=True)
def st_sstore(memory: Any, *given: Value) -> Value:
    return _store(memory, given, text_wanted=True)


@builtin("_st_store", 3, placed=True)
def store_element(memory: Any, *given: Value) -> Value:
    return _store(memory, given, text_wanted=False)


@builtin("_st_sstore", 3, placed=True)
def store_string(memory: Any, *given: Value) -> Value:
    return _store(memory, given, text_wanted=True)


# --- variables and observations ----------------------------------------------------------------------


@builtin("st_nobs", 0, placed=True)
def st_nobs(memory: Any) -> Value:
    return float(memory.session.data.n_obs)


@builtin("st_nvar", 0, placed=True)
def st_nvar(memory: Any) -> Value:
    return float(len(memory.session.data.variables))


@builtin("st_addvar", 2, 3, placed=True)
def st_addvar(memory: Any, types: Value, names: Value, unfilled: Value = 0.0) -> Value:
    """Add variables of types; their positions. r(110), r(198)."""
    data = memory.session.data
    wanted, kinds = texts(names), texts(types) if is_string(types) else _string_types(types)
    if len(kinds) == 1:
        kinds = kinds * len(wanted)
    if len(kinds) != len(wanted):
        raise MataError(3200)
    made = []
    for name, kind in zip(wanted, kinds, strict=True):
        if not is_valid_name(name):
            raise MataError(198, f"{name} invalid name")
        if name in data or any(name == variable.name for variable in made):
            raise MataError(110, f"variable {name} already defined")
        if kind not in DTYPES and not (kind == "strL" or kind[:3] == "str" and kind[3:].isdigit()):
            raise MataError(3300)
        made.append(Variable(name, kind, blank_column(kind, data.n_obs), default_format(kind)))
    memory.session.data = data.with_variables(*made)
    places = memory.session.data.places
    return collapsed(np.array([[places[name] + 1.0 for name in wanted]]))


def _string_types(types: Value) -> list[str]:
    return [f"str{count(float(width))}" for width in real(types).ravel()]


@builtin("st_addobs", 1, 2, placed=True)
def st_addobs(memory: Any, more: Value, unfilled: Value = 0.0) -> Value:
    data = memory.session.data
    memory.writer.forget()
    memory.session.data = grown(data, data.n_obs + count(more))


@builtin("st_dropvar", 1, placed=True)
def st_dropvar(memory: Any, variables: Value) -> Value:
    data = memory.session.data
    memory.session.data = data.without(variables_meant(variables, data))


@builtin("st_keepvar", 1, placed=True)
def st_keepvar(memory: Any, variables: Value) -> Value:
    data = memory.session.data
    kept = set(variables_meant(variables, data))
    memory.session.data = data.select([name for name in data.names if name in kept])


def _keep(memory: Any, rows: np.ndarray) -> None:
    memory.writer.forget()
    memory.session.data = memory.session.data.rows(rows)


@builtin("st_dropobsin", 1, placed=True)
def st_dropobsin(memory: Any, rows: Value) -> Value:
    _keep(memory, ~_marked(memory, rows))


@builtin("st_keepobsin", 1, placed=True)
def st_keepobsin(memory: Any, rows: Value) -> Value:
    _keep(memory, _marked(memory, rows))


def _marked(memory: Any, rows: Value) -> np.ndarray:
    data = memory.session.data
    marks = np.zeros(data.n_obs, dtype=bool)
    observations = observations_meant(rows, data)
    marks[slice(None) if observations is None else observations] = True
    return marks


@builtin("st_dropobsif", 1, placed=True)
def st_dropobsif(memory: Any, marks: Value) -> Value:
    _keep(memory, ~_chosen(memory, marks))


@builtin("st_keepobsif", 1, placed=True)
def st_keepobsif(memory: Any, marks: Value) -> Value:
    _keep(memory, _chosen(memory, marks))


def _chosen(memory: Any, marks: Value) -> np.ndarray:
    found = vector(real(marks)) != 0
    if found.size != memory.session.data.n_obs:
        raise MataError(3200)
    return found


@builtin("st_varindex", 1, 2, placed=True)
def st_varindex(memory: Any, names: Value, abbreviated: Value = 0.0) -> Value:
    """Positions of variables; r(3500)."""
    found = array(_st_varindex(memory, names, abbreviated))
    if np.any(found >= MISSING):
        raise MataError(3500)
    return collapsed(found)


@builtin("_st_varindex", 1, 2, placed=True)
def _st_varindex(memory: Any, names: Value, abbreviated: Value = 0.0) -> Value:
    """Positions of variables, `.` where there is none."""
    data = memory.session.data
    found = []
    for name in texts(names):
        place = data.places.get(name)
        if place is None and number(abbreviated):
            fitting = [at for known, at in data.places.items() if known.startswith(name)]
            place = fitting[0] if len(fitting) == 1 else None
        found.append(MISSING if place is None else place + 1.0)
    return collapsed(np.array(found).reshape(array(names).shape))


@builtin("st_varrename", 2, placed=True)
def st_varrename(memory: Any, variable: Value, new: Value) -> Value:
    data = memory.session.data
    names = variables_meant(variable, data)
    if len(names) != 1:
        raise MataError(3204)
    if not is_valid_name(text(new)) or text(new) in data:
        raise MataError(110 if text(new) in data else 198, f"variable {text(new)} already defined")
    memory.session.data = data.renamed({names[0]: text(new)})
