"""Tables of svy: tabulate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats.width import cut, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule, wrap

_GAP = 2


@dataclass(frozen=True, slots=True)
class SurveyRows:
    """A table as texts.

    Attributes
    ----------
    row_head, column_head : str
        Names of the variables; the column's "" in a table of one variable.
    row_texts, column_texts : tuple of str
        Values, the margin among them where it is shown.
    cells : tuple of tuple of tuple of str
        By row and column the figures, one below the other.
    total : bool
        The last row is the margin.
    key : tuple of str
        What the figures are.
    stub : int
        Width of the row names.
    """

    row_head: str
    column_head: str
    row_texts: tuple[str, ...]
    column_texts: tuple[str, ...]
    cells: tuple[tuple[tuple[str, ...], ...], ...]
    total: bool
    key: tuple[str, ...]
    stub: int = 9


def render_survey_table(table: SurveyRows) -> list[Line]:
    """Return the table with its key."""
    widths = [
        max(min(len(printable(text)), 16), *(len(figure) for row in table.cells for figure in row[place]))
        for place, text in enumerate(table.column_texts)
    ]
    inside = sum(widths) + _GAP * len(widths) - 1
    width = table.stub
    lines = [line(), line(rule(width + 2 + inside)), *_head(table, width, widths, inside)]
    lines.append(line(f"{rule(width + 1)}+{rule(inside)}"))
    last = len(table.row_texts) - 1
    several = max((len(row[0]) for row in table.cells), default=1) > 1
    for place, (text, row) in enumerate(zip(table.row_texts, table.cells, strict=True)):
        if place and (several or (place == last and table.total)):
            lines.append(line(f"{'':{width}} |"))
        for level in range(max(map(len, row))):
            name = right(cut(printable(text), width), width) if level == 0 else " " * width
            shown = [figures[level] if level < len(figures) else "" for figures in row]
            body = "".join(figure.rjust(size + _GAP) for figure, size in zip(shown, widths, strict=True))
            lines.append(line(name + " |", result(body[1:])))
    lines.append(line(rule(width + 2 + inside)))
    return [*lines, *(line(("  Key:  " if not at else " " * 8) + text) for at, text in enumerate(table.key))]


def _head(table: SurveyRows, width: int, widths: Sequence[int], inside: int) -> list[Line]:
    names = "".join(
        right(cut(printable(text), size), size + _GAP)
        for text, size in zip(table.column_texts, widths, strict=True)
    )[1:]
    titles = [text.center(inside).rstrip() for text in wrap(printable(table.column_head), inside)]
    tail = [*(titles if table.column_head else []), names]
    stub = wrap(printable(table.row_head), width)
    height = max(len(tail), len(stub))
    stub = [""] * (height - len(stub)) + stub
    tail = [""] * (height - len(tail)) + tail
    return [line(right(left, width) + " |" + text) for left, text in zip(stub, tail, strict=True)]


def render_independence(rows: Sequence[tuple[str, str, str, str, str, str]]) -> list[Line]:
    """Return tests: name, chi2's degrees of freedom and value, those of F and its value, the p-value."""
    lines: list[Line] = []
    for name, df, chi2, df_f, statistic, p_value in rows:
        lines += [
            line(),
            line(f"  {name}:"),
            line(f"    {'Uncorrected':<13} {f'chi2({df})':<15} =", result(f"{chi2:>10}")),
            line(
                f"    {'Design-based':<13} {f'F({df_f})':<15} =",
                result(f"{statistic:>10}"),
                "     P = ",
                result(p_value),
            ),
        ]
    return lines
