"""Mixed models by reference: what sums give is what the observations give, to 1e-10."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.estimation.summed import streaming
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING

TOLERANCE = 1e-10

MODELS = """
xtmixed y x1 x2
xtmixed y x1 x2, reml
xtmixed y || id:
xtmixed y x1 || id:, reml
xtmixed y x1 x2 || id: x2
xtmixed y x1 x2 || id: x2, cov(un)
xtmixed y x1 x2 || id: x2, cov(un) reml
xtmixed y x1 x2 || id: x2, cov(exchangeable)
xtmixed y x1 x2 || id: x2, cov(identity) reml
xtmixed y x2 x4 || id: x4 x2, cov(un)
xtmixed y x1 x2 || id: x1, noconstant
xtmixed y x1 x2, noconstant || id: x2
xtmixed y x2 x3 x1 || id:
xtmixed y i.arm x1 || id:
xtmixed y i.arm##c.x2 || id: x2, cov(un)
xtmixed y ib2.arm#i.sex x1 || id:, reml
xtmixed y c.x2##c.x2 || id:
xtmixed y x1 x2 if arm != 2 & x2 < . || id:
xtmixed y x1 x2 || region: || id:
xtmixed y x1 x2 || region: || id: x2, cov(un) reml
xtmixed y x1 x2 || region: x2 || id: x4
xtmixed y x1 || name: || id: x2, cov(un)
xtmixed y x1 x2 || _all: R.firm || id:
xtmixed y x1 x2 || _all: R.firm || id: x2, cov(un) reml
xtmixed y x1 x2 || region: R.firm || id:
xtmixed y x1 x2 || _all: R.sex || id:
xtmixed y x1 x2 [fw=w] || id: x2
xtmixed y x1 x2 [pw=w] || id: x2, cov(un)
xtmixed y x1 x2 [pw=w*2] || region:, pweight(2) || id:, pweight(gw)
xtmixed y x1 x2 [fw=w] || id:, fweight(gw)
xtmixed y x1 x2 || id: x2, cov(un) vce(robust)
xtmixed y x1 x2 || region: || id:, vce(robust)
xtmixed y x1 x2 || id:, vce(cluster region)
xtmixed y x1 x2 [pw=w] || id:, vce(cluster region)
xtmixed y x1 x2 || id:, residuals(independent, by(arm))
xtmixed y x1 x2 || id: x2, cov(un) residuals(independent, by(arm)) reml
xtmixed y x1 x2 || id:, residuals(independent, by(arm)) vce(robust)
xtmixed y x1 x2 || region: || id:, noconstant residuals(exchangeable)
xtmixed y x1 x2 || id:, noconstant residuals(exchangeable, by(sex)) reml
xtmixed y x1 x2 || region: || id:, noconstant residuals(exchangeable) vce(robust)
mixed y x1 i.arm || id: x2, nolog
xtmixed x5 x2 i.arm || id: x2, nolog
xtmixed x6 x2 x1, noconstant || id:, reml nolog
""".strip().splitlines()

REGRESSIONS = """
regress y x1 x2
regress y x4 x2, noconstant
regress y x2 x3 i.arm##c.x4
regress y x2 x4 if arm < 3, vce(robust)
regress y x2 x4 i.arm, vce(cluster id)
regress y x2 x4, vce(cluster name) noconstant
regress y x2 x4, vce(hc2)
regress y x2 x4, vce(hc3)
regress y x2 x4 [fw=w], vce(robust)
regress y x2 x4 [fw=w], vce(hc3)
regress y x2 x4 [aw=w], beta
regress y x2 x4 [w=w]
regress y x2 x4 [pw=w], vce(cluster id)
regress y x2 x4 [iw=w]
regress x5 x2 x4
regress y x2, mse1
regress y
""".strip().splitlines()

STREAMED = [command for command in MODELS if "|| id" in command]
FEW_STREAMED = [
    command
    for command in (MODELS[place] for place in (0, 3, 6, 11, 14, 17, 19, 22, 28, 30, 35, 38))
    if command in STREAMED
]


def made(folder: Path) -> Path:
    """A dataset far from zero, with missing values, as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    random = np.random.default_rng(11)
    n, groups = 2000, 150
    ids = random.integers(0, groups, n)
    u = random.normal(size=(groups, 2)) @ np.array([[1.0, 0.3], [0.0, 0.5]])
    x1, x2, arm = 1e8 + 3 * random.normal(size=n), random.normal(size=n), random.integers(1, 4, n)
    regions, firms = random.normal(size=10), random.normal(size=8)
    region, firm = ids % 10, random.integers(0, 8, n)
    y = 3 + 0.2 * (x1 - 1e8) + x2 + 0.3 * arm + u[ids, 0] + u[ids, 1] * x2
    x4 = 20 + random.normal(size=n) + 0.5 * u[ids, 1]
    y += 0.5 * random.normal(size=groups)[ids] * (x4 - 20)
    y += regions[region] + firms[firm] + random.normal(size=n)
    y[7], x2[19] = np.nan, np.nan
    columns = {
        "y": y,
        "x1": x1,
        "x2": x2,
        "x3": 2 * x2,
        "x5": x2 + 1e-5 * random.normal(size=n),
        "x6": 3 * x2 + 1e-9 * x1 + 1e-4 * (u[ids, 0] + random.normal(size=n)),
        "x4": x4,
        "id": ids.astype(np.int32),
        "region": region.astype(np.int8),
        "sex": (ids % 2).astype(np.int8),
        "arm": arm.astype(np.int8),
        "firm": firm.astype(np.int8),
        "w": random.integers(1, 4, n).astype(np.int8),
        "gw": (1 + ids % 3).astype(np.int8),
    }
    table = pa.table(columns)
    table = table.append_column("name", pa.array([f"r{number}" for number in region]))
    path = folder / "data.parquet"
    pq.write_table(table, path, row_group_size=300)
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("ibis")
    return made(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def in_memory(path: Path) -> Session:
    session = Session()
    session.run(f'use "{path}"')
    return session


@pytest.fixture(scope="module")
def by_reference(path: Path) -> Iterator[Session]:
    session = Session()
    session.run(f'use "{path}", engine(duckdb)')
    yield session


def assert_equal(found: Session, wanted: Session) -> None:
    """e() of both sessions, each number relative to the largest of its kind."""
    assert found.e.scalars.keys() == wanted.e.scalars.keys()
    for name, value in wanted.e.scalars.items():
        assert found.e.scalars[name] == pytest.approx(value, rel=TOLERANCE, abs=1e-14), name
    assert found.e.matrices.keys() == wanted.e.matrices.keys()
    for name, matrix in wanted.e.matrices.items():
        own = found.e.matrices[name]
        assert own.column_names == matrix.column_names
        if name in ("V", "V_modelbased"):
            size = np.sqrt(matrix.values.diagonal())
            assert np.all(np.abs(own.values - matrix.values) <= TOLERANCE * np.outer(size, size) + 1e-300), (
                name
            )
        elif name == "b":
            size = np.maximum(np.abs(matrix.values[0]), np.sqrt(wanted.e.matrices["V"].values.diagonal()))
            # x5 is x2 but for 1e-5 of it: coefficients beside that of x2 have no digits below its rounding.
            slope = np.array([column.startswith("x5:") for column in matrix.column_names])
            rounding = np.finfo(float).eps * np.max(np.abs(matrix.values[0]), where=slope, initial=0.0)
            assert np.all(np.abs(own.values[0] - matrix.values[0]) <= TOLERANCE * size + rounding * slope), (
                name
            )
        else:
            np.testing.assert_allclose(own.values, matrix.values, rtol=TOLERANCE)
    assert found.e.macros == wanted.e.macros
    assert all(value <= MISSING for value in found.e.scalars.values())


@pytest.mark.parametrize("command", [*MODELS, *REGRESSIONS])
def test_duckdb(in_memory: Session, by_reference: Session, command: str) -> None:
    shown = []
    for session in (in_memory, by_reference):
        shown.append(session.run(command))
    assert_equal(by_reference, in_memory)
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("command", "room"),
    [*((command, 1e9) for command in STREAMED), *((command, 2e4) for command in FEW_STREAMED)],
)
def test_rows_that_stream_by(
    in_memory: Session, by_reference: Session, monkeypatch: pytest.MonkeyPatch, command: str, room: float
) -> None:
    """What is done of very many groups, at once and range by range, gives the same of few."""
    assert by_reference.data.reference is not None
    monkeypatch.setattr(streaming, "FEWEST", 1)
    monkeypatch.setattr(streaming, "SPARSEST", 1e6)
    monkeypatch.setattr(by_reference.data.reference.source, "room", lambda: room)
    shown = [session.run(command) for session in (in_memory, by_reference)]
    assert_equal(by_reference, in_memory)
    assert shown[0] == shown[1]


