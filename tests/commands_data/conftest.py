"""A session with a small dataset, and what a failing command must leave alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.interpreter.session import Session

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
