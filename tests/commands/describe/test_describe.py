"""describe, ds, codebook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

RULE = "-" * 79


def test_describe_of_data_from_nowhere(pigs):
    assert pigs.run("describe").splitlines() == [
        "",
        "Contains data",
        "  obs:             6                          Six weighings",
        " vars:             5                          ",
        " size:            72                          ",
        RULE,
        "              storage  display     value",
        "variable name   type   format      label      variable label",
        RULE,
        "id              byte   %8.0g                  ",
        "week            int    %8.0g                  ",
        "weight          float  %9.0g                  weight in kg",
        "name            str4   %9s                    ",
        "sex             byte   %8.0g       sex        ",
        RULE,
        "Sorted by:  id  week",
    ]
    assert pigs.r.scalars == {"N": 6.0, "k": 5.0, "width": 12.0, "changed": 0.0}


def test_describe_varlist_has_no_frame(pigs):
    assert pigs.run("describe wei").splitlines() == [
        "",
        "              storage  display     value",
        "variable name   type   format      label      variable label",
        RULE,
        "weight          float  %9.0g                  weight in kg",
    ]


def test_describe_nothing(session):
    assert session.run("describe").splitlines()[-1] == "Sorted by:  "
    assert session.run("describe, short").splitlines()[1] == "Contains data"


def test_long_texts(session):
    session.run("set obs 1\ngen averyveryverylongname = 1")
    session.run('label var averyveryverylongname "log(bldg/other component of public)"')
    session.run('label data "National Longitudinal Survey.  Young Women 14-26 years of age in 1968"')
    lines = session.run("describe").splitlines()
    assert lines[2:5] == [
        "  obs:             1                          National Longitudinal Survey.",
        " " * 48 + "Young Women 14-26 years of age",
        " " * 48 + "in 1968",
    ]
    assert lines[11] == "averyveryvery~e float  %9.0g                  log(bldg/other component of"
    assert lines[12] == " " * 48 + "public)"
    full = session.run("describe averyveryverylongname, fullnames").splitlines()
    rest = "float  %9.0g                  log(bldg/other component of"
    assert full[4:6] == ["averyveryverylongname", " " * 16 + rest]


def test_notes_and_change_show(pigs):
    pigs.run("notes: first\nnotes weight: second")
    lines = pigs.run("describe").splitlines()
    assert lines[4] == " size:            72                          (_dta has notes)"
    assert lines[11] == "weight          float  %9.0g                * weight in kg"
    assert lines[14] == " " * 44 + "* indicated variables have notes"
    assert lines[-1] == "     Note:  dataset has changed since last saved"


def test_control_characters_do_not_reach_the_terminal(pigs):
    pigs.data = pigs.data.with_variables(replace(pigs.data["weight"], label="red\x1b[31m alert\x07"))
    text = pigs.run("describe\ncodebook weight")
    assert "\x1b" not in text and "\x07" not in text
    assert "red[31m alert" in text


def test_numbers_simple_and_ds(pigs):
    assert pigs.run("describe, numbers").splitlines()[9] == "  1. id         byte   %8.0g                  "
    assert pigs.run("describe, simple") == pigs.run("ds") == "id      week    weight  name    sex\n"
    assert pigs.r["varlist"] == "id week weight name sex"
    pigs.run("ds w*")
    assert pigs.r["varlist"] == "week weight"


def test_describe_using(pigs, folder: Path, fails):
    pigs.run("save pigs")
    pigs.run("clear")
    lines = pigs.run("describe using pigs").splitlines()
    assert lines[1] == "Contains data                                 Six weighings"
    assert lines[2].startswith("  obs:             6                          ")
    assert lines[-1] == "Sorted by:  id  week"
    assert not pigs.data.variables
    assert fails(pigs, "describe using nosuch") == (601, "file nosuch.dta not found")


def test_refusals(pigs, fails):
    assert fails(pigs, "describe foo") == (111, "variable foo not found")
    assert fails(pigs, "describe, numbers fullnames")[0] == 198
    assert fails(pigs, "describe, foo") == (198, "option foo not allowed")


def test_codebook_numeric(session):
    session.run('set obs 21\ngen int mpg = _n\nlabel var mpg "Mileage (mpg)"')
    assert session.run("codebook mpg").splitlines() == [
        "",
        "-" * 79,
        "mpg" + " " * 63 + "Mileage (mpg)",
        "-" * 79,
        "",
        "                  type:  numeric (int)",
        "",
        "                 range:  [1,21]                       units:  1",
        "         unique values:  21                       missing .:  0/21",
        "",
        "                  mean:        11",
        "              std. dev:   6.20484",
        "",
        "           percentiles:        10%       25%       50%       75%       90%",
        "                                 3         6        11        16        19",
    ]


def test_codebook_labelled_and_strings(pigs):
    text = pigs.run("codebook sex name")
    assert "                 label:  sex\n" in text
    assert "            tabulation:  Freq.   Numeric  Label\n" in text
    assert "                             2         0  male\n" in text
    assert '         unique values:  6                       missing "":  0/6\n' in text
    assert '                             1  "pig1"\n' in text
    compact = pigs.run("codebook weight, compact").splitlines()
    assert compact[1] == "Variable   Obs Unique  Mean   Min   Max  Label"
    assert compact[3] == "weight       5      5  23.5  21.5  25.5  weight in kg"


def test_codebook_units_follow_the_storage_type(session):
    session.run("set obs 12\ngen x = _n/10\ngen double y = _n/100\nreplace x = .a in 1")
    assert "units:  .1" in session.run("codebook x")
    assert "units:  .01" in session.run("codebook y")
    assert "       unique mv codes:  1                       missing .*:  1/12" in session.run("codebook x")


def test_codebook_tabulates_up_to_a_number_of_values(pigs):
    assert "tabulation:" in pigs.run("codebook id, tabulate(3)")
    assert "tabulation:" not in pigs.run("codebook id, tabulate(2)")
