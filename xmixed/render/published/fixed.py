"""Published tables in fixed columns: the console, and text files."""

from __future__ import annotations

from xmixed.formats.width import abbreviate_name
from xmixed.render.published.table import Cell, PublishedTable

STARS = 3
"""Places behind a number for its stars."""


def fixed_lines(table: PublishedTable, label_width: int, model_width: int) -> list[str]:
    """Return the lines of a table whose numbers take `model_width` places and one before them."""
    starred = _starred(table)
    own = [model_width + 1 + (STARS if place in starred else 0) for place in range(table.per_model)]
    widths = own * table.models
    total = label_width + sum(widths)
    rule = [] if table.plain else ["-" * total]

    def line(label: str, cells: list[Cell]) -> str:
        text = abbreviate_name(label, label_width).ljust(label_width)
        for cell, width in zip(cells, widths, strict=True):
            room = width - STARS if width > model_width + 1 else width
            text += (cell.text.rjust(room) + cell.stars).ljust(width)
        return text

    dashes = "-" * total
    lines = table.around("prehead", [*([table.title] if table.title else []), *rule], dashes)
    lines += [
        line("", [Cell(abbreviate_name(head, model_width)) for head in row]) for row in table.head_rows()
    ]
    sections = table.sections()
    for number, section in enumerate(sections):
        place = "posthead" if number == 0 else "prefoot" if table.is_foot(number, len(sections)) else ""
        lines += table.around(place, rule, dashes)
        for label, row in section:
            if row is None:
                lines.append(line(label, [Cell()] * table.columns) if label else "")
                continue
            for place, cells in enumerate(row.lines):
                lines.append(line(label if place == 0 else "", list(cells)))
    return lines + table.around("postfoot", [*rule, *table.notes], dashes)


def _starred(table: PublishedTable) -> set[int]:
    """Return the columns of a model that have room for stars: the first, and those with any."""
    found = {0}
    for section in table.sections():
        for _, row in section:
            for cells in () if row is None else row.lines:
                found |= {place % table.per_model for place, cell in enumerate(cells) if cell.stars}
    return found
