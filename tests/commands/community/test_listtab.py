"""listtab, statsmat: files and matrices, against pandas and numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xmixed.interpreter.session import Session


@pytest.fixture
def schools(session: Session) -> Session:
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"school": [1.0, 1, 2, 2, 2, 3], "score": random.normal(50, 9, 6).round(1)})
    frame["size"] = [10.0, np.nan, 30, 40, np.nan, 60]
    session.use(frame)
    session.run('label define s 1 "North" 2 "South & East" 3 "West"\nlabel values school s')
    session.run('gen str note = cond(_n == 1, "a", "b")')
    return session


def test_rows_for_latex(schools: Session) -> None:
    score = schools.data["score"].to_double()
    lines = schools.run(
        'listtab school note score in 1/2, type rstyle(tabular) headlines("top") footlines("end 1" "end 2")'
    ).splitlines()
    assert lines == ["top", f"North&a&{score[0]:g}\\\\", f"North&b&{score[1]:g}\\\\", "end 1", "end 2"]


def test_files(schools: Session, folder: Path) -> None:
    schools.run("listtab school size using rows.txt, nolabel missnum(-) delimiter(;)")
    expected = "1;10\n1;-\n2;30\n2;40\n2;-\n3;60\n"
    assert Path("rows.txt").read_text() == expected
    schools.run("listtab school if school == 3, appendto(rows.txt) rstyle(html)")
    assert Path("rows.txt").read_text() == expected + "<tr><td>West</td></tr>\n"
    schools.run("listtab note in 1 using rows.txt, replace begin(<) end(>)")
    assert Path("rows.txt").read_text() == "<a>\n"


def test_statistics(schools: Session) -> None:
    schools.run(
        "statsmat score size, statistics(n mean median variance semean iqr p25) matrix(A) format(%8.3f)"
    )
    score = schools.data["score"].to_double()
    found = schools.matrices["A"]
    assert found.row_names == ["score", "size"]
    assert found.column_names == "n mean median variance semean iqr p25".split()
    quartiles = np.percentile(score, [25, 75], method="averaged_inverted_cdf")
    expected = [6, score.mean(), np.median(score), score.var(ddof=1), score.std(ddof=1) / 6**0.5]
    assert found.values[0] == pytest.approx([*expected, np.diff(quartiles)[0], quartiles[0]], rel=1e-12)
    assert found.values[1, 0] == 4
    schools.run("statsmat score size, listwise xpose matrix(B)")
    assert schools.matrices["B"].row_names == ["n", "mean", "sd"]
    assert schools.matrices["B"].values[0].tolist() == [4, 4]


def test_groups(schools: Session) -> None:
    text = schools.run("statsmat score, by(school) statistics(mean max)")
    score, school = (schools.data[name].to_double() for name in ("score", "school"))
    cells = [line.split() for line in text.splitlines() if line]
    rows = {row[0]: row[1:] for row in cells}
    assert [float(cell) for cell in rows["North"]] == pytest.approx(
        [score[school == 1].mean(), score[school == 1].max()], rel=1e-5
    )
    assert "__statsmat" not in schools.matrices


def test_refusals(schools: Session, refused) -> None:
    assert refused(schools, "listtab school")[0] == 198
    assert refused(schools, "listtab school, type rstyle(rtf)")[0] == 198
    assert refused(schools, "listtab school, type vspec(x)")[0] == 198
    assert refused(schools, "statsmat score, statistics(mode)")[0] == 198
    assert refused(schools, "statsmat score size, by(school)")[0] == 198
    assert refused(schools, "statsmat score if school > 9")[0] == 2000
