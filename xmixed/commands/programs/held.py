"""`_estimates`: e() set aside and brought back."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, is_valid_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.frames import Temporary
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, unhold

HOLD = Syntax(
    "words",
    options=(
        OptionSpec("copy", "c", help="leave a copy in e()"),
        OptionSpec("restore", "r", help="bring it back when the program ends"),
        OptionSpec("nullok", "n", help="it is no error that there are none"),
        OptionSpec("varname", "v", "name", "variable that holds e(sample) meanwhile"),
    ),
)
UNHOLD = Syntax("words", options=(OptionSpec("not", "not", help="forget it in place of bringing it back"),))


@command("_estimates", syntax=Syntax("raw"), synopsis="_estimates {hold|unhold|dir|clear} ...", keeps_r=True)
def estimates(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


def _name(node: Command) -> str:
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    if not is_valid_name(node.argument[0]):
        raise StataError(198, f"{node.argument[0]} invalid name")
    return node.argument[0]


@subcommand(
    "_estimates",
    "hold",
    syntax=HOLD,
    synopsis="_estimates hold name [, copy restore nullok varname(newvar)]",
    keeps_r=True,
)
def hold(session: SessionState, node: Command) -> None:
    name = _name(node)
    if name in session.held:
        raise StataError(110, f"{name} already defined")
    found = session.e
    if not found.matrices and not found.macros and not found.scalars:
        if node.option("nullok"):
            return
        raise StataError(301, "last estimates not found")
    variable = node.option("varname")
    if variable is not None:
        check_new_name(variable, session.data)
    session.held[name] = found
    if not node.option("copy"):
        commit(session, Estimates())
    if variable is not None:
        _show_sample(session, found, variable)
    if node.option("restore"):
        session.frame.temporaries.append(Temporary("estimates", name))


def _show_sample(session: SessionState, found: Estimates, name: str) -> None:
    marked = session.data.marks.get(found.mark, np.zeros(session.data.n_obs, dtype=bool))
    session.data = session.data.with_variables(Variable(name, "byte", marked.astype(np.int8), "%8.0g"))


@subcommand("_estimates", "unhold", syntax=UNHOLD, synopsis="_estimates unhold name [, not]", keeps_r=True)
def unhold_estimates(session: SessionState, node: Command) -> None:
    name = _name(node)
    if node.option("not") and name in session.held:
        del session.held[name]
        return
    unhold(session, name)


@subcommand("_estimates", "dir", syntax=Syntax(), synopsis="_estimates dir", keeps_r=True)
def directory(session: SessionState, node: Command) -> None:
    for name, found in session.held.items():
        session.out.write(f"{name:>12}  {found.macros.get('cmd', '')}".rstrip())


@subcommand("_estimates", "clear", syntax=Syntax(), synopsis="_estimates clear", keeps_r=True)
def clear(session: SessionState, node: Command) -> None:
    session.held.clear()
