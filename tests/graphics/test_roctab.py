"""roctab, roccomp: areas and covariances against all pairs of cases, one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def scans() -> Session:
    random = np.random.default_rng(9)
    ill = (random.random(80) < 0.45).astype(float)
    frame = pd.DataFrame(
        {"ill": ill, "first": np.clip(np.round(2 + 1.5 * ill + random.normal(size=80)), 1, 5)}
    )
    frame["second"] = ill + random.normal(size=80)
    session = Session()
    session.use(frame)
    return session


def by_pairs(positive: np.ndarray, ratings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The estimator of DeLong and others, from the kernel of every pair."""
    x, y = ratings[positive], ratings[~positive]
    kernel = (x[:, None] > y[None]) + 0.5 * (x[:, None] == y[None])
    first, second = kernel.mean(axis=1), kernel.mean(axis=0)
    V = np.cov(first.T) / len(x) + np.cov(second.T) / len(y)
    return kernel.mean(axis=(0, 1)), np.atleast_2d(V)


def arrays(session: Session) -> tuple[np.ndarray, np.ndarray]:
    data = session.data
    return data["ill"].to_double() == 1, np.column_stack([data[n].to_double() for n in ("first", "second")])


def test_area(scans: Session) -> None:
    positive, ratings = arrays(scans)
    areas, V = by_pairs(positive, ratings)
    lines = scans.run("roctab ill first, level(90)").splitlines()
    assert lines[1] == "                      ROC                    -Asymptotic Normal--"
    assert lines[2] == "           Obs       Area     Std. Err.      [90% Conf. Interval]"
    found = [scans.r[name] for name in ("area", "se", "lb", "ub")]
    error, reach = np.sqrt(V[0, 0]), stats.norm.ppf(0.95) * np.sqrt(V[0, 0])
    assert found == pytest.approx([areas[0], error, areas[0] - reach, areas[0] + reach], rel=1e-12)
    assert lines[4].split() == ["80", f"{areas[0]:.4f}", f"{error:.4f}", f"{found[2]:.5f}", f"{found[3]:.5f}"]
    u = stats.mannwhitneyu(ratings[positive, 0], ratings[~positive, 0]).statistic
    assert areas[0] == pytest.approx(u / (positive.sum() * (~positive).sum()))


def test_detail_and_table(scans: Session) -> None:
    positive, ratings = arrays(scans)
    lines = scans.run("roctab ill first, detail table").splitlines()
    row = next(line for line in lines if line.startswith("( >= 3 )"))
    called = ratings[:, 0] >= 3
    sensitivity, specificity = called[positive].mean(), (~called)[~positive].mean()
    assert row.split()[4:] == [
        f"{100 * sensitivity:.2f}%",
        f"{100 * specificity:.2f}%",
        f"{100 * (called == positive).mean():.2f}%",
        f"{sensitivity / (1 - specificity):.4f}",
        f"{(1 - sensitivity) / specificity:.4f}",
    ]
    assert any(line.startswith("( >  5 )") for line in lines) and any("Total |" in line for line in lines)


def test_frequency_weights_are_copies(scans: Session) -> None:
    scans.run("gen w = 1 + mod(_n, 3)\nroctab ill first [fweight = w] if second < 1")
    weighted = (scans.r["N"], scans.r["area"], scans.r["se"])
    scans.run("expand w\nroctab ill first if second < 1")
    assert (scans.r["N"], scans.r["area"], scans.r["se"]) == pytest.approx(weighted, rel=1e-12)


def test_several_curves(scans: Session, tmp_path) -> None:
    areas, V = by_pairs(*arrays(scans))
    text = scans.run("roccomp ill first second")
    chi2 = (areas[0] - areas[1]) ** 2 / (V[0, 0] + V[1, 1] - 2 * V[0, 1])
    assert (scans.r["chi2"], scans.r["df"]) == (pytest.approx(chi2, rel=1e-10), 1)
    assert scans.r["p"] == pytest.approx(stats.chi2.sf(chi2, 1), rel=1e-10)
    assert "Ho: area(first) = area(second)" in text
    path = tmp_path / "roc.png"
    shown = scans.run(f"roccomp ill first second, graph summary\ngraph export {path}")
    assert "area(second)" in shown and path.stat().st_size > 1000
    assert "Std. Err." not in scans.run("roctab ill first, graph")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("roctab ill", 102),
        ("roctab first second", 198),
        ("roctab ill first if ill == 1", 198),
        ("roctab ill first if second > 99", 2000),
        ("roccomp ill first", 102),
        ("roctab ill first, level(5)", 198),
        ("roctab ill first, hanley", 198),
    ],
)
def test_refusals(scans: Session, line: str, code: int) -> None:
    with pytest.raises(StataError) as caught:
        scans.run(line)
    assert caught.value.code == code
