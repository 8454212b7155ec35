"""Sessions with pinned estimates, so that layouts do not depend on the optimiser."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.commands.estimation import fakes
from xmixed.errors import StataError
from xmixed.estimation.mixed.model import LevelSummary, MixedResult, RandomEquationSummary
from xmixed.estimation.mixed.results import _matrices
from xmixed.expressions.factors.terms import Part, Term
from xmixed.interpreter.session import Session


def activate(session: Session, pinned: MixedResult, ll: float = -1000.0, n: float = 432.0) -> Session:
    """Make pinned results the active estimates."""
    made = fakes.estimates(pinned, ll, 1, 25337.49, 472.65, n)
    made.scalars |= {
        "k": float(len(pinned.beta) + len(pinned.parameters)),
        "k_r": float(len(pinned.parameters)),
    }
    made.matrices |= _matrices(pinned)
    session.e = made
    return session


@pytest.fixture
def pig() -> Session:
    """Example 1 of the manual."""
    pinned = fakes.result(
        [6.209896, 19.35561], [0.0390633, 0.5974055], [[[14.81745]]], 2.0943557, [0.1, 0.04]
    )
    return activate(Session(), pinned, -1014.9268)


@pytest.fixture
def child() -> Session:
    """The terms of example 6 with round figures, and one omitted variable."""
    age = Part("age")
    terms = (
        Term((Part("girl", level=0, base=True),), "base", factorial=True),
        Term((Part("girl", level=1),), factorial=True),
        Term((Part("girl", level=0, base=True), age), factorial=True),
        Term((Part("girl", level=1), age), factorial=True),
        Term((Part("girl2"),), "omitted"),
        fakes.CONSTANT,
    )
    described = fakes.description(
        terms, (RandomEquationSummary("id", 1, 1, "identity", ("_cons",)),), depvar="weight"
    )
    pinned = fakes.result(
        [0, -0.5, 8, 7.5, 0, 4], [0, 0.25, 0.3, 0.4, 0, 1], [[[0.5]]], 0.5, [0.1, 0.2], described
    )
    made = activate(Session(), pinned)
    made.run("set obs 4\ngen girl = mod(_n, 2)\ngen girl2 = girl\ngen age = _n\ngen other = 1")
    return made


@pytest.fixture
def states() -> Session:
    """A three-level model with a slope at the lower level."""
    equations = (
        RandomEquationSummary("region", 1, 1, "identity", ("_cons",)),
        RandomEquationSummary("state", 2, 1, "unstructured", ("unemp", "_cons")),
    )
    levels = (LevelSummary("region", 9, 51, 90.666667, 136), LevelSummary("state", 48, 17, 17.0, 17))
    described = fakes.description((fakes.plain("private"), fakes.CONSTANT), equations, levels, depvar="gsp")
    pinned = fakes.result(
        [0.27, 2.13],
        [0.02, 0.15],
        [[[1.0]], [[0.25, -0.5], [-0.5, 4.0]]],
        np.sqrt(5.0),
        [0.3, 0.2, 0.1, 0.15, 0.05],
        described,
    )
    return activate(Session(), pinned)


@pytest.fixture
def fails() -> Callable[[Session, str], tuple[int, str]]:
    """Return a function that runs a command which must fail and leave r() as it was."""

    def run(session: Session, text: str) -> tuple[int, str]:
        before = dict(session.r.scalars)
        with pytest.raises(StataError) as caught:
            session.run(text)
        assert session.r.scalars == before
        return caught.value.code, caught.value.message

    return run
