"""Many commands over data by reference: queries are as long as those of a few."""

from __future__ import annotations

from pathlib import Path

import pytest

from xmixed.data.reference import running
from xmixed.interpreter.session import Session

STEPS = 20


@pytest.fixture
def lengths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lengths of the queries that are run, as they are written."""
    found: list[int] = []
    plain = running.written

    def written(query: object, backend: object) -> str:
        text = plain(query, backend)  # type: ignore[arg-type]
        found.append(len(text))
        return text

    monkeypatch.setattr(running, "written", written)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "generate v{at} = x*{at} + ln(f + 5)",
        "generate v{at} = {before} + x/{at}",
        "replace x = x*1.01 + 1 if f > {at}/10",
        "drop if big == 40000 + 7*{at}*20",
        "generate str9 v{at} = s + string({at})",
        "generate v{at} = x in 2/5",
    ],
)
def test_queries_do_not_grow(referring: Session, reading: Session, lengths: list[int], line: str) -> None:
    first = []
    for at in range(1, STEPS + 1):
        command = line.format(at=at, before="x" if at == 1 else f"v{at - 1}")
        lengths.clear()
        assert referring.run(command) == reading.run(command)
        first.append(lengths[0])
    assert max(first[STEPS // 2 :]) <= 1.1 * max(first[: STEPS // 2])
    for command in ("summarize", "list in 1/3", "regress x f i", "count if x > f"):
        assert referring.run(command) == reading.run(command)


def test_marks_and_labels_survive(referring: Session, reading: Session) -> None:
    for session in (referring, reading):
        session.run("regress x f\ngenerate y = x")
    for at in range(STEPS):
        for session in (referring, reading):
            session.run(f"replace y = y + {at} if f < {at}\npreserve\nkeep if i > 1\nrestore")
    for command in ("count if e(sample)", "predict double p\nsummarize p", "drop in 3/4\nlist y f, clean"):
        assert referring.run(command) == reading.run(command)


def test_a_query_selects_what_it_needs(referring: Session, tmp_path: Path, lengths: list[int]) -> None:
    for at in range(10):
        referring.run(f"generate v{at} = x + {at}")
    lengths.clear()
    referring.run("count if v3 > 2")
    one = lengths[-1]
    referring.run("summarize")
    assert one < lengths[-1] / 5
