"""Conditional moments where random effects of the bottom level are far larger than residuals.

Products are then of Z and of what Z leaves of the other columns, W - ZB. With N = (Psi^{-1} + S)^{-1},
S = Z'Lambda^{-1}Z, the effects in these terms, u + B a for coefficients a of W, have the conditional mean

    (K B - N Z'Lambda^{-1}(W - ZB)) a,   K = I - NS,

in which nothing large is subtracted.
"""

from __future__ import annotations

import numpy as np

from xmixed.engine.batched import cross, product, semidefinite_cholesky
from xmixed.engine.products.crossproducts import LevelProducts
from xmixed.engine.sweeps.conditional import Above, conditional_variance
from xmixed.engine.sweeps.sweeps import Posterior


def fitted_posterior(level: LevelProducts, psi: np.ndarray, above: Above, fitted: np.ndarray) -> Posterior:
    """The moments by group of the bottom level.

    Parameters
    ----------
    level : LevelProducts
        Of Z and W - ZB.
    above : Above
        What stands above each group.
    fitted : (q, w, G) array
        B.
    """
    N = _variance(level.ZtZ, psi)
    moved = product(_remainder(N, level.ZtZ), fitted) - product(N, level.ZtW)
    q, groups, size, p = len(psi), N.shape[2], len(above.means), len(above.beta)
    means = np.einsum("qpg,p->qg", moved[:, size:-1], above.beta) - moved[:, -1]
    means = means + np.einsum("qsg,sg->qg", moved[:, :size], np.broadcast_to(above.means, (size, groups)))
    means = np.concatenate([means, np.broadcast_to(above.means, (size, groups))])
    # Covariances with the effects above, then with beta, where that does not count as known.
    to_u = product(moved[:, :size], above.variances)
    with_beta = beta_covariance = None
    if above.root is not None and above.with_beta is not None:
        beta_covariance = above.root.T @ above.root
        old = np.broadcast_to(above.with_beta, (size, p, groups))
        to_u = to_u + product(moved[:, size:-1], old.transpose(1, 0, 2))
        to_beta = np.einsum("qpg,pr->qrg", moved[:, size:-1], beta_covariance)
        to_beta = to_beta + product(moved[:, :size], old)
        N = N + product(to_beta, moved[:, size:-1].transpose(1, 0, 2))
        with_beta = np.concatenate([to_beta, old])
    own = N + product(to_u, moved[:, :size].transpose(1, 0, 2))
    variances = np.empty((q + size, q + size, groups), np.result_type(own, above.variances))
    variances[:q, :q], variances[:q, q:] = own, to_u
    variances[q:, :q], variances[q:, q:] = to_u.transpose(1, 0, 2), above.variances
    return Posterior(means, variances, with_beta, beta_covariance)


def _variance(ZtZ: np.ndarray, psi: np.ndarray) -> np.ndarray:
    """N, (q, q, G); its imaginary part is K dPsi K' - N dS N."""
    N = conditional_variance(semidefinite_cholesky(np.real(ZtZ)), np.real(psi))
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
