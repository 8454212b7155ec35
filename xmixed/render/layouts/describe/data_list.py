"""The tables of `list`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from xmixed.formats import width as columns
from xmixed.output import Line, line
from xmixed.render.text import result, rule

NUMBER_WIDTH = 3
"""Digits of the observation number at least; a point and a blank follow."""
FRAME_WITHOUT_NUMBERS = 2
CLEAN_WITHOUT_NUMBERS = 4
GAP = "   "
DIVIDER = " | "


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A variable: its name as shown, and its formatted values without padding, one a row.

    `least` is the width that it has at least.
    """

    head: str
    cells: tuple[str, ...]
    left: bool = False
    least: int = 0

    @property
    def width(self) -> int:
        widest = max(map(columns.columns_of, self.cells), default=0)
        return max(self.least, columns.columns_of(self.head), widest)

    def place(self, text: str, width: int) -> str:
        return columns.left(text, width) if self.left else columns.right(text, width)


@dataclass(frozen=True, slots=True)
class Listing:
    """What `list` shows.

    Attributes
    ----------
    columns : tuple of ListColumn
    numbers : tuple of int
        Observation numbers; () to show none.
    breaks : collection of int
        Rows (from 0) above which an inner rule stands.
    clean, header : bool
        No frame and rules; whether names are shown.
    form : str
        "table", "display", or "" for whichever fits.
    divider : bool
        Lines between the columns of a table.
    header_every : int
        A table shows the names again after so many observations; 0 for once.
    summaries : tuple of str
        What stands before the last rows, which are no observations: `Mean`, `Sum`, `N`, or "".
    constants : tuple of (name, value)
        What all observations share, above the table.
    """

    columns: tuple[ListColumn, ...]
    numbers: tuple[int, ...]
    breaks: Collection[int] = ()
    clean: bool = False
    header: bool = True
    form: str = ""
    divider: bool = False
    header_every: int = 0
    summaries: tuple[str, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()

    @property
    def n_rows(self) -> int:
        return len(self.columns[0].cells) if self.columns else len(self.numbers) + len(self.summaries)

    def margins(self) -> tuple[str, list[str]]:
        """Return the empty margin and the margin of each row, up to the frame."""
        observations = self.n_rows - len(self.summaries)
        digits = max(NUMBER_WIDTH, len(str(max(self.numbers, default=0))))
        after = GAP if self.clean else " "
        blank = " " * (digits + 1 + len(after))
        if not self.numbers and not any(self.summaries):
            blank = " " * (CLEAN_WITHOUT_NUMBERS if self.clean else FRAME_WITHOUT_NUMBERS)
        numbers = [f"{n:{digits}d}.{after}" for n in self.numbers] or [blank] * observations
        return blank, numbers + [text.ljust(len(blank)) for text in self.summaries]


def render_list(listing: Listing, linesize: int) -> list[Line]:
    """Return the lines of a listing, from its leading blank line on; none when nothing is listed."""
    if listing.n_rows == 0:
        return []
    shared = [line("    ", name, " = ", result(value)) for name, value in listing.constants]
    return [*([line(), *shared] if shared else []), *_listed(listing, linesize)]


def _listed(listing: Listing, linesize: int) -> list[Line]:
    if not listing.columns:
        return []
    if listing.clean:
        return _clean(listing)
    inner = sum(column.width for column in listing.columns) + len(GAP) * (len(listing.columns) - 1) + 2
    fits = len(listing.margins()[0]) + inner + 2 <= linesize
    if listing.form == "table" or (listing.form != "display" and fits):
        return _table(listing, inner)
    return _blocks(listing, linesize)


def _rows(listing: Listing) -> Iterator[str]:
    placed = []
    for column in listing.columns:
        width = column.width
        placed.append([column.place(cell, width) for cell in column.cells])
    gap = DIVIDER if listing.divider else GAP
    return (gap.join(cells) for cells in zip(*placed, strict=True))


def _heads(listing: Listing) -> str:
    gap = DIVIDER if listing.divider else GAP
    return gap.join(column.place(column.head, column.width) for column in listing.columns)


def _clean(listing: Listing) -> list[Line]:
    blank, margins = listing.margins()
    lines = [line(), line(blank + _heads(listing) + "  ")] if listing.header else [line()]
    rows = zip(margins, _rows(listing), strict=True)
    return lines + [line(margin, result(row + "  ")) for margin, row in rows]


def _table(listing: Listing, inner: int) -> list[Line]:
    blank, margins = listing.margins()
    between = rule(inner)
    if listing.divider:
        between = "+".join(rule(column.width + 2) for column in listing.columns)
    edge, middle = line(f"{blank}+{rule(inner)}+"), line(f"{blank}|{between}|")
    heads = [line(f"{blank}| {_heads(listing)} |"), middle]
    lines = [line(), edge, *(heads if listing.header else [])]
    for i, (margin, row) in enumerate(zip(margins, _rows(listing), strict=True)):
        again = listing.header_every and i and i % listing.header_every == 0
        if again and i < listing.n_rows - len(listing.summaries):
            lines += [middle, *heads]
        elif i in listing.breaks:
            lines.append(middle)
        lines.append(line(f"{margin}| ", result(row), " |"))
    return [*lines, edge]


def _blocks(listing: Listing, linesize: int) -> list[Line]:
    """Return each observation as a block of its own: names above values, as many bands as it takes."""
    blank, margins = listing.margins()
    room = linesize - len(blank) - 4
    bands = _bands(listing.columns, room)
    inner = max(sum(c.width for c in band) + len(DIVIDER) * (len(band) - 1) for band in bands)
    widths = [_stretch([c.width for c in band], inner) for band in bands]
    edge, middle = line(f"{blank}+{rule(inner + 2)}+"), line(f"{blank}|{rule(inner + 2)}|")
    lines: list[Line] = []
    for i, margin in enumerate(margins):
        lines += [line(), edge]
        for j, (band, sizes) in enumerate(zip(bands, widths, strict=True)):
            if j:
                lines.append(middle)
            values = DIVIDER.join(_centre(c, c.cells[i], w) for c, w in zip(band, sizes, strict=True))
            start = blank if j or listing.header else margin
            if listing.header:
                heads = DIVIDER.join(_centre(c, c.head, w) for c, w in zip(band, sizes, strict=True))
                lines.append(line(f"{blank if j else margin}| {heads} |"))
            lines.append(line(f"{start}| ", result(values), " |"))
        lines.append(edge)
    return lines


def _bands(columns: Sequence[ListColumn], room: int) -> list[list[ListColumn]]:
    bands: list[list[ListColumn]] = [[]]
    used = 0
    for column in columns:
        need = column.width + (len(DIVIDER) if bands[-1] else 0)
        if bands[-1] and used + need > room:
            bands.append([])
            used, need = 0, column.width
        bands[-1].append(column)
        used += need
    return bands


def _stretch(widths: list[int], inner: int) -> list[int]:
    """Return the widths of a band, spread evenly over the frame; the last column takes what is left."""
    spare = inner - sum(widths) - len(DIVIDER) * (len(widths) - 1)
    each = spare // len(widths)
    return [w + each for w in widths[:-1]] + [widths[-1] + spare - each * (len(widths) - 1)]


def _centre(column: ListColumn, text: str, width: int) -> str:
    """Return a cell in a stretched column: placed in the column's own width, half the spare room after it."""
    right = (width - column.width) // 2
    left = width - column.width - right
    return " " * left + column.place(text, column.width) + " " * right
