"""The dense system of crossed levels from few whitened rows, by orthogonal factors (letters as in `crossed`).

Level 0 leaves rows M of [X, y] and of Z1 with W'V0^{-1}W = M'M: those of the observations and A^{-1/2}d of
its effects. With R the factor of [M1 T; I], R'R is S, and the conditional means Tu of the dense effects are
least squares,

    W'V^{-1}W = r'r + u'u,  Z1'V^{-1}W = M1'r,   r = M - M1 Tu,

in which squares are added only: effects 1e9 times as large as residuals, or columns of X that the dense
levels explain, cost half of the digits that they cost in products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.batched import product
from xmixed.engine.products.crossed import CrossedProducts
from xmixed.engine.sweeps.crossed_elimination import Elimination
from xmixed.engine.sweeps.crossed_state import apply
from xmixed.engine.sweeps.sweeps import upper_factor

# Columns of the dense levels up to which their orthogonal factor costs next to nothing.
_FEW_COLUMNS = 60
# Least squares, each pass on what the one before left.
_PASSES = 2


@dataclass(frozen=True, slots=True, eq=False)
class SolvedRows:
    """The dense system, solved.

    Attributes
    ----------
    rows : (N, p+1) array
        r and u: M with M'M = [X, y]'V^{-1}[X, y].
    log_det : float
        log|S|.
    J0 : (q0, G0, p+1) array; J1 : (m, p+1) array
        Z0'V^{-1}[X, y] and Z1'V^{-1}[X, y].
    factor : (m, m) array
        Lower factor of S.
    """

    rows: np.ndarray
    log_det: float
    J0: np.ndarray
    J1: np.ndarray
    factor: np.ndarray


def has_few_rows(products: CrossedProducts) -> bool:
    """Whether the products come with their rows, and with few columns."""
    return products.rows is not None and products.pattern.shape[1] <= _FEW_COLUMNS


def solved_by_rows(
    products: CrossedProducts, gone: Elimination, roots: tuple[np.ndarray, ...], effects: np.ndarray | None
) -> SolvedRows:
    """Solve the dense system; all Psi = TT' of the dense levels are positive semidefinite.

    `effects`: those that y is measured from, (m,), and that are put back here; None where they are zero.
    """
    assert products.rows is not None
    pattern, (q, groups) = products.pattern, gone.half.shape[1:]
    m, w = pattern.shape[1], len(products.rows) - pattern.shape[1]
    dense = np.zeros((q, groups, m))
    dense[:, pattern.rows, pattern.indices] = gone.left_B
    seen = [product(gone.half, gone.left_W), product(gone.half, dense.transpose(0, 2, 1))]
    MW, M1 = (
        np.concatenate([rows.T, own.transpose(0, 2, 1).reshape(q * groups, -1)])
        for rows, own in zip(np.split(products.rows, [w]), seen, strict=True)
    )
    turned = apply(tuple(root.T for root in roots), products.parts, M1.T).T
    R = upper_factor(np.concatenate([turned, np.eye(m)]))
    below = np.zeros((m, w))
    if effects is not None:
        inverse = tuple(np.linalg.pinv(root) for root in roots)
        below[:, -1:] = -apply(inverse, products.parts, effects[:, None])
        # What a variance of zero has no part in.
        MW[:, -1:] += M1 @ (effects[:, None] + apply(roots, products.parts, below[:, -1:]))
    rest = MW
    for _ in range(_PASSES):
        more = np.linalg.solve(R, np.linalg.solve(R.T, turned.T @ rest + below))
        rest, below = rest - turned @ more, below - more
    right = product(product(gone.lower, gone.half.transpose(1, 0, 2)), _by_group(rest[-q * groups :], q))
    log_det = 2.0 * float(np.log(R.diagonal()).sum())
    rows = np.concatenate([rest, below])
    return SolvedRows(rows, log_det, right.transpose(0, 2, 1).copy(), M1.T @ rest, R.T)


def _by_group(rows: np.ndarray, q: int) -> np.ndarray:
    """Rows (q G, w) by effect and group as (q, w, G)."""
    return rows.reshape(q, -1, rows.shape[1]).transpose(0, 2, 1)
