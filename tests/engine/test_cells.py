"""Models of cells, whose observations were summed, give what their observations give."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from xmixed.engine import Cells, Fit, InvalidModel, Level, Model, Options, RandomEffects, Residuals, fit
from xmixed.engine.evaluation import evaluate

GROUPS, REGIONS, FIRMS = 120, 15, 12
TOLERANCE = 1e-11


@dataclass(frozen=True)
class Data:
    """Columns of one model and its group codes, by row."""

    columns: tuple[np.ndarray, ...]
    groups: np.ndarray
    regions: np.ndarray
    firms: np.ndarray
    by: np.ndarray

    @property
    def codes(self) -> tuple[np.ndarray, ...]:
        return (self.groups, self.regions, self.firms, self.by)


@pytest.fixture(scope="module")
def data() -> Data:
    random = np.random.default_rng(5)
    n = 1500
    groups = random.integers(0, GROUPS, n)
    regions = (np.arange(GROUPS) % REGIONS)[groups]
    far = random.normal(size=n) * 3 + 1e8
    slope, level = random.normal(size=n), random.normal(size=GROUPS)[groups]
    u = random.normal(size=(GROUPS, 2)) @ np.array([[1, 0.3], [0, 0.5]])
    firms = random.integers(0, FIRMS, n)
    y = 5 + 0.3 * (far - 1e8) - 0.5 * slope + level + u[groups, 0] + u[groups, 1] * slope
    y += random.normal(size=REGIONS)[regions] + random.normal(size=FIRMS)[firms] + random.normal(size=n)
    return Data((far, slope, level, y), groups, regions, firms, random.integers(0, 3, n))


def summed(data: Data, keys: list[int], weights: np.ndarray | None = None) -> tuple[Data, Cells]:
    """The cells of some of the codes of `data`; a column that is constant within groups is left out."""
    chosen = np.stack([data.codes[key] for key in keys], axis=1)
    first, cell = np.unique(chosen, axis=0, return_index=True, return_inverse=True)[1:]
    cell, m = np.ravel(cell), len(first)
    own = np.ones(len(cell)) if weights is None else weights
    counts = np.bincount(cell, own, m)
    origins = [float(column[0]) for column in data.columns]
    near = [column - origin for column, origin in zip(data.columns, origins, strict=True)]
    means = [np.bincount(cell, column * own, m) / counts for column in near]
    apart = [column - mean[cell] for column, mean in zip(near, means, strict=True)]
    if 0 in keys:
        means[2] = means[2] + origins[2]
    vary = [0, 1, 3] if 0 in keys else [0, 1, 2, 3]
    within = {
        (i, j): np.bincount(cell, apart[vary[i]] * apart[vary[j]] * own, m)
        for i in range(len(vary))
        for j in range(i, len(vary))
    }
    columns, taken = tuple(means[place] for place in vary), tuple(origins[place] for place in vary)
    codes = [array[first] for array in data.codes]
    return Data(tuple(means), *codes), Cells(len(cell), counts, weights is not None, columns, taken, within)


def effects(data: Data, structure: str = "unstructured") -> RandomEffects:
    return RandomEffects((data.columns[1], None), structure)  # type: ignore[arg-type]


def constant() -> RandomEffects:
    return RandomEffects((None,), "identity")


def model_of(data: Data, levels: tuple[Level, ...], method: str, **more: object) -> Model:
    far, slope, level, y = data.columns
    return Model(y, (far, slope, level, None), levels, method, **more)  # type: ignore[arg-type]


def assert_equal(found: Fit, wanted: Fit) -> None:
    for name in ("beta", "beta_covariance", "estimates", "parameter_covariance"):
        mine, reference = getattr(found, name), getattr(wanted, name)
        np.testing.assert_allclose(mine, reference, rtol=TOLERANCE, atol=TOLERANCE * np.abs(reference).max())
    assert found.log_likelihood == pytest.approx(wanted.log_likelihood, rel=1e-13)
    assert found.comparison.log_likelihood == pytest.approx(wanted.comparison.log_likelihood, rel=1e-13)
    assert found.n_obs == wanted.n_obs


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("structure", ["identity", "independent", "exchangeable", "unstructured"])
def test_nested_levels(data: Data, structure: str, method: str) -> None:
    def of(rows: Data, **more: object) -> Model:
        levels = (
            Level(rows.regions, REGIONS, (constant(),)),
            Level(rows.groups, GROUPS, (effects(rows, structure),)),
        )
        return model_of(rows, levels, method, **more)

    rows, cells = summed(data, [1, 0])
    found, wanted = fit(of(rows, cells=cells)), fit(of(data))
    assert_equal(found, wanted)
    u, v = (evaluate(model, wanted.estimates).effects() for model in (of(rows, cells=cells), of(data)))
    for mine, reference in zip(u, v, strict=True):
        np.testing.assert_allclose(mine.means, reference.means, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(mine.variances, reference.variances, rtol=1e-9, atol=1e-11)


def test_totals_are_enough_where_a_level_has_no_use_for_the_rest(data: Data) -> None:
    rows, cells = summed(data, [0])
    level = lambda rows: (Level(rows.groups, GROUPS, (effects(rows),)),)  # noqa: E731
    size, slope = len(cells.columns), 1
    totals = np.zeros((size, size))
    for (i, j), values in cells.within.items():
        totals[i, j] = totals[j, i] = values.sum()
    few = {pair: values for pair, values in cells.within.items() if slope in pair}
    less = replace(cells, within=few, totals=totals)
    assert len(few) < len(cells.within)
    assert_equal(
        fit(model_of(rows, level(rows), "reml", cells=less)), fit(model_of(data, level(data), "reml"))
    )


@pytest.mark.parametrize("relative", [False, True])
def test_weights_and_scores(data: Data, relative: bool) -> None:
    random = np.random.default_rng(6)
    of_rows, of_groups, of_regions = (random.uniform(0.5, 2, size) for size in (1500, GROUPS, REGIONS))
    clusters = np.arange(REGIONS) % 7

    def of(rows: Data, **more: object) -> Model:
        levels = (
            Level(rows.regions, REGIONS, (constant(),), weights=of_regions),
            Level(rows.groups, GROUPS, (effects(rows),), weights=of_groups),
        )
        return model_of(rows, levels, "ml", **more)

    rows, cells = summed(data, [1, 0], of_rows)
    found = fit(
        of(rows, cells=cells), Options(clusters=(clusters[rows.regions], 7), relative_weights=relative)
    )
    wanted = fit(
        of(data, weights=of_rows), Options(clusters=(clusters[data.regions], 7), relative_weights=relative)
    )
    assert_equal(found, wanted)
    assert found.scores is not None and wanted.scores is not None
    np.testing.assert_allclose(found.scores, wanted.scores, rtol=0, atol=1e-11 * np.abs(wanted.scores).max())


@pytest.mark.parametrize("structure", ["independent", "exchangeable"])
@pytest.mark.parametrize("method", ["ml", "reml"])
def test_residual_structures(data: Data, structure: str, method: str) -> None:
    of_groups = np.arange(GROUPS) % 2

    def of(rows: Data, **more: object) -> Model:
        if structure == "independent":
            levels = (Level(rows.groups, GROUPS, (effects(rows),)),)
            residuals = Residuals("independent", rows.groups, GROUPS, by=rows.by, n_by=3)
        else:
            levels = (Level(rows.regions, REGIONS, (constant(),)),)
            own = of_groups[rows.groups]
            residuals = Residuals("exchangeable", rows.groups, GROUPS, by=own, n_by=2)
        return model_of(rows, levels, method, residuals=residuals, **more)

    rows, cells = summed(data, [0, 3] if structure == "independent" else [1, 0])
    assert_equal(fit(of(rows, cells=cells)), fit(of(data)))
    if method == "ml":
        small, size = structure == "independent", GROUPS if structure == "independent" else REGIONS
        found, wanted = (
            fit(of(part, **more), Options(clusters=(part.groups if small else part.regions, size)))
            for part, more in ((rows, {"cells": cells}), (data, {}))
        )
        assert found.scores is not None and wanted.scores is not None
        size = np.abs(wanted.scores).max()
        np.testing.assert_allclose(found.scores, wanted.scores, rtol=0, atol=1e-10 * size)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_crossed_levels(data: Data, method: str) -> None:
    def of(rows: Data, **more: object) -> Model:
        levels = (
            Level(rows.groups, GROUPS, (effects(rows),)),
            Level(rows.firms, FIRMS, (constant(),)),
        )
        return model_of(rows, levels, method, **more)

    rows, cells = summed(data, [0, 2])
    assert_equal(fit(of(rows, cells=cells)), fit(of(data)))


def test_the_order_of_cells_is_of_no_account(data: Data) -> None:
    rows, cells = summed(data, [1, 0])
    mixed = np.random.default_rng(7).permutation(len(cells.counts))
    columns = tuple(column[mixed] for column in rows.columns)
    vary = tuple(columns[place] for place in (0, 1, 3))
    within = {pair: values[mixed] for pair, values in cells.within.items()}
    other = Data(columns, *(codes[mixed] for codes in rows.codes))
    level = lambda rows: (Level(rows.groups, GROUPS, (effects(rows),)),)  # noqa: E731
    found = fit(
        model_of(
            other,
            level(other),
            "ml",
            cells=replace(cells, counts=cells.counts[mixed], columns=vary, within=within),
        )
    )
    assert_equal(found, fit(model_of(rows, level(rows), "ml", cells=cells)))


def test_what_cells_cannot_do(data: Data) -> None:
    rows, cells = summed(data, [0])
    level = (Level(rows.groups, GROUPS, (constant(),)),)
    time = np.arange(len(rows.groups), dtype=np.float64)
    for more in (
        {"weights": cells.counts},
        {"residuals": Residuals("ar", rows.groups, GROUPS, time=time, order=1)},
    ):
        with pytest.raises(InvalidModel):
            fit(model_of(rows, level, "ml", cells=cells, **more))
    with pytest.raises(InvalidModel):
        fit(model_of(rows, level, "ml", cells=replace(cells, counts=cells.counts[1:])))
