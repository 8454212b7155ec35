"""Pictures: those of the gallery are what its do-file draws; graphs of the manual's examples 1 and 6."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.console.conftest import console_environment
from tests.graphics.conftest import Drawing
from xmixed.graphics.drawing.figure import save
from xmixed.graphics.model import Graph

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"
FAR, SHARE = 60, 0.01
"""Pictures are alike where at most this share of pixels differs by more than FAR of 255 in any colour."""


def pixels(graph: Graph) -> np.ndarray:
    stream = io.BytesIO()
    save(graph, stream, "png", 100)
    return read(stream)


def read(source: io.BytesIO | Path) -> np.ndarray:
    return np.asarray(Image.open(source).convert("RGB")).astype(int)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of pixels that differ; 1 for pictures of different sizes."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one - other).max(axis=2) > FAR).mean())


@pytest.mark.slow
def test_the_gallery_is_what_its_do_file_draws(tmp_path: Path) -> None:
    shutil.copy(GALLERY / "gallery.do", tmp_path)
    command = [sys.executable, "-m", "xmixed", "gallery.do"]
    done = subprocess.run(
        command, cwd=tmp_path, env=console_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    drawn = {path.name for path in tmp_path.glob("*.png")}
    assert drawn == {path.name for path in GALLERY.glob("*.png")}
    text = (GALLERY / "README.md").read_text(encoding="utf-8")
    assert all(f"({name})" in text for name in drawn)
    different = {name: apart(read(tmp_path / name), read(GALLERY / name)) for name in drawn}
    assert {name: share for name, share in different.items() if share > SHARE} == {}


def test_the_graph_of_the_manuals_first_example(session: Drawing) -> None:
    """`connect(L)` draws a line for each pig: the picture is that of a plot for each of them."""
    session.run(
        "clear\nset obs 432\nset seed 1\ngenerate id = ceil(_n / 9)\ngenerate week = mod(_n - 1, 9) + 1"
    )
    session.run("generate weight = 19 + 6 * week + 3 * rnormal()")
    graph = session.draw("twoway connected weight week if id<=10, connect(L)")
    assert np.isnan(graph.plots[0].y).sum() == 9 and graph.axes.y.title.lines == ("weight",)
    looks = "pstyle(p1)"
    single = " ".join(f"(connected weight week if id == {i}, {looks})" for i in range(1, 11))
    overlaid = session.draw(f'twoway {single}, legend(off) ytitle("weight")')
    assert apart(pixels(graph), pixels(overlaid)) < SHARE
    unbroken = session.draw("twoway connected weight week if id<=10")
    assert apart(pixels(graph), pixels(unbroken)) > SHARE  # the tolerance tells them apart


def test_the_graph_of_the_manuals_sixth_example(session: Drawing) -> None:
    session.run("clear\nset obs 198\nset seed 2\ngenerate id = ceil(_n / 3)\ngenerate girl = mod(id, 2)")
    session.run("generate age = .12 + mod(_n - 1, 3) * .9 + runiform() / 5")
    session.run("generate weight = 3 + 6 * age - 1.5 * age^2 - .6 * girl + rnormal() / 2")
    session.run('label define sex 0 "boy" 1 "girl"\nlabel values girl sex')
    graph = session.draw("graph twoway (line weight age, connect(ascending)), by(girl)")
    assert graph.panels is not None
    boys, girls = graph.panels.graphs
    assert (boys.titles.subtitle.lines, girls.titles.subtitle.lines) == (("boy",), ("girl",))
    assert boys.axes.y.maximum == girls.axes.y.maximum and np.isnan(boys.plots[0].y).sum() == 32
    assert graph.titles.note.lines == ("Graphs by girl",)
    picture = pixels(graph)
    half = picture.shape[1] // 2
    blue = (np.abs(picture - (0, 114, 178)).max(axis=2) < FAR).sum(axis=0)
    assert blue[:half].sum() > 500 and blue[half:].sum() > 500


def test_a_combined_graph_keeps_the_looks_of_its_parts(session: Drawing) -> None:
    session.run("scatter distance age, scheme(s1mono) name(a)\nscatter distance age, name(b)")

    def blue(options: str) -> int:
        picture = pixels(session.draw(f"graph combine a b, {options}"))
        half = picture.shape[1] // 2
        left = np.abs(picture[:, :half] - (0, 114, 178)).max(axis=2) < 30
        return int(left.sum())

    assert blue("rows(1)") == 0 and blue("rows(1) commonscheme") > 100


def test_titles_over_panels_and_over_their_names_do_not_meet(session: Drawing) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from xmixed.graphics.drawing.figure import draw

    figure = draw(session.draw('scatter distance age, by(female) title("Each panel") caption("below each")'))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [text for text in figure.texts if text.get_text() in ("Each panel", "Male", "below each")]
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in texts]
    assert len(boxes) == 5
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[:i])
