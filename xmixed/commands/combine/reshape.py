"""reshape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

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
from xmixed.data.operations.reshape_settings import ReshapeSettings
from xmixed.data.order import sorted_on
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, is_valid_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist, parse_varlist, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.combine.reshape import (
    Definition,
    ReshapeCounts,
    render_definition,
    render_reshape,
)
from xmixed.session.state import SessionState

_OPTIONS = (
    OptionSpec("i", "i", "varlist", help="variables that identify the units"),
    OptionSpec("j", "j", "text", help="variable of the occasions, and maybe its values"),
    OptionSpec("string", "s", help="values of j are texts"),
)


_NO_ERROR = 'there is no error with which "reshape error" can help.'
_MARK = "__listed"
"""A variable that is there while observations are listed."""


@command(
    "reshape",
    syntax=Syntax(),
    synopsis="reshape {long | wide | i | j | xij | xi | query | error | clear} ...",
    keeps_r=True,
)
def reshape(session: SessionState, node: Command) -> None:
    query(session, node)


@subcommand(
    "reshape",
    "query",
    syntax=Syntax(),
    synopsis="reshape [query]",
    keeps_r=True,
)
def query(session: SessionState, node: Command) -> None:
    settings, names = ReshapeSettings.of(session.data), set(session.data.names)
    form = "long" if settings.j in names else "wide" if settings.i and set(settings.i) <= names else ""
    j = (settings.j, *settings.values, *("string",) * settings.string) if settings.j else ()
    definition = Definition(form, settings.i, j, settings.stubs, settings.constant)
    session.out.write(*render_definition(definition))


@subcommand(
    "reshape",
    "i",
    syntax=Syntax("varlist"),
    synopsis="reshape i varlist",
    needs=("data",),
    keeps_r=True,
)
def define_i(session: SessionState, node: Command) -> None:
    names = resolve_varlist(_required(node), session.data)
    _define(session, i=tuple(dict.fromkeys(names)))


@subcommand(
    "reshape",
    "j",
    syntax=Syntax("words", options=(OptionSpec("string", "s", help="values of j are texts"),)),
    synopsis="reshape j varname [values] [, string]",
    needs=("data",),
    keeps_r=True,
)
def define_j(session: SessionState, node: Command) -> None:
    string = bool(node.option("string"))
    j, values = occasions(" ".join(_required(node)), string)
    _define(session, j=j, values=values, string=string)


@subcommand(
    "reshape",
    "xij",
    syntax=Syntax("words"),
    synopsis="reshape xij stubs",
    needs=("data",),
    keeps_r=True,
)
def define_xij(session: SessionState, node: Command) -> None:
    _define(session, stubs=tuple(_required(node)))


@subcommand(
    "reshape",
    "xi",
    syntax=Syntax("varlist"),
    synopsis="reshape xi [varlist]",
    needs=("data",),
    keeps_r=True,
)
def define_xi(session: SessionState, node: Command) -> None:
    _define(session, constant=tuple(resolve_varlist(node.argument, session.data)))


def _required(node: Command) -> Any:
    if not node.argument:
        raise StataError(100, "varlist required")
    return node.argument


def _define(session: SessionState, **parts: Any) -> None:
    session.data = replace(ReshapeSettings.of(session.data), **parts).kept_with(session.data)


def occasions(typed: str, string: bool) -> tuple[str, tuple[str, ...]]:
    """Return the name of j and the values that stand behind it."""
    j, *values = parse_words(typed) or ("_j",)
    if values and not string:
        values = [str(int(number)) for number in parse_numlist(" ".join(values).replace("-", "/"))]
    return j, tuple(values)


@subcommand(
    "reshape",
    "clear",
    syntax=Syntax(),
    synopsis="reshape clear",
    keeps_r=True,
)
def clear(session: SessionState, node: Command) -> None:
    session.data = ReshapeSettings().kept_with(session.data)


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
    data = _narrowed(data, settings)
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
    data = _narrowed(data, settings)
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


def _narrowed(data: Dataset, settings: ReshapeSettings) -> Dataset:
    """Return data without the variables that a list of constant ones leaves out."""
    if not settings.constant:
        return data
    stubs = [Stub.of(text) for text in settings.stubs]
    kept = {*settings.i, settings.j, *settings.constant, *(stub.name for stub in stubs)}
    return data.without(
        name for name in data.names if name not in kept and all(stub.value_in(name) is None for stub in stubs)
    )


def _settings(node: Command, data: Dataset) -> ReshapeSettings:
    """Return what was typed, or what the data keep from the last reshape."""
    if not node.argument and not node.options:
        return ReshapeSettings.of(data).complete()
    node.required("i")
    if not node.argument:
        raise StataError(100, "varlist required")
    i = tuple(dict.fromkeys(resolve_varlist(node.option("i"), data)))
    typed, comma, flag = (node.option("j") or "_j").partition(",")
    flags = parse_words(flag)
    if comma and (len(flags) != 1 or not "string".startswith(flags[0])):
        raise StataError(198, "option j() incorrectly specified")
    string = bool(node.option("string")) or bool(comma)
    j, values = occasions(typed, string)
    return ReshapeSettings(parse_words(node.argument), i, j, values, string)


def _finish(
    session: SessionState,
    settings: ReshapeSettings,
    i: Sequence[str],
    done: Reshaped,
    forms: tuple[str, str],
    stubs: Sequence[Stub],
) -> None:
    """Commit, and show the notes and the table."""
    before = session.data
    string = settings.string or any(not value.isdigit() for value in done.values)
    session.data = _kept(settings, i, stubs, string).kept_with(done.dataset)
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


def _kept(
    settings: ReshapeSettings, i: Sequence[str], stubs: Sequence[Stub], string: bool
) -> ReshapeSettings:
    """Return the settings with names in full."""
    texts = tuple(f"{stub.before}@{stub.after}" if stub.after else stub.before for stub in stubs)
    return replace(settings, stubs=texts, i=tuple(i), string=string)


def _remembered(
    session: SessionState,
    settings: ReshapeSettings,
    i: Sequence[str],
    stubs: Sequence[Stub],
    problem: StataError,
) -> StataError:
    """Return a problem with the data; the settings stay, for `reshape error` to find the observations."""
    if problem.code != 9:
        return problem
    session.data = _kept(settings, i, stubs, settings.string).kept_with(session.data)
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
