"""Exact second derivatives by pattern, without random effects, of a Lambda that is linear in its covariances.

The lattice of all values of t() has too many pairs where these are many; within one pattern they are few.
With W = Lambda^{-1} of a pattern, E_a the derivative of Lambda along covariance a, Y = WXF'^{-1} and z = We,

    d^2 log|V| = -tr(W E_a W E_b),   d^2 log|X'V^{-1}X| = 2 tr(Y'E_a W E_b Y) - tr(H_a H_b),
    d^2 y'Py = 2 z'E_a W E_b z - 2 h_a'h_b,   H_a = Y'E_aY and h_a = Y'E_az summed over all units,

whose elements are summed by the covariances that they belong to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xmixed.engine.residuals.base import LinearStructure, Table
from xmixed.engine.residuals.products import STEP, Curvature

_CHUNK = 1 << 20
# Elements that all patterns' pairs of pairs, and all units' products with X, may have.
_MOST = 30_000_000


class Members(NamedTuple):
    """Units of one size and their patterns.

    Attributes
    ----------
    places : (m, T, T) array, which covariance each element of a pattern's Lambda is, of `count` in all
    inverse : (m, T, T) array
    totals : (m,) array, how often the units of each pattern count
    data : (g, T, c) array, [X, y]; units sorted by pattern
    pattern, first : (g,) and (m,) arrays, of each unit; first unit of each
    counts : (g,) array or None
    """

    places: np.ndarray
    inverse: np.ndarray
    totals: np.ndarray
    data: np.ndarray
    pattern: np.ndarray
    first: np.ndarray
    counts: np.ndarray | None


class _Total:
    """First and second derivatives of both kinds along `count` covariances, and what beta takes of them."""

    def __init__(self, count: int, p: int, reml: bool) -> None:
        self.count, self.p, self.reml = count, p, reml
        self.first, self.second = np.zeros((2, count)), np.zeros((2, count, count))
        self.with_y, self.of_X = np.zeros((count, p)), np.zeros((count, p * p if reml else 0))

    def add(self, own: Members, coefficients: np.ndarray, root: np.ndarray) -> None:
        """Add what some units contribute."""
        W, places = own.inverse, own.places
        weighted = W[own.pattern] @ own.data
        z, Y = weighted @ coefficients[:, None], weighted[:, :, :-1] @ root
        counted = z if own.counts is None else z * own.counts[:, None, None]
        turned = Y if own.counts is None else Y * own.counts[:, None, None]
        squares = _by_pattern(counted, z, own.first)
        of_X = _by_pattern(turned, Y, own.first) if self.reml else np.zeros_like(W)
        logs = own.totals[:, None, None] * W
        for kind, values in enumerate((logs - of_X, -squares)):
            self.first[kind] += np.bincount(places.ravel(), values.ravel(), self.count)
        self._add_pairs(places, W, (2.0 * of_X - logs, 2.0 * squares))
        if not self.p:
            return
        at = places[own.pattern]
        # h_a and H_a; the elements (i, j) and (j, i) are one covariance.
        products = counted[:, None, :, :] * Y[:, :, None, :]
        _scatter(self.with_y, at, products)
        if self.reml:
            squared = turned[:, :, None, :, None] * Y[:, None, :, None, :]
            _scatter(self.of_X, at, squared.reshape(*at.shape, -1))

    def _add_pairs(self, places: np.ndarray, W: np.ndarray, rights: tuple[np.ndarray, np.ndarray]) -> None:
        """Sum of W_jk R_li over the elements (i, j) of E_a and (k, l) of E_b."""
        m, T, _ = W.shape
        size = max(1, _CHUNK // T**4)
        for start in range(0, m, size):
            part = slice(start, start + size)
            flat = places[part].reshape(-1, T * T)
            pairs = (flat[:, :, None] * self.count + flat[:, None, :]).ravel()
            for kind, right in enumerate(rights):
                values = np.einsum("mjk,mli->mijkl", W[part], right[part]).ravel()
                found = np.bincount(pairs, values, self.count**2)
                self.second[kind] += found.reshape(self.count, self.count)


def _by_pattern(left: np.ndarray, right: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Sum over a pattern's units of left right'; both (g, T, k)."""
    return np.add.reduceat(left @ right.transpose(0, 2, 1), first, axis=0)


def _scatter(total: np.ndarray, places: np.ndarray, values: np.ndarray) -> None:
    """Add values (g, T, T, k) to the rows of (count, k) that they belong to."""
    k = values.shape[-1]
    at = places.ravel()[:, None] * k + np.arange(k)
    total += np.bincount(at.ravel(), values.ravel(), total.size).reshape(total.shape)


def is_worth_it(members: list[Members], p: int, reml: bool) -> bool:
    """Whether the sums are small enough to be formed."""
    pairs = sum(own.places.size * own.places.shape[1] ** 2 for own in members)
    columns = sum(len(own.data) * own.places.shape[1] ** 2 for own in members) * (p * p if reml else p)
    return pairs + columns <= _MOST


def pattern_curvature(
    structure: LinearStructure,
    table: Table,
    full: np.ndarray,
    members: list[Members],
    beta: np.ndarray,
    factor: np.ndarray,
    reml: bool,
) -> Curvature:
    """First and second derivatives along the free entries of the table, in the metric of the search.

    Places of members number the covariances of each row of the table in turn, the zeros of Lambda last.
    """
    n_by, p = len(full), len(beta)
    C = structure.coordinate_count(table)
    total = _Total(n_by * (C + 1), p, reml and p > 0)
    root = np.linalg.inv(factor).T if p else np.zeros((0, 0))
    for own in members:
        total.add(own, np.append(-beta, 1.0), root)
    r = int(table.free.sum())
    # Derivatives of all covariances along the parameters, (r, count), and second ones of their weighted sums.
    slopes, bends = np.zeros((r, total.count)), np.zeros((2, r, r))
    number = np.zeros(table.free.shape, np.intp)
    number[table.free] = np.arange(r)
    for j, row in enumerate(full):
        free = table.free[j]
        at, own = number[j][free], np.arange(j * (C + 1), j * (C + 1) + C)
        steps = np.broadcast_to(row, (C, len(row)))
        slopes[np.ix_(at, own)] = structure.along_coordinates(table, steps, np.eye(C))[:, free].T
        moved = row + 1j * STEP * np.eye(len(row))
        for kind, first in enumerate(total.first):
            values = np.broadcast_to(first[own], (len(row), C))
            bend = np.imag(structure.along_coordinates(table, moved, values)) / STEP
            bends[kind][np.ix_(at, at)] = bend[np.ix_(free, free)]
    second = slopes @ (total.second + total.second.transpose(0, 2, 1)) @ slopes.T / 2.0 + bends
    with_y, of_X = slopes @ total.with_y, slopes @ total.of_X
    second[0] -= of_X @ of_X.T
    second[1] -= 2.0 * (with_y @ with_y.T)
    log_det, rss = total.first @ slopes.T
    return Curvature(log_det, rss, (second[0] + second[0].T) / 2.0, (second[1] + second[1].T) / 2.0)
