"""marginsplot, on margins as `margins` leaves them in r()."""

from __future__ import annotations

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError
from xmixed.missing import MISSING
from xmixed.session.results import Matrix, Results

ROWS = ["b", "se", "z", "pvalue", "ll", "ul", "df", "crit", "eform"]


def margins(
    session: Drawing, names: list[str], b: list[float], at: Matrix | None = None, **macros: str
) -> np.ndarray:
    """Put margins in r(), with standard errors of one."""
    values = np.array(b)
    half = 1.959963984540054
    table = np.zeros((len(ROWS), len(b)))
    table[0], table[1], table[4], table[5], table[6] = values, 1.0, values - half, values + half, MISSING
    matrices = {"table": Matrix(table, ROWS, names)}
    if at is not None:
        matrices["at"] = at
    known = {"cmd": "margins", "title": "Predictive margins", "predict_label": "Linear prediction"}
    session.r = Results({"level": 95.0}, known | macros, matrices)
    return values


def ages(levels: list[float]) -> Matrix:
    """The table of at(age=(...)) with female as observed."""
    values = np.column_stack([levels, np.full((len(levels), 2), MISSING)])
    return Matrix(values, [f"{i}._at" for i in range(1, len(levels) + 1)], ["age", "0.female", "1.female"])


def test_points_of_at_lie_along_x_and_levels_are_lines(session: Drawing) -> None:
    names = [f"{at}._at#{level}.female" for at in (1, 2, 3) for level in (0, 1)]
    b = margins(session, names, [1, 2, 3, 4, 5, 6], ages([8, 10, 14]), margins="female")
    graph = session.draw("marginsplot")
    low, boys, _, girls = graph.plots
    assert (low.kind, boys.kind, boys.label, girls.label) == ("rcap", "connected", "Male", "Female")
    assert (
        boys.x.tolist() == [8, 10, 14]
        and boys.y.tolist() == b[::2].tolist()
        and girls.y.tolist() == b[1::2].tolist()
    )
    np.testing.assert_allclose(low.y2 - low.y, 2 * 1.959963984540054)
    assert [entry.text for entry in graph.legend.entries] == ["Male", "Female"]
    assert [entry.plot for entry in graph.legend.entries] == [1, 3]
    assert graph.titles.title.lines == ("Predictive Margins of female with 95% CIs",)
    assert graph.axes.x.title.lines == ("Age (years)",) and graph.axes.y.title.lines == ("Linear Prediction",)
    assert [tick.label for tick in graph.axes.x.ticks] == ["8", "10", "14"]
    assert "age female" in session.said


def test_dimensions_are_chosen(session: Drawing) -> None:
    names = [f"{at}._at#{level}.female" for at in (1, 2) for level in (0, 1)]
    margins(session, names, [1, 2, 3, 4], ages([8, 14]))
    graph = session.draw("marginsplot, xdimension(female) recast(scatter) noci")
    assert [plot.kind for plot in graph.plots] == ["scatter"] * 2
    assert [tick.label for tick in graph.axes.x.ticks] == ["Male", "Female"]
    assert graph.titles.title.lines == ("Predictive Margins",)
    graph = session.draw("marginsplot, x(age) by(female, cols(1)) recastci(rarea) ciopts(color(red%20))")
    assert graph.panels is not None and [child.titles.subtitle.lines for child in graph.panels.graphs] == [
        ("Male",),
        ("Female",),
    ]
    assert [plot.kind for plot in graph.panels.graphs[0].plots] == ["rarea", "connected"]
    graph = session.draw(
        "marginsplot, plotdimension(female) horizontal plotopts(msymbol(D)) plot2opts(lcolor(red))"
        ' level(90) title("T")'
        ' legend(order(1 "Boys" 2 "Girls")) yline(2) ytitle(Y) ci1opts(lwidth(thick)) scheme(s1mono)'
    )
    assert graph.plots[1].style.horizontal and graph.plots[1].style.symbol == "diamond"
    assert graph.plots[3].style.line.color == "#ff0000ff" and graph.plots[0].style.line.width
    np.testing.assert_allclose(graph.plots[0].y2 - graph.plots[0].y, 2 * 1.6448536269514722)
    assert [entry.text for entry in graph.legend.entries] == ["Boys", "Girls"]
    unlabelled = session.draw("marginsplot, x(age) nolabels")
    assert unlabelled.plots[1].label == "female=0"
    for bad in ("x(nosuch)", "recast(rcap)", "recastci(line)", "level(5)", "what(1)"):
        with pytest.raises(StataError) as caught:
            session.run(f"marginsplot, {bad}")
        assert caught.value.code == 198


