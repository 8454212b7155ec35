"""estadd: more results for tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.publishing.computed import betas, covariate_summary, inflation, outcome_summary
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.matrices.evaluate import matrix_named
from xmixed.expressions.varlist import is_valid_name, matches_pattern
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command, parse_expression, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_at_colon, split_command_word
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates

COMPUTED = {"beta": betas, "vif": inflation, "summ": covariate_summary, "ysumm": outcome_summary}
KINDS = {"scalar": "scalars", "local": "macros", "matrix": "matrices"}


@command(
    "estadd",
    syntax=Syntax("raw"),
    synopsis="estadd {scalar name = exp|local name text|matrix name = matrix|beta|vif|summ|ysumm} [: names]",
    keeps_r=True,
)
def estadd(session: SessionState, node: Command) -> None:
    """Without names the active results get it, and the stored ones that they are."""
    text, names = _split(str(node.argument))
    kind, end = split_command_word(text)
    if kind in COMPUTED:
        _add_computed(session, kind, text[end:], names)
        return
    if kind not in KINDS:
        known = ", ".join((*KINDS, *COMPUTED))
        raise StataError(198, f"estadd {kind} is not implemented in xmixed; there is estadd {known}")
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


_OWN = Syntax(
    options=(
        OptionSpec("replace", "r", help="results may exist"),
        OptionSpec("mean", "mean", help="ysumm, summ: means alone, or with the others asked for"),
        OptionSpec("sd", "sd", help="ysumm, summ: standard deviations"),
        OptionSpec("min", "min", help="ysumm, summ: smallest values"),
        OptionSpec("max", "max", help="ysumm, summ: largest values"),
        OptionSpec("prefix", "p", "name", "what names of results begin with"),
    )
)


def _add_computed(session: SessionState, kind: str, typed: str, names: tuple[str, ...] | None) -> None:
    """Add what is computed of the estimation sample: beta, vif, summ, ysumm."""
    parsed = parse_command("estadd", _OWN, typed, 0)
    assert isinstance(parsed, Command)
    prefix = str(parsed.option("prefix", "y" if kind == "ysumm" else ""))
    asked = [name for name in ("mean", "sd", "min", "max") if parsed.option(name)]
    if asked and kind not in ("summ", "ysumm"):
        raise StataError(198, f"option {asked[0]} not allowed", parsed.options[asked[0]].span)
    context = Context.of(session)
    for target in _targets(session, names):
        found = COMPUTED[kind](target, context)
        for name, value in found.items():
            if asked and name not in asked:
                continue
            full = prefix + name
            if full in target and not parsed.option("replace"):
                if kind == "beta":
                    continue  # regress has left it there
                raise StataError(110, f"e({full}) already defined")
            table: dict[str, Any] = target.scalars if isinstance(value, float) else target.matrices
            table[full] = value


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
