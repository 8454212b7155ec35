"""Predictive margins and marginal effects: which cells there are, their values and gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, Fixed, variable_of
from xmixed.estimation.inference.covariates import (
    AtPoint,
    Covariates,
    KnownStatistics,
    at_points,
    balanced_point,
    means_point,
    reweighted,
)
from xmixed.estimation.inference.estimability import Estimability
from xmixed.estimation.inference.responses import Averaged, EvaluatedResponse, LinearResponse, Response
from xmixed.language.arguments.margin_terms import AtItem, MarginTerm
from xmixed.statistics.grouping import factorise

EFFECTS = ("dydx", "eyex", "dyex", "eydx")


@dataclass(frozen=True, slots=True)
class MarginsRequest:
    """What `margins` is asked for.

    Attributes
    ----------
    terms : tuple of MarginTerm
        () for the overall margin.
    at : tuple of tuple of AtItem
        One for each `at()`.
    over : tuple of str
        Variables whose groups have margins of their own.
    within : tuple of str
        Nesting variables: groups as those of `over()`, in which only the levels of factors count that occur.
    effect : str
        One of `EFFECTS`, "" for margins.
    variables : tuple of str
        What effects are of, as typed.
    reweight : bool
        Balanced factors leave out empty cells, the others weigh more.
    """

    terms: tuple[MarginTerm, ...] = ()
    at: tuple[tuple[AtItem, ...], ...] = ()
    at_means: bool = False
    as_balanced: bool = False
    over: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    effect: str = ""
    variables: tuple[str, ...] = ()
    grand: bool = False
    check: bool = True
    reweight: bool = False

    @property
    def grouping(self) -> tuple[str, ...]:
        """The variables whose groups have margins of their own."""
        return self.over + self.within


@dataclass(frozen=True, slots=True)
class Target:
    """What is averaged: the response (no name), its effect of a variable, or of a factor's level."""

    name: str = ""
    level: int | None = None
    base: int | None = None

    @property
    def shown(self) -> str:
        return self.name if self.level is None else f"{self.level}.{self.name}"

    @property
    def is_base(self) -> bool:
        return self.level is not None and self.level == self.base


@dataclass(frozen=True, slots=True)
class Cell:
    """One margin.

    Attributes
    ----------
    target : Target
    dimensions : tuple of (name, level)
        `_at`, variables of `over()`, factors of the term; () for the overall margin.
    term : int
        Place of its term in the request; -1 for the overall margin.
    """

    target: Target
    dimensions: tuple[tuple[str, int], ...]
    term: int

    @property
    def name(self) -> str:
        """`1._at#2.grp`, `_cons`."""
        return "#".join(f"{level}.{name}" for name, level in self.dimensions) or "_cons"


@dataclass(frozen=True, slots=True)
class Margins:
    """The cells and their figures.

    Attributes
    ----------
    cells : tuple of Cell
    b : ndarray, shape (m,)
    jacobian : ndarray, shape (m, k)
    estimable : ndarray of bool, shape (m,)
    points : tuple of AtPoint
        As many as there are `_at`; empty without `at()`.
    groups : tuple of tuple of int
        Levels of the variables of `over()`; ((),) without.
    sizes : ndarray, shape (m,)
        Observations of each cell's group.
    n : float
    conditional : bool
        Whether every covariate is fixed.
    targets : tuple of Target
    deviations : ndarray, shape (m, observations of the data), or None
        What each observation adds to a margin besides its part in e(b), where that is asked for.
    """

    cells: tuple[Cell, ...]
    b: np.ndarray
    jacobian: np.ndarray
    estimable: np.ndarray
    points: tuple[tuple[AtPoint, ...], ...]
    groups: tuple[tuple[int, ...], ...]
    sizes: np.ndarray
    n: float
    conditional: bool
    targets: tuple[Target, ...]
    deviations: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What margins are computed over.

    Attributes
    ----------
    covariates : Covariates
    frame : EstimationFrame
        The observations.
    weights : ndarray, shape (n,), or None
        Over all observations of the data.
    counts : ndarray, shape (n,), or None
        How many observations each row stands for; None for one.
    respond : callable(frame, weights) -> Response
    estimability : Estimability or None
    by_row : callable(frame, weights) -> EvaluatedResponse, or None
        The same response, for what each observation adds; None where that is not asked for.
    known : mapping or None
        Statistics of covariates that the frame does not tell.
    """

    covariates: Covariates
    frame: EstimationFrame
    weights: np.ndarray | None
    counts: np.ndarray | None
    respond: Callable[[EstimationFrame, np.ndarray | None], Response]
    estimability: Estimability | None
    by_row: Callable[[EstimationFrame, np.ndarray | None], EvaluatedResponse] | None = None
    known: KnownStatistics | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The observations of one group of `over()`: levels, size, points of `at()`, and the response.

    `present` has the levels of factors that count, by name; factors that are not in it have all.
    """

    levels: tuple[int, ...]
    size: float
    points: list[AtPoint]
    response: Response
    by_row: EvaluatedResponse | None
    present: Mapping[str, tuple[int, ...]]


