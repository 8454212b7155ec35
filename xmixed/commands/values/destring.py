"""destring, tostring."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.commands.varlists import generated_names
from xmixed.data.columns import count_missing, stored
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.operations.recode import narrowest_type, read_numbers, write_numbers
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats.reading import number_in
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import counted
from xmixed.session.state import SessionState

_TARGET = (
    OptionSpec("generate", "gen", "text", help="new variables"),
    OptionSpec("replace", "replace", help="the variables themselves"),
)


def _targets(node: Command, data: Dataset) -> list[tuple[Variable, str]]:
    """Return the variables and the names of the new ones, "" to replace them."""
    if (node.option("generate") is None) == (node.option("replace") is None):
        raise StataError(198, "must specify either generate or replace option")
    names = list(dict.fromkeys(resolve_varlist(node.argument, data))) if node.argument else data.names
    if node.option("replace"):
        return [(data[name], "") for name in names]
    new = generated_names(node.option("generate"), len(names), data)
    return [(data[name], other) for name, other in zip(names, new, strict=True)]


@command(
    "destring",
    syntax=Syntax(
        "varlist",
        options=(
            *_TARGET,
            OptionSpec("force", "force", help="texts that are no numbers become missing"),
            OptionSpec("float", "float", help="float where double would be taken"),
            OptionSpec("ignore", "i", "text", help="characters to leave out"),
            OptionSpec("percent", "percent", help="leave out % and divide by 100"),
            OptionSpec("dpcomma", "dpcomma", help="the decimal point is a comma"),
        ),
    ),
    synopsis='destring [varlist], {generate(newvars) | replace} [force float ignore("chars") percent'
    " dpcomma]",
    needs=("data",),
    keeps_r=True,
)
def destring(session: SessionState, node: Command) -> None:
    data = session.data
    for variable, new in _targets(node, data):
        data = _destrung(session, node, data, variable, new)
    session.data = data


def _destrung(session: SessionState, node: Command, data: Dataset, variable: Variable, new: str) -> Dataset:
    name, action = variable.name, "generate" if new else "replace"
    if not variable.is_string:
        session.out.write(f"{name} already numeric; no {action}")
        return data
    percent, comma = bool(node.option("percent")), bool(node.option("dpcomma"))
    read = read_numbers(variable.values, number_in, node.option("ignore", ""), comma, percent)
    if read.failed and not node.option("force"):
        session.out.write(f"{name} contains nonnumeric characters; no {action}")
        return data
    values = read.values
    kind = narrowest_type(values, "float" if node.option("float") else "double")
    column = stored(values, kind)
    if read.failed:
        told = f"{name} contains nonnumeric characters"
    elif read.removed:
        several = "characters" if len(read.removed) > 1 else "character"
        marks = " ".join("space" if mark == " " else mark for mark in read.removed)
        told = f"{name}: {several} {marks} removed"
    else:
        told = f"{name} has all characters numeric"
    session.out.write(f"{told}; {f'{new} generated' if new else 'replaced'} as {kind}")
    made = Variable(new or name, kind, column, default_format(kind), variable.label)
    missing = count_missing(column, kind)
    if missing:
        session.out.write(f"({counted(missing, 'missing value')} generated)")
    return data.with_variables(made)


@command(
    "tostring",
    syntax=Syntax(
        "varlist",
        options=(
            *_TARGET,
            OptionSpec("force", "force", help="also where digits are lost"),
            OptionSpec("format", "format", "format", help="display format; %12.0g"),
            OptionSpec("usedisplayformat", "u", help="the display format of each variable"),
        ),
        exclusive=(("format", "usedisplayformat"),),
    ),
    synopsis="tostring varlist, {generate(newvars) | replace} [force format(%fmt) usedisplayformat]",
    needs=("data",),
    keeps_r=True,
)
def tostring(session: SessionState, node: Command) -> None:
    data = session.data
    if not node.argument:
        raise StataError(100, "varlist required")
    for variable, new in _targets(node, data):
        data = _strung(session, node, data, variable, new)
    session.data = data


def _strung(session: SessionState, node: Command, data: Dataset, variable: Variable, new: str) -> Dataset:
    name, action = variable.name, "generate" if new else "replace"
    if variable.is_string:
        session.out.write(f"{name} already string; no {action}")
        return data
    fmt = variable.format if node.option("usedisplayformat") else node.option("format", "%12.0g")
    written = write_numbers(variable, fmt, number_in)
    if not written.exact and not node.option("force"):
        session.out.write(f"{name} cannot be converted reversibly; no {action}")
        return data
    if new:
        session.out.write(f"{new} generated as {written.type}")
    else:
        session.out.write(f"{name} was {variable.type} now {written.type}")
    if not written.exact:
        session.out.write(f"{name} was forced to string; some loss of information")
    shown = default_format(written.type)
    made = Variable(new or name, written.type, written.values, shown, variable.label)
    return data.with_variables(made)
