"""The level that is eliminated where groupings cross (letters as in `crossed`).

With a large Psi0, H and N lose as many digits as Psi0 is larger than what the data leave of it. With the
factor of a group's Z0'Z0 = R'R they are not needed: as in `nested`, A = I + R Psi0 R', C = R'^{-1}Z0'Z1 and

    H Z0'Z0 = R'A^{-1}R,  F = R'A^{-1}C,  K = Z1'Z1 - C'(I - A^{-1})C.

[X, y] may come as Z0 b + W with b group by group, which leaves W small: with c = R'^{-1}Z0'W and d = Rb + c

    [X, y]'V0^{-1}[X, y] = (W'W - c'c) + d'A^{-1}d,  Z1'V0^{-1}[X, y] = Z1'W - C'(c - A^{-1}d).

Of few whitened rows the dense system is solved by orthogonal factors. Level 0 leaves rows M of [X, y] and of
Z1 with W'V0^{-1}W = M'M: those of the observations and A^{-1/2}d of its effects. With R the factor of
[M1 T; I], R'R is S, and the conditional means Tu of the dense effects are least squares,

    W'V^{-1}W = r'r + u'u,  Z1'V^{-1}W = M1'r,   r = M - M1 Tu,

in which squares are added only: effects 1e9 times as large as residuals, or columns of X that the dense
levels explain, cost half of the digits that they cost in products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.batched import cholesky, cross, product, semidefinite_cholesky, solve_lower, times
from xmixed.engine.products.crossed import CrossedProducts
from xmixed.engine.sweeps.crossed_state import apply
from xmixed.engine.sweeps.sweeps import upper_factor

# Columns of the dense levels up to which their orthogonal factor costs next to nothing.
_FEW_COLUMNS = 60
# Least squares, each pass on what the one before left.
_PASSES = 2
# Effects so many times the residuals are divided by.
_FAR_LARGER = 1e4


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
    lower, half, back : (q0, q0, G0) arrays
        R', A^{-1/2} and R'A^{-1}.
    rest_W, left_W, seen_W : (q0, p+1, G0) arrays
        c, d and A^{-1}d.
    left_B, taken_B : (q0, nnz) arrays
        C and (I - A^{-1})C; -A^{-1}C where the products have taken C'C out of Z1'Z1.
    log_dets : (G0,) array
        log|A|.
    reach, lost : (G0,) arrays
        Where Z0 has one column: F is `reach` times B = Z0'Z1, and C'(I - A^{-1})C is B' diag(`lost`) B.
    """

    own: np.ndarray
    right_W: np.ndarray
    F: np.ndarray
    lower: np.ndarray
    half: np.ndarray
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
    taken_B = -product(inverse[:, :, rows], left_B)
    if not products.is_left:
        taken_B += left_B
    return Elimination(
        own=product(back, lower.transpose(1, 0, 2)),
        right_W=product(back, left_W),
        F=product(back[:, :, rows], left_B)[:, 0],
        lower=lower,
        half=half,
        back=back,
        rest_W=given.rest_W,
        left_W=left_W,
        seen_W=product(inverse, left_W),
        left_B=left_B[:, 0],
        taken_B=taken_B[:, 0],
        log_dets=2.0 * np.log(factor[diagonal, diagonal]).sum(axis=0),
        reach=given.scale * back[0, 0],
        lost=given.scale**2 * (float(not products.is_left) - inverse[0, 0]),
    )


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
    products: CrossedProducts,
    gone: Elimination,
    roots: tuple[np.ndarray, ...],
    effects: np.ndarray | None,
    divides: bool,
) -> SolvedRows:
    """Solve the dense system; all Psi = TT' of the dense levels are positive semidefinite.

    `effects`: those that y is measured from, (m,), and that are put back here; None where they are zero.
    `divides`: Psi may be divided by.
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
    J1 = M1.T @ rest
    for root, part in zip(roots if divides else (), products.parts, strict=divides):
        # T'J1 + u = 0: of large effects J1 is next to nothing, and a product rounding.
        if np.linalg.svd(root, compute_uv=False)[-1] * np.abs(M1[:, part]).max() > _FAR_LARGER:
            J1[part] = -apply((np.linalg.inv(root).T,), (slice(None),), below[part])
    return SolvedRows(rows, log_det, right.transpose(0, 2, 1).copy(), J1, R.T)


def _by_group(rows: np.ndarray, q: int) -> np.ndarray:
    """Rows (q G, w) by effect and group as (q, w, G)."""
    return rows.reshape(q, -1, rows.shape[1]).transpose(0, 2, 1)
