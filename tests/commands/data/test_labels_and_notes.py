"""label, format, notes."""

from __future__ import annotations

import re

import pytest


def test_define_list_and_drop(session, fails):
    session.run('label define yn 0 "no" 1 "yes, \'indeed\'" .a "refused" -1 minus')
    assert session.run("label list").splitlines() == [
        "yn:",
        "          -1 minus",
        "           0 no",
        "           1 yes, 'indeed'",
        "          .a refused",
    ]
    assert fails(session, 'label define yn 2 "x"') == (110, "label yn already defined")
    assert fails(session, 'label define yn 0 "x", add') == (180, "invalid attempt to modify label")
    session.run('label define yn 2 "x", add\nlabel define yn 2 "y" -1 "", modify')
    assert session.data.value_labels["yn"] == {0: "no", 1: "yes, 'indeed'", 2: "y", 2147483622: "refused"}
    session.run('label define yn 5 "five", replace')
    assert session.run("label list yn") == "yn:\n           5 five\n"
    assert session.run("label dir") == "yn\n"
    assert fails(session, "label list foo") == (111, "value label foo not found")
    assert fails(session, "label drop foo") == (111, "value label foo not found")
    session.run("label drop _all")
    assert session.run("label dir") == ""


def test_define_refusals(session, fails):
    for text in ("", " define", " define 2x 1 a", " define yn 1", " define yn 1.5 a"):
        assert fails(session, f"label{text}")[0] in (100, 198)
    assert fails(session, "label define yn . a")[0] == 198
    assert fails(session, "label save yn using x")[0] == 111
    assert fails(session, 'label data "x", add') == (101, "options not allowed")
    assert fails(session, "label foo")[0] == 198


def test_values_widen_formats(pigs, fails):
    pigs.run('label define wide 1 "a label of many letters"')
    pigs.run("label values id week wide, nofix")
    assert pigs.data["id"].format == "%8.0g" and pigs.data["week"].value_label == "wide"
    pigs.run("label values id wide")
    assert pigs.data["id"].format == "%23.0g"
    pigs.run("label values id .")
    pigs.run("label val week")
    assert pigs.data["id"].value_label == pigs.data["week"].value_label == ""
    assert fails(pigs, "label values name wide") == (181, "may not label strings")
    assert fails(pigs, "label values foo wide") == (111, "variable foo not found")


def test_variable_and_data_labels(pigs, fails):
    pigs.run('label var week "the week, if any"\nlabel data')
    assert pigs.data["week"].label == "the week, if any" and pigs.data.label == ""
    pigs.run("label variable week")
    assert pigs.data["week"].label == ""
    text = pigs.run(f'label variable week "{"x" * 100}"')
    assert text == "note: label truncated to 80 characters\n" and len(pigs.data["week"].label) == 80
    assert fails(pigs, "label var week two words")[0] == 198


def test_format(pigs, fails):
    pigs.run("format weight id %9.2f\nformat %-10s name")
    assert [pigs.data[v].format for v in ("weight", "id", "name")] == ["%9.2f", "%9.2f", "%-10s"]
    assert fails(pigs, "format weight %9s") == (109, "type mismatch")
    assert fails(pigs, "format weight %foo") == (120, "invalid %format")
    assert fails(pigs, "format %9.2f") == (100, "varlist required")
    assert "weight         %9.2f\n" in pigs.run("format weight")


@pytest.mark.parametrize("fmt", ["%tdMon_dd,_CCYY", "%12,2f", "%td,CCYY", "%tdDay,_DD_Mon,_CCYY", "%-12,2gc"])
def test_formats_with_commas(pigs, fmt):
    for text in (
        f"format week {fmt}",
        f"format {fmt} week weight",
        f'format week "{fmt}"',
        f"form {fmt} week",
    ):
        pigs.run(f"format week %8.0g\n{text}")
        assert pigs.data["week"].format == fmt


def test_commas_that_belong_to_no_format(pigs, fails):
    assert fails(pigs, "format week %9.2f,x")[0] == 101
    assert fails(pigs, "format week %td,nofix")[0] == 101
    assert fails(pigs, "format week %12,2f,x")[0] == 101
    assert fails(pigs, "format week %12,2f, x")[0] == 101


def test_notes(pigs, fails):
    pigs.run("notes: about the data, if you like\nnotes weight: made TS\nnote weight: second")
    lines = pigs.run("notes").splitlines()
    assert lines[:4] == ["", "_dta:", "  1.  about the data, if you like", ""]
    assert lines[4] == "weight:" and re.fullmatch(r"  1\.  made \d{1,2} \w{3} \d{4} \d\d:\d\d", lines[5])
    assert pigs.run("notes list weight in 2").splitlines() == ["", "weight:", "  2.  second"]
    assert pigs.run("notes replace weight in 2: changed") == "(note 2 for weight replaced)\n"
    assert pigs.run("notes drop weight in 1") == "(1 note dropped)\n"
    pigs.run("notes weight: third\nnotes renumber weight")
    assert pigs.data.characteristics["weight"] == {"note0": "2", "note1": "changed", "note2": "third"}
    assert pigs.run("notes drop _all _dta") == "(3 notes dropped)\n"
    assert pigs.run("notes") == "" and not pigs.data.characteristics
    assert fails(pigs, "notes foo: text") == (111, "variable foo not found")
    assert fails(pigs, "notes weight:")[0] == 198


def test_long_notes_wrap(pigs):
    pigs.run("notes: " + "word " * 30)
    lines = pigs.run("notes").splitlines()
    assert lines[3].startswith("      word") and all(len(line) <= 80 for line in lines)


def test_variables_and_tables_of_a_copy_stay_as_they_were(pigs):
    pigs.run('label define yn 0 "no"\nnote weight: heavy')
    before = pigs.data
    known = [(v.name, v.format, v.label, v.value_label) for v in before]
    pigs.run('rename weight kilos\nformat %4.1f kilos\nlabel variable kilos "Mass"\nlabel values kilos yn')
    pigs.run('label define yn 0 "a long text", modify\nnote drop kilos\nnote week: a note')
    assert [(v.name, v.format, v.label, v.value_label) for v in before] == known
    assert before.value_labels["yn"] == {0: "no"}
    assert before.characteristics["weight"]["note1"] == "heavy" and "week" not in before.characteristics
