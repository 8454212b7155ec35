"""Where the search for residual covariances starts: Fisher's scoring in the covariances themselves.

The model is linear in them, so that steps do not depend on how high correlations are; where every unit has
all values of t() and their means are free, one step from the least-squares residuals ends at the maximum.
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
        self.diagonal = products.upper[0] == products.upper[1]

    def _covariances(self, coordinates: np.ndarray) -> np.ndarray:
        return np.append(coordinates, 0.0)[self.places]

    def _summed(self, values: np.ndarray) -> np.ndarray:
        """Sums of (n_by, P) values by coordinate."""
        kept = self.places >= 0
        return np.bincount(self.places[kept], values[kept], self.count)

    def _place(self, coordinates: np.ndarray) -> _Place | None:
        covariances = self._covariances(coordinates)
        try:
            fit = self.products.least_squares(covariances)
        except np.linalg.LinAlgError:
            return None
        value = -0.5 * (fit.log_det + fit.rss)
        if self.reml:
            value -= float(np.log(fit.factor.diagonal()).sum())
        return _Place(coordinates, covariances, fit, value) if np.isfinite(value) else None

    def _start(self) -> _Place | None:
        sums, counts = self.moments
        totals = self._summed(counts)
        coordinates = self._summed(sums) / totals
        diagonal = np.zeros(self.count, bool)
        diagonal[self.places[:, self.diagonal][self.places[:, self.diagonal] >= 0]] = True
        if not (coordinates[diagonal] > 0).all():
            return None
        for share in _SHRINK:
            found = self._place(np.where(diagonal, coordinates, (1.0 - share) * coordinates))
            if found is not None:
                return found
        return None

    def _step(self, place: _Place) -> np.ndarray | None:
        gradient, information = self.products.scores(place.covariances, place.fit, self.reml)
        g, F = self._summed(gradient), np.zeros((self.count, self.count))
        for own, inner in zip(self.places, information, strict=True):
            kept = own >= 0
            carry = np.zeros((int(kept.sum()), self.count))
            carry[np.arange(len(carry)), own[kept]] = 1.0
            F += carry.T @ inner[np.ix_(kept, kept)] @ carry
        try:
            factor = np.linalg.cholesky(F)
        except np.linalg.LinAlgError:
            return None
        half = np.linalg.solve(factor, g)
        return None if 0.5 * half @ half < _ENOUGH else np.linalg.solve(factor.T, half)

    def best(self) -> np.ndarray | None:
        """The (k,) coordinates found, or None where the data do not give them."""
        place = self._start()
        if place is None:
            return None
        for _ in range(_MOST_STEPS):
            step = self._step(place)
            following = None if step is None else self._climbed(place, step)
            if following is None:
                break
            place = following
        return place.coordinates

    def _climbed(self, place: _Place, step: np.ndarray) -> _Place | None:
        for halving in range(_MOST_HALVINGS):
            trial = self._place(place.coordinates + step / 2**halving)
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
