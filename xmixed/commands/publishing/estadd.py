"""estadd: more results for tables."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.matrices.evaluate import matrix_named
from xmixed.expressions.varlist import is_valid_name, matches_pattern
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression, parse_words
from xmixed.language.syntax import Syntax
from xmixed.language.words import split_at_colon, split_command_word
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates

KINDS = {"scalar": "scalars", "local": "macros", "matrix": "matrices"}


@command(
    "estadd",
    syntax=Syntax("raw"),
    synopsis="estadd {scalar name = exp|local name text|matrix name = matrix} [, replace] [: names]",
    keeps_r=True,
)
def estadd(session: SessionState, node: Command) -> None:
    """Without names the active results get it, and the stored ones that they are."""
    text, names = _split(str(node.argument))
    kind, end = split_command_word(text)
    if kind not in KINDS:
        raise StataError(
            198, f"estadd {kind} is not implemented in xmixed; there is estadd scalar, local, matrix"
        )
    rest, replaces = _options(text[end:].strip(), kind)
    name, end = split_command_word(rest)
    value = rest[end:].strip()
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    targets = _targets(session, names)
    if not replaces and any(name in target for target in targets):
        raise StataError(110, f"e({name}) already defined")
    found = _value(session, kind, value)
    for target in targets:
        for table in (target.scalars, target.macros, target.matrices):
            table.pop(name, None)
        getattr(target, KINDS[kind])[name] = found


def _split(text: str) -> tuple[str, tuple[str, ...] | None]:
    try:
        head, end = split_at_colon(text, 0)
    except StataError as error:
        if error.code != 100:
            raise
        return text.strip(), None
    return text[head.start : head.end].strip(), parse_words(text[end:])


def _options(text: str, kind: str) -> tuple[str, bool]:
    """Return the text without `, replace`, and whether it was there; a local's text may hold commas."""
    before, comma, option = text.rpartition(",")
    if comma and option.strip() in ("replace", "r"):
        return before.strip(), True
    if comma and kind != "local" and option.strip().isidentifier():
        raise StataError(198, f"option {option.strip()} not allowed")
    return text, False


def _value(session: SessionState, kind: str, text: str) -> float | str | Matrix:
    given = text.removeprefix("=").strip()
    if kind == "local":
        words = parse_words(given)
        return words[0] if len(words) == 1 else given
    if not given:
        raise StataError(100, "=exp required")
    if kind == "matrix":
        return matrix_named(given, Context.of(session))
    return evaluate_number(parse_expression(given), Context.of(session))


def _targets(session: SessionState, names: tuple[str, ...] | None) -> list[Estimates]:
    """Return the results to add to, with dictionaries of their own."""
    if names is None:
        active = stored_estimates(session, ".")
        chosen = [name for name, found in session.stored.items() if found.mark and found.mark == active.mark]
        session.e = _own(active)
    else:
        chosen = [name for name in session.stored if any(matches_pattern(name, word) for word in names)]
        if not chosen:
            raise StataError(111, f"estimation result {' '.join(names)} not found")
    for name in chosen:
        session.stored[name] = _own(session.stored[name])
    found = [session.stored[name] for name in chosen]
    return [session.e, *found] if names is None else found


def _own(estimates: Estimates) -> Estimates:
    return replace(
        estimates,
        scalars=dict(estimates.scalars),
        macros=dict(estimates.macros),
        matrices=dict(estimates.matrices),
    )
