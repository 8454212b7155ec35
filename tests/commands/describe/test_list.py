"""list."""

from __future__ import annotations


def test_table(pigs):
    assert pigs.run("list id weight name sex").splitlines() == [
        "",
        "     +-----------------------------+",
        "     | id   weight   name      sex |",
        "     |-----------------------------|",
        "  1. |  1     22.5   pig2   female |",
        "  2. |  1     21.5   pig1   female |",
        "  3. |  2     24.5   pig4     male |",
        "  4. |  2     23.5   pig3     male |",
        "  5. |  3        .   pig6   female |",
        "     |-----------------------------|",
        "  6. |  3     25.5   pig5   female |",
        "     +-----------------------------+",
    ]


def test_clean_noobs_nolabel(pigs):
    assert pigs.run("list id sex in 1/2, clean").splitlines() == [
        "",
        "       id      sex  ",
        "  1.    1   female  ",
        "  2.    1   female  ",
    ]
    assert pigs.run("list id sex in 1/2, clean noobs nolabel").splitlines() == [
        "",
        "    id   sex  ",
        "     1     1  ",
        "     1     1  ",
    ]
    assert pigs.run("list id in 1, noobs").splitlines()[1:4] == ["  +----+", "  | id |", "  |----|"]


def test_separators(pigs, fails):
    assert [line[:6] for line in pigs.run("list id, sepby(id) noheader").splitlines()] == [
        "",
        "     +",
        "  1. |",
        "  2. |",
        "     |",
        "  3. |",
        "  4. |",
        "     |",
        "  5. |",
        "  6. |",
        "     +",
    ]
    assert pigs.run("list id, separator(0)").count("|----|") == 1
    assert fails(pigs, "list id, separator(2) sepby(id)")[0] == 198
    assert fails(pigs, "list id, clean table")[0] == 198


def test_names_are_abbreviated(session):
    session.run("set obs 1\ngen intercept = 1\ngen left = 1\nformat left %-9.0g")
    assert session.run("list").splitlines()[2] == "     | interc~t   left |"
    assert session.run("list, abbreviate(12)").splitlines()[2] == "     | intercept   left |"


def test_too_wide_becomes_blocks(session):
    session.run("set obs 1")
    for i in range(12):
        session.run(f"gen variable{i} = {i}.25")
    lines = session.run("list").splitlines()
    assert lines[2].startswith("  1. | varia~e0 | varia~e1 |")
    assert lines[4].startswith("     |----")
    assert len({len(line) for line in lines[1:]}) == 1 and len(lines[1]) <= 80
    session.run("set linesize 255")
    assert session.run("list, table").splitlines()[2].count("varia") == 12


def test_nothing_to_list(pigs, fails):
    assert pigs.run("list if id > 99") == ""
    assert fails(pigs, "list in 7") == (198, "observation numbers out of range")
    pigs.run("clear")
    assert fails(pigs, "list")[0] == 111


def test_rows_below_the_observations(pigs, fails):
    lines = pigs.run("list id weight name, mean sum N").splitlines()
    assert lines[-5:] == [
        "     |--------------------|",
        "Mean |  2     23.5        |",
        "Sum  | 12    117.5        |",
        "N    |  6        5        |",
        "     +--------------------+",
    ]
    assert pigs.run("list id weight, mean(weight) noobs").splitlines()[-2] == "Mean |        23.5 |"
    lines = pigs.run("list id name, sum(id) labvar(name) noobs clean").splitlines()
    assert lines[-1] == "    12    Sum  "
    assert pigs.run("list if id > 99, mean") == ""
    assert fails(pigs, "list, mean(nothere)")[0] == 111


def test_lines_between_columns_and_names_again(pigs):
    assert pigs.run("list id weight in 1/3, divider header(2)").splitlines() == [
        "",
        "     +-------------+",
        "     | id | weight |",
        "     |----+--------|",
        "  1. |  1 |   22.5 |",
        "  2. |  1 |   21.5 |",
        "     |----+--------|",
        "     | id | weight |",
        "     |----+--------|",
        "  3. |  2 |   24.5 |",
        "     +-------------+",
    ]


def test_what_all_observations_share_stands_above(pigs):
    lines = pigs.run("list id sex in 1/2, constant").splitlines()
    assert lines == ["", "    id = 1", "    sex = female"]
    lines = pigs.run("list id name in 1/2, constant(id)").splitlines()
    assert lines[1:4] == ["    id = 1", "", "     +------+"]


def test_widths(pigs):
    assert pigs.run("list id in 1, nocompress") == pigs.run("list id in 1, fast")
    assert pigs.run("list id in 1, nocompress").splitlines()[2] == "     |       id |"
    assert pigs.run("list name in 1, string(2)").splitlines()[4] == "  1. | pi.. |"
    assert len(pigs.run("list, linesize(40) table").splitlines()[1]) > 40
    assert all(len(line) <= 40 for line in pigs.run("list id week weight name, linesize(40)").splitlines())


def test_values_as_they_are(session):
    session.run('set obs 2\ngen str4 s = " b "\ngen x = .z\nreplace x = 1 in 1\nchar x[varname] "number"')
    assert session.run("list, nodotz notrim subvarname compress").splitlines()[2:6] == [
        "     |         s   number |",
        "     |--------------------|",
        "  1. |        b         1 |",
        "  2. |        b           |",
    ]


def test_numbers_within_by(pigs):
    within = pigs.run("by id: list week").splitlines()
    overall = pigs.run("by id: list week, absolute").splitlines()
    assert [line[:4] for line in within if line[2:4] in ("1.", "2.")] == ["  1.", "  2."] * 3
    assert [line[:4] for line in overall if "." in line[:4]] == [f"  {i}." for i in range(1, 7)]


def test_wide_characters_take_two_columns(session):
    session.run('set obs 2\ngenerate str9 s = "日本語" in 1\nreplace s = "e\u0301" in 2\ngen byte n = 1')
    assert session.run("list") == (
        "\n"
        "     +------------+\n"
        "     |      s   n |\n"
        "     |------------|\n"
        "  1. | 日本語   1 |\n"
        "  2. |      e\u0301   1 |\n"
        "     +------------+\n"
    )
    shown = session.run('display %4s "日本語" "|" %-8s "日本" "|" %~8s "日本" "|"')
    assert shown == "日本|日本    |  日本  |\n"
