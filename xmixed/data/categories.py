"""The distinct values of a variable as categories: codes for counting, texts for tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.data.columns import among
from xmixed.data.dataset import Dataset, Variable, to_double
from xmixed.formats import format_value
from xmixed.missing import INTEGER_MISSING, NAMES, missing_code
from xmixed.statistics.grouping import factorise, frequencies


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """What a variable's values are among some observations.

    Attributes
    ----------
    codes : ndarray of int64, shape (n,)
        Category of each observation of the data, -1 where it is left out.
    values : tuple of float or str
        In ascending order, missing values last.
    """

    codes: np.ndarray
    values: tuple[float | str, ...]

    @property
    def used(self) -> np.ndarray:
        return self.codes >= 0


def usable(variable: Variable, rows: np.ndarray, missing: bool = False) -> np.ndarray:
    """Return the rows (bool, shape (n,)) that have a category: missing values have none unless asked for."""
    if missing:
        return rows
    return rows & variable.known()


def categories_of(variable: Variable, rows: np.ndarray, missing: bool = False) -> Categories:
    """Return the categories of a variable among rows (bool, shape (n,)); missing ones when asked for."""
    if variable.is_string:
        texts = variable.values
        keep = usable(variable, rows, missing)
        levels = sorted(set(texts[keep].tolist()), key=str)
        place = {text: code for code, text in enumerate(levels)}
        found = np.fromiter((place[text] for text in texts[keep].tolist()), np.int64)
        values: tuple[float | str, ...] = tuple(levels)
    else:
        keep = usable(variable, rows, missing)
        groups = factorise(among(variable.values, keep))
        levels = groups.levels.astype(variable.values.dtype)
        found, values = groups.codes, tuple(to_double(levels, variable.type).tolist())
    if len(found) == len(rows):
        return Categories(found, values)
    codes = np.full(len(rows), -1, dtype=np.int64)
    codes[keep] = found
    return Categories(codes, values)


def category_counts(
    variable: Variable, rows: np.ndarray, missing: bool = False
) -> tuple[tuple[float | str, ...], np.ndarray]:
    """Return the categories of a variable among rows (bool, shape (n,)) and how often each occurs."""
    if variable.is_string:
        found = categories_of(variable, rows, missing)
        return found.values, np.bincount(found.codes[found.used], minlength=len(found.values))
    levels, counts = frequencies(among(variable.values, usable(variable, rows, missing)))
    return tuple(to_double(levels.astype(variable.values.dtype), variable.type).tolist()), counts


def label_definition(data: Dataset, variable: Variable) -> dict[float, str]:
    """Return the texts of the value label attached to a variable by value; {} when there is none."""
    first = INTEGER_MISSING["long"]
    table = data.value_labels.get(variable.value_label, {}) if variable.value_label else {}
    return {
        float(code) if code < first else missing_code(NAMES[min(26, code - first)]): text
        for code, text in table.items()
    }


def value_texts(
    data: Dataset, variable: Variable, values: Sequence[float | str], labels: bool = True
) -> list[str]:
    """Return values as tables name them: their labels, else the number in its format without padding."""
    texts = label_definition(data, variable) if labels else {}
    return [
        value if isinstance(value, str) else texts.get(value) or format_value(value, variable.format).strip()
        for value in values
    ]
