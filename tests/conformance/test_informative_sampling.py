"""Groups and rows drawn more often where the outcome is high: weights undo it, without them it shows."""

from __future__ import annotations

import numpy as np

from xmixed.engine import Level, Model, RandomEffects, fit

MEAN, GROUP_SD, SIGMA = 2.0, 1.0, 1.5
INTERCEPT = (RandomEffects((None,), "identity"),)


def drawn_sample() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return outcome, group codes, weights of rows within groups and weights of groups."""
    generator = np.random.default_rng(2006)
    effects = GROUP_SD * generator.normal(size=6000)
    chance = np.where(effects > 0, 0.6, 0.15)
    drawn = generator.random(6000) < chance
    return _rows(generator, effects[drawn], chance[drawn])


def _rows(
    generator: np.random.Generator, effects: np.ndarray, chance: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    noise = SIGMA * generator.normal(size=(len(effects), 60))
    keep = np.where(noise > 0, 0.8, 0.4)
    inside = generator.random(noise.shape) < keep
    inside[:, 0] |= ~inside.any(axis=1)
    codes = np.nonzero(inside)[0]
    return (MEAN + effects[:, None] + noise)[inside], codes, 1 / keep[inside], 1 / chance


def test_weights_recover_what_was_sampled_from() -> None:
    y, codes, rows, groups = drawn_sample()
    count = len(groups)
    weighted = fit(Model(y, (None,), (Level(codes, count, INTERCEPT, weights=groups),), weights=rows))
    plain = fit(Model(y, (None,), (Level(codes, count, INTERCEPT),)))
    assert abs(weighted.beta[0] - MEAN) < 0.1
    assert abs(np.sqrt(weighted.covariances[0][0][0, 0]) - GROUP_SD) < 0.05
    assert abs(weighted.sigma_e - SIGMA) < 0.05
    # Half of the groups and of the rows are drawn two to four times as often as the others.
    assert plain.beta[0] - MEAN > 0.6
    assert SIGMA - plain.sigma_e > 0.02
