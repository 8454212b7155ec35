"""twoway fpfit, fpfitci, mband, mspline, contour, contourline: the curves that the statistics give."""

from __future__ import annotations

import io

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError
from xmixed.graphics.colors import ramp
from xmixed.graphics.drawing.figure import save
from xmixed.graphics.files import read_graph, write_graph
from xmixed.statistics.curves.bands import cross_medians
from xmixed.statistics.curves.fractional import fit_fractional


@pytest.fixture
def surface(session: Drawing) -> Drawing:
    session.run("clear\nset obs 60\nset seed 2\ngenerate x = runiform()*10\ngenerate y = runiform()*10")
    session.run("generate z = sin(x)*2 + y")
    return session


def test_fractional_polynomials(session: Drawing) -> None:
    session.run("generate s = subject^2")
    s, y = session.data["s"].to_double(), session.data["distance"].to_double()
    curve = session.draw("twoway fpfit distance s, n(40)").plots[0]
    np.testing.assert_allclose(curve.y, fit_fractional(s, y).value(curve.x), rtol=1e-9)
    assert (len(curve.x), curve.x[0], curve.x[-1]) == (40, s.min(), s.max())
    one = session.draw("twoway fpfit distance s, estopts(degree(1)) range(1 9)").plots[0]
    np.testing.assert_allclose(one.y, fit_fractional(s, y, degree=1).value(one.x), rtol=1e-9)
    band, line = session.draw("twoway fpfitci distance s, level(80)").plots
    fitted = fit_fractional(s, y)
    from scipy.stats import t

    half = t.ppf(0.9, 105) * fitted.standard_error(line.x)
    np.testing.assert_allclose(band.y2 - line.y, half, rtol=1e-8)
    assert session.draw("twoway fpfitci distance s, stdf nofit").plots[0].label == "95% CI"


def test_bands_and_splines_of_medians(session: Drawing) -> None:
    x, y = session.data["subject"].to_double(), session.data["distance"].to_double()
    curve = session.draw("twoway mband distance subject, bands(6)").plots[0]
    at, value = cross_medians(x, y, 6)
    np.testing.assert_allclose(curve.x, at)
    np.testing.assert_allclose(curve.y, value)
    spline = session.draw("twoway mspline distance subject, bands(6) n(4)").plots[0]
    assert len(spline.x) == 5 * 5 + 1
    np.testing.assert_allclose(spline.y[::5], value)


def test_contours_are_bands_of_a_surface_with_a_key_each(surface: Drawing) -> None:
    graph = surface.draw("twoway contour z y x, ccuts(2 5 8)")
    contour, *keys = graph.plots
    assert list(contour.levels[1:-1]) == [2, 5, 8] and len(contour.style.colors) == 4
    assert contour.levels[0] == contour.surface.min() and contour.levels[-1] == contour.surface.max()
    assert [key.label.partition(" ")[0] for key in keys][:3] == ["8", "5", "2"]
    assert [key.style.fill for key in keys] == list(contour.style.colors[::-1])
    assert (graph.legend.position, graph.legend.columns, graph.legend.title.lines) == (3, 1, ("z",))
    assert graph.axes.x.title.lines == ("x",) and graph.axes.y.title.lines == ("y",)
    truth = 2 * np.sin(contour.x)[None, :] + contour.y[:, None]
    inner = (slice(10, -10), slice(10, -10))
    assert np.corrcoef(contour.surface[inner].ravel(), truth[inner].ravel())[0, 1] > 0.98
    stream = io.BytesIO()
    write_graph(stream, graph)
    again = read_graph(io.BytesIO(stream.getvalue()), "g").plots[0]
    np.testing.assert_array_equal(again.surface, contour.surface)
    save(graph, io.BytesIO(), "png", 40)


def test_options_of_contours(surface: Drawing) -> None:
    def contour(options: str) -> tuple[float, ...]:
        return tuple(surface.draw(f"twoway contour z y x, {options}").plots[0].levels)

    z = surface.data["z"].to_double()
    assert contour("levels(2) minmax")[1:4] == pytest.approx((z.min(), (z.min() + z.max()) / 2, z.max()))
    colors = surface.draw("twoway contour z y x, ccuts(5) ccolors(red navy)").plots[0].style.colors
    assert colors == ("#ff0000ff", "#1a476fff")
    ramped = surface.draw("twoway contour z y x, ccuts(2 5 8) scolor(white) ecolor(black) crule(linear)")
    assert ramped.plots[0].style.colors == ("#ffffffff", "#aaaaaaff", "#555555ff", "#000000ff")
    reversed_keys = surface.draw('twoway contour z y x, ccuts(5) reversekey ztitle("Height") format(%5.2f)')
    assert reversed_keys.plots[1].label.endswith("– 5.00")
    assert reversed_keys.legend.title.lines == ("Height",)
    smooth = surface.draw("twoway contour z y x, interp(shepard)").plots[0].surface
    assert smooth.min() >= z.min() and smooth.max() <= z.max()
    below = surface.draw("twoway contour z y x, legend(position(6) rows(1))")
    assert (below.legend.position, below.legend.columns) == (6, 0)
    surface.draw("twoway contour z y x, heatmap zlabel(1 2)")
    assert "without effect here: heatmap zlabel()" in surface.said


