"""Small datasets for the commands that describe data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

BIRTHS = {("white", 0): 73, ("white", 1): 23, ("black", 0): 57, ("black", 1): 36}
"""Mothers of newborn children by race, and whether the child weighed less than 2500 g."""


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def births() -> Session:
    """189 births: race (labelled), low, and variables drawn at random."""
    rows = [(1 if race == "white" else 2, low) for (race, low), n in BIRTHS.items() for _ in range(n)]
    random = np.random.default_rng(1)
    frame = pd.DataFrame(rows, columns=["race", "low"])
    frame["bwt"] = random.normal(3000, 700, 189).round()
    frame["smoke"] = random.integers(0, 2, 189)
    frame["visits"] = random.poisson(1.0, 189)
    session = Session()
    session.use(frame)
    session.run('label define race 1 "white" 2 "black"\nlabel values race race')
    session.run('label variable low "birthweight<2500g"\nlabel variable bwt "birthweight (grams)"')
    session.run('label variable smoke "smoked during pregnancy"')
    return session


@pytest.fixture
def refused() -> Callable[[Session, str], tuple[int, str]]:
    """Return a function that runs a command which must fail."""

    def run(session: Session, text: str) -> tuple[int, str]:
        with pytest.raises(StataError) as caught:
            session.run(text)
        return caught.value.code, caught.value.message

    return run
