"""estimates: storing, restoring, replaying and comparing estimation results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.commands.xtmixed import E_COMMANDS
from xmixed.errors import StataError
from xmixed.estimation.criteria import criteria_results, criteria_row
from xmixed.estimation.display_options import display_options
from xmixed.estimation.mixed.display import display
from xmixed.estimation.mixed.options import DISPLAY_OPTIONS, STANDARD_DEVIATIONS
from xmixed.expressions.varlist import is_valid_name, matches_pattern
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.estimates import (
    StoredRow,
    render_criteria,
    render_directory,
    render_model_banner,
)
from xmixed.render.text import printable
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, stored_estimates

MAXIMUM_STORED = 300
"""Stata's limit on stored results."""
NAME_LENGTH = 27
"""Stata's limit on their names."""

_REPLAY_OPTIONS = frozenset(spec.name for spec in (*DISPLAY_OPTIONS, STANDARD_DEVIATIONS))
_NOT_BUILT = (
    ("table", "tab"),
    ("save", "save"),
    ("use", "use"),
    ("describe", "des"),
    ("notes", "notes"),
    ("esample", "esample"),
    ("for", "for"),
    ("change", "change"),
    ("selected", "selected"),
)


@command(
    "estimates",
    "est",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("title", "ti", "text", "store: title of the results"),
            OptionSpec("nocopy", "nocopy", help="store: the active results are gone afterwards"),
            OptionSpec("n", "n", "integer", "stats: N of the Bayesian information criterion"),
            *DISPLAY_OPTIONS,
            STANDARD_DEVIATIONS,
        ),
        exclusive=(("variance", "stddeviations"),),
    ),
    synopsis="estimates {store|restore|replay|dir|drop|clear|stats|query|title} [names] [, options]",
    summary="Store, restore, replay and compare estimation results",
    keeps_r=True,
)
def estimates(session: SessionState, node: Command) -> None:
    word, _, rest = str(node.argument or "").strip().partition(" ")
    if word.startswith("title:"):
        word, rest = "title", word.removeprefix("title:") + " " + rest
    name = _subcommand(word)
    handler, allowed = _SUBCOMMANDS[name][1:]
    for option in node.options.values():
        if option.name not in allowed:
            shown = f"no{option.name}" if option.value is False else option.name
            shown += "" if option.value is None or isinstance(option.value, bool) else "()"
            raise StataError(198, f"option {shown} not allowed", option.span)
    handler(session, rest.strip(), node)


def _subcommand(word: str) -> str:
    if not word:
        return "replay"
    for name, (minimum, _, _) in _SUBCOMMANDS.items():
        if name.startswith(word) and len(word) >= len(minimum):
            return name
    for name, minimum in _NOT_BUILT:
        if name.startswith(word) and len(word) >= len(minimum):
            raise StataError(199, f"command estimates {name} is not implemented in xmixed")
    raise StataError(198, f"invalid subcommand {word}")


# --- names ----------------------------------------------------------------------------------------------


def _names(session: SessionState, text: str, default: Sequence[str]) -> list[str]:
    """Return the stored names that a list of names, patterns, `_all` and `.` means."""
    found: list[str] = []
    for word in text.split():
        if word == "_all":
            found.extend(session.stored)
        elif "*" in word or "?" in word:
            matching = [name for name in session.stored if matches_pattern(name, word)]
            if not matching:
                raise StataError(111, f"estimation result {word} not found")
            found.extend(matching)
        else:
            stored_estimates(session, word)
            found.append(word)
    return list(dict.fromkeys(found)) or list(default)


def _one_name(text: str) -> str:
    words = text.split()
    if len(words) != 1:
        raise StataError(198, "invalid syntax")
    return words[0]


# --- subcommands ----------------------------------------------------------------------------------------


