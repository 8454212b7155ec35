"""avplot, avplots, cprplot, acprplot and estat residuals: what is drawn against what regressions say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError


@pytest.fixture
def fitted(session: Drawing) -> Drawing:
    session.run("generate heavy = mod(subject, 4) + 1")
    session.run("quietly regress distance age i.female subject")
    return session


def left(y: np.ndarray, *columns: np.ndarray) -> np.ndarray:
    """Return the residuals of a least-squares fit with a constant."""
    design = np.column_stack([np.ones_like(y), *columns])
    return y - design @ np.linalg.lstsq(design, y, rcond=None)[0]


def values(session: Drawing, *names: str) -> list[np.ndarray]:
    return [session.data[name].to_double() for name in names]


def test_avplot_draws_what_the_others_leave_of_both(fitted: Drawing) -> None:
    y, age, female, subject = values(fitted, "distance", "age", "female", "subject")
    graph = fitted.draw("avplot age")
    points, line = graph.plots
    np.testing.assert_allclose(points.x, left(age, female, subject), atol=1e-10)
    np.testing.assert_allclose(points.y, left(y, female, subject), atol=1e-10)
    slope = np.diff(line.y)[0] / np.diff(line.x)[0]
    assert slope == pytest.approx(0.6601852, abs=1e-6)  # the coefficient itself (Frisch and Waugh)
    assert graph.titles.note.lines == ("coef = .6601852, se = .0977866, t = 6.75",)
    assert graph.axes.x.title.lines == ("e( age | X )",)
    assert graph.axes.y.title.lines == ("e( distance | X )",)


def test_avplot_of_a_variable_that_the_model_does_not_have(fitted: Drawing) -> None:
    note = fitted.draw("avplot heavy, rlopts(lcolor(red))").titles.note.lines[0]
    fitted.run("quietly regress distance age i.female subject heavy")
    assert note == fitted.draw("avplot heavy").titles.note.lines[0]


def test_avplots_has_a_panel_for_every_covariate(fitted: Drawing) -> None:
    graph = fitted.draw("avplots, rows(1) msymbol(T)")
    assert graph.panels is not None and (graph.panels.rows, graph.panels.columns) == (1, 3)
    titles = [child.axes.x.title.lines[0] for child in graph.panels.graphs]
    assert titles == ["e( age | X )", "e( 1.female | X )", "e( subject | X )"]
    np.testing.assert_allclose(graph.panels.graphs[0].plots[0].y, fitted.draw("avplot age").plots[0].y)


def test_components_plus_residuals(fitted: Drawing) -> None:
    y, age, female, subject = values(fitted, "distance", "age", "female", "subject")
    rest = left(y, age, female, subject)
    graph = fitted.draw("cprplot age")
    np.testing.assert_allclose(graph.plots[0].y, rest + 0.66018519 * age, atol=1e-6)
    np.testing.assert_array_equal(graph.plots[0].x, age)
    design = np.column_stack([np.ones_like(y), age, female, subject, age**2])
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    augmented = fitted.draw("acprplot age").plots[0]
    np.testing.assert_allclose(augmented.y, y - design @ beta + beta[1] * age + beta[4] * age**2, atol=1e-8)


def test_curves_through_components(fitted: Drawing) -> None:
    graph = fitted.draw("cprplot age, lowess mspline lsopts(bwidth(.5) lcolor(red)) msopts(bands(3))")
    assert [plot.label for plot in graph.plots] == ["Observations", "Fitted", "lowess", "Median spline"]
    assert graph.plots[2].style.line.color == "#ff0000ff"
    assert [len(fitted.draw(f"acprplot subject, {name}").plots) for name in ("lowess", "mspline")] == [3, 3]


def test_weights_and_robust_errors_are_those_of_the_model(session: Drawing) -> None:
    session.run("generate w = mod(subject, 4) + 1\nquietly regress distance age female [aw=w], vce(robust)")
    b, se = session.e.matrices["b"].values[0, 0], session.e.matrices["V"].values[0, 0] ** 0.5
    graph = session.draw("avplot age")
    line = graph.plots[1]
    assert np.diff(line.y)[0] / np.diff(line.x)[0] == pytest.approx(b, rel=1e-9)
    assert f"t = {b / se:.2f}" in graph.titles.note.lines[0]


def test_what_cannot_be_drawn_is_refused(fitted: Drawing) -> None:
    for command, code in (
        ("avplot", 102),
        ("avplot age female", 103),
        ("avplot nosuch", 111),
        ("cprplot heavy", 398),
        ("cprplot age, lowess lsopts(bwidth(2))", 198),
    ):
        with pytest.raises(StataError) as caught:
            fitted.run(command)
        assert caught.value.code == code, command
    fitted.run("quietly xtmixed distance age || subject:")
    for command in ("avplot age", "avplots", "cprplot age", "acprplot age"):
        with pytest.raises(StataError):
            fitted.run(command)


# --- estat residuals --------------------------------------------------------------------------------------


def test_estat_residuals_draws_four_panels_of_a_mixed_model(session: Drawing) -> None:
    session.run("quietly xtmixed distance age || subject: age\npredict s, rstandard\npredict f, fitted")
    session.run("predict b*, reffects")
    graph = session.draw('estat residuals, title("What is left")')
    assert graph.panels is not None and graph.titles.title.lines == ("What is left",)
    by_fitted, normal, bars, effects = graph.panels.graphs
    s, f, b1, b2 = values(session, "s", "f", "b1", "b2")
    np.testing.assert_allclose(by_fitted.plots[1].y, s, atol=1e-5)  # predict keeps floats
    np.testing.assert_allclose(by_fitted.plots[1].x, f, atol=1e-5)
    np.testing.assert_allclose(normal.plots[0].y, np.sort(s), atol=1e-5)
    assert bars.plots[0].kind == "bar"
    assert [plot.label for plot in effects.plots[:2]] == ["age", "_cons"]
    first = np.unique(session.data["subject"].to_double(), return_index=True)[1]
    np.testing.assert_allclose(effects.plots[1].y, np.sort(b2[first]) / b2[first].std(), rtol=1e-4)
    np.testing.assert_allclose(effects.plots[0].y, np.sort(b1[first]) / b1[first].std(), rtol=1e-4)
    assert effects.titles.subtitle.lines == ("Random effects of subject",)


def test_estat_residuals_without_random_effects_shows_the_size_of_residuals(session: Drawing) -> None:
    session.run("quietly xtmixed distance age")
    graph = session.draw("estat residuals, cols(1)")
    assert graph.panels is not None and graph.panels.columns == 1
    last = graph.panels.graphs[-1]
    assert last.titles.subtitle.lines == ("Size of residuals",) and last.plots[0].y.min() >= 0
    with pytest.raises(StataError) as caught:
        session.run("estat residuals, relevel(age)")
    assert caught.value.code == 198 and caught.value.message == "age: no level of the model"


def test_estat_residuals_of_a_level(session: Drawing) -> None:
    session.run("generate pair = ceil(subject / 2)\nquietly xtmixed distance age || pair: || subject:")
    for level, count in (("pair", 14), ("subject", 27)):
        graph = session.draw(f"estat residuals, relevel({level})")
        assert graph.panels is not None
        assert len(graph.panels.graphs[3].plots[0].x) == count
    session.run("quietly regress distance age")
    with pytest.raises(StataError):
        session.run("estat residuals")
