"""Surfaces over a plane through points anywhere: values on a regular grid, for contours."""

from __future__ import annotations

import numpy as np

MOST_EXACT = 1500
"""A thin-plate spline through more points takes at each place only those nearest to it."""
NEAREST = 60
POINTS = 80
"""Points of the grid along either axis."""


def grid_of(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, method: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places along both axes and the surface there, shape (places along y, places along x).

    Parameters
    ----------
    x, y, z : ndarray of float64, shape (n,)
        Without missing values; of points at one place the mean is taken.
    method : str
        `thinplatespline`, `shepard` (weights by the inverse squared distance), `none`: the points themselves,
        which must be a full grid.

    Raises
    ------
    ValueError
        The points do not determine such a surface.
    """
    places, z = _distinct(x, y, z)
    across, along = np.unique(places[:, 0]), np.unique(places[:, 1])
    if len(across) < 2 or len(along) < 2:
        raise ValueError("the points lie on one line")
    if len(across) * len(along) == len(z):
        return across, along, z.reshape(len(across), len(along)).T  # a full grid: nothing to interpolate
    if method == "none":
        raise ValueError("the points are no full grid")
    across, along = (np.linspace(values[0], values[-1], POINTS) for values in (across, along))
    low, width = places.min(axis=0), np.ptp(places, axis=0)
    targets = np.stack(np.meshgrid(across, along), axis=2).reshape(-1, 2)
    interpolated = _thin_plate if method == "thinplatespline" else _shepard
    surface = interpolated((places - low) / width, z, (targets - low) / width)
    return across, along, surface.reshape(POINTS, POINTS)


def _distinct(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct places in ascending order and the mean of z at each."""
    places, inverse, counts = np.unique(
        np.column_stack([x, y]), axis=0, return_inverse=True, return_counts=True
    )
    return places, np.bincount(inverse.ravel(), weights=z) / counts


def _thin_plate(places: np.ndarray, z: np.ndarray, targets: np.ndarray) -> np.ndarray:
    from scipy.interpolate import RBFInterpolator

    # The solver notices only what is singular to the last bit, which is a matter of the processor.
    if np.linalg.matrix_rank(places - places.mean(axis=0)) < 2:
        raise ValueError("the points lie on one line")
    near = NEAREST if len(z) > MOST_EXACT else None
    try:
        return RBFInterpolator(places, z, neighbors=near, kernel="thin_plate_spline")(targets)
    except np.linalg.LinAlgError:
        raise ValueError("the points lie on one line") from None


def _shepard(places: np.ndarray, z: np.ndarray, targets: np.ndarray) -> np.ndarray:
    out = np.empty(len(targets))
    for block in np.array_split(np.arange(len(targets)), max(1, len(targets) * len(z) // 2_000_000)):
        squared = np.sum((targets[block, None, :] - places[None, :, :]) ** 2, axis=2)
        weights = 1 / np.maximum(squared, 1e-24)
        out[block] = weights @ z / weights.sum(axis=1)
    return out
