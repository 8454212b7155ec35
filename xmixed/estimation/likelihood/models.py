"""From outcomes and columns to a fitted likelihood model, its null model and its variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.dispersed import DISPERSIONS, Dispersed
from xmixed.estimation.likelihood.families import Pointwise, SinglePredictor, cloglog, logit, poisson, probit
from xmixed.estimation.likelihood.multinomial import Multinomial
from xmixed.estimation.likelihood.newton import Likelihood, Maximum, maximise
from xmixed.estimation.likelihood.ordered import Ordered
from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.least_squares import least_squares

POINTWISE: dict[str, Pointwise] = {
    "logit": logit,
    "probit": probit,
    "cloglog": cloglog,
    "poisson": poisson,
}


_LINKS: dict[str, Callable[[float], float]] = {
    "logit": special.logit,
    "probit": special.ndtri,
    "cloglog": lambda share: np.log(-np.log1p(-share)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What all likelihood models are made of.

    Attributes
    ----------
    columns : tuple of Column
        None is the constant.
    n : int
    weights, offset : ndarray, shape (n,), or None
    frequencies : bool
        Whether weights count observations.
    """

    columns: tuple[Column, ...]
    n: int
    weights: np.ndarray | None = None
    offset: np.ndarray | None = None
    frequencies: bool = False

    @property
    def constant(self) -> int | None:
        return next((place for place, column in enumerate(self.columns) if column is None), None)


def _totals(codes: np.ndarray, weights: np.ndarray | None, size: int) -> np.ndarray:
    return np.bincount(codes, weights, minlength=size).astype(np.float64)


def binary(kind: str, y: np.ndarray, rows: Rows) -> SinglePredictor:
    """Return the likelihood of a 0/1 outcome, `kind` its link; it starts at the null model."""
    design = Design.of(rows.columns, rows.n, rows.weights, rows.offset)
    initial = np.zeros(design.size)
    if rows.constant is not None:
        weights = rows.weights
        share = float(np.average(y, weights=weights))
        initial[rows.constant] = float(_LINKS[kind](share))
    return SinglePredictor(y, design, POINTWISE[kind], initial, rows.frequencies)


def counts(y: np.ndarray, rows: Rows) -> SinglePredictor:
    """Return the Poisson likelihood; it starts at one step of reweighted least squares."""
    design = Design.of(rows.columns, rows.n, rows.weights, rows.offset)
    offset = 0.0 if rows.offset is None else rows.offset
    mean = (y + np.average(y, weights=rows.weights)) / 2
    working = np.log(mean) + (y - mean) / mean - offset
    weights = mean if rows.weights is None else mean * rows.weights
    first = least_squares(working, rows.columns, weights)
    return SinglePredictor(y, design, poisson, design.standardised(first.beta), rows.frequencies)


def dispersed(dispersion: str, y: np.ndarray, rows: Rows) -> Dispersed:
    """Return the negative binomial likelihood; it starts at the Poisson model, dispersion by moments."""
    simple = counts(y, rows)
    point = maximise(simple).standardised
    weights = np.ones(rows.n) if rows.weights is None else rows.weights
    mean = np.concatenate([np.exp(simple._eta(point, own, values)) for own, values in simple.design.blocks()])
    square = (y - mean) ** 2 - mean
    if dispersion == "mean":
        first = float(weights @ square / (weights @ mean**2))
    else:
        first = float(weights @ square / (weights @ mean))
    initial = np.append(point, np.log(max(first, 0.01)))
    return Dispersed(y, simple.design, DISPERSIONS[dispersion], initial, rows.frequencies)


def ordered(kind: str, codes: np.ndarray, n_categories: int, rows: Rows) -> Ordered:
    """Return the likelihood of categories 0, 1, ... in order; `rows` without a constant."""
    design = Design.of(rows.columns, rows.n, rows.weights, rows.offset, centred=True)
    shares = _totals(codes, rows.weights, n_categories)
    return Ordered(codes, n_categories, design, kind, shares / shares.sum(), rows.frequencies)


def multinomial(codes: np.ndarray, n_equations: int, rows: Rows) -> Multinomial:
    """Return the multinomial logit likelihood; code `n_equations` is the base category."""
    design = Design.of(rows.columns, rows.n, rows.weights)
    initial = np.zeros((n_equations, design.size))
    if rows.constant is not None:
        totals = _totals(codes, rows.weights, n_equations + 1)
        initial[:, rows.constant] = np.log(totals[:-1] / totals[-1])
    return Multinomial(codes, n_equations, design, initial.ravel(), rows.frequencies)


def null_log_likelihood(codes: np.ndarray, weights: np.ndarray | None) -> float:
    """Return the log likelihood of categories with constant probabilities."""
    totals = _totals(codes, weights, int(codes.max()) + 1)
    used = totals[totals > 0]
    return float(used @ np.log(used / used.sum()))


def robust_variance(
    likelihood: Likelihood,
    maximum: Maximum,
    n: float,
    codes: np.ndarray | None = None,
    n_clusters: int = 0,
) -> np.ndarray:
    """Return the sandwich M/(M-1) D (sum ss') D of scores s by observation or cluster."""
    transform = likelihood.transform
    bread = maximum.covariance @ np.linalg.inv(transform).T
    summed = likelihood.scores(maximum.standardised, codes, n_clusters)
    units, meat = (n, summed) if codes is None else (n_clusters, summed.T @ summed)
    whole = bread @ meat @ bread.T * (units / (units - 1))
    return (whole + whole.T) / 2