def test_lines_of_a_surface(surface: Drawing) -> None:
    graph = surface.draw("twoway contourline z y x, ccuts(2 5 8) lcolor(red)")
    assert len(graph.plots) == 1 and graph.plots[0].style.colors == ("#ff0000ff",) * 3
    coloured = surface.draw("twoway contourline z y x, ccuts(2 5 8) colorlines")
    assert [plot.label for plot in coloured.plots[1:]] == ["8", "5", "2"]
    save(coloured, io.BytesIO(), "png", 40)


def test_ramps_of_colours() -> None:
    assert ramp(3, "#000000ff", "#ffffffff") == ("#000000ff", "#808080ff", "#ffffffff")
    assert ramp(5, rule="hue")[2] == "#00ff00ff" and ramp(5, rule="chue")[2] == "#ff00ffff"
    assert len(set(ramp(9))) == 9 and ramp(1) == (ramp(3)[1],)
    assert ramp(2, end="#ff0000ff", rule="intensity")[1] == "#ff0000ff"


def test_what_cannot_be_is_refused(surface: Drawing) -> None:
    for command, code in (
        ("twoway contour z y", 102),
        ("twoway contour z y x, interp(none)", 198),
        ("twoway contour z y x, interp(cubic)", 198),
        ("twoway contour z y x, levels(0)", 198),
        ("twoway contour z y x, crule(warm)", 198),
        ("twoway contour z x x", 198),
        ("twoway contour z y x, recast(line)", 198),
        ("twoway contour z y x if x > 99", 2000),
        ("twoway fpfit z x, estopts(degree(9))", 198),
        ("twoway fpfit z x if x > 99", 2000),
        ("twoway mband z x if x > 99", 2000),
        ("twoway scatter z x, recast(contour)", 198),
    ):
        with pytest.raises(StataError) as caught:
            surface.run(command)
        assert caught.value.code == code, command


# --- what smoothers keep ----------------------------------------------------------------------------------


def column(session: Drawing, name: str) -> np.ndarray:
    return session.data[name].to_double()


def test_lowess_adjusted_and_as_log_odds(session: Drawing) -> None:
    session.run(
        "lowess female subject, nograph generate(s)\nlowess female subject, nograph adjust generate(a)"
    )
    session.run("lowess female subject, nograph logit generate(l)")
    s, female = column(session, "s"), column(session, "female")
    np.testing.assert_allclose(column(session, "a"), s * female.mean() / s.mean(), rtol=1e-9)
    share = np.clip(s, 1 / 108, 107 / 108)
    np.testing.assert_allclose(column(session, "l"), np.log(share / (1 - share)), rtol=1e-9)
    curve = session.draw("twoway lowess female subject, logit").plots[0]
    assert curve.y.max() == pytest.approx(column(session, "l").max())


def test_lpoly_keeps_its_curve_and_standard_errors(session: Drawing) -> None:
    graph = session.draw("lpoly distance subject, degree(1) bwidth(4) ci generate(x s) se(e)")
    band, _, line = graph.plots
    assert column(session, "x")[:50] == pytest.approx(line.x)
    assert column(session, "s")[:50] == pytest.approx(line.y)
    np.testing.assert_allclose(column(session, "e")[:50] * 1.959963985, band.y2 - line.y, rtol=1e-7)
    assert (column(session, "s")[50:] > 1e300).all()
    session.run("generate v = subject + .5 if subject < 9")
    session.run("lpoly distance subject, degree(1) bwidth(4) at(v) generate(w) nograph")
    rows = column(session, "v") < 1e300
    known = np.interp(column(session, "v")[rows], line.x, line.y)
    np.testing.assert_allclose(column(session, "w")[rows], known, rtol=0.01)
    assert (column(session, "w")[~rows] > 1e300).all()


def test_kdensity_at_values_and_beside_students_t(session: Drawing) -> None:
    session.run("kdensity distance, at(distance) generate(d) nograph bwidth(1) kernel(gaussian)")
    y = column(session, "distance")
    by_hand = np.exp(-((y[:, None] - y) ** 2) / 2).sum(axis=1) / (108 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(column(session, "d"), by_hand, rtol=1e-9)
    from scipy.stats import t

    plots = session.draw("kdensity distance, normal student(3) stopts(lcolor(red))").plots
    assert [plot.label for plot in plots] == [
        "Kernel density estimate",
        "Normal density",
        "t density, df = 3",
    ]
    known = t.pdf((plots[2].x - y.mean()) / y.std(ddof=1), 3) / y.std(ddof=1)
    np.testing.assert_allclose(plots[2].y, known, rtol=1e-9)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("lpoly distance age, generate(one) bwidth(3)", 198),
        ("lpoly distance age, se(one) bwidth(3)", 198),
        ("lpoly distance age, bwidth(3) at(age) generate(a b)", 198),
        ("lpoly distance age, bwidth(3) generate(age b)", 110),
        ("lpoly distance subject, at(age female)", 198),
        ("kdensity distance, student(0)", 198),
        ("kdensity distance, at(distance) generate(a b)", 198),
        ("kdensity distance, n(500) generate(a b)", 198),
        ("lowess distance age, bwidth(2)", 198),
    ],
)
def test_what_cannot_be_kept_is_refused(session: Drawing, command: str, code: int) -> None:
    with pytest.raises(StataError) as caught:
        session.run(command)
    assert caught.value.code == code
