"""parmest, parmby: one observation for each parameter that was estimated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.columns import stored, string_type
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.coefficients import degrees_of_freedom
from xmixed.expressions.varlist import check_new_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import quantile, t_tail
from xmixed.statistics.inference.ranks import normal_p

_TARGETS = (
    OptionSpec("list", "li", "text", "variables that are listed"),
    OptionSpec("saving", "sa", "text", "file that is written: name[, replace]"),
    OptionSpec("norestore", "nor", help="the parameters take the place of the data in memory"),
    OptionSpec("fast", "fast", help="the same: what fails leaves the data as they are anyway"),
)
OPTIONS = (
    *_TARGETS,
    OptionSpec("eform", "ef", help="exponentiated estimates and limits"),
    OptionSpec("label", "lab", help="labels of the parameters' variables"),
    OptionSpec("level", "le", "numlist", "confidence levels"),
    OptionSpec("dof", "d", "number", "degrees of freedom; 0 for normal limits", minimum_value=0),
    OptionSpec("idnum", "idn", "number", "number in the variable idnum"),
    OptionSpec("idstr", "ids", "text", "text in the variable idstr"),
    OptionSpec("rename", "ren", "text", "pairs of old and new names"),
    OptionSpec("format", "for", "text", "pairs of names and formats"),
    OptionSpec("escal", "es", "text", built=False),
    OptionSpec("erows", "erows", "text", built=False),
    OptionSpec("ecols", "ecols", "text", built=False),
    OptionSpec("flist", "fl", "text", built=False),
    OptionSpec("stars", "st", "numlist", built=False),
    OptionSpec("bmatrix", "bm", "text", built=False),
    OptionSpec("vmatrix", "vm", "text", built=False),
)
_OWN = "list(varlist) saving(file[, replace]) norestore fast eform label level(numlist) dof(#) idnum(#) "
_OWN += "idstr(text) rename(old new ...) format(name %fmt ...)"


@command(
    "parmest",
    syntax=Syntax("none", options=OPTIONS),
    synopsis=f"parmest, {_OWN}",
    needs=("estimates",),
    keeps_r=True,
)
def parmest(session: SessionState, node: Command) -> None:
    _check_targets(node)
    _deliver(session, node, _adorned(_parameters(session, node), node))


@command(
    "parmby",
    syntax=Syntax("words", options=(*OPTIONS, OptionSpec("by", "by", "varlist", "groups of the data"))),
    synopsis=f'parmby "command", by(varlist) {_OWN}',
    needs=("data",),
    keeps_r=True,
)
def parmby(session: SessionState, node: Command) -> None:
    _check_targets(node)
    if len(node.argument) != 1:
        raise StataError(198, "parmby takes one command in quotes")
    data, e = session.data, session.e
    names = list(dict.fromkeys(resolve_varlist(node.option("by"), data))) if node.option("by") else []
    codes, count = group_codes(data, names)
    parts: list[Dataset] = []
    firsts: list[int] = []
    try:
        for group in range(count):
            rows = codes == group
            session.data = data.rows(rows).with_(marks={})
            session.execute(f"quietly {node.argument[0]}")
            parts.append(_parameters(session, node))
            firsts.append(int(np.flatnonzero(rows)[0]))
    finally:
        session.data, session.e = data, e
    _deliver(session, node, _adorned(_together(data, names, parts, firsts), node))


def _together(data: Dataset, names: list[str], parts: list[Dataset], firsts: list[int]) -> Dataset:
    """Return the parameters of all groups, with the variables that make the groups and a number in each."""
    sizes = [part.n_obs for part in parts]
    if len({tuple(part.names) for part in parts}) > 1:
        raise StataError(498, "the groups have parameters of different kinds")
    rows = np.repeat(firsts, sizes)
    by = [data.rows(rows)[name] for name in names]
    number = np.concatenate([np.arange(1, size + 1) for size in sizes])
    columns = [Variable("parmseq", "int", stored(number, "int"), "%8.0g", "Parameter sequence number")]
    for variable in parts[0]:
        values = np.concatenate([part[variable.name].values for part in parts])
        kind = string_type(values) if variable.is_string else variable.type
        columns.append(Variable(variable.name, kind, values, variable.format, variable.label))
    kept = {variable.value_label for variable in by}
    labels = {name: texts for name, texts in data.value_labels.items() if name in kept}
    return Dataset((*by, *columns), int(sum(sizes)), value_labels=labels, sorted_by=tuple(names))


def _parameters(session: SessionState, node: Command) -> Dataset:
    """Return a row for each coefficient of e(b)."""
    e = session.e
    if "b" not in e.matrices or "V" not in e.matrices:
        raise StataError(301, "last estimates not found")
    full = e.matrices["b"].column_names
    split = [name.rpartition(":") for name in full]
    columns: list[Variable] = []
    if any(equation for equation, _, _ in split):
        columns.append(_text("eq", [equation for equation, _, _ in split], "Equation name"))
    columns.append(_text("parm", [name for _, _, name in split], "Parameter name"))
    if node.option("label"):
        known = {v.name: v.label for v in session.data}
        columns.append(_text("label", [known.get(name, "") for _, _, name in split], "Parameter label"))
    columns += _figures(e, node, _levels(session, node))
    return Dataset(tuple(columns), len(full))


def _levels(session: SessionState, node: Command) -> list[float]:
    levels = sorted(node.option("level", (session.settings.level,)))
    if any(not 10 <= level < 100 for level in levels):
        raise StataError(198, "level() must be between 10 and 99.99 inclusive")
    return levels


def _figures(e: Estimates, node: Command, levels: list[float]) -> list[Variable]:
    b, se = e.matrices["b"].values[0], np.sqrt(np.diag(e.matrices["V"].values))
    df = degrees_of_freedom(e)
    if node.option("dof") is not None:
        df = np.full(len(b), float(node.option("dof"))) if node.option("dof") else None
    known = se > 0
    statistic = np.where(known, b / np.where(known, se, 1.0), MISSING)
    p = [_p(x, None if df is None else df[place]) for place, x in enumerate(statistic.tolist())]
    shown = np.exp(b) if node.option("eform") else b
    columns = [("estimate", shown, "Parameter estimate")]
    columns.append(("stderr", shown * se if node.option("eform") else se, "SE of parameter estimate"))
    letter = "z" if df is None else "t"
    if df is not None:
        columns.append(("dof", np.where(np.isfinite(df), df, MISSING), "Degrees of freedom"))
    columns += [(letter, statistic, f"{letter}-test statistic"), ("p", np.array(p), "P-value")]
    for level in levels:
        reach = np.array([quantile(level, None if df is None else df[place]) for place in range(len(b))])
        for name, side, word in (("min", -1.0, "Lower"), ("max", 1.0, "Upper")):
            limit = np.where(known, b + side * reach * se, MISSING)
            if node.option("eform"):
                limit = np.where(known, np.exp(np.where(known, limit, 0.0)), MISSING)
            label = f"{word} {level:g}% confidence limit"
            columns.append((f"{name}{level:g}".replace(".", "_"), limit, label))
    fmt = default_format("double")
    return [Variable(name, "double", stored(x, "double"), fmt, label) for name, x, label in columns]


def _p(statistic: float, df: float | None) -> float:
    if is_missing(statistic):
        return MISSING
    return normal_p(statistic) if df is None or df == np.inf else t_tail(statistic, df)


def _text(name: str, texts: list[str], label: str) -> Variable:
    values = np.empty(len(texts), dtype=object)
    values[:] = texts
    kind = string_type(values)
    return Variable(name, kind, values, default_format(kind), label)


def _adorned(found: Dataset, node: Command) -> Dataset:
    """Return the parameters with identifiers in front, other names and formats."""
    n = found.n_obs
    front: list[Variable] = []
    if node.option("idnum") is not None:
        values = stored(np.full(n, float(node.option("idnum"))), "double")
        front.append(Variable("idnum", "double", values, default_format("double"), "Numeric ID"))
    if node.option("idstr") is not None:
        front.append(_text("idstr", [str(node.option("idstr"))] * n, "String ID"))
    found = found.with_(variables=(*front, *found.variables), n_obs=n)
    if node.option("rename") is not None:
        renamed: dict[str, str] = dict(_pairs(node, "rename"))
        for old, new in renamed.items():
            resolve_name(old, found)
            check_new_name(new, found)
        found = found.renamed(renamed)
    if node.option("format") is not None:
        for names, fmt in _pairs(node, "format"):
            chosen = resolve_varlist(parse_varlist(names), found)
            found = found.with_variables(*(replace(found[name], format=fmt) for name in chosen))
    return found


def _pairs(node: Command, option: str) -> list[tuple[str, str]]:
    """Return old and new names; of format() names before their format."""
    words = parse_words(str(node.option(option)))
    pairs: list[tuple[str, str]] = []
    if option == "rename":
        if len(words) % 2:
            raise StataError(198, "option rename() incorrectly specified")
        return list(zip(words[::2], words[1::2], strict=True))
    waiting: list[str] = []
    for word in words:
        if word.startswith("%"):
            pairs.append((" ".join(waiting), word))
            waiting = []
        else:
            waiting.append(word)
    if waiting:
        raise StataError(198, "option format() incorrectly specified")
    return pairs


def _check_targets(node: Command) -> None:
    if not any(node.option(name) for name in ("list", "saving", "norestore", "fast")):
        raise StataError(198, "at least one of the options list(), saving(), norestore and fast required")


def _deliver(session: SessionState, node: Command, found: Dataset) -> None:
    """List the parameters, save them, or leave them in memory."""
    before: Any = session.data
    session.data = found
    kept = False
    try:
        if node.option("list"):
            session.execute(f"list {node.option('list')}")
        if node.option("saving"):
            session.execute(f"quietly save {node.option('saving')}")
            session.out.write(f"file {str(node.option('saving')).partition(',')[0].strip()} saved")
        kept = bool(node.option("norestore") or node.option("fast"))
    finally:
        if not kept:
            session.data = before
