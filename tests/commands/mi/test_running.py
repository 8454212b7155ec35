"""mi xeq and mi passive: every imputation in turn, whatever the style."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.commands.mi.conftest import column
from xmixed.interpreter.session import Session

STYLES = ("mlong", "flong", "wide")


@pytest.mark.parametrize("style", STYLES)
def test_commands_run_on_the_datasets_that_are_named(patients: Session, style: str) -> None:
    patients.run(f"mi convert {style}, clear")
    said = patients.run('mi xeq 0 2: quietly summarize b; display r(N) " " r(mean) ";"')
    command = '-> quietly summarize b\n-> display r(N) " " r(mean) ";"\n'
    assert said == f"\nm=0 data:\n{command}4 3.25;\n\nm=2 data:\n{command}6 6.1666667;\n"
    assert patients.run("mi xeq: count if b > 10").count("m=") == 3


@pytest.mark.parametrize("style", STYLES)
def test_passive_variables_follow_what_was_imputed(patients: Session, style: str) -> None:
    patients.run(f"mi convert {style}, clear")
    assert patients.run("mi passive: generate b2 = b^2") == "m=0:\n(2 missing values generated)\nm=1:\nm=2:\n"
    assert [column(patients, "b2", m) for m in (0, 1, 2)] == [
        [1, 4, None, 16, None, 36],
        [1, 4, 121, 16, 121, 36],
        [1, 4, 144, 16, 144, 36],
    ]
    patients.run("mi pas, nopreserve: replace b2 = -b2 if g")
    assert column(patients, "b2", 2) == [-1, 4, -144, 16, -144, 36]
    patients.run("mi passive: by g (b), sort: generate rank = _n if id != 1")
    assert column(patients, "rank", 1) == [None, 1, 2, 2, 3, 3]
    assert column(patients, "id", 1) == [1, 2, 3, 4, 5, 6]
    patients.run("mi pas: egen high = rowmax(b id)")
    assert column(patients, "high", 2) == [1, 2, 12, 4, 12, 6]
    assert patients.run("mi update") == ""


def test_changes_stay_as_far_as_the_original_data_allow(patients: Session) -> None:
    patients.run("mi convert flong, clear")
    patients.run("mi xeq: generate level = b > 5")
    assert column(patients, "level", 1) == [0, 0, 1, 0, 1, 1]
    said = patients.run("mi xeq 1: quietly replace g = 7; quietly replace b = 20 if id == 3")
    assert "(regular variable g updated in m>0)" in said
    assert column(patients, "g", 1) == [1, 0, 1, 0, 1, 0]
    assert column(patients, "b", 1) == [1, 2, 20, 4, 11, 6]
    patients.run("mi xeq 0: quietly drop if id == 3")
    assert column(patients, "b", 2) == [1, 2, 4, 12, 6]
    assert column(patients, "b", 1) == [1, 2, 4, 11, 6]


def test_what_is_estimated_stays_in_e(patients: Session) -> None:
    patients.run("mi xeq 1: regress b id")
    assert patients.e["N"] == 6
    assert patients.run("mi xeq 2: regress b id").startswith("\nm=2 data:\n-> regress b id\n")
    assert patients.data["_mi_m"].values.tolist() == [0] * 6 + [1, 1, 2, 2]


def test_data_are_those_of_all_imputations_after_a_failure(
    patients: Session, refused: Callable, folder
) -> None:
    """Also where a command keeps what it did: r(9) of merge leaves the merged data, but not here."""
    patients.run("preserve\nclear\nset obs 2\ngenerate id = _n\nsave two\nrestore")
    assert refused(patients, "mi xeq 1: merge 1:1 id using two, assert(match)")[0] == 9
    assert patients.data.n_obs == 10
    patients.run("mi xeq 1: regress b id")
    assert patients.run("predict fitted, xb") == ""
    assert patients.run("count if e(sample)") == "    0\n"


def test_what_may_not_run(patients: Session, fails: Callable) -> None:
    assert fails(patients, "mi xeq 3: summarize") == (198, "m=3 invalid; M=2")
    assert fails(patients, "mi xeq 0")[0] == 100
    assert fails(patients, "mi xeq:")[0] == 198
    assert fails(patients, "mi nothing: summarize") == (198, "mi nothing: subcommand not found")
    assert fails(patients, "mi xeq: summarize nothing")[0] == 111
    assert fails(patients, "mi xeq 0: drop _mi_id")[0] == 111
    assert fails(patients, "mi xeq 0: expand 2")[0] == 459
    assert fails(patients, "mi passive: summarize b")[0] == 198
    assert fails(patients, "mi passive: by g, sort: summarize b")[0] == 198
    assert fails(patients, "mi passive: replace id = 2")[:2] == (198, "variable id not registered as passive")
    assert fails(patients, "mi passive, other: generate c = 1")[0] == 198
