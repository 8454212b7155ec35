"""The log likelihood of a model with structured residuals from its whole covariance matrix.

Nothing of the engine's algebra is used: parameters are read as `engine.result.Parameter` describes them.
Everything takes estimates of type longdouble, too, and then has their digits (64 bits on most machines, 53
else): what differences of the log likelihood are made of where doubles do not tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.linalg import solve_triangular

from xmixed.engine import Level, Model, Parameter, Residuals

Others = dict[tuple[int, int], float]
"""Residual parameters of a by() group but for ratios, by row and column, in their natural metric.

That of exponential is the logarithm of rho.
"""

_NATURAL: dict[str, Callable[[float], float]] = {
    "residual_atanh": np.tanh,
    "residual_atanh_theta": np.tanh,
    "residual_phi": lambda value: value,
    "residual_theta": lambda value: value,
    "residual_logit": lambda value: -np.log1p(np.exp(-value)),  # log rho keeps its digits near zero
}


def residual_values(
    parameters: Sequence[Parameter], estimates: np.ndarray, group: int
) -> tuple[dict[int, float], Others]:
    """Return the ratios to sigma_e by position of t() (0 where there is none) and the other parameters."""
    ratios: dict[int, float] = {}
    others: Others = {}
    for parameter, value in zip(parameters, estimates, strict=True):
        if not parameter.kind.startswith("residual") or parameter.equation != group:
            continue
        if parameter.kind == "residual_log_ratio":
            ratios[parameter.row] = np.exp(value)
        else:
            others[parameter.row, parameter.column] = _NATURAL[parameter.kind](value)
    return ratios, others


def autoregressive(phi: list[float], longest: int) -> np.ndarray:
    """Return the autocorrelations of a stationary AR(p) at lags 0..longest (Yule-Walker)."""
    p = len(phi)
    kind = np.result_type(*phi, np.float64)
    system, right = np.eye(p, dtype=kind), np.zeros(p, kind)
    for k in range(1, p + 1):
        for j in range(1, p + 1):
            if k == j:
                right[k - 1] += phi[j - 1]
            else:
                system[k - 1, abs(k - j) - 1] -= phi[j - 1]
    values = [1.0, *_solved(system, right)]
    while len(values) <= longest:
        values.append(sum(phi[j] * values[-1 - j] for j in range(p)))
    return np.array(values)


def _solved(system: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the solution of few equations of any type, by elimination of the largest pivots."""
    rows = np.column_stack([system, right])
    for i in range(len(rows)):
        best = i + int(np.abs(rows[i:, i]).argmax())
        rows[[i, best]] = rows[[best, i]]
        rows[i] /= rows[i, i]
        others = np.arange(len(rows)) != i
        rows[others] -= np.outer(rows[others, i], rows[i])
    return rows[:, -1]


def moving_average(theta: list[float], longest: int) -> np.ndarray:
    """Return the autocorrelations of an MA(q) at lags 0..longest."""
    weights = np.array([1.0, *theta])
    values = np.zeros(max(longest, len(theta)) + 1, weights.dtype)
    for lag in range(len(weights)):
        values[lag] = weights[: len(weights) - lag] @ weights[lag:]
    return values / values[0]


def toeplitz(correlations: list[float], longest: int) -> np.ndarray:
    """Return free correlations at lags 1..q, and none beyond."""
    return np.array([1.0, *correlations, *[0.0] * longest])


_BY_LAG = {"ar": autoregressive, "ma": moving_average, "toeplitz": toeplitz}


def correlation_matrix(residuals: Residuals, rows: np.ndarray, others: Others) -> np.ndarray:
    """Return the correlations of rows as if they were of one group."""
    structure = residuals.structure
    if structure == "independent":
        return np.eye(len(rows))
    if structure == "exchangeable":
        (rho,) = others.values()
        return rho + (1.0 - rho) * np.eye(len(rows), dtype=np.result_type(rho))
    assert residuals.time is not None
    time = residuals.time[rows]
    if structure in ("unstructured", "banded"):
        table = np.eye(residuals.n_times, dtype=np.result_type(*others.values(), np.float64))
        for (row, column), value in others.items():
            table[row - 1, column - 1] = table[column - 1, row - 1] = value
        position = time.astype(int)
        return table[np.ix_(position, position)]
    gap = np.abs(np.subtract.outer(time, time))
    if structure == "exponential":
        (log_rho,) = others.values()
        return np.exp(gap * log_rho)
    lag = gap.astype(int)
    # One that the data do not show is zero, not left out; a lone one has no number.
    by_lag = [0.0] * max(max((row for row, _ in others), default=0), 1)
    for (row, _), value in others.items():
        by_lag[max(row, 1) - 1] = value
    return _BY_LAG[structure](by_lag, int(lag.max()))[lag]


def residual_matrix(
    residuals: Residuals, parameters: Sequence[Parameter], estimates: np.ndarray
) -> np.ndarray:
    """Return Lambda, (n, n): the covariance matrix of the residuals over sigma_e^2."""
    n = len(residuals.groups)
    result = np.zeros((n, n), estimates.dtype)
    by = np.zeros(n, int) if residuals.by is None else residuals.by
    for group in range(residuals.n_by):
        rows = np.flatnonzero(by == group)
        ratios, others = residual_values(parameters, estimates, group + 1)
        if residuals.structure in ("unstructured", "banded"):
            assert residuals.time is not None
            positions = np.array([ratios.get(i + 1, 1.0) for i in range(residuals.n_times)])
            sd = positions[residuals.time[rows].astype(int)]
        else:
            sd = np.full(len(rows), ratios.get(0, 1.0), estimates.dtype)
        block = np.outer(sd, sd) * correlation_matrix(residuals, rows, others)
        same = np.equal.outer(residuals.groups[rows], residuals.groups[rows])
        if residuals.structure == "independent":
            same = np.eye(len(rows), dtype=bool)
        result[np.ix_(rows, rows)] = block * same
    return result


