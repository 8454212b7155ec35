"""addplot(): more plots over those of a command, or below them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError


def test_added_plots_lie_over_those_of_the_command_and_leave_the_axes_their_titles(session: Drawing) -> None:
    alone = session.draw("histogram distance")
    graph = session.draw("histogram distance, addplot(kdensity distance, lcolor(red) || lfit age distance)")
    assert [plot.kind for plot in graph.plots] == ["bar", "line", "line"]
    np.testing.assert_array_equal(graph.plots[0].y, alone.plots[0].y)
    assert graph.plots[1].style.line.color == "#ff0000ff"
    assert graph.axes.y.title == alone.axes.y.title and graph.axes.x.title == alone.axes.x.title
    assert [entry.text for entry in graph.legend.entries] == ["Density", "kdensity distance", "Fitted values"]


def test_plots_below_are_drawn_first_in_the_looks_that_they_have_above(session: Drawing) -> None:
    over = session.draw("scatter distance age, addplot((lfit distance age) (qfit distance age))")
    below = session.draw("scatter distance age, addplot((lfit distance age) (qfit distance age), below)")
    assert [plot.kind for plot in below.plots] == ["line", "line", "scatter"]
    assert [plot.number for plot in over.plots] == [1, 2, 3]
    assert [plot.number for plot in below.plots] == [2, 3, 1]
    assert below.axes.x.title.lines == ("Age (years)",)


def test_qualifiers_of_added_plots_are_their_own(session: Drawing) -> None:
    graph = session.draw("scatter distance age if female == 0, addplot(scatter distance age if female == 1)")
    assert [len(plot.x) for plot in graph.plots] == [64, 44]
    graph = session.draw("histogram distance if female, addplot((scatter distance age in 1/7) if age > 8)")
    assert len(graph.plots[1].x) == 5


def test_added_plots_are_in_the_panels_of_their_observations(session: Drawing) -> None:
    graph = session.draw("histogram distance, by(female) addplot(scatter age distance, msize(tiny))")
    assert graph.panels is not None
    assert [len(child.plots[1].x) for child in graph.panels.graphs] == [64, 44]
    graph = session.draw("xtline distance if subject < 3, addplot(lfit distance age)")
    assert graph.panels is not None and len(graph.panels.graphs) == 2


def test_options_among_added_plots_are_those_of_the_graph(session: Drawing) -> None:
    graph = session.draw(
        'qnorm distance, addplot(scatteri 20 20 "here", mcolor(red) ytitle("Own") yline(25)'
        ' legend(order(1 "points" 9 "nothing" 3 "one")))'
    )
    assert graph.axes.y.title.lines == ("Own",)
    assert [line.value for line in graph.axes.y.references] == [25]
    assert [(entry.plot, entry.text) for entry in graph.legend.entries] == [(0, "points"), (2, "one")]


def test_a_second_axis_of_added_plots_has_its_title(session: Drawing) -> None:
    graph = session.draw("scatter distance age, addplot(line sub2 age, yaxis(2) sort)")
    assert graph.axes.y2 is not None and graph.axes.y2.title.lines != ()
    assert graph.axes.y.title.lines == session.draw("scatter distance age").axes.y.title.lines


MODELS = """
quietly xtmixed distance age || subject:
"""


@pytest.mark.parametrize(
    "command",
    [
        "kdensity distance",
        "lowess distance age",
        "lpoly distance age, bwidth(3)",
        "pnorm distance",
        "xtline distance, overlay",
        "rvfplot",
        "rvpplot age",
        "estat caterpillar",
        "coefplot",
        "marginsplot",
    ],
)
def test_every_graph_with_axes_takes_more_plots(session: Drawing, command: str) -> None:
    session.run(f"{MODELS}\nquietly margins, at(age=(8 14))")
    comma = "" if "," in command else ","
    alone = session.draw(command)
    session.run("quietly margins, at(age=(8 14))")
    graph = session.draw(f"{command}{comma} addplot(scatteri 20 10 20 11)")
    assert len(graph.plots) == len(alone.plots) + 1
    assert list(graph.plots[-1].x) == [10, 11]


def test_the_roc_curve_takes_more_plots(session: Drawing) -> None:
    session.run("quietly logit female distance")
    for command in ("lroc", "lsens"):
        assert session.draw(f"{command}, addplot(scatteri .5 .5)").plots[-1].x[0] == 0.5


def test_options_without_effect_are_noted(session: Drawing) -> None:
    session.draw("histogram distance, addplot(scatter age distance, mstyle(p2))")
    assert "(note:  without effect here: mstyle())" in session.said


@pytest.mark.parametrize(
    "inside, message",
    [
        ("(foo x)", "foo is not a twoway plot type r(198);"),
        ("()", "option addplot() incorrectly specified r(198);"),
        ("", "option addplot() required r(198);"),
        ("(line distance age, foo)", "option foo not allowed r(198);"),
        ("(lfit distance age, addplot(lfit distance age))", "option addplot() not allowed r(198);"),
        ("(line nosuch age)", "variable nosuch not found r(111);"),
    ],
)
def test_what_cannot_be_added_is_refused(session: Drawing, inside: str, message: str) -> None:
    with pytest.raises(StataError) as caught:
        session.run(f"histogram distance, addplot{inside}")
    assert str(caught.value) == message
