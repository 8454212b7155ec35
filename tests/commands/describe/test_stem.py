"""stem: every value can be read off the plot."""

from __future__ import annotations

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session


def _plot(session: Session, line: str) -> list[str]:
    return [row for row in session.run(line).splitlines() if " | " in f"{row} "]


def test_lines_of_a_stem(session: Session) -> None:
    session.run('set obs 9\ngenerate mpg = 12 + _n^2/3 - mod(_n^2/3, 1)\nlabel variable mpg "Mileage"')
    text = session.run("stem mpg")
    assert text.startswith("\nStem-and-leaf plot for mpg (Mileage)\n\n")
    assert text.splitlines()[3:6] == ["  1t | 23", "  1f | 5", "  1s | 7"]
    assert _plot(session, "stem mpg, lines(1)") == ["  1* | 2357", "  2* | 048", "  3* | 39"]
    assert _plot(session, "stem mpg, lines(2)")[:3] == ["  1* | 23", "  1. | 57", "  2* | 04"]


def test_leaves_of_several_digits_and_below_zero(session: Session) -> None:
    session.run("set obs 5\ngenerate p = 3000 + 299*_n\ngenerate z = _n*7 - 19")
    assert _plot(session, "stem p, digits(3) lines(1)") == ["  3*** | 299,598,897", "  4*** | 196,495"]
    # -12 -5 2 9 16
    assert _plot(session, "stem z, lines(1)") == ["  -1* | 2", "  -0* | 5", "   0* | 29", "   1* | 6"]


def test_units(session: Session) -> None:
    session.run("set obs 4\ngenerate double r = _n*.25")
    text = session.run("stem r, lines(1)")
    assert "\nr rounded to nearest multiple of .001\nplot in units of .001\n" in text
    assert _plot(session, "stem r, round(.1) lines(1)") == ["  0* | 258", "  1* | 0"]


def test_long_lines_end_with_a_count(session: Session) -> None:
    session.run("set obs 500\ngenerate c = 12")
    (row,) = _plot(session, "stem c, lines(1) prune")
    assert len(row) <= 79 and row.endswith(" ... (500)")
    assert _plot(session, "stem c if _n < 4") == ["  1t | 222"]


def test_refusals(session: Session) -> None:
    session.run('set obs 3\ngenerate x = _n\ngenerate s = "a"')
    assert fails(session, "stem s") == 109
    assert fails(session, "stem x if x > 5") == 2000
    assert fails(session, "stem x, lines(3)") == 198
    assert fails(session, "stem x, round(0)") == 198
    assert fails(session, "stem x, round(1e-300)") == 198
    assert fails(session, "stem x, truncate(1,2)") == 198
    assert fails(session, "stem") == 100
