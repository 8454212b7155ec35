"""compress, recast, clonevar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import blank_column, count_missing, stored, string_type
from xmixed.data.dataset import DTYPES, LIMITS, Variable, default_format, from_double, is_string_type
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist, parse_words, text_after_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.text import counted
from xmixed.session.state import SessionState


@command(
    "compress",
    syntax=Syntax("varlist"),
    synopsis="compress [varlist]",
    needs=("data",),
    keeps_r=True,
)
def compress(session: SessionState, node: Command) -> None:
    data = session.data
    names = dict.fromkeys(resolve_varlist(node.argument, data)) if node.argument else data.names
    changed = []
    for name in names:
        old = data[name]
        kind = _narrowest(old)
        if kind != old.type:
            changed.append(_as_type(old, kind))
            session.out.write(f"{name} was {old.type} now {kind}")
    if changed:
        session.data = data.with_variables(*changed).with_(sorted_by=data.sorted_by)


def _narrowest(variable: Variable) -> str:
    """Return the narrowest type that holds the values: never long for a float, float for an exact double."""
    if variable.is_string:
        if variable.type == "strL":
            return "strL"
        return f"str{min(int(variable.type[3:]), int(string_type(variable.values)[3:]))}"
    values = variable.to_double()
    numbers = values[~is_missing(values)]
    order = ("byte", "int", "long") if variable.type in ("long", "double") else ("byte", "int")
    if np.all(numbers == np.floor(numbers)):
        for kind in order:
            low, high = LIMITS[kind]
            if DTYPES[kind].itemsize >= DTYPES[variable.type].itemsize:
                break
            if not len(numbers) or (numbers.min() >= low and numbers.max() <= high):
                return kind
    if variable.type == "double":
        single = from_double(values, "float")
        if np.array_equal(replace(variable, type="float", values=single).to_double(), values):
            return "float"
    return variable.type


def _as_type(variable: Variable, kind: str) -> Variable:
    values = stored(variable.values if variable.is_string else variable.to_double(), kind)
    fmt = variable.format
    if fmt == default_format(variable.type) and is_string_type(kind):
        fmt = default_format(kind)
    return replace(variable, type=kind, values=values, format=fmt)


@command(
    "recast",
    syntax=Syntax("text", options=(OptionSpec("force", "force", help="also where values change"),)),
    synopsis="recast type varlist [, force]",
    needs=("data",),
    keeps_r=True,
)
def recast(session: SessionState, node: Command) -> None:
    text = node.argument or ""
    words = parse_words(text)
    if len(words) < 2:
        raise StataError(100, "varlist required")
    kind = words[0]
    if kind not in DTYPES and not (kind[:3] == "str" and kind[3:].isdigit()) and kind != "strL":
        raise StataError(198, f"{kind} invalid type")
    data, kept, lossy = session.data, [], []
    for name in dict.fromkeys(resolve_varlist(parse_varlist(text_after_words(text, 1)), data)):
        new, changed = _recast(data[name], kind)
        if changed and not node.option("force"):
            session.out.write(f"{name}:  {counted(changed, 'value')} would be changed; not changed")
            continue
        if changed:
            session.out.write(f"{name}:  {counted(changed, 'value')} changed")
        (lossy if changed else kept).append(new)
    if lossy:
        data = data.with_variables(*lossy)
    session.data = data.with_variables(*kept).with_(sorted_by=data.sorted_by) if kept else data


def _recast(old: Variable, kind: str) -> tuple[Variable, int]:
    """Return a variable in another type and how many of its values changed."""
    if old.is_string != is_string_type(kind):
        raise StataError(109, "type mismatch")
    new = _as_type(old, kind)
    before, after = (v.values if v.is_string else v.to_double() for v in (old, new))
    return new, int(np.count_nonzero(before != after))


@command(
    "clonevar",
    syntax=Syntax("assignment", condition=True, in_range=True),
    synopsis="clonevar newvar = varname [if] [in]",
    needs=("data",),
    keeps_r=True,
)
def clonevar(session: SessionState, node: Command) -> None:
    data = session.data
    source = getattr(node.argument.expression, "name", "")
    name = node.argument.target.name
    check_new_name(name, data)
    if not source:
        raise StataError(198, "invalid syntax")
    old = data[resolve_name(source, data)]
    rows = selected_rows(session, node)
    values = blank_column(old.type, data.n_obs)
    values[rows] = old.values[rows]
    found = data.with_variables(replace(old, name=name, values=values))
    if old.name in data.characteristics:
        found = found.with_characteristics(name, data.characteristics[old.name])
    session.data = found
    missing = count_missing(values, old.type)
    if missing:
        session.out.write(f"({counted(missing, 'missing value')} generated)")
