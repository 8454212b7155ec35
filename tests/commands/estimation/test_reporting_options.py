"""Options that change what xtmixed, its replay and the lists of results show; tolerances of its search."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.session.results import Results

SHORT = "nolog noheader nolrtest"


@pytest.fixture(scope="module")
def fitted() -> Session:
    random = np.random.default_rng(4)
    g = np.repeat(np.arange(12), 5)
    x = random.normal(size=60)
    y = 1 + x + random.normal(size=12)[g] + random.normal(size=60)
    session = Session()
    session.use(pd.DataFrame({"y": y, "x": x, "x2": 2 * x, "a_rather_long_name": x**2, "g": g, "f": g % 3}))
    session.run("xtmixed y x x2 a_rather_long_name || g:, nolog")
    return session


def row(shown: str, name: str) -> str:
    return next(line for line in shown.splitlines() if line.split("|")[0].strip() == name)


def test_formats_of_p_values_and_statistics(fitted: Session) -> None:
    plain = row(fitted.run("xtmixed, noheader norettable"), "x")
    z = float(plain.split()[4])
    shown = row(fitted.run("xtmixed, noheader norettable pformat(%5.1f) sformat(%8.4f)"), "x").split()
    assert shown[2:4] == plain.split()[2:4] and shown[5] == "0.0"
    assert re.fullmatch(r"-?\d+\.\d{4}", shown[4]) and round(float(shown[4]), 2) == z
    with pytest.raises(StataError) as wide:
        fitted.run("xtmixed, sformat(%9.4f)")
    assert wide.value.code == 198


def test_omitted_variables_and_the_random_table(fitted: Session) -> None:
    assert "(omitted)" in row(fitted.run("xtmixed, omitted"), "x2")
    without = fitted.run("xtmixed, noomitted noretable")
    assert "x2 |" not in without and "Random-effects Parameters" not in without
    assert without == fitted.run("xtmixed, noomitted norettable")


def test_stretching(fitted: Session) -> None:
    """On lines of more than 80 columns the table grows with long names, unless it may not."""
    fitted.run("set linesize 100")
    full = fitted.run("xtmixed, noheader lstretch norettable")
    short = fitted.run("xtmixed, noheader nolstretch norettable")
    fitted.run("set linesize 80")
    assert row(full, "a_rather_long_name") and row(short, "a_rather_l~e")
    assert max(map(len, short.splitlines())) == 78 < max(map(len, full.splitlines()))
    assert short == fitted.run("xtmixed, noheader no1stretch norettable")


def test_empty_cells(fitted: Session) -> None:
    fitted.run("estimates store before\ngenerate h = mod(_n, 2)")
    fitted.run("xtmixed y i.h#i.f if !(h == 1 & f == 2) || g:, nolog")
    assert "(empty)" in fitted.run("xtmixed, emptycells")
    assert "(empty)" not in fitted.run("xtmixed, noemptycells")
    fitted.run("estimates restore before")


def test_mixed_shows_standard_deviations_when_asked(fitted: Session) -> None:
    fitted.run("estimates store before")
    variances = fitted.run(f"mixed y x || g:, {SHORT}")
    assert "var(_cons)" in variances
    assert "sd(_cons)" in fitted.run("mixed, stddeviations")
    fitted.run("estimates store later\nestimates restore before")
    assert "sd(_cons)" in fitted.run("estimates replay later, stddeviations")


def test_a_store_without_a_copy(fitted: Session) -> None:
    fitted.run("estimates store moved, nocopy")
    assert not fitted.e.exist
    fitted.run("estimates restore moved")
    assert fitted.e.exist


def test_matrices_in_full_and_without_names(fitted: Session) -> None:
    half, full = fitted.run("matrix list e(V)"), fitted.run("matrix list e(V), nohalf")
    assert "symmetric e(V)" in half and "symmetric" not in full
    assert len(full.split()) > len(half.split())
    assert "_cons" in half and "_cons" not in fitted.run("matrix list e(V), nonames")


def test_the_list_of_s() -> None:
    session = Session()
    assert session.run("sreturn list") == ""
    session.s = Results(macros={"word": "of text"})
    assert [line.split() for line in session.run("sreturn list").splitlines() if line] == [
        ["macros:"],
        ["s(word)", ":", '"of', 'text"'],
    ]


def em_steps(shown: str) -> int:
    return len(re.findall(r"^Iteration", shown.split("Performing gradient-based")[0], re.MULTILINE))


def test_tolerances_of_the_search(fitted: Session) -> None:
    """A loose tolerance stops sooner; a tight one goes on; the square root is the default metric."""
    shown = fitted.run("xtmixed y x || g:, noheader nofetable norettable nolrtest emlog")
    loose = fitted.run("xtmixed y x || g:, noheader nofetable norettable nolrtest emlog emtolerance(.1)")
    assert 0 < em_steps(loose) < em_steps(shown)
    shown = fitted.run("xtmixed y x || g:, noheader emiterate(0)")
    loose = fitted.run(
        "xtmixed y x || g:, noheader emiterate(0) tolerance(1) ltolerance(1) nrtolerance(1) nonrtolerance"
    )
    assert loose.count("Iteration") < shown.count("Iteration")
    with pytest.raises(StataError) as negative:
        fitted.run("xtmixed y x || g:, tolerance(-1)")
    assert negative.value.code == 198
    fitted.run("xtmixed y x || g:, matsqrt nolog")
    assert fitted.e["optmetric"] == "matsqrt"
