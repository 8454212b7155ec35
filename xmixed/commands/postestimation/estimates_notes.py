"""estimates notes: notes attached to the active results."""

from __future__ import annotations

from datetime import datetime

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.notes import notes_of, with_notes
from xmixed.language.nodes import Command, InRange
from xmixed.language.syntax import Syntax
from xmixed.render.layouts.postestimation.estimates import render_notes
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates

_ADD = {"syntax": Syntax("raw"), "synopsis": "estimates notes: text", "keeps_r": True}


@subcommand("estimates", "note:", **_ADD)
@subcommand("estimates", "notes:", **_ADD)
def add(session: SessionState, node: Command) -> None:
    active = stored_estimates(session, ".")
    now = datetime.now()
    text = str(node.argument or "").strip().strip('"')
    if text == "TS" or text.startswith("TS "):
        text = f"{now.day:2d} {now:%b %Y %H:%M}{text[2:]}"
    if not text:
        raise StataError(198, "invalid syntax")
    session.e = with_notes(active, [*notes_of(active), text])


@subcommand(
    "estimates",
    "notes",
    syntax=Syntax("words", in_range=True),
    synopsis="estimates notes [list | drop] [in range]",
    keeps_r=True,
)
def notes(session: SessionState, node: Command) -> None:
    active = stored_estimates(session, ".")
    own = notes_of(active)
    word = " ".join(node.argument or ()) or "list"
    if word not in ("list", "l", "drop") or (word == "drop" and node.in_range is None):
        raise StataError(198, "invalid syntax")
    chosen = _places(node.in_range, len(own))
    if word == "drop":
        session.e = with_notes(active, [text for place, text in enumerate(own, 1) if place not in chosen])
    else:
        session.out.write(*render_notes({place: own[place - 1] for place in chosen}))


def _places(in_range: InRange | None, count: int) -> range:
    if in_range is None:
        return range(1, count + 1)
    first, last = (number if number > 0 else count + 1 + number for number in (in_range.first, in_range.last))
    if not 1 <= first <= last <= count:
        raise StataError(198, "notes out of range", in_range.span)
    return range(first, last + 1)
