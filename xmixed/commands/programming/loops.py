"""`foreach`, `forvalues`, `while`, `continue`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.compiled import holds
from xmixed.formats.plain import number_text
from xmixed.language.nodes import Command
from xmixed.language.programs.headers import ForeachHead, ForvaluesHead, parse_foreach, parse_forvalues
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.signals import LoopSignal
from xmixed.session.state import Body, SessionState


@contextmanager
def _loop(session: SessionState) -> Iterator[None]:
    """Count a loop that runs."""
    frame = session.frame
    frame.loops += 1
    try:
        with session.nested():
            yield
    finally:
        frame.loops -= 1


def _run_rounds(session: SessionState, name: str, values: Iterable[str], body: Body) -> None:
    """Run the body once with each value in the macro of the loop, which is gone afterwards."""
    macros = session.locals
    try:
        with _loop(session):
            for value in values:
                macros[name] = value
                if _round(body):
                    break
    finally:
        macros.pop(name, None)


def _round(body: Body) -> bool:
    """Run the body once; return whether `continue, break` left the loop."""
    try:
        body()
    except LoopSignal as signal:
        return signal.leaves
    return False


def _body(node: Command) -> Body:
    if node.body is None:
        raise StataError(100, "{ required")
    return node.body


@command(
    "foreach",
    syntax=Syntax("raw"),
    synopsis="foreach lname {in list | of {local|global|varlist|newlist|numlist} list} { ... }",
    kind="control",
    block=True,
    keeps_r=True,
)
def foreach(session: SessionState, node: Command) -> None:
    body = _body(node)
    head = parse_foreach(str(node.argument))
    _run_rounds(session, head.name, _elements(session, head), body)


def _elements(session: SessionState, head: ForeachHead) -> list[str]:
    from xmixed.expressions.varlist import check_new_name, resolve_varlist
    from xmixed.language.builders.newvarlist import expand_new_names
    from xmixed.language.parser import parse_varlist
    from xmixed.language.programs.extended_functions import list_elements

    text = head.text
    if head.kind in ("local", "global"):
        macros = session.locals if head.kind == "local" else session.global_macros
        return list_elements(session.expand(macros.get(text, "")))
    if head.kind == "varlist":
        return resolve_varlist(parse_varlist(text), session.data)
    if head.kind == "newlist":
        names = expand_new_names(text)
        for name in names:
            check_new_name(name, session.data)
        return names
    if head.kind == "numlist":
        from xmixed.language.parser import parse_numlist

        return [number_text(value) for value in parse_numlist(text)]
    return list_elements(text)


@command(
    "forvalues",
    syntax=Syntax("raw"),
    synopsis="forvalues lname = {#1/#2 | #1(#d)#2 | #1 #t to #2} { ... }",
    kind="control",
    block=True,
    keeps_r=True,
)
def forvalues(session: SessionState, node: Command) -> None:
    body = _body(node)
    head = parse_forvalues(str(node.argument))
    _run_rounds(session, head.name, _sequence(head), body)


def _sequence(head: ForvaluesHead) -> Iterator[str]:
    if head.first == int(head.first) and head.step == int(head.step):
        first, step = int(head.first), int(head.step)
        return (str(first + k * step) for k in range(head.count))
    return (number_text(head.first + k * head.step) for k in range(head.count))


@command(
    "while",
    syntax=Syntax("raw"),
    synopsis="while exp { ... }",
    kind="control",
    block=True,
    keeps_r=True,
)
def while_(session: SessionState, node: Command) -> None:
    """The condition comes unexpanded and is expanded anew in each round."""
    body = _body(node)
    condition = str(node.argument)
    with _loop(session):
        while holds(session, session.expand(condition)):
            if _round(body):
                break


@command(
    "continue",
    syntax=Syntax(options=(OptionSpec("break", "break", help="leave the loop"),)),
    synopsis="continue [, break]",
    kind="control",
    keeps_r=True,
)
def continue_(session: SessionState, node: Command) -> None:
    if not session.frame.loops:
        raise StataError(198, "continue may be used only within a loop")
    raise LoopSignal(bool(node.option("break")))
