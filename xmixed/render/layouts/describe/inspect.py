"""The block of `inspect`: a small histogram, and how many numbers are negative, zero, positive, missing."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import columns_of, cut, left
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

BARS, HEIGHT = (3, 7, 11, 15, 19), 6
WORDS, TITLE, RULE = 29, 48, 39
MOST_UNIQUE = 99


@dataclass(frozen=True, slots=True)
class Inspected:
    """What `inspect` shows of a variable.

    Attributes
    ----------
    heights : tuple of int
        Of the bars, 0 to 6; -1 for one that is too small to be seen.
    counts : dict of str to (total, integers)
        Of `Negative`, `Zero` and `Positive`.
    note : str
        What is said of the value label; "" without one.
    """

    name: str
    label: str
    heights: tuple[int, ...]
    counts: dict[str, tuple[int, int]]
    missing: int
    unique: int
    extremes: tuple[float, float] | None
    format: str
    note: str = ""


def render_inspect(found: Inspected) -> list[Line]:
    """Return the block after a blank line."""
    head = cut(f"{found.name}:  {printable(found.label)}", RULE - 2)
    totals = [sum(column) for column in zip(*found.counts.values(), strict=True)]
    rows = [(name, *found.counts[name]) for name in ("Negative", "Zero", "Positive")]
    lines = [
        line(),
        line(left(head, TITLE) + "Number of Observations"),
        line(left(rule(columns_of(head)), RULE) + rule(39)),
        line(" " * 45 + "Total      Integers   Nonintegers"),
    ]
    for i, (name, total, integers) in enumerate(rows):
        lines.append(_row(found, i, name, _numbers(total, integers)))
    dashes = rule(11)
    lines.append(line(_bars(found, 3).ljust(RULE), f"{dashes}   {dashes}   {dashes}"))
    lines.append(_row(found, 4, "Total", _numbers(*totals)))
    lines.append(_row(found, 5, "Missing", _dash(found.missing).rjust(11)))
    lines.append(line(("+" + rule(22)).ljust(RULE) + dashes))
    low, high = (
        (format_value(x, found.format).strip() for x in found.extremes) if found.extremes else ("", "")
    )
    ends = low + high.rjust(23 - len(low))
    lines.append(line(result(ends.ljust(RULE) + f"{totals[0] + found.missing:11d}")))
    many = f"More than {MOST_UNIQUE}" if found.unique > MOST_UNIQUE else str(found.unique)
    lines.append(line(f"({many} unique value{'s' if found.unique != 1 else ''})"))
    return [*lines, line(), line(printable(found.note))] if found.note else lines


def _bars(found: Inspected, row: int) -> str:
    """Return one row of the histogram, from the top (0) down."""
    text = "|"
    for at, height in zip(BARS, found.heights, strict=False):
        mark = "." if height < 0 and row == HEIGHT - 1 else "#" if height >= HEIGHT - row else " "
        text = text.ljust(at) + mark
    return text.rstrip() if text != "|" else "|"


def _row(found: Inspected, row: int, word: str, numbers: str) -> Line:
    return line(_bars(found, row).ljust(WORDS) + word.ljust(RULE - WORDS), result(numbers))


def _numbers(total: int, integers: int) -> str:
    return _dash(total).rjust(11) + _dash(integers).rjust(14) + _dash(total - integers).rjust(14)


def _dash(number: int) -> str:
    return str(number) if number else "-"
