"""Exact second derivatives of log|V| (or log|V| + log|X'V^{-1}X|) and of y'Py.

With V_a = Z D_a Z' for a direction D_a of Psi:

    d^2 log|V|  = -tr(V^{-1}V_a V^{-1}V_b)     (P in place of V^{-1} with log|X'V^{-1}X|, REML)
    d^2 y'Py    = 2 y'P V_a P V_b P y

For two levels the sums over groups are matrix products; for more, P couples groups through their
ancestors and the derivatives are those of the exact gradient, by complex step.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from xmixed.engine.batched import cross, solve_triangular
from xmixed.engine.problem import Problem
from xmixed.engine.sweeps.conditional import LevelState
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.sweeps import Downward, Psis, Sweeps, Upward, first_derivatives

_STEP = 1e-40


def second_derivatives(
    sweeps: Sweeps,
    problem: Problem,
    psis: Psis,
    directions: tuple[Direction, ...],
    up: Upward,
    down: Downward,
) -> tuple[np.ndarray, np.ndarray]:
    """Second derivatives of the log determinants and of y'Py where groups are nested, both (k, k)."""
    if len(psis) == 1 and len(psis[0]) <= 12:
        return _two_level(problem, directions, up, down)
    return _complex_step(sweeps, psis, directions)


def _complex_step(
    sweeps: Sweeps, psis: Psis, directions: tuple[Direction, ...]
) -> tuple[np.ndarray, np.ndarray]:
    k = len(directions)
    log_det, rss = np.empty((k, k)), np.empty((k, k))
    for a, direction in enumerate(directions):
        moved = [psi.astype(complex) for psi in psis]
        moved[direction.position] = moved[direction.position] + 1j * _STEP * direction.matrix
        point = tuple(moved)
        columns = first_derivatives(directions, sweeps.down(sweeps.up(point), point))
        log_det[a] = np.imag(columns[0]) / _STEP
        rss[a] = np.imag(columns[1]) / _STEP
    return (log_det + log_det.T) / 2, (rss + rss.T) / 2


def _two_level(
    problem: Problem, directions: tuple[Direction, ...], up: Upward, down: Downward
) -> tuple[np.ndarray, np.ndarray]:
    """The sums over groups of products of W = Z'V^{-1}Z, F = Z'V^{-1}X and s = Z'Py."""
    state: LevelState = up.states[0]
    s, p = down.scores[0], problem.p
    q, groups = s.shape
    W = cross(state.Y, state.Y)
    row, column, unpack = _packing(q)
    packed = W[row, column]
    D = np.array([direction.matrix for direction in directions])
    counted = packed if down.counts is None else packed * down.counts[0]
    WW = (counted @ packed.T)[unpack][:, :, unpack]
    Ws = (counted @ (s[row] * s[column]).T)[unpack][:, :, unpack]
    log_det = -_contract(WW, D)
    rss = 2.0 * _contract(Ws, D)
    if p:
        F = cross(state.Y, state.E[:, :p])
        counted = s if down.counts is None else s * down.counts[0]
        sF = (counted @ F.reshape(q * p, groups).T).reshape(q * q, p)
        slopes = solve_triangular(up.factor, sF.T @ D.reshape(-1, q * q).T)
        rss -= 2.0 * slopes.T @ slopes
        if problem.reml:
            root = np.linalg.inv(up.factor)
            log_det += _restricted(np.stack([root @ row for row in F]), packed, unpack, D)
    return log_det, rss


@cache
def _packing(q: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns of the elements on and below a diagonal, and the place of each of (q, q) there."""
    row, column = np.tril_indices(q)
    unpack = np.empty((q, q), np.intp)
    unpack[row, column] = unpack[column, row] = np.arange(len(row))
    return row, column, unpack


def _contract(sums: np.ndarray, D: np.ndarray) -> np.ndarray:
    """sum of U_ij V_kl at [i, j, k, l] -> sum of tr(U D_a V D_b), symmetric in a and b."""
    k, square = len(D), sums.shape[0] ** 2
    half = D.reshape(k, square) @ sums.transpose(1, 2, 0, 3).reshape(square, square)
    return half @ D.transpose(0, 2, 1).reshape(k, square).T


def _restricted(F: np.ndarray, packed: np.ndarray, unpack: np.ndarray, D: np.ndarray) -> np.ndarray:
    """2 tr(K F'D_a W D_b F) - tr(K H_a K H_b), with F scaled so that K is the identity."""
    q, p, groups = F.shape
    row, column = np.tril_indices(q)
    FF = np.stack([(F[i] * F[j]).sum(axis=0) for i, j in zip(row, column, strict=True)])
    WF = (packed @ FF.T)[unpack][:, :, unpack]
    flat = F.reshape(q * p, groups)
    H = np.tensordot(D, (flat @ flat.T).reshape(q, p, q, p), axes=([1, 2], [0, 2]))
    flat_H = H.reshape(len(D), p * p)
    contracted = _contract(WF, D)
    return contracted + contracted.T - flat_H @ flat_H.T