def effects_matrix(
    level: Level, number: int, parameters: Sequence[Parameter], estimates: np.ndarray
) -> np.ndarray:
    """Return the covariance matrix, (n, n), that the equations of a level add."""
    n = len(level.groups)
    result = np.zeros((n, n), estimates.dtype)
    for i, equation in enumerate(level.equations, 1):
        q = len(equation.columns)
        sd, correlation = np.zeros(q, estimates.dtype), np.eye(q, dtype=estimates.dtype)
        for parameter, value in zip(parameters, estimates, strict=True):
            if (parameter.level, parameter.equation) != (number, i):
                continue
            row, column = parameter.row - 1, parameter.column - 1
            common = equation.structure in ("identity", "exchangeable")
            if row != column and common:
                correlation = np.where(np.eye(q) > 0, 1.0, np.tanh(value))
            elif row != column:
                correlation[row, column] = correlation[column, row] = np.tanh(value)
            elif common:
                sd[:] = np.exp(value)
            else:
                sd[row] = np.exp(value)
        z = np.column_stack([np.ones(n) if column is None else column for column in equation.columns])
        result += (z * sd) @ correlation @ (z * sd).T
    return result * np.equal.outer(level.groups, level.groups)


def covariance_matrix(model: Model, parameters: Sequence[Parameter], estimates: np.ndarray) -> np.ndarray:
    """Return V, (n, n), response units."""
    kinds = [parameter.kind for parameter in parameters]
    variance = np.exp(2.0 * estimates[kinds.index("log_sd_residual")])
    n = len(model.y)
    residuals = model.residuals
    matrix = np.eye(n) if residuals is None else residual_matrix(residuals, parameters, estimates)
    effects = [
        effects_matrix(level, number, parameters, estimates) for number, level in enumerate(model.levels, 1)
    ]
    return variance * matrix + sum(effects, np.zeros((n, n), estimates.dtype))


def dense_log_likelihood(model: Model, parameters: Sequence[Parameter], estimates: np.ndarray) -> float:
    """Return the (restricted) log likelihood with beta profiled out."""
    n, p = len(model.y), len(model.fixed)
    x = np.column_stack([np.ones(n) if column is None else column for column in model.fixed])
    matrix = covariance_matrix(model, parameters, estimates)
    log_det, white = _whitened(matrix, np.column_stack([x, model.y]))
    twice, rest = n * np.log(2.0 * np.pi) + log_det, white[:, p]
    # Gram and Schmidt, each column from all that are left, twice: as exact as Householder's for few columns.
    columns = list(white[:, :p].T)
    while columns:
        column = columns.pop(0)
        size = np.sqrt(column @ column)
        unit = column / size
        for _ in range(2):
            columns = [other - (unit @ other) * unit for other in columns]
            rest = rest - (unit @ rest) * unit
        if model.method == "reml":
            twice += 2.0 * np.log(size) - np.log(2.0 * np.pi)
    return -0.5 * (twice + rest @ rest)


def _whitened(matrix: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log|V| and L^{-1} right with V = LL'; raises LinAlgError unless V is positive definite."""
    if matrix.dtype == np.float64:
        factor = np.linalg.cholesky(matrix)
        white = solve_triangular(factor, right, lower=True, check_finite=False)
        return 2.0 * np.log(np.diag(factor)).sum(), white
    rows = np.column_stack([matrix, right])
    n, log_det = len(matrix), matrix.dtype.type(0.0)
    for i in range(n):
        pivot = rows[i, i]
        if not pivot > 0.0:
            raise np.linalg.LinAlgError("V is not positive definite")
        log_det += np.log(pivot)
        rows[i] /= np.sqrt(pivot)
        rows[i + 1 :, i:] -= np.outer(rows[i, i + 1 : n], rows[i, i:])
    return log_det, rows[:, n:]


def gradient(f: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Return the gradient by five-point differences."""
    result = np.empty(len(at), at.dtype)
    for i, unit in enumerate(np.eye(len(at), dtype=at.dtype)):
        ahead, behind, further, before = (f(at + m * step * unit) for m in (1.0, -1.0, 2.0, -2.0))
        result[i] = (8.0 * (ahead - behind) - (further - before)) / (12.0 * step)
    return result


def hessian(f: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Return the Hessian by central differences of two steps, extrapolated."""
    return (4.0 * _hessian(f, at, step) - _hessian(f, at, 2.0 * step)) / 3.0


def _hessian(f: Callable[[np.ndarray], float], at: np.ndarray, step: float) -> np.ndarray:
    """Return the Hessian by central differences."""
    units = step * np.eye(len(at), dtype=at.dtype)
    middle = f(at)
    single = np.array([[f(at + sign * unit) for sign in (1.0, -1.0)] for unit in units])
    result = np.empty((len(at), len(at)), at.dtype)
    for i, first in enumerate(units):
        result[i, i] = (single[i].sum() - 2.0 * middle) / step**2
        for j, second in enumerate(units[:i]):
            both = f(at + first + second) + f(at - first - second)
            value = both - single[i].sum() - single[j].sum() + 2.0 * middle
            result[i, j] = result[j, i] = value / (2.0 * step**2)
    return result
