"""screeplot: the eigenvalues in e(Ev) as a graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run("sysuse hsb82\nkeep in 1/400")
    return session


def test_eigenvalues(scores: Session) -> None:
    scores.run("pca ses mathach minority meanses\nscreeplot, mean")
    graph = scores.graphs.graphs[scores.graphs.current]
    values = scores.e["Ev"].values[0]
    assert graph.plots[0].x.tolist() == [1, 2, 3, 4]
    assert graph.plots[0].y == pytest.approx(values) and graph.plots[1].y == pytest.approx([1, 1])
    assert graph.titles.title.lines == ("Scree plot of eigenvalues after pca",)
    scores.run("factor ses mathach minority meanses\nscreeplot, neigen(2)")
    graph = scores.graphs.graphs[scores.graphs.current]
    assert graph.plots[0].y == pytest.approx(scores.e["Ev"].values[0][:2]) and len(graph.plots) == 1


@pytest.mark.parametrize(
    ("before", "line", "code"),
    [
        ("", "screeplot", 301),
        ("regress ses mathach", "screeplot", 321),
        ("pca ses mathach", "screeplot, neigen(9)", 198),
    ],
)
def test_refusals(scores: Session, before: str, line: str, code: int) -> None:
    scores.run(before)
    with pytest.raises(StataError) as caught:
        scores.run(line)
    assert caught.value.code == code
