"""What was fitted names variables that are gone, or are strings now: a message, no traceback."""

from __future__ import annotations

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

COMMANDS = (
    "predict new",
    "predict new, residuals",
    "predict new, stdp",
    "margins",
    "margins, dydx(x)",
    "estat summarize",
    "estat vif",
    "estat group",
)
CHANGES = {
    "drop x": {111},
    "rename x other": {111},
    "drop y": {111},
    "rename g h": {111},
    "tostring x, replace": {109},
    "tostring y, replace": {109},
    "clear": {111, 498, 322, 2000},
}


@pytest.mark.parametrize("fit", ["regress y x", "xtmixed y x || g:"])
def test_what_is_gone_is_told(fit: str) -> None:
    failures = 0
    for change, codes in CHANGES.items():
        for command in COMMANDS:
            session = Session()
            session.run("set obs 30\ngenerate y = _n^2 + mod(_n, 7)\ngenerate g = mod(_n, 5)")
            session.run(f"generate x = mod(3*_n, 11)\nquietly {fit}\nquietly {change}")
            try:
                session.run(command)
            except StataError as error:
                failures += error.code in codes
                assert error.code in codes | {321}, (change, command, str(error))
    assert failures > 15


def test_a_name_that_is_gone_is_named() -> None:
    session = Session()
    session.run("set obs 5\ngenerate x = _n\ngenerate y = x^2\nquietly regress y x\ndrop x")
    with pytest.raises(StataError) as caught:
        session.run("predict p")
    assert (caught.value.code, caught.value.message) == (111, "variable x not found")
