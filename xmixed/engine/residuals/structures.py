"""Lambda of the residual structures: parameters, and matrices for many patterns of t() at once.

All parameters of all by() groups stand in one (n_by, K) table in the estimation metric: log ratios of
standard deviations to sigma_e first, then what makes the correlations. What is not estimated (the reference
standard deviation, what the data never show) is 0 there. Every formula takes complex tables, so that
derivatives of Lambda come from complex steps, exact to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.errors import InvalidModel
from xmixed.engine.model import Residuals
from xmixed.engine.result import Parameter, ParameterKind

_MEMORY_STRUCTURES = ("ar", "ma")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Which entries of the (n_by, K) table are parameters.

    Attributes
    ----------
    sds : int
        How many of the K columns are log ratios.
    free : (n_by, K) bool array
        Row by row its true entries are the r parameters.
    pairs : (K - sds, 2) integer array
        Positions that each correlation of an unstructured or banded matrix belongs to; lags of a toeplitz in
        the first column; else zeros.
    """

    sds: int
    free: np.ndarray
    pairs: np.ndarray

    def fill(self, parameters: np.ndarray) -> np.ndarray:
        """The table that the (r,) parameters make."""
        table = np.zeros(self.free.shape, np.result_type(parameters, np.float64))
        table[self.free] = parameters
        return table


def parameter_table(residuals: Residuals) -> Table:
    """The parameters that the data of `residuals` can tell about."""
    structure, n_by = residuals.structure, residuals.n_by
    if structure in ("unstructured", "banded"):
        return _positions(residuals)
    extra = {"independent": 0, "exchangeable": 1, "exponential": 1}.get(structure, residuals.order)
    free = np.ones((n_by, 1 + extra), bool)
    free[0, 0] = False
    lags = np.arange(1, extra + 1)
    pairs = np.stack([lags, np.zeros_like(lags)], axis=1)
    return Table(1, free, pairs)


def _positions(residuals: Residuals) -> Table:
    """Standard deviations of every t(), correlations of the pairs within the band that occur together."""
    T, n_by = residuals.n_times, residuals.n_by
    width = T - 1 if residuals.structure == "unstructured" else residuals.order
    assert residuals.time is not None
    time = residuals.time.astype(np.intp)
    by = _by(residuals)
    seen = np.zeros((residuals.n_groups, T), bool)
    seen[residuals.groups, time] = True
    group_by = np.zeros(residuals.n_groups, np.intp)
    group_by[residuals.groups] = by
    together = np.zeros((n_by, T, T))
    for j in range(n_by):
        own = seen[group_by == j].astype(np.float64)
        together[j] = own.T @ own
    pairs = np.array([(i, k) for i in range(T) for k in range(i + 1, min(T, i + width + 1))], np.intp)
    pairs = pairs.reshape(-1, 2)
    observed = together[:, np.arange(T), np.arange(T)] > 0
    free = np.concatenate([observed, together[:, pairs[:, 0], pairs[:, 1]] > 0], axis=1)
    free[0, int(np.argmax(observed[0]))] = False
    return Table(T, free, pairs)


def _by(residuals: Residuals) -> np.ndarray:
    return np.zeros(len(residuals.groups), np.intp) if residuals.by is None else residuals.by


def residual_parameters(residuals: Residuals) -> tuple[Parameter, ...]:
    """The r free parameters in e(b) order."""
    table = parameter_table(residuals)
    kinds: dict[str, ParameterKind] = {
        "exponential": "residual_logit",
        "ar": "residual_atanh" if residuals.order == 1 else "residual_phi",
        "ma": "residual_atanh_theta" if residuals.order == 1 else "residual_theta",
    }
    kind = kinds.get(residuals.structure, "residual_atanh")
    positions = residuals.structure in ("unstructured", "banded")
    lagged = residuals.structure == "toeplitz" or residuals.order > 1
    result = []
    for j, column in zip(*np.nonzero(table.free), strict=True):
        if column < table.sds:
            at = int(column) + 1 if positions else 0
            result.append(Parameter("residual_log_ratio", 0, int(j) + 1, at, at))
            continue
        first, second = (int(place) for place in table.pairs[column - table.sds])
        if positions:
            result.append(Parameter(kind, 0, int(j) + 1, first + 1, second + 1))
        else:
            result.append(Parameter(kind, 0, int(j) + 1, first if lagged else 0, 0))
    return tuple(result)


def estimation_metric(residuals: Residuals, table: Table, search: np.ndarray) -> np.ndarray:
    """Parameters of the estimation metric from those of the search.

    There ar and ma of order two and more are atanh partial autocorrelations, so that they are always
    stationary and invertible (Monahan 1984).
    """
    if not _is_raw(residuals):
        return search
    full = table.fill(search)
    full[:, 1:] = _raw_from_partial(residuals, full[:, 1:])
    return full[table.free]


