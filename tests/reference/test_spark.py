"""The same commands by a Spark Connect server (pysail, in this process)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.reference.test_pushdown import SMOOTH, same
from xmixed.data.reference import running
from xmixed.data.reference.fetching import doubles_of
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.pushdown.translate import pushed_value
from xmixed.interpreter.session import Session
from xmixed.language.parser import parse_expression

pysail = pytest.importorskip("pysail.spark")
pytest.importorskip("pyspark")


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    server = pysail.SparkConnectServer()
    server.start(background=True)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def address(server: Any) -> str:
    host, port = server.listening_address
    return f"spark://{host}:{port}"


@pytest.fixture(scope="module")
def spark(address: str, parquet: Path) -> Session:
    session = Session()
    session.run(f'use "{address}/{parquet}"')
    return session


SHOWN = """
describe
count if x > 1 & b
count if s == "b" | missing(i)
summarize
summarize big f, detail
summarize x big [fw=i]
tabulate i
tabulate i b, chi2 missing
codebook i s x
generate z = x * 2 if i > 1
replace i = i + .5 if b
replace s = "longer than before" if s == "b"
summarize
drop if i == 3
count
"""


def test_transcripts_are_those_of_memory(address: str, parquet: Path, reading: Session) -> None:
    session = Session()
    session.run(f'use "{address}/{parquet}"')
    reading.data = session.data.__class__(
        **{
            field: getattr(reading.data, field)
            for field in ("variables", "n_obs", "value_labels", "characteristics")
        },
        source=session.data.source,
    )
    for command in SHOWN.strip().splitlines():
        assert session.run(command) == reading.run(command), command


def test_expressions_have_the_values_of_memory(spark: Session, reading: Session) -> None:
    texts = [*SMOOTH, "x > f", "x <= i", "x == .", "!x", "mod(i,2)", "round(x,.1)", "max(x,f,i)", "min(x,i)"]
    texts += ["cond(x>1,f,i,0)", "inrange(x,f,i)", 'inlist(s,"a","b")', "float(x)", "year(d)", "dow(d)"]
    texts += ["doy(d)", "mofd(d)", "quarter(d)", "hh(t)", "ss(t)", "substr(s,-2,.)", 'subinstr(s,"b","xy",.)']
    texts += ['strpos(s,"b")', 's + "x"', "x/f", "x/0", "x*1e300*1e300", "int(f)", "sign(x)", "t", "d"]
    reference, context = reference_of(spark.data), Context.of(spark)
    inside = [evaluate_column(parse_expression(text), Context.of(reading))[0] for text in texts]
    columns = {f"c{n}": pushed_value(parse_expression(text), context)[0] for n, text in enumerate(texts)}
    number = spark.data["big"]
    rows = reference.run(reference.table.select(order=reference.number(number), **columns).order_by("order"))
    for n, text in enumerate(texts):
        column = rows.column(f"c{n}")
        is_text = inside[n].dtype == object
        asked = np.array(column.to_pylist(), dtype=object) if is_text else doubles_of(column)
        assert same(inside[n], asked, 1e-14), text


def test_a_table_of_the_catalog(address: str, parquet: Path, spark: Session) -> None:
    source: Any = reference_of(spark.data).source
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source.session.read.parquet(str(parquet)).createOrReplaceGlobalTempView("rows")
    session = Session()
    session.run(f'use x i if i == 3 using "{address}/global_temp.rows"')
    assert session.run("count") == "    4\n"
    with pytest.raises(StataError) as failure:
        session.run(f'use "{address}/global_temp.nothing", clear')
    assert failure.value.code == 111


def test_rows_without_an_order(spark: Session) -> None:
    assert "12." in spark.run("list i s in 1/12")
    assert spark.run("list i if i == 3, noobs clean").split() == ["i", "3", "3", "3", "3"]
    for command in ("list in 2/3", "list if i == 3", "count in 1/3", "drop in 1/2", "summarize x in 1/5"):
        with pytest.raises(StataError) as failure:
            spark.run(command)
        assert failure.value.code == 3
        assert "no order" in failure.value.hint


def test_load(address: str, parquet: Path) -> None:
    session = Session()
    session.run(f'use "{address}/{parquet}"\nload i s if i == 3\nsort s')
    assert session.data["s"].values.tolist() == ["B", "b", "dé", "zz"]


def test_no_server_and_a_lost_one(parquet: Path) -> None:
    session = Session()
    with pytest.raises(StataError) as failure:
        session.run('use "spark://127.0.0.1:1/table"')
    assert failure.value.code == 682
    with pytest.raises(StataError) as failure:
        session.run('use "spark://127.0.0.1/table"')
    assert failure.value.code == 198
    server = pysail.SparkConnectServer()
    server.start(background=True)
    host, port = server.listening_address
    session.run(f'use "spark://{host}:{port}/{parquet}"')
    server.stop()
    before = session.data
    with pytest.raises(StataError) as failure:
        session.run("summarize x")
    assert failure.value.code == 682
    assert session.data is before


def test_a_server_that_is_lost_in_the_middle_of_a_fit(parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = pysail.SparkConnectServer()
    server.start(background=True)
    host, port = server.listening_address
    session = Session()
    session.run(f'use "spark://{host}:{port}/{parquet}"\nregress big f')
    before, done = session.data, []
    plain = running.Spark.run

    def run(self: running.Spark, query: object) -> object:
        done.append(query)
        if len(done) == 2:
            server.stop()
        return plain(self, query)  # type: ignore[arg-type]

    monkeypatch.setattr(running.Spark, "run", run)
    with pytest.raises(StataError) as failure:
        session.run("xtmixed big f || i:")
    assert failure.value.code == 682 and len(done) == 2
    assert session.data is before and session.e.macros["cmd"] == "regress"
