"""use by reference: what it names, what stays away, what load brings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


def test_no_row_is_in_memory_and_the_description_is_that_of_the_file_read(
    referring: Session, reading: Session
) -> None:
    assert referring.data.reference is not None
    assert referring.run("describe") == reading.run("describe")


def test_load_brings_the_same_rows_as_reading(referring: Session, reading: Session) -> None:
    assert referring.run("load") == "(8 vars, 12 obs)\n"
    assert referring.data.reference is None
    assert referring.run("list") == reading.run("list")
    assert referring.run("list, nolabel clean") == reading.run("list, nolabel clean")


def test_load_takes_variables_conditions_and_a_limit(referring: Session) -> None:
    assert referring.run("load x s if i == 3, limit(2)") == "(2 vars, 2 obs)\n"
    assert referring.data["x"].values.tolist() == [1.5, -2.25]


@pytest.mark.parametrize(
    "command",
    ["sort x", "egen m = mean(x)", "anova x i", "display x[1]", "collapse x"],
)
def test_what_needs_rows_in_memory_is_refused(referring: Session, command: str) -> None:
    before = referring.data
    with pytest.raises(StataError) as failure:
        referring.run(command)
    assert failure.value.code == 3
    assert "load" in failure.value.hint
    assert referring.data is before


def test_a_pattern_takes_several_files(parquet: Path, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"part{number}.parquet").write_bytes(parquet.read_bytes())
    session = Session()
    session.run(f'use "{tmp_path}/*.parquet"')
    assert session.run("count") == "   36\n"


def test_names_that_look_like_patterns(parquet: Path, tmp_path: Path) -> None:
    session = Session()
    session.run(f'set obs 3\ngenerate a = _n\nsave "{tmp_path}/one [1].dta"\nclear')
    session.run(f'use "{tmp_path}/one [1].dta"')
    assert session.data.reference is None
    (tmp_path / "b[1].parquet").write_bytes(parquet.read_bytes())
    session.run(f'use "{tmp_path}/b[1].parquet", engine(duckdb)')
    assert session.run("count") == "   12\n"
    with pytest.raises(StataError) as failure:
        session.run('use "http://127.0.0.1:1/x.dta?y=1", clear')
    assert failure.value.code != 603
    session.run(f'use "{tmp_path}", engine(duckdb) clear')
    assert session.run("count") == "   12\n"


def test_folders_that_name_a_column(parquet: Path, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    for year in (2020, 2021):
        (tmp_path / f"year={year}").mkdir()
        pq.write_table(pa.table({"odd name": [1.5, None]}), tmp_path / f"year={year}" / "part.parquet")
    session = Session()
    session.run(f'use "{tmp_path}/*/*.parquet"')
    assert [(v.name, v.type, v.label) for v in session.data] == [
        ("oddname", "double", "odd name"),
        ("year", "int", ""),
    ]
    assert session.run("count if year == 2021 & missing(oddname)") == "    1\n"


def test_without_the_extra(parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xmixed.data.files.extras.find_spec", lambda name: None)
    with pytest.raises(StataError) as failure:
        Session().run(f'use "{parquet}", engine(duckdb)')
    assert (failure.value.code, failure.value.hint) == (601, "pip install 'xmixed[scale]'")


def test_part_of_a_file(parquet: Path) -> None:
    session = Session()
    session.run(f'use x i if i == 3 using "{parquet}", engine(duckdb)')
    assert session.data.names == ["x", "i"]
    assert session.data.n_obs == 4


def test_a_table_of_a_database(tmp_path: Path, parquet: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "store.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE weights AS SELECT * FROM '{parquet}'")
    session = Session()
    session.run(f'use "{path}", table(weights)')
    assert session.run("count if x > 1") == "    8\n"
    with pytest.raises(StataError) as failure:
        session.run(f'use "{path}", table(nothing) clear')
    assert failure.value.code == 111
    with pytest.raises(StataError, match=r"table\(\) required"):
        session.run(f'use "{path}", clear')


def test_preserve_and_failures_bring_the_reference_back(referring: Session) -> None:
    referring.run("preserve\nload\nreplace x = 1\nrestore")
    assert referring.data.reference is not None
    assert referring.run("count") == "   12\n"


def test_nan_is_missing_where_a_file_states_a_range_without_it(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    values = np.arange(2000.0)
    values[7] = np.nan
    pq.write_table(pa.table({"x": values}), tmp_path / "x.parquet", row_group_size=300)
    session = Session()
    session.run(f'use "{tmp_path}/x.parquet", engine(duckdb)')
    assert session.run("count if x < .") == " 1999\n"
    assert session.run("count if missing(x)") == "    1\n"
