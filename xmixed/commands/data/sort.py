"""sort, gsort, order."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.varlists import check_count, names_in
from xmixed.data.columns import stored
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.order import reordered, sort_key, sorted_on
from xmixed.errors import StataError
from xmixed.expressions.sample import range_slice
from xmixed.expressions.varlist import check_new_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.ordering import stable_order
from xmixed.statistics.partition import Partition

LARGEST_EXACT = 16_777_216
"""Whole numbers up to it are exact in a float."""


@command(
    "sort",
    syntax=Syntax(
        "varlist", in_range=True, options=(OptionSpec("stable", "stable", help="keep the order of ties"),)
    ),
    synopsis="sort varlist [in] [, stable]",
    needs=("data",),
    keeps_r=True,
)
def sort(session: SessionState, node: Command) -> None:
    data = session.data
    if not node.argument:
        raise StataError(100, "varlist required")
    names = list(dict.fromkeys(resolve_varlist(node.argument, data)))
    if node.in_range is not None:
        rows = range_slice(node.in_range, data.n_obs)
        order = np.arange(data.n_obs)
        order[rows] = rows.start + stable_order([sort_key(data[name])[rows] for name in names])
        session.data = reordered(data, order, ())
        return
    session.data = sorted_on(data, names)


@command(
    "gsort",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("mfirst", "m", help="missing values first where the order falls"),
            OptionSpec("generate", "g", "name", help="number the groups"),
        ),
    ),
    synopsis="gsort [+|-]varname [[+|-]varname ...] [, mfirst generate(newvar)]",
    needs=("data",),
    keeps_r=True,
)
def gsort(session: SessionState, node: Command) -> None:
    data = session.data
    keys: list[np.ndarray] = []
    ascending: list[str] = []
    falling = False
    for name, descending in _signed_names(node.argument, data):
        falling |= descending
        if descending:
            keys += _descending_keys(data[name], bool(node.option("mfirst")))
        else:
            keys.append(sort_key(data[name]))
            ascending += [] if falling else [name]
    order = stable_order(keys)
    found = reordered(data, order, tuple(ascending))
    name = node.option("generate")
    if name is not None:
        check_new_name(name, data)
        groups = Partition.of_sorted(keys, data.n_obs, order)
        kind = "float" if groups.count <= LARGEST_EXACT else "long"
        numbers = stored(groups.group + 1.0, kind)
        found = found.with_variables(Variable(name, kind, numbers, default_format(kind)))
    session.data = found


def _signed_names(text: str, data: Dataset) -> list[tuple[str, bool]]:
    """Return the variables of `+x -y z` and whether each is to fall; a sign may stand apart from its name."""
    found: list[tuple[str, bool]] = []
    words = text.replace("+", " +").replace("-", " -").split()
    sign = ""
    for word in words:
        if word in {"+", "-"} and not sign:
            sign = word
            continue
        if word[0] in "+-":
            if sign:
                raise StataError(198, "invalid syntax")
            sign, word = word[0], word[1:]
        found += [(name, sign == "-") for name in names_in(word, data)]
        sign = ""
    if sign or not found:
        raise StataError(100, "varlist required")
    return found


def _descending_keys(variable: Variable, missing_first: bool) -> list[np.ndarray]:
    """Return the keys of a falling order; missing values come last unless they are to be first."""
    if variable.is_string:
        return [-sort_key(variable)]
    values = variable.to_double()
    return [-values] if missing_first else [is_missing(values), -values]


@command(
    "order",
    syntax=Syntax(
        "varlist",
        options=(
            OptionSpec("first", "f", help="to the beginning (the default)"),
            OptionSpec("last", "l", help="to the end"),
            OptionSpec("before", "b", "varname", help="before a variable"),
            OptionSpec("after", "a", "varname", help="after a variable"),
            OptionSpec("alphabetic", "alpha", help="in alphabetic order"),
            OptionSpec("sequential", "seq", help="in alphabetic order, numbers by value"),
        ),
    ),
    synopsis="order varlist [, first last before(varname) after(varname) alphabetic sequential]",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def order(session: SessionState, node: Command) -> None:
    data = session.data
    if sum(node.option(name) is not None for name in ("first", "last", "before", "after")) > 1:
        raise StataError(198, "only one of first, last, before(), and after() may be specified")
    if not node.argument:
        raise StataError(100, "varlist required")
    moved = list(dict.fromkeys(resolve_varlist(node.argument, data)))
    if node.option("sequential"):
        moved.sort(key=sequential_key)
    elif node.option("alphabetic"):
        moved.sort()
    moving = frozenset(moved)
    staying = [name for name in data.names if name not in moving]
    place = _place(node, data, moved, staying)
    arranged = staying[:place] + moved + staying[place:]
    if arranged != data.names:
        session.data = data.select(arranged)


def _place(node: Command, data: Dataset, moved: list[str], staying: list[str]) -> int:
    """Return before which of the staying variables the moved ones go."""
    for option in ("before", "after"):
        anchor = node.option(option)
        if anchor is not None:
            try:
                name = resolve_name(anchor, data)
            except StataError as error:
                raise StataError(
                    error.code, f"{error.message}\n(error in option {option}())", error.span
                ) from None
            if name in moved:
                raise StataError(198, f"{name} may not be both moved and in {option}()")
            return staying.index(name) + (option == "after")
    return len(staying) if node.option("last") else 0


def sequential_key(name: str) -> tuple[str, int]:
    """Return what sorts x2 before x10."""
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem) :] or -1)


@command(
    "aorder",
    syntax=Syntax("varlist"),
    synopsis="aorder [varlist]",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def aorder(session: SessionState, node: Command) -> None:
    data = session.data
    chosen = resolve_varlist(node.argument, data) if node.argument else data.names
    moved = sorted(dict.fromkeys(chosen), key=sequential_key)
    moving = frozenset(moved)
    session.data = data.select([*moved, *(name for name in data.names if name not in moving)])


@command(
    "move",
    syntax=Syntax("varlist"),
    synopsis="move varname1 varname2",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def move(session: SessionState, node: Command) -> None:
    data = session.data
    names = resolve_varlist(node.argument, data)
    check_count(names, 2, 2)
    moved, anchor = names
    place = data.places[anchor]
    arranged = [name for name in data.names if name != moved]
    arranged.insert(place, moved)
    session.data = data.select(arranged)
