"""Functions that look at the data's time variable; codes of names by sound."""

from __future__ import annotations

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def years() -> Session:
    session = Session()
    session.run("set obs 10\ngenerate t = 1999 + _n\ngenerate m = ym(2000, _n)\nformat m %tm\ntsset t")
    session.run("generate d = td(01jan2000) + _n\nformat d %td")
    return session


@pytest.mark.parametrize(
    ("time", "condition", "expected"),
    [
        ("t", "tin(2002, 2004)", [3, 4, 5]),
        ("t", "twithin(2002, 2004)", [4]),
        ("t", "tin(,2001)", [1, 2]),
        ("t", "tin(2008,) & t < 2009", [9]),
        ("m", "tin(2000m3,2000m4)", [3, 4]),
        ("d", "tin(05jan2000, 7jan2000)", [4, 5, 6]),
        ("d", "!twithin(03/01/2000,)", [1, 2]),
    ],
)
def test_a_stretch_of_time(years: Session, time: str, condition: str, expected: list[int]):
    years.run(f"tsset {time}\ngenerate yes = {condition}")
    assert [row + 1 for row, yes in enumerate(years.data["yes"].values) if yes] == expected


def test_a_stretch_of_time_in_lines_of_one_shape(years: Session):
    for first, last in ((2001, 2003), (2002, 2002), (2005, 2009)):
        years.run(f"count if tin({first},{last})")
        assert years.r["N"] == last - first + 1


def test_missing_times_are_in_no_stretch(years: Session):
    years.run("replace t = . in 10\ncount if tin(2005,)")
    assert years.r["N"] == 4


@pytest.mark.parametrize("prepare, code", [("tsset, clear", 111), ("display 1", 198)])
def test_refusals(years: Session, prepare: str, code: int):
    years.run(prepare)
    with pytest.raises(StataError) as caught:
        years.run("count if tin(nonsense,)")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "plain", "census"),
    [  # the published examples of the National Archives, and of Knuth (1973)
        ("Robert", "R163", "R163"),
        ("Rupert", "R163", "R163"),
        ("Ashcraft", "A226", "A261"),
        ("Tymczak", "T522", "T522"),
        ("Pfister", "P236", "P236"),
        ("Lee", "L000", "L000"),
        ("Gutierrez", "G362", "G362"),
        ("Jackson", "J250", "J250"),
        ("VanDeusen", "V532", "V532"),
        ("12", "", ""),
    ],
)
def test_soundex(name: str, plain: str, census: str):
    shown = Session().run(f'display soundex("{name}") "," soundex_nara("{name}")')
    assert shown == f"{plain},{census}\n"
