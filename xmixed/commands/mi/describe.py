"""mi query, mi describe, mi varying."""

from __future__ import annotations

import numpy as np

from xmixed.commands.mi.held import NOUPDATE, names_of, opened
from xmixed.commands.registry import subcommand
from xmixed.data.imputed.model import ID, KINDS, MISS, Imputations, M, is_mi, soft_missing, state
from xmixed.data.imputed.styles import now
from xmixed.data.imputed.varying import varying_variables
from xmixed.formats.reading import whole_number
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.describe.imputations import (
    ImputationFacts,
    VariableFacts,
    render_age,
    render_imputations,
    render_varying,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState

LATEST = 2 * 10**11
"""Seconds since 1960 that are a date."""


@subcommand("mi", "query", syntax=Syntax(), synopsis="mi query")
def query(session: SessionState, node: Command) -> None:
    if not is_mi(session.data):
        session.out.write("(data not mi set)")
        session.r = Results(macros={"style": ""})
        return
    found = state(session.data)
    updated = _updated(found)
    part = f", m = {found['m']}" if "m" in found else f", M = {found.get('M', '0')}"
    shown = f"{found['style']} {found.get('name', '')}" if found["style"] == "flongsep" else found["style"]
    session.out.write(f"data mi set {shown}{part}", f"last mi update {render_age(updated, now())}")
    counts = {"update": float(now() - updated), "M": float(whole_number(found.get("M", "0")) or 0)}
    counts |= {"m": float(whole_number(found["m"]) or 0)} if "m" in found else {}
    names = {"name": found["name"]} if "name" in found else {}
    session.r = Results(scalars=counts, macros={"style": found["style"], **names})


def _updated(found: dict[str, str]) -> int:
    """Return when the clean-up ran, in seconds since 1960."""
    moment = whole_number(found.get("update", "0"))
    return moment if moment is not None and 0 <= moment < LATEST else 0


@subcommand(
    "mi",
    "describe",
    syntax=Syntax(
        options=(OptionSpec("detail", "d", help="missing values in m>0 too"), NOUPDATE),
    ),
    synopsis="mi describe [, detail noupdate]",
)
def describe(session: SessionState, node: Command) -> None:
    if not is_mi(session.data):
        session.out.write("(data not mi set)")
        return
    imputations = opened(session, not node.option("noupdate"))
    kept = state(session.data)
    incomplete = int(np.count_nonzero(imputations.incomplete))
    base, kinds = imputations.base, imputations.registered
    system = [name for name in (M, ID, MISS) if name in session.data]
    facts = ImputationFacts(
        imputations.style,
        kept.get("name", ""),
        _updated(kept),
        now(),
        base.n_obs - incomplete,
        incomplete,
        imputations.count,
        {kind: [_facts(imputations, name, kind) for name in getattr(imputations, kind)] for kind in KINDS},
        system,
        [name for name in base.names if name not in kinds],
        bool(node.option("detail")),
    )
    session.out.write(*render_imputations(facts, session.settings.linesize))
    session.r = _described(facts)


def _facts(imputations: Imputations, name: str, kind: str) -> VariableFacts:
    """Return the missing values of a variable: `.` in m=0, `.a` to `.z` there, and all in each m>0."""
    if kind == "regular":
        return VariableFacts(name)
    variable = imputations.base[name]
    soft = int(np.count_nonzero(soft_missing(variable)))
    all_of = [int(np.count_nonzero(~copy[name].known())) for copy in imputations.copies]
    hard = int(np.count_nonzero(~variable.known())) - soft
    return VariableFacts(name, soft, hard, tuple(all_of))


def _described(facts: ImputationFacts) -> Results:
    scalars = {
        "update": float(facts.now - facts.updated),
        "M": float(facts.count),
        "N": float(facts.complete + facts.incomplete),
        "N_complete": float(facts.complete),
        "N_incomplete": float(facts.incomplete),
    }
    macros = {"style": facts.style}
    for kind, short in (("imputed", "ivars"), ("passive", "pvars"), ("regular", "rvars")):
        found = facts.variables[kind]
        macros[short] = " ".join(one.name for one in found)
        if kind != "regular":
            macros[f"_0_miss_{short}"] = " ".join(str(one.soft) for one in found)
            macros[f"_0_hard_{short}"] = " ".join(str(one.hard) for one in found)
    return Results(scalars, {name: text for name, text in macros.items() if text})


@subcommand(
    "mi",
    "varying",
    syntax=Syntax("varlist", options=(NOUPDATE, OptionSpec("unregistered", "unreg", help="only those"))),
    synopsis="mi varying [varlist] [, noupdate unregistered]",
)
def varying(session: SessionState, node: Command) -> None:
    imputations = opened(session, not node.option("noupdate"))
    names = names_of(node.argument, imputations) if node.argument else imputations.base.names
    if node.option("unregistered"):
        names = [name for name in names if name not in imputations.registered]
    found = varying_variables(imputations, names)
    session.out.write(*render_varying(found, session.settings.linesize))
    macros = {
        "ivars": found.imputed,
        "pvars": found.passive,
        "uvars_v": found.varying,
        "uvars_s_v": found.super_or_varying,
        "uvars_sv": found.super_varying,
    }
    session.r = Results(macros={name: " ".join(found) for name, found in macros.items() if found})
