"""What `mi impute` shows: conditional models, header, and observations per m."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule, wrap

RIGHT, EQUALS, VALUE = 44, 56, 9
"""Where the figures of the header stand: labels end before the equals sign."""
NAME = 18
COLUMNS = 35
TOTAL = 10
LABEL = 19
FOOT = (
    "(complete + incomplete = total; imputed is the minimum across m",
    " of the number of filled-in observations.)",
)


@dataclass(frozen=True, slots=True)
class HeadFigure:
    """A label and a count at the right of the header; label "" for none."""

    label: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True)
class CountRow:
    """A variable with its observations: complete, incomplete, and the fewest imputed."""

    name: str
    complete: int
    incomplete: int
    imputed: int


@dataclass(frozen=True, slots=True)
class CountBlock:
    """The rows of a by() group; `title` "" where there is none."""

    title: str
    rows: tuple[CountRow, ...]


def render_models(title: str, models: Sequence[tuple[str, str]], linesize: int) -> list[Line]:
    """Return the conditional models, the variables ending at column 18."""
    lines = [line(title)]
    for name, text in models:
        first, *others = wrap(text, max(linesize - NAME - 3, 20))
        lines.append(line(f"{abbreviate_name(name, NAME).rjust(NAME)}: ", result(first)))
        lines += [line(" " * (NAME + 3), result(part)) for part in others]
    return lines


def render_head(rows: Sequence[tuple[str, HeadFigure]]) -> list[Line]:
    """Return lines with text at the left and a figure at the right."""
    lines = []
    for text, figure in rows:
        if not figure.label:
            lines.append(line(text))
            continue
        head = text.ljust(EQUALS - max(len(figure.label), 11) - 1)
        label = figure.label.rjust(EQUALS - 1 - len(head))
        lines.append(line(f"{head}{label} =", result(f"{figure.value:{VALUE},d}".replace(",", ""))))
    return lines


def render_methods(methods: Sequence[tuple[str, str]]) -> list[Line]:
    """Return which method imputes each variable."""
    return [line(f"{abbreviate_name(name, NAME).rjust(NAME)}: {text}") for name, text in methods]


def render_counts(blocks: Sequence[CountBlock], by: bool) -> list[Line]:
    """Return the table of observations per m, and what it means below."""
    outer = line(rule(LABEL + 1 + COLUMNS + 1 + TOTAL))
    inner = line(f"{rule(LABEL)}+{rule(COLUMNS)}+{rule(TOTAL)}")
    first = "by()" if by else ""
    lines = [
        outer,
        line(" " * LABEL + "|" + "Observations per m".center(COLUMNS + TOTAL + 1).rstrip()),
        line(f"{first.ljust(LABEL)}|{rule(COLUMNS + 1 + TOTAL)}"),
        line("Variable".rjust(NAME) + " |   Complete   Incomplete   Imputed |     Total"),
        inner,
    ]
    for place, block in enumerate(blocks):
        overall = by and place == len(blocks) - 1
        if overall:
            lines.append(inner)
        if block.title:
            lines.append(line(f"{block.title[:LABEL].ljust(LABEL)}|{' ' * COLUMNS}|"))
        lines += [_row(row) for row in block.rows]
        if by and not overall:
            lines.append(line(f"{' ' * LABEL}|{' ' * COLUMNS}|"))
    return [*lines, outer, *(line(text) for text in FOOT)]


def _row(row: CountRow) -> Line:
    label = abbreviate_name(row.name, NAME).rjust(NAME)
    cells = f"{row.complete:11d}{row.incomplete:13d}{row.imputed:10d} "
    total = row.complete + row.incomplete
    return line(f"{label} |", result(cells), "|", result(f"{total:10d}"))
