"""reshape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import room_of
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.operations.expand import duplicates
from xmixed.data.operations.reshape import (
    Reshaped,
    Stub,
    not_constant_rows,
    to_long,
    to_wide,
    values_of_column,
    values_of_names,
)
from xmixed.data.operations.reshape_errors import Form, long_form, wide_form
from xmixed.data.order import sorted_on
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, is_valid_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist, parse_varlist, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.combine.reshape import ReshapeCounts, render_reshape
from xmixed.session.state import SessionState

_PREFIX = "ReS_"
"""Characteristics of the data in which the settings are kept."""

_OPTIONS = (
    OptionSpec("i", "i", "varlist", help="variables that identify the units"),
    OptionSpec("j", "j", "text", help="variable of the occasions, and maybe its values"),
    OptionSpec("string", "s", help="values of j are texts"),
)


_NO_ERROR = 'there is no error with which "reshape error" can help.'
_MARK = "__listed"
"""A variable that is there while observations are listed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What reshape needs to know; `values` is () when they are to be found in the data."""

    stubs: tuple[str, ...]
    i: tuple[str, ...]
    j: str
    values: tuple[str, ...]
    string: bool


@command(
    "reshape",
    syntax=Syntax("raw"),
    synopsis="reshape {long | wide | error | clear} ...",
    keeps_r=True,
)
def reshape(session: SessionState, node: Command) -> None:
    raise StataError(198, "reshape without long, wide, error or clear is not implemented in xmixed")


@subcommand(
    "reshape",
    "clear",
    syntax=Syntax(),
    synopsis="reshape clear",
    keeps_r=True,
)
def clear(session: SessionState, node: Command) -> None:
    session.data = _with_settings(session.data, {})


@subcommand(
    "reshape",
    "long",
    syntax=Syntax("text", options=_OPTIONS),
    synopsis="reshape long stubs, i(varlist) [j(varname [values]) string]",
    needs=("data",),
    keeps_r=True,
)
def long(session: SessionState, node: Command) -> None:
    data = session.data
    settings = _settings(node, data)
    stubs = [Stub.of(text) for text in settings.stubs]
    i = resolve_varlist(parse_varlist(" ".join(settings.i)), data)
    if settings.j in data:
        raise StataError(110, f"{settings.j} already defined")
    check_new_name(settings.j, data)
    values = list(settings.values) or values_of_names(data, stubs, settings.string)
    others = [v for v in data if all(stub.value_in(v.name) is None for stub in stubs)]
    room_of(session).require(data.n_obs * len(values), others)
    try:
        done = to_long(data, stubs, i, settings.j, values, settings.string)
    except StataError as problem:
        raise _remembered(session, settings, i, stubs, problem) from None
    _finish(session, settings, i, done, ("wide", "long"), stubs)


@subcommand(
    "reshape",
    "wide",
    syntax=Syntax("text", options=_OPTIONS),
    synopsis="reshape wide names, i(varlist) [j(varname [values]) string]",
    needs=("data",),
    keeps_r=True,
)
def wide(session: SessionState, node: Command) -> None:
    data = session.data
    settings = _settings(node, data)
    stubs: list[Stub] = []
    for text in settings.stubs:
        if "@" in text:
            stubs.append(Stub.of(text))
            resolve_varlist(parse_varlist(stubs[-1].name), data)
        else:
            stubs += [Stub(name) for name in resolve_varlist(parse_varlist(text), data)]
    i = resolve_varlist(parse_varlist(" ".join(settings.i)), data)
    found = values_of_column(data, settings.j, settings.string or bool(settings.values))
    values = list(settings.values) or found
    for stub in stubs:
        for value in values:
            if not is_valid_name(stub.wide_name(value)):
                raise StataError(198, f"{stub.wide_name(value)} invalid name")
    try:
        done = to_wide(data, stubs, i, settings.j, values, room_of(session))
    except StataError as problem:
        raise _remembered(session, settings, i, stubs, problem) from None
    _finish(session, settings, i, done, ("long", "wide"), stubs)


def _settings(node: Command, data: Dataset) -> Settings:
    """Return what was typed, or what the data keep from the last reshape."""
    kept = data.characteristics.get("_dta", {})
    if not node.argument and not node.options:
        if f"{_PREFIX}i" not in kept:
            raise StataError(198, "data have not been reshaped yet")
        return Settings(
            tuple(kept[f"{_PREFIX}Xij"].split()),
            tuple(kept[f"{_PREFIX}i"].split()),
            kept[f"{_PREFIX}j"],
            (),
            kept.get(f"{_PREFIX}str") == "1",
        )
    if node.option("i") is None:
        raise StataError(198, "option i() required")
    if not node.argument:
        raise StataError(100, "varlist required")
    i = tuple(dict.fromkeys(resolve_varlist(node.option("i"), data)))
    typed, comma, flag = (node.option("j") or "_j").partition(",")
    flags = parse_words(flag)
    if comma and (len(flags) != 1 or not "string".startswith(flags[0])):
        raise StataError(198, "option j() incorrectly specified")
    string = bool(node.option("string")) or bool(comma)
    j, *values = parse_words(typed) or ("_j",)
    if values and not string:
        values = [str(int(number)) for number in parse_numlist(" ".join(values).replace("-", "/"))]
    return Settings(parse_words(node.argument), i, j, tuple(values), string)


def _finish(
    session: SessionState,
    settings: Settings,
    i: Sequence[str],
    done: Reshaped,
    forms: tuple[str, str],
    stubs: Sequence[Stub],
) -> None:
    """Commit, and show the notes and the table."""
    before = session.data
    string = settings.string or any(not value.isdigit() for value in done.values)
    session.data = _with_settings(done.dataset, _kept(settings, i, stubs, string))
    session.out.write(f"(note: j = {' '.join(done.values)})")
    session.out.write(*(f"(note: {name} not found)" for name in done.absent))
    pairs = []
    for stub in stubs:
        names = [stub.wide_name(value) for value in done.values]
        pairs.append((names, [stub.name]) if forms[0] == "wide" else ([stub.name], names))
    counts = ReshapeCounts(
        forms,
        (before.n_obs, session.data.n_obs),
        (len(before.variables), len(session.data.variables)),
        len(done.values),
        ("", settings.j) if forms[0] == "wide" else (settings.j, "(dropped)"),
        pairs,
    )
    session.out.write(*render_reshape(counts))


def _kept(settings: Settings, i: Sequence[str], stubs: Sequence[Stub], string: bool) -> dict[str, str]:
    """Return the characteristics that keep the settings."""
    texts = {
        "i": " ".join(i),
        "j": settings.j,
        "Xij": " ".join(f"{stub.before}@{stub.after}" if stub.after else stub.before for stub in stubs),
        "str": str(int(string)),
        "ver": "v.2",
    }
    return {_PREFIX + name: text for name, text in texts.items()}


def _remembered(
    session: SessionState, settings: Settings, i: Sequence[str], stubs: Sequence[Stub], problem: StataError
) -> StataError:
    """Return a problem with the data; the settings stay, for `reshape error` to find the observations."""
    if problem.code != 9:
        return problem
    session.data = _with_settings(session.data, _kept(settings, i, stubs, settings.string))
    return StataError(9, problem.message, keeps_results=True)


@subcommand(
    "reshape",
    "error",
    syntax=Syntax(),
    synopsis="reshape error",
    needs=("data",),
)
def error(session: SessionState, node: Command) -> None:
    data = session.data
    settings = _settings(node, data)
    i, j = list(settings.i), settings.j
    if j not in data:
        if not _repeat(session, i, wide_form(i)):
            session.out.write(f"{' '.join(i)} is unique;", _NO_ERROR)
        return
    if _repeat(session, [*i, j], long_form(i, j)):
        return
    stubs = {Stub.of(text).name for text in settings.stubs}
    others = [variable for variable in data if variable.name not in {*i, j, *stubs}]
    vary = not_constant_rows(data, i, others)
    if vary:
        session.out.write(*long_form(i, j).head, "")
        for name, rows in vary:
            session.out.write(f"{name} not constant within {' '.join(i)}:")
            _list(session, data, [*i, j, name], rows)
        return
    told = f"{j} is unique within {' '.join(i)} and"
    constant = f'all the "reshape xi" variables are constant within {j};'
    session.out.write(told, constant, _NO_ERROR)


def _repeat(session: SessionState, names: list[str], form: Form) -> bool:
    """Sort by variables and list the rows that are alike in them; return whether there are any."""
    data = sorted_on(session.data, names)
    found = duplicates(data, names, np.ones(data.n_obs, dtype=bool))
    rows = found.order[found.groups.size > 1]
    if not len(rows):
        return False
    session.out.write(*form.head, "", form.problem, "")
    session.out.write(
        f"The following {len(rows)} of {data.n_obs} observations have repeated {form.what} values:"
    )
    _list(session, data, names, rows)
    session.data = data
    session.out.write("", f"(data now sorted by {' '.join(names)})")
    return True


def _list(session: SessionState, data: Dataset, names: list[str], rows: np.ndarray) -> None:
    """List some observations of some variables."""
    own = session.data
    mark = np.zeros(data.n_obs, dtype=np.int8)
    mark[rows] = 1
    session.data = data.with_variables(Variable(_MARK, "byte", mark, "%8.0g"))
    try:
        session.execute(f"list {' '.join(names)} if {_MARK}")
    finally:
        session.data = own


def _with_settings(data: Dataset, settings: dict[str, str]) -> Dataset:
    own = data.characteristics.get("_dta", {})
    kept = {name: text for name, text in own.items() if not name.startswith(_PREFIX)}
    return data.with_characteristics("_dta", {**kept, **settings})
