"""mi import and mi export: the same imputations from every form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.commands.mi.conftest import column
from xmixed.data.imputed.styles import read
from xmixed.interpreter.session import Session

STACKED = """
clear
input id m b c
1 0 1 1
2 0 . .
1 1 1 1
2 1 5 25
2 2 6 36
1 2 1 1
end
"""
SIDE_BY_SIDE = """
clear
input id b b1 b2 c c1 c2
1 1 1 1 1 1 1
2 . 5 6 . 25 36
end
"""
NOTE = "(1 m=0 obs. now marked as incomplete)\n"


def check(session: Session, names: list[str]) -> None:
    found = read(session.data).imputations
    assert (found.count, found.imputed, found.passive) == (2, ("b",), ("c",))
    assert found.base.names == names
    assert [column(session, "b", m) for m in (0, 1, 2)] == [[1, None], [1, 5], [1, 6]]
    assert [column(session, "c", m) for m in (0, 1, 2)] == [[1, None], [1, 25], [1, 36]]


def test_flong(session: Session, refused: Callable) -> None:
    session.run(STACKED)
    assert refused(session, "mi import flong, m(m) id(id)")[0] == 4
    assert session.run("mi import flong, m(m) id(id) imputed(b) passive(c) clear") == NOTE
    check(session, ["id", "b", "c"])
    assert read(session.data).imputations.style == "flong"
    assert refused(session, "mi import flong, m(m) id(id) clear")[0] == 119


def test_wide(session: Session, refused: Callable) -> None:
    session.run(SIDE_BY_SIDE)
    assert session.run("mi import wide, imputed(b=(b1 b2)) passive(c = c1 c2) clear drop") == NOTE
    check(session, ["id", "b", "c"])
    session.run(SIDE_BY_SIDE)
    session.run("mi import wide, imputed(b=b1-b2) passive(c=c1 c2) clear")
    check(session, ["id", "b", "b1", "b2", "c", "c1", "c2"])
    session.run(SIDE_BY_SIDE)
    assert refused(session, "mi import wide, imputed(b=b1 b1) clear")[0] == 198
    assert refused(session, "mi import wide, imputed(b=b1 c=c1 c2) clear")[0] == 198
    assert refused(session, "mi import wide, imputed(b1 b2) clear")[0] == 198
    assert refused(session, "mi import wide, clear")[0] == 198
    session.run("mi import wide, imputed(b=b1 b1) dupsok clear")
    assert column(session, "b", 2) == [1, 5]


def test_ice(session: Session, refused: Callable) -> None:
    session.run(STACKED + "rename m _mj\nrename id _mi\n")
    kept = session.data
    session.run("mi import ice, imputed(b) passive(c) clear")
    check(session, ["b", "c"])
    session.data = kept
    assert session.run("mi import ice, automatic clear") == NOTE
    assert read(session.data).imputations.imputed == ("b", "c")
    assert refused(session, "mi export ice")[0] == 4
    session.run("mi export ice, clear")
    assert session.data.names == ["b", "c", "_mj", "_mi"]
    session.run("mi import ice, imputed(b) passive(c) clear")
    check(session, ["b", "c"])
    session.run("mi extract 1, clear")
    assert refused(session, "mi import ice, clear")[0] == 111


def test_flongsep(session: Session, folder, refused: Callable) -> None:
    for m in range(3):
        session.run(f"{STACKED}keep if m == {m}\ndrop m\nsave part{m}\n")
    files = "using(part0 part1 part2)"
    assert session.run(f"mi import flongsep own, {files} id(id) imputed(b) passive(c) clear") == NOTE
    check(session, ["id", "b", "c"])
    assert refused(session, f"mi import flongsep own, {files} id(id) clear")[0] == 602
    assert refused(session, "mi import flongsep other, id(id) clear")[0] == 198
    session.run("mi convert mlong")
    check(session, ["id", "b", "c"])


def test_what_cannot_be_imported(session: Session, refused: Callable) -> None:
    session.run(STACKED)
    session.run("generate k = 1")
    assert refused(session, "mi import nhanes1") == (198, "mi import nhanes1 is not implemented in xmixed")
    assert refused(session, "mi import mim") == (198, "mi import mim is not implemented in xmixed")
    assert refused(session, "mi import")[0] == 198
    assert refused(session, "mi import flong, m(m) clear") == (198, "option id() required")
    assert refused(session, "mi import flong, m(m) id(id) drop clear") == (198, "option drop not allowed")
    assert refused(session, "mi import flong, m(m) id(k) clear")[0] == 459
    assert refused(session, "mi import flong, m(id) id(m) clear")[0] == 459
    for wrong in ("m + 1", "cond(m == 2, ., m)", "m / 2", "m - 1", "1000000 * m"):
        session.run(f"generate wrong = {wrong}")
        assert refused(session, "mi import flong, m(wrong) id(id) clear")[0] == 459
        session.run("drop wrong")
    session.run("generate s = string(m)")
    assert refused(session, "mi import flong, m(s) id(id) clear")[0] == 109
    session.run("mi set wide")
    assert refused(session, "mi export nhanes1")[0] == 198
    assert refused(session, "mi export")[0] == 198


@pytest.mark.parametrize("style", ("mlong", "wide", "flong"))
def test_exported_data_come_back(patients: Session, style: str) -> None:
    patients.run(f"mi convert {style}, clear\nmi export ice, clear\nmi import ice, automatic clear")
    assert column(patients, "b", 2) == [1, 2, 12, 4, 12, 6]
    assert read(patients.data).imputations.imputed == ("b",)
