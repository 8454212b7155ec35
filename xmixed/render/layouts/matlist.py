"""`matlist`: a matrix with lines between names and cells, in panels as wide as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value, width_of
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule
from xmixed.session.results import Matrix


@dataclass(frozen=True, slots=True)
class MatlistStyle:
    """How `matlist` shows a matrix.

    Attributes
    ----------
    format : str
        Of the cells.
    name_width : int
        Columns for row names.
    left : int
        Columns left free at the left.
    title, title_indent : str, int
    row_title : str
        What stands over the row names.
    row_names, column_names : bool
    half : bool
        Show the lower triangle of a symmetric matrix alone.
    dot_z : bool
        Whether .z shows.
    lines : str
        none, oneline, eq, rowtotal, coltotal, rctotal, rows, columns or cells; "" for eq where there are
        equations and oneline elsewhere.
    border : frozenset of str
        Of left, right, top, bottom.
    blank : bool
        A blank line before.
    underscore : bool
        Underscores in names show as blanks.
    """

    format: str = "%9.0g"
    name_width: int = 12
    left: int = 0
    title: str = ""
    title_indent: int = 0
    row_title: str = ""
    row_names: bool = True
    column_names: bool = True
    half: bool = True
    dot_z: bool = True
    lines: str = ""
    border: frozenset[str] = frozenset()
    blank: bool = True
    underscore: bool = False

    @property
    def cell(self) -> int:
        """Columns of a cell with the blanks around it."""
        return width_of(self.format) + 2


def render_matlist(matrix: Matrix, style: MatlistStyle, linesize: int) -> list[Line]:
    """Return the lines of a matrix."""
    lines = [line()] if style.blank else []
    if style.title:
        lines += [line(" " * style.title_indent + printable(style.title)), line()]
    for number, columns in enumerate(_panels(matrix, style, linesize)):
        lines += [line()] if number else []
        lines += _Panel(matrix, style, columns).lines()
    return lines


def _panels(matrix: Matrix, style: MatlistStyle, linesize: int) -> list[range]:
    """Return the columns of each panel: as many as fit, with a bar before each where there may be one."""
    count = matrix.values.shape[1]
    room = linesize - style.left - (style.name_width + 1 if style.row_names else 0) - 2
    barred = style.lines in ("columns", "cells") or any(map(_equation, matrix.column_names))
    at_once = max(1, room // (style.cell + barred))
    return [range(start, min(count, start + at_once)) for start in range(0, count, at_once)]


class _Panel:
    """The columns of a matrix that stand beside each other."""

    def __init__(self, matrix: Matrix, style: MatlistStyle, columns: range) -> None:
        self.matrix, self.style, self.columns = matrix, style, columns
        self.row_equations = [_equation(name) for name in matrix.row_names]
        self.column_equations = [_equation(name) for name in matrix.column_names]
        equations = any(self.row_equations) or any(self.column_equations)
        self.kind = style.lines or ("eq" if equations else "oneline")
        self.bars = {column for column in columns if self._has_bar(column)}
        self.symmetric = style.half and _is_symmetric(matrix)

    def _has_bar(self, column: int) -> bool:
        first, last = column == self.columns[0], column == self.matrix.values.shape[1] - 1
        if first:
            return self.kind != "none" and self.style.row_names
        if self.kind in ("columns", "cells"):
            return True
        if self.kind in ("coltotal", "rctotal"):
            return last
        return self.kind == "eq" and self.column_equations[column] != self.column_equations[column - 1]

    def lines(self) -> list[Line]:
        """Return the head, the rows, the rules between them and the border."""
        shown = [self._plain_rule()] if "top" in self.style.border else []
        if self.style.column_names:
            shown += self._heads()
        for row in range(len(self.matrix.row_names)):
            if self._has_rule(row):
                shown.append(self._rule())
            equation = self.row_equations[row]
            if equation and self.style.row_names and (not row or equation != self.row_equations[row - 1]):
                shown.append(self._row(f"{_shown(equation, self.style):<{self.style.name_width}}", None))
            shown.append(self._row(self._name(row), row))
        return [*shown, self._plain_rule()] if "bottom" in self.style.border else shown

    def _has_rule(self, row: int) -> bool:
        if not row:
            return self.kind != "none" and self.style.column_names
        if self.kind in ("rows", "cells"):
            return True
        if self.kind in ("rowtotal", "rctotal"):
            return row == len(self.matrix.row_names) - 1
        return self.kind == "eq" and self.row_equations[row] != self.row_equations[row - 1]

    def _name(self, row: int) -> str:
        name = _shown(_bare(self.matrix.row_names[row]), self.style)
        return abbreviate_name(name, self.style.name_width).rjust(self.style.name_width)

    def _heads(self) -> list[Line]:
        width = self.style.cell - 2
        names = [_shown(_bare(self.matrix.column_names[j]), self.style) for j in self.columns]
        cells = [f" {abbreviate_name(name, width):>{width}} " for name in names]
        title = abbreviate_name(printable(self.style.row_title), self.style.name_width)
        head = self._joined(f"{title:>{self.style.name_width}}", cells)
        if not any(self.column_equations):
            return [head]
        above = [""] * len(cells)
        for place, j in enumerate(self.columns):
            if not place or self.column_equations[j] != self.column_equations[j - 1]:
                above[place] = _shown(self.column_equations[j], self.style)
        fitted = [f" {abbreviate_name(name, width):<{width}} " for name in above]
        return [self._joined(" " * self.style.name_width, fitted), head]

    def _row(self, name: str, row: int | None) -> Line:
        """Return a row of cells; None for one of blanks."""
        cells = [self._cell(row, j) for j in self.columns]
        return self._joined(name, cells)

    def _cell(self, row: int | None, column: int) -> str:
        width = self.style.cell - 2
        if row is None or (self.symmetric and column > row):
            return " " * self.style.cell
        text = format_value(float(self.matrix.values[row, column]), self.style.format).strip()
        return f" {'' if text == '.z' and not self.style.dot_z else text:>{width}} "

    def _joined(self, name: str, cells: Sequence[str]) -> Line:
        runs: list = [" " * self.style.left]
        if "left" in self.style.border:
            runs.append("|")
        if self.style.row_names:
            runs.append(f"{name} ")
        for column, text in zip(self.columns, cells, strict=True):
            runs += ["|", result(text)] if column in self.bars else [result(text)]
        return line(*runs, "|" if "right" in self.style.border else "")

    def _rule(self) -> Line:
        """Return the rule between rows, with a cross where a bar goes through it."""
        text = " " * self.style.left + ("+" if "left" in self.style.border else "")
        text += rule(self.style.name_width + 1) if self.style.row_names else ""
        for column in self.columns:
            text += ("+" if column in self.bars else "") + rule(self.style.cell)
        return line(text + ("+" if "right" in self.style.border else ""))

    def _plain_rule(self) -> Line:
        width = len(self._rule().text) - self.style.left
        return line(" " * self.style.left + rule(width))


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _equation(name: str) -> str:
    return name.rpartition(":")[0]


def _shown(name: str, style: MatlistStyle) -> str:
    return name.replace("_", " ") if style.underscore else name


def _is_symmetric(matrix: Matrix) -> bool:
    values = matrix.values
    square = values.shape[0] == values.shape[1] and matrix.row_names == matrix.column_names
    return square and bool((values == values.T).all())
