"""estimates: storing, restoring, replaying and comparing estimation results."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.estimation.criteria import criteria_results, criteria_row
from xmixed.estimation.replay_options import REPLAY_OPTIONS
from xmixed.estimation.results import estimator_of
from xmixed.estimation.run import check_replay_options, show_results
from xmixed.estimation.stored_names import stored_names, stored_row
from xmixed.expressions.varlist import is_valid_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word
from xmixed.render.layouts.postestimation.estimates import (
    render_criteria,
    render_directory,
    render_model_banner,
)
from xmixed.render.text import printable
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, stored_estimates

MAXIMUM_STORED = 300
"""Stata's limit on stored results."""
NAME_LENGTH = 27
"""Stata's limit on their names."""
N = OptionSpec("n", "n", "integer", "N of the Bayesian information criterion")
_DISPLAY = Syntax(
    "text",
    options=REPLAY_OPTIONS,
    exclusive=(("variance", "stddeviations"),),
)


@command(
    "estimates",
    syntax=_DISPLAY,
    synopsis="estimates {store|restore|replay|save|use|...} [names] [, options]",
    keeps_r=True,
)
def estimates(session: SessionState, node: Command) -> None:
    """Without a subcommand: the active results once more."""
    if node.argument:
        word, _ = split_command_word(node.argument)
        raise StataError(198, f"invalid subcommand {word}")
    replay(session, node)


# --- names ----------------------------------------------------------------------------------------------


def _one_name(text: str) -> str:
    words = text.split()
    if len(words) != 1:
        raise StataError(198, "invalid syntax")
    return words[0]


# --- subcommands ----------------------------------------------------------------------------------------


@subcommand(
    "estimates",
    "store",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("title", "ti", "text", "title of the results"),
            OptionSpec("nocopy", "nocopy", help="the active results are gone afterwards"),
        ),
    ),
    synopsis="estimates store name [, title(string) nocopy]",
    keeps_r=True,
)
def store(session: SessionState, node: Command) -> None:
    name = _one_name(node.argument)
    if not is_valid_name(name) or len(name) > NAME_LENGTH:
        raise StataError(198, f"{printable(name)} invalid name")
    active = stored_estimates(session, ".")
    if name not in session.stored and len(session.stored) >= MAXIMUM_STORED:
        raise StataError(1000, f"system limit exceeded; at most {MAXIMUM_STORED} results may be stored")
    title = str(node.option("title", active.title))
    session.stored[name] = replace(active, title=title)
    if node.option("nocopy"):
        session.e = Estimates()


@subcommand(
    "estimates",
    "restore",
    syntax=Syntax("text"),
    synopsis="estimates restore name",
    keeps_r=True,
)
def restore(session: SessionState, node: Command) -> None:
    name = _one_name(node.argument)
    commit(session, replace(stored_estimates(session, name)))
    session.out.write(f"(results {name} are active now)")


@subcommand(
    "estimates",
    "replay",
    syntax=_DISPLAY,
    synopsis="estimates replay [names] [, options]",
    keeps_r=True,
)
def replay(session: SessionState, node: Command) -> None:
    names = stored_names(session, node.argument, ["."])
    for name in names:
        check_replay_options(node, estimator_of(stored_estimates(session, name)))
    for name in names:
        found = stored_estimates(session, name)
        estimator = estimator_of(found)
        session.out.write(*render_model_banner(name, found.title, session.settings.linesize))
        show_results(session, estimator, found, node.option)


@subcommand(
    "estimates",
    "dir",
    syntax=Syntax("text"),
    synopsis="estimates dir [names]",
    keeps_r=True,
)
def directory(session: SessionState, node: Command) -> None:
    names = stored_names(session, node.argument, list(session.stored))
    if not names:
        return
    rows = [stored_row(name, stored_estimates(session, name)) for name in names]
    session.out.write(*render_directory(rows))


@subcommand(
    "estimates",
    "drop",
    syntax=Syntax("text"),
    synopsis="estimates drop {names | _all}",
    keeps_r=True,
)
def drop(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(198, "invalid syntax")
    for name in stored_names(session, node.argument, []):
        if name != ".":
            del session.stored[name]
    if "." in node.argument.split():
        session.e = Estimates()
    commit(session, session.e)


@subcommand(
    "estimates",
    "clear",
    syntax=Syntax(),
    synopsis="estimates clear",
    keeps_r=True,
)
def clear(session: SessionState, node: Command) -> None:
    session.stored.clear()
    commit(session, session.e)


@subcommand(
    "estimates",
    "stats",
    syntax=Syntax("text", options=(N,)),
    synopsis="estimates stats [names] [, n(#)]",
    keeps_r=True,
)
def stats(session: SessionState, node: Command) -> None:
    names = stored_names(session, node.argument, ["."])
    n = node.option("n")
    if n is not None and n <= 0:
        raise StataError(198, "option n() must be a positive integer")
    rows = [criteria_row(name, stored_estimates(session, name), n) for name in names]
    session.out.write(*render_criteria(rows, n is not None))
    session.r = criteria_results(rows)


@subcommand(
    "estimates",
    "query",
    syntax=Syntax(),
    synopsis="estimates query",
    keeps_r=True,
)
def query(session: SessionState, node: Command) -> None:
    if not session.e.exist:
        session.out.write("(no estimation results)")
        return
    also = [name for name, stored in session.stored.items() if stored.matrices is session.e.matrices]
    where = f"also stored as {' '.join(also)}" if also else "not yet stored"
    session.out.write(f"(active results produced by {session.e.macros['cmd']}; {where})")


@subcommand("estimates", "title:", syntax=Syntax("text"), synopsis="estimates title: text", keeps_r=True)
@subcommand(
    "estimates",
    "title",
    syntax=Syntax("text"),
    synopsis="estimates title [: text]",
    keeps_r=True,
)
def title(session: SessionState, node: Command) -> None:
    active = stored_estimates(session, ".")
    text = node.argument.removeprefix(":").strip()
    if not node.argument:
        if active.title:
            session.out.write(printable(active.title))
        return
    session.e = replace(active, title=text.strip('"'))
