"""mi xeq and mi passive: commands on the completed datasets, one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from xmixed.commands.mi.held import keep, lent, opened, reclean
from xmixed.commands.registry import find_entry, subcommand
from xmixed.data.dataset import Dataset
from xmixed.data.imputed.model import Imputations
from xmixed.data.imputed.rows import is_untouched, rejoined, shown, with_new_variables
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command, parse_numlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_at_colon, split_commands
from xmixed.session.state import SessionState

_MAKERS = ("generate", "egen", "replace")
_PASSIVE = Syntax(options=(OptionSpec("nopreserve", "nopreserve", help="accepted: failures change nothing"),))


@subcommand(
    "mi", "xeq", syntax=Syntax("raw"), synopsis="mi xeq [numlist]: command [; command ...]", keeps_r=True
)
def xeq(session: SessionState, node: Command) -> None:
    head, end = split_at_colon(node.argument, 0)
    _xeq(session, node.argument[: head.end].strip(), node.argument[end:])


def _xeq(session: SessionState, numbers: str, text: str) -> None:
    commands = split_commands(text)
    if not commands:
        raise StataError(198, "nothing found where command expected")
    imputations = opened(session)
    chosen = _chosen(numbers, imputations)
    results: dict[int, Dataset] = {}
    with lent(session):
        for m in chosen:
            session.out.write("", f"m={m} data:")
            session.data = before = shown(imputations, m)
            for command in commands:
                session.out.write(f"-> {command}")
                session.execute(command)
            if not is_untouched(before, session.data):
                results[m] = session.data
    if results:
        keep(session, reclean(session, rejoined(imputations, results)))


def _chosen(numbers: str, imputations: Imputations) -> list[int]:
    if not numbers:
        return list(range(imputations.count + 1))
    chosen = [int(number) for number in parse_numlist(numbers)]
    for m in chosen:
        imputations.completed(m)  # refuses what there is not
    return chosen


@subcommand(
    "mi",
    "passive",
    syntax=Syntax("raw"),
    synopsis="mi passive [, nopreserve]: {generate | egen | replace} ...  or  mi passive: by varlist: ...",
    keeps_r=True,
)
def passive(session: SessionState, node: Command) -> None:
    head, end = split_at_colon(node.argument, 0)
    parse_command(node.name, _PASSIVE, node.argument[: head.end], 0)
    _passive(session, node.argument[end:].strip())


def _passive(session: SessionState, command: str) -> None:
    _check_maker(command)
    imputations = opened(session)
    results = []
    with lent(session):
        for m in range(imputations.count + 1):
            session.out.write(f"m={m}:")
            session.data = shown(imputations, m)
            session.execute(command)
            results.append(session.data)
    names = _touched(imputations, results)
    kinds = imputations.registered
    for name in names:
        if name in imputations.base and kinds.get(name) != "passive":
            raise StataError(198, f"variable {name} not registered as passive", hint="see mi register")
    made = with_new_variables(imputations, results, names).with_kind(names, "passive")
    keep(session, reclean(session, made))


def _check_maker(command: str) -> None:
    """Refuse what does not make or replace a variable."""
    entry, _ = find_entry(command)
    if entry.name in ("by", "bysort"):
        command = command[split_at_colon(command, 0)[1] :]
        entry, _ = find_entry(command)
    if entry.name not in _MAKERS:
        raise StataError(198, "only generate, egen and replace may follow mi passive:")


def _touched(imputations: Imputations, results: Iterable[Dataset]) -> list[str]:
    """Return the variables that are new or have other values in some dataset."""
    found: dict[str, None] = {}
    for m, result in enumerate(results):
        own, order = shown(imputations, m), result["_mi_id"].values
        moved = order is not own["_mi_id"].values and (order != own["_mi_id"].values).any()
        back = order.argsort() if moved else slice(None)
        there = own["_mi_id"].values.argsort() if moved else slice(None)
        for variable in result:
            if variable.name not in own or (
                variable.values is not own[variable.name].values
                and (variable.values[back] != own[variable.name].values[there]).any()
            ):
                found[variable.name] = None
    return list(found)
