"""mi query, mi describe."""

from __future__ import annotations

from xmixed.commands.registry import subcommand
from xmixed.data.imputed.model import is_mi, state
from xmixed.data.imputed.styles import now
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.layouts.describe.imputations import render_age
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@subcommand("mi", "query", syntax=Syntax(), synopsis="mi query")
def query(session: SessionState, node: Command) -> None:
    if not is_mi(session.data):
        session.out.write("(data not mi set)")
        session.r = Results(macros={"style": ""})
        return
    found = state(session.data)
    updated = int(found.get("update", "0"))
    part = f", m = {found['m']}" if "m" in found else f", M = {found.get('M', '0')}"
    session.out.write(f"data mi set {found['style']}{part}", f"last mi update {render_age(updated, now())}")
    counts = {"update": float(now() - updated), "M": float(found.get("M", "0"))}
    counts |= {"m": float(found["m"])} if "m" in found else {}
    names = {"name": found["name"]} if "name" in found else {}
    session.r = Results(scalars=counts, macros={"style": found["style"], **names})
