"""Survivor functions by the product limit, cumulative hazards, and tests that groups do not differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from xmixed.statistics.survival.risk_sets import RiskSets, Spells


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Figures of one group at its times of failure, censoring or entry.

    Attributes
    ----------
    times : ndarray, shape (m,)
    at_risk, failures, lost : ndarray, shape (m,)
        Before the time; at it. Those who enter count as lost, negatively.
    survivor, error : ndarray, shape (m,)
        Kaplan and Meier's estimate and Greenwood's standard error.
    hazard, hazard_error : ndarray, shape (m,)
        Nelson and Aalen's cumulative hazard.
    """

    times: np.ndarray
    at_risk: np.ndarray
    failures: np.ndarray
    lost: np.ndarray
    survivor: np.ndarray
    error: np.ndarray
    hazard: np.ndarray
    hazard_error: np.ndarray

    def limits(self, quantile: float) -> tuple[np.ndarray, np.ndarray]:
        """Return limits of the survivor function, formed on the scale of ln(-ln S)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(self.survivor)
            spread = self.error / self.survivor / np.abs(log)
            lower, upper = (self.survivor ** np.exp(sign * quantile * spread) for sign in (1, -1))
        return lower, upper


def curve(spells: Spells) -> Curve:
    """Return the curve of all observations as one group."""
    w = spells.weights
    times = np.unique(spells.exit)
    exits = np.searchsorted(times, spells.exit)
    size = len(times)
    failures = np.bincount(exits, w * spells.failed, minlength=size)
    censored = np.bincount(exits, w * ~spells.failed, minlength=size)
    entered = np.searchsorted(np.sort(spells.entry), times, side="left")
    order = np.argsort(spells.entry, kind="stable")
    inside = np.concatenate([[0.0], np.cumsum(w[order])])[entered]
    gone = np.concatenate([[0.0], np.cumsum(failures + censored)[:-1]])
    at_risk = inside - gone
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(at_risk > 0, failures / at_risk, 0.0)
        survivor = np.cumprod(1 - share)
        greenwood = np.cumsum(np.where(failures > 0, failures / (at_risk * (at_risk - failures)), 0.0))
        error = survivor * np.sqrt(greenwood)
        hazard = np.cumsum(share)
        hazard_error = np.sqrt(np.cumsum(np.where(at_risk > 0, failures / at_risk**2, 0.0)))
    following = np.append(inside[1:], inside[-1] if size else 0.0)
    lost = censored - (following - inside)
    return Curve(times, at_risk, failures, lost, survivor, error, hazard, hazard_error)


def at_times(own: Curve, values: np.ndarray, times: np.ndarray, start: float) -> np.ndarray:
    """Return a step function of a curve at other times, `start` before the first step."""
    place = np.searchsorted(own.times, times, side="right")
    return np.concatenate([[start], values])[place]


def risk_at(spells: Spells, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return at ascending times who is at risk before each, and who failed since the one before.

    Parameters
    ----------
    times : ndarray, shape (m,)
    """
    w = spells.weights

    def before(ends: np.ndarray, weights: np.ndarray, side: Literal["left", "right"]) -> np.ndarray:
        order = np.argsort(ends, kind="stable")
        sums = np.concatenate([[0.0], np.cumsum(weights[order])])
        return sums[np.searchsorted(ends[order], times, side=side)]

    at_risk = before(spells.entry, w, "left") - before(spells.exit, w, "left")
    return at_risk, np.diff(before(spells.exit, w * spells.failed, "right"), prepend=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Equality:
    """A test of equal survivor functions: observed and expected failures by group, chi2 and its df."""

    observed: np.ndarray
    expected: np.ndarray
    statistic: float
    df: int


def _test_weights(kind: str, risk: np.ndarray, survivor: np.ndarray) -> np.ndarray:
    if kind == "wilcoxon":
        return risk
    if kind == "tware":
        return np.sqrt(risk)
    return survivor if kind == "peto" else np.ones_like(risk)


def equality(
    spells: Spells, groups: np.ndarray, count: int, strata: np.ndarray, kind: str = "logrank"
) -> Equality:
    """Test that groups have the same survivor function.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        Codes from 0 to `count` - 1.
    kind : str
        logrank, wilcoxon, tware (Tarone and Ware) or peto.
    """
    sets = RiskSets(spells, strata)
    inside = np.zeros((len(groups), count))
    inside[np.arange(len(groups)), groups] = spells.weights
    risk, failing = sets.at_risk(inside), sets.failing(inside)
    n, d = risk.sum(axis=1), failing.sum(axis=1)
    survivor = np.ones_like(n)
    for stratum in range(int(strata.max(initial=0)) + 1):
        own = sets.stratum == stratum
        survivor[own] = np.cumprod(1 - d[own] / (n[own] + 1))
    w = _test_weights(kind, n, survivor)
    share = risk / n[:, None]
    expected = share * d[:, None]
    score = (w[:, None] * (failing - expected)).sum(axis=0)
    factor = w**2 * d * np.where(n > 1, (n - d) / np.maximum(n - 1, 1), 0.0)
    V = np.diag(factor @ share) - (share * factor[:, None]).T @ share
    kept = np.flatnonzero(np.diag(V) > 0)[:-1] if count > 1 else np.zeros(0, dtype=int)
    statistic = float(score[kept] @ np.linalg.solve(V[np.ix_(kept, kept)], score[kept])) if len(kept) else 0.0
    return Equality(failing.sum(axis=0), expected.sum(axis=0), statistic, len(kept))
