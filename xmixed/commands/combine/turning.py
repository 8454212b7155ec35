"""stack, xpose, tsfill."""

from __future__ import annotations

from xmixed.commands.formats import number_format
from xmixed.commands.registry import command
from xmixed.commands.replacing import CLEAR, check_may_replace
from xmixed.commands.rows import room_of
from xmixed.data.dataset import Dataset, default_format
from xmixed.data.operations.turning import append_periods, fill_periods, transpose
from xmixed.data.operations.turning import stack as stack_data
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import is_valid_name, resolve_varlist
from xmixed.formats import width_of
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState


@command(
    "stack",
    syntax=Syntax(
        "varlist",
        options=(
            OptionSpec("into", "i", "text", help="new variables"),
            OptionSpec("group", "g", "integer", help="number of blocks", minimum_value=1),
            CLEAR,
            OptionSpec("wide", "w", help="the old variables too"),
        ),
        exclusive=(("into", "group"),),
    ),
    synopsis="stack varlist, {into(newvars) | group(#)} [clear wide]",
    needs=("data",),
    keeps_r=True,
)
def stack(session: SessionState, node: Command) -> None:
    check_may_replace(session, node)
    names = resolve_varlist(node.argument, session.data)
    if node.option("into"):
        into = list(parse_words(node.option("into")))
    elif node.option("group"):
        into = names[: len(names) // node.option("group")]
    else:
        raise StataError(198, "must specify into() or group()")
    if not into or len(names) % len(into):
        raise StataError(102, "number of variables is not a multiple of the number of new variables")
    for name in into:
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid name")
    width = len(into)
    blocks = [names[i : i + width] for i in range(0, len(names), width)]
    session.data = stack_data(session.data, blocks, into, bool(node.option("wide")), room_of(session))


@command(
    "xpose",
    syntax=Syntax(
        options=(
            CLEAR,
            OptionSpec("varname", "v", help="the old names as a variable"),
            OptionSpec("promote", "promote", help="double, so that nothing is rounded"),
            OptionSpec(
                "format", "f", "format", help="display format; alone the widest there is", optional_value=True
            ),
        ),
    ),
    synopsis="xpose, clear [varname promote format[(%fmt)]]",
    needs=("data",),
    keeps_r=True,
)
def xpose(session: SessionState, node: Command) -> None:
    if not node.option("clear"):
        raise StataError(198, "option clear required")
    kind = "double" if node.option("promote") else session.settings.type
    fmt = _format(session.data, node, kind)
    session.data = transpose(session.data, kind, fmt, bool(node.option("varname")), room_of(session))


def _format(data: Dataset, node: Command, kind: str) -> str:
    """Return the display format of the new variables."""
    if "format" not in node.options:
        return default_format(kind)
    if node.options["format"].value is not None:
        return number_format(node, "")
    formats = [variable.format for variable in data if not variable.is_string]
    return max(formats, key=width_of, default=default_format(kind))


@command(
    "tsfill",
    syntax=Syntax(options=(OptionSpec("full", "f", help="every panel over the periods of all"),)),
    synopsis="tsfill [, full]",
    needs=("data",),
    keeps_r=True,
)
def tsfill(session: SessionState, node: Command) -> None:
    panel, time, step = _periods(session.data)
    if node.option("full") and not panel:
        raise StataError(459, "panel variable not set; use xtset varname ...")
    full = bool(node.option("full"))
    session.data = fill_periods(session.data, panel, time, step, full, room_of(session))


def _periods(data: Dataset) -> tuple[str, str, float]:
    """Return the panel variable ("" without one), the time variable, and the step of time."""
    settings = data.characteristics.get("_dta", {})
    time, panel = settings.get("_TStvar", ""), settings.get("_TSpanel", "")
    if time not in data:
        raise StataError(111, "time variable not set")
    return panel if panel in data else "", time, number_of(settings.get("_TSdelta", "")) or 1.0


@command(
    "tsappend",
    syntax=Syntax(
        options=(
            OptionSpec("add", "add", "integer", help="so many periods", minimum_value=1),
            OptionSpec("last", "last", "text", help="up to this date, with tsfmt()"),
            OptionSpec(
                "tsfmt",
                "tsfmt",
                "choice",
                help="how last() is written: td, tw, tm, tq, th, ty, tc or tC",
                choices=tuple((unit, unit) for unit in ("td", "tw", "tm", "tq", "th", "ty", "tc", "tC")),
            ),
            OptionSpec("panel", "panel", "number", help="in this panel alone"),
        ),
        exclusive=(("add", "last"),),
    ),
    synopsis="tsappend, {add(#) | last(date) tsfmt(unit)} [panel(#)]",
    needs=("data",),
    keeps_r=True,
)
def tsappend(session: SessionState, node: Command) -> None:
    panel, time, step = _periods(session.data)
    if not node.option("add") and not node.option("last"):
        raise StataError(198, "add() or last() required")
    if bool(node.option("last")) != bool(node.option("tsfmt")):
        raise StataError(198, "options last() and tsfmt() must be specified together")
    only = node.option("panel")
    if only is not None and not panel:
        raise StataError(459, "panel variable not set; use xtset varname ...")
    if node.option("add"):
        end: int | float = int(node.option("add"))
    else:
        text = f"{node.option('tsfmt')}({node.option('last')})"
        end = float(evaluate_number(parse_expression(text), Context.of(session)))
    session.data = append_periods(session.data, panel, time, step, end, only, room_of(session))
