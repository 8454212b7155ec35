"""graph bar and its kin, histograms and their kin, graphs in memory and in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError


def table(session: Drawing) -> dict[tuple[float, float], np.ndarray]:
    """Return distance by age and sex."""
    data = session.data
    age, sex, y = (data[name].to_double() for name in ("age", "female", "distance"))
    return {(a, s): y[(age == a) & (sex == s)] for a in np.unique(age) for s in (0.0, 1.0)}


def test_bars_are_statistics_of_groups(session: Drawing) -> None:
    graph = session.draw("graph bar distance, over(age)")
    (plot,) = graph.plots
    cells = table(session)
    expected = [np.concatenate([cells[a, 0.0], cells[a, 1.0]]).mean() for a in (8, 10, 12, 14)]
    np.testing.assert_allclose(plot.y, expected)
    assert [tick.label for tick in graph.axes.x.ticks] == ["8", "10", "12", "14"]
    assert graph.axes.y.title.lines == ("mean of distance",) and graph.axes.y.minimum == 0
    graph = session.draw("graph bar (median) distance (sd) distance, over(age) over(female)")
    assert [plot.label for plot in graph.plots] == ["median of distance", "sd of distance"]
    np.testing.assert_allclose(graph.plots[0].y[:4], [np.median(cells[a, 0.0]) for a in (8, 10, 12, 14)])
    np.testing.assert_allclose(graph.plots[1].y[4:], [cells[a, 1.0].std(ddof=1) for a in (8, 10, 12, 14)])
    assert [tick.label for tick in graph.axes.x.tiers[0]] == ["Male", "Female"]
    for statistic in "sum count min max semean iqr p10 first last".split():
        assert len(session.draw(f"graph bar ({statistic}) distance, over(female)").plots[0].y) == 2
    assert session.draw("graph bar (count) distance").plots[0].y.tolist() == [108]
    assert session.draw("graph bar (percent), over(female)").plots[0].y.sum() == pytest.approx(100)


def test_groups_as_series_stacks_and_percentages(session: Drawing) -> None:
    graph = session.draw("graph bar distance, over(female) over(age) asyvars legend(cols(2))")
    assert [plot.label for plot in graph.plots] == ["Male", "Female"]
    assert [entry.text for entry in graph.legend.entries] == ["Male", "Female"]
    graph = session.draw("graph bar (sum) distance, over(female) over(age) asyvars stack percentages")
    male, female = graph.plots
    np.testing.assert_allclose(female.y, 100)
    np.testing.assert_allclose(female.y2, male.y)
    graph = session.draw(
        'graph hbar distance, over(age, sort(1) descending relabel(1 "eight") label(labsize(small)))'
        " blabel(bar, format(%4.1f))"
    )
    assert graph.plots[0].style.horizontal and [tick.label for tick in graph.axes.y.ticks][-1] == "eight"
    assert np.all(np.diff(graph.plots[0].y) < 0) and graph.axes.y.reversed
    assert graph.plots[1].texts[0] == f"{graph.plots[0].y[0]:.1f}"
    graph = session.draw(
        "graph dot (mean) distance, over(age) over(female) by(female, total) marker(1, msymbol(T))"
    )
    assert graph.panels is not None and len(graph.panels.graphs) == 3
    assert graph.plots[0].style.symbol == "triangle"


def test_boxes_are_quartiles_adjacent_values_and_what_lies_outside(session: Drawing) -> None:
    graph = session.draw("graph box distance, over(age) over(female)")
    (plot,) = graph.plots
    values = table(session)[8, 0.0]
    low, first, middle, third, high = plot.boxes[0]
    assert middle == np.median(values)
    ordered = np.sort(values)
    assert (first, third) == ((ordered[3] + ordered[4]) / 2, (ordered[11] + ordered[12]) / 2)
    reach = 1.5 * (third - first)
    inside = values[(values >= first - reach) & (values <= third + reach)]
    assert (low, high) == (inside.min(), inside.max())
    outside = values[(values < low) | (values > high)]
    assert set(outside) <= set(plot.y.tolist()) and len(outside)
    assert len(session.draw("graph hbox distance, over(age) nooutsides").plots[0].y) == 0
    assert len(session.draw("graph hbox distance, over(age) outsides").plots[0].y) > 0


def test_pies_and_matrices(session: Drawing) -> None:
    graph = session.draw(
        "graph pie, over(age) plabel(_all percent, format(%3.0f)) pie(2, explode color(red)) legend(cols(4))"
    )
    pie = graph.plots[0]
    assert pie.y.tolist() == [27] * 4 and pie.texts == ("25",) * 4 and pie.x.tolist() == [0, 0.1, 0, 0]
    assert [entry.text for entry in graph.legend.entries] == ["8", "10", "12", "14"]
    graph = session.draw("graph pie distance age, sort descending")
    assert graph.plots[0].y[0] > graph.plots[0].y[1]
    graph = session.draw("graph matrix distance age subject, half msymbol(p)")
    assert graph.panels is not None and len(graph.panels.graphs) == 6 and graph.panels.holes == (2, 3, 6)
    session.run("generate negative = -1")
    for command, code in (("graph pie, over(nosuch)", 111), ("graph pie negative", 411)):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code


def test_histograms_say_their_bins(session: Drawing) -> None:
    graph = session.draw("histogram distance, frequency normal kdensity addlabels")
    assert "(bin=10, start=16.5, width=1.5)" in session.said
    bars, heights, normal, density = graph.plots
    assert bars.y.sum() == 108 and heights.texts[0] == f"{bars.y[0]:g}"
    assert np.trapezoid(normal.y, normal.x) == pytest.approx(108 * 1.5, rel=0.02)
    assert np.trapezoid(density.y, density.x) == pytest.approx(108 * 1.5, rel=0.02)
    assert session.r.scalars["bin"] == 10
    counts, _ = np.histogram(
        session.data["distance"].to_double(), bins=bars.x[0] - 0.75 + 1.5 * np.arange(11)
    )
    np.testing.assert_array_equal(bars.y, counts)
    discrete = session.draw("histogram age, discrete percent")
    assert len(discrete.plots[0].x) == 4 and discrete.plots[0].y.tolist() == [25] * 4
    panels = session.draw("histogram distance, bin(5) by(female)")
    assert panels.panels is not None and len(panels.panels.graphs) == 2
    for bad in ("bin(0)", "width(-1)", "bin(5) width(2)", "start(99)", "density percent", "bin(2.5)"):
        with pytest.raises(StataError):
            session.run(f"histogram distance, {bad}")


def test_smoothers_and_densities_make_variables(session: Drawing) -> None:
    from xmixed.statistics.curves.smoothing import lowess

    session.run("lowess distance age, bwidth(.6) generate(smooth) nograph")
    x, y = session.data["age"].to_double(), session.data["distance"].to_double()
    np.testing.assert_allclose(session.data["smooth"].to_double(), lowess(x, y, 0.6))
    assert session.graphs.graphs == {}
    session.run("kdensity distance, generate(at density) n(40) kernel(gaussian) nograph")
    assert session.r.scalars["n"] == 40 and session.r.macros["kernel"] == "gaussian"
    assert session.data["density"].to_double()[:40].max() > 0.1
    graph = session.draw("lowess distance age")
    assert graph.titles.title.lines == ("Lowess smoother",) and [p.kind for p in graph.plots] == [
        "scatter",
        "line",
    ]
    graph = session.draw("lpoly distance age, degree(1) ci noscatter")
    assert [plot.kind for plot in graph.plots] == ["rarea", "line"] and session.r.scalars["degree"] == 1
    graph = session.draw("kdensity distance, normal")
    assert len(graph.plots) == 2 and "bandwidth" in graph.titles.note.lines[0]


def test_quantile_plots(session: Drawing) -> None:
    from scipy import stats

    graph = session.draw("qnorm distance")
    y = np.sort(session.data["distance"].to_double())
    np.testing.assert_array_equal(graph.plots[0].y, y)
    expected = stats.norm.ppf(np.arange(1, 109) / 109) * y.std(ddof=1) + y.mean()
    np.testing.assert_allclose(graph.plots[0].x, expected)
    assert session.draw("pnorm distance").plots[0].y.max() < 1
    assert session.draw("quantile distance").plots[0].x[0] == pytest.approx(0.5 / 108)
    assert np.all(session.draw("symplot distance").plots[0].x >= 0)


def test_lines_of_panels(session: Drawing) -> None:
    graph = session.draw("xtline distance, overlay")
    assert [plot.kind for plot in graph.plots] == ["lines"] and np.isnan(graph.plots[0].y).sum() == 26
    few = session.draw("xtline distance if subject <= 5, overlay legend(cols(5))")
    assert [plot.label for plot in few.plots] == ["M01", "M02", "M03", "M04", "M05"]
    apart = session.draw("xtline distance if subject <= 4")
    assert apart.panels is not None and len(apart.panels.graphs) == 4
    assert apart.panels.graphs[0].plots[0].x.tolist() == [8, 10, 12, 14]


def test_bars_of_standard_errors(session: Drawing) -> None:
    session.run("collapse (mean) m=distance (semean) se=distance, by(age)")
    m, se = (session.data[name].to_double() for name in ("m", "se"))
    bars, means = session.draw("serrbar m se age, scale(1.96)").plots
    np.testing.assert_allclose(bars.y, m - 1.96 * se)
    np.testing.assert_allclose(bars.y2, m + 1.96 * se)
    np.testing.assert_array_equal(means.y, m)
    bars, means = session.draw("serrbar m se age, mvopts(msymbol(T) mcolor(red)) lcolor(blue)").plots
    plain, usual = session.draw("serrbar m se age, lcolor(blue)").plots
    assert bars.style == plain.style and means.style.symbol != usual.style.symbol
    assert means.style.symbol_fill != usual.style.symbol_fill
    for typed in ("serrbar m se", "serrbar m se age, scale(wide)"):
        with pytest.raises(StataError):
            session.draw(typed)


# --- memory and files -------------------------------------------------------------------------------------


def test_graphs_are_kept_by_name(session: Drawing) -> None:
    session.run("scatter distance age, name(one)\nhistogram distance, name(two)")
    assert list(session.graphs.graphs) == ["one", "two"]
    with pytest.raises(StataError) as caught:
        session.run("scatter distance age, name(one)")
    assert caught.value.code == 110
    session.run("line distance age, name(one, replace)")
    assert session.graphs.graphs["one"].plots[0].kind == "line" and session.graphs.current == "one"
    assert "one" in session.run("graph dir") and session.r.macros["list"] == "two one"
    session.run("graph rename one three\ngraph copy three four\ngraph drop two\ngraph close three")
    assert list(session.graphs.graphs) == ["three", "four"]
    assert "line distance age" in session.run("graph describe three")
    session.run("graph display three, scheme(s1mono) xsize(4) ysize(3) scale(.8)")
    assert session.graphs.graphs["three"].scheme == "s1mono" and session.graphs.graphs["three"].width == 4
    session.run("graph display three, margins(small)")
    session.run("graph save three kept, asis")
    assert "kept.gph" in session.run("graph dir, gph") and "kept.gph" not in session.run("graph dir, memory")
    session.run("graph drop _all")
    assert session.graphs.graphs == {} and session.graphs.current == ""
    for command, code in (
        ("graph display", 111),
        ("graph drop nosuch", 111),
        ("graph nosuch", 198),
        ("graph", 198),
    ):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code


def test_graphs_are_saved_and_used_again(session: Drawing, tmp_path: Path) -> None:
    graph = session.draw('scatter distance age, saving("my graph", replace) name(g)')
    assert (tmp_path / "my graph.gph").exists()
    session.run("graph save g other\ngraph drop _all\ngraph use other, name(again)")
    again = session.graphs.graphs["again"]
    np.testing.assert_array_equal(again.plots[0].y, graph.plots[0].y)
    assert again.axes == graph.axes
    with pytest.raises(StataError) as caught:
        session.run("graph save again other")
    assert caught.value.code == 602
    Path("bad.gph").write_bytes(b"StataGraph")
    for command, code in (("graph use bad", 610), ("graph use nosuch", 601), ("graph describe bad.gph", 610)):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code


def test_graphs_are_combined(session: Drawing) -> None:
    session.run(
        "scatter distance age, name(a)\nscatter female age, name(b)\nhistogram age, name(c)"
        " saving(c)\ngraph drop c"
    )
    graph = session.draw('graph combine a b c, cols(2) title("All") ycommon xcommon iscale(.7) name(all)')
    assert graph.panels is not None and len(graph.panels.graphs) == 3
    assert (graph.panels.rows, graph.panels.columns, graph.panels.scale) == (2, 2, 0.7)
    ends = {(child.axes.y.minimum, child.axes.y.maximum) for child in graph.panels.graphs}
    assert len(ends) == 1
    assert session.draw("graph combine a b, rows(2) holes(1) colfirst").panels is not None
    for command in ("graph combine a nosuch", "graph combine", "graph combine a b, misspelt(1)"):
        with pytest.raises(StataError):
            session.run(command)


@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.pdf", "a.eps", "a.tif"])
def test_pictures_are_exported(session: Drawing, name: str) -> None:
    session.run("scatter distance age")
    said = session.run(f"graph export {name}, replace")
    assert f"file {name} written" in said and Path(name).stat().st_size > 1000
    with pytest.raises(StataError) as caught:
        session.run(f"graph export {name}")
    assert caught.value.code == 602


def test_sizes_and_names_of_exported_pictures(session: Drawing) -> None:
    from PIL import Image

    session.run(
        'scatter distance age, name(a)\nhistogram age, name(b)\ngraph export "my a.png", name(a)'
        " width(400) height(200)"
    )
    assert Image.open("my a.png").size == (400, 200)
    session.run("graph export b, as(png) name(b) width(300)")
    assert Image.open("b.png").size[0] == 300
    for command, code in (
        ("graph export x.png, name(nosuch)", 111),
        ("graph export x", 198),
        ("graph export x.wmf", 198),
        ("graph export x.png, width(abc)", 198),
        ("graph export", 198),
        ("graph export nosuch/x.png", 603),
    ):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code, command
    assert not Path("x.png").exists()
    said = session.run(
        "graph export q.jpg, quality(90) nologo fontface(Arial) orientation(landscape) preview(on) mag(90)"
    )
    assert said.count("without effect") == 6 and Path("q.jpg").exists()


def test_where_a_graph_is_shown(session: Drawing) -> None:
    session.graphs.target = "file"
    assert "(graph written to Graph.png)" in session.run("scatter distance age")
    assert "(graph written to Graph_b.png)" in session.run("scatter distance age, name(b)")
    first = Path("Graph.png").read_bytes()
    session.run("histogram distance")
    assert Path("Graph.png").read_bytes() != first
    Path("Graph_c.png").write_text("mine")
    assert "(graph written to Graph_c_2.png)" in session.run("scatter distance age, name(c)")
    assert Path("Graph_c.png").read_text() == "mine"
    session.run("set graphics off\nscatter distance age, name(d)")
    assert not Path("Graph_d.png").exists() and "d" in session.graphs.graphs
    session.run("set graphics on\nscatter distance age, name(e) nodraw")
    assert not Path("Graph_e.png").exists()
    session.run("scatter distance age, name(f) draw")
    assert Path("Graph_f.png").exists()


def test_schemes_are_set(session: Drawing) -> None:
    assert session.draw("scatter distance age").scheme == "xmixed"
    session.run("set scheme s1mono, permanently")
    assert session.draw("scatter distance age").scheme == "s1mono"
    assert session.draw("scatter distance age, scheme(s2color)").scheme == "s2color"
    assert "scheme nosuch not found" in session.run("set scheme nosuch")
    assert session.run("display c(scheme) c(graphics)") == "s1monoon\n"
    assert "s2color" in session.run("graph query")
    assert "without effect" in session.run("graph set window fontface Arial")
    figure = session.graph()
    assert len(figure.axes) >= 1


def test_without_the_drawing_library_graphs_are_data_still(
    session: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    session.graphs.target = "file"
    with pytest.raises(StataError) as caught:
        session.run("scatter distance age")
    assert caught.value.code == 601 and "xmixed[plot]" in caught.value.hint and not session.graphs.graphs
    session.run("set graphics off\nscatter distance age")
    assert len(session.graphs.graphs["Graph"].plots[0].x) == 108
