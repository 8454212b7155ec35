"""A block between its metrics: the user's Sigma, the optimiser's matrix, and what the sweeps work on."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from xmixed.engine.covariance.metrics import Parameterization
from xmixed.engine.covariance.structures import LOG_FLOOR, CovarianceStructure, Mapping
from xmixed.engine.covariance.tied import Tie

# A sum of squares by group from which a column is a large one.
_LARGE = 1e8


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One equation of one level.

    Attributes
    ----------
    level, equation : int
        1-based numbers in the user's model.
    position : int
        Level among those with random effects, 0 the top.
    columns : slice
        Its columns among the q columns of the level.
    structure : CovarianceStructure
    metric : (q_b, q_b) array
        K: the optimiser works on K Sigma K'/sigma_e^2, in which columns are scaled, and centred
        where the structure allows.
    inverse : (q_b, q_b) array
        K^{-1}.
    to_working : (q, q_b) array
        B: working covariance of the level = sum over its blocks of B (K Sigma K') B'.
    start_scale : (q_b,) array
        diag(Z'Z)/M of the user's own columns: sets where EM starts.
    tie : Tie or None
        What makes the level's effects equally correlated within larger groups. The block's matrix is then
        2 x 2, see `tied`, and `to_working` (1, 1) that of v - c.
    """

    level: int
    equation: int
    position: int
    columns: slice
    structure: CovarianceStructure
    metric: np.ndarray
    inverse: np.ndarray
    to_working: np.ndarray
    start_scale: np.ndarray
    tie: Tie | None = None


def size(block: Block) -> int:
    """Rows of the block's matrix."""
    return len(block.metric)


def user_matrix(block: Block, psi: np.ndarray) -> np.ndarray:
    """Sigma/sigma_e^2 in the user's columns from the optimiser's metric.

    For the values of a factor: the variance and the covariance of any two.
    """
    if block.tie is not None:
        nu = np.linalg.solve(metric_change(block), block.structure.coordinates(psi))
        return block.structure.matrix(nu)
    result = block.inverse.dot(psi).dot(block.inverse.T)
    return (result + result.T) / 2


def log_floors(block: Block) -> list[float]:
    """The lowest log sds over sigma_e that the estimation metric shows, q: lower for large covariates."""
    return [LOG_FLOOR - 0.5 * log(max(1.0, square / _LARGE)) for square in block.start_scale.tolist()]


def estimated(block: Block, psi: np.ndarray) -> np.ndarray:
    """Estimation metric of Sigma/sigma_e^2 from the optimiser's metric."""
    return block.structure.to_estimation(user_matrix(block, psi), log_floors(block))


def metric_matrix(block: Block, sigma: np.ndarray) -> np.ndarray:
    """The inverse of `user_matrix`."""
    if block.tie is not None:
        nu = metric_change(block) @ block.structure.coordinates(sigma)
        return block.structure.matrix(nu)
    return block.metric @ sigma @ block.metric.T


def metric_change(block: Block) -> np.ndarray:
    """(k, k) matrix that takes the coordinates of Sigma to those of the optimiser's matrix."""
    if block.tie is not None:
        return float(block.metric[0, 0]) ** 2 * block.tie.change
    return block.structure.change_of_metric(block.metric)


def working_parts(block: Block, psi: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """What the block adds to the working covariance of which levels: (position, (q, q) array)."""
    if block.tie is None:
        # For matrices as small as these a call of dot takes half as long as @.
        return [(block.position, block.to_working.dot(psi).dot(block.to_working.T))]
    pieces = block.tie.pieces @ block.structure.coordinates(psi)
    return [
        (position, piece * unit)
        for (position, unit), piece in zip(working_directions(block), pieces, strict=True)
    ]


def working_directions(block: Block) -> list[tuple[int, np.ndarray]]:
    """The pieces a block is made of, one for each of its coordinates: (position, symmetric (q, q) array).

    They are the coordinates themselves, except for a tied block: see `pieces`.
    """
    if block.tie is None:
        return [
            (block.position, block.to_working @ element @ block.to_working.T)
            for element in block.structure.basis
        ]
    own = block.to_working @ block.to_working.T
    return [(block.position, own), (block.tie.position, np.array([[block.tie.to_working**2]]))]


def pieces(block: Block) -> np.ndarray:
    """(k, k) matrix that takes the block's coordinates to multiples of its `working_directions`."""
    return np.eye(len(block.structure.basis)) if block.tie is None else block.tie.pieces


def user_mapping(block: Block, psi: np.ndarray, metric: Parameterization) -> tuple[np.ndarray, Mapping]:
    """The root or logarithm of Sigma/sigma_e^2 in the user's columns, (k,), at the optimiser's matrix `psi`.

    The mapping takes it to the coordinates of the optimiser's matrix. The values of a factor have a q x q
    matrix: its root and logarithm are compressed just as it is.
    """
    if block.tie is None:
        theta = metric.inverse(block.structure, user_matrix(block, psi))
        inner, change = metric.mapping(block.structure, theta), metric_change(block)
        second = np.tensordot(change, inner.second, axes=1)
        return theta, Mapping(change @ inner.value, change @ inner.jacobian, second)
    scale, change = float(block.metric[0, 0]) ** 2, block.tie.change
    compressed = metric.inverse(block.structure, psi / scale)
    inner = metric.mapping(block.structure, compressed)
    second = np.einsum("iab,ac,bd->icd", inner.second, change, change)
    outer = Mapping(scale * inner.value, scale * inner.jacobian @ change, scale * second)
    return np.linalg.solve(change, compressed), outer
