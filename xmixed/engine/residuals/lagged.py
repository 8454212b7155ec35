"""Residuals whose correlations depend on whole lags: ar, ma, toeplitz."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.residuals.banded import BandProducts, band_width
from xmixed.engine.residuals.base import LinearStructure, PatternStructure, Step, Table
from xmixed.engine.residuals.filtered import FilterProducts, worth_filtering
from xmixed.engine.residuals.lattice import pattern_products
from xmixed.engine.residuals.markov import ar_slope, ar_step, gaps_within, lags_within, markov_products
from xmixed.engine.residuals.products import Products, Units
from xmixed.engine.result import Parameter, ParameterKind

# Lags up to which all are tabulated, whether they occur or not.
_MOST_LAGS = 4096


class _Lagged(PatternStructure):
    """One standard deviation, and an autocorrelation for every lag."""

    lagged = ordered = correlations_first = True

    @property
    def correlation_count(self) -> int:
        """See `ResidualStructure`."""
        return self.order

    def table(self, residuals: Residuals) -> Table:
        """The parameters of lags that the data show."""
        whole = super().table(residuals)
        lags, found = lags_within(residuals, self.order)
        seen = np.zeros((residuals.n_by, self.order), bool)
        seen[:, lags - 1] = found
        whole.free[:, 1:] &= self._identified(seen)
        return whole

    def _identified(self, seen: np.ndarray) -> np.ndarray:
        """Which parameters (n_by, order) data tell about that show some lags, (n_by, order)."""
        return np.ones_like(seen)

    def unidentified(self, table: Table) -> tuple[tuple[int, Parameter], ...]:
        """Lags that no two observations are apart, and the parameters that are missing for it."""
        groups, places = np.nonzero(~table.free[:, 1:])
        lags = (int(place) + 1 for place in places)
        return tuple(
            (lag, Parameter(self.kind, 0, int(group) + 1, *self._place(lag, 0)))
            for group, lag in zip(groups, lags, strict=True)
        )

    @abstractmethod
    def _autocorrelations(self, values: np.ndarray, result: np.ndarray) -> None:
        """Enter correlations at lags 1..order, (n_by, order + 1), at the (n_by, order) parameters."""

    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """See `PatternStructure`."""
        lags = np.abs(times[:, :, None] - times[:, None, :])
        if lags.max(initial=0) < _MOST_LAGS:
            distinct, codes = np.arange(lags.max(initial=0) + 1.0), lags.astype(np.intp)
        else:
            distinct, codes = np.unique(lags, return_inverse=True)
        correlations = self.correlations(full[:, 1:], distinct)
        scale = np.exp(2.0 * full[by, 0])
        return correlations[by[:, None, None], codes.reshape(lags.shape)] * scale[:, None, None]

    def correlations(self, values: np.ndarray, lags: np.ndarray) -> np.ndarray:
        """Correlations (n_by, m) at the (m,) lags, however long, for (n_by, order) parameters."""
        near = np.ones((len(values), self.order + 1), np.result_type(values, np.float64))
        self._autocorrelations(values, near)
        return np.where(lags <= self.order, near[:, np.minimum(lags, self.order).astype(np.intp)], 0.0)

    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """See `ResidualStructure`."""
        return pattern_products(self, residuals, table, units, by, D, Q)


class _Band(_Lagged):
    """No correlation at lags beyond the order: long series take a band."""

    def lag_covariances(self, table: Table, full: np.ndarray) -> np.ndarray:
        """Covariances at lags 0..order, (n_by, order + 1), of values in the estimation metric."""
        values = full[:, 1:]
        correlations = np.ones((len(values), self.order + 1), values.dtype)
        self._autocorrelations(values, correlations)
        return np.exp(2.0 * full[:, :1]) * correlations

    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """See `ResidualStructure`."""
        assert residuals.time is not None
        time = residuals.time[units.rows]
        width = band_width(units, time, self.order)
        if width is None:
            return super().products(residuals, table, units, by, D, Q)
        return BandProducts(self, table, width, time, units, by, D, Q)


class Toeplitz(_Band, LinearStructure):
    """A free correlation for every lag up to the order."""

    name = "toeplitz"

    def usual_order(self, positions: int, longest: int) -> int:
        """See `ResidualStructure`."""
        return longest

    def correlation_label(self, row: int) -> str:
        """See `ResidualStructure`."""
        return f"rho{row}"

    def _place(self, first: int, second: int) -> tuple[int, int]:
        return (first, 0)

    def _autocorrelations(self, values: np.ndarray, result: np.ndarray) -> None:
        raise NotImplementedError("they are those of the lags that the table has")

    def table(self, residuals: Residuals) -> Table:
        """See `ResidualStructure`: lags that nobody shows cost nothing, however many there are."""
        lags, seen = lags_within(residuals, self.order)
        free = np.concatenate([np.ones((residuals.n_by, 1), bool), seen], axis=1)
        free[0, 0] = False
        return Table(1, free, np.stack([lags, np.zeros_like(lags)], axis=1))

    def unidentified(self, table: Table) -> tuple[tuple[int, Parameter], ...]:
        """See `_Lagged`."""
        lags = np.arange(1, min(self.order, _MOST_LAGS) + 1)
        missing = []
        for group, free in enumerate(table.free[:, 1:], 1):
            unseen = lags[~np.isin(lags, table.pairs[free, 0])].tolist()
            missing += [(lag, Parameter(self.kind, 0, group, *self._place(lag, 0))) for lag in unseen]
        return tuple(missing)

    def _covariances(self, full: np.ndarray) -> np.ndarray:
        """The variance, covariances of the lags of the table, and zero; (n_by, m + 2)."""
        correlations = np.tanh(full[:, 1:])
        ends = np.ones((len(full), 1), full.dtype), np.zeros((len(full), 1), full.dtype)
        return np.exp(2.0 * full[:, :1]) * np.concatenate([ends[0], correlations, ends[1]], axis=1)

    def lag_covariances(self, table: Table, full: np.ndarray) -> np.ndarray:
        """See `_Band`."""
        found = np.zeros((len(full), self.order + 1), full.dtype)
        found[:, np.append(0, table.pairs[:, 0])] = self._covariances(full)[:, :-1]
        return found

    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """See `PatternStructure`."""
        return self._covariances(full)[by[:, None, None], self.element_places(table, times)]

    def coordinate_count(self, table: Table) -> int:
        """See `LinearStructure`."""
        return len(table.pairs) + 1

    def element_places(self, table: Table, times: np.ndarray) -> np.ndarray:
        """See `LinearStructure`."""
        lags = np.append(0, table.pairs[:, 0])
        own = np.abs(times[..., :, None] - times[..., None, :])
        places = np.minimum(np.searchsorted(lags, own), len(lags) - 1)
        return np.where(lags[places] == own, places, -1)

    def along_coordinates(self, table: Table, full: np.ndarray, values: np.ndarray) -> np.ndarray:
        """See `LinearStructure`: a covariance is the variance times a hyperbolic tangent."""
        variance, rho = np.exp(2.0 * full[:, :1]), np.tanh(full[:, 1:])
        whole = 2.0 * variance[:, 0] * (values[:, 0] + (rho * values[:, 1:]).sum(axis=1))
        return np.concatenate([whole[:, None], variance * (1.0 - rho**2) * values[:, 1:]], axis=1)

    def _lags(self, table: Table, times: np.ndarray) -> np.ndarray:
        """Which covariance each pair of the lattice is, (P,); -1 where it is zero."""
        return self.element_places(table, times)[np.triu_indices(len(times))]

    def lattice_slopes(
        self, table: Table, full: np.ndarray, times: np.ndarray, search: bool = True
    ) -> np.ndarray:
        """See `PatternStructure`: a covariance is a variance times a hyperbolic tangent."""
        lags = self._lags(table, times)
        variance, rho = np.exp(2.0 * full[:, :1]), np.tanh(full[:, 1:])
        slopes = np.zeros((*full.shape, len(lags)))
        own, shared = np.flatnonzero(lags == 0), np.flatnonzero(lags > 0)
        lag = lags[shared]
        slopes[:, 0, own] = 2.0 * variance
        slopes[:, 0, shared] = 2.0 * variance * rho[:, lag - 1]
        slopes[:, lag, shared] = variance * (1.0 - rho[:, lag - 1] ** 2)
        return slopes

    def lattice_bend(
        self, table: Table, search: np.ndarray, times: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """See `ResidualStructure`: exact."""
        lags, count = self._lags(table, times), len(table.pairs) + 1
        summed = np.stack([np.bincount(lags[lags >= 0], row[lags >= 0], count) for row in weights])
        summed *= np.exp(2.0 * search[:, :1])
        rho = np.tanh(search[:, 1:])
        slope = (1.0 - rho**2) * summed[:, 1:]
        bend = np.zeros((*search.shape, count))
        bend[:, 0, 0] = 4.0 * (summed[:, 0] + (rho * summed[:, 1:]).sum(axis=1))
        bend[:, 0, 1:] = bend[:, 1:, 0] = 2.0 * slope
        at = np.arange(1, count)
        bend[:, at, at] = -2.0 * rho * slope
        return bend

    def lattice_places(self, table: Table, times: np.ndarray) -> np.ndarray | None:
        """See `PatternStructure`."""
        lags = self._lags(table, times)
        shift = self.coordinate_count(table) * np.arange(len(table.free))[:, None]
        return np.where(lags < 0, -1, lags + shift)

    def from_lattice(self, table: Table, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        """See `PatternStructure`."""
        full, lags = np.zeros(table.free.shape), self._lags(table, times)
        full[:, lags[lags >= 0]] = values[:, lags >= 0]
        variance = full[:, :1].copy()
        full[:, 1:] = np.arctanh(full[:, 1:] / variance)
        full[:, :1] = 0.5 * np.log(variance / variance[0])
        return full[table.free]


class _Memory(_Lagged):
    """A process of finitely many coefficients.

    The search has those of order two and more as atanh partial autocorrelations, so that they are always
    stationary and invertible (Monahan 1984).
    """

    coupled = True
    sign: float

    @property
    def title(self) -> str:
        """See `ResidualStructure`."""
        return f"{self.name.upper()}({self.order})"

    def usual_order(self, positions: int, longest: int) -> int:
        """See `ResidualStructure`."""
        return 1

    def _place(self, first: int, second: int) -> tuple[int, int]:
        return (first, 0) if self.order > 1 else (0, 0)

    def _coefficients(self, values: np.ndarray) -> np.ndarray:
        return np.tanh(values) if self.order == 1 else values

    def estimation_metric(self, table: Table, search: np.ndarray) -> np.ndarray:
        """See `ResidualStructure`."""
        if self.order < 2:
            return search
        full = table.fill(search)
        partial = np.tanh(full[:, 1:])
        result = np.zeros_like(partial)
        for k, value in enumerate(partial.T[:, :, None]):
            head = result[:, :k].copy()
            result[:, :k] = head - value * head[:, ::-1]
            result[:, k : k + 1] = value
        full[:, 1:] = self.sign * result
        return full[table.free]

    def search_metric(self, table: Table, parameters: np.ndarray) -> np.ndarray:
        """See `ResidualStructure`."""
        if self.order < 2:
            return parameters
        full = table.fill(parameters)
        for row in full:
            coefficients = self.sign * row[1:]
            for k in range(len(coefficients) - 1, -1, -1):
                last = coefficients[k]
                if not abs(last) < 1:
                    raise np.linalg.LinAlgError("outside the stationary region")
                head = coefficients[:k].copy()
                coefficients[:k] = (head + last * head[::-1]) / (1.0 - last**2)
            row[1:] = np.arctanh(coefficients)
        return full[table.free]

    def metric_jacobian(self, table: Table, search: np.ndarray) -> np.ndarray:
        """See `ResidualStructure`: by complex step."""
        if self.order < 2 or not len(search):
            return np.eye(len(search))
        step = 1e-40
        moved = [self.estimation_metric(table, search + 1j * step * unit) for unit in np.eye(len(search))]
        return np.imag(np.stack(moved, axis=1)) / step


class Autoregressive(_Memory):
    """ar p."""

    name, order_name, sign = "ar", "ar_p", 1.0
    is_recursive = True

    @property
    def step(self) -> Step | None:
        """See `ResidualStructure`."""
        return ar_step if self.order == 1 else None

    @property
    def kind(self) -> ParameterKind:
        """See `ResidualStructure`."""
        return "residual_atanh" if self.order == 1 else "residual_phi"

    def _autocorrelations(self, values: np.ndarray, result: np.ndarray) -> None:
        result[:, 1:] = _yule_walker(self._coefficients(values))

    def correlations(self, values: np.ndarray, lags: np.ndarray) -> np.ndarray:
        """See `_Lagged`: longer lags by powers of the recursion, whose squares are taken in turn."""
        phi, order = self._coefficients(values), self.order
        near = np.ones((len(values), order + 1), np.result_type(values, np.float64))
        self._autocorrelations(values, near)
        # The last `order` correlations, the latest first, move on by one lag in each step.
        state = np.broadcast_to(near[:, None, order - 1 :: -1], (len(phi), len(lags), order))
        power = np.zeros((len(phi), order, order), phi.dtype)
        power[:, 0], power[:, np.arange(1, order), np.arange(order - 1)] = phi, 1.0
        left = np.maximum(lags - (order - 1), 0).astype(np.int64)
        while left.any():
            state = np.where((left % 2 == 1)[:, None], state @ power.transpose(0, 2, 1), state)
            power, left = power @ power, left // 2
        head = near[:, np.minimum(lags, order).astype(np.intp)]
        return np.where(lags < order, head, state[:, :, 0])

    def time_unit(self, residuals: Residuals) -> float:
        """See `ResidualStructure`: the greatest common divisor of the gaps, halved where that is even.

        So rho keeps its sign where odd powers of it occur, and is positive or negative alike where none does.
        """
        gaps, _ = gaps_within(residuals)
        divisor = _common_divisor(gaps) if self.order == 1 else 1
        return float(divisor if divisor % 2 else divisor // 2)

    def per_unit(self, parameters: np.ndarray, factor: float) -> np.ndarray:
        """See `ResidualStructure`: rho keeps its sign."""
        if factor == 1.0:
            return parameters
        logs = factor * _log_tanh(parameters)
        size = 0.5 * (np.log1p(np.exp(logs)) - np.log(-np.expm1(logs)))
        return np.copysign(size, parameters)

    def per_unit_slope(self, parameters: np.ndarray, factor: float) -> np.ndarray:
        """See `ResidualStructure`; none at zero."""
        if factor == 1.0:
            return np.ones_like(parameters)
        logs = factor * _log_tanh(parameters)
        outer = np.exp(logs) / -np.expm1(2.0 * logs)
        inner = 2.0 * factor / np.sinh(2.0 * np.abs(parameters))
        return np.where(parameters == 0, 0.0, outer * inner)

    def start(self, residuals: Residuals, table: Table) -> np.ndarray:
        """See `ResidualStructure`: where no gap is one, away from the saddle point at zero."""
        gaps, by = gaps_within(residuals)
        full = np.zeros(table.free.shape)
        for group in range(len(full)):
            own = gaps[by == group]
            if len(own) and own.min() > 1:
                full[group, 1] = np.arctanh(0.5 ** (1.0 / np.median(own)))
        return full[table.free]

    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """See `PatternStructure`: of order one whatever the gaps."""
        if self.order > 1:
            return super().matrices(table, full, times, by)
        gaps = np.abs(times[:, :, None] - times[:, None, :])
        power, _ = ar_step(full[by, 1][:, None, None], gaps)
        return np.exp(2.0 * full[by, 0])[:, None, None] * power

    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """See `ResidualStructure`: of order one, each residual depends on the one before alone."""
        if self.order == 1:
            return markov_products(residuals, units, by, D, Q, ar_step, ar_slope)
        assert residuals.time is not None
        time = residuals.time[units.rows]
        if worth_filtering(units, time, self.order):
            return FilterProducts(self, time, units, by, D, Q)
        return super().products(residuals, table, units, by, D, Q)

    def process(self, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (n_by, p) and autocorrelations at lags 0..p of a table in the estimation metric."""
        phi = self._coefficients(full[:, 1:])
        first = np.ones((len(phi), 1), phi.dtype)
        return phi, np.concatenate([first, _yule_walker(phi)], axis=1)


