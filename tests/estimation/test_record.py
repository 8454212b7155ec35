"""Estimates in files: what is read is what was saved, and nothing else is made of a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.estimation.record import file_content, read_records, record, restore
from xmixed.interpreter.session import Session
from xmixed.session.results import Matrix

MODELS = (
    "regress y x i.g, vce(cluster id)",
    "areg y x, absorb(id)",
    "xtreg y x, fe i(id)",
    "xtreg y x, mle i(id) nolog",
    "anova y g",
    "logit z x, nolog",
    "mlogit g x, nolog",
    "ologit g x, nolog",
    "poisson g x, nolog",
    "mean y, over(g)",
    "xtmixed y x || id: x, covariance(unstructured) reml nolog",
    "xtmixed y x [pw=w] || id:, pweight(w2) nolog",
    "xtmixed y c.x#c.x || _all: R.g || id:, nolog",
    "xtmixed y x || id:, residuals(ar 1, t(t) by(g)) nolog",
    "mixed y x || id: c.x#c.x, nolog",
)


@pytest.fixture
def session() -> Session:
    random = np.random.default_rng(3)
    ids = np.repeat(np.arange(30), 6)
    x = random.normal(size=len(ids))
    y = x + random.normal(size=30)[ids] + random.normal(size=len(ids))
    session = Session()
    columns = {"y": y, "x": x, "z": (y > 0).astype(int), "id": ids, "t": np.tile(np.arange(6), 30)}
    columns |= {"g": ids % 3, "w": 1 + random.integers(0, 3, len(ids)), "w2": (1 + ids % 2)}
    session.use(pd.DataFrame(columns))
    return session


@pytest.mark.parametrize("model", MODELS)
def test_everything_comes_back(session: Session, model: str, tmp_path: Path) -> None:
    session.run(f"quietly {model}")
    before, shown = session.e, session.run("estimates replay")
    session.run(f'estimates save "{tmp_path / "e"}"\nquietly regress y\nestimates use "{tmp_path / "e"}"')
    assert session.run("estimates replay") == shown
    assert session.e.scalars == before.scalars
    assert session.e.macros == before.macros
    for name, matrix in before.matrices.items():
        found = session.e.get(name)
        assert isinstance(found, Matrix)
        np.testing.assert_array_equal(found.values, matrix.values)
        assert (found.row_names, found.column_names) == (matrix.row_names, matrix.column_names)


def test_posted_margins_keep_their_coefficients(session: Session, tmp_path: Path) -> None:
    session.run("quietly regress y i.g\nquietly margins g, post")
    shown = session.run("ereturn display")
    session.run(f'estimates save "{tmp_path / "m"}"\nestimates use "{tmp_path / "m"}"')
    assert session.run("ereturn display") == shown
    with pytest.raises(StataError, match="not shown again"):
        session.run("estimates replay")


def test_a_file_that_is_damaged(session: Session) -> None:
    session.run("quietly regress y x")
    content = file_content([record(session.e, "26nov2026 11:00")])
    with pytest.raises(StataError, match="damaged"):
        read_records(content.replace(b"regress", b"redress"), "e.ster")
    for other in (b"", b"\x7f\x01\x00", b"{}", b"[1]", b"null", content[:-9]):
        with pytest.raises(StataError, match="not a file of estimates"):
            read_records(other, "e.ster")


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "os:system", "fields": {"command": "x"}},
        {"type": "xmixed.errors:StataError", "fields": {"code": 1}},
        {"type": "xmixed.estimation.fitted:np", "fields": {}},
        {"type": "xmixed.estimation.fitted:FittedTerms", "fields": {"depvar": "y"}},
        {"array": [1, 2], "shape": [3], "kind": "f"},
        {"array": [1], "shape": [1], "kind": "O"},
    ],
)
def test_only_our_frozen_types_are_made(session: Session, payload: object) -> None:
    session.run("quietly regress y x")
    recorded = json.loads(json.dumps(record(session.e, ""))) | {"payload": payload}
    with pytest.raises(StataError, match="damaged") as caught:
        restore(recorded, "e.ster")
    assert caught.value.code == 610
