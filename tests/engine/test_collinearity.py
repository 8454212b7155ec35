"""Which columns are omitted does not depend on units or on the distance from zero."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import find_omitted

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=500), RNG.normal(size=500)


@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_scale_free(offset: float, scale: float) -> None:
    a, b = (A + offset) * scale, B + offset
    both = 2 * a - scale * b / 3
    assert find_omitted([a, b, both, None]).tolist() == [False, False, True, False]
    assert find_omitted([both, a, b, None]).tolist() == [False, False, True, False]
    assert find_omitted([a, b, RNG.normal(size=500) * scale + offset, None]).tolist() == [False] * 4


def test_constant_counts_first() -> None:
    flat = np.full(500, 0.1)
    assert find_omitted([flat, A, None]).tolist() == [True, False, False]
    assert find_omitted([flat, A]).tolist() == [False, False]
    half = (A > 0).astype(float)
    assert find_omitted([half, 1 - half, None]).tolist() == [False, True, False]
    assert find_omitted([half, 1 - half]).tolist() == [False, False]
    assert find_omitted([None, A, None]).tolist() == [False, False, True]


def test_null_column_and_no_columns() -> None:
    assert find_omitted([np.zeros(500), A]).tolist() == [True, False]
    assert find_omitted([np.zeros(500), A, None]).tolist() == [True, False, False]
    assert find_omitted([]).tolist() == []
    assert find_omitted([None]).tolist() == [False]


def test_floats_that_were_rounded() -> None:
    total = (A.astype(np.float32) + B.astype(np.float32)).astype(np.float32)
    assert find_omitted([A.astype(np.float32), B.astype(np.float32), total, None])[2]


def test_nearly_collinear_is_kept() -> None:
    assert not find_omitted([A, A + 1e-4 * B, None]).any()
