"""ac, pac, xcorr, corrgram: figures against R's acf(), pacf(), ccf() and Box.test()."""

from __future__ import annotations

import numpy as np
import pytest

from tests.graphics.conftest import Drawing
from xmixed.errors import Span, StataError
from xmixed.language.arguments.date_words import with_numbers
from xmixed.statistics.series import (
    autocorrelations,
    bartlett_errors,
    cross_correlations,
    partial_by_regression,
    partial_by_yule_walker,
    portmanteau,
)

LH = np.array(
    "2.4 2.4 2.4 2.2 2.1 1.5 2.3 2.3 2.5 2.0 1.9 1.7 2.2 1.8 3.2 3.2 2.7 2.2 2.2 1.9 1.9 1.8 2.7 3.0 2.3 2.0"
    " 2.0 2.9 2.9 2.7 2.7 2.3 2.6 2.4 1.8 1.7 1.5 1.4 2.1 3.3 3.5 3.5 3.1 2.6 2.1 3.4 3.0 2.9".split(),
    dtype=float,
)
"""R's data `lh`: luteinizing hormone in blood."""
ACF = [0.57552447552, 0.18181818182, -0.14475524476, -0.17482517483, -0.14965034965, -0.02097902098]
PACF = [0.57552447552, -0.22340997286, -0.22694020165, 0.10276837701, -0.07593441965, 0.06755793453]


@pytest.fixture
def series(session: Drawing) -> Drawing:
    lines = "\n".join(f"replace y = {value} in {i}" for i, value in enumerate(LH, 1))
    session.run(f"clear\nset obs 48\ngenerate t = _n\ntsset t\ngenerate double y = .\n{lines}")
    session.run("generate double z = y[49 - _n]")
    return session


def test_correlations_are_those_of_r() -> None:
    np.testing.assert_allclose(autocorrelations(LH, 6), ACF, rtol=1e-9)
    np.testing.assert_allclose(partial_by_yule_walker(np.array(ACF)), PACF, rtol=1e-8)
    q, p = portmanteau(np.array(ACF), 48)
    assert q[2] == pytest.approx(19.7561, abs=1e-4) and p[2] == pytest.approx(0.0001906877, rel=1e-6)
    errors = [0.1443375673, 0.1861035131, 0.1897680902, 0.1920547181, 0.1953420287, 0.1977160657]
    np.testing.assert_allclose(bartlett_errors(np.array(ACF), 48), errors, rtol=1e-9)
    # R's ccf(y, x) at lag k is the correlation of y at t + k with x at t
    ccf = [-0.45734265734, -0.24895104895, -0.10979020979, 0.07832167832, 0.04755244755, 0.01118881119]
    np.testing.assert_allclose(cross_correlations(LH, LH[::-1], 3)[:6], ccf, rtol=1e-9)


def test_partial_correlations_by_regression_are_the_last_coefficients() -> None:
    rows = np.column_stack([LH[3:], np.ones(45), LH[2:-1], LH[1:-2], LH[:-3]])
    beta = np.linalg.lstsq(rows[:, 1:], rows[:, 0], rcond=None)[0]
    assert partial_by_regression(LH, 3)[2] == pytest.approx(beta[-1], rel=1e-10)
    gappy = LH.copy()
    gappy[20] = np.nan
    pairs = ~np.isnan(gappy[1:]) & ~np.isnan(gappy[:-1])
    slope = np.polyfit(gappy[:-1][pairs], gappy[1:][pairs], 1)[0]
    assert partial_by_regression(gappy, 1)[0] == pytest.approx(slope, rel=1e-10)


def test_ac_draws_spikes_over_the_band_of_bartletts_formula(series: Drawing) -> None:
    graph = series.draw("ac y, lags(6) generate(r)")
    band, spikes = graph.plots
    assert (band.kind, spikes.kind) == ("rarea", "dropline")
    np.testing.assert_allclose(spikes.y, ACF, rtol=1e-9)
    np.testing.assert_allclose(band.y2[0], 1.959963985 * 0.1443375673, rtol=1e-8)
    assert graph.axes.y.title.lines == ("Autocorrelations of y",)
    assert graph.titles.note.lines == ("Bartlett's formula for MA(q) 95% confidence bands",)
    np.testing.assert_allclose(series.data["r"].to_double()[:6], ACF, rtol=1e-9)
    assert series.data["r"].label == "Autocorrelations of y"
    narrow = series.draw("ac y, lags(6) level(80) ciopts(fcolor(red))").plots[0]
    assert narrow.y2[0] < band.y2[0] and narrow.style.fill == "#ff0000ff"
    assert len(series.draw("ac y").plots[1].x) == 22  # half of 48, less two


