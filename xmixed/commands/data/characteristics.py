"""char."""

from __future__ import annotations

from xmixed.commands.registry import command, subcommand
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words, text_after_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import line
from xmixed.render.text import printable, result
from xmixed.session.state import SessionState

DATASET, TEXT_AT = "_dta", 28


def _target(text: str, data: Dataset) -> tuple[str, str]:
    """Return the owner and the name that `v[name]` means; the name is "" without brackets."""
    owner, bracket, rest = text.partition("[")
    if bracket and not rest.endswith("]"):
        raise StataError(198, "invalid syntax")
    return (owner if owner == DATASET else resolve_name(owner, data)), rest[:-1]


@command(
    "char",
    syntax=Syntax("raw"),
    synopsis="char [define] varname[name] [text]  or  char [list] [varname[name]]",
    keeps_r=True,
)
def char(session: SessionState, node: Command) -> None:
    if node.argument:
        _define(session, node.argument)
    else:
        _list(session, "")


@subcommand(
    "char",
    "define",
    syntax=Syntax("raw"),
    synopsis="char define varname[name] [text]",
    keeps_r=True,
)
def define(session: SessionState, node: Command) -> None:
    _define(session, node.argument)


@subcommand(
    "char",
    "list",
    syntax=Syntax("raw"),
    synopsis="char list [varname[name]]",
    keeps_r=True,
)
def list_characteristics(session: SessionState, node: Command) -> None:
    _list(session, node.argument)


@subcommand(
    "char",
    "rename",
    syntax=Syntax("words", options=(OptionSpec("replace", "replace", help="those there give way"),)),
    synopsis="char rename oldvar newvar [, replace]",
    keeps_r=True,
)
def rename(session: SessionState, node: Command) -> None:
    if len(node.argument) != 2:
        raise StataError(198, "invalid syntax")
    data = session.data
    source, target = (_target(word, data)[0] for word in node.argument)
    texts, there = (data.characteristics.get(owner, {}) for owner in (source, target))
    if set(texts) & set(there) and not node.option("replace"):
        raise StataError(110, f"characteristics of {target} already defined")
    session.data = data.with_characteristics(target, {**there, **texts}).with_characteristics(source, {})


def _define(session: SessionState, text: str) -> None:
    words = parse_words(text)
    if not words:
        raise StataError(100, "varname required")
    owner, name = _target(words[0], session.data)
    if not name:
        raise StataError(198, "invalid syntax")
    rest = text_after_words(text, 1)
    value = " ".join(parse_words(rest)) if rest.startswith(('"', '`"')) else rest
    texts = dict(session.data.characteristics.get(owner, {}))
    texts.pop(name, None)
    session.data = session.data.with_characteristics(owner, {**texts, name: value} if value else texts)


def _list(session: SessionState, text: str) -> None:
    data = session.data
    owners, wanted = [DATASET, *data.names], ""
    if text.strip():
        owner, wanted = _target(text.strip(), data)
        owners = [owner]
    for owner in owners:
        for name, value in data.characteristics.get(owner, {}).items():
            if not wanted or name == wanted:
                head = f"  {owner}[{name}]:"
                session.out.write(line(head.ljust(TEXT_AT), result(printable(value))))
