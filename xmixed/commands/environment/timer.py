"""`timer`, `sleep`, `pause`."""

from __future__ import annotations

import time

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.session.timers import Timer

LARGEST = 100


@command(
    "timer",
    syntax=Syntax("words"),
    synopsis="timer {on #|off #|clear [#]|list [#]}",
    kind="control",
    keeps_r=True,
)
def timer(session: SessionState, node: Command) -> None:
    verb, number = (*node.argument, "", "")[:2]
    if len(node.argument) > 2 or (number and not (number.isdigit() and 1 <= int(number) <= LARGEST)):
        raise StataError(198, "invalid syntax")
    chosen = [int(number)] if number else sorted(session.timers)
    if verb == "on" and number:
        found = session.timers.setdefault(int(number), Timer())
        if found.started is not None:
            raise StataError(198, f"timer {number} already on")
        found.started = time.perf_counter()
    elif verb == "off" and number:
        _stop(session, int(number))
    elif verb == "clear":
        for key in chosen:
            session.timers.pop(key, None)
    elif verb == "list":
        _list(session, [key for key in chosen if key in session.timers])
    else:
        raise StataError(198, "invalid syntax")


def _stop(session: SessionState, number: int) -> None:
    found = session.timers.get(number)
    if found is None or found.started is None:
        raise StataError(198, f"timer {number} not on")
    found.seconds += time.perf_counter() - found.started
    found.count += 1
    found.started = None


def _list(session: SessionState, numbers: list[int]) -> None:
    results = Results()
    for number in numbers:
        found = session.timers[number]
        if not found.count:
            continue
        session.out.write(
            f"{number:4d}: {found.seconds:9.2f} / {found.count:8d} = {found.seconds / found.count:12.4f}"
        )
        results.scalars[f"t{number}"] = found.seconds
        results.scalars[f"nt{number}"] = float(found.count)
    session.r = results


@command(
    "sleep",
    syntax=Syntax("words"),
    synopsis="sleep #",
    kind="control",
    keeps_r=True,
)
def sleep(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1 or not node.argument[0].isdigit():
        raise StataError(198, "invalid syntax")
    session.flush()
    time.sleep(int(node.argument[0]) / 1000)


@command(
    "pause",
    syntax=Syntax("text"),
    synopsis="pause [on|off|message]",
    kind="control",
    keeps_r=True,
)
def pause(session: SessionState, node: Command) -> None:
    """Stata: pauses are off unless `pause on`; a do-file that nobody watches never waits."""
