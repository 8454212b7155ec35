"""Conditional moments where random effects are far larger than residuals, one level.

Products are then of Z and of what Z leaves of the other columns, W - ZB. With N = (Psi^{-1} + S)^{-1},
S = Z'Lambda^{-1}Z, the effects in these terms, u + B_X beta - B_y, have the conditional mean

    N Z'Lambda^{-1}(W - ZB) a - K B a,   K = I - NS,   a = (-beta, 1),

in which nothing large is subtracted; the derivative by beta is K B_X - N Z'Lambda^{-1}(X - ZB_X).
"""

from __future__ import annotations

import numpy as np

from xmixed.engine.batched import cross, product
from xmixed.engine.products.crossproducts import LevelProducts
from xmixed.engine.sweeps.crossed_elimination import conditional_variance
from xmixed.engine.sweeps.sweeps import Posterior, Upward


def fitted_posterior(
    level: LevelProducts, psi: np.ndarray, up: Upward, fitted: np.ndarray, reml: bool
) -> Posterior:
    """The moments by group; `level` holds products of Z and W - ZB, `fitted` is B, (q, w, G)."""
    N, p = _variance(level.ZtZ, psi), len(up.beta)
    moved = product(_remainder(N, level.ZtZ), fitted) - product(N, level.ZtW)
    means = -np.einsum("qwg,w->qg", moved, np.append(-up.beta, 1.0))
    if not (reml and p):
        return Posterior(means, N, None, None)
    root = np.linalg.inv(up.factor)
    covariance, along = root.T @ root, moved[:, :p]
    with_beta = np.einsum("qpg,pr->qrg", along, covariance)
    return Posterior(means, N + product(with_beta, along.transpose(1, 0, 2)), with_beta, covariance)


def _variance(ZtZ: np.ndarray, psi: np.ndarray) -> np.ndarray:
    """N, (q, q, G); its imaginary part is K dPsi K' - N dS N."""
    N = conditional_variance(np.real(ZtZ), np.real(psi))
    if not (np.iscomplexobj(ZtZ) or np.iscomplexobj(psi)):
        return N
    K = _remainder(N, np.real(ZtZ))
    step = np.repeat(np.imag(psi)[:, :, None], N.shape[2], axis=2)
    change = product(product(K, step), K.transpose(1, 0, 2)) - product(product(N, np.imag(ZtZ)), N)
    return N + 1j * change


def _remainder(N: np.ndarray, ZtZ: np.ndarray) -> np.ndarray:
    """K = I - NS, (q, q, G)."""
    K = -cross(N.transpose(1, 0, 2), ZtZ)
    K[np.arange(len(K)), np.arange(len(K))] += 1.0
    return K