def compute(request: MarginsRequest, setting: Setting) -> Margins:
    """Return the margins of a model.

    Raises
    ------
    StataError
        r(322), r(111) names and levels that the model does not have; r(2000) no observations; r(198).
    """
    covariates = setting.covariates
    if not setting.frame.size:
        raise StataError(2000, "no observations")
    targets = _targets(request, covariates)
    listed = [(place, _levels_of(term, covariates)) for place, term in enumerate(request.terms)]
    if not listed or request.grand:
        listed.append((-1, []))
    groups = [
        _group(request, setting, levels, mask)
        for levels, mask in zip(*_groups(request.grouping, setting.frame), strict=True)
    ]
    points = groups[0].points
    numbered = bool(request.at) and len(points) > 1
    cells: list[Cell] = []
    found: list[Averaged] = []
    estimable: list[bool] = []
    sizes: list[float] = []
    deviations: list[np.ndarray] = []
    for target, (place, factors), at, group in product(targets, listed, range(len(points)), groups):
        names = [name for name, _ in factors]
        for levels in product(*(own for _, own in factors)):
            own = dict(zip(names, levels, strict=True))
            if any(level not in group.present.get(name, (level,)) for name, level in own.items()):
                continue
            dimensions = [("_at", at + 1)] if numbered else []
            dimensions += zip(request.grouping, group.levels, strict=True)
            dimensions += own.items()
            fixed: Fixed = {**group.points[at].fixed, **{name: float(level) for name, level in own.items()}}
            if request.reweight:
                fixed = reweighted(fixed, group.points[at].balanced - own.keys(), covariates)
            cells.append(Cell(target, tuple(dimensions), place))
            found.append(_cell_value(target, fixed, group.response, request.effect))
            estimable.append(_is_estimable(target, fixed, group.response, setting.estimability))
            sizes.append(group.size)
            if group.by_row is not None:
                deviations.append(_deviations(target, fixed, group.by_row, request.effect))
    needed = set(covariates.order) - {target.name for target in targets if target.level is not None}
    held = [set(point.fixed) | {name for name, _ in own} for _, own in listed for point in points]
    return Margins(
        cells=tuple(cells),
        b=np.array([value for value, _ in found]),
        jacobian=np.array([row for _, row in found]),
        estimable=np.array(estimable),
        points=_legend_points(request, groups),
        groups=tuple(group.levels for group in groups),
        sizes=np.array(sizes),
        n=sum(group.size for group in groups),
        conditional=all(needed <= own for own in held),
        targets=tuple(targets),
        deviations=np.array(deviations) if setting.by_row is not None else None,
    )


def _group(request: MarginsRequest, setting: Setting, levels: tuple[int, ...], mask: np.ndarray) -> _Group:
    frame = setting.frame.of_rows(mask)
    weights = None if setting.weights is None else setting.weights[mask]
    size = float(frame.size if setting.counts is None else setting.counts[mask].sum())
    present: dict[str, tuple[int, ...]] = {}
    if request.within:
        for name in setting.covariates.factors:
            present[name] = tuple(np.unique(frame.values(*variable_of(name))).astype(int).tolist())
    points = _points(request, setting.covariates.of_levels(present), frame, weights, setting.known)
    by_row = None if setting.by_row is None else setting.by_row(frame, weights)
    return _Group(levels, size, points, setting.respond(frame, weights), by_row, present)


def _legend_points(request: MarginsRequest, groups: list[_Group]) -> tuple[tuple[AtPoint, ...], ...]:
    if not (request.at or request.at_means or request.as_balanced):
        return ()
    return tuple(tuple(group.points) for group in groups)


def _cell_value(target: Target, fixed: Fixed, response: Response, effect: str) -> Averaged:
    if not target.name:
        return response.mean(fixed)
    if target.level is None or target.base is None:
        return response.effect(fixed, target.name, effect)
    return response.change(fixed, target.name, target.level, target.base, effect)


