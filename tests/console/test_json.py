"""`--json`: one object on standard output."""

from __future__ import annotations

import json
from pathlib import Path

from tests.console.conftest import Console


def test_one_liners(console: Console) -> None:
    done = console("--json", "-c", "display 1", "-c", "display 2")
    value = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert value["rc"] == 0 and value["error"] is None
    assert value["output"] == ["1\n", "2\n"]
    assert set(value["e"]) == set(value["r"]) == {"scalars", "macros", "matrices"}


def test_failure(console: Console) -> None:
    done = console("--json", "-c", "display 1", "-c", "foo")
    value = json.loads(done.stdout)
    assert done.returncode == 1 and value["rc"] == 199
    assert value["error"] == {
        "code": 199,
        "message": "unrecognized command:  foo",
        "help": ["  foo", "  ^^^", "help lists the commands that are there"],
    }
    assert value["output"] == ["1\n", ""]


def test_do_file_with_estimates(console: Console, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text(
        "* data\nsysuse sleepstudy\nxtmixed reaction days || subject: days, cov(un)\nsummarize reaction\n"
    )
    for arguments in (["--json", "a.do"], ["a.do", "--json"], ["--json", "do", "a"]):
        done = console(*arguments)
        value = json.loads(done.stdout)
        assert value["rc"] == 0 and len(value["output"]) == 3
    e = value["e"]
    assert abs(e["scalars"]["ll"] - -875.9697) < 1e-4
    assert e["macros"]["cmd"] == "xtmixed"
    b = e["matrices"]["b"]
    assert b["column_names"] == [
        "reaction:days",
        "reaction:_cons",
        "lns1_1_1:_cons",
        "lns1_1_2:_cons",
        "atr1_1_1_2:_cons",
        "lnsig_e:_cons",
    ]
    assert len(b["row_names"]) == len(b["values"]) == 1
    assert value["r"]["scalars"]["N"] == 180


def test_missing_values_are_null(console: Console) -> None:
    value = json.loads(
        console("--json", "-c", "set obs 2", "-c", "generate x = .", "-c", "summarize x").stdout
    )
    assert value["error"] is None
    assert value["r"]["scalars"]["N"] == 0
    assert all(number is None or isinstance(number, float) for number in value["r"]["scalars"].values())
