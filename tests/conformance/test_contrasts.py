"""Contrasts and pairwise comparisons by hand algebra, and adjustments against scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.errors import StataError
from xmixed.estimation.inference.contrasts import Adjustment, same_letters
from xmixed.interpreter.session import Session
from xmixed.statistics.linear.contrasts import contrast_rows, orthogonal_polynomials


@pytest.fixture(scope="module")
def fitted() -> Session:
    rng = np.random.default_rng(3)
    n = 180
    frame = pd.DataFrame(
        {
            "id": np.arange(n) // 6,
            "g": 1 + np.arange(n) % 4 * 2,
            "h": rng.integers(0, 2, n),
            "x": rng.normal(size=n),
        }
    )
    frame["y"] = frame.g * (1 + frame.h) + frame.x + rng.normal(size=n) + rng.normal(size=30)[frame.id]
    session = Session()
    session.use(frame)
    session.run("quietly xtmixed y i.g##i.h c.x##i.g || id:")
    return session


def cell_mean(session: Session, g: int, h: int) -> np.ndarray:
    """The row of a cell at x = 0 over e(b): base levels, then what differs from them."""
    names = [name.partition(":")[2] if name.startswith("y:") else "" for name in session.e["b"].column_names]
    wanted = {"_cons", f"{g}.g", f"{h}.h", f"{g}.g#{h}.h"}
    return np.array([float(name in wanted) for name in names])


def check(session: Session, command: str, rows: list[np.ndarray], suffix: str = "") -> None:
    b, V = session.e["b"].values[0], session.e["V"].values
    session.run(f"quietly {command}")
    np.testing.assert_allclose(session.r[f"b{suffix}"].values[0], [row @ b for row in rows], atol=1e-9)
    errors = np.sqrt(np.diag(session.r[f"V{suffix}"].values))
    np.testing.assert_allclose(errors, [np.sqrt(row @ V @ row) for row in rows], rtol=1e-8)


LEVELS = (1, 3, 5, 7)


def test_contrasts_of_cells_in_which_other_factors_weigh_alike(fitted: Session) -> None:
    mean = {g: (cell_mean(fitted, g, 0) + cell_mean(fitted, g, 1)) / 2 for g in LEVELS}
    check(fitted, "contrast r.g", [mean[g] - mean[1] for g in (3, 5, 7)])
    check(fitted, "contrast ar.g", [mean[3] - mean[1], mean[5] - mean[3], mean[7] - mean[5]])
    check(fitted, "contrast g.g", [mean[g] - sum(mean.values()) / 4 for g in LEVELS])
    check(fitted, "contrast h.g", [
        mean[1] - (mean[3] + mean[5] + mean[7]) / 3, mean[3] - (mean[5] + mean[7]) / 2, mean[5] - mean[7]
    ])  # fmt: skip
    check(fitted, "contrast {g 0 -1 -1 2}", [2 * mean[7] - mean[5] - mean[3]])
    within = [cell_mean(fitted, g, h) - cell_mean(fitted, 1, h) for g in (3, 5, 7) for h in (0, 1)]
    check(fitted, "contrast r.g@h", within)
    check(fitted, "contrast r.g#r.h", [within[i + 1] - within[i] for i in (0, 2, 4)])


def test_pairs_are_all_differences_in_the_order_of_levels(fitted: Session) -> None:
    mean = [(cell_mean(fitted, g, 0) + cell_mean(fitted, g, 1)) / 2 for g in LEVELS]
    pairs = [mean[j] - mean[i] for i in range(4) for j in range(i + 1, 4)]
    check(fitted, "pwcompare g", pairs, "_vs")


def test_observed_weights_are_the_shares_of_the_sample(fitted: Session) -> None:
    share = fitted.data["h"].to_double().mean()
    mean = {g: (1 - share) * cell_mean(fitted, g, 0) + share * cell_mean(fitted, g, 1) for g in LEVELS}
    check(fitted, "contrast r.g, asobserved", [mean[g] - mean[1] for g in (3, 5, 7)])


def test_the_joint_test_does_not_depend_on_the_contrasts(fitted: Session) -> None:
    found = []
    for operator in ("", "r.", "a.", "h.", "p.", "q.", "gw."):
        fitted.run(f"quietly contrast {operator}g")
        found.append(fitted.r["chi2"].values[0, 0])
        assert fitted.r["df"].values[0, 0] == 3
    np.testing.assert_allclose(found, found[0], rtol=1e-8)
    fitted.run("quietly contrast g#h")
    joint = fitted.r["chi2"].values[0, 0]
    fitted.run("quietly testparm i.g#i.h")
    assert fitted.r["chi2"] == pytest.approx(joint, rel=1e-9)
    fitted.run("quietly contrast g#c.x")
    slopes = fitted.r["chi2"].values[0, 0]
    fitted.run("quietly testparm i.g#c.x")
    assert fitted.r["chi2"] == pytest.approx(slopes, rel=1e-9)


def test_contrasts_of_margins_are_differences_of_margins(fitted: Session) -> None:
    fitted.run("quietly margins g, at(x=(0 1))")
    margins, V = fitted.r["b"].values[0], fitted.r["V"].values
    fitted.run("quietly margins r.g, at(x=(0 1))")
    rows = [np.eye(8)[4 * at + i] - np.eye(8)[4 * at] for i in (1, 2, 3) for at in (0, 1)]
    np.testing.assert_allclose(fitted.r["b"].values[0], [row @ margins for row in rows], atol=1e-10)
    np.testing.assert_allclose(np.diag(fitted.r["V"].values), [row @ V @ row for row in rows], rtol=1e-9)
    fitted.run("quietly margins g, pwcompare at(x=1)")
    pairs = [margins[4 + j] - margins[4 + i] for i in range(4) for j in range(i + 1, 4)]
    np.testing.assert_allclose(fitted.r["b_vs"].values[0], pairs, atol=1e-10)


@pytest.mark.parametrize("x", [np.array([0.0, 1, 2, 3]), np.array([1.0, 2, 4, 9, 11])])
def test_polynomials_are_orthogonal_and_find_their_degree(x: np.ndarray) -> None:
    weights = np.arange(1.0, len(x) + 1)
    weights /= weights.sum()
    rows = orthogonal_polynomials(x, weights)
    np.testing.assert_allclose((rows / weights) @ rows.T, np.eye(len(x) - 1), atol=1e-10)
    np.testing.assert_allclose(rows @ x**0, 0, atol=1e-10)
    for degree in range(1, len(x) - 1):
        np.testing.assert_allclose(rows[degree:] @ x**degree, 0, atol=1e-8)
        assert rows[degree - 1] @ x**degree > 0


def test_weighted_contrasts_take_the_counts_of_levels() -> None:
    counts = np.array([10.0, 30.0, 60.0])
    rows, labels = contrast_rows("gw", (1, 2, 3), 0, counts)
    np.testing.assert_allclose(rows[0], [0.9, -0.3, -0.6])
    assert labels == ["(1 vs mean)", "(2 vs mean)", "(3 vs mean)"]
    rows, _ = contrast_rows("jw", (1, 2, 3), 0, counts)
    np.testing.assert_allclose(rows, [[-1, 1, 0], [-0.25, -0.75, 1]])


@pytest.mark.parametrize("df", [None, 14.0])
def test_adjustments_against_scipy(df: float | None) -> None:
    t = stats.norm if df is None else stats.t(df)
    estimate, variance, level, m = 1.2, 0.16, 95.0, 6
    p = 2 * t.sf(3.0)

    def limits(critical: float) -> tuple[float, float]:
        return estimate - 0.4 * critical, estimate + 0.4 * critical

    expected = {
        "bonferroni": (min(1, m * p), t.isf(0.025 / m)),
        "sidak": (1 - (1 - p) ** m, t.isf((1 - 0.95 ** (1 / m)) / 2)),
        "scheffe": (stats.chi2.sf(9, 3), np.sqrt(stats.chi2.isf(0.05, 3)))
        if df is None
        else (stats.f.sf(3, 3, df), np.sqrt(3 * stats.f.isf(0.05, 3, df))),
        "tukey": (
            stats.studentized_range.sf(3 * np.sqrt(2), 4, np.inf if df is None else df),
            stats.studentized_range.isf(0.05, 4, np.inf if df is None else df) / np.sqrt(2),
        ),
    }
    for method, (p_value, critical) in expected.items():
        found = Adjustment(method, m, 3, 4).figures(estimate, variance, level, df)
        assert found.p_value == pytest.approx(p_value, rel=1e-6)
        np.testing.assert_allclose((found.lower, found.upper), limits(critical), rtol=1e-6)


def test_tukey_keeps_its_level_in_published_tables() -> None:
    """The upper 5 per cent points of the studentized range for 3, 4 and 5 means, 10 and 20 degrees."""
    for groups, df, point in ((3, 10, 3.877), (4, 20, 3.958), (5, 10, 4.654)):
        figures = Adjustment("tukey", 1, 1, groups).figures(point / np.sqrt(2), 1.0, 95.0, df)
        assert figures.p_value == pytest.approx(0.05, abs=2e-4)


def test_cells_share_a_letter_if_and_only_if_they_do_not_differ() -> None:
    differ = np.zeros((4, 4), dtype=bool)
    for i, j in ((0, 2), (0, 3), (1, 3)):
        differ[i, j] = differ[j, i] = True
    letters = same_letters(differ)
    for i in range(4):
        for j in range(4):
            shared = set(letters[i].replace(" ", "")) & set(letters[j].replace(" ", ""))
            assert bool(shared) == (i == j or not differ[i, j])


def test_margins_of_probabilities_have_exact_derivatives() -> None:
    """logit: mean of p(1-p)b, and its gradient by the coefficients."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"x": rng.normal(size=300), "g": rng.integers(0, 2, 300)})
    frame["y"] = (rng.uniform(size=300) < 1 / (1 + np.exp(-0.5 * frame.x - frame.g))).astype(int)
    session = Session()
    session.use(frame)
    session.run("quietly logit y x i.g\nquietly margins, dydx(x)")
    b, V = session.e["b"].values[0], session.e["V"].values
    X = np.column_stack([frame.x, np.zeros(300), frame.g, np.ones(300)])
    p = 1 / (1 + np.exp(-X @ b))
    slope = p * (1 - p)
    assert session.r["b"].values[0, 0] == pytest.approx(slope.mean() * b[0], rel=1e-9)
    J = ((slope * (1 - 2 * p) * b[0])[:, None] * X).mean(axis=0)
    J[0] += slope.mean()
    assert session.r["V"].values[0, 0] == pytest.approx(J @ V @ J, rel=1e-7)


def test_what_does_not_sum_to_zero_is_a_combination(fitted: Session) -> None:
    mean = {g: (cell_mean(fitted, g, 0) + cell_mean(fitted, g, 1)) / 2 for g in LEVELS}
    with pytest.raises(StataError, match="contrast of g does not sum to zero") as caught:
        fitted.run("contrast {g .5 .5 0 0}")
    assert caught.value.code == 198 and "lincom" in caught.value.hint
    check(fitted, "contrast {g .5 .5 0 0}, lincom", [(mean[1] + mean[3]) / 2])