def _deviations(target: Target, fixed: Fixed, response: EvaluatedResponse, effect: str) -> np.ndarray:
    """Return what each observation adds to a margin through the mean, over all observations of the data."""
    if not target.name:
        return response.deviations(response.mean_by_row(fixed))
    if target.level is None or target.base is None:
        return response.deviations(response.effect_by_row(fixed, target.name, effect))
    return response.deviations(response.change_by_row(fixed, target.name, target.level, target.base, effect))


def _is_estimable(target: Target, fixed: Fixed, response: Response, check: Estimability | None) -> bool:
    if check is None or not isinstance(response, LinearResponse):
        return True
    if not target.name:
        return check(response.row_of(fixed))
    if target.level is None or target.base is None:
        return True
    high = response.row_of({**fixed, target.name: float(target.level)})
    return check(high - response.row_of({**fixed, target.name: float(target.base)}))


def _targets(request: MarginsRequest, covariates: Covariates) -> list[Target]:
    """Return what is averaged, base levels of factors among them."""
    if not request.effect:
        return [Target()]
    names: dict[str, None] = {}
    groups = {"*": covariates.order, "_all": covariates.order, "_factor": tuple(covariates.factors)}
    groups["_continuous"] = covariates.continuous
    for typed in request.variables:
        if typed in groups:
            names |= dict.fromkeys(groups[typed])
        elif "*" in typed or "?" in typed:
            from xmixed.expressions.varlist import matches_pattern

            close = [name for name in covariates.order if matches_pattern(name, typed)]
            if not close:
                raise StataError(322, f"'{typed}' not found in list of covariates")
            names |= dict.fromkeys(close)
        else:
            names.setdefault(covariates.found(typed.removeprefix("i.").removeprefix("c.")))
    targets: list[Target] = []
    for name in names:
        factor = covariates.factors.get(name)
        if factor is None:
            targets.append(Target(name))
            continue
        if request.effect in ("eyex", "dyex"):
            raise StataError(198, f"option {request.effect}() not allowed with factor variables; {name}")
        base = factor.levels[0] if factor.base is None else factor.base
        targets += [Target(name, level, base) for level in factor.levels]
    if not targets:
        raise StataError(
            322, f"'{' '.join(request.variables) or request.effect}' not found in list of covariates"
        )
    return targets


def _levels_of(term: MarginTerm, covariates: Covariates) -> list[tuple[str, tuple[int, ...]]]:
    """Return the factors of a term with the levels whose margins are wanted."""
    found = []
    for operand in term.operands:
        name = covariates.factor(operand.name)
        levels = covariates.factors[name].levels
        if operand.levels and operand.operator in ("", "i"):
            levels = tuple(covariates.check_level(name, level) for level in operand.levels)
        found.append((name, levels))
    return found


def _groups(over: Sequence[str], frame: EstimationFrame) -> tuple[list[tuple[int, ...]], list[np.ndarray]]:
    """Return the groups of `over()`, and the observations of each, bool over all."""
    if not over:
        return [()], [frame.rows]
    columns = []
    for name in over:
        values = frame.values(name)
        if np.any(values != np.floor(values)) or np.any(values < 0):
            raise StataError(452, f"{name}:  factor variables may not contain noninteger or negative values")
        columns.append(values.astype(np.int64))
    codes = np.zeros(frame.size, dtype=np.int64)
    for column in columns:
        own = factorise(column)
        codes = codes * len(own.levels) + own.codes
    joint = factorise(codes)
    groups, masks = [], []
    for code in range(len(joint.levels)):
        inside = joint.codes == code
        first = int(np.argmax(inside))
        groups.append(tuple(int(column[first]) for column in columns))
        mask = np.zeros(len(frame.rows), dtype=bool)
        mask[np.flatnonzero(frame.rows)[inside]] = True
        masks.append(mask)
    return groups, masks


def _points(
    request: MarginsRequest,
    covariates: Covariates,
    frame: EstimationFrame,
    weights: np.ndarray | None,
    known: KnownStatistics | None,
) -> list[AtPoint]:
    """Return the points of all `at()`; one that fixes nothing without any."""
    start = AtPoint()
    if request.at_means:
        start = means_point(covariates, frame, weights)
    if request.as_balanced:
        balanced = balanced_point(covariates, tuple(covariates.factors))
        start = _joined(start, balanced)
    if not request.at:
        return [start]
    return [
        _joined(start, point)
        for items in request.at
        for point in at_points(items, covariates, frame, weights, known)
    ]


def _joined(first: AtPoint, second: AtPoint) -> AtPoint:
    return AtPoint({**first.fixed, **second.fixed}, {**first.rows, **second.rows})
