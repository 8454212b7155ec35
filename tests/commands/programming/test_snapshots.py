"""snapshot: what is said of data set aside; what they hold is in the corpus."""

import re

STAMP = r"\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}"


def test_snapshots_are_described(pigs):
    said = pigs.run('snapshot save, label("six")')
    assert re.fullmatch(rf"snapshot 1 \(six\) created at {STAMP}\n", said)
    assert re.fullmatch(rf"snapshot 2 created at {STAMP}\n", pigs.run("snapshot save"))
    pigs.run('snapshot label 2 "again"')
    assert "snapshot 2 (again)" in pigs.run("snapshot list 2") and pigs.run("snapshot list").count("\n") == 2


def test_data_come_back_as_they_were(pigs):
    before = pigs.data
    pigs.run("snapshot save\nreplace id = 7\nnote: lost\nsnapshot restore 1")
    assert pigs.data is before


def test_a_failing_command_forgets_none(pigs, fails):
    pigs.run("snapshot save")
    assert fails(pigs, "snapshot erase 1 2")[0] == 198
    pigs.run("snapshot restore 1")
