"""From the user's model to the scaled problem that the sweep works on, and the way back."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np

from xmixed.engine.covariance.blocks import Block
from xmixed.engine.covariance.tied import Tie
from xmixed.engine.errors import InsufficientObservations, InvalidModel, NoObservations
from xmixed.engine.model import Level, Model, RandomEffects
from xmixed.engine.problem import Problem
from xmixed.engine.products.columns import ColumnStore
from xmixed.engine.products.crossed import Grouping, cross_levels, crossed_products
from xmixed.engine.products.crossproducts import CrossProducts, LevelProducts, cross_products
from xmixed.engine.products.enclosing import check, enclosing_level, members
from xmixed.engine.products.grouping import nest
from xmixed.engine.products.indicators import whole_units, without_crossing
from xmixed.engine.products.scaling import (
    check_outcome,
    column_scales,
    divisors_of,
    residual_products,
    scaled_products,
)
from xmixed.engine.products.weights import is_weighted, refuse_weights, sweep_weights
from xmixed.engine.residuals.data import residual_data


def prepare(model: Model, nested: bool = False, relative_weights: bool = False) -> Problem:
    """Centre, cross-multiply and scale the data; raises the typed errors of bad input.

    Parameters
    ----------
    model : Model
    nested : bool
        Levels that cross others become columns, as they do with weights and residual structures.
    relative_weights : bool
        Divide weights by their mean.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _prepare(model, nested, relative_weights)


def _prepare(model: Model, nested: bool, relative_weights: bool) -> Problem:
    n, p = len(model.y), len(model.fixed)
    _check(model, n, p)
    refuse_weights(model)
    model = whole_units(model)
    numbered = _numbered(model)
    nesting = nest(tuple(level for _, level in numbered), n)
    weighted = is_weighted(model)
    numbers = [abs(number) for number, _ in numbered]
    if (nesting is None and (nested or weighted)) or (weighted and numbers != sorted(numbers)):
        model = without_crossing(model)
        numbered = _numbered(model)
        nesting = nest(tuple(level for _, level in numbered), n)
        if nesting is None:
            raise InvalidModel("exchangeable effects cross the groups of other levels")
    weights = None if nesting is None else sweep_weights(model, numbered, nesting)
    weight_scale = weights.total / n if weights is not None and relative_weights else 1.0
    if weights is not None and weight_scale != 1.0:
        weights = weights.divided(weight_scale)
    size = n if weights is None else weights.total
    store = ColumnStore(n)
    x_constant = next((i for i, column in enumerate(model.fixed) if column is None), None)
    x = [store.add(column, x_constant is not None) for column in model.fixed]
    level_columns = [[c for equation in level.equations for c in equation.columns] for _, level in numbered]
    orders = [_constant_first(columns) for columns in level_columns]
    z = [
        [store.add(columns[i], columns[order[0]] is None) for i in order]
        for columns, order in zip(level_columns, orders, strict=True)
    ]
    y_store = _outcome(store, model.y, x_constant is not None)
    groups = tuple(
        Grouping(level.groups, level.n_groups, columns)
        for (_, level), columns in zip(numbered, z, strict=True)
    )

    def form(offset: np.ndarray | None) -> CrossProducts:
        if nesting is None:
            return crossed_products(store, groups, x, y_store, offset)
        return cross_products(store, nesting, z, x, y_store, offset, weights)

    products, offset, total_yy = residual_products(form, p)
    rss = float(products.XyXy[p, p])
    check_outcome(rss, total_yy, store.centers[y_store], size)
    y_scale = float(np.sqrt(rss / size))
    x_scale = column_scales(products.XyXy.diagonal()[:p] / size)
    centers = [[store.centers[column] for column in columns] for columns in z]
    counts = None if weights is None else weights.groups
    scaled, z_scales = scaled_products(products, x_scale, y_scale, size, centers, nesting is not None, counts)
    crossed = (
        None if nesting is not None else cross_levels(scaled, store, groups, divisors_of(scaled, z_scales))
    )
    residual = None
    if model.residuals is not None:
        assert nesting is not None, "levels that cross others are columns"
        divisors = (divisors_of(scaled, z_scales), x_scale, y_scale)
        levels = [level for _, level in numbered]
        residual = residual_data(
            model.residuals, store, nesting, levels, (z, x, y_store), divisors, offset, weights
        )
    blocks: list[Block] = []
    ties: dict[int, Tie] = {}
    for position, (number, level) in enumerate(numbered):
        change = _change(
            orders[position], np.array(centers[position]), z_scales[position], level_columns[position]
        )
        if number < 0:
            own = model.levels[-number - 1]
            ties[-number] = Tie(position, float(change[0, 0]), members(own))
            continue
        user_scales = np.empty(len(change))
        user_scales[orders[position]] = z_scales[position]
        count = None if counts is None else counts[position]
        blocks += _blocks(level, number, position, change, user_scales, scaled.levels[position], count)
    return Problem(
        model=model,
        products=scaled,
        nesting=nesting,
        crossed=crossed,
        blocks=tuple(
            _tied(block, ties.get(block.level))
            for block in sorted(blocks, key=lambda block: (block.level, block.equation))
        ),
        n=n,
        p=p,
        level_count=len(model.levels),
        reml=model.method == "reml",
        y_scale=y_scale,
        x_scale=x_scale,
        x_center=np.array([store.centers[column] for column in x]),
        x_constant=x_constant,
        offset=offset,
        y_center=store.centers[y_store],
        weights=weights,
        weight_scale=weight_scale,
        residual=residual,
    )


