"""Databases in files: what a query gives, what a table takes, files that are none."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import numpy as np
import pytest

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files import extras
from xmixed.data.files.database import database_kind, read_query, write_table
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING


def pigs() -> Dataset:
    return Dataset(
        (
            Variable("x", "double", np.array([1 / 3, CODES[0], -1e300]), "%10.0g"),
            Variable("n", "long", np.array([5, 2147483621, 70000], dtype=np.int32), "%12.0g"),
            Variable("s", "str3", np.array(["é 漢", "", "a'b"], dtype=object), "%9s"),
            Variable("day", "int", np.array([0, 32741, 20000], dtype=np.int16), "%td"),
            Variable("t", "double", np.array([0.0, 1500000000001.0, CODES[0]]), "%tc"),
        ),
        3,
    )


@pytest.mark.parametrize("file", ["x.db", "x.duckdb"])
def test_a_table_comes_back(tmp_path: Path, file: str):
    path = str(tmp_path / file)
    assert write_table(path, "pigs", pigs()) == []
    data = read_query(path, 'SELECT * FROM "pigs"').dataset
    for one, other in zip(data, pigs(), strict=True):
        assert (one.name, one.type) == (other.name, other.type)
        assert one.values.tolist() == other.values.tolist()
    assert [variable.format for variable in data][3:] == ["%td", "%tc"]
    write_table(path, "pigs", pigs(), "insert")
    assert read_query(path, "SELECT count(*) AS n FROM pigs").dataset["n"].values.tolist() == [6]
    write_table(path, "pigs", pigs(), "replace")
    assert read_query(path, "SELECT s FROM pigs").dataset.n_obs == 3
    assert read_query(path, "SELECT s FROM pigs WHERE n > 1e9").dataset.n_obs == 0


@pytest.mark.parametrize("file", ["x.db", "x.duckdb"])
def test_a_table_that_fails_stays(tmp_path: Path, file: str):
    path = str(tmp_path / file)
    write_table(path, "pigs", pigs())
    other = pigs().select(["x"]).renamed({"x": "unknown"})
    with pytest.raises(StataError) as caught:
        write_table(path, "pigs", other, "insert")
    assert caught.value.code == 682
    assert read_query(path, "SELECT * FROM pigs").dataset.n_obs == 3


def test_tables_of_duckdb_have_the_types_of_variables(tmp_path: Path):
    path = str(tmp_path / "x.duckdb")
    data = pigs().with_variables(Variable("b", "byte", np.array([1, 101, 102], dtype=np.int8), "%8.0g"))
    assert write_table(path, "pigs", data) == ["(note: b: 1 extended missing value is written as NULL)"]
    with pytest.raises(StataError) as caught:
        write_table(path, "PIGS", data)
    assert caught.value.code == 602
    with duckdb.connect(path, read_only=True) as opened:
        types = [str(row[1]) for row in opened.execute("DESCRIBE pigs").fetchall()]
        rows = opened.execute("SELECT n, b, day FROM pigs").fetchall()
    assert types == ["DOUBLE", "INTEGER", "VARCHAR", "DATE", "TIMESTAMP", "SMALLINT"]
    assert [row[:2] for row in rows] == [(5, 1), (None, None), (70000, None)] and rows[1][2] is None
    with pytest.raises(StataError) as caught:
        write_table(str(tmp_path / "nowhere" / "x.duckdb"), "pigs", data)
    assert caught.value.code == 682


def test_types_of_other_programs(tmp_path: Path):
    path = str(tmp_path / "x.db")
    with sqlite3.connect(path) as made:
        made.execute('CREATE TABLE t (a DATE, b BLOB, "two words", mixed)')
        made.execute("INSERT INTO t VALUES ('not a day', x'00ff', 1, 'x'), ('2020-01-02', NULL, 2.5, 7)")
    made.close()
    data = read_query(path, "SELECT * FROM t").dataset
    assert data["a"].values.tolist() == ["not a day", "02jan2020"]
    assert data["b"].values.tolist() == ["\0ÿ", ""] and data["mixed"].values.tolist() == ["x", "7"]
    assert data["twowords"].label == "two words"


def test_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = str(tmp_path / "x.duckdb")
    with duckdb.connect(path) as made:
        made.execute(
            "CREATE TABLE t (i INTEGER, d DECIMAL(9,2), s VARCHAR, day DATE, w TIMESTAMP, b BOOLEAN)"
        )
        made.execute("INSERT INTO t VALUES (1, 1.25, 'é', '1960-01-03', '1960-01-01 00:00:01', true)")
        made.execute("INSERT INTO t VALUES (NULL, NULL, NULL, NULL, NULL, NULL)")
    data = read_query(path, "SELECT * FROM t ORDER BY i").dataset
    shown = {v.name: v.values.tolist() if v.is_string else v.to_double().tolist() for v in data}
    assert shown == {
        "i": [1, MISSING],
        "d": [1.25, MISSING],
        "s": ["é", ""],
        "day": [2, MISSING],
        "w": [1000, MISSING],
        "b": [1, MISSING],
    }
    for query in ("DROP TABLE t", "SELECT * FROM read_csv('/etc/passwd')", "nonsense"):
        with pytest.raises(StataError) as caught:
            read_query(path, query)
        assert caught.value.code == 682
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(StataError) as caught:
        read_query(path, "SELECT 1")
    assert caught.value.hint == "pip install 'xmixed[sql]'"


def test_files_that_are_no_databases(tmp_path: Path):
    path = tmp_path / "x.db"
    path.write_bytes(b"a,b\n1,2\n")
    for attempt in (lambda: read_query(str(path), "SELECT 1"), lambda: write_table(str(path), "t", pigs())):
        with pytest.raises(StataError) as caught:
            attempt()
        assert caught.value.code == 603
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(StataError) as caught:
        read_query(str(path), "SELECT * FROM t")
    assert caught.value.code == 682
    assert database_kind(str(tmp_path / "new.duckdb")) == "duckdb"
    assert database_kind(str(tmp_path / "new.db")) == "sqlite"
