"""table: layouts (FORMAT-data.md, section 8), figures against numpy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.statistics.grouped import with_margins


@pytest.fixture
def people(session):
    """Occupation by education and sex, some cells empty."""
    random = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "occ": random.integers(0, 3, 60),
            "educ": random.integers(0, 2, 60),
            "sex": random.integers(0, 2, 60),
            "weight_": random.integers(40, 90, 60),
            "age_": random.integers(18, 70, 60).astype(float),
        }
    )
    frame = frame[~((frame.occ == 0) & (frame.educ == 0))]
    session.use(frame)
    session.run('label define occ 0 "EMPLOYED" 1 "RETIRED" 2 "UNEMPLOYED"\nlabel values occ occ')
    session.run('label define educ 0 "NONE" 1 "UNIVERSITY"\nlabel values educ educ')
    session.run('label define sex 0 "Female" 1 "Male"\nlabel values sex sex')
    session.run(
        'label variable occ "OCCUPATION"\nlabel variable educ "Education Level"\nformat weight_ age_ %8.0g'
    )
    return session


def column(session, name):
    return session.data[name].to_double()


def test_frequencies(people):
    n = np.bincount(column(people, "occ").astype(int))
    assert people.run("table occ").splitlines() == [
        "",
        "-----------------------",
        "OCCUPATION |      Freq.",
        "-----------+-----------",
        f"  EMPLOYED |{n[0]:11d}",
        f"   RETIRED |{n[1]:11d}",
        f"UNEMPLOYED |{n[2]:11d}",
        "-----------------------",
    ]
    assert people.run("table occ, row").splitlines()[-2] == f"     Total |{len(column(people, 'occ')):11d}"


def test_contents_across(people):
    lines = people.run("table occ, contents(mean weight_ mean age_)").splitlines()
    assert lines[1] == "-" * 41
    assert lines[2] == "OCCUPATION | mean(weight_)     mean(age_)"
    retired = column(people, "occ") == 1
    w, age = (column(people, name)[retired].mean() for name in ("weight_", "age_"))
    assert [float(text) for text in lines[5].split()[2:]] == pytest.approx([w, age], rel=1e-5)
    people.run('label variable occ "what they do for a living"')
    heads = people.run("table occ").splitlines()[2:5]
    assert [head[:11] for head in heads] == ["what they  ", "do for a   ", "living     "]


def test_two_ways(people):
    lines = people.run("table occ educ, c(mean weight_ sd weight_ freq) format(%6.1f) row col").splitlines()
    assert lines[1] == "-" * (12 + 1 + 3 * 10 + 4)
    assert lines[2] == "           |" + "Education Level".center(35).ljust(35)
    assert lines[3] == "OCCUPATION |       NONE  UNIVERSITY       Total"
    assert lines[5].startswith("  EMPLOYED |             ") and lines[8] == "           | "
    x, occ, educ = (column(people, name) for name in ("weight_", "occ", "educ"))
    inside = x[(occ == 2) & (educ == 0)]
    at = next(i for i, line in enumerate(lines) if line.startswith("UNEMPLOYED"))
    shown = [float(lines[at + i].split("|")[1].split()[0]) for i in range(3)]
    assert shown == pytest.approx([inside.mean(), inside.std(ddof=1), len(inside)], abs=0.051)
    assert lines[-4].startswith("     Total |")
    assert float(lines[-4].split()[-1]) == pytest.approx(x.mean(), abs=0.051)


def test_superrows(people):
    lines = people.run("table occ educ, by(sex) c(mean weight_) format(%9.3f) concise").splitlines()
    assert [line[:12] for line in lines[2:5]] == ["sex        |", "and        |", "OCCUPATION |"]
    assert lines[6] == "Female     |" and "Male       |" in lines
    assert lines[lines.index("Male       |") - 1] == lines[5]


def test_statistics_and_weights(people, refused):
    people.run("table occ, c(median age_ p25 age_ iqr age_ max age_ min age_)")
    lines = people.run("table occ [fw=weight_], c(freq mean age_ rawsum age_ n age_)").splitlines()
    assert (
        lines[2] == "OCCUPATION |      Freq.   mean(age_)  rawsum(age_)       N(age_)"
        or "rawsum(age_)" in lines[2]
    )
    occ, w, age = (column(people, name) for name in ("occ", "weight_", "age_"))
    first = occ == 0
    shown = [float(text.replace(",", "")) for text in lines[4].split()[2:]]
    assert shown[0] == w[first].sum() and shown[2] == age[first].sum() and shown[3] == w[first].sum()
    assert shown[1] == pytest.approx(np.average(age[first], weights=w[first]), rel=1e-5)
    people.run("table occ [pw=weight_], c(mean age_)")
    assert refused(people, "table occ [pw=weight_], c(sd age_)") == (101, "pweights not allowed")


def test_widths_and_missing(people):
    lines = people.run("table occ educ, cellwidth(6) csepwidth(1) stubwidth(12)").splitlines()
    assert len(lines[1]) == 14 + 1 + 6 + 1 + 6 and "UNIVER" in lines[4]
    people.run("replace occ = . in 1/3")
    assert "." in people.run("table occ, missing").splitlines()[-2]
    wide = people.run("table weight_ age_ if weight_ < 60, column").splitlines()
    assert max(map(len, wide)) <= 80 and wide.count("") > 1


def test_refusals(people, refused):
    assert refused(people, "table") == (100, "varlist required")
    assert refused(people, "table occ, c(foo age_)") == (198, "unknown statistic: foo")
    assert refused(people, "table occ, c(mean)") == (198, "option contents() incorrectly specified")
    assert refused(people, "table occ educ sex age_")[0] == 103
    assert refused(people, "table occ, by(sex sex sex sex sex)")[0] == 103
    assert refused(people, "table occ, replace name(occ weight)")[0] == 198
    assert refused(people, "table occ, c(freq freq freq freq freq freq)")[0] == 198
    assert people.run("table occ if occ > 5") == "no observations\n"


def test_margins_of_any_number_of_ways():
    random = np.random.default_rng(0)
    x = random.normal(size=200)
    codes = [random.integers(0, k, 200) for k in (2, 3, 2)]
    mean = with_margins(x, codes, (2, 3, 2), None, "", ["mean"])["mean"]
    assert mean.shape == (3, 4, 3)
    assert mean[1, 2, 0] == pytest.approx(x[(codes[0] == 1) & (codes[1] == 2) & (codes[2] == 0)].mean())
    assert mean[2, 1, 2] == pytest.approx(x[codes[1] == 1].mean())
    assert mean[2, 3, 2] == pytest.approx(x.mean())


def test_supercolumns(people):
    lines = people.run("table occ educ sex, contents(mean weight_) format(%9.3f)").splitlines()
    assert lines[1:6] == [
        "-" * 61,
        "           |             sex and Education Level             ",
        "           | ------- Female -------    -------- Male --------",
        "OCCUPATION |       NONE  UNIVERSITY          NONE  UNIVERSITY",
        "-----------+" + "-" * 49,
    ]
    occ, educ, sex, weight = (column(people, name) for name in ("occ", "educ", "sex", "weight_"))
    means = [weight[(occ == 1) & (sex == s) & (educ == e)].mean() for s in (0, 1) for e in (0, 1)]
    assert lines[7] == "   RETIRED | {:10.3f}  {:10.3f}    {:10.3f}  {:10.3f}".format(*means)
    lines = people.run("table occ educ sex, row column scolumn scsepwidth(6) left").splitlines()
    assert lines[3] == "           | ------------- Female -------------" and "-- Total --" in "\n".join(lines)
    assert lines[4].startswith("OCCUPATION | NONE        UNIVERSITY  Total")


def test_supercolumns_stay_together(people):
    people.run("set linesize 50")
    heads = [line for line in people.run("table occ educ sex").splitlines() if "---- " in line]
    assert len(heads) == 2 and "Female" in heads[0] and "Male" in heads[1]


def test_several_superrows(people):
    lines = people.run("table occ, by(sex educ)").splitlines()
    heads = [lines[at : at + 2] for at in range(len(lines)) if lines[at].startswith(("Female", "Male"))]
    assert heads[1] == ["Female     |", "UNIVERSITY |"] and len(heads) == 4
    occ, educ, sex = (column(people, name) for name in ("occ", "educ", "sex"))
    first = lines.index("UNIVERSITY |") + 1
    assert lines[first] == f"  EMPLOYED | {((occ == 0) & (educ == 1) & (sex == 0)).sum():10d}"


def test_figures_as_data(people):
    frame = pd.DataFrame({name: column(people, name) for name in ("occ", "educ", "sex", "weight_")})
    people.run("table occ educ sex, contents(mean weight_ freq) replace name(cell)")
    cells = frame.groupby(["occ", "educ", "sex"]).weight_.agg(["mean", "size"]).reset_index()
    assert people.data.names == ["occ", "educ", "sex", "cell1", "cell2"]
    assert people.data.sorted_by == ("occ", "educ", "sex") and people.data["occ"].value_label == "occ"
    for name, expected in zip(people.data.names, cells.columns, strict=True):
        assert column(people, name) == pytest.approx(cells[expected].to_numpy(), rel=1e-14)


def test_totals_as_data_have_missing_values(people):
    people.run("preserve\ntable occ, row replace")
    assert people.data["occ"].to_double()[-1] >= 2.0**1023
    assert column(people, "table1")[-1] == column(people, "table1")[:-1].sum()


def test_figures_in_the_middle(people):
    plain, middle = (people.run(f"table occ{option}").splitlines()[4] for option in ("", ", center"))
    assert middle.split() == plain.split() and middle.endswith("    ")
