"""twoway, looked at as data: series, axes, labels, legend, panels."""

from __future__ import annotations

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError
from xmixed.graphics.colors import color_of
from xmixed.graphics.looks import look_of
from xmixed.graphics.model import Graph
from xmixed.graphics.schemes import scheme_of


def kinds(graph: Graph) -> list[str]:
    return [plot.kind for plot in graph.plots]


def labels(graph: Graph, letter: str = "x") -> list[str]:
    return [tick.label for tick in getattr(graph.axes, letter).ticks]


def test_a_scatter_plot_has_the_points_axes_and_titles_of_the_data(session: Drawing) -> None:
    graph = session.draw("scatter distance age")
    (plot,) = graph.plots
    np.testing.assert_array_equal(plot.y, session.data["distance"].to_double())
    np.testing.assert_array_equal(plot.x, session.data["age"].to_double())
    assert graph.axes.x.title.lines == ("Age (years)",)
    assert graph.axes.y.title.lines == ("Pituitary to pterygomaxillary fissure (mm)",)
    assert labels(graph) == ["8", "10", "12", "14"] and labels(graph, "y") == ["15", "20", "25", "30"]
    assert graph.axes.y.minimum == 15 and graph.axes.y.maximum == 31.5
    assert graph.legend.entries == () and graph.name == "Graph" and graph.command == "scatter distance age"


@pytest.mark.parametrize(
    "command",
    [
        "twoway scatter distance age || lfit distance age",
        "twoway (scatter distance age) (lfit distance age)",
        "graph twoway (scatter distance age) || lfit distance age ||",
        "gr tw sc distance age || lfit distance age",
        "scatter distance age || lfit distance age",
        "tw (sc distance age || lfit distance age), legend(on)",
    ],
)
def test_plots_are_laid_over_each_other_in_either_form(session: Drawing, command: str) -> None:
    graph = session.draw(command)
    assert kinds(graph) == ["scatter", "line"]
    assert [entry.text for entry in graph.legend.entries][1] == "Fitted values"
    assert graph.axes.y.title.lines == ()  # two things are measured along it: the legend says which
    slope, intercept = np.polyfit(graph.plots[0].x, graph.plots[0].y, 1)
    np.testing.assert_allclose(graph.plots[1].y, intercept + slope * graph.plots[1].x, rtol=1e-10)
    assert [plot.number for plot in graph.plots] == [1, 2]


def test_conditions_of_plots_and_of_the_whole_restrict_together(session: Drawing) -> None:
    graph = session.draw(
        "twoway (scatter distance age if female) (scatter distance age if !female) if age > 9, name(a)"
    )
    ages, sex = session.data["age"].to_double(), session.data["female"].to_double()
    assert [len(plot.x) for plot in graph.plots] == [
        int(np.sum((ages > 9) & (sex == 1))),
        int(np.sum((ages > 9) & (sex == 0))),
    ]
    assert len(session.draw("scatter distance age in 1/10").plots[0].x) == 10
    with pytest.raises(StataError) as caught:
        session.run("scatter distance age if age > 99")
    assert caught.value.code == 2000


def test_graph_of_the_manuals_first_example_connects_ascending_weeks(session: Drawing) -> None:
    session.run("sysuse sleepstudy, clear")
    graph = session.draw("twoway connected reaction days if subject <= 330, connect(L)")
    (plot,) = graph.plots
    assert plot.kind == "connected" and plot.style.connect == "direct"
    gaps = np.flatnonzero(np.isnan(plot.y))
    assert len(gaps) == 3  # four subjects
    whole = plot.x[~np.isnan(plot.y)]
    assert len(whole) == 40
    pieces = np.split(plot.x, gaps)
    assert all(np.all(np.diff(piece[1:]) > 0) for piece in pieces)


def test_graph_of_the_manuals_sixth_example_has_a_panel_for_each_group(session: Drawing) -> None:
    graph = session.draw("graph twoway (line distance age, connect(ascending)), by(female)")
    assert graph.panels is not None and (graph.panels.rows, graph.panels.columns) == (1, 2)
    assert [child.titles.subtitle.lines for child in graph.panels.graphs] == [("Male",), ("Female",)]
    assert graph.titles.note.lines == ("Graphs by Sex",)
    assert graph.titles.bottom.lines == ("Age (years)",)
    boys, girls = graph.panels.graphs
    assert boys.axes.y == girls.axes.y  # one scale
    assert np.isnan(boys.plots[0].y).sum() == 15 and np.isnan(girls.plots[0].y).sum() == 10
    free = session.draw('scatter distance age, by(female, yrescale total cols(1) note("") title(By sex))')
    assert free.panels is not None and len(free.panels.graphs) == 3 and free.panels.columns == 1
    assert free.panels.graphs[0].axes.y != free.panels.graphs[1].axes.y
    assert free.titles.title.lines == ("By sex",) and free.titles.note.lines == ()


