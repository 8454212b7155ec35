"""Every reference model of R's lme4 and nlme, refitted through its Stata command.

The figures, the calls and the versions that made them are in `references/*.json`, written by
`references/build_references.R` at tightened tolerances. Log likelihoods agree to 1e-7, fixed effects and
their covariance matrix, standard deviations, correlations and the residual's to 1e-6 relative (references
whose own optimiser leaves doubt carry a larger `tolerance` with its reason).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xmixed
from tests.conformance.conftest import with_options

FOLDER = Path(__file__).parent / "references"
# R takes the Hessian by differences of a step that limits it to four digits; ours is exact, and is held
# to the dense likelihood at 1e-6 in tests/engine.
SE_TOLERANCE = 1e-4
# Those with a residual structure are in `test_residual_references`.
ELSEWHERE = "residuals("


def cases() -> list:
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        for case in json.loads(path.read_text()):
            if ELSEWHERE not in case["model"]:
                found.append(pytest.param(case, id=f"{case['name']}-{case['method']}"))
    return found


def fitted(case: dict) -> xmixed.Session:
    session = xmixed.Session()
    if case["data"].endswith(".csv"):
        session.use(pd.read_csv(FOLDER.parent / case["data"]))
    else:
        session.run(f"sysuse {case['data']}")
    if case["data"] == "machines":  # the model's random-effects equations take no factor variables
        session.run("generate m1 = machine == 1\ngenerate m2 = machine == 2\ngenerate m3 = machine == 3")
    session.run(with_options(f"quietly {case['model']}", "reml" if case["method"] == "reml" else "mle"))
    return session


def random_part(session: xmixed.Session) -> dict[str, tuple[float, float]]:
    """Return (value, standard error) of each displayed parameter by `sd level:name`, `corr level:a,b`."""
    result = {}
    b, V = session.e["b"], session.e["V"]
    values = dict(zip(b.column_names, b.values[0], strict=True))
    errors = dict(zip(b.column_names, np.sqrt(np.diag(V.values)), strict=True))
    revars = iter(session.e["revars"].split())
    levels = session.e["ivars"].split()
    names: dict[tuple[int, int], list[str]] = {}
    count: dict[str, int] = {}
    for level, size in zip(levels, session.e["redim"].split(), strict=True):
        count[level] = count.get(level, 0) + 1
        top = list(dict.fromkeys(levels)).index(level) + 1
        first = next(revars)
        if first.startswith("R."):  # one parameter for all values of the factor, a level of R's own
            names[top, count[level]] = [first]
            continue
        names[top, count[level]] = [first, *(next(revars) for _ in range(int(size) - 1))]
    level_names = list(dict.fromkeys(levels))
    structures = dict(zip(names, session.e["vartypes"].split(), strict=True))
    for key in names:
        if structures[key] in ("Identity", "Exchangeable"):  # one parameter for all columns
            names[key] = [" ".join(names[key])] * len(names[key])
    for column, value in values.items():
        equation = column.partition(":")[0]
        if equation.startswith("lns") and equation != "lnsig_e":
            level, block, row = (int(part) for part in equation[3:].split("_"))
            sd = float(np.exp(value))
            result[f"sd {level_names[level - 1]}:{names[level, block][row - 1]}"] = (sd, sd * errors[column])
        elif equation.startswith("atr"):
            level, block, i, j = (int(part) for part in equation[3:].split("_"))
            pair = tuple(dict.fromkeys((names[level, block][i - 1], names[level, block][j - 1])))
            rho = float(np.tanh(value))
            for name in (pair, pair[::-1]):
                result[f"corr {level_names[level - 1]}:{','.join(name)}"] = (
                    rho,
                    (1 - rho**2) * errors[column],
                )
    sigma = float(np.exp(values["lnsig_e:_cons"]))
    result["sigma"] = (sigma, sigma * errors["lnsig_e:_cons"])
    return result


@pytest.mark.parametrize("case", cases())
def test_the_fit_equals_the_reference(case: dict) -> None:
    session = fitted(case)
    tolerance = float(case.get("tolerance", 1e-6))
    assert session.e["N"] == case["n"]
    assert session.e["ll"] == pytest.approx(case["logLik"], abs=max(1e-7, 1e-9 * abs(case["logLik"])))
    b, V = session.e["b"], session.e["V"]
    equation = b.column_names[0].partition(":")[0]
    at = [b.column_names.index(f"{equation}:{name}") for name in case["beta"]]
    want = np.array(list(case["beta"].values()))
    standard = np.sqrt(np.diag(np.array(case["vcov"]).reshape(len(at), len(at))))
    np.testing.assert_allclose(b.values[0, at], want, rtol=tolerance, atol=tolerance * float(standard.max()))
    scale = np.outer(standard, standard)
    np.testing.assert_allclose(
        V.values[np.ix_(at, at)] / scale, np.array(case["vcov"]).reshape(scale.shape) / scale, atol=tolerance
    )
    found = random_part(session)
    assert found["sigma"][0] == pytest.approx(case["sigma"], rel=tolerance)
    figures = {f"sd {name}": value for name, value in case.get("sd", {}).items()}
    figures |= {f"corr {name}": value for name, value in case.get("corr", {}).items()}
    for name in list(found):
        if ":R." in name:
            found[f"sd {name.partition(':R.')[2]}:_cons"] = found[name]
    for name, value in figures.items():
        if value == 0:
            assert found[name][0] < 1e-6 * case["sigma"]
        else:
            assert found[name][0] == pytest.approx(value, rel=tolerance, abs=tolerance)
    for name, value in case.get("se", {}).items():
        if abs(figures.get(name, 0.5)) > 1 - 1e-6 and name.startswith("corr"):
            continue  # on the boundary there is none
        assert found[name][1] == pytest.approx(value, rel=SE_TOLERANCE), name
