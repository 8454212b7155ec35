"""Published tables in HTML, Markdown and RTF."""

from __future__ import annotations

import html

from xmixed.render.published.table import PublishedTable

LINE = "\n"
"""The end of a line within a cell."""


def _texts(table: PublishedTable) -> list[list[list[str] | None]]:
    """Return the rows of each section as texts, the label first; None for a blank line."""
    found: list[list[list[str] | None]] = []
    for section in table.sections():
        rows: list[list[str] | None] = []
        for label, row in section:
            if row is None:
                rows.append([label] + [""] * table.columns if label else None)
                continue
            for place, cells in enumerate(row.lines):
                texts = [cell.text + cell.stars for cell in cells]
                rows.append([label if place == 0 else "", *texts])
        found.append(rows)
    return found


def html_lines(table: PublishedTable) -> list[str]:
    """Return an HTML table; all texts are escaped."""
    width = table.columns + 1
    rule = f"<tr><td colspan={width}><hr></td></tr>"

    def row(texts: list[str]) -> str:
        cells = (html.escape(text).replace(LINE, "<br>") for text in texts)
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"

    lines = ['<table border="0" width="*">']
    if table.title:
        lines.append(f"<caption>{html.escape(table.title)}</caption>")
    lines = table.around("prehead", [*lines, rule], rule)
    lines += [row(["", *heads]) for heads in table.head_rows()]
    sections = _texts(table)
    for number, section in enumerate(sections):
        place = "posthead" if number == 0 else "prefoot" if table.is_foot(number, len(sections)) else ""
        lines += table.around(place, [rule], rule)
        lines += [
            f"<tr><td colspan={width}>&nbsp;</td></tr>" if texts is None else row(texts) for texts in section
        ]
    notes = [f"<tr><td colspan={width}>{html.escape(note)}</td></tr>" for note in table.notes]
    return lines + table.around("postfoot", [rule, *notes, "</table>"], rule)


def markdown_lines(table: PublishedTable, label_width: int, model_width: int) -> list[str]:
    """Return a Markdown table; `|` and `*` in texts are escaped."""
    cell_width = model_width + 4

    def row(texts: list[str]) -> str:
        safe = [text.replace("|", "\\|").replace("*", "\\*").replace(LINE, "<br>") for text in texts]
        return f"| {safe[0].ljust(label_width)} |" + "".join(
            f" {text.center(cell_width)} |" for text in safe[1:]
        )

    heads = table.head_rows() or [[""] * table.columns]
    lines = [table.title, ""] if table.title else []
    lines.append(row(["", *heads[0]]))
    lines.append(f"| {'-' * label_width} |" + f" :{'-' * (cell_width - 2)}: |" * table.columns)
    lines += [row(["", *texts]) for texts in heads[1:]]
    lines += [row(texts) for section in _texts(table) for texts in section if texts is not None]
    notes = [note.replace("*", "\\*") for note in table.notes]
    return [*lines, "", *("  \n".join(notes).split("\n"))] if notes else lines


_LABEL_TWIPS, _CELL_TWIPS = 2400, 1500


def rtf_lines(table: PublishedTable) -> list[str]:
    """Return an RTF document with the table."""

    def row(texts: list[str], border: str = "") -> str:
        edges = [_LABEL_TWIPS + _CELL_TWIPS * i for i in range(len(texts))]
        cells = "".join(f"{border}\\cellx{edge}" for edge in edges)
        inside = "".join(
            f"\\pard\\intbl{'' if place == 0 else chr(92) + 'qc'} {_rtf(text)}\\cell"
            for place, text in enumerate(texts)
        )
        return f"{{\\trowd\\trgaph108{cells}{inside}\\row}}"

    lines = ["{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fnil Times New Roman;}}"]
    if table.title:
        lines.append(f"{{\\pard\\keepn {_rtf(table.title)}\\par}}")
    top = "\\clbrdrt\\brdrw10\\brdrs"
    for place, heads in enumerate(table.head_rows()):
        lines.append(row(["", *heads], top if place == 0 else ""))
    for section in _texts(table):
        for place, texts in enumerate(section):
            lines.append(row(texts or [""] * (table.columns + 1), top if place == 0 else ""))
    lines += [f"{{\\pard\\fs20 {_rtf(note)}\\par}}" for note in table.notes]
    return [*lines, "}"]


def _rtf(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
    escaped = escaped.replace(LINE, "\\line ")
    return "".join(
        mark if ord(mark) < 128 else f"\\u{ord(mark) if ord(mark) < 32768 else 63}?" for mark in escaped
    )
