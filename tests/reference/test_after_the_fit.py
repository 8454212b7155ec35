"""What comes after a fit prints of data by reference what it prints of the same rows in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.reference.test_models import made
from xmixed.errors import StataError
from xmixed.interpreter.session import Session

EVERYTHING = """
estat summarize
estat summarize x2 x3 sex
estat ic
estat vce
contrast arm
contrast r.arm
contrast arm, asobserved
contrast arm#c.x4
pwcompare arm
pwcompare arm, effects mcompare(bonferroni)
pwcompare arm, groups
lincom x2 + 2.arm
test x2 = 1
testparm i.arm
nlcom _b[x2]^2
margins arm
marginsplot
margins arm, at(x2=(0 1 2)) over(sex)
marginsplot, xdimension(x2)
estimates store A
estimates table A
estimates stats A
esttab A
esttab A, cells(b(star) se) wide
predict double fit, xb
predict double se, stdp
count if se < .
"""
OF_ROWS = """
estat summarize
contrast arm, asobserved
pwcompare arm
margins arm
margins arm, at(x2=(0 1 2)) over(sex)
estimates store A
estimates stats A
predict double fit, xb
predict double se, stdp
count if se < .
"""
"""What asks the data, not e() alone; asked of weights and variances."""
MIXED = """
estat icc
estat recovariance
estat group
estat sd
estat recovariance, correlation
predict double means*, reffects
count if means1 < .
xtmixed y x2 || id:, nolog
estimates store B
lrtest A B, force
estimates table A B, star
"""
REGRESSION = """
estat vif
estat vif, uncentered
vif
"""
MODELS = {
    "xtmixed y x2 i.arm##c.x4 || region: || id: x2, nolog": EVERYTHING + MIXED,
    "xtmixed y x2 i.arm##c.x4 || id:, reml nolog": EVERYTHING + MIXED,
    "xtmixed y x2 i.arm##c.x4 [fw=w] || id:, nolog": OF_ROWS,
    "xtmixed y x2 i.arm##c.x4 || id:, vce(robust) nolog": OF_ROWS,
    "regress y x2 i.arm##c.x4 if sex": EVERYTHING + REGRESSION,
    "regress y x2 i.arm##c.x4 [aw=w]": OF_ROWS + REGRESSION,
    "regress y x2 i.arm##c.x4 [fw=w], vce(cluster id)": OF_ROWS + REGRESSION,
    "regress y x2 i.arm##c.x4 [pw=w]": OF_ROWS + REGRESSION,
}
REFUSED = """
estat wcorrelation
estat caterpillar
estat hettest
estat ovtest
estat imtest
dfbeta
predict r, rstudent
predictnl p = _b[x2]*x2
margins, eyex(x2)
avplot x2
rvfplot
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("ibis")
    return made(tmp_path_factory.mktemp("reference"))


@pytest.fixture
def sessions(path: Path) -> Iterator[tuple[Session, Session]]:
    """One with the rows in memory, one by reference."""
    inside, outside = Session(), Session()
    inside.run(f'use "{path}"')
    outside.run(f'use "{path}", engine(duckdb)')
    yield inside, outside


@pytest.mark.parametrize("model", MODELS)
def test_output_is_that_of_memory(sessions: tuple[Session, Session], model: str) -> None:
    for command in [model, *MODELS[model].strip().splitlines()]:
        inside, outside = (session.run(command) for session in sessions)
        assert outside == inside, command
        found, wanted = (session.r for session in reversed(sessions))
        assert found.keys() == wanted.keys(), command
        for name, value in wanted.scalars.items():
            assert found.scalars[name] == pytest.approx(value, rel=1e-8, abs=1e-10), (command, name)
        for name, matrix in wanted.matrices.items():
            size = np.nanmax(np.abs(matrix.values), initial=1e-300)
            np.testing.assert_allclose(
                found.matrices[name].values, matrix.values, rtol=1e-9, atol=1e-9 * size, err_msg=command
            )
    assert sessions[1].data.reference is not None


def test_what_needs_the_observations_is_refused(sessions: tuple[Session, Session]) -> None:
    session = sessions[1]
    for model in ("regress y x2 i.arm", "xtmixed y x2 || id:, nolog"):
        session.run(model)
        for command in REFUSED.strip().splitlines():
            with pytest.raises(StataError) as failure:
                session.run(command)
            assert failure.value.code in (3, 301, 321, 198), command
        assert session.run("count") == sessions[0].run("count")
