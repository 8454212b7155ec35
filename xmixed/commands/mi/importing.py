"""mi import, mi export: imputations that something else has made, and those for something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xmixed.commands.mi.held import CLEAR, check_saved, data_of, opened, reclean
from xmixed.commands.registry import subcommand
from xmixed.commands.using import read_using
from xmixed.data.dataset import Dataset
from xmixed.data.imputed.foreign import ICE_ID, ICE_M, by_key, from_parts, from_stacked, from_wide, ice_data
from xmixed.data.imputed.model import Imputations, is_mi, soft_missing
from xmixed.data.imputed.rows import without_variables
from xmixed.data.imputed.separate import check_free
from xmixed.data.imputed.styles import plain, written
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

_FORMS = "flong, flongsep name, ice or wide"
_NOT_BUILT = {
    "nhanes1": "its files are described by hand: mi import wide or mi import flong",
    "mim": "data of mim are those of ice: mi import ice",
}


@subcommand(
    "mi",
    "import",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("m", "m", "varname", "flong: the number of the imputation, 0 for the original data"),
            OptionSpec("id", "id", "varlist", "flong, flongsep: variables that tell observations apart"),
            OptionSpec("imputed", "imp", "text", "imputed variables; wide: name=(names) ..."),
            OptionSpec("passive", "pas", "text", "passive variables; wide: name=(names) ..."),
            OptionSpec("using", "us", "words", "flongsep: the files, the original data first"),
            OptionSpec("automatic", "auto", help="ice: variables are imputed or passive by what they hold"),
            OptionSpec("drop", "drop", help="wide: drop the variables of the imputations"),
            OptionSpec("dupsok", "dups", help="wide: a variable may stand for several imputations"),
            CLEAR,
        ),
    ),
    synopsis="mi import flong, m(varname) id(varlist) [imputed(varlist) passive(varlist) clear]"
    "  or  mi import wide, [imputed(name=(names) ...) passive(...) drop dupsok clear]"
    "  or  mi import flongsep name, using(files) id(varlist) [imputed() passive()]"
    "  or  mi import ice [, automatic imputed() passive() clear]",
    keeps_r=True,
)
def mi_import(session: SessionState, node: Command) -> None:
    form, *names = node.argument or ("",)
    if form in _NOT_BUILT:
        raise StataError(198, f"mi import {form} is not implemented in xmixed", hint=_NOT_BUILT[form])
    if form not in _READERS or len(names) != (form == "flongsep"):
        raise StataError(198, "invalid syntax", hint=f"mi import {_FORMS}")
    reader, allowed = _READERS[form]
    for name, option in node.options.items():
        if name not in allowed:
            raise StataError(198, f"option {name} not allowed", option.span)
    if is_mi(session.data) and form != "flongsep":
        raise StataError(119, "data already mi set")
    check_saved(session, node)
    made = reader(session, node)
    incomplete = np.zeros(made.base.n_obs, dtype=bool)
    session.data = data_of(reclean(session, replace(made, incomplete=incomplete)))


def _kinds(node: Command, data: Dataset) -> dict[str, list[str]]:
    found = {}
    for kind in ("imputed", "passive"):
        text = node.option(kind, "")
        found[kind] = resolve_varlist(parse_varlist(text), data) if text else []
    return found


def _flong(session: SessionState, node: Command) -> Imputations:
    data = session.data
    m = resolve_name(node.required("m"), data)
    keys = resolve_varlist(node.required("id"), data)
    if data[m].is_string:
        raise StataError(109, "type mismatch")
    return from_stacked(data, m, keys, _kinds(node, data))


def _ice(session: SessionState, node: Command) -> Imputations:
    data = session.data
    for name in (ICE_M, ICE_ID):
        if name not in data:
            raise StataError(111, f"variable {name} not found", hint="data of ice have _mj and _mi")
    found = from_stacked(data, ICE_M, [ICE_ID], _kinds(node, data))
    found = without_variables(found, [ICE_ID])
    return _automatic(found) if node.option("automatic") else found


def _automatic(found: Imputations) -> Imputations:
    """Register what is `.` in m=0 and known in some imputation: as imputed, unless something else is said."""
    known = found.registered
    names = []
    for variable in found.base:
        soft = soft_missing(variable)
        if variable.name not in known and not variable.is_string and soft.any():
            filled = [copy[variable.name].known()[soft].any() for copy in found.copies]
            names += [variable.name] if any(filled) else []
    return found.with_kind(names, "imputed")


def _flongsep(session: SessionState, node: Command) -> Imputations:
    name = node.argument[1].removesuffix(".dta")
    files = node.required("using")
    datasets = [read_using(session, file) for file in files]
    keys = resolve_varlist(node.required("id"), datasets[0])
    check_free(name, len(datasets) - 1, replace=False)
    made = from_parts(by_key(datasets, keys, files), _kinds(node, datasets[0]))
    return replace(made, style="flongsep", name=name)


def _wide(session: SessionState, node: Command) -> Imputations:
    data = plain(session.data)
    sets = {kind: _sets(node.option(kind, ""), data) for kind in ("imputed", "passive")}
    both: Mapping[str, list[str]] = {**sets["imputed"], **sets["passive"]}
    if not both:
        raise StataError(198, "option imputed() or passive() required")
    used = [name for names in both.values() for name in names]
    if len(set(used)) < len(used) and not node.option("dupsok"):
        raise StataError(198, "a variable stands for several imputations", hint="option dupsok allows it")
    made = from_wide(data, both, {kind: list(found) for kind, found in sets.items()})
    if not node.option("drop"):
        return made
    return replace(
        made, base=made.base.without(used), copies=tuple(copy.without(used) for copy in made.copies)
    )


def _sets(text: str, data: Dataset) -> dict[str, list[str]]:
    """Return what `b=(b1 b2) c=c1 c2` says: the variables of each name, with or without parentheses."""
    found: dict[str, list[str]] = {}
    name, pending = "", []
    for word in parse_words(text.replace("(", " ").replace(")", " ").replace("=", " = ")):
        if word != "=":
            pending.append(word)
            continue
        if not pending:
            raise StataError(198, "invalid syntax")
        *before, target = pending
        _close(found, name, before, data)
        name, pending = resolve_name(target, data), []
    if text:
        _close(found, name, pending, data)
    return found


def _close(found: dict[str, list[str]], name: str, words: Sequence[str], data: Dataset) -> None:
    if not name and words:
        raise StataError(198, "invalid syntax", hint="name=(names of its imputations)")
    if name:
        found[name] = resolve_varlist(parse_varlist(" ".join(words)), data)


_COMMON = {"imputed", "passive", "clear"}
_READERS: dict[str, tuple[Callable[[SessionState, Command], Imputations], set[str]]] = {
    "flong": (_flong, {"m", "id", *_COMMON}),
    "ice": (_ice, {"automatic", *_COMMON}),
    "flongsep": (_flongsep, {"using", "id", *_COMMON}),
    "wide": (_wide, {"drop", "dupsok", *_COMMON}),
}


@subcommand(
    "mi",
    "export",
    syntax=Syntax("words", options=(CLEAR,)),
    synopsis="mi export ice [, clear]",
    keeps_r=True,
)
def export(session: SessionState, node: Command) -> None:
    if node.argument == ("nhanes1",) or node.argument == ("mim",):
        raise StataError(
            198, f"mi export {node.argument[0]} is not implemented in xmixed", hint="mi export ice"
        )
    if node.argument != ("ice",):
        raise StataError(198, "invalid syntax", hint="mi export ice")
    imputations = opened(session)
    check_saved(session, node)
    session.data = ice_data(written(replace(imputations, style="flong")))
