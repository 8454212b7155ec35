"""The table of `estimates table`: models side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, labelled_rows
from xmixed.render.text import result, rule


@dataclass(frozen=True, slots=True)
class ComparedEquation:
    """The rows of an equation; `name` "" prints no line for it."""

    name: str
    rows: tuple[CoefficientRow, ...]


@dataclass(frozen=True, slots=True)
class ComparisonStyle:
    """Widths: `stub` of the names, `cell` of a figure, 3 more for stars; `legend` stands under the table."""

    stub: int
    cell: int
    stars: bool
    legend: str
    title: str = ""

    @property
    def model(self) -> int:
        """Columns that a model takes: a blank, the figure, its stars, two blanks."""
        return 1 + self.cell + (3 if self.stars else 0) + 2


def render_comparison_table(
    names: Sequence[str],
    equations: Sequence[ComparedEquation],
    statistics: Sequence[tuple[str, Sequence[str]]],
    cells: Callable[[CoefficientRow], Sequence[Sequence[str]]],
    style: ComparisonStyle,
) -> list[Line]:
    """Return the table from the blank line before it to its legend.

    Parameters
    ----------
    names : sequence of str
        Of the models.
    statistics : sequence of (name, figures by model)
        Figures as shown, "" for none.
    cells : callable(row) -> lines of texts by model
        What stands in the lines of a row.
    """
    width = style.stub + 2 + style.model * len(names)
    inner = line(f"{rule(style.stub + 1)}+{rule(style.model * len(names))}")
    outer = line(rule(width))
    lines = [line(), *([line(style.title)] if style.title else []), outer]
    heads = "".join(_centred(abbreviate_name(name, style.cell - 1), style) for name in names)
    lines += [line(f"{'Variable':>{style.stub}} |{heads}"), inner]

    def shown(row: CoefficientRow) -> list[list]:
        return [[result("".join(_cell(text, style) for text in texts))] for texts in cells(row)]

    for place, equation in enumerate(equations):
        if place:
            lines.append(inner)
        if equation.name:
            lines.append(line(abbreviate_name(equation.name, style.stub).ljust(style.stub + 1) + "|"))
        lines += labelled_rows(equation.rows, style.stub, False, shown)
    if statistics:
        lines.append(inner)
        for name, figures in statistics:
            text = "".join(_cell(figure, style) for figure in figures)
            lines.append(line(f"{abbreviate_name(name, style.stub):>{style.stub}} |", result(text)))
    lines.append(outer)
    return [*lines, line(f"legend: {style.legend}".rjust(width))] if style.legend else lines


def _centred(name: str, style: ComparisonStyle) -> str:
    """Return the head of a model, the odd blank at its left."""
    room = style.model - 2 - len(name)
    left = (room + 1) // 2
    return " " * left + name + " " * (room - left) + "  "


def _cell(text: str, style: ComparisonStyle) -> str:
    """Return a figure with its stars in the cell; stars stand behind the figure's right edge."""
    figure = text.rstrip("*")
    stars = text[len(figure) :].ljust(3) if style.stars else ""
    return " " + figure.rjust(style.cell) + stars + "  "
