"""Models of the campaign in which something was found, and mended: nothing may be found in them again."""

from __future__ import annotations

import pytest

from tests.conformance.campaign import draw, judged

MENDED = {
    1021: "log likelihood off by 103: crossed effects 1e7 times the residuals",
    1032: "no standard errors: unstructured effects of a covariate 1e8 from zero",
    1507: "no standard errors: three effects of such covariates",
    5048: "no standard errors: a singular matrix of such a covariate",
    5058: "r(430) at the singular face of exchangeable residuals",
    5078: "no standard errors, r(0): exchangeable residuals beside an intercept, with crossed effects",
    7052: "converged on a ridge: exchangeable residuals beside an intercept 1e4 times as large",
    5110: "no standard errors: a correlation at its limit",
}


@pytest.mark.parametrize("seed", MENDED, ids=str)
def test_nothing_is_found(seed: int) -> None:
    findings, found, _ = judged(draw(seed), 0)
    assert found is not None
    # Time is not judged here: the machine may be slow. That there is no maximum is the truth of a ridge.
    kinds = [finding.kind for finding in findings if not finding.kind.startswith(("slow", "no maximum"))]
    assert kinds == []
    named = {note.kind for note in found.boundary}
    assert found.optimization.converged == ("not_identified" not in named)
    assert "standard_errors_failed" not in named
