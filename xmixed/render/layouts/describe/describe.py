"""The blocks of `describe` and `ds`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import comma, printable, result, rule, wrap

NUMBER_EDGE = 20
"""obs, vars and size end before this column."""
TYPE, FORMAT, VALUE_LABEL, STAR, LABEL = 16, 23, 35, 44, 46
"""Columns at which the parts of a row start; the label's later lines stand two further right."""
HEADS = (
    "              storage  display     value",
    "variable name   type   format      label      variable label",
)
NAME_WIDTH, VALUE_LABEL_WIDTH = 15, 8


@dataclass(frozen=True, slots=True)
class VariableRow:
    """One variable as `describe` shows it; `number` is its position from 1."""

    name: str
    type: str
    format: str
    value_label: str = ""
    label: str = ""
    has_notes: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Description:
    """What `describe` shows of a dataset; `source` is "" for data that come from no file, `size` in bytes.

    `from_file` marks `describe using`: the label stands on the first line then. `names`: all that there are.
    `width`: bytes of an observation; 0 does not show them.
    """

    source: str
    n_obs: int
    n_variables: int
    size: int
    label: str = ""
    timestamp: str = ""
    has_notes: bool = False
    sorted_by: tuple[str, ...] = ()
    changed: bool = False
    from_file: bool = False
    rows: tuple[VariableRow, ...] = field(default=())
    names: tuple[str, ...] = ()
    width: int = 0


def _wrapped(text: str, linesize: int) -> list[str]:
    return wrap(printable(text), max(10, linesize - LABEL), max(10, linesize - 2 - LABEL))


def _beside(left: str, value: str, right: list[str]) -> list[Line]:
    """Return `left` with its figure, blank-filled, the right text beside it, and its further lines."""
    figure = value.rjust(max(0, NUMBER_EDGE - len(left)))
    gap = " " * max(1, LABEL - len(left) - len(figure))
    first = line(left, result(figure), gap, result(right[0]))
    return [first, *(line(" " * (LABEL + 2), result(part)) for part in right[1:])]


def render_header(description: Description, linesize: int) -> list[Line]:
    """Return the lines above the table: where the data come from, how many, their label."""
    label = _wrapped(description.label, linesize)
    stamp = [printable(description.timestamp).lstrip()]
    notes = ["(_dta has notes)"] if description.has_notes else [""]
    lines = [line()]
    if description.from_file:
        lines += _beside("Contains data", "", label)
        right = [stamp, [""], notes]
    else:
        source = f" from {printable(description.source)}" if description.source else ""
        lines.append(line("Contains data", result(source)) if source else line("Contains data"))
        right = [label, stamp, notes]
    lines += _beside("  obs:", comma(description.n_obs), right[0])
    lines += _beside(" vars:", comma(description.n_variables), right[1])
    lines += _beside(" size:", comma(description.size), right[2])
    if description.width:
        lines += _beside("width:", comma(description.width), [""])
    return lines


def render_row(
    row: VariableRow,
    linesize: int,
    fullnames: bool = False,
    numbers: bool = False,
    among: Sequence[str] = (),
) -> list[Line]:
    """Return the line of a variable, and more when its name or its label is long."""
    prefix = f"{row.number:3d}. " if numbers else ""
    room = NAME_WIDTH - len(prefix)
    name = row.name if fullnames else abbreviate_name(row.name, room, among)
    lines = []
    if len(name) > room:
        lines.append(line(prefix + name))
        name, prefix = "", " " * len(prefix)
    body = f"{prefix}{name}".ljust(TYPE) + row.type.ljust(FORMAT - TYPE - 1) + " "
    body += row.format.ljust(VALUE_LABEL - FORMAT - 1) + " "
    body += row.value_label.ljust(STAR - VALUE_LABEL)
    body += "* " if row.has_notes else "  "
    label = _wrapped(row.label, linesize)
    if len(row.value_label) > VALUE_LABEL_WIDTH:  # Stata: the variable label goes to a line of its own
        lines.append(line(body[:TYPE], result(body[TYPE:].rstrip())))
        body = " " * LABEL
    lines.append(line(body[:TYPE], result(body[TYPE:]), result(label[0])))
    return lines + [line(" " * (LABEL + 2), result(part)) for part in label[1:]]


def render_table(
    description: Description, linesize: int, framed: bool, fullnames: bool = False, numbers: bool = False
) -> list[Line]:
    """Return the table of variables: `framed` between rules, or alone with a blank line before it."""
    dashes = line(rule(linesize))
    lines = [dashes if framed else line(), *map(line, HEADS), dashes]
    for row in description.rows:
        lines += render_row(row, linesize, fullnames, numbers, description.names)
    if any(row.has_notes for row in description.rows):
        lines.append(line(" " * STAR + "* indicated variables have notes"))
    return [*lines, dashes] if framed else lines


def render_variables(rows: Sequence[VariableRow], linesize: int, among: Sequence[str]) -> list[Line]:
    """Return variables in a table without its frame, after a blank line; nothing when there are none."""
    if not rows:
        return []
    lines = [line(), *map(line, HEADS), line(rule(linesize))]
    for row in rows:
        lines += render_row(row, linesize, among=among)
    return lines


def render_sorted(description: Description) -> list[Line]:
    """Return the lines `Sorted by:` and, after a change, the note."""
    lines = [line("Sorted by:  ", result("  ".join(description.sorted_by)))]
    if description.changed:
        lines.append(line("     Note:  ", result("dataset has changed since last saved")))
    return lines


@dataclass(frozen=True, slots=True)
class NameColumns:
    """How names stand in columns: the longest shown, the blanks between and before them."""

    width: int = 12
    gap: int = 2
    indent: int = 0


NAMES = NameColumns()


def render_names(
    names: Sequence[str], linesize: int, among: Sequence[str] | None = None, columns: NameColumns = NAMES
) -> list[Line]:
    """Return names in columns, reading down, as wide as the longest name and two blanks.

    With `among` they are variables: long ones are cut so that they are not taken for others of these.
    """
    if not names:
        return []
    if among is not None:
        names = [abbreviate_name(name, columns.width, among) for name in names]
    width = max(map(len, names)) + columns.gap
    count = max(1, (linesize - columns.indent + columns.gap) // width)
    rows = -(-len(names) // count)
    before = " " * columns.indent
    return [
        line((before + "".join(name.ljust(width) for name in names[i::rows])).rstrip()) for i in range(rows)
    ]
