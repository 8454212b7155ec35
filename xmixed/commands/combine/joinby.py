"""joinby, cross."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.commands.rows import room_of
from xmixed.commands.using import read_using, say_changes
from xmixed.data.dataset import Variable
from xmixed.data.operations.merge import cross as cross_data
from xmixed.data.operations.merge import joinby as joinby_data
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

_RESULTS = {
    1: "only in master data",
    2: "only in using data",
    3: "both in master and using data",
    4: "missing updated",
    5: "nonmissing conflict",
}
_SIDES = (("none", "n"), ("both", "b"), ("master", "m"), ("using", "u"))


@command(
    "joinby",
    syntax=Syntax(
        "varlist",
        using=True,
        options=(
            OptionSpec("unmatched", "unm", "choice", help="what to keep without partner", choices=_SIDES),
            OptionSpec("_merge", "_m", "name", help="name of _merge"),
            OptionSpec("nolabel", "nol", help="no value labels of the file"),
            OptionSpec("update", "update", help="missing values are filled from the file"),
            OptionSpec("replace", "replace", help="with update: values of the file are taken"),
        ),
    ),
    synopsis="joinby [varlist] using filename [, unmatched(none|both|master|using) _merge(newvar) nolabel"
    " update replace]",
    needs=("data",),
    keeps_r=True,
)
def joinby(session: SessionState, node: Command) -> None:
    if node.using is None:
        raise StataError(100, "using required")
    data, right = session.data, read_using(session, node.using)
    keys = [name for name in data.names if name in right]
    if node.argument:
        keys = list(dict.fromkeys(resolve_varlist(node.argument, data)))
    if not keys:
        raise StataError(102, "no common variables")
    for key in keys:
        if key not in right:
            raise StataError(111, f"variable {key} not found")
    if node.option("replace") and not node.option("update"):
        raise StataError(198, "replace may only be specified with update")
    side = node.option("unmatched", "none")
    kept = {"none": (), "both": ("master", "using")}.get(side, (side,))
    name = node.option("_merge", "_merge")
    if kept:
        check_new_name(name, data)
    done = joinby_data(
        data,
        right,
        keys,
        kept,
        not node.option("nolabel"),
        room_of(session),
        update=bool(node.option("update")),
        take=bool(node.option("replace")),
    )
    say_changes(session, done.promotions, done.labels)
    found = done.dataset
    if not kept:
        session.data = found
        return
    texts = {**found.value_labels, "_merge": dict(_RESULTS)}
    made = Variable(name, "byte", done.results, "%30.0g", value_label="_merge")
    session.data = found.with_variables(made).with_(value_labels=texts)


@command(
    "cross",
    syntax=Syntax(using=True),
    synopsis="cross using filename",
    needs=("data",),
    keeps_r=True,
)
def cross(session: SessionState, node: Command) -> None:
    if node.using is None:
        raise StataError(100, "using required")
    right = read_using(session, node.using)
    room_of(session).require(session.data.n_obs * right.n_obs, (*session.data, *right))
    done = cross_data(session.data, right)
    say_changes(session, done.promotions, done.labels)
    session.data = done.dataset
