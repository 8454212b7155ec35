"""Statistics of groups, all groups at once: what tabulate, table, tabstat and their like show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.ordering import as_integers, ascends, laid_together, stable_order
from xmixed.statistics.partition import sort_within

_PERCENTILE = re.compile(r"p([0-9]{1,2})")


class Layout:
    """How rows lie in groups: what all numbers in the same groups share.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Group of each row, 0 ... `count` - 1.
    """

    def __init__(self, codes: np.ndarray, count: int) -> None:
        self.codes, self.count = codes, count

    @cached_property
    def sizes(self) -> np.ndarray:
        return np.bincount(self.codes, minlength=self.count)

    @cached_property
    def starts(self) -> np.ndarray:
        """Where groups begin when they are laid together."""
        return np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.intp)

    @cached_property
    def scattered(self) -> bool:
        """Whether the rows of groups do not lie together in order."""
        return not ascends(self.codes)


class Grouped:
    """Numbers in groups; every statistic is an array with one value a group.

    Parameters
    ----------
    x : ndarray of float64, shape (n,)
        Without missing values.
    codes : ndarray of int, shape (n,)
        Group of each, 0 ... `count` - 1.
    count : int
        Number of groups; one without numbers has `.` for all but `n` and `sum`.
    w : ndarray of float64, shape (n,), or None
        Positive weights.
    kind : str
        "", fweight, aweight, iweight or pweight: which count of observations the weights stand for.
    narrow : bool
        The numbers have 32 bits or fewer: their sums in doubles lose nothing that a mean shows.
    layout : Layout, optional
        That of `codes`, where other numbers share it.
    """

    def __init__(
        self,
        x: np.ndarray,
        codes: np.ndarray,
        count: int,
        w: np.ndarray | None = None,
        kind: str = "",
        narrow: bool = False,
        layout: Layout | None = None,
    ) -> None:
        self.x, self.codes, self.count, self.w, self.kind = x, codes, count, w, kind
        self.layout = Layout(codes, count) if layout is None else layout
        self.narrow = narrow

    def total(self, values: np.ndarray) -> np.ndarray:
        """Return weighted sums of values (n,) by group."""
        weighted = values if self.w is None else self.w * values
        if self.layout.scattered:
            return np.bincount(self.codes, weights=weighted, minlength=self.count)
        return self._reduced(np.add, weighted, 0.0)

    @cached_property
    def n(self) -> np.ndarray:
        """Numbers in each group; with frequency weights the sum of the weights."""
        if self.w is None or self.kind in ("aweight", "pweight"):
            return self.layout.sizes.astype(np.float64)
        return self.sum_w

    @cached_property
    def sum_w(self) -> np.ndarray:
        return self.layout.sizes.astype(np.float64) if self.w is None else self.total(np.ones(len(self.x)))

    @cached_property
    def sum(self) -> np.ndarray:
        return self.total(self.x)

    @cached_property
    def mean(self) -> np.ndarray:
        """The mean, corrected by the mean of the deviations from it, so that no digits are lost."""
        weight = np.where(self.sum_w > 0, self.sum_w, 1.0)
        first = self.sum / weight
        if not (self.narrow or self._sums_are_exact):
            first += self.total(self._from(first)) / weight
        return np.where(self.n > 0, first, MISSING)

    @property
    def _sums_are_exact(self) -> bool:
        whole = as_integers(self.x) if self.w is None and len(self.x) else None
        return whole is not None and len(whole) * max(-int(whole.min()), int(whole.max())) < 1 << 53

    def _from(self, centres: np.ndarray) -> np.ndarray:
        """Return the distance of each number from a value of its group, shape (n,)."""
        out = centres[self.codes] if self.layout.scattered else np.repeat(centres, self.layout.sizes)
        return np.subtract(self.x, out, out=out)

    @cached_property
    def _deviation(self) -> np.ndarray:
        return self._from(self.mean)

    def _central(self, power: int) -> np.ndarray:
        """Return central moments, with the sum of the weights as denominator."""
        return self.total(self._deviation**power) / np.where(self.sum_w > 0, self.sum_w, 1.0)

    @cached_property
    def variance(self) -> np.ndarray:
        more = self.n > 1
        scale = np.where(more, self.n, 2.0)
        return np.where(more, self._central(2) * scale / (scale - 1), MISSING)

    @cached_property
    def sd(self) -> np.ndarray:
        known = self.variance < MISSING
        return np.where(known, np.sqrt(np.where(known, self.variance, 0.0)), MISSING)

    @cached_property
    def semean(self) -> np.ndarray:
        known = self.sd < MISSING
        return np.where(known, np.where(known, self.sd, 0.0) / np.sqrt(np.maximum(self.n, 1.0)), MISSING)

    @cached_property
    def cv(self) -> np.ndarray:
        known = (self.sd < MISSING) & (self.mean != 0)
        return np.where(known, self.sd / np.where(known, self.mean, 1.0), MISSING)

    @cached_property
    def skewness(self) -> np.ndarray:
        second = self._central(2)
        known = (second > 0) & (self.n > 0)
        safe = np.where(known, second, 1.0)
        return np.where(known, self._central(3) / safe**1.5, MISSING)

    @cached_property
    def kurtosis(self) -> np.ndarray:
        second = self._central(2)
        known = (second > 0) & (self.n > 0)
        return np.where(known, self._central(4) / np.where(known, second, 1.0) ** 2, MISSING)

    @cached_property
    def _order(self) -> np.ndarray:
        return stable_order([self.codes, self.x])

    @cached_property
    def _ranked(self) -> np.ndarray:
        if self.w is not None:
            return self.x[self._order]
        ranked = self._together.copy()
        sort_within(ranked, self.layout.sizes)
        return ranked

    def _at(self, places: np.ndarray) -> np.ndarray:
        """Return the numbers at places (counted from 0) of each group's ranking."""
        if not len(self.x):
            return np.full(self.count, MISSING)
        filled = self.layout.sizes > 0
        last = np.maximum(self.layout.sizes - 1, 0)
        at = np.minimum(self.layout.starts + np.clip(places, 0, last), len(self.x) - 1)
        return np.where(filled, self._ranked[at], MISSING)

    def _reduced(self, operation: np.ufunc, together: np.ndarray, empty: float) -> np.ndarray:
        """Return a reduction of each group of numbers that lie together; `empty` where there are none."""
        out = np.full(self.count, empty)
        filled = self.layout.sizes > 0
        if filled.any():
            out[filled] = operation.reduceat(together, self.layout.starts[filled])
        return out

    @cached_property
    def _together(self) -> np.ndarray:
        """The numbers in the order of their groups."""
        return laid_together(self.x, self.codes, self.count) if self.layout.scattered else self.x

    @cached_property
    def min(self) -> np.ndarray:
        return self._reduced(np.minimum, self._together, MISSING)

    @cached_property
    def max(self) -> np.ndarray:
        return self._reduced(np.maximum, self._together, MISSING)

    @cached_property
    def range(self) -> np.ndarray:
        return np.where(self.layout.sizes > 0, self.max - self.min, MISSING)

    def percentile(self, p: float) -> np.ndarray:
        """Return the p-th percentile: the first number whose cumulated weight exceeds p per cent.

        Where it is exactly p per cent, the mean of that number and the next.
        """
        if self.w is None:
            exact = self.layout.sizes * p / 100
            place = np.floor(exact).astype(np.intp)
            on_edge = (place == exact) & (place > 0)
        else:
            cumulated = np.cumsum(self.w[self._order])
            before = np.concatenate([[0.0], cumulated])[self.layout.starts]
            target = before + self.sum_w * p / 100
            found = np.searchsorted(cumulated, target, side="right")
            place = np.maximum(found - self.layout.starts, 0)
            previous = np.concatenate([[0.0], cumulated])[np.minimum(found, len(cumulated))]
            on_edge = (place > 0) & np.isclose(previous, target, rtol=1e-14, atol=0)
        upper = self._at(place)
        lower = self._at(place - 1)
        with np.errstate(over="ignore"):
            return np.where(on_edge, np.where(lower < MISSING, (lower + upper) / 2, MISSING), upper)

    @cached_property
    def iqr(self) -> np.ndarray:
        high, low = self.percentile(75), self.percentile(25)
        return np.where(high < MISSING, high - np.where(high < MISSING, low, 0.0), MISSING)

    def statistic(self, name: str) -> np.ndarray:
        """Return a statistic by its name in `tabstat`, `table` and `collapse`."""
        found = _PERCENTILE.fullmatch({"median": "p50", "med": "p50"}.get(name, name))
        if found is not None:
            return self.percentile(float(found[1]))
        return getattr(self, {"count": "n", "N": "n", "var": "variance", "v": "variance"}.get(name, name))


def with_margins(
    x: np.ndarray,
    codes: Sequence[np.ndarray],
    sizes: Sequence[int],
    w: np.ndarray | None,
    kind: str,
    names: Iterable[str],
) -> dict[str, np.ndarray]:
    """Return statistics of the cells of a table of any number of ways, with its margins.

    Parameters
    ----------
    codes : sequence of ndarray of int, shape (n,) each
        Category of each number along each way.

    Returns
    -------
    dict of str to ndarray, shape (size + 1, ...)
        The last place along a way holds the totals over it.
    """
    names = tuple(names)
    out = {name: np.zeros([size + 1 for size in sizes]) for name in names}
    for over in np.ndindex(*[2] * len(sizes)):
        code, count = np.zeros(len(x), dtype=np.int64), 1
        for own, size, total in zip(codes, sizes, over, strict=True):
            if not total:
                code, count = code * size + own, count * size
        groups = Grouped(x, code, count, w, kind)
        place = tuple(
            slice(size, None) if total else slice(0, size) for size, total in zip(sizes, over, strict=True)
        )
        for name in names:
            out[name][place] = groups.statistic(name).reshape(out[name][place].shape)
    return out
