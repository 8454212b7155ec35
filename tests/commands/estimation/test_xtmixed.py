"""xtmixed as a command: specification, samples, results, and what is left alone when it fails."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.estimation.mixed import log as mixed_log
from xmixed.interpreter.session import Session

N, M = 120, 15


@pytest.fixture
def frame():
    random = np.random.default_rng(20)
    group = np.repeat(np.arange(M), N // M)
    x = random.normal(size=N)
    y = (
        1
        + 2 * x
        + random.normal(size=M)[group]
        + 0.5 * random.normal(size=M)[group] * x
        + random.normal(size=N)
    )
    half = group * 2 + np.tile(np.repeat([0, 1], N // M // 2), M)
    return pd.DataFrame({"y": y, "x": x, "g": group, "half": half % 2, "t": np.tile(np.arange(N // M), M)})


@pytest.fixture
def session(frame):
    made = Session()
    made.use(frame)
    return made


def test_results(session):
    session.run("xtmixed y x || g: x, cov(un) nolog")
    e = session.e
    assert e["b"].column_names == [
        "y:x",
        "y:_cons",
        "lns1_1_1:_cons",
        "lns1_1_2:_cons",
        "atr1_1_1_2:_cons",
        "lnsig_e:_cons",
    ]
    assert [e[name] for name in ("N", "k", "k_f", "k_r", "k_rs", "k_rc", "df_m", "rank")] == [
        N,
        6,
        2,
        4,
        3,
        1,
        1,
        6,
    ]
    assert (e["cmd"], e["redim"], e["vartypes"], e["revars"]) == ("xtmixed", "2", "Unstructured", "x _cons")
    assert np.array_equal(e["V"].values, e["V"].values.T)
    assert e["chi2"] == pytest.approx((e["b"].values[0, 0]) ** 2 / e["V"].values[0, 0])
    assert e["chi2_c"] == pytest.approx(2 * (e["ll"] - e["ll_c"]))


def test_both_syntaxes_and_names(session):
    session.run("xtmixed y x || g: x")
    first = session.e["b"].values
    session.run("xmixed (y x) (g: x)")
    assert np.array_equal(session.e["b"].values, first)
    assert session.e["cmd"] == "xtmixed"
    session.run("mixed y x || g: x")
    assert session.e["cmd"] == "mixed"


def test_repeated_level_names_and_constant(session):
    session.run("xtmixed y x || g: x || g: t || half:, nolog")
    names = [name for name in session.e["b"].column_names if name.startswith("ln")]
    assert names == [
        "lns1_1_1:_cons",
        "lns1_2_1:_cons",
        "lns1_2_2:_cons",
        "lns2_1_1:_cons",
        "lnsig_e:_cons",
    ]
    assert (session.e["ivars"], session.e["redim"], session.e["revars"]) == (
        "g g half",
        "1 2 1",
        "x t _cons _cons",
    )


def test_an_empty_equation_keeps_the_numbers_of_the_others(session):
    session.run("xtmixed y x || g:, noconstant || half:, nolog")
    assert session.e["b"].column_names[2:] == ["lns2_1_1:_cons", "lnsig_e:_cons"]
    assert session.e["redim"] == "0 1"
    shown = session.run("xtmixed")
    assert "g:                   (empty) |" in shown


def test_codes_and_strings_and_order_do_not_matter(session, frame):
    session.run("xtmixed y x || g: || half:, nolog")
    ll, groups = session.e["ll"], session.e["N_g"].values.tolist()
    assert groups == [[M, 2 * M]]
    shuffled = frame.sample(frac=1, random_state=1)
    shuffled["g"] = "group " + shuffled["g"].astype(str)
    shuffled["half"] = shuffled["half"] * 1000.5 - 3
    session.use(shuffled, clear=True)
    session.run("xtmixed y x || g: || half:, nolog")
    assert session.e["ll"] == pytest.approx(ll, rel=1e-10)
    assert session.e["N_g"].values.tolist() == groups


def test_missing_values_and_qualifiers(session):
    session.run("replace x = . in 1\nreplace y = .a in 2\ngenerate z = g\nreplace z = . in 3")
    session.run("xtmixed y x if t < 7 in 1/100 || z: , nolog")
    rows = session.data.marks[session.e.mark]
    assert session.e["N"] == rows.sum()
    assert not rows[:3].any() and not rows[100:].any()
    assert session.run("count if e(sample)").strip() == str(int(session.e["N"]))
    session.run("sort y")
    assert session.run("count if e(sample) & missing(x)").strip() == "0"


def test_a_whole_subsample_equals_dropping(session):
    session.run("xtmixed y x if t > 2 || g: x, nolog")
    ll = session.e["ll"]
    session.run("keep if t > 2")
    session.run("xtmixed y x || g: x, nolog")
    assert session.e["ll"] == pytest.approx(ll, rel=1e-13)


def test_time_series_operators(session):
    panel = {"_TStvar": "t", "_TSpanel": "g"}
    session.data = session.data.with_characteristics("_dta", panel)
    shown = session.run("xtmixed y x L(1/2).x || g:, nolog")
    assert session.e["b"].column_names[:4] == ["y:x", "y:L.x", "y:L2.x", "y:_cons"]
    assert session.e["N"] == N - 2 * M
    assert "           x |" in shown and "         L1. |" in shown and "         L2. |" in shown
    session.run("xtmixed D.y x || g: L.x, nolog")
    assert session.e["depvar"] == "D.y" and session.e["revars"] == "L.x _cons"


def test_failure_leaves_everything(session):
    session.run("xtmixed y x || g:, nolog\nestimates store a")
    before, marks = session.e, set(session.data.marks)
    for text in ("xtmixed y x || nobody:", "xtmixed y y || g:", "xtmixed y x if x > 99 || g:"):
        with pytest.raises(StataError):
            session.run(text)
        assert session.e is before and set(session.data.marks) == marks


def test_interruption_leaves_everything(session, monkeypatch):
    session.run("xtmixed y x || g:, nolog")
    before, marks = session.e, dict(session.data.marks)

    def interrupted(self, event):
        raise KeyboardInterrupt

    monkeypatch.setattr(mixed_log.IterationLog, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        session.run("xtmixed y x || g: x")
    assert session.e is before and session.e["k"] == 4
    assert {name: rows.tolist() for name, rows in session.data.marks.items()} == {
        name: rows.tolist() for name, rows in marks.items()
    }


def test_no_convergence_keeps_the_results(session):
    with pytest.raises(StataError) as raised:
        session.run("xtmixed y x || g: x, iterate(0) emiterate(1)")
    assert (raised.value.code, raised.value.message) == (430, "convergence not achieved")
    assert session.e["converged"] == 0 and session.e["rc"] == 430
    assert "Random-effects Parameters" in raised.value.output


def test_marks_of_forgotten_estimates_go(session):
    for _ in range(3):
        session.run("xtmixed y x || g:, nolog")
    assert len(session.data.marks) == 1
    session.run("estimates store a\nxtmixed y || g:, nolog")
    assert len(session.data.marks) == 2
    session.run("estimates drop a")
    assert len(session.data.marks) == 1


def test_restored_estimates_know_their_sample(session):
    session.run("xtmixed y x if t > 2 || g:, nolog\nestimates store a\nxtmixed y x || g:, nolog")
    assert session.run("count if e(sample)").strip() == str(N)
    session.run("estimates restore a\nsort x")
    assert session.run("count if e(sample) & t <= 2").strip() == "0"
    session.run("drop in 1/10")
    assert int(session.run("count if e(sample)")) <= N - 3 * M


def test_log_is_live(session):
    lines: list[str] = []
    session.out.sinks.append(lambda line: lines.append(line.text))
    seen: list[int] = []
    original = mixed_log.IterationLog.__call__

    def watch(self, event):
        original(self, event)
        seen.append(len(lines))

    mixed_log.IterationLog.__call__ = watch
    try:
        session.run("xtmixed y x || g:")
    finally:
        mixed_log.IterationLog.__call__ = original
    assert seen[0] == 2 and lines[:2] == ["", "Performing EM optimization: "]
    assert seen == sorted(seen) and len(lines) > seen[-1]


def test_collinear_keeps_the_columns(session):
    session.run("generate one = 1")
    shown = session.run("xtmixed y x || g: one, nolog")
    assert shown.startswith("note: one omitted because of collinearity\n")
    shown = session.run("xtmixed y x || g: one, collinear nolog cov(identity)")
    assert "note:" not in shown and session.e["revars"] == "one _cons"


def test_collinear_fixed_effects_stay_in_e_b(session):
    session.run("generate copy = 3 - x\nxtmixed y x copy || g:, nolog")
    b = session.e["b"]
    assert b.column_names[:3] == ["y:x", "y:o.copy", "y:_cons"]
    assert b.values[0, 1] == 0 and not session.e["V"].values[1].any()
    assert (session.e["k_f"], session.e["df_m"], session.e["rank"]) == (2, 1, 4)