def test_labels_follow_rules(session: Drawing) -> None:
    graph = session.draw(
        'scatter distance age, ylabel(15(5)30 31.5 "top", angle(45) nogrid) xlabel(8 "eight" 14,'
        " labsize(small))"
    )
    assert [tick.value for tick in graph.axes.y.ticks] == [15, 20, 25, 30, 31.5]
    assert labels(graph, "y")[-1] == "top" and graph.axes.y.angle == 45 and graph.axes.y.grid is False
    assert labels(graph) == ["eight", "14"]
    assert labels(session.draw("scatter distance age, ylabel(minmax, format(%4.1f))"), "y") == [
        "16.5",
        "31.5",
    ]
    assert labels(session.draw("scatter distance age, ylabel(none) xlab(#2)"), "y") == []
    assert labels(session.draw("scatter distance age, ylabel(17, add)"), "y") == [
        "15",
        "17",
        "20",
        "25",
        "30",
    ]
    assert labels(session.draw("scatter female age, ylabel(0 1, valuelabel)"), "y") == ["Male", "Female"]
    graph = session.draw("scatter distance age, ymtick(##5) xtick(9 11) ylabel(, nolabels) ymlabel(22)")
    assert len(graph.axes.y.minor) == 12 and graph.axes.x.minor == (9, 11)
    assert set(labels(graph, "y")) == {""}
    for bad in ("ylabel(wrong)", 'ylabel("text")', "ylabel(1 2 3, format(xx))"):
        with pytest.raises(StataError):
            session.run(f"scatter distance age, {bad}")


def test_scales_lines_and_texts(session: Drawing) -> None:
    graph = session.draw(
        "scatter distance age, yscale(range(0 40) reverse) xscale(log off) yline(20 25, lcolor(red)"
        " lpattern(dash))"
        ' xline(10) text(30 9 "here" "too", place(e) size(small) color(blue))'
    )
    y, x = graph.axes.y, graph.axes.x
    assert (y.minimum, y.maximum, y.reversed) == (0, 40, True) and x.log and not x.shown
    assert [reference.value for reference in y.references] == [20, 25]
    assert y.references[0].stroke.color == color_of("red") and y.references[0].stroke.pattern == "dash"
    (text,) = graph.labels
    assert (text.x, text.y, text.lines, text.position) == (9, 30, ("here", "too"), 3)
    graph = session.draw("twoway (scatter distance age) (line female age, yaxis(2)), ytitle(Second, axis(2))")
    assert graph.axes.y2 is not None and graph.axes.y2.title.lines == ("Second",)
    assert graph.axes.y.title.lines == ("Pituitary to pterygomaxillary fissure (mm)",)


def test_titles_and_their_looks(session: Drawing) -> None:
    graph = session.draw(
        'scatter distance age, title("Two" "lines", size(small) color(maroon)) subtitle(Plain text'
        " with (brackets))"
        ' note("\\$x^2$ [b] {unclosed") caption(`"quoted "inside""\') ytitle("") xtitle(Age {&alpha})'
        " scheme(s2color)"
    )
    titles = graph.titles
    assert titles.title.lines == ("Two", "lines") and titles.title.color == color_of("maroon")
    assert titles.title.size == pytest.approx(8, abs=0.1)
    assert titles.subtitle.lines == ("Plain text with (brackets)",)
    assert titles.note.lines == ("$x^2$ [b] {unclosed",)
    assert titles.caption.lines == ('quoted "inside"',)
    assert graph.axes.y.title.lines == () and graph.axes.x.title.lines == ("Age α",)
    assert graph.scheme == "s2color"


def test_legends(session: Drawing) -> None:
    both = "twoway (scatter distance age) (lfit distance age)"
    graph = session.draw(
        f'{both}, legend(order(2 "Fit" 1 "Data" "points" - "that is all") cols(1) ring(0) pos(11))'
    )
    assert [(entry.plot, entry.text) for entry in graph.legend.entries] == [
        (1, "Fit"),
        (0, "Data\npoints"),
        (-1, "that is all"),
    ]
    assert (graph.legend.columns, graph.legend.ring, graph.legend.position) == (1, 0, 11)
    assert session.draw(f"{both}, legend(off)").legend.entries == ()
    renamed = session.draw(
        f'{both}, legend(label(1 "A") label(2 "B") rows(2) region(lcolor(none)) size(small))'
    )
    assert [entry.text for entry in renamed.legend.entries] == ["A", "B"] and renamed.legend.rows == 2
    assert renamed.legend.border.pattern == "blank"
    assert len(session.draw("scatter distance age, legend(on)").legend.entries) == 1
    for bad in ("legend(order(a))", "legend(label(x))", "legend(pos(13))", "legend(what)"):
        with pytest.raises(StataError):
            session.run(f"{both}, {bad}")