def test_effects_and_grids_of_two_variables(session: Drawing) -> None:
    names = ["age:1._at", "age:2._at", "1.female:1._at", "1.female:2._at"]
    margins(session, names, [1, 2, 3, 4], ages([8, 14]), derivatives="dy/dx", xvars="age 1.female")
    graph = session.draw("marginsplot")
    assert [plot.label for plot in graph.plots if plot.label] == ["Age (years)", "Female"]
    assert graph.axes.y.title.lines == ("Effects on Linear Prediction",)
    margins(session, ["age", "0b.female", "1.female"], [1, 0, 3], derivatives="dy/dx")
    session.r.matrices["table"].values[4, 1] = MISSING
    graph = session.draw("marginsplot, recast(bar)")
    assert [tick.label for tick in graph.axes.x.ticks] == ["Age (years)", "Female"]
    grid = Matrix(
        np.array([[8.0, 1.0], [8.0, 2.0], [14.0, 1.0], [14.0, 2.0]]),
        ["1._at", "2._at", "3._at", "4._at"],
        ["age", "ses"],
    )
    margins(session, [f"{i}._at" for i in (1, 2, 3, 4)], [1, 2, 3, 4], grid)
    graph = session.draw("marginsplot")
    assert [plot.label for plot in graph.plots if plot.label] == ["ses=1", "ses=2"]
    assert graph.plots[1].y.tolist() == [1, 3]
    margins(session, ["_cons"], [5])
    assert session.draw("marginsplot, separator(x)").plots[1].y.tolist() == [5]


def test_it_follows_margins_and_nothing_else(session: Drawing) -> None:
    session.run("summarize age")
    with pytest.raises(StataError) as caught:
        session.run("marginsplot")
    assert caught.value.code == 301


def test_margins_of_a_fitted_model(session: Drawing) -> None:
    session.run("quietly regress distance c.age##i.female\nquietly margins female, at(age=(8(2)14))")
    table = session.r.matrices["table"]
    graph = session.draw("marginsplot")
    assert [plot.label for plot in graph.plots if plot.label] == ["Male", "Female"]
    line, band = graph.plots[1], graph.plots[0]
    assert line.x.tolist() == [8, 10, 12, 14]
    names = [f"{i}._at#0.female" for i in (1, 2, 3, 4)]
    places = [
        [name.replace("0bn.", "0.").replace("0b.", "0.") for name in table.column_names].index(n)
        for n in names
    ]
    np.testing.assert_allclose(line.y, table.values[0, places])
    np.testing.assert_allclose(band.y, table.values[4, places])
    assert graph.titles.title.lines == ("Adjusted Predictions of female with 95% CIs",)
    session.run("quietly margins, dydx(*)")
    graph = session.draw("marginsplot")
    assert [tick.label for tick in graph.axes.x.ticks] == ["Age (years)", "Female"]
    session.run("quietly xtmixed distance age || subject:\nquietly margins, over(female)")
    assert session.draw("marginsplot, recast(dot)").plots[1].x.tolist() == [0, 1]


def test_values_of_dimensions_are_given_names(session: Drawing) -> None:
    names = [f"{at}._at#{level}.female" for at in (1, 2) for level in (0, 1)]
    margins(session, names, [1, 2, 3, 4], ages([8, 14]))
    graph = session.draw('marginsplot, x(age, labels("young" "old")) plot(female, labels("B" "G"))')
    assert [tick.label for tick in graph.axes.x.ticks] == ["young", "old"]
    assert [entry.text for entry in graph.legend.entries] == ["B", "G"]
    graph = session.draw(
        'marginsplot, by(female, labels("B" "G")) byopts(rows(2)) title("Over all") note("below")'
    )
    assert graph.panels is not None and graph.panels.rows == 2
    assert [child.titles.subtitle.lines for child in graph.panels.graphs] == [("B",), ("G",)]
    assert graph.titles.title.lines == ("Over all",) and graph.titles.note.lines == ("below",)
    assert graph.panels.graphs[0].titles.title.lines == ()


def test_all_values_along_x_are_labelled_where_asked(session: Drawing) -> None:
    levels = [float(value) for value in range(20)]
    margins(session, [f"{i}._at" for i in range(1, 21)], levels, ages(levels))
    assert len(session.draw("marginsplot").axes.x.ticks) < 8
    assert len(session.draw("marginsplot, allxlabels").axes.x.ticks) == 20


def test_what_marginsplot_does_not_draw_is_noted(session: Drawing) -> None:
    names = [f"{at}._at#{level}.female" for at in (1, 2) for level in (0, 1)]
    for option in (
        "graphdimension(female)",
        "mcompare(bonferroni)",
        "noseparator",
        "nosimplelabels",
        'x(age, elabels(1 "a"))',
        "plot(female, allsimplelabels)",
    ):
        margins(session, names, [1, 2, 3, 4], ages([8, 14]))
        session.draw(f"marginsplot, {option}")
        assert "without effect here" in session.said, option