def search_metric(residuals: Residuals, table: Table, parameters: np.ndarray) -> np.ndarray:
    """The inverse of `estimation_metric`; raises LinAlgError outside the stationary or invertible region."""
    if not _is_raw(residuals):
        return parameters
    full = table.fill(parameters)
    sign = 1.0 if residuals.structure == "ar" else -1.0
    for row in full:
        coefficients = sign * row[1:]
        for k in range(len(coefficients) - 1, -1, -1):
            last = coefficients[k]
            if not abs(last) < 1:
                raise np.linalg.LinAlgError("outside the stationary region")
            head = coefficients[:k].copy()
            coefficients[:k] = (head + last * head[::-1]) / (1.0 - last**2)
        row[1:] = np.arctanh(coefficients)
    return full[table.free]


def _is_raw(residuals: Residuals) -> bool:
    return residuals.structure in _MEMORY_STRUCTURES and residuals.order > 1


def _raw_from_partial(residuals: Residuals, partial: np.ndarray) -> np.ndarray:
    sign = 1.0 if residuals.structure == "ar" else -1.0
    result = np.zeros_like(partial)
    for row, target in zip(np.tanh(partial), result, strict=True):
        for k, value in enumerate(row):
            head = target[:k].copy()
            target[:k] = head - value * head[::-1]
            target[k] = value
        target *= sign
    return result


def raw_jacobian(residuals: Residuals, table: Table, search: np.ndarray) -> np.ndarray:
    """(r, r) derivative of `estimation_metric`, by complex step."""
    r = len(search)
    if not _is_raw(residuals):
        return np.eye(r)
    step = 1e-40
    moved = [estimation_metric(residuals, table, search + 1j * step * unit) for unit in np.eye(r)]
    return np.imag(np.stack(moved, axis=1)) / step


def matrices(
    residuals: Residuals, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray
) -> np.ndarray:
    """Lambda of patterns of t(), (m, T, T).

    Parameters
    ----------
    full : (n_by, K) array
    times : (m, T) array
    by : (m,) integer array
        Row of the table that each pattern uses.
    """
    structure = residuals.structure
    if structure in ("unstructured", "banded"):
        return _from_positions(table, full, times.astype(np.intp), by)
    lags = np.abs(times[:, :, None] - times[:, None, :])
    values = full[by]
    if structure == "exponential":
        raise InvalidModel("exponential residuals have a closed form of their own")
    rounded = lags.astype(np.intp)
    count = int(rounded.max(initial=0)) + 1
    correlations = _autocorrelations(residuals, full[:, 1:], count)
    scale = np.exp(2.0 * values[:, 0])
    return correlations[by[:, None, None], rounded] * scale[:, None, None]


def _from_positions(table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
    T = table.sds
    sds = np.exp(full[:, :T])
    whole = np.zeros((len(full), T, T), full.dtype)
    whole[:, np.arange(T), np.arange(T)] = sds**2
    i, k = table.pairs[:, 0], table.pairs[:, 1]
    whole[:, i, k] = whole[:, k, i] = np.tanh(full[:, T:]) * sds[:, i] * sds[:, k]
    return whole[by[:, None, None], times[:, :, None], times[:, None, :]]


def _autocorrelations(residuals: Residuals, values: np.ndarray, count: int) -> np.ndarray:
    """Correlations at lags 0..count-1, (n_by, count)."""
    n_by, order = values.shape
    result = np.zeros((n_by, max(count, order + 1)), np.result_type(values, np.float64))
    result[:, 0] = 1.0
    if residuals.structure == "toeplitz":
        result[:, 1 : order + 1] = np.tanh(values)
    elif residuals.structure == "ma":
        theta = np.tanh(values) if order == 1 else values
        weights = np.concatenate([np.ones((n_by, 1)), theta], axis=1)
        total = (weights**2).sum(axis=1)
        for lag in range(1, order + 1):
            result[:, lag] = (weights[:, lag:] * weights[:, : order + 1 - lag]).sum(axis=1) / total
    else:
        phi = np.tanh(values) if order == 1 else values
        result[:, 1 : order + 1] = _yule_walker(phi)
        for lag in range(order + 1, result.shape[1]):
            result[:, lag] = (phi * result[:, lag - order : lag][:, ::-1]).sum(axis=1)
    return result[:, :count]


def _yule_walker(phi: np.ndarray) -> np.ndarray:
    """Autocorrelations at lags 1..p of autoregressive processes, (n_by, p)."""
    n_by, p = phi.shape
    system = np.tile(np.eye(p, dtype=phi.dtype), (n_by, 1, 1))
    for lag in range(1, p + 1):
        for i in range(1, p + 1):
            if lag != i:
                system[:, lag - 1, abs(lag - i) - 1] -= phi[:, i - 1]
    return np.linalg.solve(system, phi[:, :, None])[:, :, 0]


def starting_parameters(residuals: Residuals, table: Table) -> np.ndarray:
    """Where the search starts, (r,): independence, or a correlation of one half at the usual gap."""
    full = np.zeros(table.free.shape)
    if residuals.structure == "exponential":
        assert residuals.time is not None
        order = np.lexsort((residuals.time, residuals.groups))
        same = np.diff(residuals.groups[order]) == 0
        gaps = np.diff(residuals.time[order])[same]
        usual = float(np.median(gaps)) if len(gaps) else 1.0
        # logit of 2^(-1/gap), which is -log(2^(1/gap) - 1)
        full[:, 1] = -np.log(np.expm1(np.log(2.0) / usual)) if usual > 0 else 0.0
    return full[table.free]
