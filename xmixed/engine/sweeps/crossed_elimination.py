"""The level that is eliminated where groupings cross (letters as in `crossed`).

With a large Psi0, H and N lose as many digits as Psi0 is larger than what the data leave of it. With the
factor of a group's Z0'Z0 = R'R they are not needed: as in `nested`, A = I + R Psi0 R', C = R'^{-1}Z0'Z1 and

    H Z0'Z0 = R'A^{-1}R,  F = R'A^{-1}C,  K = Z1'Z1 - C'(I - A^{-1})C.

[X, y] may come as Z0 b + W with b group by group, which leaves W small: with c = R'^{-1}Z0'W and d = Rb + c

    [X, y]'V0^{-1}[X, y] = (W'W - c'c) + d'A^{-1}d,  Z1'V0^{-1}[X, y] = Z1'W - C'(c - A^{-1}d).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.batched import cholesky, cross, product, semidefinite_cholesky, solve_lower, times
from xmixed.engine.products.crossed import CrossedProducts


@dataclass(frozen=True, slots=True, eq=False)
class Elimination:
    """What is left of level 0.

    Attributes
    ----------
    own : (q0, q0, G0) array
        Z0'V0^{-1}Z0.
    right_W : (q0, p+1, G0) array
        Z0'V0^{-1}[X, y].
    F : (q0, nnz) array
        Z0'V0^{-1}Z1, on the pattern of Z0'Z1.
    back : (q0, q0, G0) array
        R'A^{-1}.
    rest_W, left_W, seen_W : (q0, p+1, G0) arrays
        c, d and A^{-1}d.
    left_B, taken_B : (q0, nnz) arrays
        C and (I - A^{-1})C.
    log_dets : (G0,) array
        log|A|.
    reach, lost : (G0,) arrays
        Where Z0 has one column: F is `reach` times B = Z0'Z1, and C'(I - A^{-1})C is B' diag(`lost`) B.
    """

    own: np.ndarray
    right_W: np.ndarray
    F: np.ndarray
    back: np.ndarray
    rest_W: np.ndarray
    left_W: np.ndarray
    seen_W: np.ndarray
    left_B: np.ndarray
    taken_B: np.ndarray
    log_dets: np.ndarray
    reach: np.ndarray
    lost: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Untouched:
    """What of the elimination does not depend on the parameters.

    Attributes
    ----------
    lower : (q0, q0, G0) array
        R'.
    rest_W, left_W, left_B
        See `Elimination`.
    scale : (G0,) array
        1/R where Z0 has one column, zero where that is null.
    """

    lower: np.ndarray
    rest_W: np.ndarray
    left_W: np.ndarray
    left_B: np.ndarray
    scale: np.ndarray


def untouched(products: CrossedProducts) -> Untouched:
    """What all eliminations of level 0 share."""
    level, rows = products.levels[products.order[0]], products.pattern.rows
    lower = semidefinite_cholesky(level.ZtZ)
    left_W = rest_W = solve_lower(lower, level.ZtW, singular=True)
    if products.fitted is not None:
        left_W = rest_W + cross(lower, products.fitted)
    left_B = solve_lower(lower[:, :, rows], products.B[:, None], singular=True)
    scale = solve_lower(lower[:1, :1], np.ones((1, 1, lower.shape[2])), singular=True)[0, 0]
    return Untouched(lower, rest_W, left_W, left_B, scale)


def eliminated(products: CrossedProducts, given: Untouched, psi: np.ndarray) -> Elimination:
    """Eliminate level 0, whose random effects have variance `psi` (q0, q0)."""
    rows, lower, left_W, left_B = products.pattern.rows, given.lower, given.left_W, given.left_B
    A = cross(lower, times(psi, lower))
    diagonal = np.arange(len(psi))
    A[diagonal, diagonal] += 1.0
    factor, _ = cholesky(A)
    if not (factor[diagonal, diagonal] > 0).all():
        raise np.linalg.LinAlgError("I + Z'Z Psi is not positive definite")
    half = solve_lower(factor, np.repeat(np.eye(len(psi))[:, :, None], A.shape[2], axis=2))
    inverse = cross(half, half)
    back = product(lower, inverse)
    taken_B = left_B - product(inverse[:, :, rows], left_B)
    return Elimination(
        own=product(back, lower.transpose(1, 0, 2)),
        right_W=product(back, left_W),
        F=product(back[:, :, rows], left_B)[:, 0],
        back=back,
        rest_W=given.rest_W,
        left_W=left_W,
        seen_W=product(inverse, left_W),
        left_B=left_B[:, 0],
        taken_B=taken_B[:, 0],
        log_dets=2.0 * np.log(factor[diagonal, diagonal]).sum(axis=0),
        reach=given.scale * back[0, 0],
        lost=given.scale**2 * (1.0 - inverse[0, 0]),
    )
