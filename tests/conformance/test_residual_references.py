"""Every reference model with a residual structure, refitted by the engine.

The figures of `references/*.json` are from the covariance matrices of the groups, by Newton's method, checked
with nlme's lme and gls where those fit the model (see `references/README.md`). Log likelihoods agree to 1e-6,
parameters to 1e-5 and standard errors to 1e-4 relative.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

from tests.conformance.residual_dense import dense_log_likelihood, residual_values
from tests.conformance.test_residual_structures import Form, expected_parameters
from xmixed.data.files.dta.reader import read_dta
from xmixed.engine import Fit, Level, Model, Parameter, RandomEffects, Residuals, fit
from xmixed.engine.model import ResidualStructureName

FOLDER = Path(__file__).parent / "references"
DATASETS = Path(__file__).parents[2] / "datasets"
Case = dict[str, Any]


def cases() -> list:
    """Return the reference models that have residuals()."""
    found = [case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text())]
    return [
        pytest.param(case, id=f"{case['name']}-{case['method']}")
        for case in found
        if "residuals(" in case["model"]
    ]


@cache
def columns_of(name: str) -> dict[str, np.ndarray]:
    """Return the columns of a shipped dataset, and orthodont's occasion `t`."""
    data = read_dta(DATASETS / f"{name}.dta")
    columns = {
        variable.name: variable.to_double()
        for variable in data.variables
        if not variable.type.startswith("str")
    }
    if name == "orthodont":
        columns["t"] = (columns["age"] - 6) / 2
    return columns


def fixed_column(term: str, columns: dict[str, np.ndarray]) -> np.ndarray | None:
    """Return the column of a coefficient such as `_cons`, `time` or `2.diet#c.time`."""
    if term == "_cons":
        return None
    product = np.ones(len(next(iter(columns.values()))))
    for factor in term.split("#"):
        value, dot, name = factor.rpartition(".")
        product = product * (columns[name] == int(value) if dot and value != "c" else columns[name])
    return product


