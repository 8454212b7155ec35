"""What does not fit into memory is refused, r(909), before anything of it is made."""

import pytest

SETUP = """
set obs 20
gen id = 1
gen long t = 1000 * _n
gen double x = _n
tsset t
set max_memory 300
"""


@pytest.mark.parametrize(
    "command",
    [
        "tsfill",
        "stack id t id t id t id t id t id t, into(a b) clear",
        "stack id t, into(a) wide clear",
        "xpose, clear promote",
        "expandcl 20, cluster(id) gen(copy)",
        "expand 20",
        "fillin x t",
    ],
)
def test_operations_ask_for_room(session, fails, command):
    session.run(SETUP)
    assert fails(session, command)[0] == 909


def test_reshape_wide_asks_for_room(session, fails):
    session.run("set obs 900\ngen id = _n\ngen t = _n\ngen double x = _n\nset max_memory 1m")
    assert fails(session, "reshape wide x, i(id) j(t)")[0] == 909


def test_what_fits_is_made(session):
    session.run(SETUP)
    session.run("set max_memory 1m\ntsfill")
    assert session.data.n_obs == 19001
