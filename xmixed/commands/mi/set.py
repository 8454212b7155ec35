"""mi set: data become multiple-imputation data; imputations are added and dropped."""

from __future__ import annotations

import numpy as np

from xmixed.commands.mi.held import ABBREVIATED, keep, opened
from xmixed.commands.registry import subcommand
from xmixed.data.imputed.model import ID, LARGEST, MISS, STYLES, Imputations, M, is_mi, state
from xmixed.data.imputed.separate import check_free
from xmixed.errors import StataError
from xmixed.formats.reading import whole_number
from xmixed.language.nodes import Command
from xmixed.language.options import match_choice
from xmixed.language.parser import parse_numlist, parse_words
from xmixed.language.syntax import Syntax
from xmixed.render.text import plural
from xmixed.session.state import SessionState

_SIGNS = ("+=", "-=", "=")


@subcommand(
    "mi",
    "set",
    syntax=Syntax("text"),
    synopsis="mi set {wide | mlong | flong | flongsep name}  or  mi set M {= | += | -=} #"
    "  or  mi set m -= (numlist)",
    keeps_r=True,
)
def mi_set(session: SessionState, node: Command) -> None:
    text = (node.argument or "").strip()
    letter, sign, rest = _change_of_count(text)
    if sign:
        _set_count(session, letter, sign, rest)
    else:
        _set_style(session, parse_words(text))


def _change_of_count(text: str) -> tuple[str, str, str]:
    """Return what `M += 5` says, in pieces; the sign is "" for anything else."""
    rest = text[1:].lstrip()
    sign = next((sign for sign in _SIGNS if rest.startswith(sign)), "")
    return (text[0], sign, rest[len(sign) :].strip()) if text[:1] in ("M", "m") and sign else ("", "", "")


def _set_style(session: SessionState, words: tuple[str, ...]) -> None:
    style = match_choice(words[0], list(ABBREVIATED)) if words else None
    if style is None or len(words) != (2 if style == "flongsep" else 1):
        raise StataError(198, "invalid syntax", hint=f"mi set {' | '.join(STYLES)} name")
    data = session.data
    if is_mi(data):
        raise StataError(119, f"data already mi set {state(data)['style']}", hint="see mi convert")
    if not data.variables:
        raise StataError(111, "no variables defined")
    taken = [name for name in (M, ID, MISS) if name in data]
    if taken:
        raise StataError(110, f"{taken[0]} already defined")
    name = words[1].removesuffix(".dta") if style == "flongsep" else ""
    if name:
        check_free(name, 0, replace=False)
    ids, nothing = np.arange(1, data.n_obs + 1), np.zeros(data.n_obs, dtype=bool)
    keep(session, Imputations(style, data, ids=ids, incomplete=nothing, name=name))


def _set_count(session: SessionState, letter: str, sign: str, text: str) -> None:
    imputations = opened(session)
    if letter == "m":
        if sign != "-=":
            raise StataError(198, "invalid syntax", hint="mi set m -= (numlist) drops imputations by number")
        _drop(session, imputations, text.removeprefix("(").removesuffix(")"))
        return
    if not text:
        raise StataError(198, "invalid syntax")
    number = whole_number(text)
    if number is None or number < 0:
        raise StataError(198, f"'{text}' found where a nonnegative integer expected")
    count = {"=": number, "+=": imputations.count + number, "-=": imputations.count - number}[sign]
    if not 0 <= count <= LARGEST:
        raise StataError(198, f"M may be between 0 and {LARGEST}")
    if count != imputations.count:
        keep(session, imputations.with_count(count))
    _say(session, count - imputations.count, count)


def _drop(session: SessionState, imputations: Imputations, text: str) -> None:
    gone = {int(number) for number in parse_numlist(text)}
    wrong = sorted(gone - set(range(1, imputations.count + 1)))
    if wrong:
        raise StataError(198, f"m={wrong[0]} invalid; M={imputations.count}")
    keep(session, imputations.without(gone))
    _say(session, -len(gone), imputations.count - len(gone))


def _say(session: SessionState, change: int, count: int) -> None:
    what = "dropped" if change < 0 else "added"
    session.out.write(f"({plural(abs(change), 'imputation', 'imputations')} {what}; M = {count})")
