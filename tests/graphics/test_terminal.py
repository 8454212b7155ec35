"""Graphs in a terminal, in notebooks and in windows: what is shown where."""

from __future__ import annotations

import io
import os
import pty
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.commands.graphics import show
from xmixed.errors import StataError
from xmixed.graphics.drawing.preview import text_picture
from xmixed.graphics.drawing.sixel import encoded, sixels
from xmixed.graphics.files import read_graph, write_graph
from xmixed.graphics.model import Axes, Axis, Graph, Heading, Plot, Tick, Titles
from xmixed.shell.screen import says_sixel


def dots(line: str) -> list[int]:
    return [i for i, letter in enumerate(line) if 0x2800 < ord(letter) < 0x2900]


def diagonal(**more: object) -> Graph:
    ticks = (Tick(0, "low"), Tick(10, "high"))
    x = Axis(Heading(("Across",)), 0, 10, ticks=ticks, grid=False)
    y = Axis(Heading(("Along",)), 0, 10, ticks=ticks, grid=False)
    plot = Plot("line", np.array([0.0, 10.0]), np.array([0.0, 10.0]))
    return Graph((plot,), Axes(x, y), Titles(Heading(("A line",))), **more)  # pyright: ignore[reportArgumentType]


def test_a_graph_in_letters_and_dots_has_its_texts_and_its_shape() -> None:
    lines = text_picture(diagonal(), 60)
    assert all(len(line) <= 60 for line in lines) and 18 <= len(lines) <= 24
    assert lines[0].strip() == "A line"
    assert (
        lines[-1].strip() == "Across" and "low" in lines[-2] + lines[-3] and "high" in lines[-2] + lines[-3]
    )
    column = ["".join(line[i] if i < len(line) else " " for line in lines) for i in range(6)]
    assert any("Along" in text for text in column)  # written downwards
    inside = [dots(line)[-1] for line in lines[3:-5] if len(dots(line)) > 1]
    assert inside == sorted(inside, reverse=True) and inside[0] - inside[-1] > 30  # it falls from the right


def test_areas_are_half_tones_under_their_lines() -> None:
    area = Plot("bar", np.array([5.0]), np.array([10.0]))
    whole = "".join(text_picture(Graph((area,), diagonal().axes), 40))
    counts = [bin(ord(letter) - 0x2800).count("1") for letter in whole if 0x2800 < ord(letter) < 0x2900]
    assert counts.count(4) > 20 and max(counts) < 8  # half of the dots of a cell


def test_panels_and_dark_schemes_are_drawn(session: Drawing) -> None:
    graph = session.draw("scatter distance age, by(female) graphregion(color(black))")
    lines = text_picture(graph, 79)
    assert any("Male" in line and "Female" in line for line in lines)
    assert sum(len(dots(line)) for line in lines) < 79 * len(lines) / 2


def test_set_graphics_terminal_shows_graphs_among_the_output(session: Drawing) -> None:
    assert session.run("set graphics terminal\ndisplay c(graphics)").strip().endswith("terminal")
    shown = session.run('scatter distance age, title("Growth of children")')
    assert "Growth of children" in shown and len(dots(shown)) > 50
    assert all(len(line) <= 79 for line in shown.splitlines())
    assert not os.path.exists("Graph.png")
    session.run("set linesize 50")
    assert max(len(line) for line in session.run("graph display").splitlines()) <= 50
    assert not dots(session.run("set graphics on\ngraph display"))
    with pytest.raises(StataError):
        session.run("set graphics window")


def test_terminals_with_pixels_get_pixels(session: Drawing) -> None:
    written: list[str] = []
    session.graphs.pixels = lambda: written.append
    assert not dots(session.run("set graphics terminal\nscatter distance age"))
    assert written[0].startswith('\x1bP0;1q"1;1;640;') and written[0].endswith("\x1b\\")


