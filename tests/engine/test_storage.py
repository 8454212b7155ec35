"""Products by group in files give what products in memory give, to the last digit."""

from __future__ import annotations

import os
from dataclasses import replace
from mmap import mmap

import numpy as np
import pytest

from tests.engine.test_cells import GROUPS, REGIONS, Data, constant, data, effects, model_of, summed
from xmixed.engine import Level, Options, fit
from xmixed.engine.products.grouping import nest
from xmixed.engine.storage import IN_MEMORY, Storage
from xmixed.engine.sweeps import blocked

__all__ = ["data"]


def owner(array: np.ndarray) -> object:
    """What holds an array's memory."""
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return array.obj if isinstance(array, memoryview) else array


def test_small_arrays_are_in_memory_and_large_ones_in_files() -> None:
    storage = Storage(800)
    assert isinstance(owner(storage.empty((10, 10))), np.ndarray)
    for array in (storage.empty((11, 10)), storage.zeros((11, 10))):
        assert isinstance(owner(array), mmap)
        assert not array.any()
        array[3, 4] = 7.0
        assert array.sum() == 7.0
    assert not IN_MEMORY.zeros((2, 3)).any()


def test_places_of_cells_are_kept_as_what_is_by_cell() -> None:
    few, many = (Storage(800).numbers(count) for count in (100, 200_000))
    assert isinstance(owner(few), np.ndarray) and isinstance(owner(many), mmap)
    assert many.dtype == np.intp and np.array_equal(many, np.arange(200_000))
    # Each a group of its own, in order: nothing else is kept of them.
    nesting = nest((Level(many, len(many), ()),), len(many))
    assert nesting is not None and nesting.order is None
    assert nesting.row_starts is many and nesting.labels[0] is many and not nesting.parents[0].any()
    turned = many[::-1].copy()
    other = nest((Level(turned, len(turned), ()),), len(turned))
    assert other is not None and other.order is not None and np.array_equal(other.labels[0], many)


def test_a_full_disk_is_known_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(MemoryError, match="No space left"):
        Storage(0).empty((100, 100))


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("nested", [False, True])
def test_fits(data: Data, monkeypatch: pytest.MonkeyPatch, method: str, nested: bool) -> None:
    monkeypatch.setattr(blocked, "FEWEST", 10)
    rows, cells = summed(data, [1, 0])
    levels = (Level(rows.groups, GROUPS, (effects(rows),)),)
    if nested:
        levels = (Level(rows.regions, REGIONS, (constant(),)), *levels)
    wanted = fit(model_of(rows, levels, method, cells=cells), Options())
    found = fit(model_of(rows, levels, method, cells=replace(cells, storage=Storage(0))), Options())
    for name in ("beta", "beta_covariance", "estimates", "parameter_covariance", "log_likelihood"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name)), name
