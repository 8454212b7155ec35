"""coefplot, on fitted models."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError


@pytest.fixture
def fitted(session: Drawing) -> Drawing:
    session.run("regress distance age i.female\nestimates store one")
    session.run("regress distance age i.female c.age#i.female\nestimates store two")
    return session


def test_coefficients_of_the_last_model_with_intervals(fitted: Drawing) -> None:
    graph = fitted.draw("coefplot, drop(_cons) xline(0)")
    interval, points = graph.plots
    b, V = fitted.e.matrices["b"], fitted.e.matrices["V"]
    shown = [i for i, name in enumerate(b.column_names) if name in ("age", "1.female", "1.female#c.age")]
    np.testing.assert_allclose(points.y, b.values[0, shown])
    half = stats.t.ppf(0.975, fitted.e.scalars["df_r"]) * np.sqrt(np.diag(V.values)[shown])
    np.testing.assert_allclose(interval.y2 - interval.y, 2 * half)
    assert points.style.horizontal and graph.axes.x.references[0].value == 0
    assert [tick.label for tick in graph.axes.y.ticks] == ["Age (years)", "Female", "Female # Age (years)"]
    assert graph.axes.y.reversed and graph.legend.entries == ()


def test_models_beside_each_other(fitted: Drawing) -> None:
    graph = fitted.draw("coefplot one two, keep(age *.female) vertical levels(99 90)")
    assert [plot.kind for plot in graph.plots] == ["rspike", "rspike", "scatter"] * 2
    assert [entry.text for entry in graph.legend.entries] == ["one", "two"]
    assert not graph.plots[2].style.horizontal
    np.testing.assert_allclose(graph.plots[5].x - graph.plots[2].x, 0.16)
    wide, narrow = (plot.y2 - plot.y for plot in graph.plots[:2])
    assert np.all(wide > narrow)
    graph = fitted.draw(
        'coefplot (one, label("First") msymbol(D) offset(0)) (two, label(Second) ciopts(recast(rcap)'
        " lcolor(red))),"
        ' drop(_cons *#*) order(1.female age) coeflabels(age = "Years" 1.female="Girls") title(T)'
        " legend(rows(1))"
    )
    assert [tick.label for tick in graph.axes.y.ticks] == ["Girls", "Years"]
    assert [entry.text for entry in graph.legend.entries] == ["First", "Second"]
    assert graph.plots[1].style.symbol == "diamond" and graph.plots[2].kind == "rcap"
    assert graph.plots[2].style.line.color == "#ff0000ff"
    graph = fitted.draw(
        "coefplot one two, noci rename(age = years) nolabels eform baselevels omitted horizontal"
    )
    assert [plot.kind for plot in graph.plots] == ["scatter"] * 2
    assert graph.axes.y.ticks[0].label == "years" and np.all(graph.plots[0].y > 0)
    assert graph.axes.y.ticks[1].label.startswith("0b")


def test_coefficients_of_a_mixed_model_are_those_of_its_fixed_part(session: Drawing) -> None:
    session.run("xtmixed distance age || subject:")
    graph = session.draw("coefplot")
    assert [tick.label for tick in graph.axes.y.ticks] == ["Age (years)", "_cons"]
    interval = graph.plots[0]
    half = stats.norm.ppf(0.975) * np.sqrt(session.e.matrices["V"].values[0, 0])
    assert interval.y2[0] - interval.y[0] == pytest.approx(2 * half)
    graph = session.draw("coefplot, keep(*:)")
    assert [tick.label for tick in graph.axes.y.ticks][:2] == ["distance: Age (years)", "distance: _cons"]
    assert len(graph.axes.y.ticks) == 4


def test_what_is_not_there_is_refused(fitted: Drawing) -> None:
    for command, code in (
        ("coefplot nosuch", 111),
        ("coefplot one || two", 198),
        ("coefplot, keep(nosuch)", 111),
        ("coefplot, levels(5)", 198),
        ("coefplot, rename(a)", 198),
        ("coefplot, heddings(x)", 198),
        ("coefplot, ciopts(recast(line))", 198),
        ("coefplot, recast(rcap)", 198),
    ):
        with pytest.raises(StataError) as caught:
            fitted.run(command)
        assert caught.value.code == code, command


def test_values_stand_beside_their_points(fitted: Drawing) -> None:
    points = fitted.draw("coefplot, keep(age) mlabel format(%9.2f)").plots[1]
    assert points.texts == (f"{fitted.e.matrices['b'].values[0, 0]:.2f}",)
    assert points.style.label_position == 12
    assert (
        fitted.draw("coefplot, keep(age) mlabel mlabposition(4) vertical").plots[1].style.label_position == 4
    )


def test_models_over_each_other(fitted: Drawing) -> None:
    graph = fitted.draw("coefplot one two, keep(age) nooffsets")
    np.testing.assert_array_equal(graph.plots[1].x, graph.plots[3].x)


def test_what_coefplot_does_not_draw_is_noted(fitted: Drawing) -> None:
    for command in (
        "coefplot, keep(age) headings(age = Time)",
        "coefplot, keep(age) groups(age = Time)",
        "coefplot, keep(age) grid(none)",
        "coefplot, keep(age) byopts(rows(1))",
        "coefplot, keep(age) bylabel(A)",
        "coefplot, keep(age) eqlabels(A)",
        "coefplot, keep(age) plotlabels(A)",
        "coefplot, keep(age) cismooth",
        "coefplot, keep(age) citop",
    ):
        fitted.draw(command)
        assert f"without effect here: {command.split(' ')[2].partition('(')[0]}" in fitted.said
    fitted.draw('coefplot, keep(age) coeflabels(age = "A", wrap(9) truncate(5) break(3)) barwidth(2)')
    assert "without effect here: wrap() truncate() break() barwidth()" in fitted.said


def test_coefficients_in_the_order_of_their_size(fitted: Drawing) -> None:
    points = fitted.draw("coefplot two, sort").plots[1]
    assert len(points.y) == 4 and np.all(np.diff(points.y[np.argsort(points.x)]) > 0)
