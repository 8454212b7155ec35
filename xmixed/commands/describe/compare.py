"""compare, cf, datasignature: whether variables and data are equal."""

from __future__ import annotations

import time

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import Line, line
from xmixed.render.text import printable, result
from xmixed.session.results import Results
from xmixed.session.state import SessionState

SIGNATURE, DATE, SIGNED = "datasignature_si", "datasignature_dt", "datasignature_vl"
"""Characteristics of the data: the signature, when it was set, the variables it is of."""


@command(
    "compare",
    syntax=Syntax("varlist", condition=True, in_range=True),
    synopsis="compare varname1 varname2 [if] [in]",
    needs=("data",),
    by="each",
)
def compare(session: SessionState, node: Command) -> None:
    from xmixed.data.operations.comparison import compare_numbers, compare_strings
    from xmixed.render.layouts.describe.compare import render_comparison

    names = resolve_varlist(node.argument, session.data)
    if len(names) < 2:
        raise StataError(102, "too few variables specified")
    if len(names) > 2:
        raise StataError(103, "too many variables specified")
    one, other = (session.data[name] for name in names)
    if one.is_string != other.is_string:
        raise StataError(109, "type mismatch")
    rows = selected_rows(session, node)
    if one.is_string:
        found = compare_strings(one.values[rows], other.values[rows])
    else:
        found = compare_numbers(one.to_double()[rows], other.to_double()[rows])
    session.out.write(*render_comparison(one.name, other.name, found))


@command(
    "cf",
    syntax=Syntax(
        "varlist",
        using=True,
        options=(
            OptionSpec("all", "all", help="variables that match too"),
            OptionSpec("verbose", "verbose", help="every observation that differs"),
        ),
    ),
    synopsis="cf varlist using filename [, all verbose]",
    needs=("data",),
)
def cf(session: SessionState, node: Command) -> None:
    from xmixed.data.files.dataset_file import read_dataset
    from xmixed.data.operations.comparison import different_rows

    if node.using is None:
        raise StataError(100, "using required")
    if not node.argument:
        raise StataError(100, "varlist required")
    data, other = session.data, read_dataset(node.using).dataset
    names = resolve_varlist(node.argument, data)
    if data.n_obs != other.n_obs:
        raise StataError(9, f"master has {data.n_obs} obs., using {other.n_obs}")
    total, differs = 0, False
    for name in names:
        if name not in other:
            session.out.write(_about(name, "does not exist in using"))
            differs = True
            continue
        rows = different_rows(data[name], other[name])
        if rows is None:
            session.out.write(_about(name, "string in one, numeric in the other"))
            differs = True
        elif len(rows):
            total += len(rows)
            session.out.write(_about(name, f"{len(rows)} mismatches"))
            if node.option("verbose"):
                session.out.write(*_mismatches(data[name], other[name], rows))
        elif node.option("all"):
            session.out.write(_about(name, "match"))
    if differs or total:
        raise StataError(9)
    session.r = Results({"Nsum": 0.0}, {}, {})


def _about(name: str, text: str) -> Line:
    return line(f"{name:>16}:  ", result(text))


def _mismatches(one: Variable, other: Variable, rows: np.ndarray) -> list[str]:
    return [
        f"{'':19}obs {row + 1:2d}. {_shown(one, row)} in master; {_shown(other, row)} in using"
        for row in rows.tolist()
    ]


def _shown(variable: Variable, row: int) -> str:
    value = variable.values[row]
    if variable.is_string:
        return printable(value) if isinstance(value, str) else "(binary)"
    return format_value(float(variable.to_double()[row]), variable.format).strip()


@command(
    "datasignature",
    syntax=Syntax(),
    synopsis="datasignature [set | confirm | report | clear]",
    needs=("data",),
)
def datasignature(session: SessionState, node: Command) -> None:
    from xmixed.data.signature import data_signature

    found = data_signature(session.data)
    session.out.write(f"  {found}")
    session.r = Results({}, {"datasignature": found}, {})


@subcommand(
    "datasignature",
    "set",
    syntax=Syntax(options=(OptionSpec("reset", "reset", help="in place of one that was set"),)),
    synopsis="datasignature set [, reset]",
    needs=("data",),
)
def set_signature(session: SessionState, node: Command) -> None:
    from xmixed.data.signature import data_signature

    texts = session.data.characteristics.get("_dta", {})
    if SIGNATURE in texts and not node.option("reset"):
        raise StataError(110, "data signature already set", hint="use option reset")
    found = data_signature(session.data)
    stamp = time.strftime("%d%b%Y %H:%M").lower()
    set_now = {SIGNATURE: found, DATE: stamp, SIGNED: " ".join(session.data.names)}
    session.data = session.data.with_characteristics("_dta", {**texts, **set_now})
    session.out.write(f"  {found}       (data signature set)")
    session.r = Results({}, {"datasignature": found}, {})


def _previous(session: SessionState) -> tuple[str, str, list[str]]:
    """Return the signature that was set, when, and the variables it is of."""
    texts = session.data.characteristics.get("_dta", {})
    if SIGNATURE not in texts:
        raise StataError(459, "data signature not set")
    return texts[SIGNATURE], texts.get(DATE, ""), texts.get(SIGNED, "").split()


def _current(data: Dataset, names: list[str]) -> str:
    """Return the signature of the variables that were signed, where all are there; else that of the data."""
    from xmixed.data.signature import data_signature

    return data_signature(data.select(names) if names and all(name in data for name in names) else data)


@subcommand(
    "datasignature",
    "confirm",
    syntax=Syntax(options=(OptionSpec("strict", "strict", help="no new variables, the same order"),)),
    synopsis="datasignature confirm [, strict]",
    needs=("data",),
)
def confirm(session: SessionState, node: Command) -> None:
    before, stamp, names = _previous(session)
    found = _current(session.data, [] if node.option("strict") else names)
    if found != before:
        raise StataError(9, f"data have changed since {stamp}")
    session.out.write(f"  (data unchanged since {stamp})")
    session.r = Results({}, {"datasignature": found}, {})


@subcommand("datasignature", "report", syntax=Syntax(), synopsis="datasignature report", needs=("data",))
def report(session: SessionState, node: Command) -> None:
    before, stamp, names = _previous(session)
    found = _current(session.data, names)
    verdict = "data unchanged" if found == before else "data have changed"
    current = f"  current:{'':{len(stamp) + 2}}{found}"
    session.out.write("", f"  set on {stamp}:  {before}", current, f"  ({verdict})")
    session.r = Results({}, {"datasignature": before, "curdatasignature": found}, {})


@subcommand("datasignature", "clear", syntax=Syntax(), synopsis="datasignature clear", needs=("data",))
def clear_signature(session: SessionState, node: Command) -> None:
    texts = session.data.characteristics.get("_dta", {})
    kept = {name: text for name, text in texts.items() if name not in (SIGNATURE, DATE, SIGNED)}
    if kept != texts:
        session.data = session.data.with_characteristics("_dta", kept)
