"""graph pie and graph matrix: slices, what stands in them, and the cells of a matrix."""

from __future__ import annotations

import io

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError
from xmixed.graphics.colors import readable_on
from xmixed.graphics.drawing.figure import draw, save
from xmixed.graphics.files import read_graph, write_graph


def test_slices_begin_and_turn_as_they_are_told(session: Drawing) -> None:
    from matplotlib.patches import Wedge

    def angles(options: str) -> list[tuple[float, float]]:
        graph = session.draw(f"graph pie, over(female) {options}")
        return [(w.theta1, w.theta2) for w in draw(graph).axes[0].patches if isinstance(w, Wedge)]

    share = 360 * 64 / 108
    np.testing.assert_allclose(angles("")[0], (90 - share, 90))
    np.testing.assert_allclose(angles("angle0(0)")[0], (-share, 0))
    np.testing.assert_allclose(angles("angle0(0) noclockwise")[0], (0, share))


def test_texts_of_slices_have_looks_of_their_own(session: Drawing) -> None:
    graph = session.draw(
        'graph pie, over(female) plabel(_all percent) plabel(2 "girls", color(red) gap(50) size(huge))'
    )
    style, texts = graph.plots[0].style, graph.plots[0].texts
    assert texts == ("59.26%", "40.74%", "", "girls")  # two in the second slice, at places of their own
    assert style.text_colors == ("", "", "", "#ff0000ff") and style.text_gaps == (0, 0, 0, 50)
    assert style.text_sizes[0] == 0 and style.text_sizes[3] > 15
    again = session.draw('graph pie, over(female) plabel(_all percent) plabel(2 "girls")').plots[0]
    assert again.texts == ("59.26%", "girls")  # at the same place the later one counts
    stream = io.BytesIO()
    write_graph(stream, graph)
    assert read_graph(io.BytesIO(stream.getvalue()), "g").plots[0].style == style
    save(graph, io.BytesIO(), "png", 30)


def test_text_on_slices_is_readable() -> None:
    assert readable_on("#ffffffff") == readable_on("#e6c800ff") == "#000000ff"
    assert readable_on("#000000ff") == readable_on("#0072b2ff") == "#ffffffff"


def test_looks_and_observations_of_pies(session: Drawing) -> None:
    plain = session.draw("graph pie distance age").plots[0]
    faint = session.draw("graph pie distance age, intensity(*.5) line(lcolor(black) lwidth(thick))").plots[0]
    assert faint.style.colors != plain.style.colors and faint.style.line.color == "#000000ff"
    session.run("replace age = . if female")
    sums = [session.draw(f"graph pie distance age{cw}").plots[0].y[0] for cw in ("", ", cw")]
    y, female = (session.data[name].to_double() for name in ("distance", "female"))
    assert sums == pytest.approx([y.sum(), y[female == 0].sum()])
    for option in ("angle0(up)", "intensity(x)", "plabel(_all median)", "plabel(_all)"):
        with pytest.raises(StataError) as caught:
            session.run(f"graph pie distance age, {option}")
        assert caught.value.code == 198, option


def test_cells_of_a_matrix_share_the_edges(session: Drawing) -> None:
    graph = session.draw(
        'graph matrix distance age subject, diagonal("D" . "Who", size(huge) color(red))'
        " maxes(xlabel(#3) ylabel(8 14, angle(45)))"
    )
    assert graph.panels is not None
    cells = graph.panels.graphs
    names = [cells[i].labels[0].lines for i in (0, 4, 8)]
    assert names == [("D",), ("Age (years)",), ("Who",)]
    assert cells[0].labels[0].color == "#ff0000ff" and cells[0].plots == ()
    assert [cell.axes.y.shown for cell in cells] == [True, False, False] * 3
    assert [cell.axes.x.shown for cell in cells] == [False] * 6 + [True] * 3
    assert cells[3].axes.y.angle == 45
    half = session.draw("graph matrix distance age subject, half")
    assert half.panels is not None and half.panels.holes == (2, 3, 6)
    assert not half.panels.graphs[0].axes.y.shown
