"""`tokenize`, `gettoken`: text taken apart into macros."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.options import unquote
from xmixed.language.programs.tokens import next_token, take_macro_name, tokens_of
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState


@command(
    "tokenize",
    syntax=Syntax("text", options=(OptionSpec("parse", "p", "text", "characters at which tokens end"),)),
    synopsis='tokenize [[`]"][string]["[\']] [, parse("pchars")]',
    keeps_r=True,
)
def tokenize(session: SessionState, node: Command) -> None:
    tokens = tokens_of(unquote(str(node.argument)), str(node.option("parse", " ")))
    macros = session.locals
    number = 1
    while str(number) in macros or number <= len(tokens):
        macros.pop(str(number), None)
        number += 1
    macros |= {str(i): token for i, token in enumerate(tokens, 1) if token}


@command(
    "gettoken",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("parse", "p", "text", "characters at which tokens end"),
            OptionSpec("quotes", "q", help="keep the outer quotes of the token"),
            OptionSpec("qed", "qed", "name", "macro that tells whether it was quoted"),
            OptionSpec("match", "m", "name", "macro that tells whether it stood in parentheses"),
            OptionSpec("bind", "bind", help="parentheses and brackets do not end a token"),
        ),
    ),
    synopsis="gettoken emname1 [emname2] : emname3 [, parse() quotes qed() match() bind]",
    keeps_r=True,
)
def gettoken(session: SessionState, node: Command) -> None:
    text = str(node.argument).strip()
    targets = [take_macro_name(text)]
    if not targets[0][2].startswith(":"):
        targets.append(take_macro_name(targets[0][2]))
    if not targets[-1][2].startswith(":"):
        raise StataError(198, "invalid syntax")
    scope, name, left = take_macro_name(targets[-1][2][1:].lstrip())
    if left:
        raise StataError(198, "invalid syntax")
    token = next_token(
        _table(session, scope).get(name, ""),
        str(node.option("parse", " ")),
        quotes=bool(node.option("quotes")),
        match=bool(node.option("match")),
        bind=bool(node.option("bind")),
    )
    for (where, target, _), value in zip(targets, (token.text, token.rest), strict=False):
        _put(_table(session, where), target, value)
    if qed := node.option("qed"):
        _put(session.locals, qed, str(int(token.quoted)))
    if match := node.option("match"):
        _put(session.locals, match, "(" if token.matched else "")


def _table(session: SessionState, scope: str) -> dict[str, str]:
    return session.locals if scope == "local" else session.global_macros


def _put(macros: dict[str, str], name: str, value: str) -> None:
    if value:
        macros[name] = value
    else:
        macros.pop(name, None)
