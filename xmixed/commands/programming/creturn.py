"""`creturn list`, `query`: what c() holds, and what the settings are."""

from __future__ import annotations

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.system_sections import SECTIONS, setter_of
from xmixed.expressions.system_values import system_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.layouts.system_values import render_section, render_settings
from xmixed.session.state import SessionState


@command("creturn", syntax=Syntax("raw"), synopsis="creturn list", keeps_r=True)
def creturn(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


@subcommand("creturn", "list", syntax=Syntax(), keeps_r=True)
def creturn_list(session: SessionState, node: Command) -> None:
    context, linesize = Context.of(session), session.settings.linesize
    for section in SECTIONS:
        groups = [
            [(name, system_value(name, context), setter_of(name, section)) for name in group]
            for group in section.groups
        ]
        session.out.write(*render_section(section.title, groups, linesize))


@command(
    "query",
    syntax=Syntax("words"),
    synopsis="query [memory|output|interface|graphics|efficiency|network|update|trace|other]",
    keeps_r=True,
)
def query(session: SessionState, node: Command) -> None:
    typed = node.argument[0] if node.argument else ""
    chosen = [section for section in SECTIONS if section.word and section.word.startswith(typed)]
    if len(node.argument) > 1 or not chosen:
        raise StataError(198, "invalid syntax")
    context = Context.of(session)
    for section in chosen:
        names = [name for group in section.groups for name in group if setter_of(name, section)]
        shown = [(name, system_value(name, context)) for name in names]
        session.out.write(*render_settings(section.title, shown, session.settings.linesize))
