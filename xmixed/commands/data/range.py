"""range: a variable of equally spaced numbers."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import room_of
from xmixed.data.columns import new_variable
from xmixed.data.growth import grown
from xmixed.errors import StataError
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.values import type_mismatch
from xmixed.expressions.varlist import check_new_name, is_valid_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState


@command("range", syntax=Syntax("words"), synopsis="range newvar # # [#obs]")
def number_range(session: SessionState, node: Command) -> None:
    """Fill a new variable from a first to a last number, over all observations or the first of them."""
    words: list[str] = list(node.argument or ())
    if not 3 <= len(words) <= 4:
        raise StataError(198, "invalid syntax", hint="range newvar # # [#obs]")
    name, (first, last, *size) = words[0], [_number(session, word) for word in words[1:]]
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid varname")
    check_new_name(name, session.data)
    before = session.data.n_obs
    count = int(size[0]) if size else before
    if size and (size[0] != count or count < 1):
        raise StataError(198, f"{words[3]} invalid number of observations")
    if not count:
        raise StataError(198, "number of observations required", hint="range newvar # # #obs")
    room_of(session).require(max(count, before), session.data)
    data = grown(session.data, max(count, before))
    if data.n_obs != before:
        session.out.write(f"obs was {before}, now {data.n_obs}")
    values = np.full(data.n_obs, MISSING)
    values[:count] = np.linspace(first, last, count)
    session.data = data.with_variables(new_variable(name, session.settings.type, values))


def _number(session: SessionState, text: str) -> float:
    found = evaluate_text(session, text)
    if isinstance(found, str):
        raise type_mismatch()
    if is_missing(np.array([found]))[0]:
        raise StataError(198, f"{text} invalid number")
    return float(found)
