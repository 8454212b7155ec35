"""A table of models side by side, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and the stars behind it."""

    text: str = ""
    stars: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A coefficient or a statistic.

    Attributes
    ----------
    label : str
    lines : tuple of tuple of Cell
        Lines below each other, each with one cell a column of the table.
    """

    label: str
    lines: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The coefficients of one equation; its title is "" where there is one equation only."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over columns `first` to `last` (models, counted from 0)."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """Everything that a writer lays out.

    Attributes
    ----------
    models : int
    per_model : int
        Columns of each model: 2 when figures in parentheses stand beside the coefficients.
    column_heads : tuple of str
        Over the columns of each model, below its name; () for none.
    numbers : bool
        Models are numbered.
    groups : tuple of Group
    heads : tuple of str
        Names over the models; () for none.
    blocks : tuple of Block
    statistics : tuple of Row
    notes : tuple of str
    title : str
    gaps : bool
        A blank line between coefficients.
    plain : bool
        No rules.
    """

    models: int
    per_model: int
    numbers: bool
    groups: tuple[Group, ...]
    heads: tuple[str, ...]
    blocks: tuple[Block, ...]
    statistics: tuple[Row, ...]
    notes: tuple[str, ...]
    title: str = ""
    gaps: bool = True
    plain: bool = False
    column_heads: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        """Columns without that of the labels."""
        return self.models * self.per_model

    def head_rows(self) -> list[list[str]]:
        """Return the texts over the columns, line by line: groups, numbers, names."""
        rows: list[list[str]] = []
        if self.groups:
            row = [""] * self.models
            for group in self.groups:
                row[group.first] = group.text
            rows.append(row)
        if self.numbers:
            rows.append([f"({i})" for i in range(1, self.models + 1)])
        if self.heads:
            rows.append(list(self.heads))
        blanks = [""] * (self.per_model - 1)
        found = [[text for head in row for text in (head, *blanks)] for row in rows]
        return [*found, list(self.column_heads) * self.models] if self.column_heads else found

    def sections(self) -> list[list[tuple[str, Row | None]]]:
        """Return what rules part: rows with their labels, None for a line that is a label or blank alone."""
        found: list[list[tuple[str, Row | None]]] = []
        for block in self.blocks:
            rows: list[tuple[str, Row | None]] = [(block.title, None)] if block.title else []
            for place, row in enumerate(block.rows):
                if place and self.gaps:
                    rows.append(("", None))
                rows.append((row.label, row))
            found.append(rows)
        if self.statistics:
            found.append([(row.label, row) for row in self.statistics])
        return found
