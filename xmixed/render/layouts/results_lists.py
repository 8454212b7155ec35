"""The listings of `ereturn list`, `return list`, `sreturn list` and `matrix list`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import printable, result
from xmixed.session.results import Matrix, Results

NAME_EDGE = 22
"""Names end here (exclusive); a blank and `=` or `:` follow."""
SCALAR = "%18.0g"
CELL_GAP = 2


def render_results(letter: str, results: Results, sample: bool = False) -> list[Line]:
    """Return the listing of r(), e() or s(); `sample` adds the function e(sample)."""
    lines: list[Line] = []
    if results.scalars:
        lines += [line(), line("scalars:")]
        for name, value in results.scalars.items():
            lines.append(line(_name(letter, name) + " =  ", result(format_value(value, SCALAR).strip())))
    if results.macros:
        lines += [line(), line("macros:")]
        for name, text in results.macros.items():
            lines.append(line(_name(letter, name) + " : ", result(f'"{printable(text)}"')))
    if results.matrices:
        lines += [line(), line("matrices:")]
        for name, matrix in results.matrices.items():
            rows, columns = matrix.values.shape
            lines.append(line(_name(letter, name) + " :  ", result(f"{rows} x {columns}")))
    if sample:
        # Stata: three blanks end the line of a function.
        lines += [line(), line("functions:"), line(_name(letter, "sample") + "   ")]
    return lines


def _name(letter: str, name: str) -> str:
    return f"{letter}({name})".rjust(NAME_EDGE)


def render_matrix(
    name: str,
    matrix: Matrix,
    fmt: str,
    linesize: int,
    header: bool = True,
    names: bool = True,
    half: bool = True,
    title: str = "",
    blank: bool = True,
    dot_z: bool = True,
) -> list[Line]:
    """Return a matrix in panels that fit the line size.

    A symmetric one shows its lower triangle when `half`; `header` prints its name with the size; without
    `dot_z` the missing value .z shows as blank.
    """
    rows, columns = matrix.values.shape
    symmetric = half and _is_symmetric(matrix)
    lines = [line()] if blank else []
    if title:
        lines.append(line(printable(title)))
    if header:
        lines.append(line(f"{'symmetric ' if symmetric else ''}{name}[{rows},{columns}]"))
    cells = [[format_value(value, fmt).strip() for value in row] for row in matrix.values.tolist()]
    if not dot_z:
        cells = [["" if cell == ".z" else cell for cell in row] for row in cells]
    heads = [_split(name) for name in matrix.column_names] if names else [("", "")] * columns
    labels = matrix.row_names if names else [""] * rows
    width = CELL_GAP + max(
        [len(text) for row in cells for text in row] + [len(part) for head in heads for part in head],
        default=1,
    )
    stub = max((len(label) for label in labels), default=0)
    per_panel = max(1, (linesize - stub) // width)
    for start in range(0, columns, per_panel):
        if start:
            lines.append(line())
        shown = range(start, min(columns, start + per_panel))
        lines += _heads([heads[j] for j in shown], stub, width) if names else []
        for i in range(rows):
            if symmetric and i < start:
                continue
            last = [j for j in shown if not symmetric or j <= i]
            body = "".join(cells[i][j].rjust(width) for j in last)
            lines.append(line(labels[i].rjust(stub), result(body)))
    return lines


def _is_symmetric(matrix: Matrix) -> bool:
    rows, columns = matrix.values.shape
    return (
        rows == columns
        and matrix.row_names == matrix.column_names
        and bool(np.array_equal(matrix.values, matrix.values.T))
    )


def _split(name: str) -> tuple[str, str]:
    """Return (`weight`, `week`); the equation is "" when there is none."""
    equation, colon, rest = name.partition(":")
    return (equation, rest) if colon else ("", name)


def _heads(heads: Sequence[tuple[str, str]], stub: int, width: int) -> list[Line]:
    """Return the lines above the columns; an equation ends where its column ends, its colon stands behind."""
    lines = []
    if any(equation for equation, _ in heads):
        text = " " * stub
        for place, (equation, _) in enumerate(heads, 1):
            text = text.ljust(stub + place * width - len(equation))
            text += f"{equation}:" if equation else ""
        lines.append(line(text.rstrip()))
    lines.append(line(" " * stub + "".join(name.rjust(width) for _, name in heads)))
    return lines
