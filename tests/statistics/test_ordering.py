"""Orders and codes against numpy's own, which are slower."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.data.dataset import DTYPES, LIMITS, from_double, to_double
from xmixed.missing import CODES, FLOAT_MISSING, INTEGER_MISSING, MISSING
from xmixed.statistics import ordering, partition
from xmixed.statistics.grouping import factorise, frequencies
from xmixed.statistics.ordering import stable_order
from xmixed.statistics.partition import running_sum, sort_within

KINDS = ("byte", "long", "wide", "float", "whole", "double", "missing", "bool")


def _key(random: np.random.Generator, kind: str, n: int) -> np.ndarray:
    """Return a column with ties, negative numbers, both zeros."""
    return {
        "byte": lambda: random.integers(-5, 6, n).astype(np.int8),
        "long": lambda: random.integers(-(2**31), 2**31, n).astype(np.int32),
        "wide": lambda: random.integers(-(2**62), 2**62, n),
        "float": lambda: random.normal(size=n).astype(np.float32).round(1) * random.choice([-1, 0, 1], n),
        "whole": lambda: random.integers(-9, 9, n).astype(np.float64),
        "double": lambda: random.normal(size=n).round(1),
        "missing": lambda: random.choice([MISSING, CODES[3], 1.5, -0.0, 0.0], n),
        "bool": lambda: random.random(n) < 0.5,
    }[kind]()


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([1, 2, 7, 300]),
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=5),
)
def test_ties_keep_their_order_by_any_keys(seed, n, kinds):
    random = np.random.default_rng(seed)
    keys = [_key(random, kind, n) for kind in kinds]
    assert np.array_equal(stable_order(keys), np.lexsort(keys[::-1]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([k for k in KINDS if k != "bool"]))
def test_codes_and_frequencies(seed, kind):
    values = _key(np.random.default_rng(seed), kind, 200)
    levels, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    found = factorise(values)
    assert np.array_equal(found.levels, levels) and np.array_equal(found.codes, codes)
    for got, expected in zip(frequencies(values), (levels, counts), strict=True):
        assert np.array_equal(got, expected)


@pytest.mark.parametrize("rows_at_a_time", [4, 64, 1 << 17])
@pytest.mark.parametrize("whole", [True, False])
def test_sums_and_orders_within_groups(monkeypatch, rows_at_a_time, whole):
    monkeypatch.setattr(partition, "_CELLS", rows_at_a_time)
    random = np.random.default_rng(3)
    sizes = np.array([0, 1, 1, 3, 2, 17, 0, 1, 40, 5, 200, 0])
    values = random.integers(-50, 50, sizes.sum()) * (1.0 if whole else 0.1)
    parts = np.split(values, np.cumsum(sizes)[:-1])
    assert np.array_equal(running_sum(values, sizes), np.concatenate([np.cumsum(part) for part in parts]))
    ranked = values.copy()
    sort_within(ranked, sizes)
    assert np.array_equal(ranked, np.concatenate([np.sort(part) for part in parts]))


@pytest.mark.parametrize("short", [0, 1, 64])
@pytest.mark.parametrize("enough", [2, 1000])
def test_running_sums_of_short_and_long_groups(monkeypatch, short, enough):
    monkeypatch.setattr(partition, "_SHORT", short)
    monkeypatch.setattr(partition, "_ENOUGH", enough)
    random = np.random.default_rng(4)
    sizes = np.concatenate(
        [random.poisson(3, 50), random.poisson(100, 20), [0, 700, 1], random.poisson(90, 9)]
    )
    values = random.normal(size=sizes.sum()) * 10.0 ** random.integers(-9, 9, sizes.sum())
    values[sizes[0] : sizes[0] + 2] = [1.7e308, -1.7e308]
    alone = [np.cumsum(part) for part in np.split(values, np.cumsum(sizes)[:-1])]
    assert np.array_equal(running_sum(values, sizes), np.concatenate(alone))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(tuple(DTYPES)),
    st.lists(st.floats(-1e300, 1e300) | st.integers(-40000, 40000) | st.sampled_from(CODES), max_size=20),
)
def test_storing_is_rounding_cutting_and_codes(kind, numbers):
    """One value at a time, by the rules of the storage types."""
    expected = []
    for number in map(float, numbers):
        if number in CODES:
            place = CODES.index(number)
            first = {"double": MISSING, "float": float(FLOAT_MISSING)}.get(kind, INTEGER_MISSING.get(kind))
            step = {"double": CODES[1] - CODES[0], "float": 2.0**115}.get(kind, 1.0)
            expected.append(first + place * step)
        elif kind == "double":
            expected.append(number)
        elif kind == "float":
            fits = abs(number) < float(FLOAT_MISSING)
            expected.append(float(np.float32(number)) if fits else float(FLOAT_MISSING))
        else:
            low, high = LIMITS[kind]
            expected.append(
                float(int(number)) if low <= int(number) <= high else float(INTEGER_MISSING[kind])
            )
    stored = from_double(np.array(numbers, dtype=np.float64), kind)
    assert stored.dtype == DTYPES[kind] and stored.astype(np.float64).tolist() == expected
    again = from_double(to_double(stored, kind), kind)
    assert np.array_equal(again, stored)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 2, 50, 400]), st.integers(1, 2000))
def test_the_counting_sort_is_stable(seed, n, count):
    values = np.random.default_rng(seed).integers(0, count, n)
    order = ordering._order_by_counting(values, count)
    assert order.dtype == np.int64 and np.array_equal(order, np.argsort(values, kind="stable"))


def test_many_rows_are_counted(monkeypatch):
    monkeypatch.setattr(ordering, "_MANY", 2)
    random = np.random.default_rng(4)
    keys = [random.integers(-3, 3, 60).astype(np.int8), random.integers(0, 40, 60)]
    assert np.array_equal(stable_order(keys), np.lexsort(keys[::-1]))


@pytest.mark.parametrize("count", [1, 3, 1 << 17, (1 << 17) + 1, 300_000])
def test_values_that_ascend_are_their_own_levels(count: int) -> None:
    values = np.arange(count) * 2.5 - 7
    found = factorise(values)
    assert np.array_equal(found.codes, np.arange(count)) and np.array_equal(found.levels, values)
    if count > 2:
        values[-1] = values[-2]  # two are the same, the last of all
        found = factorise(values)
        assert len(found.levels) == count - 1 and found.codes[-1] == found.codes[-2]
