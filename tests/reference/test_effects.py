"""e(sample) and predictions of random effects by reference are those of the same rows in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.reference.test_models import made
from xmixed.errors import StataError
from xmixed.interpreter.session import Session

SAMPLES = """
xtmixed y x2 i.arm if sex == 1 || region: || id: x2, nolog
count if e(sample)
summarize x4 if e(sample)
generate byte inside = e(sample)
tabulate inside sex
drop if sex == 0 & arm == 2
count if e(sample)
replace x2 = 5 in 1/30
count if e(sample)
regress y x2 x4 in 5/100
count if e(sample) & sex == 1
tabulate sex if e(sample)
regress y x2 [aw=w] if sex
count if !e(sample)
estimates store A
regress y x2 x4 [aw=w] if sex & x4 < .
lrtest A .
count if e(sample)
""".strip().splitlines()

MODELS = [
    "xtmixed y x2 i.arm if sex == 1 | id < 40 || region: || id: x2, nolog cov(un)",
    "xtmixed y x2 || _all: R.firm || id:, nolog",
    "mixed y x2 || name: x2, reml nolog",
    "xtmixed y x4 x2 [pw=w] || id: x4, nolog",
]
STATISTICS = """
predict double f, fitted
predict double r, residuals
predict double s, rstandard
predict double u*, reffects
predict double e*, reses
predict double part if arm == 2, fitted
predict double again*, reffects reses(error*)
predict float single, fitted
""".strip().splitlines()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("ibis")
    return made(tmp_path_factory.mktemp("reference"))


@pytest.fixture
def sessions(path: Path) -> tuple[Session, Session]:
    """One with the rows in memory, one by reference."""
    inside, outside = Session(), Session()
    inside.run(f'use "{path}"')
    outside.run(f'use "{path}", engine(duckdb)')
    return inside, outside


def test_the_sample_follows_the_rows(sessions: tuple[Session, Session]) -> None:
    for command in SAMPLES:
        inside, outside = (session.run(command) for session in sessions)
        assert inside == outside, command


@pytest.mark.parametrize("model", MODELS)
def test_predictions_of_effects(sessions: tuple[Session, Session], model: str) -> None:
    for command in [model, *STATISTICS, "describe"]:
        inside, outside = (session.run(command) for session in sessions)
        assert inside == outside, command
    made = [name for name in sessions[0].data.names if name not in sessions[0].run("ds y-name").split()]
    assert len(made) >= 10
    for name in made:
        figures = []
        for session in sessions:
            session.run(f"summarize {name}")
            figures.append(
                [session.r.scalars.get(figure, 0.0) for figure in ("N", "mean", "sd", "min", "max")]
            )
        size = abs(np.array(figures[0])).max(where=[False, True, True, True, True], initial=1e-300)
        digits = 1e-7 if name == "single" else 1e-10
        np.testing.assert_allclose(figures[1], figures[0], rtol=digits, atol=digits * size, err_msg=name)


def test_effects_are_computed_once_for_a_fit(sessions: tuple[Session, Session]) -> None:
    session = sessions[1]
    session.run(MODELS[0])
    session.run("predict double f, fitted")
    kept = session.e.kept
    session.run("predict double u*, reffects")
    assert session.e.kept is kept
    session.run("replace x2 = 0 if x2 > 1")
    with pytest.raises(StataError) as failure:
        session.run("drop if arm == 3\npredict double again, fitted")
    assert failure.value.code == 459


def test_the_sample_is_loaded_with_the_rows(sessions: tuple[Session, Session]) -> None:
    for session in sessions:
        session.run("xtmixed y x2 i.arm if sex == 1 || region: || id: x2, nolog")
    sessions[1].run("load")
    for command in (
        "count if e(sample)",
        "estat summarize",
        "predict double f, fitted",
        "summarize f if e(sample)",
    ):
        inside, outside = (session.run(command) for session in sessions)
        assert inside == outside, command


def test_what_of_effects_is_refused(sessions: tuple[Session, Session]) -> None:
    session = sessions[1]
    session.run("xtmixed y x2 || id:, nolog residuals(independent, by(arm))")
    data = session.data
    for command, code in {
        "predict double u, rstandard": 3,
        "predict double u, scores": 3,
        "predict double a b, reffects": 103,
        "predict double y, fitted": 110,
        "predict double f, fitted level(firm)": 198,
        "predict str8 f, fitted": 109,
    }.items():
        with pytest.raises(StataError) as failure:
            session.run(command)
        assert failure.value.code == code, command
        assert session.data is data
    session.run("predict double f, fitted")
    with pytest.raises(StataError, match="in is not possible"):
        session.run("summarize f in 5/10")
