"""Commands on data that nobody plans for: each ends in a result or a message, and no number is NaN or infinite.

`hostile.txt` has the commands, one a line. What they compute is tested elsewhere.
"""

from pathlib import Path

import numpy as np
import pytest

from xmixed import Session, StataError

COMMANDS = (Path(__file__).parent / "hostile.txt").read_text(encoding="utf-8").splitlines()

PANELS = "gen id = int((_n - 1) / 4)\ngen t = mod(_n, 4)\nxtset id t"
ONE_PANEL = "gen id = 1\ngen t = _n\nxtset id t"
DATA = {
    "no observations": 'set obs 1\ngen x = 1\ngen y = 2\ngen g = 1\ngen h = 1\ngen s = "a"\ngen b = 1\ngen w = 1\n'
    + ONE_PANEL
    + "\ndrop in 1",
    "all missing": 'set obs 8\ngen x = .\ngen y = .\ngen g = .\ngen h = .\ngen str5 s = ""\ngen b = .\ngen w = 1\n'
    + ONE_PANEL,
    "one observation": 'set obs 1\ngen x = 3\ngen y = 2\ngen g = 1\ngen h = 1\ngen s = "a"\ngen b = 1\ngen w = 1\n'
    + ONE_PANEL,
    "two observations": "set obs 2\ngen x = _n\ngen y = -_n\ngen g = _n - 1\ngen h = _n\ngen s = string(_n)\n"
    "gen b = _n - 1\ngen w = _n\n" + ONE_PANEL,
    "one group": 'set obs 12\ngen x = _n\ngen y = mod(_n * 7, 5)\ngen g = 1\ngen h = 1\ngen s = "a"\n'
    "gen b = mod(_n, 2)\ngen w = 1\n" + ONE_PANEL,
    "constants": 'set obs 12\ngen x = 5\ngen y = 5\ngen g = mod(_n, 2)\ngen h = mod(_n, 3)\ngen s = "a"\ngen b = 1\n'
    "gen w = 1\n" + PANELS,
    "huge": "set obs 12\ngen double x = cond(mod(_n, 2), -8e307, 8e307)\ngen double y = 1e300 * _n\n"
    'gen g = mod(_n, 2)\ngen h = mod(_n, 3)\ngen s = "a"\ngen b = mod(_n, 2)\ngen double w = 1e300\n'
    + PANELS,
    "tiny": "set obs 12\ngen double x = 1e-300 * _n\ngen double y = 1e-320 * mod(_n, 5)\ngen g = mod(_n, 2)\n"
    'gen h = mod(_n, 3)\ngen s = "a"\ngen b = mod(_n, 2)\ngen double w = 1e-300\n' + PANELS,
    "extended missing values": "set obs 12\ngen x = cond(_n < 4, .a, cond(_n == 4, .z, _n))\n"
    "gen y = cond(inrange(_n, 2, 5), 3, .b)\ngen g = cond(inlist(_n, 5, 6), .c, mod(_n, 2))\ngen h = .d\n"
    'gen s = cond(inrange(_n, 4, 7), "q", "")\ngen b = cond(_n == 1, .a, mod(_n, 2))\n'
    "gen w = cond(_n == 7, .a, 1)\n" + PANELS,
    "weights of zero": "set obs 12\ngen x = _n\ngen y = mod(_n * 7, 5)\ngen g = mod(_n, 2)\ngen h = mod(_n, 3)\n"
    "gen s = string(_n)\ngen b = mod(_n, 2)\ngen w = 0\n" + PANELS,
    "plain": "set obs 20\ngen x = _n^1.5\ngen y = mod(_n * 7, 5)\ngen g = mod(_n, 2)\ngen h = mod(_n, 3)\n"
    "gen s = string(mod(_n, 3))\ngen b = mod(_n, 2)\ngen w = mod(_n, 3)\n" + PANELS,
}


@pytest.mark.parametrize("name", DATA)
def test_no_command_stumbles(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run(DATA[name])
    data, ended = session.data, 0
    for command in COMMANDS:
        session.data = data
        try:
            session.run(command)
            ended += 1
        except StataError:
            continue
        saved = [value for value in session.r.scalars.values()]
        assert np.isfinite(saved).all(), command
        for variable in session.data:
            assert len(variable.values) == session.data.n_obs, command
            assert variable.is_string or np.isfinite(variable.to_double()).all(), command
    assert ended > 200  # most of the commands do not fail on any of the data


def test_sums_beyond_the_largest_number_are_missing():
    session = Session()
    session.run(DATA["huge"])
    session.run("summarize x if x > 0\negen z = total(x) if x > 0\ncollapse (sum) x if x > 0")
    assert session.data["x"].values[0] >= 2.0**1023