def _numbered(model: Model) -> list[tuple[int, Level]]:
    """The levels that the sweeps see, largest groups first, with their numbers in the model.

    Those that stand for the covariance of effects within larger groups have the number with a minus. They
    come above the level they belong to: without its v - c, a negative c would not be a covariance matrix.
    """
    numbered = [(i + 1, level) for i, level in enumerate(model.levels) if level.equations]
    numbered += [(-i, enclosing_level(level)) for i, level in numbered if members(level) > 1]
    return sorted(numbered, key=lambda pair: pair[1].n_groups)


def _tied(block: Block, tie: Tie | None) -> Block:
    """The block of a level within larger groups: two rows stand for any two of its effects."""
    if tie is None:
        return block
    metric = float(block.metric[0, 0])
    return replace(
        block,
        metric=metric * np.eye(2),
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


def _check(model: Model, n: int, p: int) -> None:
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
    if n <= p:
        raise InsufficientObservations(f"{n} observations and {p} fixed-effects columns")


def _outcome(store: ColumnStore, y: np.ndarray, centred: bool) -> int:
    """Enter y as a column of its own, also when X or Z holds the very same array."""
    store.arrays.append(y)
    store.centers.append(float(y.mean(dtype=np.float64)) if centred else 0.0)
    return len(store.arrays) - 1


def _blocks(
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
        metric = _metric(equation, change[0, part], scales[part])
        inverse = np.linalg.inv(metric)
        blocks.append(
            Block(
                level=number,
                equation=i + 1,
                position=position,
                columns=part,
                structure=equation.structure,
                metric=metric,
                to_working=change[:, part] @ inverse,
                start_scale=squares[part],
            )
        )
        first = part.stop
    return blocks


def _metric(equation: RandomEffects, centers: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """K of a block: the full centring where Sigma is unstructured, else only scales that keep its form."""
    constant = next((i for i, column in enumerate(equation.columns) if column is None), None)
    if equation.structure == "independent":
        return np.diag(scales)
    if equation.structure != "unstructured":
        return np.eye(len(scales)) * float(np.sqrt(np.mean(scales**2)))
    metric = np.diag(scales)
    if constant is not None:
        metric[constant] = centers
        metric[constant, constant] = 1.0
    return metric
