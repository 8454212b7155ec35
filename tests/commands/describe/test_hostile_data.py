"""Commands on data that nobody plans for: each ends in a result or a message; no number is NaN or infinite.

`hostile.txt` has the commands, one a line. What they compute is tested elsewhere.
"""

from pathlib import Path

import numpy as np
import pytest

from xmixed import Session, StataError

COMMANDS = (Path(__file__).parent / "hostile.txt").read_text(encoding="utf-8").splitlines()

NAMES = ("x", "y", "g", "h", "s", "b", "w")
PANELS = ("int((_n - 1) / 4)", "mod(_n, 4)")
ONE_PANEL = ("1", "_n")
HALVES, THIRDS = "mod(_n, 2)", "mod(_n, 3)"
MIXED = ("_n", "mod(_n * 7, 5)")
DATA = {
    "no observations": (0, ONE_PANEL, "1", "2", "1", "1", '"a"', "1", "1"),
    "all missing": (8, ONE_PANEL, ".", ".", ".", ".", '""', ".", "1"),
    "one observation": (1, ONE_PANEL, "3", "2", "1", "1", '"a"', "1", "1"),
    "two observations": (2, ONE_PANEL, "_n", "-_n", "_n - 1", "_n", "string(_n)", "_n - 1", "_n"),
    "one group": (12, ONE_PANEL, *MIXED, "1", "1", '"a"', HALVES, "1"),
    "constants": (12, PANELS, "5", "5", HALVES, THIRDS, '"a"', "1", "1"),
    "huge": (
        12,
        PANELS,
        "cond(mod(_n, 2), -8e307, 8e307)",
        "1e300 * _n",
        HALVES,
        THIRDS,
        '"a"',
        HALVES,
        "1e300",
    ),
    "tiny": (12, PANELS, "1e-300 * _n", "1e-320 * mod(_n, 5)", HALVES, THIRDS, '"a"', HALVES, "1e-300"),
    "extended missing values": (
        12,
        PANELS,
        "cond(_n < 4, .a, cond(_n == 4, .z, _n))",
        "cond(inrange(_n, 2, 5), 3, .b)",
        "cond(inlist(_n, 5, 6), .c, mod(_n, 2))",
        ".d",
        'cond(inrange(_n, 4, 7), "q", "")',
        "cond(_n == 1, .a, mod(_n, 2))",
        "cond(_n == 7, .a, 1)",
    ),
    "weights of zero": (12, PANELS, *MIXED, HALVES, THIRDS, "string(_n)", HALVES, "0"),
    "plain": (20, PANELS, "_n^1.5", "mod(_n * 7, 5)", HALVES, THIRDS, "string(mod(_n, 3))", HALVES, THIRDS),
}


def session_with(name: str) -> Session:
    """Return a session with one of the datasets: panels id and t, and the variables above."""
    size, (panel, time), *formulas = DATA[name]
    session = Session()
    session.run(f"set obs {size or 1}\nset type double\ngen id = {panel}\ngen t = {time}")
    for variable, formula in zip(NAMES, formulas, strict=True):
        session.run(f"gen {variable} = {formula}")
    session.run("set type float\nxtset id t")
    if not size:
        session.run("drop in 1")
    return session


@pytest.mark.parametrize("name", DATA)
def test_no_command_stumbles(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = session_with(name)
    data, ended = session.data, 0
    for command in COMMANDS:
        session.data = data
        try:
            session.run(command)
            ended += 1
        except StataError:
            continue
        saved = list(session.r.scalars.values())
        assert np.isfinite(saved).all(), command
        for variable in session.data:
            assert len(variable.values) == session.data.n_obs, command
            assert variable.is_string or np.isfinite(variable.to_double()).all(), command
    assert ended > 200  # most of the commands do not fail on any of the data


def test_sums_beyond_the_largest_number_are_missing():
    session = session_with("huge")
    session.run("summarize x if x > 0\negen z = total(x) if x > 0\ncollapse (sum) x if x > 0")
    assert session.data["x"].values[0] >= 2.0**1023
