"""binscatter, grc1leg: points and lines as data, against numpy and regress; one legend for several graphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def firms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(4)
    frame = pd.DataFrame({"x": random.normal(size=300), "z": random.normal(size=300)})
    frame["g"] = random.integers(1, 4, 300).astype(float)
    frame["x"] += 0.5 * frame["z"] + 0.3 * frame["g"]
    frame["y"] = 1 + 2 * frame["x"] - frame["z"] + frame["g"] + random.normal(size=300)
    frame["w"] = random.integers(1, 5, 300).astype(float)
    session = Session()
    session.use(frame)
    return session


def column(session: Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


def plots(session: Session):
    return session.graphs.graphs[session.graphs.current].plots


def by_bins(x: np.ndarray, y: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    cuts = np.percentile(x, np.arange(1, count) * 100 / count, method="averaged_inverted_cdf")
    codes = np.searchsorted(cuts, x)
    return (np.array([values[codes == code].mean() for code in range(count)]) for values in (x, y))  # type: ignore


def test_points_are_means_of_bins(firms: Session) -> None:
    firms.run("binscatter y x")
    points, line = plots(firms)
    centres, means = by_bins(column(firms, "x"), column(firms, "y"), 20)
    assert points.x == pytest.approx(centres, rel=1e-12) and points.y == pytest.approx(means, rel=1e-12)
    slope, constant = np.polyfit(column(firms, "x"), column(firms, "y"), 1)
    assert line.y == pytest.approx(constant + slope * line.x, rel=1e-9)
    assert firms.r["N"] == 300


def test_controls_and_absorbed_groups(firms: Session) -> None:
    """The line's slope is that of the regression with all controls."""
    firms.run("binscatter y x, nquantiles(5) controls(z) absorb(g)\nregress y x z i.g")
    points, line = plots(firms)
    slope = np.diff(line.y)[0] / np.diff(line.x)[0]
    assert slope == pytest.approx(firms.e["b"].values[0, 0], rel=1e-9)
    assert len(points.x) == 5
    assert points.x.mean() == pytest.approx(column(firms, "x").mean(), rel=1e-9)  # bins of 60


def test_groups_weights_and_lines(firms: Session) -> None:
    firms.run("binscatter y x, by(g) nquantiles(4) linetype(none)")
    assert [plot.label for plot in plots(firms)] == ["1", "2", "3"]
    centres, means = by_bins(*(column(firms, name)[column(firms, "g") == 2] for name in "xy"), 4)
    assert plots(firms)[1].y == pytest.approx(means, rel=1e-12)
    firms.run("binscatter y g [aweight = w] if x > 0, discrete linetype(connect)")
    used = column(firms, "x") > 0
    y, g, w = (column(firms, name)[used] for name in "ygw")
    means = [np.average(y[g == code], weights=w[g == code]) for code in (1, 2, 3)]
    assert plots(firms)[0].y == pytest.approx(means, rel=1e-12) and plots(firms)[0].kind == "connected"
    firms.run("binscatter y g, discrete medians linetype(qfit)")
    y, g = column(firms, "y"), column(firms, "g")
    assert plots(firms)[0].y == pytest.approx([np.median(y[g == code]) for code in (1, 2, 3)])


def test_one_legend(firms: Session) -> None:
    firms.run("twoway (scatter y x) (lfit y x), name(a)\ntwoway (scatter y z) (lfit y z), name(b)")
    firms.run("grc1leg a b, cols(1) legendfrom(b) position(3) ring(2)\ngraph export both.png")
    both = firms.graphs.graphs[firms.graphs.current]
    assert [len(graph.legend.entries) for graph in both.panels.graphs] == [0, 0]
    assert len(both.legend.entries) == 2 and (both.legend.position, both.legend.ring) == (3, 2)
    assert Path("both.png").stat().st_size > 1000
    assert len(firms.graphs.graphs["a"].legend.entries) == 2  # the graphs themselves stay


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("binscatter y", 102),
        ("binscatter y x if x > 99", 2000),
        ("binscatter y x, nquantiles(1)", 198),
        ("binscatter y x, linetype(cubic)", 198),
        ("binscatter y x, savedata(f)", 198),
        ("grc1leg", 198),
        ("grc1leg nothing", 111),
    ],
)
def test_refusals(firms: Session, line: str, code: int) -> None:
    with pytest.raises(StataError) as caught:
        firms.run(line)
    assert caught.value.code == code
