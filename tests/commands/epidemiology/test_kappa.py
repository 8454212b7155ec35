"""kap, kappa: published examples, statsmodels' definition by brute force, layouts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from xmixed.interpreter.session import Session

XRAYS = [
    (1, 1, 21), (1, 2, 12), (2, 1, 4), (2, 2, 17), (2, 3, 1),
    (3, 1, 3), (3, 2, 9), (3, 3, 15), (3, 4, 2), (4, 4, 1),
]  # fmt: skip
"""85 xeromammograms by two radiologists (Boyd and others 1982): both raters' categories and how often."""

FLEISS = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1), (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip
"""Ten subjects, fourteen raters, five categories; kappa .210 (Wikipedia, Fleiss' kappa)."""


@pytest.fixture
def xrays(session: Session) -> Session:
    session.use(pd.DataFrame(XRAYS, columns=["rada", "radb", "pop"]).astype(float))
    return session


def test_two_raters(xrays: Session) -> None:
    """63.53 and 30.82 per cent, kappa .4728, standard error .0694, z 6.81."""
    lines = xrays.run("kap rada radb [fweight = pop]").splitlines()
    assert lines[1:4] == [
        "             Expected",
        "Agreement   Agreement     Kappa   Std. Err.         Z      Prob>Z",
        "-" * 65,
    ]
    assert lines[4].split() == ["63.53%", "30.82%", "0.4728", "0.0694", "6.81", "0.0000"]
    table = np.zeros((4, 4))
    for a, b, n in XRAYS:
        table[a - 1, b - 1] = n
    p = table / 85
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = float(rows @ columns)
    spread = sum(r * c * (1 - r - c) ** 2 for r, c in zip(rows, columns, strict=True)) - chance**2
    spread += sum(
        rows[i] * columns[j] * (rows[j] + columns[i]) ** 2 for i in range(4) for j in range(4) if i != j
    )
    assert xrays.r["se"] == pytest.approx(math.sqrt(spread / 85) / (1 - chance), rel=1e-10)


@pytest.mark.parametrize(("kind", "power"), [("w", 1), ("w2", 2)])
def test_weights(xrays: Session, kind: str, power: int) -> None:
    text = xrays.run(f"kap rada radb [fweight = pop], wgt({kind}) tab")
    assert "Ratings weighted by:" in text and "Total |" in text
    away = (np.abs(np.arange(4)[:, None] - np.arange(4)) / 3.0) ** power
    table = np.zeros((4, 4))
    for a, b, n in XRAYS:
        table[a - 1, b - 1] = n
    p = table / 85
    chance = np.outer(p.sum(axis=1), p.sum(axis=0))
    assert xrays.r["kappa"] == pytest.approx(1 - (away * p).sum() / (away * chance).sum(), rel=1e-12)
    xrays.run("replace rada = 10 if rada == 4\nreplace radb = 10 if radb == 4")
    before = xrays.r["kappa"]
    xrays.run(f"kap rada radb [fweight = pop], wgt({kind})")
    assert xrays.r["kappa"] == pytest.approx(before, rel=1e-12)
    xrays.run(f"kap rada radb [fweight = pop], wgt({kind}) absolute")
    assert abs(xrays.r["kappa"] - before) > 0.01


def test_several_raters(session: Session) -> None:
    session.use(pd.DataFrame(FLEISS, columns=[f"c{k}" for k in range(1, 6)]).astype(float))
    lines = session.run("kappa c1-c5").splitlines()
    assert lines[1] == "There are 14 raters per subject:"
    assert lines[3] == "         Outcome |    Kappa          Z     Prob>Z"
    assert session.r["kappa"] == pytest.approx(0.20993, abs=5e-6)
    assert lines[-1].startswith("        combined |   0.2099")
    found = session.r["kappa"]
    ratings = [[code for code, n in enumerate(row, 1) for _ in range(n)] for row in FLEISS]
    session.run("clear")
    session.use(pd.DataFrame(ratings, columns=[f"r{k}" for k in range(14)]).astype(float))
    session.run("kap r0-r13")
    assert session.r["kappa"] == pytest.approx(found, rel=1e-12)


def test_two_categories_agree_with_their_single_kappa(session: Session) -> None:
    """With two categories every kappa is the same, and z is kappa over sqrt(2/(n m (m - 1)))."""
    counts = pd.DataFrame({"yes": [3.0, 1, 0, 2, 4, 3, 1], "no": [1.0, 3, 4, 2, 0, 1, 3]})
    session.use(counts)
    session.run("kappa yes no")
    assert session.r["z"] == pytest.approx(session.r["kappa"] / math.sqrt(2 / (7 * 4 * 3)), rel=1e-12)


def test_refusals(xrays: Session, refused) -> None:
    assert refused(xrays, "kap rada")[0] == 102
    assert refused(xrays, "kap rada radb if rada > 9")[0] == 2000
    assert refused(xrays, "kap rada radb if rada == 4")[0] == 498
    assert refused(xrays, "kap rada radb pop, wgt(w)")[0] == 198
    assert refused(xrays, "kappa rada radb")[0] == 198
