"""egen."""

from __future__ import annotations

import numpy as np

from xmixed.commands.data.egen_functions.registry import Column, EgenCall, EgenFunction, egen_functions
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import blank_column, count_missing, stored, string_type
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.arguments.calls import NewVariableCall
from xmixed.language.nodes import Command, Name
from xmixed.language.parser import parse_expression, parse_numlist, parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import counted
from xmixed.session.state import SessionState

_OPTIONS = (
    OptionSpec("by", "by", "varlist", help="within the groups of these variables"),
    OptionSpec(
        "values",
        "v",
        "numlist",
        help="anycount, anymatch, anyvalue: the values",
        functions=("anycount", "neqany", "anymatch", "eqany", "anyvalue", "any"),
    ),
    OptionSpec("format", "f", "format", help="concat: display format of numbers", functions=("concat",)),
    OptionSpec("decode", "d", help="concat: value labels for numbers", functions=("concat",)),
    OptionSpec(
        "maxlength", "maxl", "integer", help="concat: longest label", minimum_value=1, functions=("concat",)
    ),
    OptionSpec(
        "punct",
        "p",
        "text",
        help="concat, ends: what separates",
        functions=("concat", "ends"),
    ),
    OptionSpec("at", "at", "numlist", help="cut: ends of the intervals", functions=("cut",)),
    OptionSpec("group", "g", "integer", help="cut: number of groups of a like size", functions=("cut",)),
    OptionSpec("icodes", "ic", help="cut: codes 0, 1, ...", functions=("cut",)),
    OptionSpec(
        "label",
        "l",
        help="cut, group: label the codes",
        functions=("group", "cut"),
    ),
    OptionSpec("lname", "ln", "name", help="group: name of the value label", functions=("group",)),
    OptionSpec(
        "truncate",
        "tr",
        "integer",
        help="group: longest part of a label",
        minimum_value=1,
        functions=("group",),
    ),
    OptionSpec(
        "missing",
        "m",
        help="missing values form groups; no sum where all are missing",
        functions=("total", "sum", "mode", "rowtotal", "rsum", "group", "tag"),
    ),
    OptionSpec("minmode", "min", help="mode: the lowest of several", functions=("mode",)),
    OptionSpec("maxmode", "max", help="mode: the highest of several", functions=("mode",)),
    OptionSpec("nummode", "num", "integer", help="mode: the #-th of several", functions=("mode",)),
    OptionSpec("prop", "prop", help="pc: a fraction", functions=("pc",)),
    OptionSpec("field", "fi", help="rank: 1 is the highest", functions=("rank",)),
    OptionSpec("track", "t", help="rank: 1 is the lowest, ties share the lowest", functions=("rank",)),
    OptionSpec("unique", "u", help="rank: ties are broken", functions=("rank",)),
    OptionSpec(
        "strok",
        "s",
        help="rownonmiss: strings are allowed",
        functions=("rownonmiss", "robs"),
    ),
    OptionSpec("from", "f", "integer", help="seq: first number", functions=("seq",)),
    OptionSpec("to", "t", "integer", help="seq: last number", functions=("seq",)),
    OptionSpec("block", "b", "integer", help="seq: how often each number comes", functions=("seq",)),
    OptionSpec("mean", "mean", "number", help="std: mean of the result", functions=("std",)),
    OptionSpec("std", "std", "number", help="std: standard deviation of the result", functions=("std",)),
    OptionSpec("nomiss", "nomiss", help="ma: shorter spans at the ends", functions=("ma",)),
    OptionSpec("trim", "tri", help="ends: without blanks around", functions=("ends",)),
    OptionSpec("head", "h", help="ends: the first part", functions=("ends",)),
    OptionSpec("last", "last", help="ends: the last part", functions=("ends",)),
    OptionSpec("tail", "ta", help="ends: what follows the first part", functions=("ends",)),
    OptionSpec(
        "p",
        "p",
        "number",
        help="pctile, rowpctile: which percentile",
        functions=("pctile", "rowpctile"),
    ),
    OptionSpec("t", "t", "integer", help="ma: length of the span", functions=("ma",)),
)


