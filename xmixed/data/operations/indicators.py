"""Indicator variables of the categories of a variable, and their products, with the names that `xi` gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from xmixed.data.categories import categories_of
from xmixed.data.dataset import Dataset, Variable, default_format, from_double
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.missing import MISSING, is_missing

STUB, HALF_STUB, PRODUCT_STUB = 9, 3, 5
"""Characters of names: of one variable, of each of two, of a continuous one behind indicators."""


@dataclass(frozen=True, slots=True, eq=False)
class Indicators:
    """Indicators of all categories of a variable but the one that is left out.

    Attributes
    ----------
    source : str
        The variable.
    stub : str
        The names without their numbers: `_Irace_`.
    numbers : tuple of int
        By category: its value if `natural`, else its rank.
    texts : tuple of str
        By category: its value as text.
    omitted : int or None
        Position of the category that is left out.
    columns : ndarray of float64, shape (n, c)
        One column for every category, missing where the variable is.
    """

    source: str
    stub: str
    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    natural: bool
    omitted: int | None
    columns: np.ndarray

    def kept(self) -> Iterator[tuple[int, int]]:
        """Yield position and number of each category that is not left out."""
        return ((at, number) for at, number in enumerate(self.numbers) if at != self.omitted)

    def label(self, at: int) -> str:
        return f"{self.source}=={self.texts[at]}"

    def variables(self) -> list[Variable]:
        """Return the new variables."""
        return [
            made_variable(f"{self.stub}{number}", "byte", self.columns[:, at], self.label(at))
            for at, number in self.kept()
        ]


def made_variable(name: str, kind: str, values: np.ndarray, label: str) -> Variable:
    """Return a new numeric variable; raises StataError r(198) for a name that is too long."""
    if len(name) > 32:
        raise StataError(198, f"{name} invalid name")
    return Variable(name, kind, from_double(values, kind), default_format(kind), label)


def indicators_of(data: Dataset, source: str, prefix: str, omit: str | None) -> Indicators:
    """Return the indicators of a variable.

    Parameters
    ----------
    omit : str or None
        The category to leave out: a value, `prevalent` for the most frequent one, "" for the lowest; None
        leaves none out.

    Raises
    ------
    StataError
        r(2000) where all values are missing; r(198) where `omit` is not a value of the variable.
    """
    variable = data[source]
    found = categories_of(variable, np.ones(data.n_obs, dtype=bool))
    if not found.values:
        raise StataError(2000, "no observations")
    natural = all(not isinstance(value, str) and value >= 0 and value == int(value) for value in found.values)
    numbers = tuple(int(value) for value in found.values) if natural else range(1, len(found.values) + 1)
    texts = tuple(
        value if isinstance(value, str) else format_value(value, "%9.0g").strip() for value in found.values
    )
    columns = (found.codes[:, None] == np.arange(len(texts))).astype(np.float64)
    columns[~found.used] = MISSING
    return Indicators(
        source,
        f"{prefix}{source[:STUB]}_",
        tuple(numbers),
        texts,
        natural,
        None if omit is None else _place(source, omit, texts, found.codes[found.used]),
        columns,
    )


def _place(source: str, omit: str, texts: tuple[str, ...], codes: np.ndarray) -> int:
    if not omit:
        return 0
    if omit in texts:
        return texts.index(omit)
    if omit == "prevalent":
        return int(np.bincount(codes).argmax())
    raise StataError(198, f"{source}[omit]: {omit} is not a value of {source}")


def product_with(first: Indicators, other: Variable, stub: str) -> list[Variable]:
    """Return the products of indicators with a variable."""
    values = other.to_double()
    return [
        made_variable(
            f"{stub}{number}",
            "double" if other.type in ("long", "double") else "float",
            _product(first.columns[:, at], values),
            f"({first.label(at)})*{other.name}",
        )
        for at, number in first.kept()
    ]


def products_of(first: Indicators, second: Indicators, stub: str) -> list[Variable]:
    """Return the products of two sets of indicators."""
    return [
        made_variable(
            f"{stub}{one}_{two}",
            "byte",
            _product(first.columns[:, at], second.columns[:, by]),
            f"{first.label(at)} & {second.label(by)}",
        )
        for at, one in first.kept()
        for by, two in second.kept()
    ]


def _product(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    missing = is_missing(one) | is_missing(other)
    return np.where(missing, MISSING, np.where(missing, 0.0, one) * np.where(missing, 0.0, other))
