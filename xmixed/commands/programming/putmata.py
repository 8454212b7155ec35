"""putmata and getmata: variables to Mata's vectors and matrices, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import new_variable
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.growth import grown
from xmixed.errors import StataError
from xmixed.expressions.matrices.functions import default_names
from xmixed.expressions.varlist import is_valid_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.mata.memory import MataMemory, memory_of
from xmixed.mata.values import Value, array, collapsed, is_matrix
from xmixed.mata.views import View, read_columns
from xmixed.missing import MISSING
from xmixed.render.text import counted
from xmixed.session.state import SessionState


class Item(NamedTuple):
    """One word of a list, `left=right` or `right` alone; what stood in parentheses is `grouped`."""

    left: str
    right: str
    grouped: bool


def _items(text: str) -> list[Item]:
    """Return the items of `y X=(a b 1) v=w` or of `(a b)=X w`.

    Raises
    ------
    StataError
        r(198).
    """
    words = _words(text)
    found: list[Item] = []
    place = 0
    while place < len(words):
        word = words[place]
        pair = words[place + 1 : place + 2] == ["="]
        if word == "=" or (pair and place + 2 >= len(words)):
            raise StataError(198, "invalid syntax")
        other = words[place + 2] if pair else ""
        grouped = word.startswith("(") or other.startswith("(")
        if (grouped and not pair) or (word.startswith("(") and other.startswith("(")) or other == "=":
            raise StataError(198, "invalid syntax")
        left, right = (word, other) if pair else ("", word)
        found.append(Item(left.strip("()").strip(), right.strip("()").strip(), grouped))
        place += 3 if pair else 1
    return found


def _words(text: str) -> list[str]:
    """Return words, equals signs, and what stands in parentheses as one word."""
    words, depth, own = [], 0, ""
    for mark in text + " ":
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth or not (mark.isspace() or mark == "="):
            own += mark
            continue
        words += [own] if own else []
        words += [mark] if mark == "=" else []
        own = ""
    if depth:
        raise StataError(198, "parentheses unbalanced")
    return words


@command(
    "putmata",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("omitmissing", "omit", help="leave out observations with missing values"),
            OptionSpec("view", "view", help="views onto the data in place of copies"),
            OptionSpec("replace", "replace", help="vectors and matrices of these names may exist"),
        ),
    ),
    synopsis="putmata {* | varlist | vec=var | mat=(varlist 1)} ... [if] [in] [, omitmissing view replace]",
    needs=("data",),
    keeps_r=True,
)
def putmata(session: SessionState, node: Command) -> None:
    data, memory = session.data, memory_of(session)
    wanted = _wanted(data, str(node.argument or ""))
    for name, _ in wanted:
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid name")
        if name in memory.variables and not node.option("replace"):
            raise StataError(110, f"{name} already exists in Mata")
    rows = selected_rows(session, node)
    if node.option("omitmissing"):
        for _, columns in wanted:
            for column in columns:
                rows = rows & (data[column].known() if isinstance(column, str) else column < MISSING)
    at = np.flatnonzero(rows)
    view = bool(node.option("view"))
    values = {name: _posted(memory, columns, at, view) for name, columns in wanted}
    memory.variables.update(values)
    matrices = sum(len(columns) > 1 for _, columns in wanted)
    parts = ((len(wanted) - matrices, "vector", "vectors"), (matrices, "matrix", "matrices"))
    shown = ", ".join(f"{count} {one if count == 1 else more}" for count, one, more in parts if count)
    session.out.write(f"({shown} posted)")


def _wanted(data: Dataset, text: str) -> list[tuple[str, list[str | float]]]:
    """Return Mata's names with the variables and constants that each is made of."""
    found: list[tuple[str, list[str | float]]] = []
    for item in _items(text):
        if not item.left:
            for name in resolve_varlist(parse_varlist(item.right), data):
                found.append((name, [name]))
        elif item.grouped:
            found.append((item.left, _columns(data, item.right)))
        else:
            found.append((item.left, [resolve_name(item.right, data)]))
    if not found:
        raise StataError(100, "varlist required")
    return found


def _columns(data: Dataset, text: str) -> list[str | float]:
    """Return the variables and numbers of `mpg weight 1`."""
    found: list[str | float] = []
    for word in text.split():
        try:
            found.append(float(word))
        except ValueError:
            found += resolve_varlist(parse_varlist(word), data)
    if not found:
        raise StataError(100, "varlist required")
    kinds = {isinstance(column, str) and data[column].is_string for column in found}
    if len(kinds) > 1:
        raise StataError(109, "type mismatch")
    return found


def _posted(memory: MataMemory, columns: Sequence[str | float], at: np.ndarray, view: bool) -> Value:
    """Return the vector or matrix of columns at some observations."""
    data = memory.session.data
    names = [column for column in columns if isinstance(column, str)]
    text = any(data[name].is_string for name in names)
    if view:
        if len(names) < len(columns):
            raise StataError(198, "a view has no constants; omit the option view")
        return View(memory.session, memory.writer, names, at, text)
    parts = [
        read_columns(data, [column], at, text) if isinstance(column, str) else np.full((len(at), 1), column)
        for column in columns
    ]
    return collapsed(np.hstack(parts))