def test_looks_of_series(session: Drawing) -> None:
    graph = session.draw(
        "scatter distance female age, msymbol(Oh T) mcolor(red . ) msize(large vsmall) mfcolor(none)"
        " connect(. l) lpattern(. dash)"
    )
    first, second = graph.plots
    assert first.style.symbol == "circle" and first.style.symbol_fill == color_of("none")
    assert first.style.symbol_edge == color_of("red")
    assert (second.style.symbol, second.style.symbol_fill, second.style.connect) == ("triangle", "", "direct")
    look = look_of(second, scheme_of("xmixed"))
    assert look.symbol_fill == scheme_of("xmixed").color(2)
    graph = session.draw(
        "line distance age, sort lcolor(navy*.5%40) lwidth(thick) lpattern(longdash_dot) cmissing(n)"
    )
    stroke = graph.plots[0].style.line
    assert stroke.color == color_of("navy*.5%40") and stroke.pattern == "longdash_dot"
    assert np.all(np.diff(graph.plots[0].x) >= 0)
    graph = session.draw("twoway bar distance age in 1/4, color(255 0 0) barwidth(.5) base(10)")
    assert graph.plots[0].style.fill == color_of("255 0 0") and graph.axes.y.minimum <= 10
    assert session.draw("scatter distance age, pstyle(p3) mcolor(%30)").plots[0].number == 3


def test_what_stata_notes_is_noted_and_what_it_refuses_refused(session: Drawing) -> None:
    session.draw("scatter distance age, mcolor(navvy) msymbol(blob) scheme(nosuch) play(x)")
    assert "named style navvy not found in class color" in session.said
    assert "named style blob not found in class symbol" in session.said
    assert "scheme nosuch not found, using s2color" in session.said
    assert session.said.count("without effect here: play()") == 1
    for command, code in (
        ("scatter distance age, msymbl(O)", 198),
        ("twoway scattr distance age", 198),
        ("twoway distance age", 198),
        ("scatter distance", 102),
        ("scatter", 100),
        ("scatter distance nosuch", 111),
        ("scatter distance age, title(a, b)", 198),
        ("twoway (scatter distance age) lfit distance age", 198),
        ("scatter distance age, by(", 100),
        ("twoway rcap distance age", 102),
        ("scatter distance age, name(1x)", 198),
        ("scatter distance age, legend(order(1)", 100),
        ('scatter distance age, title("abc)', 132),
        ("twoway", 198),
        ("twoway scatter distance age, recast(rcap)", 198),
        ("twoway function y=nosuch(x)", 133),
        ("twoway lfitci distance age, level(5)", 198),
        ("twoway scatteri 1 2 3", 198),
        ("line distance age if", 198),
    ):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code, command
    session.run('generate str s = "a"')
    with pytest.raises(StataError) as caught:
        session.run("scatter s age")
    assert caught.value.code == 109


def test_ranges_curves_and_immediate_points(session: Drawing) -> None:
    session.run("generate low = distance - 1\ngenerate high = distance + 1")
    for kind in "rarea rbar rspike rcap rcapsym rline rscatter rconnected".split():
        graph = session.draw(f"twoway {kind} low high age, sort")
        (plot,) = graph.plots
        assert plot.kind == kind and np.all(plot.y2 - plot.y == 2)
    graph = session.draw("twoway function y=x^2, range(-2 2) n(5) || function x, range(0 1) droplines(1)")
    np.testing.assert_allclose(graph.plots[0].y, [4, 1, 0, 1, 4])
    assert kinds(graph) == ["line", "line", "spike"] and graph.axes.x.title.lines == ("x",)
    graph = session.draw(
        'twoway scatteri 20 8 (9) "here" 25 10 "there" || pci 20 8 25 10, lcolor(red) || pcarrowi 20 8 30 12'
    )
    assert graph.plots[0].texts == ("here", "there") and list(graph.plots[0].clocks) == [9, 3]
    assert kinds(graph) == ["scatter", "pcspike", "pcarrow"] and graph.plots[1].y2[0] == 25
    graph = session.draw("twoway pcspike low age high sub2 in 1/3 || pccapsym low age high sub2 in 1/3")
    assert kinds(graph) == ["pcspike", "pccapsym"]
    graph = session.draw(
        "twoway lfitci distance age || qfitci distance age, stdf level(80) || qfit distance age"
    )
    assert kinds(graph) == ["rarea", "line", "rarea", "line", "line"]
    assert [entry.text for entry in graph.legend.entries][:3] == ["95% CI", "Fitted values", "80% CI"]
    graph = session.draw(
        "twoway lowess distance age, bwidth(.5) || lpoly distance age, degree(1) bwidth(2) || lpolyci"
        " distance age"
    )
    assert kinds(graph) == ["line", "line", "rarea", "line"]
    graph = session.draw(
        "twoway kdensity distance, bwidth(1) n(100) || histogram distance, width(2) start(16) gap(10)"
    )
    assert np.trapezoid(graph.plots[0].y, graph.plots[0].x) == pytest.approx(1, abs=0.02)
    assert graph.plots[1].style.bar_width == pytest.approx(1.8)
    assert float(graph.plots[1].y.sum() * 2) == pytest.approx(1)


