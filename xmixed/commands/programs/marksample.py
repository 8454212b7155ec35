"""`marksample`, `mark`, `markout`: the observations that a program uses, as a 0/1 variable."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.sample import select_rows
from xmixed.expressions.typed.marking import complete, usable_weights
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command, Interaction, Pattern
from xmixed.language.parser import parse_command, parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState
from xmixed.session.temporaries import temporary_variable

WEIGHTS = ("fweight", "aweight", "pweight", "iweight")
LINE = Syntax("text", condition=True, in_range=True, weights=WEIGHTS)


def _rows(session: SessionState, node: Command, keep_zero: bool) -> np.ndarray:
    """Return where if, in and the weight hold; bool, shape (n,)."""
    rows = select_rows(node.condition, node.in_range, Context.of(session))
    if node.weight is not None:
        values, text = evaluate_column(node.weight.expression, Context.of(session))
        if text:
            raise StataError(109, "type mismatch")
        if node.weight.kind in ("fweight", "aweight", "pweight") and np.any(values[rows] < 0):
            raise StataError(402, "negative weights encountered")
        rows &= usable_weights(values, keep_zero or node.weight.kind == "iweight")
    return rows


def _put(session: SessionState, name: str, rows: np.ndarray) -> None:
    values = rows.astype(np.int8)
    variable = Variable(name, "byte", values, "%8.0g")
    changed = session.data.changed
    session.data = session.data.with_variables(variable).with_(changed=changed)


@command(
    "marksample",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("novarlist", "nov", help="missing values of the varlist do not matter"),
            OptionSpec("strok", "s", help="string variables may stand in the varlist"),
            OptionSpec("zeroweight", "z", help="keep observations whose weight is zero"),
            OptionSpec("noby", "noby", help="do not mind by-groups"),
        ),
    ),
    synopsis="marksample lmacname [, novarlist strok zeroweight noby]",
    keeps_r=True,
)
def marksample(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    macros = session.locals
    weight, exp = macros.get("weight", ""), macros.get("exp", "")
    bracket = f" [{weight}={exp.removeprefix('=')}]" if weight else ""
    qualifiers = [
        value if not value or value.startswith(word) else f"{word} {value}"
        for word, value in (("if ", macros.get("if", "")), ("in ", macros.get("in", "")))
    ]
    typed = f"{bracket} {qualifiers[0]} {qualifiers[1]}"
    parsed = parse_command("marksample", LINE, typed, 0)
    assert isinstance(parsed, Command)
    rows = _rows(session, parsed, bool(node.option("zeroweight")))
    group = None if session.frame.group is None else session.frame.group.rows
    if group is not None and not node.option("noby"):
        inside = np.zeros(session.data.n_obs, dtype=bool)
        inside[group] = True
        rows &= inside
    if not node.option("novarlist"):
        names = _variables(session, macros.get("varlist", ""))
        rows &= complete(session.data, names, bool(node.option("strok")))
    name = temporary_variable(session)
    _put(session, name, rows)
    macros[node.argument[0]] = name


def _variables(session: SessionState, text: str) -> list[str]:
    """Return the variables in a varlist, those in its terms too."""
    names: list[str] = []
    for item in parse_varlist(text, factor=True) if text else ():
        if isinstance(item, Interaction):
            names += [operand.name for operand in item.operands]
        elif isinstance(item, Pattern) and item.operator:
            names.append(item.text)
        else:
            names += resolve_varlist([item], session.data)
    return [name for name in dict.fromkeys(names) if name in session.data]


@command(
    "mark",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        weights=WEIGHTS,
        options=(
            OptionSpec("zeroweight", "z", help="keep observations whose weight is zero"),
            OptionSpec("noby", "noby", help="do not mind by-groups"),
        ),
    ),
    synopsis="mark newmarkvar [if] [in] [weight] [, zeroweight noby]",
    needs=("data",),
    keeps_r=True,
)
def mark(session: SessionState, node: Command) -> None:
    name = str(node.argument).strip()
    check_new_name(name, session.data)
    _put(session, name, _rows(session, node, bool(node.option("zeroweight"))))


@command(
    "markout",
    syntax=Syntax(
        "varlist",
        options=(
            OptionSpec("strok", "s", help="string variables may stand in the varlist"),
            OptionSpec("sysmissok", "sysm", help="extended missing values do not count"),
        ),
    ),
    synopsis="markout markvar [varlist] [, strok sysmissok]",
    needs=("data",),
    keeps_r=True,
)
def markout(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.argument, session.data)
    if not names:
        raise StataError(100, "varlist required")
    marked = session.data[names[0]].to_double() != 0
    rows = complete(session.data, names[1:], bool(node.option("strok")), bool(node.option("sysmissok")))
    _put(session, names[0], marked & rows)
