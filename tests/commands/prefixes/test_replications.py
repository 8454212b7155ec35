"""bootstrap, jackknife, simulate, permute, statsby, rolling: figures against closed forms and own loops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xmixed import Session
from xmixed.commands.prefixes.replicating import stream
from xmixed.data.operations.draws import sampling_units
from xmixed.errors import StataError
from xmixed.estimation.resampling.summaries import corrected_limits, median_bias, percentile_limits


@pytest.fixture
def session() -> Session:
    found = Session()
    found.run("sysuse sleepstudy")
    return found


def _root(seed: int) -> int:
    return int(np.random.default_rng(seed).integers(2**62))


def _draws(session: Session, seed: int, reps: int, cluster: str = "") -> list[np.ndarray]:
    units = sampling_units(session.data, (), [cluster] if cluster else [])
    return [units.rows(units.draw(stream(_root(seed), number))) for number in range(reps)]


def test_regressions_on_the_same_draws(session: Session) -> None:
    session.run("bootstrap, reps(40) seed(5): regress reaction days")
    y, x = session.data["reaction"].to_double(), session.data["days"].to_double()
    X = np.column_stack([x, np.ones(len(x))])
    found = np.array([np.linalg.lstsq(X[rows], y[rows], rcond=None)[0] for rows in _draws(session, 5, 40)])
    assert session.e.matrices["V"].values == pytest.approx(np.cov(found.T), rel=1e-9)
    assert session.e.matrices["b_bs"].values[0] == pytest.approx(found.mean(axis=0), rel=1e-10)


def test_clusters_drawn_are_groups_of_their_own(session: Session) -> None:
    """The model is fitted by the command itself on data made of the same draws."""
    line = "xtmixed reaction days || {}: days, reml"
    session.run("bootstrap, reps(12) seed(5) cluster(subject) idcluster(s): " + line.format("s"))
    found = session.e.matrices["V"].values
    units = sampling_units(session.data, (), ["subject"])
    other = Session()
    values = []
    for number in range(12):
        drawn = units.draw(stream(_root(5), number))
        frame = session.data.rows(units.rows(drawn)).to_pandas()
        frame["s"] = units.numbers(drawn).astype(np.int32)
        other.use(frame, clear=True)
        other.run("quietly " + line.format("s"))
        values.append(other.e.matrices["b"].values[0])
    assert found == pytest.approx(np.cov(np.array(values).T), rel=2e-5)


def test_results_do_not_depend_on_the_number_of_processes(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for count in ("1", "3"):
        monkeypatch.setenv("XMIXED_PROCESSES", count)
        own = []
        for line in (
            "bootstrap r(mean) r(sd), reps(20) seed(9) nowarn: summarize reaction",
            "bootstrap, reps(120) seed(9) cluster(subject) idcluster(s): xtmixed reaction days || s: days",
            "jackknife, cluster(subject): xtmixed reaction days || subject:",
        ):
            session.run(line)
            own.append(session.e.matrices["V"].values.copy())
        found.append(own)
    assert all(np.array_equal(first, second) for first, second in zip(*found, strict=True))


def test_jackknife_of_a_mean_and_of_a_regression(session: Session) -> None:
    session.run("jackknife r(mean), rclass nodots: summarize reaction")
    y = session.data["reaction"].to_double()
    assert session.e.matrices["V"].values[0, 0] == pytest.approx(y.var(ddof=1) / len(y), rel=1e-10)
    session.run("jackknife, mse nodots: regress reaction days")
    jackknife = session.e.matrices["V"].values
    session.run("regress reaction days, vce(hc3)")
    n = len(y)
    assert jackknife == pytest.approx(session.e.matrices["V"].values * (n - 1) / n, rel=1e-8)


def test_limits_by_their_definitions() -> None:
    values = np.random.default_rng(1).normal(size=(999, 1)) ** 2
    observed = np.array([0.9])
    ranked = np.sort(values[:, 0])
    assert percentile_limits(values, 95)[:, 0] == pytest.approx([ranked[24], ranked[974]])
    from scipy.stats import norm

    z0 = norm.ppf(np.mean(values <= observed))
    assert median_bias(values, observed)[0] == pytest.approx(z0)
    shares = norm.cdf(2 * z0 + norm.ppf([0.025, 0.975]))
    places = np.floor(999 * shares).astype(int)
    found = corrected_limits(values, np.array([z0]), np.zeros(1), 95)
    assert found[:, 0] == pytest.approx(ranked[places])


def test_saved_replications_give_the_same_figures(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "reps"
    session.run(f'bootstrap, reps(30) seed(2) saving("{file}", double): regress reaction days')
    errors = session.e.matrices["se"].values[0]
    session.run(f'use "{file}", clear')
    for name, error in zip(("_b_days", "_b_cons"), errors, strict=True):
        assert session.data[name].values.std(ddof=1) == pytest.approx(error, rel=1e-12)
    session.run("sysuse sleepstudy, clear")
    with pytest.raises(StataError, match="already exists"):
        session.run(f'bootstrap, saving("{file}"): regress reaction days')
    for line in (
        "jackknife, saving({}, replace): regress reaction days",
        "permute days _b[days], reps(5) saving({}, replace): regress reaction days",
        "statsby, by(subject) saving({}, replace): regress reaction days",
        "simulate _b, reps(3) saving({}, replace double): regress reaction days",
    ):
        session.run(line.format(f'"{file}"'))
    session.run(
        "sysuse sleepstudy, clear\nxtset subject days\n"
        f'rolling, window(9) saving("{file}", replace): regress reaction days'
    )
    session.run(f'use "{file}", clear')
    assert session.data.n_obs == 36


def test_noisy_replications_show_their_output(session: Session) -> None:
    for line in (
        "bootstrap, reps(2) noisily: regress reaction days",
        "jackknife, noisily cluster(subject): regress reaction days",
        "permute days _b[days], reps(2) noisily: regress reaction days",
        "statsby, by(subject) clear noisily: regress reaction days",
    ):
        assert session.run(line).count("Number of obs") > 2
    session.run("sysuse sleepstudy, clear\nxtset subject days")
    assert (
        session.run("rolling, window(10) clear noisily: regress reaction days").count("Number of obs") == 19
    )


def test_groups_within_clusters_are_made_unique(session: Session) -> None:
    session.run("generate half = days > 4")
    session.run(
        "program groups, rclass\nquietly levelsof half\nreturn scalar k = r(N)\nend"
    ) if False else None
    session.run("egen id = group(subject half)")
    session.run(
        "program counted, rclass\ntempvar first\nquietly bysort id: generate `first' = _n == 1\n"
        "quietly count if `first'\nreturn scalar k = r(N)\nend"
    )
    session.run("bootstrap k=r(k), reps(5) nowarn cluster(subject) idcluster(s) group(id): counted")
    assert session.e.matrices["V"].values[0, 0] == 0


def test_a_failure_or_an_interrupt_leaves_everything_as_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.run("regress reaction days\nset seed 4")
    e, data = session.e, session.data
    with pytest.raises(StataError) as failure:
        session.run("bootstrap r(nothing), reps(5): summarize reaction")
    assert failure.value.code == 322
    session.run("program stop\nif _b[days] < 10 {\nerror 1\n}\nregress reaction days\nend")
    e, data = session.e, session.data
    with pytest.raises(StataError) as broken:
        session.run("bootstrap, reps(200) nowarn: stop")
    assert broken.value.code == 1 and "done, no results kept" in broken.value.output
    assert session.e is e and session.data is data


def test_interrupt_says_how_many_were_done(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from xmixed.estimation.resampling import processes

    def broken(task, count, workers):
        yield task(0)
        raise KeyboardInterrupt

    monkeypatch.setattr("xmixed.commands.prefixes.replicating.run_tasks", broken)
    assert processes.processes() >= 1
    data, e = session.data, session.e
    shown: list[str] = []
    session.out.sinks.append(lambda line: shown.append(line.text))
    with pytest.raises(KeyboardInterrupt):
        session.run("bootstrap r(mean), reps(10) nowarn: summarize reaction")
    assert "(1 replication done, no results kept)" in shown
    assert session.data is data and session.e is e


def test_replications_that_do_not_converge_count_as_failed(session: Session) -> None:
    """Where the mean is above 300 the program stops its model before it has converged: as many x."""
    session.run(
        "program fits\nquietly summarize reaction\nlocal stop = cond(r(mean) > 300, 0, 30)\n"
        "xtmixed reaction days || s:, emiterate(0) iterate(`stop')\nend"
    )
    shown = session.run("bootstrap v=e(ll), reps(12) seed(1) nowarn cluster(subject) idcluster(s): fits")
    y = session.data["reaction"].to_double()
    failed = sum(bool(y[rows].mean() > 300) for rows in _draws(session, 1, 12, "subject"))
    dots = next(line for line in shown.splitlines() if set(line) == {".", "x"})
    assert 0 < failed < 12 and dots.count("x") == failed == session.e.scalars["N_misreps"]


def test_xtmixed_refuses_what_stata_refuses(session: Session) -> None:
    with pytest.raises(StataError):
        session.run("xtmixed reaction days || subject:, vce(bootstrap)")


FAST = (
    (
        "sleepstudy",
        "bootstrap, reps(8) seed(1) cluster(subject) idcluster(s): xtmixed reaction days || s: days, cov(un)",
    ),
    ("sleepstudy", "bootstrap, reps(8) seed(1) bca cluster(subject): regress reaction c.days##c.days"),
    ("sleepstudy", "jackknife, cluster(subject): xtmixed reaction days || subject:, reml"),
    ("pastes", "bootstrap, reps(8) seed(2) cluster(batch) idcluster(s): xtmixed strength || s: || cask:"),
    (
        "oxide",
        "bootstrap v=exp([lns1_1_1]_cons), reps(8) cl(lot) id(s): xtmixed thickness || s: || wafer:",
    ),
    ("sleepstudy", "bootstrap, reps(6) seed(3): xtmixed reaction days || subject:"),
    ("sleepstudy", "bootstrap _b _se, reps(6) seed(3) cl(subject) id(s): xtmixed reaction days || s: days"),
    ("sleepstudy", "bootstrap _b _se, reps(6) seed(3): regress reaction days"),
    ("sleepstudy", "bootstrap z=_b[days]/_se[days], reps(6) seed(3) cluster(subject): regress reaction days"),
    ("sleepstudy", "bootstrap, reps(8) reject(_b[days]>10.5) seed(3): regress reaction days"),
    (
        "sleepstudy",
        "bootstrap, reps(8) reject(e(converged)!=1) seed(3) cl(subject) id(s): xtmixed reaction days || s:",
    ),
    ("penicillin", "bootstrap _b, reps(4) seed(1): xtmixed diameter || _all: R.plate || sample:"),
    (
        "penicillin",
        "bootstrap _b, reps(4) seed(1) cl(sample) id(s): xtmixed diameter || _all: R.plate || s:",
    ),
    (
        "ovary",
        "bootstrap, reps(3) seed(1) cl(mare) id(s): "
        "xtmixed follicles time || s:, residuals(exponential, t(time))",
    ),
    (
        "orthodont",
        "bootstrap, reps(4) seed(1) cl(subject) id(s): "
        "xtmixed distance age || s:, residuals(independent, by(female))",
    ),
    (
        "orthodont",
        "bootstrap, reps(4) seed(1) cl(subject) id(s): "
        "xtmixed distance age || s:, nocons residuals(unstructured, t(age))",
    ),
    ("pastes", "jackknife _b, cluster(batch): xtmixed strength || batch: || cask:, variance"),
    ("pastes", "jackknife _b: xtmixed strength || batch:"),
    ("orthodont", "bootstrap, reps(4) seed(1) force: xtmixed distance age [fw=female+1] || subject:"),
    (
        "orthodont",
        "bootstrap, reps(4) seed(1) force cl(subject) id(s): "
        "xtmixed distance age [pw=age] || s:, pw(female+1)",
    ),
)


@pytest.mark.parametrize(("data", "line"), FAST)
def test_refits_are_what_the_command_would_find(
    data: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xmixed.commands.prefixes import bootstrap, deletions, refitting

    found, used = [], []
    original = refitting.coefficient_source

    def watched(*given):
        source = original(*given)
        used.append(source is not None)
        return source

    for source in (watched, lambda *given: None):
        for module in (bootstrap, deletions):
            monkeypatch.setattr(module, "coefficient_source", source)
        session = Session()
        session.run(f"sysuse {data}")
        session.run(line)
        found.append(session.e.matrices["se"].values[0])
    assert all(used) and used
    assert found[0] == pytest.approx(found[1], rel=1e-5, abs=1e-9)


def test_rolling_keeps_a_variable(session: Session) -> None:
    session.run("xtset subject days\ngenerate str8 name = string(days) in 1/180")
    for option, first in (("keep(name)", "8"), ("keep(name, start)", "0")):
        session.run(f"preserve\nrolling _b, window(9) clear {option}: regress reaction days")
        values = session.data["name"].values.tolist()
        assert [getattr(value, "decode", lambda v=value: v)() for value in values[:2]] == [
            first,
            str(int(first) + 1),
        ]
        assert session.data.label == "rolling: regress"
        session.run("restore")
    with pytest.raises(StataError, match="incorrectly specified"):
        session.run("rolling _b, window(9) clear keep(name, end): regress reaction days")


def test_a_person_sees_how_far_it_is(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from xmixed.shell import screen

    clock = iter(range(1, 1000))
    monkeypatch.setattr(screen, "monotonic", lambda: float(next(clock)))
    stream = io.StringIO()
    session.progress = screen.ProgressBar(stream)
    session.run("bootstrap r(mean), reps(60) nowarn nodots: summarize reaction")
    shown = stream.getvalue().split("\r\x1b[K")
    assert shown[0] == "" and shown[1] == "[#-----------------------------] 2 of 60, 0:58 left"
    assert "[###############---------------] 30 of 60, 0:30 left" in shown and shown[-1] == ""
    stream.truncate(0)
    session.run("quietly bootstrap r(mean), reps(60) nowarn: summarize reaction")
    assert not stream.getvalue().strip("\0")


def test_a_jackknifed_mixed_model_has_limits_of_t(session: Session) -> None:
    shown = session.run(
        "sysuse sleepstudy\njackknife, cluster(subject) idcluster(s) nodots: xtmixed reaction days || s:"
    )
    b, error = session.e.matrices["b"].values[0, 0], session.e.matrices["V"].values[0, 0] ** 0.5
    lower = b - 2.109815577833181 * error  # R: qt(.975, 17)
    row = next(line for line in shown.splitlines() if line.strip().startswith("days |"))
    assert float(row.split()[-2]) == pytest.approx(lower, rel=1e-6)
