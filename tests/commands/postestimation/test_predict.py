"""predict: which observations get what, closed forms, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.missing import is_missing

TWICE = [12, 8, 22, 10, 10, 6, 8, 4, 14, 6, 2, 22], [12, 7, 24, 14, 8, 4, 5, 6, 14, 5, 5, 16]
"""Two measurements of twelve persons."""


def column(session: Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


@pytest.fixture
def twice() -> Session:
    session = Session()
    session.use(pd.DataFrame({"id": [*range(12)] * 2, "g": [float(v) for part in TWICE for v in part]}))
    return session


@pytest.mark.parametrize(("method", "expected"), [("reml", 2.1254), ("mle", 1.3168)])
def test_standard_errors_of_persons_measured_twice(twice: Session, method: str, expected: float) -> None:
    """The published figures, and with ML the posterior variance of the balanced layout."""
    twice.run(f"quietly xtmixed g || id:, {method}\npredict double u, reffects\npredict double s, reses")
    errors = column(twice, "s")
    np.testing.assert_allclose(errors, expected, atol=5e-5)
    if method == "mle":
        b = twice.e["b"].values[0]
        own, rest = np.exp(2 * b[1]), np.exp(2 * b[2])
        np.testing.assert_allclose(errors**2, own * rest / (rest + 2 * own), rtol=1e-9)
    assert column(twice, "u").sum() == pytest.approx(0, abs=1e-10)


def test_out_of_sample_predictions_are_those_in_sample() -> None:
    """The same rows twice, once with the outcome: the copies get the same numbers."""
    session = Session()
    session.run("sysuse sleepstudy")
    frame = pd.DataFrame({name: column(session, name) for name in ("reaction", "days", "subject")})
    copy = frame.assign(reaction=np.nan)
    session.use(pd.concat([frame, copy]))
    session.run("quietly xtmixed reaction c.days##c.days || subject: days")
    session.run(
        "predict double xb\npredict double se, stdp\npredict double f, fitted\npredict double u*, ref"
    )
    for name in ("xb", "se", "f", "u1", "u2"):
        values = column(session, name)
        np.testing.assert_array_equal(values[:180], values[180:])
    session.run("predict double r, residuals\npredict double z, rstandard")
    assert is_missing(column(session, "r")[180:]).all() and not is_missing(column(session, "r")[:180]).any()
    assert is_missing(column(session, "z")[180:]).all()


def test_new_groups_have_the_fixed_part_and_the_effects_of_the_levels_above() -> None:
    session = Session()
    session.run("sysuse pastes")
    session.run("quietly xtmixed strength if batch < 9 & !(batch == 1 & cask == 2) || batch: || cask:")
    text = session.run("predict double f, fitted")
    session.run("predict double x, xb\npredict double b, fitted level(batch)\npredict double u*, reffects")
    f, x, b, u = (column(session, name) for name in ("f", "x", "b", "u1"))
    batch, cask = column(session, "batch"), column(session, "cask")
    new, half = batch >= 9, (batch == 1) & (cask == 2)
    count = int(np.count_nonzero(new | half))
    assert f"(random effects are zero for {count} observations in groups outside the sample)" in text
    np.testing.assert_array_equal(f[new], x[new])
    np.testing.assert_array_equal(f[half], b[half])
    assert not np.any(b[half] == x[half]) and is_missing(u[new]).all()
    one = session.run("predict double g if batch == 9 & cask == 1 in f/l, fitted")
    assert "outside the sample" in one
    session.run("predict double r, residuals")
    y = column(session, "strength")
    np.testing.assert_allclose(column(session, "r"), y - f, rtol=0, atol=1e-12)
    assert "groups" not in session.run("predict double inside if e(sample), fitted")


def test_if_and_in_choose_observations_and_the_fit_stays() -> None:
    session = Session()
    session.run("sysuse pastes\nquietly xtmixed strength if batch < 9 || batch: || cask:")
    session.run("predict double f in 1/50, fitted\npredict double w if batch < 3, reffects level(cask)")
    assert np.count_nonzero(~is_missing(column(session, "f"))) == 50
    assert np.count_nonzero(~is_missing(column(session, "w"))) == 12


def test_weights_count_as_copies_do() -> None:
    """Frequency weights of groups and observations: the effects of the expanded data."""
    session = Session()
    session.run("sysuse pastes\ngenerate w = 1 + mod(_n, 3)")
    session.run(
        "quietly xtmixed strength [fw=w] || batch:\npredict double u, reffects\npredict double s, reses"
    )
    weights = column(session, "w").astype(int)
    frame = pd.DataFrame({name: column(session, name) for name in ("strength", "batch", "u", "s")})
    session.use(frame.loc[frame.index.repeat(weights)].reset_index(drop=True), clear=True)
    session.run("quietly xtmixed strength || batch:\npredict double u2, reffects\npredict double s2, reses")
    np.testing.assert_allclose(column(session, "u"), column(session, "u2"), atol=1e-6)
    np.testing.assert_allclose(column(session, "s"), column(session, "s2"), atol=1e-6)


def test_levels_that_are_strings(twice: Session) -> None:
    twice.run("quietly xtmixed g || id:\npredict double u, reffects")
    twice.run('generate str name = "p" + string(id)\nquietly xtmixed g || name:\npredict double v, reffects')
    np.testing.assert_allclose(column(twice, "u"), column(twice, "v"), atol=1e-12)


def test_without_its_data_a_fit_predicts_no_effects(
    twice: Session, fails: Callable[[Session, str], tuple[int, str]]
) -> None:
    twice.run("quietly xtmixed g || id:")
    twice.run("estimates store m\ndrop id")
    assert fails(twice, "predict u, reffects") == (111, "variable id not found")
    assert fails(twice, "predict x1 x1, xb")[0] == 103
    twice.run("predict x")
    assert not is_missing(column(twice, "x")).any()
    with pytest.raises(StataError) as caught:
        Session().run("predict x")
    assert caught.value.code == 301


def test_effects_are_kept_while_the_data_are_the_same() -> None:
    session = Session()
    session.run("sysuse sleepstudy\nquietly xtmixed reaction days || subject: days")
    session.run("predict double first, fitted")
    kept = session.e.kept
    session.run("predict double again, fitted\npredict double u*, reffects")
    assert session.e.kept is kept
    np.testing.assert_array_equal(column(session, "first"), column(session, "again"))
    session.run("gsort -subject days\npredict double sorted, fitted")
    assert session.e.kept is not kept
    np.testing.assert_allclose(column(session, "sorted"), column(session, "first"), rtol=1e-12)
    session.run("replace reaction = 2 * reaction in 1/10\npredict double moved, fitted")
    assert np.abs(column(session, "moved") - column(session, "first")).max() > 1
    session.run("drop subject")
    with pytest.raises(StataError, match="variable subject not found"):
        session.run("predict double gone, fitted")
