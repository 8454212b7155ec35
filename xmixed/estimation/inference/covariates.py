"""The covariates of a fitted model, and the values that `at()` gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, Fixed, JointShares, variable_of
from xmixed.expressions.factors.terms import Term
from xmixed.language.arguments.margin_terms import AtItem
from xmixed.statistics.moments import percentile

LIST = "list of covariates"
BALANCED = "(asbalanced)"
KnownStatistics = Mapping[tuple[str, str], float]
"""Values of statistics, `p50`, by covariate."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor variable of a model: its levels in ascending order, and the base (None without one)."""

    levels: tuple[int, ...]
    base: int | None


@dataclass(frozen=True, slots=True)
class Covariates:
    """What a model's terms are made of, in their order.

    Attributes
    ----------
    factors : mapping of Factor by name
    continuous : tuple of str
        `x`, `L.x`.
    order : tuple of str
    empty : tuple of mapping
        Levels by factor of the model's cells without observations.
    """

    factors: Mapping[str, Factor]
    continuous: tuple[str, ...]
    order: tuple[str, ...]
    empty: tuple[Mapping[str, int], ...] = ()

    @classmethod
    def of(cls, terms: Sequence[Term | None]) -> Covariates:
        levels: dict[str, set[int]] = {}
        bases: dict[str, int] = {}
        order: dict[str, None] = {}
        for part in (part for term in terms if term is not None for part in term.parts):
            order.setdefault(part.plain)
            if part.level is not None:
                levels.setdefault(part.plain, set()).add(part.level)
                if part.base:
                    bases[part.plain] = part.level
        factors = {name: Factor(tuple(sorted(own)), bases.get(name)) for name, own in levels.items()}
        return cls(factors, tuple(name for name in order if name not in factors), tuple(order))

    def of_levels(self, levels: Mapping[str, tuple[int, ...]]) -> Covariates:
        """Return the covariates with fewer levels of some factors."""
        if not levels:
            return self
        return replace(
            self,
            factors={
                name: replace(factor, levels=levels.get(name, factor.levels))
                for name, factor in self.factors.items()
            },
        )

    def found(self, name: str) -> str:
        """Return the covariate that a name or an unambiguous abbreviation means.

        Raises
        ------
        StataError
            r(322) for a name that is none.
        """
        if name in self.order:
            return name
        close = [own for own in self.order if own.startswith(name)]
        if len(close) != 1:
            raise StataError(322, f"'{name}' not found in {LIST}")
        return close[0]

    def factor(self, name: str) -> str:
        """Return the factor that a name means.

        Raises
        ------
        StataError
            r(322) for a name that is no factor of the model.
        """
        close = [own for own in self.factors if own.startswith(name)]
        if name in self.factors:
            return name
        if len(close) != 1:
            raise StataError(322, f"factor {name} not found in {LIST}")
        return close[0]

    def check_level(self, name: str, level: float) -> int:
        """Return a level of a factor as a whole number; r(111) where the model does not have it."""
        if level not in self.factors[name].levels:
            raise StataError(111, f"level {level:g} of factor {name} not found in {LIST}")
        return int(level)


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One line of the legend: `grp = 1`, `1.grp = .3333333 (mean)`; `value` None shows the note alone."""

    name: str
    value: float | None
    note: str = ""


@dataclass(slots=True)
class AtPoint:
    """Values at which covariates are held: by name, the values and their lines in the legend."""

    fixed: dict[str, float | Mapping[int, float]] = field(default_factory=dict)
    rows: dict[str, tuple[LegendRow, ...]] = field(default_factory=dict)

    @property
    def legend(self) -> tuple[LegendRow, ...]:
        return tuple(row for rows in self.rows.values() for row in rows)

    @property
    def balanced(self) -> frozenset[str]:
        """The factors that have all levels alike."""
        return frozenset(
            name for name, rows in self.rows.items() if rows == (LegendRow(name, None, BALANCED),)
        )


def at_points(
    items: Sequence[AtItem],
    covariates: Covariates,
    frame: EstimationFrame,
    weights: np.ndarray | None,
    known: KnownStatistics | None = None,
) -> list[AtPoint]:
    """Return the points of one `at()`: all combinations of its values, the last varying fastest.

    Parameters
    ----------
    frame : EstimationFrame
        The rows that statistics are taken over.
    known : mapping or None
        Statistics that the rows do not tell.

    Raises
    ------
    StataError
        r(322) unknown covariates, r(111) unknown levels, r(198).
    """
    choices: list[list[tuple[str, float]]] = []
    common = AtPoint()
    for item in items:
        if item.statistic:
            for name in names_of(item.names, covariates):
                _hold(common, name, item.statistic, covariates, frame, weights, known)
            continue
        typed = item.names[0]
        level, dot, rest = typed.partition(".")
        name = covariates.found(rest if dot and not level[:1].isupper() else typed)
        if dot and level.isdigit():
            raise StataError(198, f"at() takes values of {name}, not of {typed}")
        if name in covariates.factors:
            for value in item.values:
                covariates.check_level(name, value)
        common.fixed[name] = item.values[0]
        common.rows[name] = ()
        choices = [own for own in choices if own[0][0] != name]
        choices.append([(name, value) for value in item.values])
    points = []
    for chosen in product(*choices):
        point = AtPoint(dict(common.fixed), dict(common.rows))
        for name, value in chosen:
            point.fixed[name] = value
            point.rows[name] = (LegendRow(name, value),)
        points.append(point)
    return points


def names_of(typed: Sequence[str], covariates: Covariates) -> list[str]:
    """Return the covariates that are named, or meant by `_all` and its like."""
    groups = {
        "_all": covariates.order,
        "_factor": tuple(covariates.factors),
        "_continuous": covariates.continuous,
    }
    found: dict[str, None] = {}
    for name in typed:
        for own in groups.get(name) or (covariates.found(name.removeprefix("i.").removeprefix("c.")),):
            found.setdefault(own)
    return list(found)


def means_point(covariates: Covariates, frame: EstimationFrame, weights: np.ndarray | None) -> AtPoint:
    """Return all covariates at their means."""
    point = AtPoint()
    for name in covariates.order:
        _hold(point, name, "mean", covariates, frame, weights)
    return point


def balanced_point(covariates: Covariates, names: Sequence[str]) -> AtPoint:
    """Return factors with all levels alike."""
    point = AtPoint()
    for name in names:
        _balance(point, name, covariates.factors[name])
    return point


def _balance(point: AtPoint, name: str, factor: Factor) -> None:
    point.fixed[name] = {level: 1 / len(factor.levels) for level in factor.levels}
    point.rows[name] = (LegendRow(name, None, BALANCED),)


def _hold(
    point: AtPoint,
    name: str,
    statistic: str,
    covariates: Covariates,
    frame: EstimationFrame,
    weights: np.ndarray | None,
    known: KnownStatistics | None = None,
) -> None:
    """Hold a covariate at a statistic of its values."""
    factor = covariates.factors.get(name)
    note = f"({statistic})"
    point.fixed.pop(name, None)
    point.rows.pop(name, None)
    if statistic == "asobserved":
        return
    if statistic in ("asbalanced", "base"):
        if factor is None:
            raise StataError(198, f"statistic {statistic} not allowed for {name}, which is no factor")
        if statistic == "asbalanced":
            _balance(point, name, factor)
            return
        base = factor.levels[0] if factor.base is None else factor.base
        point.fixed[name], point.rows[name] = float(base), (LegendRow(name, float(base), note),)
        return
    values = frame.values(*variable_of(name))
    if factor is not None and statistic == "mean":
        shares = {level: float(np.average(values == level, weights=weights)) for level in factor.levels}
        point.fixed[name] = shares
        point.rows[name] = tuple(LegendRow(f"{level}.{name}", share, note) for level, share in shares.items())
        return
    value = None if known is None else known.get((name, statistic))
    if value is None:
        value = _statistic(statistic, values, weights)
    point.fixed[name], point.rows[name] = value, (LegendRow(name, value, note),)


def _statistic(statistic: str, values: np.ndarray, weights: np.ndarray | None) -> float:
    if statistic == "zero":
        return 0.0
    if statistic == "mean":
        return float(np.average(values, weights=weights))
    if statistic in ("min", "max"):
        return float(values.min() if statistic == "min" else values.max())
    order = np.argsort(values, kind="stable")
    p = 50.0 if statistic == "median" else float(statistic[1:])
    return percentile(values[order], None if weights is None else weights[order], p)


def reweighted(fixed: Fixed, balanced: frozenset[str], covariates: Covariates) -> Fixed:
    """Return balanced factors with all cells alike but those that are empty: `emptycells(reweight)`."""
    names = tuple(
        name
        for name in covariates.factors
        if name in balanced and any(name in cell for cell in covariates.empty)
    )
    if not names:
        return fixed
    levels = [sorted(level for level, share in _shares(fixed[name]).items() if share) for name in names]
    cells = np.array(list(product(*levels)))
    good = np.ones(len(cells), dtype=bool)
    for cell in covariates.empty:
        elsewhere = {name: level for name, level in cell.items() if name not in names}
        if all(fixed.get(name) == level for name, level in elsewhere.items()):
            own = [cells[:, place] == cell[name] for place, name in enumerate(names) if name in cell]
            if own:
                good &= ~np.logical_and.reduce(own)
    if not good.any():
        return fixed
    joint = JointShares(names, cells[good], np.full(int(good.sum()), 1.0 / good.sum()))
    return {**fixed, **dict.fromkeys(names, joint)}


def empty_cells(
    terms: Sequence[Term | None], covariates: Covariates, frame: EstimationFrame
) -> tuple[Mapping[str, int], ...]:
    """Return the combinations of levels of factors that interact which no observation has."""
    found: list[Mapping[str, int]] = []
    sets = {tuple(part.plain for part in term.factors) for term in terms if term is not None}
    for names in sorted(own for own in sets if len(own) > 1):
        columns = np.column_stack([frame.values(*variable_of(name)) for name in names])
        present = set(map(tuple, np.unique(columns, axis=0).astype(int).tolist()))
        for cell in product(*(covariates.factors[name].levels for name in names)):
            if cell not in present:
                found.append(dict(zip(names, cell, strict=True)))
    return tuple(found)


def _shares(given: object) -> Mapping[int, float]:
    assert isinstance(given, Mapping)
    return given