@pytest.mark.parametrize("command", FEW_STREAMED)
def test_cells_that_are_listed(
    in_memory: Session, by_reference: Session, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Where keys leave most places empty, cells stand in a list of those that occur."""
    monkeypatch.setattr(streaming, "FEWEST", 1)
    monkeypatch.setattr(streaming, "SPARSEST", 0)
    shown = [session.run(command) for session in (in_memory, by_reference)]
    assert_equal(by_reference, in_memory)
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    "command", ["regress y x2 i.arm##c.x4", "xtmixed y x2 i.arm x4 || id: x2, reml nolog"]
)
def test_predictions(path: Path, command: str) -> None:
    shown, sums = [], []
    wanted = ["predict double f", "predict double s, stdp", "predict double g if arm == 2, xb"]
    wanted += ["predict double e, residuals"] if command.startswith("regress") else []
    for source in (f'use "{path}"', f'use "{path}", engine(duckdb)'):
        session = Session()
        session.run(source)
        session.run(command)
        shown.append([session.run(text) for text in wanted] + [session.run("describe f s g")])
        session.run("summarize f s g" + " e" * (len(wanted) > 3))
        session.run("generate double h = f * g + s")
        session.run("summarize h")
        sums.append([session.r.scalars[name] for name in ("N", "mean", "sd", "min", "max")])
    assert shown[0] == shown[1]
    np.testing.assert_allclose(sums[1], sums[0], rtol=1e-9)


REFUSED = {
    "xtmixed y x1 || id:, residuals(ar 1, t(firm))": (3, r"residuals\(ar\) is not possible"),
    "xtmixed y x1 [pw=w] || id:, pwscale(size)": (3, r"pwscale\(\) is not possible"),
    "xtmixed y L.x1 || id:": (3, "not possible with data by reference"),
    "xtmixed y ib(freq).arm || id:": (3, "most frequent level"),
    "xtmixed y name || id:": (109, "string variables may not be used as covariates"),
    "xtmixed y x1 if arm > 9 || id:": (2000, "no observations"),
    "xtmixed y x1 [fw=x2] || id:": (402, "negative weights"),
    "xtmixed y x1 [fw=w/2] || id:": (401, "noninteger"),
    "xtmixed y x1 [pw=w] || id:, pweight(w)": (459, "not constant within groups of id"),
    "xtmixed x3 x2 || id:": (498, "fit the outcome perfectly"),
    "xtmixed y x1, vce(robust)": (3, "without groups"),
    "xtmixed y x1 in 1/10 || nothing:": (111, "nothing not found"),
    "xtmixed y i.x2 || id:": (452, "factor variables may not contain"),
    "regress y L.x1": (3, "not possible with data by reference"),
    "regress y name": (109, "string variables"),
    "regress y x1 if arm > 9": (2000, "no observations"),
    "regress y x1 [aw=x2]": (402, "negative weights"),
    "regress y x1 if id == 3, vce(cluster id)": (198, "more than one cluster"),
    "predict double q, rstandard": (3, "predict, rstandard is not possible"),
    "predict double q in 1/3": (3, "predict with in is not possible"),
}


@pytest.mark.parametrize("command", REFUSED)
def test_refusals(by_reference: Session, command: str) -> None:
    by_reference.run("regress y x1")
    data, e = by_reference.data, by_reference.e
    code, text = REFUSED[command]
    with pytest.raises(StataError, match=text) as failure:
        by_reference.run(command)
    assert failure.value.code == code
    assert by_reference.data is data and by_reference.e is e


def test_neither_order_nor_files_nor_threads_count(path: Path, tmp_path: Path, by_reference: Session) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    mixed = table.take(pa.array(np.random.default_rng(4).permutation(table.num_rows)))
    for number in range(3):
        pq.write_table(mixed.slice(number * 700, 700), tmp_path / f"part{number}.parquet")
    other = Session()
    other.run(f'use "{tmp_path}/*.parquet"')
    command = "xtmixed y x1 x2 || region: || id: x2, cov(un) nolog"
    assert other.run(command) == by_reference.run(command)
    b, V = (other.e.matrices[name].values for name in ("b", "V"))
    np.testing.assert_allclose(b, by_reference.e.matrices["b"].values, rtol=1e-10)
    size = np.sqrt(V.diagonal())
    assert np.all(np.abs(V - by_reference.e.matrices["V"].values) <= 1e-10 * np.outer(size, size) + 1e-300)
