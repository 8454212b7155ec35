"""ladder and its graphs, spikeplot, dotplot, qchi, pchi, qqplot."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.graphics.conftest import Drawing
from xmixed.errors import StataError
from xmixed.graphics.model import Graph


def distance(session: Drawing) -> np.ndarray:
    return session.data["distance"].to_double()


def children(graph: Graph) -> list[Graph]:
    assert graph.panels is not None
    return list(graph.panels.graphs)


# --- ladder -----------------------------------------------------------------------------------------------


def test_ladder_tests_every_power_as_sktest_does(session: Drawing) -> None:
    shown = session.run("ladder distance, generate(best)").splitlines()
    assert shown[1] == "Transformation         formula               chi2(2)       P(chi2)"
    assert shown[5] == "identity               distance                  2.23        0.328"
    r = session.r.scalars
    keys = ("cube", "square", "ident", "sqrt", "log", "invsqrt", "inv", "invsq", "invcube")
    powers = ("distance^3", "distance^2", "distance", "sqrt(distance)", "ln(distance)", "distance^-.5")
    powers += ("1/distance", "distance^-2", "distance^-3")
    for key, power in zip(keys, powers, strict=True):
        session.run(f"generate double p_{key} = {power}\nquietly sktest p_{key}")
        assert r[key] == pytest.approx(session.r.scalars["chi2"], rel=1e-9), key
        assert r[f"P_{key}"] == pytest.approx(session.r.scalars["P_chi2"], rel=1e-9)
    assert r["N"] == 108
    np.testing.assert_allclose(session.data["best"].to_double(), np.sqrt(distance(session)), rtol=1e-6)
    unadjusted = session.run("ladder distance, noadjust")
    assert unadjusted.splitlines()[5] != shown[5]


def test_powers_that_do_not_exist_are_missing(session: Drawing) -> None:
    session.run("generate moved = distance - 20\nladder moved if age == 8")
    r = session.r.scalars
    assert r["log"] > 1e300 and r["sqrt"] > 1e300  # negative values
    assert r["inv"] > 1e300 and r["cube"] < 1e300  # zero among them
    assert len(children(session.draw("gladder moved"))) == 3


def test_gladder_and_qladder_have_a_panel_for_every_power(session: Drawing) -> None:
    graph = session.draw("gladder distance, bin(5)")
    assert [child.titles.subtitle.lines[0] for child in children(graph)][3:5] == ["square root", "log"]
    assert [len(child.plots[0].x) for child in children(graph)] == [5] * 9
    assert graph.titles.title.lines == ("Histograms by transformation",)
    points = children(session.draw("qladder distance, rows(1) msymbol(T)"))[4].plots[0]
    np.testing.assert_allclose(points.y, np.sort(np.log(distance(session))))
    assert points.style.symbol == "triangle"


# --- counts -----------------------------------------------------------------------------------------------


def test_spikes_are_frequencies_shares_or_roots(session: Drawing) -> None:
    at, counts = np.unique(distance(session), return_counts=True)
    plot = session.draw("spikeplot distance").plots[0]
    np.testing.assert_array_equal(plot.x, at)
    np.testing.assert_array_equal(plot.y, counts)
    np.testing.assert_allclose(session.draw("spikeplot distance, fraction").plots[0].y, counts / 108)
    np.testing.assert_allclose(session.draw("spikeplot distance, root").plots[0].y, np.sqrt(counts))
    rounded = session.draw("spikeplot distance, round(5)")
    assert list(rounded.plots[0].x) == [15, 20, 25, 30] and rounded.plots[0].y.sum() == 108
    session.run("generate w = 2")
    np.testing.assert_array_equal(session.draw("spikeplot distance [fw=w]").plots[0].y, 2 * counts)


def test_dots_are_as_many_as_observations_side_by_side(session: Drawing) -> None:
    at, counts = np.unique(distance(session), return_counts=True)
    plot = session.draw("dotplot distance").plots[0]
    assert len(plot.x) == 108
    for value, count in zip(at, counts, strict=True):
        assert sorted(plot.x[plot.y == value]) == list(np.arange(1.0, count + 1))
    grouped = session.draw("dotplot distance, ny(5)").plots[0]
    assert len(np.unique(grouped.y)) == 5 and len(grouped.x) == 108
    assert len(np.unique(session.draw("dotplot distance, ny(5) nogroup").plots[0].y)) == len(at)
    assert len(session.draw("dotplot distance, ny(5) incr(4)").plots[0].x) < 40


def test_columns_of_dots_for_groups_or_variables(session: Drawing) -> None:
    graph = session.draw("dotplot distance, over(age) center mean bar")
    assert [tick.label for tick in graph.axes.x.ticks] == ["8", "10", "12", "14"]
    points, *lines = graph.plots
    assert len(points.x) == 108 and len(lines) == 12
    y, age = distance(session), session.data["age"].to_double()
    assert lines[0].y[0] == pytest.approx(y[age == 8].mean())
    assert lines[1].y[0] == pytest.approx(y[age == 8].mean() - y[age == 8].std(ddof=1))
    middle = graph.axes.x.ticks[0].value
    assert points.x[points.x < middle + 3].mean() == pytest.approx(middle)  # centred
    assert len(session.draw("dotplot distance sub2, median").plots) == 3
    quartiles = session.draw("dotplot distance, median bar").plots[1:]
    assert [plot.y[0] for plot in quartiles] == pytest.approx(list(np.quantile(y, (0.5, 0.25, 0.75))))


# --- quantiles --------------------------------------------------------------------------------------------


def test_quantiles_against_the_chi_squared_distribution(session: Drawing) -> None:
    y = np.sort(distance(session))
    share = np.arange(1, 109) / 109
    plot = session.draw("qchi distance, df(24)").plots[0]
    np.testing.assert_allclose(plot.x, stats.chi2.ppf(share, 24), rtol=1e-9)
    np.testing.assert_array_equal(plot.y, y)
    plot = session.draw("pchi distance, df(24)").plots[0]
    np.testing.assert_allclose(plot.y, stats.chi2.cdf(y, 24), rtol=1e-9)
    np.testing.assert_allclose(plot.x, share)
    np.testing.assert_allclose(session.draw("qchi distance").plots[0].x, stats.chi2.ppf(share, 1), rtol=1e-9)


def test_quantiles_of_two_variables(session: Drawing) -> None:
    session.run("generate other = 2 * distance if female == 0")
    plot = session.draw("qqplot distance other").plots[0]
    small, large = np.sort(2 * distance(session)[:64]), np.sort(distance(session))
    np.testing.assert_array_equal(plot.x, small)
    shares = (np.arange(1, 65) - 0.5) / 64
    np.testing.assert_allclose(plot.y, np.quantile(large, shares, method="hazen"))
    same = session.draw("qqplot distance sub2").plots[0]
    np.testing.assert_array_equal(same.y, large)


def test_what_cannot_be_is_refused(session: Drawing) -> None:
    for command, code in (
        ("ladder", 100),
        ("ladder distance age", 103),
        ("ladder distance if age > 99", 2000),
        ("ladder distance, generate(age)", 110),
        ("gladder distance, by(age)", 198),
        ("gladder distance if age > 99", 2000),
        ("spikeplot distance, round(0)", 198),
        ("spikeplot distance, root fraction", 198),
        ("dotplot distance, by(age)", 198),
        ("dotplot distance sub2, over(age)", 103),
        ("dotplot distance, mean median", 198),
        ("dotplot distance, ny(0)", 198),
        ("dotplot distance, incr(0)", 198),
        ("dotplot distance if age > 99", 2000),
        ("qchi distance, df(0)", 198),
        ("qqplot distance", 102),
    ):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code, command
