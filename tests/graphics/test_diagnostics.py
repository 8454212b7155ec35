"""Graphs of what a fitted model leaves over, and of its random effects."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError


def test_residuals_against_fitted_values_and_covariates(session: Drawing) -> None:
    session.run("quietly regress distance age\npredict f\npredict r, residuals\npredict h, leverage")
    f, r, h = (session.data[name].to_double() for name in "frh")
    (plot,) = session.draw("rvfplot, yline(0) msymbol(Oh)").plots
    np.testing.assert_allclose(plot.x, f, rtol=1e-6)
    np.testing.assert_allclose(plot.y, r, atol=1e-5)
    assert plot.style.symbol == "circle"
    graph = session.draw("rvpplot age, title(T)")
    assert graph.axes.x.title.lines == ("Age (years)",) and graph.axes.y.title.lines == ("Residuals",)
    graph = session.draw("lvr2plot")
    np.testing.assert_allclose(graph.plots[0].y, h, rtol=1e-5)
    assert graph.plots[0].x.sum() == pytest.approx(1)
    assert graph.axes.y.references[0].value == pytest.approx(2 / 108)
    session.run("quietly xtmixed distance age || subject:\npredict m, fitted")
    (plot,) = session.draw("rvfplot").plots
    np.testing.assert_allclose(plot.x, session.data["m"].to_double(), rtol=1e-5)
    for command, code in (("lvr2plot", 321), ("rvpplot", 102), ("rvpplot age female", 103)):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code


def test_random_effects_in_order_with_their_intervals(session: Drawing) -> None:
    session.run("quietly xtmixed distance age || subject:\npredict u, reffects\npredict s, reses")
    data = session.data
    first = np.unique(data["subject"].to_double(), return_index=True)[1]
    u, s = data["u"].to_double()[first], data["s"].to_double()[first]
    order = np.argsort(u)
    graph = session.draw("estat caterpillar")
    _, interval, points = graph.plots
    np.testing.assert_allclose(points.y, u[order], rtol=1e-5)
    np.testing.assert_allclose(interval.y2 - interval.y, 2 * stats.norm.ppf(0.975) * s[order], rtol=1e-5)
    assert interval.kind == "rcap" and points.x.tolist() == list(range(1, 28))
    assert graph.titles.title.lines == ("Random effects of subject with 95% intervals",)
    session.run("quietly xtmixed distance age || subject: age")
    graph = session.draw("estat caterpillar, relevel(subject) msymbol(D)")
    assert graph.panels is not None and len(graph.panels.graphs) == 2
    assert graph.panels.graphs[0].axes.y != graph.panels.graphs[1].axes.y
    with pytest.raises(StataError) as caught:
        session.run("estat caterpillar, relevel(age)")
    assert caught.value.code == 198
    session.run("quietly regress distance age")
    with pytest.raises(StataError) as caught:
        session.run("estat caterpillar")
    assert caught.value.code == 321


def test_curves_of_a_binary_model(session: Drawing) -> None:
    session.run("generate old = age > 10\nquietly logit old distance")
    curve, diagonal = session.draw("lroc").plots
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (1, 1, 0, 0) and diagonal.kind == "line"
    assert np.all(np.diff(curve.x) <= 0) and np.all(np.diff(curve.y) <= 0)
    sensitivity, specificity = session.draw("lsens").plots
    assert sensitivity.y[0] == 1 and specificity.y[0] == 0 and specificity.y[-1] == 1
    assert sensitivity.label == "Sensitivity"
