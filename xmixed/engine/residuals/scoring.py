"""Where the search for residual covariances starts: Fisher's scoring in the covariances themselves.

The model is linear in them, so that steps do not depend on how high correlations are; where every unit has
all values of t() and their means are free, one step from the least-squares residuals ends at the maximum.

Where steps stick to the edge of positive definite matrices, so high are the correlations, the way leads
through the middle: units are added that have all values of t(), uncorrelated with the variances of the
least-squares residuals, and count less and less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.residuals.lattice import LatticeProducts, LeastSquares

_MOST_STEPS = 40
_MOST_HALVINGS = 12
# Gain still to come, in units of the log likelihood, from which Newton's steps need few more.
_ENOUGH = 1e-9
# Shares of the diagonal that make pairwise moments positive definite.
_SHRINK = (0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
# How often the added units count, in terms of those there are, and steps with each.
_ADDED = tuple(10.0**-power for power in range(10)) + (0.0,)
_STEPS_WITH_EACH = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Coordinates (k,), their covariances (n_by, P), and the log likelihood but for a constant."""

    coordinates: np.ndarray
    covariances: np.ndarray
    fit: LeastSquares
    value: float


class Scoring:
    """Scoring over the coordinates of a structure that is linear in its covariances.

    `places`: (n_by, P) coordinate that each covariance of the lattice is; -1 where it is zero.
    """

    def __init__(self, products: LatticeProducts, places: np.ndarray, reml: bool) -> None:
        self.products, self.reml = products, reml
        self.moments = products.moments()
        self.places = _seen(places, self.moments[1])
        self.count = int(places.max(initial=-1)) + 1
        diagonal = products.upper[0] == products.upper[1]
        self.mean_products = self._summed(self.moments[0]) / self._summed(self.moments[1])
        self.is_variance = np.zeros(self.count, bool)
        self.is_variance[self.places[:, diagonal][self.places[:, diagonal] >= 0]] = True
        self.variances = self._covariances(self.mean_products)[:, diagonal]

    def _covariances(self, coordinates: np.ndarray) -> np.ndarray:
        return np.append(coordinates, 0.0)[self.places]

    def _summed(self, values: np.ndarray) -> np.ndarray:
        """Sums of (n_by, P) values by coordinate."""
        kept = self.places >= 0
        return np.bincount(self.places[kept], values[kept], self.count)

    def _place(self, coordinates: np.ndarray, added: float = 0.0) -> _Place | None:
        """The place with units added that count so often; None where a matrix is not positive definite."""
        covariances = self._covariances(coordinates)
        try:
            fit = self.products.least_squares(covariances)
            value = -0.5 * (fit.log_det + fit.rss)
            if added:
                value += added * self._of_added(covariances)[0]
        except np.linalg.LinAlgError:
            return None
        if self.reml:
            value -= float(np.log(fit.factor.diagonal()).sum())
        return _Place(coordinates, covariances, fit, value) if np.isfinite(value) else None

    def _of_added(self, covariances: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Log likelihood of one unit for each by() group, its gradient (n_by, P), and W (n_by, T, T)."""
        products = self.products
        factors = np.linalg.cholesky(covariances[:, products.pair])
        half = np.linalg.inv(factors)
        inverse = half.transpose(0, 2, 1) @ half
        scaled = inverse * self.variances[:, None, :]
        log_dets = 2.0 * np.log(np.einsum("mtt->mt", factors)).sum()
        value = -0.5 * float(log_dets + np.einsum("mtt->", scaled))
        slopes = (scaled @ inverse - inverse)[:, products.upper[0], products.upper[1]]
        return value, 0.5 * slopes * products.twice, inverse

    def _start(self) -> _Place | None:
        if not (self.mean_products[self.is_variance] > 0).all():
            return None
        for share in _SHRINK:
            shrunk = (1.0 - share) * self.mean_products
            found = self._place(np.where(self.is_variance, self.mean_products, shrunk))
            if found is not None:
                return found
        return None

    def _step(self, place: _Place, added: float = 0.0) -> np.ndarray | None:
        """Scoring's step, None where nothing is to gain; LinAlgError where the information is singular."""
        gradient, information = self.products.scores(place.covariances, place.fit, self.reml)
        if added:
            _, slopes, inverse = self._of_added(place.covariances)
            gradient = gradient + added * slopes
            information = information + added * self.products.information_of_one(inverse)
        g, F = self._summed(gradient), np.zeros((self.count, self.count))
        for own, inner in zip(self.places, information, strict=True):
            kept = own >= 0
            carry = np.zeros((int(kept.sum()), self.count))
            carry[np.arange(len(carry)), own[kept]] = 1.0
            F += carry.T @ inner[np.ix_(kept, kept)] @ carry
        factor = np.linalg.cholesky(F)
        half = np.linalg.solve(factor, g)
        return None if 0.5 * half @ half < _ENOUGH else np.linalg.solve(factor.T, half)

    def best(self) -> np.ndarray | None:
        """The (k,) coordinates found, or None where the data do not give them."""
        start = self._start()
        if start is None:
            return None
        place, ended = self._ascended(start, 0.0, _MOST_STEPS)
        if ended:
            return place.coordinates
        inside = self._through_the_middle()
        return place.coordinates if inside is None or inside.value < place.value else inside.coordinates

    def _through_the_middle(self) -> _Place | None:
        units = self.products.found.totals.sum() / len(self.places)
        place: _Place | None = None
        for share in _ADDED:
            added = share * float(units)
            at = np.where(self.is_variance, self.mean_products, 0.0) if place is None else place.coordinates
            following = self._place(at, added)
            if following is None:
                return place
            place, _ = self._ascended(following, added, _STEPS_WITH_EACH)
        return place

    def _ascended(self, place: _Place, added: float, steps: int) -> tuple[_Place, bool]:
        """Steps while they lead up, and whether nothing was left to gain."""
        for _ in range(steps):
            try:
                step = self._step(place, added)
            except np.linalg.LinAlgError:
                return place, False
            if step is None:
                return place, True
            following = self._climbed(place, step, added)
            if following is None:
                return place, False
            place = following
        return place, False

    def _climbed(self, place: _Place, step: np.ndarray, added: float) -> _Place | None:
        for halving in range(_MOST_HALVINGS):
            trial = self._place(place.coordinates + step / 2**halving, added)
            if trial is not None and trial.value > place.value:
                return trial
        return None


def scored_start(products: LatticeProducts, reml: bool) -> np.ndarray | None:
    """Residual parameters (r,) in the search metric near the maximum; None where scoring finds none."""
    structure, table, times = products.structure, products.table, products.found.times
    places = structure.lattice_places(table, times)
    if places is None:
        return None
    scoring = Scoring(products, places, reml)
    found = scoring.best()
    if found is None:
        return None
    values = np.append(found, 0.0)[scoring.places]
    start = structure.from_lattice(table, times, values)
    return start if np.isfinite(start).all() else None


def _seen(places: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Coordinates counted anew without those that no unit tells about; both (n_by, P)."""
    kept = np.unique(places[(places >= 0) & (counts > 0)])
    number = np.full(int(places.max(initial=-1)) + 2, -1)
    number[kept] = np.arange(len(kept))
    return number[places]