class MovingAverage(_Memory, _Band):
    """ma q."""

    name, order_name, sign = "ma", "ma_q", -1.0

    @property
    def kind(self) -> ParameterKind:
        """See `ResidualStructure`."""
        return "residual_atanh_theta" if self.order == 1 else "residual_theta"

    def correlation_label(self, row: int) -> str:
        """See `ResidualStructure`."""
        return f"theta{max(row, 1)}"

    def _identified(self, seen: np.ndarray) -> np.ndarray:
        """Every m-th value of a moving average is one of order q/m: only every m-th coefficient matters."""
        lags = np.arange(1, self.order + 1)
        kept = [lags % max(1, np.gcd.reduce(lags[own])) == 0 if own.any() else own for own in seen]
        return np.stack(kept)

    def _autocorrelations(self, values: np.ndarray, result: np.ndarray) -> None:
        theta, order = self._coefficients(values), self.order
        weights = np.concatenate([np.ones((len(theta), 1)), theta], axis=1)
        total = (weights**2).sum(axis=1)
        for lag in range(1, order + 1):
            result[:, lag] = (weights[:, lag:] * weights[:, : order + 1 - lag]).sum(axis=1) / total


def _common_divisor(gaps: np.ndarray) -> int:
    """The greatest common divisor of whole gaps, 1 where there are none."""
    distinct = np.unique(gaps)
    return int(np.gcd.reduce(distinct.astype(np.int64))) if len(distinct) else 1


def _log_tanh(parameters: np.ndarray) -> np.ndarray:
    """log|tanh|, with its digits near one."""
    size = np.abs(parameters)
    return np.log(-np.expm1(-2.0 * size)) - np.log1p(np.exp(-2.0 * size))


def _yule_walker(phi: np.ndarray) -> np.ndarray:
    """Autocorrelations at lags 1..p of autoregressive processes, (n_by, p)."""
    n_by, p = phi.shape
    system = np.tile(np.eye(p, dtype=phi.dtype), (n_by, 1, 1))
    for lag in range(1, p + 1):
        for i in range(1, p + 1):
            if lag != i:
                system[:, lag - 1, abs(lag - i) - 1] -= phi[:, i - 1]
    return np.linalg.solve(system, phi[:, :, None])[:, :, 0]
