"""Published tables with separators: tabs, commas, semicolons; for spreadsheets and other programs."""

from __future__ import annotations

from collections.abc import Callable

from xmixed.render.published.table import PublishedTable


def separated_lines(table: PublishedTable, separator: str, guarded: bool) -> list[str]:
    """Return the lines; `guarded` writes each cell as `="..."`, so that a spreadsheet keeps it as text."""
    quote = _guarded if guarded else (_quoted if separator != "\t" else str)
    lines = table.around("prehead", [quote(table.title)] if table.title else [], "")
    lines += [_line("", row, separator, quote) for row in table.head_rows()]
    sections = table.sections()
    for number, section in enumerate(sections):
        place = "posthead" if number == 0 else "prefoot" if table.is_foot(number, len(sections)) else ""
        lines += table.around(place, [], "")
        for label, row in section:
            if row is None:
                lines += [_line(label, [""] * table.columns, separator, quote)] if label else []
                continue
            for place, cells in enumerate(row.lines):
                texts = [cell.text + cell.stars for cell in cells]
                lines.append(_line(label if place == 0 else "", texts, separator, quote))
    return lines + table.around("postfoot", [quote(note) for note in table.notes], "")


def _line(label: str, texts: list[str], separator: str, quote: Callable[[str], str]) -> str:
    return separator.join(quote(text) for text in (label, *texts))


def _guarded(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'="{doubled}"'


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',;"\n') else text