_SYNTAX = Syntax("call", condition=True, in_range=True, options=_OPTIONS)
_SYNOPSIS = "egen [type] newvar = fcn(arguments) [if] [in] [, options]"


@command("gegen", syntax=_SYNTAX, synopsis=f"g{_SYNOPSIS}", needs=("data",), by="whole", keeps_r=True)
@command("egen", syntax=_SYNTAX, synopsis=_SYNOPSIS, needs=("data",), by="whole", keeps_r=True)
def egen(session: SessionState, node: Command) -> None:
    new: NewVariableCall = node.argument
    function = egen_functions().get(new.function)
    if function is None:
        raise StataError(133, f"unknown egen function {new.function}()", new.span)
    check_new_name(new.name, session.data, new.span)
    codes, count = _by_groups(session, node, function)
    call = _call(session, node, function, codes, count)
    found = function.compute(call)
    column = found if isinstance(found, Column) else Column(found)
    _store(session, new, column, call.rows)


def _by_groups(session: SessionState, node: Command, function: EgenFunction) -> tuple[np.ndarray, int]:
    """Return the group of each observation and the number of groups, by the prefix or the option."""
    data, typed = session.data, node.option("by")
    if (session.groups is not None or typed is not None) and not function.by:
        raise StataError(190, f"egen ... {function.name}() may not be combined with by")
    if session.groups is not None:
        if typed is not None:
            raise StataError(190, "by() may not be combined with by")
        return session.groups.partition.group, session.groups.partition.count
    return group_codes(data, [] if typed is None else resolve_varlist(typed, data))


def _call(
    session: SessionState, node: Command, function: EgenFunction, codes: np.ndarray, count: int
) -> EgenCall:
    data, text = session.data, node.argument.inside
    rows = selected_rows(session, node)
    values, variables, numbers = None, (), ()
    if function.argument == "expression":
        expression = parse_expression(text)
        values, _ = evaluate_column(expression, Context.of(session))
        if isinstance(expression, Name) and not expression.operator:
            variables = _variables(data, text)
    elif function.argument in ("varlist", "varname"):
        variables = _variables(data, text)
        if function.argument == "varname" and len(variables) > 1:
            raise StataError(103, "too many variables specified")
    elif function.argument == "numlist":
        numbers = parse_numlist(text)
    elif text.strip():
        raise StataError(198, "invalid syntax", node.argument.span)
    return EgenCall(session, text, values, variables, numbers, rows, codes, count, node.option)


def _variables(data: Dataset, text: str) -> tuple[Variable, ...]:
    if not text.strip():
        raise StataError(100, "varlist required")
    return tuple(data[name] for name in resolve_varlist(parse_varlist(text), data))


def _store(session: SessionState, new: NewVariableCall, column: Column, rows: np.ndarray) -> None:
    """Add the variable and say how many of its values are missing."""
    data = session.data
    strings = column.values.dtype == object
    kind = column.type or new.type or session.settings.type
    if strings != kind.startswith("str"):
        raise StataError(109, "type mismatch")
    every = column.everywhere or bool(rows.all())
    if column.codes is not None:
        values = stored(column.values, kind).take(column.codes if every else column.codes[rows])
    else:
        shown = column.values if every else column.values[rows]
        if kind == "str":
            kind = new.type if new.type not in ("", "str") else string_type(shown)
        values = stored(shown, kind)
    if not every:
        held, values = values, blank_column(kind, data.n_obs)
        values[rows] = held
    label_name = (column.label_name or new.name) if column.texts is not None else ""
    variable = Variable(new.name, kind, values, default_format(kind), column.label[:80], label_name)
    missing = count_missing(values, kind)
    data = data.with_variables(variable)
    if column.texts is not None:
        data = data.with_(value_labels={**data.value_labels, label_name: column.texts})
    session.data = data
    if missing:
        session.out.write(f"({counted(missing, 'missing value')} generated)")
