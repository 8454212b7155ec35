"""What the user asks of a table of models, and its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from xmixed.errors import StataError
from xmixed.formats import format_value, is_valid_format
from xmixed.missing import MISSING
from xmixed.render.published.table import Group

FIGURES = frozenset(("b", "se", "t", "p", "ci"))
"""What is made of coefficients and their covariance; other figures are row vectors of e()."""


@dataclass(frozen=True, slots=True)
class Element:
    """One figure of a coefficient, in a format, `a3` for an adaptive one.

    `b`, `se`, `t`, `p`, `ci`, or the name of a row vector of e(); "" leaves its place free. `label` is its
    heading; `brackets` are what stands before and after it, and between the limits of an interval.
    """

    name: str
    format: str
    stars: bool = False
    brackets: tuple[str, ...] = ()
    label: str = ""

    def enclosed(self, text: str) -> str:
        """Return a text in the brackets."""
        return f"{self.brackets[0]}{text}{self.brackets[-1]}" if self.brackets else text


@dataclass(frozen=True, slots=True)
class Star:
    """A symbol, the p-value below which it stands, and how that was typed."""

    symbol: str
    level: float
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A statistic below the coefficients: its name in e(), label and format."""

    name: str
    label: str
    format: str


@dataclass(frozen=True, slots=True)
class Transform:
    """A function of coefficients and its derivative, both of one number; `names` () for all coefficients."""

    names: tuple[str, ...]
    value: Callable[[float], float]
    slope: Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Design:
    """What the user asked for.

    Attributes
    ----------
    elements : tuple of Element
        Figures of a coefficient, in order, row by row.
    across : int
        How many of them stand side by side in a row.
    stars : tuple of Star
        From the weakest on.
    keep, drop, order : tuple of str
        Names, patterns, or `eq:`.
    indicate : tuple of (label, patterns)
        Coefficients that are shown as Yes or No.
    transforms : tuple of Transform
        The first that fits a coefficient counts.
    equation_labels : tuple of str
        In place of the names of equations, in their order.
    references : dict
        Labels of rows that stand before a coefficient, by its name; `reference_text` is in their cells.
    one_cell : bool
        The rows of a coefficient's figures share a cell.
    heads_of_columns : tuple of str
        Over the columns of each model, below its title; () for none.
    star_notes : bool or None
        A note says what the stars mean; None where the other notes are shown.
    margin : bool
        Models that mfx came after show its effects in place of their coefficients.
    change_mark : str
        Behind the names of those that are changes from 0 to 1; "" for none.
    """

    elements: tuple[Element, ...]
    stars: tuple[Star, ...]
    statistics: tuple[Wanted, ...]
    across: int = 1
    label: bool = False
    plain: bool = False
    gaps: bool = True
    numbers: bool = True
    titles: tuple[str, ...] | None = None
    model_titles: bool = True
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    rename: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    indicate: tuple[tuple[str, tuple[str, ...]], ...] = ()
    equation_lines: bool = True
    no_omitted: bool = False
    no_base: bool = False
    exponentiate: bool = False
    notes: tuple[str, ...] = ()
    standard_notes: bool = True
    star_notes: bool | None = None
    title: str = ""
    level: float = 95.0
    names_as_titles: bool = False
    outcomes_as_titles: bool = False
    no_constant: bool = False
    transforms: tuple[Transform, ...] = ()
    equation_labels: tuple[str, ...] = ()
    references: dict[str, str] = field(default_factory=dict)
    reference_text: str = "ref."
    heads_of_columns: tuple[str, ...] = ()
    one_cell: bool = False
    unstack: bool = False
    interaction: str = " # "
    surround: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tabular: str = "tabular"
    width: str = ""
    margin: bool = False
    change_mark: str = "(d)"


# --- numbers ------------------------------------------------------------------------------------------

ADAPTIVE = "a3"


def check_number_format(fmt: str, option: str) -> str:
    """Return the format that `3`, `%9.3f`, `a3` or `fmt` means.

    Raises
    ------
    StataError
        r(120) `invalid %format`.
    """
    text = fmt.strip()
    if text.isdigit() and int(text) <= 15:
        return f"%16.{text}f"
    if text[:1] == "a" and text[1:].isdigit() and 1 <= int(text[1:]) <= 9:
        return text
    if is_valid_format(text):
        return text
    raise StataError(120, f"invalid %format in {option}()")


def number_text(value: float, fmt: str) -> str:
    """Return a number in a format; `a3` shows integers as such, at least three digits of others."""
    if value >= MISSING:
        return "."
    if not fmt.startswith("a"):
        return format_value(value, fmt).strip()
    digits = int(fmt[1:])
    size = abs(value)
    if size < 1e9 and value == math.floor(value):
        return f"{value:.0f}"
    power = math.floor(math.log10(size))
    decimals = max(1, digits - power) if power >= 0 else digits - power - 1
    return f"{value:.{decimals}f}" if decimals <= 9 and power < 9 else f"{value:.{digits - 1}e}"
