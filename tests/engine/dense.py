"""An independent reference: the multivariate normal likelihood with V written out over all rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from xmixed.engine import Level, Model, RandomEffects, StructureName


@dataclass(frozen=True)
class Dense:
    """A model as dense matrices: y (n,), X (n, p), and per equation its Z (n, q) and groups (n,)."""

    y: np.ndarray
    X: np.ndarray
    equations: tuple[tuple[np.ndarray, np.ndarray, str], ...]
    reml: bool


def dense(model: Model) -> Dense:
    """Write the model's columns out."""
    n = len(model.y)

    def table(columns: tuple[np.ndarray | None, ...]) -> np.ndarray:
        if not columns:
            return np.zeros((n, 0))
        return np.column_stack([np.ones(n) if c is None else c.astype(float) for c in columns])

    equations = tuple(
        (table(equation.columns), level.groups, equation.structure)
        for level in model.levels
        for equation in level.equations
    )
    return Dense(model.y.astype(float), table(model.fixed), equations, model.method == "reml")


def sigma_of(structure: str, q: int, alpha: np.ndarray) -> tuple[np.ndarray, int]:
    """Covariance matrix from the leading estimation-metric parameters, and how many it took."""
    if structure == "identity" or (structure == "exchangeable" and q == 1):
        return np.exp(2 * alpha[0]) * np.eye(q), 1
    if structure == "independent":
        return np.diag(np.exp(2 * alpha[:q])), q
    if structure == "exchangeable":
        v = np.exp(2 * alpha[0])
        return v * (np.eye(q) + np.tanh(alpha[1]) * (np.ones((q, q)) - np.eye(q))), 2
    sds = np.exp(alpha[:q])
    sigma, used = np.diag(sds**2).astype(alpha.dtype), q
    for i in range(q):
        for j in range(i + 1, q):
            sigma[i, j] = sigma[j, i] = np.tanh(alpha[used]) * sds[i] * sds[j]
            used += 1
    return sigma, used


def covariance(model: Dense, parameters: np.ndarray) -> np.ndarray:
    """V, (n, n), response units."""
    n = len(model.y)
    V = np.exp(2 * parameters[-1]) * np.eye(n)
    first = 0
    for Z, groups, structure in model.equations:
        sigma, used = sigma_of(structure, Z.shape[1], parameters[first:])
        first += used
        V = V + (Z @ sigma @ Z.T) * (groups[:, None] == groups)
    return V


def covariance_slopes(model: Dense, parameters: np.ndarray) -> Iterator[np.ndarray]:
    """Derivatives of V along each parameter, by complex step of its own Sigma."""
    first = 0
    for Z, groups, structure in model.equations:
        same, q = groups[:, None] == groups, Z.shape[1]
        own = parameters[first:]
        _, used = sigma_of(structure, q, own)
        for step in 1e-30j * np.eye(len(own))[:used]:
            sigma, _ = sigma_of(structure, q, own + step)
            yield (Z @ (sigma.imag / 1e-30) @ Z.T) * same
        first += used
    yield 2 * np.exp(2 * parameters[-1]) * np.eye(len(model.y))


def log_likelihood(model: Dense, parameters: np.ndarray) -> float:
    """Equation (9) at beta-hat, with (10) for REML; complex-safe."""
    n, p = model.X.shape
    V = covariance(model, parameters)
    sign, log_det = np.linalg.slogdet(V)
    inverse = np.linalg.inv(V)
    residual, extra = model.y, 0.0
    if p:
        information = model.X.T @ inverse @ model.X
        beta = np.linalg.solve(information, model.X.T @ inverse @ model.y)
        residual = model.y - model.X @ beta
        if model.reml:
            extra = _log_det(information) - p * np.log(2 * np.pi)
    value = -0.5 * (n * np.log(2 * np.pi) + log_det + np.log(sign) + residual @ inverse @ residual + extra)
    return value if np.iscomplexobj(parameters) else float(value)


