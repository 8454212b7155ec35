"""Published tables in LaTeX."""

from __future__ import annotations

import re

from xmixed.render.published.table import Cell, PublishedTable

_SPECIAL = re.compile(r"(?<!\\)([_%&#])")
_SYMBOLS = r"\def\sym#1{\ifmmode^{#1}\else\(^{#1}\)\fi}"
_STAR_WIDTH = len(r"\sym{***}")
STATISTICS = {"N": r"\(N\)", "R-sq": r"\(R^{2}\)", "adj. R-sq": r"adj. \(R^{2}\)"}
"""How LaTeX writes labels of statistics."""


def escaped(text: str) -> str:
    """Return text whose special characters LaTeX prints; mathematics and commands of the user's stay."""
    return text if "$" in text else _SPECIAL.sub(r"\\\1", text)


def latex_lines(
    table: PublishedTable,
    label_width: int,
    model_width: int,
    booktabs: bool,
    fragment: bool,
    alignment: str = "c",
) -> list[str]:
    """Return the lines of a tabular, with `title` a whole table; a fragment is the rows alone.

    Parameters
    ----------
    alignment : str
        How LaTeX aligns a column: `c`, `r`, `D{.}{.}{-1}`.
    """
    top, middle, bottom = (
        (r"\toprule", r"\midrule", r"\bottomrule")
        if booktabs
        else (r"\hline\hline", r"\hline", r"\hline\hline")
    )
    hline = r"\midrule" if booktabs else r"\hline"
    body = _rows(table, label_width, model_width, middle)
    if fragment:
        return [*table.around("prehead", [], hline), *body, *table.around("postfoot", [], hline)]
    notes = [
        rf"\multicolumn{{{table.columns + 1}}}{{l}}{{\footnotesize {_note(note)}}}\\" for note in table.notes
    ]
    opening, closing = _environment(table, alignment, (top, middle, bottom))
    return [
        *table.around("prehead", opening, hline),
        *body,
        *table.around("postfoot", [bottom, *notes, *closing], hline),
    ]


def _environment(
    table: PublishedTable, alignment: str, rules: tuple[str, str, str]
) -> tuple[list[str], list[str]]:
    """Return the lines that begin and end the table; `rules` are those above, between and below."""
    top, middle, bottom = rules
    columns = f"l*{{{table.columns}}}{{{alignment}}}"
    if table.tabular == "longtable":
        opening = ["{", _SYMBOLS, rf"\begin{{longtable}}{{{columns}}}"]
        opening += [rf"\caption{{{escaped(table.title)}}}\\"] if table.title else []
        opening.append(rf"{top}\endfirsthead{middle}\endhead{middle}\endfoot\endlastfoot")
        return opening, [r"\end{longtable}", "}"]
    name, begin = "tabular", rf"\begin{{tabular}}{{{columns}}}"
    if table.width:
        name = "tabular*"
        begin = rf"\begin{{tabular*}}{{{table.width}}}{{@{{\hskip\tabcolsep\extracolsep\fill}}{columns}}}"
    end = rf"\end{{{name}}}"
    if table.title:
        head = [r"\begin{table}[htbp]\centering", _SYMBOLS, rf"\caption{{{escaped(table.title)}}}"]
        return [*head, begin, top], [end, r"\end{table}"]
    return ["{", _SYMBOLS, begin, top], [end, "}"]


def _rows(table: PublishedTable, label_width: int, model_width: int, middle: str) -> list[str]:
    lines: list[str] = []
    for row in table.head_rows():
        heads = _grouped(table) if table.groups and row is not None and not lines else _heads(table, row)
        lines.append(" " * label_width + heads + r"\\")
    sections = table.sections()
    for number, section in enumerate(sections):
        place = "posthead" if number == 0 else "prefoot" if table.is_foot(number, len(sections)) else ""
        lines += table.around(place, [middle], middle)
        for label, row in section:
            if row is None:
                blank = "".join("&" + " " * (model_width + _STAR_WIDTH) for _ in range(table.columns))
                lines.append(escaped(label).ljust(label_width) + blank + r"\\" if label else "[1em]")
                continue
            shown = STATISTICS.get(label) or escaped(label)
            for place, cells in enumerate(row.lines):
                text = (shown if place == 0 else "").ljust(label_width)
                lines.append(text + "".join(_cell(cell, model_width) for cell in cells) + r"\\")
    return lines


def _heads(table: PublishedTable, row: list[str]) -> str:
    if row == list(table.column_heads) * table.models:
        return "".join(rf"&\multicolumn{{1}}{{c}}{{{escaped(head)}}}" for head in row)
    heads = row[:: table.per_model]
    return "".join(rf"&\multicolumn{{{table.per_model}}}{{c}}{{{escaped(head)}}}" for head in heads)


def _grouped(table: PublishedTable) -> str:
    text, place = "", 0
    for group in table.groups:
        text += "&" * ((group.first - place) * table.per_model)
        span = (group.last - group.first + 1) * table.per_model
        text += rf"&\multicolumn{{{span}}}{{c}}{{{escaped(group.text)}}}"
        place = group.last + 1
    return text + "&" * ((table.models - place) * table.per_model)


def _cell(cell: Cell, model_width: int) -> str:
    stars = rf"\sym{{{cell.stars}}}" if cell.stars else ""
    return "&" + escaped(cell.text).rjust(model_width) + stars.ljust(_STAR_WIDTH)


def _note(note: str) -> str:
    text = re.sub(r"^([tz]) statistics", r"\\textit{\1} statistics", escaped(note))
    return re.sub(r"(\*+) p<(\.?[\d.]+)", r"\\sym{\1} \\(p<\2\\)", text)
