"""mi register, mi unregister."""

from __future__ import annotations

from xmixed.commands.mi.held import NOUPDATE, keep, names_of, opened, reclean
from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.options import match_choice
from xmixed.language.parser import parse_varlist, parse_words, text_after_words
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState

_KINDS = (("imputed", "imp"), ("passive", "pas"), ("regular", "reg"))


@subcommand(
    "mi",
    "register",
    syntax=Syntax("text"),
    synopsis="mi register {imputed | passive | regular} varlist",
    keeps_r=True,
)
def register(session: SessionState, node: Command) -> None:
    words = parse_words(node.argument or "")
    kind = match_choice(words[0], list(_KINDS)) if words else None
    if kind is None:
        raise StataError(198, "invalid syntax", hint="mi register imputed, passive or regular varlist")
    if len(words) == 1:
        raise StataError(100, "varlist required")
    imputations = opened(session)
    names = names_of(parse_varlist(text_after_words(node.argument, 1)), imputations)
    known = imputations.registered
    for name in names:
        if known.get(name, kind) != kind:
            raise StataError(110, f"{name} already registered as {known[name]}", hint="see mi unregister")
        if kind == "imputed" and imputations.base[name].is_string:
            raise StataError(109, f"{name} is a string variable; it may not be registered as imputed")
    keep(session, reclean(session, imputations.with_kind(names, kind)))


@subcommand(
    "mi",
    "unregister",
    syntax=Syntax("varlist", options=(NOUPDATE,)),
    synopsis="mi unregister varlist [, noupdate]",
    keeps_r=True,
)
def unregister(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    imputations = opened(session, not node.option("noupdate"))
    names = names_of(node.argument, imputations)
    for name in names:
        if name not in imputations.registered:
            raise StataError(111, f"variable {name} not registered")
    keep(session, reclean(session, imputations.with_kind(names, "")))