def coded(values: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Return codes and values, sorted."""
    levels, codes = np.unique(values, return_inverse=True)
    return codes, [int(value) for value in levels]


class Specification:
    """The model of a case, and how its residual parameters are called there."""

    def __init__(self, case: Case) -> None:
        columns = columns_of(case["data"])
        command = re.fullmatch(r"xtmixed (\w+) .*\|\| (\w+):([^,]*), (.*)residuals\((.*)\)", case["model"])
        assert command is not None
        outcome, group, slopes, options, residuals = command.groups()
        self.group = group
        groups, group_values = coded(columns[group])
        self.terms = [*slopes.split(), *([] if "noconstant" in options else ["_cons"])]
        effects = RandomEffects(
            tuple(fixed_column(term, columns) for term in self.terms),
            "unstructured" if len(self.terms) > 1 else "identity",
        )
        levels = (Level(groups, len(group_values), (effects,)),) if self.terms else ()
        fixed = tuple(fixed_column(term, columns) for term in case["beta"])
        structure = self._residuals(residuals, columns, groups, len(group_values))
        method = "reml" if case["method"] == "reml" else "ml"
        self.model = Model(columns[outcome], fixed, levels, method, structure)

    def _residuals(self, text: str, columns: dict[str, np.ndarray], groups: np.ndarray, n: int) -> Residuals:
        """Read the text of residuals()."""
        head = re.match(r"(\w+) ?(\d*)", text)
        assert head is not None
        structure: ResidualStructureName = head[1]  # type: ignore[assignment]
        by, t = re.search(r"by\((\w+)\)", text), re.search(r"t\((\w+)\)", text)
        self.by, self.t = by and by[1], t and t[1]
        by_codes, self.by_values = coded(columns[self.by]) if self.by else (None, [0])
        time, self.times = columns[self.t] if self.t else None, []
        if structure in ("unstructured", "banded"):
            time, self.times = coded(columns[self.t or ""])
            time = time.astype(np.float64)
        order = int(head[2] or 0)
        return Residuals(structure, groups, n, time, len(self.times), order, by_codes, len(self.by_values))

    def named(self, parameters: tuple[Parameter, ...], estimates: np.ndarray) -> dict[str, float]:
        """Return the parameters in their natural metric, by the names of the reference."""
        result = {}
        for parameter, value in zip(parameters, estimates, strict=True):
            if parameter.kind == "log_sd":
                result[f"sd {self.group}:{self.terms[parameter.row - 1]}"] = np.exp(value)
            elif parameter.kind == "atanh_correlation":
                result[f"corr {self.group}:{self.terms[1]},{self.terms[0]}"] = np.tanh(value)
            elif parameter.kind == "log_sd_residual":
                result["sigma"] = np.exp(value)
        for i, by_value in enumerate(self.by_values):
            own = self._residual_names(*residual_values(parameters, estimates, i + 1), result["sigma"])
            ending = f" ({self.by}=={by_value})" if self.by else ""
            result |= {f"residual {name}{ending}": value for name, value in own.items()}
        return result

    def _residual_names(self, ratios: dict, others: dict, sigma: float) -> dict[str, float]:
        """Return the parameters of one by() group by name."""
        assert self.model.residuals is not None
        structure, order = self.model.residuals.structure, self.model.residuals.order
        if self.times:
            pairs = {tuple(sorted(pair)): value for pair, value in others.items()}
            at = self.times
            named = {f"sd ({self.t}=={at[i]})": sigma * ratios.get(i + 1, 1.0) for i in range(len(at))}
            return named | {
                f"corr ({self.t}=={at[i - 1]}, {self.t}=={at[j - 1]})": value
                for (i, j), value in pairs.items()
            }
        stem = {"exchangeable": "corr", "exponential": "rho", "toeplitz": "rho", "ma": "theta", "ar": "phi"}
        named = {"sd": sigma * ratios.get(0, 1.0)}
        for (row, _), value in others.items():
            name = "rho" if structure == "ar" and order == 1 else stem[structure]
            numbered = structure in ("ma", "toeplitz") or order > 1
            own = np.exp(value) if structure == "exponential" else value  # there log rho
            named[f"{name}{max(row, 1) if numbered else ''}"] = own
        return named


def natural_errors(specification: Specification, found: Fit) -> dict[str, float]:
    """Return standard errors in the natural metric, the delta rule by differences."""
    step = 1e-5
    slopes: dict[str, list[float]] = {}
    for unit in step * np.eye(len(found.estimates)):
        ahead = specification.named(found.parameters, found.estimates + unit)
        behind = specification.named(found.parameters, found.estimates - unit)
        for name, value in ahead.items():
            slopes.setdefault(name, []).append((value - behind[name]) / (2 * step))
    covariance = found.parameter_covariance
    return {name: float(np.sqrt(np.array(row) @ covariance @ np.array(row))) for name, row in slopes.items()}


def wanted_figures(case: Case) -> dict[str, float]:
    """Return the parameters of a reference by name."""
    figures = {
        f"{kind} {name}": value for kind in ("sd", "corr") for name, value in (case.get(kind) or {}).items()
    }
    figures |= {f"residual {name}": value for name, value in case["residual"].items()}
    return figures | ({"sigma": case["sigma"]} if case.get("sigma") else {})


def on_the_boundary(case: Case) -> bool:
    """Say whether the reference has a correlation of its random effects at its limit."""
    return "boundary" in (case.get("note") or "")


@pytest.mark.parametrize("case", cases())
def test_the_fit_equals_the_reference(case: Case) -> None:
    specification = Specification(case)
    found = fit(specification.model)
    assert found.n_obs == case["n"]
    if on_the_boundary(case):
        assert found.log_likelihood > case["logLik"] - 1e-6
        return
    assert found.log_likelihood == pytest.approx(case["logLik"], abs=1e-6)
    named = specification.named(found.parameters, found.estimates)
    for name, value in wanted_figures(case).items():
        assert named[name] == pytest.approx(value, rel=1e-5), name
    errors = natural_errors(specification, found)
    for name, value in (case["se"] or {}).items():
        assert errors[name] == pytest.approx(value, rel=1e-4), name


@pytest.mark.parametrize("case", cases())
def test_fixed_effects_equal_the_reference(case: Case) -> None:
    if on_the_boundary(case):
        pytest.skip("a limit that the reference does not reach")
    found = fit(Specification(case).model)
    standard = np.sqrt(np.diag(np.array(case["vcov"])))
    want = np.array(list(case["beta"].values()))
    np.testing.assert_allclose((found.beta - want) / standard, 0, atol=1e-5)
    scale = np.outer(standard, standard)
    np.testing.assert_allclose((found.beta_covariance - np.array(case["vcov"])) / scale, 0, atol=1e-5)


def estimates_of(
    specification: Specification, parameters: tuple[Parameter, ...], figures: dict[str, float]
) -> np.ndarray:
    """Return the parameters of a reference in the estimation metric."""

    def distance(estimates: np.ndarray) -> list[float]:
        named = specification.named(parameters, estimates)
        return [named[name] / value - 1.0 for name, value in figures.items()]

    start = np.full(len(parameters), 0.1)
    return least_squares(distance, start, xtol=1e-15, ftol=1e-15, gtol=1e-15).x


@pytest.mark.parametrize("case", cases())
def test_the_dense_likelihood_equals_the_reference(case: Case) -> None:
    """The helper that judges the engine is itself judged by figures of another program."""
    if on_the_boundary(case):
        pytest.skip("a limit that the reference does not reach")
    specification = Specification(case)
    model = specification.model
    assert model.residuals is not None
    form = Form(model.residuals.structure, model.residuals.order, model.residuals.n_times)
    parameters = expected_parameters(model.levels, form, model.residuals.n_by)
    estimates = estimates_of(specification, parameters, wanted_figures(case))
    dense = dense_log_likelihood(model, parameters, estimates)
    assert dense == pytest.approx(case["logLik"], abs=1e-6)