def _store(session: SessionState, rest: str, node: Command) -> None:
    name = _one_name(rest)
    if not is_valid_name(name) or len(name) > NAME_LENGTH:
        raise StataError(198, f"{printable(name)} invalid name")
    active = stored_estimates(session, ".")
    if name not in session.stored and len(session.stored) >= MAXIMUM_STORED:
        raise StataError(1000, f"system limit exceeded; at most {MAXIMUM_STORED} results may be stored")
    title = str(node.option("title", active.title))
    session.stored[name] = replace(active, title=title)
    if node.option("nocopy"):
        session.e = Estimates()


def _restore(session: SessionState, rest: str, node: Command) -> None:
    name = _one_name(rest)
    commit(session, replace(stored_estimates(session, name)))
    session.out.write(f"(results {name} are active now)")


def _replay(session: SessionState, rest: str, node: Command) -> None:
    names = _names(session, rest, ["."])
    for name in names:
        stored_estimates(session, name)
    for name in names:
        found = stored_estimates(session, name)
        command_name = found.macros.get("cmd", "")
        if command_name not in E_COMMANDS:
            raise StataError(301, "last estimates not found")
        options = display_options(node.option, session.settings, command_name == "mixed")
        session.out.write(*render_model_banner(name, found.title, session.settings.linesize))
        session.out.write(*display(found, options))


def _dir(session: SessionState, rest: str, node: Command) -> None:
    names = _names(session, rest, list(session.stored))
    if not names:
        return
    rows = []
    for name in names:
        found = stored_estimates(session, name)
        b = found.get("b")
        columns = b.values.shape[1] if isinstance(b, Matrix) else 0
        n_parameters = int(found.scalars.get("k", columns))
        macros = found.macros
        rows.append(
            StoredRow(name, macros.get("cmd", ""), macros.get("depvar", ""), n_parameters, found.title)
        )
    session.out.write(*render_directory(rows))


def _drop(session: SessionState, rest: str, node: Command) -> None:
    if not rest:
        raise StataError(198, "invalid syntax")
    for name in _names(session, rest, []):
        if name != ".":
            del session.stored[name]
    if "." in rest.split():
        session.e = Estimates()
    commit(session, session.e)


def _clear(session: SessionState, rest: str, node: Command) -> None:
    if rest:
        raise StataError(198, "invalid syntax")
    session.stored.clear()
    commit(session, session.e)


def _stats(session: SessionState, rest: str, node: Command) -> None:
    names = _names(session, rest, ["."])
    n = node.option("n")
    if n is not None and n <= 0:
        raise StataError(198, "option n() must be a positive integer")
    rows = [criteria_row(name, stored_estimates(session, name), n) for name in names]
    session.out.write(*render_criteria(rows, n is not None))
    session.r = criteria_results(rows)


def _query(session: SessionState, rest: str, node: Command) -> None:
    if rest:
        raise StataError(198, "invalid syntax")
    if not session.e.exist:
        session.out.write("(no estimation results)")
        return
    also = [name for name, stored in session.stored.items() if stored.matrices is session.e.matrices]
    where = f"also stored as {' '.join(also)}" if also else "not yet stored"
    session.out.write(f"(active results produced by {session.e.macros['cmd']}; {where})")


def _title(session: SessionState, rest: str, node: Command) -> None:
    active = stored_estimates(session, ".")
    text = rest.removeprefix(":").strip()
    if not rest:
        if active.title:
            session.out.write(printable(active.title))
        return
    session.e = replace(active, title=text.strip('"'))


_Handler = Callable[[SessionState, str, Command], None]

_SUBCOMMANDS: dict[str, tuple[str, _Handler, frozenset[str]]] = {
    "store": ("sto", _store, frozenset({"title", "nocopy"})),
    "restore": ("res", _restore, frozenset()),
    "replay": ("r", _replay, _REPLAY_OPTIONS),
    "dir": ("dir", _dir, frozenset()),
    "drop": ("drop", _drop, frozenset()),
    "clear": ("clear", _clear, frozenset()),
    "stats": ("stat", _stats, frozenset({"n"})),
    "query": ("q", _query, frozenset()),
    "title": ("title", _title, frozenset()),
}
"""Shortest abbreviation, handler and options of each subcommand."""


# --- information criteria -------------------------------------------------------------------------------
