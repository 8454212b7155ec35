"""A model in the names of a dataset: kept with the results, made into arrays on any rows."""

import numpy as np
import pytest

from xmixed.estimation.mixed.model import MixedResult
from xmixed.estimation.mixed.specification import specify
from xmixed.expressions.context import Context
from xmixed.interpreter.session import Session

DATA = """
set obs 24
generate school = 1 + floor((_n - 1) / 6)
generate pupil = mod(_n, 3)
generate x = mod(7 * _n, 11)
generate y = x + school + mod(5 * _n, 7)
"""


@pytest.fixture
def fitted() -> Session:
    session = Session()
    session.run(DATA)
    session.run("xtmixed y c.x##i.pupil || school: x, nolog")
    return session


def test_results_keep_the_model_in_names(fitted):
    result = fitted.e.payload
    assert isinstance(result, MixedResult) and result.resolved is not None
    assert result.resolved.depvar_name == "y" and result.resolved.levels == ("school",)
    assert not any(
        isinstance(getattr(result.resolved, name), np.ndarray) for name in result.resolved.__slots__
    )


def test_the_kept_model_makes_the_same_columns_on_other_rows(fitted):
    result = fitted.e.payload
    context = Context.of(fitted)
    everything = specify(result.resolved, context, np.ones(24, dtype=bool))
    assert [term.name for term in everything.description.terms] == [
        term.name for term in result.description.terms
    ]
    rows = np.arange(24) % 4 != 1
    some = specify(result.resolved, context, rows)
    assert np.array_equal(some.rows, rows)
    for part, whole in zip(some.fixed, everything.fixed, strict=True):
        assert (part is None) == (whole is None)
        if part is not None and whole is not None:
            assert np.array_equal(part, whole[rows])
    assert np.array_equal(some.levels[0].codes, everything.levels[0].codes[rows])
    assert np.array_equal(some.y, fitted.data["y"].to_double()[rows])
