"""cumul: shares of values up to each one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    made = Session()
    made.run("sysuse orthodont\nset seed 1\ngenerate w = 1 + mod(_n, 3)")
    return made


def column(session: Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


def test_equal_values_have_the_share_of_the_empirical_distribution(session: Session) -> None:
    session.run("cumul distance, generate(c) equal")
    known = stats.ecdf(column(session, "distance")).cdf
    np.testing.assert_allclose(column(session, "c"), known.evaluate(column(session, "distance")))
    assert session.data["c"].label == "ECDF of distance"


def test_without_equal_shares_grow_by_observation(session: Session) -> None:
    session.run("cumul distance if female, gen(c)\ncumul distance, gen(f) freq")
    c, x, female = (column(session, name) for name in ("c", "distance", "female"))
    assert (c[female == 0] > 1e300).all()
    ranks = stats.rankdata(x[female == 1], method="ordinal")
    np.testing.assert_allclose(c[female == 1], ranks / 44)
    np.testing.assert_allclose(column(session, "f"), stats.rankdata(x, method="ordinal"))
    assert session.data["f"].label == "Cumulative frequency of distance"


def test_groups_and_weights(session: Session) -> None:
    session.run("cumul distance [fw=w], gen(c) equal by(female)")
    c, x, w, female = (column(session, name) for name in ("c", "distance", "w", "female"))
    for group in (0, 1):
        own = female == group
        expected = [w[own & (x <= value)].sum() / w[own].sum() for value in x[own]]
        np.testing.assert_allclose(c[own], expected)


def test_what_cannot_be_is_refused(session: Session) -> None:
    for command, code in (
        ("cumul distance", 198),
        ("cumul, gen(c)", 100),
        ("cumul distance age, gen(c)", 103),
        ("cumul distance, gen(age)", 110),
        ("cumul distance if age > 99, gen(c)", 2000),
    ):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code, command
