"""`set trace on`: the lines of programs as they run, those that are skipped, and rules around programs."""

from __future__ import annotations

from collections.abc import Iterable

from xmixed.language.statements import Statement, lines_of
from xmixed.session.settings import REMEMBERED
from xmixed.session.state import SessionState


def traced_level(session: SessionState) -> int:
    """Return how deep the program that runs stands in others, from 1; 0 where nothing is traced."""
    if not session.settings.trace:
        return 0
    level = sum(frame.kind == "program" for frame in session.frames)
    return level if level <= float(_setting(session, "tracedepth")) else 0


def show_line(session: SessionState, text: str, expanded: str) -> None:
    """Show a line of a program: as written behind `- `, and behind `= ` as expanded where that differs."""
    level = traced_level(session)
    if level:
        shown = [f"{_margin(session, level)}- {text}"]
        if expanded != text and _is_on(session, "traceexpand"):
            shown.append(f"{_margin(session, level)}= {expanded}")
        session.out.write_always(*shown)


def show_skipped(session: SessionState, statements: Iterable[Statement], *last: str) -> None:
    """Show lines that do not run, and those that end them."""
    level = traced_level(session)
    if level:
        texts = [line.text for statement in statements for line in lines_of(statement)]
        margin = _margin(session, level)
        session.out.write_always(*(f"{margin}  {text}" for text in (*texts, *last) if text))


def show_rule(session: SessionState, word: str, name: str) -> None:
    """Show the rule at the begin or end of a program."""
    level = traced_level(session)
    if level and _is_on(session, "tracesep"):
        margin = _margin(session, level)
        head = f" {word} {name} ---"
        session.out.write_always(
            margin + "-" * max(session.settings.linesize - len(margin) - len(head), 1) + head
        )


def _margin(session: SessionState, level: int) -> str:
    number = f"{level:02d} " if _is_on(session, "tracenumber") else ""
    return number + "  " * level if _is_on(session, "traceindent") else number


def _is_on(session: SessionState, name: str) -> bool:
    return _setting(session, name) == "on"


def _setting(session: SessionState, name: str) -> str:
    return session.settings.remembered.get(name, REMEMBERED[name].default)