def _log_det(matrix: np.ndarray) -> complex:
    sign, log_det = np.linalg.slogdet(matrix)
    return log_det + np.log(sign)


def gradient(model: Dense, parameters: np.ndarray) -> np.ndarray:
    """Gradient of the dense likelihood, (k,): half of y'P V_i P y - tr(P V_i), for ML with V^{-1} there."""
    inverse = np.linalg.inv(covariance(model, parameters))
    P = inverse
    if model.X.shape[1]:
        half = inverse @ model.X
        P = inverse - half @ np.linalg.solve(model.X.T @ half, half.T)
    Py = P @ model.y
    W = np.outer(Py, Py) - (P if model.reml else inverse)
    return np.array([0.5 * np.vdot(W, slope) for slope in covariance_slopes(model, parameters)])


def hessian(model: Dense, parameters: np.ndarray) -> np.ndarray:
    """Hessian: fourth-order central differences of the gradient, (k, k)."""
    h, rows = 1e-3, []
    for e in np.eye(len(parameters)):
        near = gradient(model, parameters + h * e) - gradient(model, parameters - h * e)
        far = gradient(model, parameters + 2 * h * e) - gradient(model, parameters - 2 * h * e)
        rows.append((8 * near - far) / (12 * h))
    result = np.array(rows)
    return (result + result.T) / 2


def beta(model: Dense, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Generalised least squares and its covariance matrix."""
    inverse = np.linalg.inv(covariance(model, parameters))
    variance = np.linalg.inv(model.X.T @ inverse @ model.X)
    return variance @ model.X.T @ inverse @ model.y, variance


def simulate(
    seed: int,
    shape: tuple[int, ...],
    blocks: tuple[tuple[tuple[StructureName, int, bool], ...], ...],
    method: str = "ml",
    offset: float = 0.0,
    size: int = 6,
    p: int = 2,
) -> Model:
    """Draw an unbalanced nested model.

    `shape` is the number of groups within each group, level by level; `blocks` gives for each level its
    equations as (structure, q, with constant); the groups at the bottom have about `size` rows.
    """
    rng = np.random.default_rng(seed)
    codes = np.zeros(1, int)
    paths: list[np.ndarray] = []
    for count in shape:
        codes = np.repeat(codes, count)
        paths = [np.repeat(path, count) for path in paths]
        codes = np.arange(len(codes))
        paths.append(codes)
    repeats = rng.integers(max(1, size - 3), size + 4, len(codes))
    groups = [np.repeat(path, repeats) for path in paths]
    n = len(groups[-1])
    y = offset + rng.normal(size=n)
    columns = [offset + rng.normal(size=n) for _ in range(max(p - 1, 3))]
    levels = []
    for level_groups, equations in zip(groups, blocks, strict=True):
        count = int(level_groups.max()) + 1
        parts = []
        for structure, q, constant in equations:
            own: list[np.ndarray | None] = list(rng.permutation(len(columns))[: q - constant])
            own = [columns[int(i)] for i in own if i is not None]
            if constant:
                own.append(None)
            for column in own:
                centred = 1.0 if column is None else column - offset
                y = y + rng.normal(size=count)[level_groups] * centred
            parts.append(RandomEffects(tuple(own), structure))
        levels.append(Level(level_groups, count, tuple(parts)))
    fixed = (*columns[: p - 1], None) if p else ()
    order = rng.permutation(n)
    shuffled = {id(c): c[order] for c in columns}
    levels = [
        Level(
            lv.groups[order],
            lv.n_groups,
            tuple(
                RandomEffects(tuple(None if c is None else shuffled[id(c)] for c in eq.columns), eq.structure)
                for eq in lv.equations
            ),
        )
        for lv in levels
    ]
    fixed = tuple(None if c is None else shuffled[id(c)] for c in fixed)
    return Model(y[order], fixed, tuple(levels), method)  # type: ignore[arg-type]
