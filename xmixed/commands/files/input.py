"""`input`: data typed in, up to `end`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.columns import blank_column, stored
from xmixed.data.dataset import Variable, default_format, is_string_type
from xmixed.errors import StataError
from xmixed.expressions.typed.parts import NewNames, new_names
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import Syntax
from xmixed.missing import CODES, MISSING, NAMES
from xmixed.session.state import SessionState


@command("input", syntax=Syntax("text"), synopsis="input [[type] varname [[type] varname ...]]", keeps_r=True)
def input_(session: SessionState, node: Command) -> None:
    if session.verbatim is None:
        raise StataError(104, "nothing to input")
    data = session.data
    typed = str(node.argument).strip()
    if typed:
        wanted = new_names(typed, data, session.settings.type)
    else:
        wanted = NewNames(data.names, [variable.type for variable in data])
    if not wanted.names:
        raise StataError(104, "nothing to input")
    rows = [_row(line.text, wanted) for line in session.verbatim if line.text]
    if not typed:
        _append(session, wanted, rows)
        return
    n = len(rows) if not data.variables else data.n_obs
    if len(rows) > n:
        raise StataError(198, "more lines than observations")
    added = []
    for place, (name, storage_type) in enumerate(zip(wanted.names, wanted.types, strict=True)):
        column = blank_column(storage_type, n)
        column[: len(rows)] = _column(rows, place, storage_type)
        added.append(Variable(name, storage_type, column, default_format(storage_type)))
    session.data = data.with_variables(*added)


def _append(session: SessionState, wanted: NewNames, rows: list[list[float | str]]) -> None:
    """Add observations of the variables that are there."""
    data = session.data
    variables = [
        replace(variable, values=np.concatenate([variable.values, _column(rows, place, variable.type)]))
        for place, variable in enumerate(data)
    ]
    blank = np.zeros(len(rows), dtype=bool)
    marks = {name: np.concatenate([mark, blank]) for name, mark in data.marks.items()}
    session.data = data.with_(variables=variables, sorted_by=(), marks=marks)


def _row(text: str, wanted: NewNames) -> list[float | str]:
    words = parse_words(text)
    if len(words) > len(wanted.names):
        raise StataError(103, "too many values")
    values: list[float | str] = []
    for place, storage_type in enumerate(wanted.types):
        if is_string_type(storage_type):
            values.append(words[place] if place < len(words) else "")
        else:
            values.append(_number(words[place]) if place < len(words) else MISSING)
    return values


def _number(word: str) -> float:
    if word in NAMES:
        return float(CODES[NAMES.index(word)])
    try:
        return float(word)
    except ValueError:
        raise StataError(198, f"'{word}' cannot be read as a number") from None


def _column(rows: list[list[float | str]], place: int, storage_type: str) -> np.ndarray:
    values = np.empty(len(rows), dtype=object if is_string_type(storage_type) else np.float64)
    values[:] = [row[place] for row in rows]
    return stored(values, storage_type)
