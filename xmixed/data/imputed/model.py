"""Imputations: the original data (m=0) and M completed datasets, whatever the style they are kept in."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from xmixed.data.columns import promoted_type, stored
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.missing import MISSING

STYLES = ("wide", "mlong", "flong", "flongsep")

M, ID, MISS = "_mi_m", "_mi_id", "_mi_miss"
"""System variables: number of the imputation, number of the observation, whether it is incomplete."""

LARGEST = 1000
"""Imputations there may be."""

PREFIX = "_mi_"
"""What the characteristics of `_dta` that keep the state begin with: `_mi_style`, `_mi_M`, `_mi_ivars`."""

KEYS = ("marker", "style", "M", "N", "n", "name", "m", "ivars", "pvars", "rvars", "update")
"""Their names without it; others that begin so are left alone."""

_NAMES = frozenset(PREFIX + key for key in KEYS)

KINDS = ("imputed", "passive", "regular")


def is_mi(data: Dataset) -> bool:
    """Return whether data are mi set."""
    return f"{PREFIX}style" in data.characteristics.get("_dta", {})


def state(data: Dataset) -> dict[str, str]:
    """Return the characteristics that keep the state, without their prefix: `style`, `M`, `ivars`, ..."""
    texts = data.characteristics.get("_dta", {})
    return {key: texts[PREFIX + key] for key in KEYS if PREFIX + key in texts}


def with_state(data: Dataset, found: Mapping[str, str]) -> Dataset:
    """Return the data with other state characteristics; {} takes all of them away."""
    texts = data.characteristics.get("_dta", {})
    plain = {name: text for name, text in texts.items() if name not in _NAMES}
    if not found and len(plain) == len(texts):
        return data
    return data.with_characteristics(
        "_dta", {**plain, **{PREFIX + name: text for name, text in found.items()}}
    )


def wide_name(m: int, name: str) -> str:
    """Return the name that a variable of the m-th imputation has in style wide."""
    return f"_{m}_{name}"


def soft_missing(variable: Variable) -> np.ndarray:
    """Return where a variable is `.`, not `.a` to `.z`: the values that imputations fill; bool (n,)."""
    if variable.is_string:
        return ~variable.known()
    return variable.to_double() == MISSING


@dataclass(frozen=True, slots=True, eq=False)
class Imputations:
    """Multiple-imputation data, as a value.

    Attributes
    ----------
    style : str
        How they are kept: one of `STYLES`.
    base : Dataset, n observations
        The original data, m=0, without system variables and without the characteristics of mi.
    copies : tuple of Dataset, n observations each
        The completed data m=1, ..., M: the same observations in the same order, and the same variables.
        They share with `base` what is the same.
    imputed, passive, regular : tuple of str
        Registered variables.
    ids : ndarray of int64, shape (n,)
        `_mi_id` of the observations.
    incomplete : ndarray of bool, shape (n,)
        `_mi_miss` of m=0: observations with `.` in an imputed variable, when that was last looked at.
    name : str
        Style flongsep: the name of the files, with their folder.
    """

    style: str
    base: Dataset
    copies: tuple[Dataset, ...] = ()
    imputed: tuple[str, ...] = ()
    passive: tuple[str, ...] = ()
    regular: tuple[str, ...] = ()
    ids: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    incomplete: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    name: str = ""

    @property
    def count(self) -> int:
        """M, the number of imputations."""
        return len(self.copies)

    @property
    def registered(self) -> dict[str, str]:
        """The kind of each registered variable, by name."""
        return {name: kind for kind in KINDS for name in getattr(self, kind)}

    @property
    def varying(self) -> tuple[str, ...]:
        """The variables that may differ between imputations in every style: imputed and passive."""
        return (*self.imputed, *self.passive)

    def completed(self, m: int) -> Dataset:
        """Return the m-th completed dataset; the original data for m = 0.

        Raises
        ------
        StataError
            r(198) where there is no such imputation.
        """
        if not 0 <= m <= self.count:
            raise StataError(198, f"m={m} invalid; M={self.count}")
        return self.copies[m - 1] if m else self.base

    def with_count(self, count: int) -> Imputations:
        """Return the first imputations, or these and further ones in which nothing is imputed yet."""
        return replace(self, copies=(*self.copies[:count], *[self.base] * (count - self.count)))

    def without(self, gone: Container[int]) -> Imputations:
        """Return the data without the imputations of some numbers; those that stay are numbered anew."""
        return replace(self, copies=tuple(c for m, c in enumerate(self.copies, 1) if m not in gone))

    def with_values(self, name: str, values: np.ndarray, rows: np.ndarray, start: int = 1) -> Imputations:
        """Return the data with imputed values of a numeric variable; its type widens where it has to.

        Parameters
        ----------
        values : ndarray of float64, shape (k, number of rows)
            One row for each of the imputations m = start, ..., start + k - 1.
        rows : ndarray of bool, shape (n,)
            The observations that they are for, in the order of `base`.
        """
        copies = list(self.copies)
        for m, row in enumerate(values, start):
            old = copies[m - 1][name]
            kind = promoted_type(old.type, row)
            column = old.values.copy() if kind == old.type else stored(old.to_double(), kind)
            column[rows] = stored(row, kind)
            copies[m - 1] = copies[m - 1].with_variables(replace(old, type=kind, values=column))
        return replace(self, copies=tuple(copies))

    def with_kind(self, names: Iterable[str], kind: str) -> Imputations:
        """Return the data with variables registered as `imputed`, `passive`, `regular`, or "" as nothing."""
        chosen = tuple(dict.fromkeys(names))
        found = {each: tuple(n for n in getattr(self, each) if n not in chosen) for each in KINDS}
        if kind:
            kept = getattr(self, kind)
            found[kind] = (*kept, *(name for name in chosen if name not in kept))
        return replace(self, **found)
