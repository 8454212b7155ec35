"""Sessions with small datasets, and what a failing command must leave alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.interpreter.session import Session

BIRTHS = {("white", 0): 73, ("white", 1): 23, ("black", 0): 57, ("black", 1): 36}
"""Mothers of newborn children by race, and whether the child weighed less than 2500 g."""


SETUP = """
set obs 6
gen byte id = int((_n + 1) / 2)
gen int week = mod(_n, 2) + 1
gen weight = 20.5 + _n
replace weight = . in 6
gen str name = "pig" + string(_n)
gen byte sex = mod(id, 2)
label define sex 0 "male" 1 "female"
label values sex sex
label variable weight "weight in kg"
label data "Six weighings"
sort id week
"""


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def pigs(session: Session) -> Session:
    session.run(SETUP)
    session.data = session.data.with_(changed=False)
    return session


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    before = os.getcwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def same_data(one: Dataset, other: Dataset) -> bool:
    """Return whether two datasets are equal in everything."""
    fields = "n_obs label timestamp source value_labels characteristics sorted_by changed".split()
    return (
        all(getattr(one, name) == getattr(other, name) for name in fields)
        and one.names == other.names
        and all(
            (a.type, a.format, a.label, a.value_label) == (b.type, b.format, b.label, b.value_label)
            and np.array_equal(a.values, b.values)
            for a, b in zip(one, other, strict=True)
        )
    )


@pytest.fixture
def fails() -> Callable[[Session, str], tuple[int, str]]:
    """Return a function that runs a command which must fail and leave data and r() as they were."""
    from xmixed.interpreter.snapshot import Snapshot

    def run(session: Session, text: str) -> tuple[int, str]:
        before = Snapshot(session)
        saved = dict(session.r.scalars)
        with pytest.raises(StataError) as caught:
            session.run(text)
        assert same_data(session.data, before.data)
        assert session.r.scalars == saved
        return caught.value.code, caught.value.message

    return run


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
