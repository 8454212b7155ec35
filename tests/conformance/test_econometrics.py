"""The estimators of econometrics against R, through their commands.

Figures and who made them are in the files of `references/econometrics`, written by the `build.R` beside them;
`data.do` there makes the same data.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import xmixed
from xmixed.session.results import Matrix

FOLDER = Path(__file__).parent / "references" / "econometrics"
CASES = [case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text())["cases"]]
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run((FOLDER / "data.do").read_text())
    return session


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["command"].replace(" ", "-"))
def test_estimates_agree_with_r(session: xmixed.Session, case: dict) -> None:
    for line in filter(None, (case.get("setup", ""), case["command"])):
        session.run(f"quietly {line}")
    b, V = session.e["b"], session.e["V"]
    assert isinstance(b, Matrix) and isinstance(V, Matrix)
    errors = np.sqrt(np.diag(V.values))
    wanted = np.array(case["b"])
    scale = np.array(case["se"] or errors[: len(wanted)])
    scale = np.where(scale > 0, scale, 1.0)
    # Estimates near zero have no digits of their own: what counts is their standard errors.
    found = b.values[0, : len(wanted)] / scale
    np.testing.assert_allclose(found, wanted / scale, rtol=TOLERANCE, atol=TOLERANCE)
    if case["se"]:
        np.testing.assert_allclose(errors, case["se"], rtol=TOLERANCE)
    if "se_first" in case:
        np.testing.assert_allclose(errors[: len(case["se_first"])], case["se_first"], rtol=TOLERANCE)
    for name, value in dict(case["scalars"] or {}).items():
        assert session.e[name] == pytest.approx(value, rel=TOLERANCE), name