@command(
    "getmata",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("double", "double", help="new variables are doubles"),
            OptionSpec("update", "update", help="variables may exist; those that do are updated"),
            OptionSpec("replace", "replace", help="variables may exist; those that do are replaced"),
            OptionSpec("id", "id", "text", help="match rows by a variable and a vector of its values"),
            OptionSpec("force", "force", help="the number of rows may differ from that of observations"),
        ),
        exclusive=(("update", "replace"), ("id", "force")),
    ),
    synopsis="getmata {vec | var=vec | (newvars)=mat | (stub*)=mat} ..."
    " [, double update replace id(var[=vec]) force]",
    keeps_r=True,
)
def getmata(session: SessionState, node: Command) -> None:
    memory, data = memory_of(session), session.data
    columns: dict[str, np.ndarray] = {}
    for item in _items(str(node.argument or "")):
        columns |= _taken(memory, item)
    if not columns:
        raise StataError(100, "varlist required")
    heights = {len(column) for column in columns.values()}
    if len(heights) > 1:
        raise StataError(503, "vectors and matrices have different numbers of rows")
    height = heights.pop()
    _check_names(data, list(columns), bool(node.option("update") or node.option("replace")))
    if node.option("id"):
        places = _matched(memory, str(node.option("id")), height)
    else:
        if data.variables and height != data.n_obs and not node.option("force"):
            text = (
                f"the data have {counted(data.n_obs, 'observation')}, Mata's vectors {counted(height, 'row')}"
            )
            raise StataError(503, text)
        data = grown(data, max(height, data.n_obs))
        places = np.where(np.arange(data.n_obs) < height, np.arange(data.n_obs), -1)
    kind = "double" if node.option("double") else session.settings.type
    made = [
        _variable(data, name, column, places, kind, bool(node.option("replace")))
        for name, column in columns.items()
    ]
    session.data = data.with_variables(*made)


def _taken(memory: MataMemory, item: Item) -> dict[str, np.ndarray]:
    """Return the columns of one item by the names of their variables."""
    found = _matrix(memory, item.right)
    if not item.grouped and found.shape[0] == 1 and found.shape[1] > 1:
        found = found.T
    names = item.left.split() if item.left else [item.right]
    if len(names) == 1 and names[0].endswith("*"):
        names = default_names(names[0][:-1], found.shape[1])
    if len(names) != found.shape[1]:
        columns = counted(found.shape[1], "column")
        raise StataError(503, f"{item.right} has {columns}, there are {counted(len(names), 'name')}")
    return {name: found[:, place] for place, name in enumerate(names)}


def _matrix(memory: MataMemory, name: str) -> np.ndarray:
    value = memory.variables.get(name)
    if value is None or not is_matrix(value):
        raise StataError(111, f"matrix {name} not found in Mata")
    return array(value)


def _check_names(data: Dataset, names: Sequence[str], known: bool) -> None:
    for name in names:
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid varname")
        if name in data and not known:
            raise StataError(110, f"{name} already defined")


def _matched(memory: MataMemory, text: str, height: int) -> np.ndarray:
    """Return for each observation the row of Mata's that has its identifier, -1 for none."""
    data = memory.session.data
    left, _, right = (part.strip() for part in text.partition("="))
    key = data[resolve_name(left, data)]
    vector = _matrix(memory, right or left).ravel()
    if len(vector) != height:
        raise StataError(503, f"{right or left} has {counted(len(vector), 'row')}")
    if key.is_string != (vector.dtype == object):
        raise StataError(109, "type mismatch")
    order = np.argsort(vector, kind="stable")
    ordered = vector[order]
    if np.any(ordered[1:] == ordered[:-1]):
        raise StataError(459, f"{right or left} does not identify the rows")
    values = key.values if key.is_string else key.to_double()
    at = np.minimum(np.searchsorted(ordered, values), height - 1)
    return np.where(ordered[at] == values, order[at], -1)


def _variable(
    data: Dataset, name: str, column: np.ndarray, places: np.ndarray, kind: str, whole: bool
) -> Variable:
    """Return a variable with what Mata has for it; others stay as they are unless the `whole` is replaced."""
    text = column.dtype == object
    blank = "" if text else MISSING
    old = data[name] if name in data else None
    if old is not None and old.is_string != text:
        raise StataError(109, f"{name}: type mismatch")
    if old is not None and not whole:
        values = old.values.copy() if text else old.to_double().copy()
    else:
        values = np.full(data.n_obs, blank, dtype=object if text else np.float64)
    values[places >= 0] = column[places[places >= 0]]
    if text:
        return new_variable(name, f"str{max(1, *(len(str(each).encode()) for each in values))}", values)
    if old is not None:
        kind = old.type if old.type in ("float", "double") else "double"
    return new_variable(name, kind, values)
