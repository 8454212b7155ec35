"""eststo: collecting results for tables."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.values import type_mismatch
from xmixed.expressions.varlist import is_valid_name, matches_pattern
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_at_colon
from xmixed.session.state import SessionState
from xmixed.session.stored import collected_names, stored_estimates

_OWN = Syntax(
    "words",
    options=(
        OptionSpec("title", "t", "text", "title of the results"),
        OptionSpec("prefix", "p", "name", "what stands before the number; est when not given"),
        OptionSpec("nocopy", "noc", built=False),
        OptionSpec("addscalars", "add", "words", "more results, each a name and an expression"),
        OptionSpec("noesample", "noe", help="without the mark of the estimation sample"),
        OptionSpec("missing", "missing", built=False),
    ),
)


@command(
    "eststo",
    syntax=Syntax("raw"),
    synopsis="eststo [name] [, title(text) prefix(text)] [: command]; eststo {dir|clear|drop names}",
    kind="prefix",
    keeps_r=True,
)
def eststo(session: SessionState, node: Command) -> None:
    own, behind = _split(str(node.argument))
    parsed = parse_command("eststo", _OWN, own, 0)
    assert isinstance(parsed, Command)
    words: tuple[str, ...] = parsed.argument
    if behind is None and words[:1] == ("clear",):
        clear(session)
    elif behind is None and words[:1] == ("dir",):
        session.execute("estimates dir")
    elif behind is None and words[:1] == ("drop",):
        _drop(session, words[1:])
    else:
        if len(words) > 1 or any(not is_valid_name(word) for word in words):
            raise StataError(198, "invalid syntax")
        if behind is not None:
            session.execute(behind, node.body)
        _store(session, words[0] if words else "", parsed)


def _split(text: str) -> tuple[str, str | None]:
    """Return what stands before the colon and the command behind it; None without one."""
    try:
        head, end = split_at_colon(text, 0)
    except StataError as error:
        if error.code != 100:
            raise
        return text, None
    return text[head.start : head.end], text[end:].strip()


def _store(session: SessionState, name: str, parsed: Command) -> None:
    active = stored_estimates(session, ".")
    place = 1 + max((estimates.collected for estimates in session.stored.values()), default=0)
    shown = not name
    if not name:
        prefix, number = str(parsed.option("prefix", "est")), place
        while f"{prefix}{number}" in session.stored:
            number += 1
        name = f"{prefix}{number}"
    elif name in session.stored and session.stored[name].collected:
        place = session.stored[name].collected
    title = str(parsed.option("title", active.title))
    mark = "" if parsed.option("noesample") else active.mark
    scalars = active.scalars | _more(session, parsed)
    session.stored[name] = replace(active, title=title, collected=place, scalars=scalars, mark=mark)
    if shown:
        session.out.write(f"({name} stored)")


def _more(session: SessionState, parsed: Command) -> dict[str, float]:
    """Return the results of addscalars(), `p e(p) ratio 2/3`; r(198)."""
    words = tuple(parsed.option("addscalars") or ())
    if len(words) % 2 or any(not is_valid_name(name) for name in words[::2]):
        raise StataError(198, "option addscalars() incorrectly specified", parsed.options["addscalars"].span)
    found: dict[str, float] = {}
    for name, text in zip(words[::2], words[1::2], strict=True):
        value = evaluate_text(session, text)
        if isinstance(value, str):
            raise type_mismatch()
        found[name] = value
    return found


def clear(session: SessionState) -> None:
    """Forget what was collected."""
    for name in collected_names(session.stored):
        session.stored.pop(name, None)


def _drop(session: SessionState, patterns: tuple[str, ...]) -> None:
    if not patterns:
        raise StataError(198, "invalid syntax")
    gone = [name for name in session.stored if any(matches_pattern(name, word) for word in patterns)]
    if not gone:
        raise StataError(111, f"estimation result {patterns[0]} not found")
    for name in gone:
        session.stored.pop(name, None)
        session.out.write(f"({name} dropped)")