def test_pac_by_regression_and_by_yule_and_walker(series: Drawing) -> None:
    graph = series.draw("pac y, lags(6) yw")
    np.testing.assert_allclose(graph.plots[1].y, PACF, rtol=1e-8)
    np.testing.assert_allclose(graph.plots[0].y2, 1.959963985 / np.sqrt(48), rtol=1e-8)
    np.testing.assert_allclose(series.draw("pac y, lags(6)").plots[1].y, partial_by_regression(LH, 6))


def test_xcorr_draws_or_lists_lags_to_both_sides(series: Drawing) -> None:
    graph = series.draw("xcorr y z, lags(3)")
    np.testing.assert_allclose(graph.plots[0].x, np.arange(-3.0, 4))
    np.testing.assert_allclose(graph.plots[0].y, cross_correlations(LH, LH[::-1], 3))
    shown = series.run("xcorr y z, lags(2) table")
    assert "-2      -0.2490         -|" in shown and "0        0.0783          |" in shown
    assert "|" not in series.run("xcorr y z, lags(2) table noplot")


def test_corrgram_shows_and_returns_what_the_graphs_draw(series: Drawing) -> None:
    shown = series.run("corrgram y, lags(3) yw").splitlines()
    assert shown[1] == " " * 42 + "-1       0       1 -1       0       1"
    assert shown[4].startswith("1        0.5755   0.5755   16.914  0.0000          |----              |----")
    assert shown[6].startswith("3       -0.1448  -0.2269   19.756  0.0002         -|                 -|")
    r = series.r.scalars
    assert r["ac3"] == pytest.approx(ACF[2]) and r["pac2"] == pytest.approx(PACF[1]) and r["lags"] == 3
    assert r["q3"] == pytest.approx(19.7561, abs=1e-4)
    assert "[Auto" not in series.run("corrgram y, noplot")


def test_operators_and_gaps(series: Drawing) -> None:
    difference = np.diff(LH)
    np.testing.assert_allclose(
        series.draw("ac D.y, lags(3)").plots[1].y, autocorrelations(difference, 3), rtol=1e-9
    )
    series.run("replace y = . in 20")
    assert "(note:  time series has 1 gap)" in series.run("corrgram y, lags(2)")
    series.draw("ac y")
    assert "(note:  time series has 1 gap)" in series.said


def test_series_that_cannot_be_are_refused(session: Drawing) -> None:
    cases = [
        ("ac distance", 459),
        ("ac distance if subject == 1, lags(9)", 198),
        ("ac distance if subject == 1, by(female)", 198),
        ("ac subject if subject == 1", 2001),
        ("ac distance if subject > 99", 2000),
        ("ac distance age", 103),
        ("ac distance if subject == 1, generate(age)", 110),
        ("corrgram distance || line age age", 198),
    ]
    for command, code in cases:
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == code, command
    session.run("xtset, clear")
    with pytest.raises(StataError) as caught:
        session.run("ac distance")
    assert caught.value.code == 111


def test_options_of_the_time_axis_take_dates(session: Drawing) -> None:
    session.run("clear\nset obs 60\ngenerate t = m(1995m1) + _n - 1\nformat t %tm\ntsset t\ngenerate y = _n")
    drawn = session.draw('tsline y, tlabel(1995m1(24)1999m1) tline(1996m6) ttext(3 1997m1 "1997m1")')
    assert [(tick.value, tick.label) for tick in drawn.axes.x.ticks if tick.label] == [
        (420.0, "1995m1"),
        (444.0, "1997m1"),
        (468.0, "1999m1"),
    ]
    same = session.draw('tsline y, tlabel(420(24)468) tline(437) ttext(3 444 "1997m1")')
    assert drawn.axes == same.axes
    with pytest.raises(StataError):
        session.draw("tsline y, tlabel(1995m13)")


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1995m1", 420), ("1960q1", 0), ("1959q4", -1), ("2000h2", 81), ("1961w2", 53), ("15mar1990", 11031)],
)
def test_dates_are_numbers_of_their_unit(typed: str, number: int) -> None:
    text = f"x({typed}(1)9)"
    found = with_numbers(text, Span(2, len(text) - 1))
    assert found == f"x({str(number).ljust(len(typed))}(1)9)"