def test_confidence_bands_of_fitted_lines_are_textbook(session: Drawing) -> None:
    from scipy import stats

    graph = session.draw("twoway lfitci distance age, level(90)")
    x, y = session.data["age"].to_double(), session.data["distance"].to_double()
    found = stats.linregress(x, y)
    band = graph.plots[0]
    at = band.x
    residual = np.sqrt(np.sum((y - found.intercept - found.slope * x) ** 2) / (len(x) - 2))
    se = residual * np.sqrt(1 / len(x) + (at - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2))
    half = stats.t.ppf(0.95, len(x) - 2) * se
    np.testing.assert_allclose(band.y2 - band.y, 2 * half, rtol=1e-8)


def test_time_series_operators_weights_and_labels_of_points(session: Drawing) -> None:
    session.run("generate t = age / 2\nxtset subject t")
    graph = session.draw("scatter distance L.distance")
    assert len(graph.plots[0].x) == 81 and graph.axes.x.title.lines[0].endswith(", L")
    graph = session.draw("tsline distance in 1/4, ttitle(Time) tlabel(4 7)")
    assert graph.axes.x.title.lines == ("Time",) and labels(graph) == ["4", "7"]
    graph = session.draw(
        "scatter distance age [aw=age] in 1/4, mlabel(subject) mlabposition(12) mlabsize(tiny)"
    )
    assert graph.plots[0].texts == ("M01",) * 4 and graph.plots[0].sizes.tolist() == [8, 10, 12, 14]
    moved = session.draw("scatter distance age, jitter(5) jitterseed(3)")
    assert not np.array_equal(moved.plots[0].x, graph.plots[0].x)
    assert session.draw("scatter distance age, recast(line)").plots[0].kind == "line"


def test_sizes_regions_and_aspect(session: Drawing) -> None:
    graph = session.draw(
        "scatter distance age, xsize(6) ysize(3cm) aspectratio(1) graphregion(color(white) margin(large))"
        " plotregion(fcolor(gs15) lcolor(black)) scale(1.2)"
    )
    assert (graph.width, graph.aspect, graph.scale) == (6, 1, 1.2) and graph.height == pytest.approx(3 / 2.54)
    assert graph.region.outside == color_of("white") and graph.region.inside == color_of("gs15")
    assert graph.region.border.color == color_of("black")


def test_a_graph_command_leaves_results_and_data_alone(session: Drawing) -> None:
    session.run("summarize distance")
    before, data = dict(session.r.scalars), session.data
    session.run("scatter distance age, by(female)")
    assert session.r.scalars == before
    assert session.data is data


# --- labels of points -------------------------------------------------------------------------------------


def test_each_point_that_is_typed_has_its_own_position_of_its_label(session: Drawing) -> None:
    plot = session.draw('twoway scatteri 1 1 (9) "left" 2 2 "right" 3 3 (12) "above"').plots[0]
    assert plot.texts == ("left", "right", "above") and list(plot.clocks) == [9, 3, 12]
    assert len(session.draw('twoway scatteri 1 1 "a" 2 2').plots[0].clocks) == 0


def test_positions_of_labels_may_be_a_variable(session: Drawing) -> None:
    session.run("generate hour = mod(_n, 14)")
    plot = session.draw(
        "scatter distance age if female, mlabel(subject) mlabvposition(hour) mlabposition(6)"
    ).plots[0]
    hours = session.data["hour"].to_double()[session.data["female"].to_double() == 1]
    np.testing.assert_array_equal(plot.clocks, np.where(hours > 12, 6, hours))
    assert len(plot.texts) == 44


@pytest.mark.parametrize(
    "command", ["rvfplot", "rvpplot age", "lvr2plot", "avplot age", "cprplot age", "lowess distance age"]
)
def test_points_of_other_graphs_have_labels_too(session: Drawing, command: str) -> None:
    session.run("quietly regress distance age if subject < 9")
    comma = "" if "," in command else ","
    plot = session.draw(f"{command}{comma} mlabel(subject)").plots[0]
    names = session.draw("scatter distance age, mlabel(subject)").plots[0].texts
    assert plot.texts == (names if "lowess" in command else names[:32])
