"""The generalised method of moments for transformed and level rows of panels, on arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.estimation.dynamic.instruments import Instruments
from xmixed.estimation.dynamic.timeline import Differences, Timeline, Transformation
from xmixed.statistics.linear.matrix_algebra import symmetric_inverse


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Transformed rows above those in levels.

    Attributes
    ----------
    y : ndarray, shape (rows,)
    X : ndarray, shape (rows, k)
    Z : ndarray, shape (rows, q)
    panels : ndarray of int, shape (rows,)
    n_transformed : int
        How many rows come first.
    """

    y: np.ndarray
    X: np.ndarray
    Z: np.ndarray
    panels: np.ndarray
    n_transformed: int

    def by_panel(self, errors: np.ndarray) -> np.ndarray:
        """Return Z'e of every panel, (panels, q)."""
        count = int(self.panels.max()) + 1
        scores = self.Z * errors[:, None]
        return np.stack([np.bincount(self.panels, own, minlength=count) for own in scores.T], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step: coefficients, residuals, the weight matrix W behind them, (X'Z W Z'X)^-1."""

    b: np.ndarray
    errors: np.ndarray
    weight: np.ndarray
    bread: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What the method of moments gives.

    Attributes
    ----------
    b : ndarray, shape (k,)
    variance : ndarray, shape (k, k)
    final, first : Step
        The same one after one step.
    sigma2 : float
        Variance of the idiosyncratic errors in levels.
    sargan, hansen : float
        Statistics of overidentification; the latter nan where it is not formed.
    """

    b: np.ndarray
    variance: np.ndarray
    first: Step
    final: Step
    sigma2: float
    sargan: float
    hansen: float


def first_weight(
    timeline: Timeline, transformation: Transformation, instruments: Instruments, h: int, system: bool
) -> np.ndarray:
    """Return Z'HZ: H is the covariance of transformed errors that are independent in levels.

    h 1: the identity; 2: without covariances of transformed and level rows; 3: with them.
    """
    Z, level = instruments.transformed, instruments.level
    if h == 1:
        return Z.T @ Z + level.T @ level
    spread = transformation.transposed(Z)
    if h == 2 or not system:
        return spread.T @ spread + level.T @ level
    spread[np.flatnonzero(timeline.used)] += level
    return spread.T @ spread


def _step(stack: Stack, weight: np.ndarray) -> Step:
    cross, target = stack.Z.T @ stack.X, stack.Z.T @ stack.y
    bread = symmetric_inverse(cross.T @ weight @ cross)
    b = bread @ (cross.T @ (weight @ target))
    return Step(b, stack.y - stack.X @ b, weight, bread)


def estimate(stack: Stack, inner: np.ndarray, two_steps: bool, robust: bool, halved: bool) -> Moments:
    """Estimate in one or two steps.

    Parameters
    ----------
    inner : ndarray, shape (q, q)
        Z'HZ of the first step.
    robust : bool
        The robust variance after one step, Windmeijer's (2005, Journal of Econometrics 126) after two.
    halved : bool
        Transformed errors have twice the variance of those in levels.
    """
    first = _step(stack, symmetric_inverse(inner))
    rows = stack.n_transformed
    own = first.errors[:rows]
    sigma2 = float(own @ own) / (rows - stack.X.shape[1]) / (2.0 if halved else 1.0)
    moment = stack.Z.T @ first.errors
    sargan = float(moment @ first.weight @ moment) / sigma2 if sigma2 > 0 else np.nan
    scores = stack.by_panel(first.errors)
    S = scores.T @ scores
    cross = stack.Z.T @ stack.X
    pull = first.bread @ cross.T @ first.weight
    robust_first = pull @ S @ pull.T
    second = _step(stack, symmetric_inverse(S))
    moment = stack.Z.T @ second.errors
    hansen = float(moment @ second.weight @ moment) if robust or two_steps else np.nan
    if not two_steps:
        variance = robust_first if robust else first.bread * sigma2
        return Moments(first.b, variance, first, first, sigma2, sargan, hansen)
    variance = second.bread
    if robust:
        variance = _windmeijer(stack, first, second, robust_first)
    return Moments(second.b, (variance + variance.T) / 2, first, second, sigma2, sargan, hansen)


def _windmeijer(stack: Stack, first: Step, second: Step, robust_first: np.ndarray) -> np.ndarray:
    """Return the variance after two steps with what the first step's estimates add."""
    cross = stack.Z.T @ stack.X
    pull = second.bread @ cross.T @ second.weight
    moment = second.weight @ (stack.Z.T @ second.errors)
    scores = stack.by_panel(first.errors)
    along = scores @ moment
    D = np.empty((len(second.b), len(second.b)))
    for place, column in enumerate(stack.X.T):
        own = stack.by_panel(column)
        # d S / d b_j = - sum of (Z'x_j)(Z'e)' + (Z'e)(Z'x_j)' over panels.
        change = own.T @ along + scores.T @ (own @ moment)
        D[:, place] = pull @ change
    extra = D @ second.bread
    return second.bread + extra + extra.T + D @ robust_first @ D.T


def autocorrelation(
    timeline: Timeline,
    stack: Stack,
    found: Moments,
    order: int,
    differences: tuple[np.ndarray, np.ndarray],
    robust: bool,
    spread: np.ndarray,
) -> float:
    """Return Arellano and Bond's z of autocorrelation of an order in first differences; nan without pairs.

    Parameters
    ----------
    differences : (rows,) array and (rows, k) array
        D y and D X.
    spread : ndarray, shape (n, q)
        M'Z of all observations, for errors that are independent in levels.
    """
    transformation = Differences(timeline)
    e = differences[0] - differences[1] @ found.b
    whole = np.zeros((len(timeline.used), 1))
    whole[transformation.rows, 0] = e
    there = np.zeros((len(timeline.used), 1))
    there[transformation.rows, 0] = 1.0
    lagged = np.nan_to_num(timeline.lag(whole, order)[transformation.rows, 0])
    pairs = np.nan_to_num(timeline.lag(there, order)[transformation.rows, 0])
    if not np.any(pairs * there[transformation.rows, 0]):
        return np.nan
    panels = timeline.panels[transformation.rows]
    count = int(timeline.panels.max()) + 1
    products = np.bincount(panels, lagged * e, minlength=count)
    along = lagged @ differences[1]
    step = found.final
    pull = step.bread @ (stack.Z.T @ stack.X).T @ step.weight
    if robust:
        scores = np.zeros((count, stack.Z.shape[1]))
        own = stack.by_panel(step.errors)
        scores[: len(own)] = own
        middle, variance = scores.T @ products, float(products @ products)
    else:
        moved = transformation.transposed(lagged[:, None])
        middle = found.sigma2 * (spread.T @ moved)[:, 0]
        variance = found.sigma2 * float(np.sum(moved**2))
    variance += float(-2 * along @ (pull @ middle) + along @ found.variance @ along)
    return float(products.sum() / np.sqrt(variance)) if variance > 0 else np.nan
