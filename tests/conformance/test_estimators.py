"""The estimators beside xtmixed against R, through their commands.

Figures, calls and versions are in `estimators.json` of `references/linear` and `references/likelihood`,
written by the `build.R` beside each.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import xmixed
from xmixed.session.results import Matrix

FOLDER = Path(__file__).parent / "references"
REFERENCES = json.loads((FOLDER / "linear" / "estimators.json").read_text())
CASES = REFERENCES["cases"] + json.loads((FOLDER / "likelihood" / "estimators.json").read_text())["cases"]
# What an iterative fit of R or numerical derivatives leave; the others agree to rounding.
ITERATED = ("glm", "sandwich", "polr", "multinom")
TOLERANCE, ITERATED_TOLERANCE = 1e-9, 1e-6


def case_id(case: dict) -> str:
    return case["command"].replace(" ", "-").replace(",", "")


@pytest.fixture(scope="module")
def session() -> xmixed.Session:
    return xmixed.Session()


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_estimates_agree_with_r(session: xmixed.Session, case: dict) -> None:
    for line in (f"sysuse {case['data']}, clear", *case["setup"], f"quietly {case['command']}"):
        session.run(line)
    b, V = session.e["b"], session.e["V"]
    assert isinstance(b, Matrix) and isinstance(V, Matrix)
    names = [name.rpartition(":") for name in b.column_names]
    plain = [f"{eq}:{name}" if ":" in case["names"][0] else name for eq, _, name in names]
    places = [plain.index(name) for name in case["names"]]
    iterated = case["command"].split()[0] not in ("regress", "areg", "xtreg")
    tolerance = ITERATED_TOLERANCE if iterated else TOLERANCE
    np.testing.assert_allclose(b.values[0, places], case["b"], rtol=tolerance, atol=tolerance * 1e-2)
    if case["V"]:
        scale = np.sqrt(np.diag(case["V"]))
        found = V.values[np.ix_(places, places)] / np.outer(scale, scale)
        # Relative to the standard errors: covariances near zero have no digits of their own.
        np.testing.assert_allclose(found, case["V"] / np.outer(scale, scale), atol=10 * tolerance)
    for name, value in dict(case["scalars"]).items():
        assert session.e[name] == pytest.approx(value, rel=10 * tolerance), name


@pytest.mark.parametrize("case", REFERENCES["influence"], ids=case_id)
def test_influence_agrees_with_r(session: xmixed.Session, case: dict) -> None:
    for line in ("sysuse hsb82, clear", "generate w = 1 + mod(_n - 1, 3)", f"quietly {case['command']}"):
        session.run(line)
    for name, values in case["values"].items():
        option = "dfbeta(ses)" if name == "dfbeta" else name
        session.run(f"predict double made_{name} in 1/40, {option}")
        found = session.data[f"made_{name}"].to_double()[:40]
        np.testing.assert_allclose(found, values, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("case", REFERENCES["tests"], ids=case_id)
def test_assumptions_agree_with_r(session: xmixed.Session, case: dict) -> None:
    for line in ("sysuse hsb82, clear", "quietly regress mathach ses minority cses", case["command"]):
        session.run(line)
    r = session.r.scalars
    if "vif" in case["command"]:
        found = [r[f"vif_{number}"] for number in (1, 2, 3)]
    else:
        found = [r.get("chi2", r.get("F")), r["df"], *([r["df_r"]] if "df_r" in r else []), r["p"]]
    np.testing.assert_allclose(found, case["values"], rtol=1e-8)


@pytest.mark.parametrize("case", REFERENCES["variance"], ids=case_id)
def test_analysis_of_variance_agrees_with_r(session: xmixed.Session, case: dict) -> None:
    for line in ("sysuse exam, clear", case["command"]):
        session.run(line)
    e, values = session.e, case["values"]
    places = {e[f"term_{number}"].replace("#", ":"): number for number in range(1, 5)}
    for place, name in enumerate(case["order"]):
        number = places[name]
        assert e[f"ss_{number}"] == pytest.approx(values["ss"][place], rel=1e-8)
        assert e[f"df_{number}"] == values["df"][place]
        assert e[f"F_{number}"] == pytest.approx(values["F"][place], rel=1e-8)
