"""Models reported as wrong, with the right value; their data, which are simulated, are in `reported/`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xmixed
from tests.conformance.conftest import coefficients, estimate, standard_errors
from tests.conformance.residual_dense import dense_log_likelihood, hessian
from xmixed.engine import Model, Residuals, fit

REPORTED = Path(__file__).parent / "reported"


def reported(name: str) -> pd.DataFrame:
    """Return the data of a case."""
    return pd.read_stata(REPORTED / f"{name}.dta", convert_categoricals=False)


def test_standard_error_of_a_correlation_near_its_least_value() -> None:
    """Groups of seven: -.166 where -1/6 is the limit. Against differences of the dense likelihood."""
    frame = reported("exchangeable_limit")
    session = estimate(frame, "xtmixed y x1 || id:, noconstant residuals(exchangeable, by(kind))")
    group = frame["id"].to_numpy() - 1
    residuals = Residuals("exchangeable", group, 6, by=frame["kind"].to_numpy() - 1, n_by=2)
    y = frame["y"].to_numpy() - 1e7
    model = Model(y, (frame["x1"].to_numpy(), None), (), "ml", residuals)
    found = fit(model)
    assert session.e["ll"] == pytest.approx(found.log_likelihood, abs=1e-7)
    assert session.e["ll"] == pytest.approx(
        dense_log_likelihood(model, found.parameters, found.estimates), abs=1e-8
    )
    errors = np.sqrt(found.parameter_covariance.diagonal())

    def value(steps: np.ndarray) -> float:
        return dense_log_likelihood(model, found.parameters, found.estimates + steps * errors)

    curvature = -hessian(value, np.zeros(len(errors)), 2e-2)
    wanted = errors * np.sqrt(np.linalg.inv(curvature).diagonal())
    assert errors == pytest.approx(wanted, rel=1e-4)
    given = [error for name, error in standard_errors(session).items() if not name.startswith("y:")]
    assert sorted(given) == pytest.approx(sorted(errors), rel=1e-6)


def test_high_correlations_on_a_lattice_end_soon() -> None:
    """A maximum next to the edge of positive definite matrices, to which the search had crept in 74 steps."""
    command = "xtmixed y x1 x2 i.g i.g#c.x1 || id:, noconstant reml residuals(toeplitz 3, t(t))"
    session = xmixed.Session()
    session.use(reported("toeplitz_stall"))
    shown = session.run(command)
    assert session.e["ll"] == pytest.approx(-147.60778, abs=5e-6)
    assert session.e["converged"] == 1
    assert shown.count("Iteration") <= 5


def test_short_units_of_time_change_no_figure() -> None:
    """With t() in another unit, exact in doubles, rho alone is another: rho per unit of t()."""
    frame = reported("exponential_short_unit")
    command = "xtmixed y x1 x2 i.g || school: || id:, noconstant residuals(exponential, t(t))"
    short = estimate(frame, command)
    long = estimate(frame.assign(t=frame["t"] * 64.0), command)
    assert short.e["ll"] == pytest.approx(long.e["ll"], abs=1e-8)
    assert short.e["ll"] == pytest.approx(-224.98516, abs=5e-6)
    before, after = standard_errors(short), standard_errors(long)
    kept = [name for name in before if not name.startswith("r_")]
    assert len(kept) == len(before) - 1
    assert [before[name] for name in kept] == pytest.approx([after[name] for name in kept], rel=1e-6)
    rho = [-np.logaddexp(0.0, -coefficients(s)["r_logitr1:_cons"]) for s in (short, long)]
    assert rho[0] == pytest.approx(64.0 * rho[1], rel=1e-6)


def test_robust_standard_errors_know_no_offset() -> None:
    """x1 is a million standard deviations from zero."""
    frame = reported("robust_offset")
    command = "xtmixed y x1 || pupil: z01, covariance(unstructured) pweight(w1)"
    far = estimate(frame, command)
    near = estimate(frame.assign(x1=frame["x1"] - 1e6), command)
    before, after = standard_errors(far), standard_errors(near)
    assert before["y:x1"] == pytest.approx(after["y:x1"], rel=1e-9)
    assert far.e["chi2"] == pytest.approx(near.e["chi2"], rel=1e-9)
    others = [name for name in before if not name.startswith("y:")]
    assert [before[name] for name in others] == pytest.approx([after[name] for name in others], rel=1e-7)
