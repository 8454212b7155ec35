"""A document of text, pictures and tables as data: what `putdocx` collects and a word processor's file shows.

Immutable: a command that adds something makes another document.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Look:
    """How characters look; "" and 0 stand for the document's own font, size and color.

    `script` is "", `sub` or `super`; colors are six hexadecimal digits.
    """

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strikeout: bool = False
    allcaps: bool = False
    smallcaps: bool = False
    script: str = ""
    font: str = ""
    size: float = 0.0
    color: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one look, or the picture in a file; `breaks` line ends follow it.

    `width`, `height` of pictures are inches; 0 for their own.
    """

    text: str
    look: Look = Look()
    breaks: int = 0
    picture: str = ""
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs beside each other; `style` is `Title`, `Heading 1`, ... or ""."""

    runs: tuple[Run, ...] = ()
    align: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class DocumentCell:
    """A cell of a table; `across`, `down` count the cells that it takes, 0 where another one lies over it."""

    runs: tuple[Run, ...] = ()
    align: str = ""
    shading: str = ""
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """Cells by rows, a title above, notes below; `heads` first rows are repeated on each page."""

    name: str
    rows: tuple[tuple[DocumentCell, ...], ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    border: bool = True
    align: str = ""
    heads: int = 0

    def with_cell(self, row: int, column: int, cell: DocumentCell) -> DocumentTable:
        """Return the table with another cell, counted from 0."""
        cells = list(self.rows[row])
        cells[column] = cell
        return replace(self, rows=(*self.rows[:row], tuple(cells), *self.rows[row + 1 :]))


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a page, or of a section."""

    section: bool = False


Block = Paragraph | DocumentTable | Break


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks one below the other, on pages of a size (`letter`, `A4`, ...), with the look of its text."""

    blocks: tuple[Block, ...] = field(default=())
    page: str = "letter"
    landscape: bool = False
    look: Look = Look()

    def adding(self, block: Block) -> Document:
        """Return the document with one more block."""
        return replace(self, blocks=(*self.blocks, block))

    def replacing(self, place: int, block: Block) -> Document:
        """Return the document with another block in a place, counted from 0 or from the end."""
        blocks = list(self.blocks)
        blocks[place] = block
        return replace(self, blocks=tuple(blocks))
