"""The tables of `misstable summarize` and `misstable patterns`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule, wrap

NAME, MOST_UNIQUE = 12, 500
GROUP = 4
TREE_CELL = 11


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A variable: how many `.`, `.a` to `.z`, other values, different values; the extremes (None without)."""

    name: str
    dots: int
    extended: int
    present: int
    unique: int
    extremes: tuple[float, float] | None


def render_missing(rows: Sequence[MissingRow], zeros: bool, among: Sequence[str]) -> list[Line]:
    """Return the table of `misstable summarize`, which begins without a blank line."""
    edge = " " * 48 + "+" + rule(30)
    lines = [
        line(" " * 63 + "Obs<."),
        line(edge),
        line(f"{'':15}|{'':32}| Unique"),
        line(f"{'Variable':>14} |     Obs=.     Obs>.     Obs<.  | values        Min         Max"),
        line("  " + rule(13) + "+" + rule(32) + "+" + rule(30)),
    ]
    for row in rows:
        counts = [f"{n:d}" if n or zeros else "" for n in (row.dots, row.extended)]
        cells = f"{counts[0]:>10}{counts[1]:>10}{row.present:10d}"
        unique = f">{MOST_UNIQUE}" if row.unique > MOST_UNIQUE else f"{row.unique:d}"
        extremes = row.extremes or (float("inf"), float("inf"))
        low, high = (format_value(x, "%9.0g").strip() if np.isfinite(x) else "." for x in extremes)
        name = abbreviate_name(row.name, NAME, among).rjust(NAME + 2)
        lines.append(line(f"{name} |", result(cells), "  |", result(f"{unique:>7}{low:>11}{high:>12}")))
    return [*lines, line("  " + rule(77))]


@dataclass(frozen=True, slots=True, eq=False)
class MissingPatterns:
    """Patterns of missing values.

    Attributes
    ----------
    names : tuple of str
    rows : ndarray of bool, shape (patterns, variables)
        True where a value is there; the complete pattern first, the others by falling frequency.
    counts : ndarray of int, shape (patterns,)
    frequency : bool
        Numbers instead of per cent.
    by_number : bool
        Patterns with the same number of missing values stand together, under that number.
    """

    names: tuple[str, ...]
    rows: np.ndarray
    counts: np.ndarray
    frequency: bool
    by_number: bool = False


def render_patterns(found: MissingPatterns, linesize: int) -> list[Line]:
    """Return the table of `misstable patterns`."""
    total = int(found.counts.sum())
    head = "Frequency" if found.frequency else "Percent  "
    width = max(13, len(_marks(found.rows[0])) + 2)
    center = (15 + width) // 2
    lines = [line()]
    for text in ("Missing-value patterns", "(1 means complete)"):
        lines.append(line(" " * max(3, center - len(text) // 2) + text))
    lines += [line(), line(f"{'':14}|   Pattern")]
    numbers = "".join(("  " if i and i % GROUP == 0 else "") + f"{i + 1:3d}" for i in range(len(found.names)))
    lines += [line(f"    {head} |{numbers}"), line("  " + rule(12) + "+" + rule(width))]
    complete, before = bool(found.rows[0].all()), -1
    for i, (row, count) in enumerate(zip(found.rows, found.counts.tolist(), strict=True)):
        gone = int((~row).sum())
        if found.by_number and gone != before:
            lines += [line(f"{'':14}|")] if i else []
            lines.append(line(result(f"{gone:4d}:"), f"{'':9}|"))
            before = gone
        elif i == 1 and complete:
            lines.append(line(f"{'':14}|"))
        lines.append(line(result(_share(count, total, found.frequency, i == 0)), " |", result(_marks(row))))
    lines += [
        line("  " + rule(12) + "+" + rule(width)),
        line(result(_share(total, total, found.frequency, True)), " |"),
        line(),
    ]
    listed = "  ".join(f"({i}) {name}" for i, name in enumerate(found.names, 1))
    first, *rest = wrap(listed, max(20, linesize - 18), max(20, linesize - 14))
    lines.append(line("  Variables are  ", result(first)))
    return [*lines, *(line(" " * 14, result(text)) for text in rest)]


def _marks(row: np.ndarray) -> str:
    return "".join(("  " if i and i % GROUP == 0 else "") + f"{int(one):3d}" for i, one in enumerate(row))


def _share(count: int, total: int, frequency: bool, sign: bool) -> str:
    """Return a number, or a share; only the first one and the total have the sign of per cent."""
    if frequency:
        return f"{count:13d}"
    share = 100 * count / total
    return ("<1" if share < 1 else f"{share:.0f}").rjust(9) + ("%" if sign else " ") + "   "


def render_tree(
    names: Sequence[str], counts: np.ndarray, frequency: bool, among: Sequence[str]
) -> list[Line]:
    """Return the tree of `misstable tree`: missing before not missing, each within what stands left of it.

    Parameters
    ----------
    counts : ndarray of int, shape (2 ** len(names),)
        By patterns, read as binary numbers: the first variable is the first digit, 1 where a value is there.
    """
    total, depth = int(counts.sum()), len(names)
    heads = "".join(f"{abbreviate_name(name, TREE_CELL - 1, among):>{TREE_CELL}}" for name in names)
    lines = [line(), line("  Nested pattern of missing values"), line("  " + heads)]
    lines.append(line("  " + rule(TREE_CELL * depth)))
    for leaf in range(1 << depth):
        cells = ""
        for level in range(depth):
            size = 1 << (depth - 1 - level)
            if leaf % size:
                cells += " " * TREE_CELL
                continue
            count = int(counts[leaf : leaf + size].sum())
            cells += f"{_branch(count, total, frequency, leaf == 0):>{TREE_CELL}}"
        lines.append(line("  ", result(cells)))
    note = "number" if frequency else "percent"
    return [*lines, line("  " + rule(TREE_CELL * depth)), line(f"  ({note} missing listed first)")]


def _branch(count: int, total: int, frequency: bool, sign: bool) -> str:
    if frequency:
        return f"{count:d} "
    share = 100 * count / total
    return ("<1" if 0 < share < 1 else f"{share:.0f}") + ("%" if sign else " ")


def render_nested(statements: Sequence[str], linesize: int) -> list[Line]:
    """Return the numbered statements of `misstable nested`."""
    lines: list[Line] = []
    for number, text in enumerate(statements, 1):
        first, *more = wrap(text, max(20, linesize - 9), max(20, linesize - 13))
        lines.append(line(f"{number:6d}.  ", result(first)))
        lines += [line(" " * 13, result(part)) for part in more]
    return lines
