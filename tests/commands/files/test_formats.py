"""Any data come back from every format that is written: numbers, missing codes, dates, Unicode, labels."""

from __future__ import annotations

import os
import tempfile
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.data.dataset import Dataset, Variable
from xmixed.interpreter.session import Session
from xmixed.missing import CODES, MISSING, is_missing

Session()  # a session sets Python's recursion limit, once, before hypothesis looks at it


class Format(NamedTuple):
    """How data are written and read, and what a file of the format holds beside numbers and text."""

    write: str
    read: str
    codes: bool = False
    labels: bool = False
    dates: bool = True
    answers: bool = True
    exact: bool = True
    package: str = ""


FORMATS = {
    "dta": Format("save x", "use x, clear", codes=True, labels=True),
    "dta, old": Format("saveold x", "use x, clear", codes=True, labels=True),
    "csv": Format(
        "export delimited using x, nolabel", "import delimited x, asdouble clear", codes=True, dates=False
    ),
    "tabs": Format(
        "outsheet using x.raw, nolabel", "insheet using x.raw, double clear", codes=True, dates=False
    ),
    "excel": Format(
        "export excel x, firstrow(variables) nolabel",
        "import excel x, firstrow clear",
        codes=True,
        exact=False,  # openpyxl writes 16 digits
        package="openpyxl",
    ),
    "xml": Format("xmlsave x, doctype(excel)", "xmluse x, firstrow clear", codes=True, answers=False),
    "parquet": Format(
        "export parquet x", "import parquet x, clear", codes=True, labels=True, package="pyarrow"
    ),
    "sqlite": Format("export sql x.sqlite, table(t)", "import sql x.sqlite, table(t) clear", dates=False),
    "duckdb": Format(
        "export sql x.duckdb, table(t)", "import sql x.duckdb, table(t) clear", package="duckdb"
    ),
}

NUMBERS = st.one_of(
    st.sampled_from([*CODES[:3], CODES[26], 0.0, 1.0, -1.5, 0.1, 1e-300, -8.9e307, 2.0**53, 16777217.0]),
    st.floats(-1e6, 1e6, allow_nan=False),
)
TEXTS = st.one_of(
    st.sampled_from(
        ["", "a", "é 漢字 🐷", "o'neil", 'say "x", then', "<&>", "a\tb", "semi;colon", "=1+1", "ÄÖ"]
    ),
    st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=6),
)
ROWS = st.lists(
    st.tuples(
        NUMBERS, TEXTS, st.one_of(st.integers(-30000, 30000), st.just(None)), st.sampled_from([0, 1, 101])
    ),
    min_size=1,
    max_size=6,
)


def data_of(rows: list[tuple[float, str, int | None, int]]) -> Dataset:
    """Return variables with a sound row, which shows what its columns hold, and the rows behind it."""
    rows = [(0.5, "text", 1, 0), *rows]
    numbers, texts, days, answers = zip(*rows, strict=True)
    words = np.array(texts, dtype=object)
    width = max(1, *(len(text.encode()) for text in words))
    return Dataset(
        (
            Variable("x", "double", np.array(numbers), "%24.17g", "a number"),
            Variable("s", f"str{width}", words, f"%{max(9, width)}s", "é Text"),
            Variable("day", "double", np.array([MISSING if d is None else float(d) for d in days]), "%td"),
            Variable("yes", "byte", np.array(answers, dtype=np.int8), "%8.0g", value_label="yes"),
        ),
        len(rows),
        "Daten über Schweine",
        value_labels={"yes": {0: "no é", 1: "yes, or <perhaps>"}},
    )


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=8, deadline=None)
@given(ROWS)
def test_what_is_written_is_read(name: str, rows: list[tuple[float, str, int | None, int]]) -> None:
    form = FORMATS[name]
    if form.package:
        pytest.importorskip(form.package)
    if name == "dta, old":  # text of old files is Windows-1252, as Stata 12 has it
        rows = [(x, s.encode("cp1252", "ignore").decode("cp1252"), day, yes) for x, s, day, yes in rows]
    data = data_of(rows)
    session = Session()
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        try:
            os.chdir(folder)
            session.data = data
            session.run(f"{form.write}\n{form.read}")
        finally:
            os.chdir(before)
    found = session.data
    assert found.names == data.names and found.n_obs == data.n_obs
    for number in ("x", *(("yes",) if form.answers else ()), *(("day",) if form.dates else ())):
        old, new = data[number].to_double(), found[number].to_double()
        if not form.exact:
            assert np.allclose(new, old, rtol=1e-15, atol=0)
        if form.codes:
            missing = is_missing(old) if not form.exact else slice(None)
            assert new[missing].tolist() == old[missing].tolist()
        else:
            assert is_missing(new).tolist() == is_missing(old).tolist()
            assert new[~is_missing(new)].tolist() == old[~is_missing(old)].tolist()
    assert found["s"].values.tolist() == data["s"].values.tolist()
    if form.labels:
        assert found.label == data.label and found["s"].label == "é Text"
        assert found.value_labels == data.value_labels and found["yes"].value_label == "yes"
        assert found["day"].format == "%td"
