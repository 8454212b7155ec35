"""Rows of texts as lines of a file: with tabs or commas, in LaTeX, in HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence

_LATEX = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}


def _comma(text: str) -> str:
    quoted = any(character in text for character in ',"\n')
    return '"' + text.replace('"', '""') + '"' if quoted else text


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)


def lines_of_rows(rows: Sequence[Sequence[str]], style: str) -> list[str]:
    """Return the lines of rows in a style: tab, csv, semi, tex or htm."""
    if style == "csv":
        return [",".join(_comma(text) for text in row) for row in rows]
    if style == "semi":
        return [";".join(row) for row in rows]
    if style == "tex":
        return [" & ".join(_latex(text) for text in row) + r" \\" for row in rows]
    if style == "htm":
        cells = ("".join(f"<td>{html.escape(text)}</td>" for text in row) for row in rows)
        return [f"<tr>{row}</tr>" for row in cells]
    return ["\t".join(row) for row in rows]
