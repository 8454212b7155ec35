"""Rows in order and distinct values, however they come: what numpy's own sorts say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.engine.products.grouping import distinct, rows_in_order
from xmixed.engine.residuals.lattice import _triangle


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.lists(st.integers(-5, 40).map(float), max_size=30),
        st.lists(st.sampled_from([-1e300, -0.5, 0.0, 0.1, 2.0, 3.0, 1e16, 1e16 + 2, np.inf]), max_size=30),
    )
)
def test_distinct_values(values: list[float]) -> None:
    array = np.array(values)
    found, codes = distinct(array)
    expected, inverse = np.unique(array, return_inverse=True)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(codes, np.ravel(inverse))


@pytest.mark.parametrize("sort", [True, False])
def test_rows_in_order(sort: bool) -> None:
    generator = np.random.default_rng(1)
    groups, time = generator.integers(0, 9, 200), generator.integers(0, 5, 200).astype(float)
    if sort:
        order = np.lexsort((time, groups))
        groups, time = groups[order], time[order]
    np.testing.assert_array_equal(rows_in_order(groups, time), np.lexsort((time, groups)))


def test_a_triangle_has_the_products_of_the_rows() -> None:
    rows = np.random.default_rng(2).normal(size=(1003, 6)) * 10.0 ** np.arange(6)
    R = _triangle(rows)
    assert R.shape == (6, 6)
    np.testing.assert_allclose(R.T @ R, rows.T @ rows, rtol=1e-11)
