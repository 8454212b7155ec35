"""The cluster bootstrap of a mixed model against lme4 on the same draws, and fits of many draws at once."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed import Session
from xmixed.data.operations.draws import SamplingUnits
from xmixed.engine import Level, Model, RandomEffects, Resampler

# Places of the 18 subjects of sleepstudy, ascending.
DRAWS = (
    (9, 10, 15, 14, 10, 9, 3, 2, 3, 17, 15, 14, 1, 17, 16, 11, 17, 9),
    (4, 7, 4, 6, 16, 4, 17, 14, 10, 7, 8, 17, 5, 16, 10, 0, 14, 12),
    (9, 4, 13, 11, 10, 11, 0, 0, 2, 11, 15, 2, 17, 4, 14, 14, 17, 16),
    (16, 11, 3, 1, 15, 13, 4, 14, 6, 16, 15, 12, 12, 17, 6, 17, 4, 10),
    (5, 4, 5, 11, 8, 7, 17, 13, 12, 11, 8, 1, 5, 12, 12, 2, 6, 7),
    (17, 13, 0, 16, 7, 13, 7, 9, 8, 4, 8, 13, 11, 6, 4, 9, 4, 0),
    (1, 5, 16, 4, 0, 9, 9, 8, 9, 17, 0, 11, 8, 6, 17, 16, 1, 3),
    (14, 14, 14, 15, 5, 14, 13, 5, 0, 3, 2, 1, 7, 16, 14, 0, 1, 17),
)
# lme4 1.1-31: lmer(reaction ~ days + (days | s), REML = FALSE), bobyqa with rhoend 1e-12, on the rows of each
# draw, every draw a subject of its own: slope, constant, their standard deviations, correlation, sigma.
LME4 = (
    (12.214101, 249.9936, 5.34317818, 30.9799532, 0.112756658, 17.7722527),
    (9.72152434, 257.039408, 3.97895966, 13.6270328, -0.383743499, 25.4863748),
    (13.523706, 246.335252, 4.98343086, 24.0924054, 0.0419550013, 24.5264052),
    (10.1083849, 254.060925, 4.36088479, 24.7864207, -0.434415402, 20.2580149),
    (8.52235643, 252.609689, 4.90108441, 14.6636691, 0.35265699, 30.4443592),
    (11.4419918, 265.714248, 6.69182836, 12.6887818, -0.0269779025, 25.0645327),
    (10.3793771, 259.820447, 7.38750598, 21.0666111, 0.454928234, 26.6633475),
    (10.9673549, 246.815191, 4.33833118, 16.9468835, 0.913337062, 30.2339194),
)


@pytest.mark.parametrize("together", [True, False])
def test_the_cluster_bootstrap_is_lme4_on_the_same_draws(
    together: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter(DRAWS)
    monkeypatch.setattr(SamplingUnits, "draw", lambda *_: np.array(next(draws)))
    monkeypatch.setenv("XMIXED_PROCESSES", "1")
    if not together:
        monkeypatch.setattr(Resampler, "refits", lambda self, draws: [None] * len(draws))
    session = Session()
    session.run(
        "sysuse sleepstudy\nbootstrap, reps(8) cluster(subject) idcluster(s): "
        "xtmixed reaction days || s: days, covariance(unstructured)"
    )
    expected = np.array(LME4)
    expected[:, 2:4], expected[:, 5] = np.log(expected[:, 2:4]), np.log(expected[:, 5])
    expected[:, 4] = np.arctanh(expected[:, 4])
    # lme4 stops where its likelihood is flat to the last digits: 5e-6 of a standard deviation.
    assert session.e.matrices["b_bs"].values[0] == pytest.approx(expected.mean(axis=0), rel=2e-6, abs=2e-6)
    assert session.e.matrices["V"].values == pytest.approx(np.cov(expected.T), rel=2e-5, abs=2e-6)
    assert session.e.scalars["N_misreps"] == 0


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize(
    ("structures", "fewest"),
    [
        (("identity",), 55),
        (("independent",), 55),
        (("unstructured",), 50),
        (("exchangeable",), 25),
        (("identity", "identity"), 50),
    ],
)
def test_draws_fitted_together_are_those_fitted_alone(
    method: str, structures: tuple[str, ...], fewest: int
) -> None:
    """The usual search is the reference; what it puts on the boundary is left to it."""
    session = Session()
    session.run("sysuse sleepstudy")
    y, x = session.data["reaction"].to_double(), session.data["days"].to_double()
    subjects = np.unique(session.data["subject"].to_double(), return_inverse=True)[1]
    columns = ((x, None),) if len(structures) == 1 else ((x,), (None,))
    equations = tuple(
        RandomEffects(own, name)
        for own, name in zip(columns, structures, strict=True)  # type: ignore[arg-type]
    )
    resampler = Resampler(Model(y, (x, None), (Level(subjects, 18, equations),), method))  # type: ignore[arg-type]
    assert resampler.batch == 50
    generator = np.random.default_rng(8)
    draws = [generator.integers(0, 18, 18) for _ in range(60)]
    found = resampler.refits(draws)
    assert sum(own is not None for own in found) >= fewest
    for own, drawn in zip(found, draws, strict=True):
        if own is not None:
            alone = resampler.refit(drawn)
            assert own[0] == pytest.approx(alone.beta, rel=1e-8)
            assert own[1] == pytest.approx(alone.estimates, rel=1e-6, abs=1e-7)


def test_what_is_not_worth_it_is_fitted_alone() -> None:
    generator = np.random.default_rng(3)
    groups = np.repeat(np.arange(5000), 3)
    y = generator.normal(size=15000) + generator.normal(size=5000)[groups]
    resampler = Resampler(Model(y, (None,), (Level(groups, 5000, (RandomEffects((None,), "identity"),)),)))
    assert resampler.batch == 1
    assert resampler.refits([np.arange(5000)]) == [None]
