"""From the user's model to the scaled problem that the sweep works on, and the way back."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.engine.covariance.blocks import Block
from xmixed.engine.covariance.structures import covariance_structure
from xmixed.engine.covariance.tied import Tie, check
from xmixed.engine.errors import InsufficientObservations, InvalidModel, NoObservations
from xmixed.engine.model import Level, Model
from xmixed.engine.ordering import Order, ordered
from xmixed.engine.problem import Problem
from xmixed.engine.products.cells import refuse_cells
from xmixed.engine.products.columns import ColumnStore, WorkingColumn, refuse_tiny
from xmixed.engine.products.crossed import CrossedProducts, Grouping, cross_levels, crossed_products
from xmixed.engine.products.crossproducts import (
    CrossProducts,
    LevelProducts,
    cross_products,
    eliminated,
)
from xmixed.engine.products.enclosing import members
from xmixed.engine.products.mixing import mixed_columns, mixture
from xmixed.engine.products.scaling import (
    check_outcome,
    column_scales,
    divisors_of,
    residual_products,
    scaled_products,
)
from xmixed.engine.products.weights import refuse_weights
from xmixed.engine.products.within import least_squares, loses_digits, within_products
from xmixed.engine.residuals.data import ResidualData, crossed_residual_data, residual_data
from xmixed.engine.residuals.units import refuse_row_weights, refuse_timed_cells

# Residual variances that are rounding: of cross-products, and of the outcome in terms of its size.
_LEAST_VARIANCE = 1e-14
_ROUNDING = 1e-15


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Working columns by their numbers in `store`.

    Attributes
    ----------
    store : ColumnStore
    x : list of int
    x_centers : list of float
        What was taken from the columns of X, as the model has them.
    z : per level lists of int
    y : int
    user : per level lists of columns, as the model has them
    orders : per level, places in `user` of `z`
    groups : per level Grouping
    """

    store: ColumnStore
    x: list[int]
    x_centers: list[float]
    z: list[list[int]]
    y: int
    user: list[list[np.ndarray | None]]
    orders: list[list[int]]
    groups: tuple[Grouping, ...]

    @property
    def centers(self) -> list[list[float]]:
        """What was taken from the columns of Z, by level."""
        return [[self.store.centers[column] for column in columns] for columns in self.z]

    def working(self, places: list[int], divisors: np.ndarray) -> tuple[WorkingColumn, ...]:
        """Some columns and their divisors."""
        pairs = zip(places, divisors, strict=True)
        return tuple(
            WorkingColumn(self.store.arrays[at], self.store.subtracted(at), float(divisor))
            for at, divisor in pairs
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Scaled:
    """Cross-products of the working columns, and their scales.

    Attributes
    ----------
    columns : _Columns
        With what earlier columns of X leave of those that they nearly determine.
    x_mix : (p, p) array or None
        T: these are XT.
    within : CrossProducts or None
        See `Problem`.
    fitted : (q, w, G) array or None
        See `NestedResidualData`.
    products : CrossProducts
    offset : (p,) array
    x_scale : (p,) array
    y_scale : float
    z_scales : per level arrays, in the order of the working columns
    least_variance : float
    """

    columns: _Columns
    x_mix: np.ndarray | None
    products: CrossProducts
    within: CrossProducts | None
    fitted: np.ndarray | None
    offset: np.ndarray
    x_scale: np.ndarray
    y_scale: float
    z_scales: list[np.ndarray]
    least_variance: float

    @property
    def divisors(self) -> list[np.ndarray]:
        """What the columns of Z are divided by, infinite for a null column."""
        return divisors_of(self.products, self.z_scales)


def prepare(model: Model, by_columns: bool = False, relative_weights: bool = False) -> Problem:
    """Centre, cross-multiply and scale the data; raises the typed errors of bad input.

    Parameters
    ----------
    model : Model
    by_columns : bool
        Levels that cross the units of correlated residuals become columns: scores need it.
    relative_weights : bool
        Divide weights by their mean.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        _check(model)
        order = ordered(model, by_columns, relative_weights)
        columns = _formed(order)
        scaled = _scaled(order, columns)
        return _problem(order, scaled.columns, scaled)


def _formed(order: Order) -> _Columns:
    """Form the working columns, centred where a constant takes up the difference."""
    model = order.model
    store = ColumnStore(len(model.y), model.cells)
    centred = any(column is None for column in model.fixed)
    x = [store.add(column, centred) for column in model.fixed]
    user = [[c for equation in level.equations for c in equation.columns] for _, level in order.numbered]
    orders = [_constant_first(columns) for columns in user]
    z = [
        [store.add(columns[i], columns[own[0]] is None) for i in own]
        for columns, own in zip(user, orders, strict=True)
    ]
    y = _outcome(store, model.y, centred)
    groups = tuple(
        Grouping(level.groups, level.n_groups, columns)
        for (_, level), columns in zip(order.numbered, z, strict=True)
    )
    return _Columns(store, x, [store.centers[column] for column in x], z, y, user, orders, groups)


def _scaled(order: Order, columns: _Columns) -> _Scaled:
    """Cross-multiply, and scale columns to mean square one and y to that of its OLS residual."""
    store, p, size = columns.store, len(columns.x), order.size
    form = _former(order, columns)
    products, offset, total_yy = residual_products(form, p)
    mix = mixture(products.XyXy[:p, :p]) if store.cells is None else None
    if mix is not None:
        columns = replace(columns, x=mixed_columns(store, columns.x, mix))
        products, offset, total_yy = residual_products(_former(order, columns), p)
    refuse_tiny([order.model.y], np.array([total_yy]))
    for level, places in zip(products.levels, columns.z, strict=True):
        squares = level.ZtZ.diagonal().sum(axis=0)
        refuse_tiny([store.arrays[column] for column in places], squares)
    rss = float(products.XyXy[p, p])
    check_outcome(rss, total_yy, store.centers[columns.y], size)
    y_scale = float(np.sqrt(rss / size))
    x_scale = column_scales(products.XyXy.diagonal()[:p] / size)
    scaled, z_scales = scaled_products(
        products, x_scale, y_scale, size, columns.centers, order.nesting is not None, order.counts
    )
    within, fitted, least = None, None, _LEAST_VARIANCE
    if store.cells is None and order.nesting is not None and scaled.levels:
        scaled = replace(scaled, eliminated=eliminated(scaled.levels[-1]))
    if order.nesting is not None and loses_digits(scaled, order.weights):
        if order.model.residuals is not None:
            fitted = least_squares(scaled.levels[-1])
        else:
            scales = divisors_of(scaled, z_scales), x_scale, y_scale
            places = columns.z, columns.x, columns.y
            within = within_products(store, order.nesting, places, scales, offset, scaled, order.weights)
        largest = np.sqrt(total_yy / size) + abs(store.centers[columns.y])
        least = (_ROUNDING * largest / y_scale) ** 2
    return _Scaled(columns, mix, scaled, within, fitted, offset, x_scale, y_scale, z_scales, least)


def _former(order: Order, columns: _Columns) -> Callable[[np.ndarray | None], CrossProducts]:
    """What forms cross-products of the columns, y less Xb for given coefficients b."""
    store, places = columns.store, (columns.x, columns.y)

    def form(offset: np.ndarray | None) -> CrossProducts:
        if order.nesting is None:
            return crossed_products(store, columns.groups, *places, offset, order.weights)
        return cross_products(store, order.nesting, columns.z, *places, offset, order.weights)

    return form


def _problem(order: Order, columns: _Columns, scaled: _Scaled) -> Problem:
    model, store = order.model, columns.store
    crossed = residual = None
    if order.nesting is None:
        crossed = cross_levels(
            scaled.products, store, columns.groups, scaled.divisors, order.weights, order.first
        )
    if model.residuals is not None:
        residual = _residual(order, columns, scaled, crossed)
    return Problem(
        model=model,
        products=scaled.products,
        nesting=order.nesting,
        crossed=crossed,
        blocks=_blocks(order, columns, scaled),
        n=model.n,
        p=len(columns.x),
        level_count=len(model.levels),
        reml=model.method == "reml",
        y_scale=scaled.y_scale,
        x_scale=scaled.x_scale,
        x_center=np.array(columns.x_centers),
        x_constant=next((i for i, column in enumerate(model.fixed) if column is None), None),
        offset=scaled.offset,
        y_center=store.centers[columns.y],
        x_mix=scaled.x_mix,
        within=scaled.within,
        least_variance=scaled.least_variance,
        x_columns=columns.working(columns.x, scaled.x_scale),
        z_columns=tuple(map(columns.working, columns.z, scaled.divisors)),
        weights=order.weights,
        weight_scale=order.weight_scale,
        residual=residual,
    )


def _residual(
    order: Order, columns: _Columns, scaled: _Scaled, crossed: CrossedProducts | None
) -> ResidualData:
    assert order.model.residuals is not None
    places = (columns.z, columns.x, columns.y)
    divisors = (scaled.divisors, scaled.x_scale, scaled.y_scale)
    if crossed is not None:
        return crossed_residual_data(
            order.model.residuals,
            columns.store,
            columns.groups,
            places,
            divisors,
            scaled.offset,
            crossed,
            order.weights,
        )
    assert order.nesting is not None
    return residual_data(
        order.model.residuals,
        columns.store,
        order.nesting,
        [level for _, level in order.numbered],
        places,
        divisors,
        scaled.offset,
        order.weights,
        scaled.fitted,
    )


def _blocks(order: Order, columns: _Columns, scaled: _Scaled) -> tuple[Block, ...]:
    """The blocks of all levels, in the order of the model's equations."""
    blocks: list[Block] = []
    ties: dict[int, Tie] = {}
    for position, (number, level) in enumerate(order.numbered):
        if not number:
            continue
        own, z_scales = columns.orders[position], scaled.z_scales[position]
        change = _change(own, np.array(columns.centers[position]), z_scales, columns.user[position])
        if number < 0:
            ties[-number] = Tie(position, float(change[0, 0]), members(order.model.levels[-number - 1]))
            continue
        user_scales = np.empty(len(change))
        user_scales[own] = z_scales
        count = None if order.counts is None else order.counts[position]
        products = scaled.products.levels[position]
        blocks += _level_blocks(level, number, position, change, user_scales, products, count)
    blocks.sort(key=lambda block: (block.level, block.equation))
    return tuple(_tied(block, ties.get(block.level)) for block in blocks)


def _tied(block: Block, tie: Tie | None) -> Block:
    """The block of a level within larger groups: two rows stand for any two of its effects."""
    if tie is None:
        return block
    metric = float(block.metric[0, 0])
    return replace(
        block,
        structure=block.structure.of(2),
        metric=metric * np.eye(2),
        inverse=np.eye(2) / metric,
        start_scale=np.repeat(block.start_scale, 2),
        tie=replace(tie, to_working=tie.to_working / metric),
    )


def _constant_first(columns: list[np.ndarray | None]) -> list[int]:
    """Order of a level's working columns.

    Where a structure forbids centring, Z far from zero makes the constant's working variance huge;
    eliminated first it costs the other columns no digits.
    """
    return sorted(range(len(columns)), key=lambda i: (columns[i] is not None, i))


def _change(
    order: list[int], centers: np.ndarray, scales: np.ndarray, columns: list[np.ndarray | None]
) -> np.ndarray:
    """The (q, q) matrix C with Z (user) = Z (working) C; `centers`, `scales` in working order."""
    change = np.zeros((len(order), len(order)))
    change[np.arange(len(order)), order] = scales
    if columns[order[0]] is None:
        for i, center in zip(order, centers, strict=True):
            if center:
                change[0, i] = center
    return change


def _check(model: Model) -> None:
    n, p = len(model.y), len(model.fixed)
    if n == 0:
        raise NoObservations("no observations")
    columns = [column for column in model.fixed if column is not None]
    for level in model.levels:
        columns.append(level.groups)
        for equation in level.equations:
            if not equation.columns:
                raise InvalidModel("a random-effects equation has no columns")
            columns += [column for column in equation.columns if column is not None]
    if any(column.shape != (n,) for column in columns):
        raise InvalidModel("columns differ in length")
    for level in model.levels:
        if level.equations and (level.groups.min() < 0 or level.groups.max() >= level.n_groups):
            raise InvalidModel("group codes are outside 0..n_groups-1")
        check(level)
    if model.n <= p:
        raise InsufficientObservations(f"{model.n} observations and {p} fixed-effects columns")
    refuse_cells(model)
    refuse_weights(model)
    refuse_row_weights(model)
    refuse_timed_cells(model)


def _outcome(store: ColumnStore, y: np.ndarray, centred: bool) -> int:
    """Enter y as a column of its own, also when X or Z holds the very same array."""
    store.arrays.append(y)
    store.centers.append(store.mean(y) if centred else 0.0)
    return len(store.arrays) - 1


def _level_blocks(
    level: Level,
    number: int,
    position: int,
    change: np.ndarray,
    scales: np.ndarray,
    products: LevelProducts,
    counts: np.ndarray | None = None,
) -> list[Block]:
    """Set up the metrics of a level's equations; `change` takes working columns to the user's."""
    groups = products.ZtZ.shape[2] if counts is None else counts.sum()
    total = products.ZtZ.sum(axis=2) if counts is None else products.ZtZ @ counts
    gram = change.T @ total @ change
    squares = np.maximum(gram.diagonal(), 0.0) / groups
    blocks, first = [], 0
    for i, equation in enumerate(level.equations):
        part = slice(first, first + len(equation.columns))
        constant = next((i for i, column in enumerate(equation.columns) if column is None), None)
        structure = covariance_structure(equation.structure, len(equation.columns))
        metric = structure.metric(scales[part], change[0, part], constant)
        inverse = np.linalg.inv(metric)
        blocks.append(
            Block(
                level=number,
                equation=i + 1,
                position=position,
                columns=part,
                structure=structure,
                metric=metric,
                inverse=inverse,
                to_working=change[:, part] @ inverse,
                start_scale=squares[part],
            )
        )
        first = part.stop
    return blocks