def decoded(sequence: str) -> np.ndarray:
    """Return the pixels of a sixel sequence as a terminal would draw them, shape (height, width, 3)."""
    body = sequence.removeprefix("\x1bP0;1q").removesuffix("\x1b\\")
    head, _, body = body.partition("#")
    width, height = (int(part) for part in head.split(";")[-2:])
    pixels = np.full((height, width, 3), -1)
    palette: dict[int, tuple[int, ...]] = {}
    color, column, top, i = 0, 0, 0, 0
    body = "#" + body
    while i < len(body):
        letter, i = body[i], i + 1
        number = ""
        while letter in "#!" and i < len(body) and body[i] in "0123456789;":
            number, i = number + body[i], i + 1
        if letter == "#":
            color, *rest = (int(part) for part in number.split(";"))
            if rest:
                palette[color] = tuple(rest[1:])
        elif letter == "$":
            column = 0
        elif letter == "-":
            column, top = 0, top + 6
        else:
            count = int(number or 1)
            if letter == "!":
                letter, i = body[i], i + 1
            for bit in range(6):
                if (ord(letter) - 63) >> bit & 1:
                    pixels[top + bit, column : column + count] = palette[color]
            column += count
    return pixels


def test_sixels_are_the_picture() -> None:
    rng = np.random.default_rng(1)
    pixels = np.repeat(rng.integers(0, 4, (13, 5)), 4, axis=1)
    palette = np.array([[0, 0, 0], [255, 0, 0], [0, 255, 0], [255, 255, 255]])
    np.testing.assert_array_equal(decoded(encoded(pixels, palette)), palette[pixels] * 100 // 255)
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(palette[pixels].astype(np.uint8)).save(stream, "png")
    stream.seek(0)
    np.testing.assert_array_equal(decoded(sixels(stream)), palette[pixels] * 100 // 255)


@pytest.mark.parametrize(
    "answer, says",
    [(b"\x1b[?62;4;22c", True), (b"\x1b[?1;2c", False), (b"", False), (b"\x1b[?62;14c", False)],
)
def test_a_terminal_is_asked_for_pixels(answer: bytes, says: bool) -> None:
    outside, inside = pty.openpty()
    asked: list[bytes] = []

    def reply() -> None:
        asked.append(os.read(outside, 10))
        if answer:
            os.write(outside, answer)

    thread = threading.Thread(target=reply, daemon=True)
    thread.start()
    assert says_sixel(inside, inside, patience=0.5) is says
    thread.join(5)
    assert asked == [b"\x1b[c"]
    os.close(inside)
    os.close(outside)


# --- windows ----------------------------------------------------------------------------------------------


def test_a_window_is_a_process_of_its_own_and_the_session_goes_on(
    session: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    session.graphs.target = "window"
    monkeypatch.setattr(show, "_has_toolkit", lambda: True)
    assert "written to" not in session.run("scatter distance age")
    assert started[0][1:3] == ["-m", "xmixed.graphics.drawing.window"]
    with open(started[0][3], "rb") as stream:
        assert len(read_graph(stream, "g").plots[0].x) == 108
    os.unlink(started[0][3])


def test_without_a_toolkit_for_windows_a_file_is_written(
    session: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    session.graphs.target = "window"
    known = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in show._TOOLKITS else known(name)
    )
    monkeypatch.setattr(sys, "platform", "linux")
    assert "(graph written to Graph.png)" in session.run("scatter distance age")
    assert os.path.exists("Graph.png")


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb: a display without a screen")
def test_a_window_opens_where_there_is_a_display(session: Drawing, tmp_path: Path) -> None:
    from PIL import ImageGrab

    graph = session.draw("scatter distance age, graphregion(color(red))")
    path = tmp_path / "g.gph"
    with path.open("wb") as stream:
        write_graph(stream, graph)
    with virtual_display() as display:
        command = [sys.executable, "-m", "xmixed.graphics.drawing.window", str(path)]
        window = subprocess.Popen(command, env=os.environ | {"DISPLAY": display})
        try:
            for _ in range(100):
                time.sleep(0.2)
                pixels = np.asarray(ImageGrab.grab(xdisplay=display))
                if ((pixels == (255, 0, 0)).all(axis=2)).sum() > 10_000:
                    break
            else:
                pytest.fail("no window was seen")
        finally:
            window.terminate()
            window.wait(10)
    assert not path.exists()


@contextmanager
def virtual_display() -> Iterator[str]:
    """Give the name of a display that nobody sees."""
    source, target = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(target), "-noreset", "-screen", "0", "900x700x24"],
        pass_fds=[target],
        stderr=subprocess.DEVNULL,
    )
    os.close(target)
    try:
        with os.fdopen(source) as stream:
            yield f":{stream.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


def test_a_notebook_shows_the_figure_of_a_session(session: Drawing) -> None:
    session.run("scatter distance age")
    figure = session.graph()
    assert figure._repr_png_().startswith(b"\x89PNG")  # pyright: ignore[reportAttributeAccessIssue]
