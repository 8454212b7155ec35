"""ereturn, return, sreturn list."""

from __future__ import annotations

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.layouts.results_lists import render_results
from xmixed.session.state import SessionState


def _refuse(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


for _name in ("ereturn", "return", "sreturn"):
    command(_name, syntax=Syntax("raw"), synopsis=f"{_name} list", keeps_r=True)(_refuse)


@subcommand("ereturn", "list", syntax=Syntax(), keeps_r=True)
def ereturn(session: SessionState, node: Command) -> None:
    sample = session.e.exist and session.e.mark in session.data.marks
    session.out.write(*render_results("e", session.e, sample))


@subcommand("return", "list", syntax=Syntax(), keeps_r=True)
def return_list(session: SessionState, node: Command) -> None:
    session.out.write(*render_results("r", session.r))


@subcommand("sreturn", "list", syntax=Syntax(), keeps_r=True)
def sreturn(session: SessionState, node: Command) -> None:
    session.out.write(*render_results("s", session.s))
