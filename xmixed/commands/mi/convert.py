"""mi convert, mi extract, mi select, mi unset: other styles, one completed dataset, plain data."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.mi.held import ABBREVIATED, CLEAR, NOUPDATE, check_saved, keep, opened
from xmixed.commands.registry import subcommand
from xmixed.data.dataset import Dataset
from xmixed.data.imputed.model import PREFIX, Imputations, is_mi, state, wide_name, with_state
from xmixed.data.imputed.separate import check_free
from xmixed.data.imputed.styles import read
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.formats.reading import whole_number
from xmixed.language.nodes import Command
from xmixed.language.options import match_choice
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@subcommand(
    "mi",
    "convert",
    syntax=Syntax(
        "words",
        options=(CLEAR, NOUPDATE, OptionSpec("replace", "replace", help="the files there give way")),
    ),
    synopsis="mi convert {wide | mlong | flong | flongsep name} [, clear noupdate replace]",
    keeps_r=True,
)
def convert(session: SessionState, node: Command) -> None:
    words = node.argument
    style = match_choice(words[0], list(ABBREVIATED)) if words else None
    if style is None or len(words) != (2 if style == "flongsep" else 1):
        raise StataError(198, "invalid syntax", hint="mi convert wide, mlong, flong, or flongsep name")
    imputations = opened(session, not node.option("noupdate"))
    name = words[1].removesuffix(".dta") if style == "flongsep" else ""
    if (style, name) == (imputations.style, imputations.name):
        return
    check_saved(session, node)
    if name:
        check_free(name, imputations.count, bool(node.option("replace")))
    keep(session, replace(imputations, style=style, name=name))


@subcommand(
    "mi",
    "extract",
    syntax=Syntax("words", options=(CLEAR, NOUPDATE)),
    synopsis="mi extract # [, clear noupdate]",
    keeps_r=True,
)
def extract(session: SessionState, node: Command) -> None:
    imputations = opened(session, not node.option("noupdate"))
    m = _number(node.argument)
    found = imputations.completed(m)
    check_saved(session, node)
    session.data = found.with_(sorted_by=(), source="", timestamp="")


def _number(words: tuple[str, ...]) -> int:
    m = whole_number(words[0]) if len(words) == 1 else None
    if m is None:
        raise StataError(198, "invalid syntax", hint="the number of an imputation, 0 for the original data")
    return m


@subcommand(
    "mi",
    "select",
    syntax=Syntax("words", options=(OptionSpec("fast", "fast", help="accepted: nothing is faster"),)),
    synopsis="mi select init [, fast]  or  mi select #",
)
def select(session: SessionState, node: Command) -> None:
    kept = session.frame.preserved
    if node.argument == ("init",):
        if kept is None or not is_mi(kept):
            raise StataError(119, "data must be preserved before mi select init", hint="preserve comes first")
        opened(session)
        session.r = Results(macros={"priorcmd": ""})
        return
    m = _number(node.argument)
    if kept is None or not is_mi(kept):
        raise StataError(119, "mi select init comes first")
    session.data = read(kept).imputations.completed(m)


@subcommand(
    "mi",
    "unset",
    syntax=Syntax(options=(OptionSpec("asis", "asis", help="system variables keep their names"),)),
    synopsis="mi unset [, asis]",
    keeps_r=True,
)
def unset(session: SessionState, node: Command) -> None:
    data = session.data
    if not is_mi(data):
        raise StataError(119, "data not mi set")
    style = state(data)["style"]
    if style.startswith("flongsep"):
        raise StataError(119, f"data are of style {style}", hint="mi extract or mi convert first")
    names = {} if node.option("asis") else {name: "mi" + name[3:] for name in _system(data)}
    if style == "wide" and not node.option("asis"):
        names |= {name: f"mi{name}" for name in _extra(opened(session, update=False)) if name in data}
    for name in names.values():
        check_new_name(name, data)
    session.data = with_state(data, {}).renamed(names)


def _system(data: Dataset) -> list[str]:
    return [name for name in data.names if name in (f"{PREFIX}m", f"{PREFIX}id", f"{PREFIX}miss")]


def _extra(imputations: Imputations) -> list[str]:
    return [wide_name(m, name) for name in imputations.varying for m in range(1, imputations.count + 1)]
