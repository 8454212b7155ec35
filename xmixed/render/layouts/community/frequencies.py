"""What `fre` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import columns_of, cut, left
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

SIDE, FIGURES, MOST_TEXT = 8, 44, 40


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Texts and frequencies of values that are there, and of missing values."""

    texts: tuple[str, ...]
    valid: tuple[float, ...]
    missing_texts: tuple[str, ...]
    missing: tuple[float, ...]


def render_frequencies(found: Frequencies, title: str, most: int | None) -> list[Line]:
    """Return the table; of many values the first and the last `most`, with a colon between."""
    texts = [cut(printable(text), MOST_TEXT) for text in (*found.texts, *found.missing_texts)]
    width = max(5, *map(columns_of, texts)) if texts else 5
    total_valid, total = sum(found.valid), sum(found.valid) + sum(found.missing)
    valid = _valid_rows(found, total, total_valid)
    gone = [(text, (n, 100 * n / total)) for text, n in zip(found.missing_texts, found.missing, strict=True)]
    edge = rule(SIDE + width + 2 + FIGURES)
    head = (
        " " * (SIDE + width) + " |" + "".join(f"{name:>11}" for name in ("Freq.", "Percent", "Valid", "Cum."))
    )
    lines = [line(), line(printable(title))] if title else [line()]
    lines += [line(edge), line(head), line(rule(SIDE + width + 1) + "+" + rule(FIGURES))]
    lines += _section("Valid", _shortened(valid, most), width)
    if gone:
        lines += _section("Missing", gone, width)
        lines += _section("Total", [("", (total, 100.0))], width)
    return [*lines, line(edge)]


def _valid_rows(found: Frequencies, total: float, total_valid: float) -> list[tuple[str, tuple[float, ...]]]:
    rows: list[tuple[str, tuple[float, ...]]] = []
    cumulated = 0.0
    for text, n in zip(found.texts, found.valid, strict=True):
        cumulated += n
        rows.append((text, (n, 100 * n / total, 100 * n / total_valid, 100 * cumulated / total_valid)))
    if rows:
        rows.append(("Total", (total_valid, 100 * total_valid / total, 100.0)))
    return rows


def _shortened(
    rows: list[tuple[str, tuple[float, ...]]], most: int | None
) -> list[tuple[str, tuple[float, ...]]]:
    if most is None or len(rows) - 1 <= 2 * most:
        return rows
    return [*rows[:most], (":", ()), *rows[-1 - most :]]


def _section(name: str, rows: Sequence[tuple[str, tuple[float, ...]]], width: int) -> list[Line]:
    lines = []
    for place, (text, figures) in enumerate(rows):
        head = left(name if not place else "", SIDE) + left(cut(printable(text), MOST_TEXT), width)
        cells = (
            [":".rjust(11)] * 4
            if text == ":" and not figures
            else [_figure(i, x) for i, x in enumerate(figures)]
        )
        lines.append(line(head + " |", result("".join(cells).ljust(FIGURES))))
    return lines


def _figure(place: int, value: float) -> str:
    if place:
        return f"{value:11.2f}"
    return f"{value:11.0f}" if value == int(value) else format_value(value, "%11.0g").rjust(11)
