"""fvset, fvexpand, fvrevar, fvunab, tsrevar, tsunab: operators of variables, for programs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.operated import expanded_terms, operated_variables
from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Dataset, Variable, from_double
from xmixed.errors import StataError
from xmixed.estimation.sample import BASE, resolve_plain, resolve_terms, set_base
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import is_valid_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command, Interaction, Varlist, VarlistItem
from xmixed.language.parser import parse_varlist, parse_words
from xmixed.language.printer import print_item
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.session.temporaries import temporary_variable

BASES = ("default", "first", "last", "frequent", "none")


@command("fvset", syntax=Syntax("raw"), synopsis="fvset {base|clear|report} ...", keeps_r=True)
def fvset(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


@subcommand("fvset", "base", syntax=Syntax("raw"), synopsis="fvset base base varlist", needs=("data",))
def fvset_base(session: SessionState, node: Command) -> None:
    word, *names = parse_words(node.argument) or ("",)
    full = next((base for base in BASES if word and base.startswith(word)), word)
    if full not in BASES and not full.lstrip("#").isdigit():
        raise StataError(198, f"invalid base level {word}")
    if not names:
        raise StataError(100, "varlist required")
    base = {"default": "", "frequent": "freq", "none": "n"}.get(full, full)
    for name in _numeric(session.data, " ".join(names)):
        session.data = _with_base(session.data, name, base)


@subcommand("fvset", "clear", syntax=Syntax("varlist"), synopsis="fvset clear varlist", needs=("data",))
def fvset_clear(session: SessionState, node: Command) -> None:
    for name in resolve_varlist(node.argument, session.data):
        session.data = _with_base(session.data, name, "")


@subcommand("fvset", "report", syntax=Syntax("varlist"), synopsis="fvset report [varlist]", needs=("data",))
def fvset_report(session: SessionState, node: Command) -> None:
    data = session.data
    names = resolve_varlist(node.argument, data) if node.argument else data.names
    found = [(name, set_base(data, name)) for name in names if set_base(data, name)]
    if found:
        session.out.write("", "    Variable   Base", *(f"{name:>12}   {base}" for name, base in found))
    bases = {"varlist": " ".join(name for name, _ in found), "baselist": " ".join(base for _, base in found)}
    session.r = Results(macros=bases)


def _numeric(data: Dataset, text: str) -> list[str]:
    names = resolve_varlist(parse_varlist(text), data)
    for name in names:
        if data[name].is_string:
            raise StataError(109, f"{name}:  string variables may not be used as factor variables")
    return names


def _with_base(data: Dataset, name: str, base: str) -> Dataset:
    texts = dict(data.characteristics.get(name, {}))
    texts.pop(BASE, None)
    return data.with_characteristics(name, texts | ({BASE: base} if base else {}))


@command(
    "fvexpand",
    syntax=Syntax("varlist_factor", condition=True, in_range=True),
    synopsis="fvexpand [varlist] [if] [in]",
    needs=("data",),
)
def fvexpand(session: SessionState, node: Command) -> None:
    terms = expanded_terms(node.argument, session.data, selected_rows(session, node))
    factors = any(part.level is not None for term in terms for part in term.parts)
    session.r = Results(
        macros={
            "varlist": " ".join(term.name for term in terms),
            "fvops": "true" if factors else "",
            "tsops": "true" if any(part.time_series for term in terms for part in term.parts) else "",
        }
    )


REVAR = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("substitute", "sub", help="new variables for the terms only; the default"),
        OptionSpec("list", "l", help="the variables that stand in the list"),
    ),
)


@command("tsrevar", syntax=REVAR, synopsis="tsrevar [varlist] [if] [in] [, list]", needs=("data",))
@command("fvrevar", syntax=REVAR, synopsis="fvrevar [varlist] [if] [in] [, list]", needs=("data",))
def revar(session: SessionState, node: Command) -> None:
    """Make temporary variables of terms; their names are r(varlist)."""
    data = session.data
    if node.option("list"):
        names = _plain_names(node.argument, data)
    else:
        rows = selected_rows(session, node)
        names = []
        for variable in operated_variables(node.argument, data):
            names.append(variable.name if variable.name in data else _kept(session, variable, rows))
    session.r = Results(macros={"varlist": " ".join(names)})


def _kept(session: SessionState, variable: Variable, rows: np.ndarray) -> str:
    values = from_double(np.where(rows, variable.to_double(), MISSING), variable.type)
    name = temporary_variable(session)
    changed = session.data.changed
    made = replace(variable, name=name, values=values)
    session.data = session.data.with_variables(made).with_(changed=changed)
    return name


def _plain_names(varlist: Varlist, data: Dataset) -> list[str]:
    terms = resolve_terms(varlist, Context(data=data))
    return list(dict.fromkeys(operand.variable for term in terms for operand in term.operands))


@command("tsunab", syntax=Syntax("raw"), synopsis="tsunab lmacname : varlist", needs=("data",), keeps_r=True)
@command("fvunab", syntax=Syntax("raw"), synopsis="fvunab lmacname : varlist", needs=("data",), keeps_r=True)
def unabbreviate(session: SessionState, node: Command) -> None:
    """Put the terms of a list, their variables named in full, into a local macro."""
    name, colon, text = str(node.argument).partition(":")
    if not colon or not is_valid_name(name.strip()):
        raise StataError(198, "invalid syntax")
    items = parse_varlist(text.strip(), factor=True)
    session.locals[name.strip()] = " ".join(full for item in items for full in _full(item, session.data))


def _full(item: VarlistItem, data: Dataset) -> list[str]:
    """Return an element of a list with the full names of its variables; `L(1/2).x` is two."""
    if not isinstance(item, Interaction):
        plain = resolve_plain(item, Context(data=data))
        return [f"{series}.{name}" if series else name for name, series in plain]
    operands = tuple(replace(operand, name=resolve_name(operand.name, data)) for operand in item.operands)
    return [print_item(replace(item, operands=operands))]
