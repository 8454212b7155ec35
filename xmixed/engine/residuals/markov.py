"""ar 1 and exponential residuals: each depends on the one before, by rho to the power of the gap.

With a = rho^gap, s = now + then and d = now - then a row whitened by the one before adds

    (now - a then)(now - a then)'/(1 - a^2) = ((1 - a)/(1 + a) ss' + (1 + a)/(1 - a) dd' + sd' + ds')/4,

in which nothing is lost where a is near 1 or -1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.products.grouping import distinct, rows_in_order
from xmixed.engine.residuals.base import Step
from xmixed.engine.residuals.basis import Basis, BasisProducts, class_totals, unit_sums
from xmixed.engine.residuals.entries import binned, by_row, posterior_entries, symmetric_entries
from xmixed.engine.residuals.products import Products, UnitPosterior, UnitProducts, Units

_MOST_GAPS = 6
Slope = Callable[[np.ndarray, float | np.ndarray], np.ndarray]
# By() groups times lags, of which it is marked whether they occur.
_MOST_MARKS = 1_000_000


def markov_products(
    residuals: Residuals, units: Units, by: np.ndarray, D: np.ndarray, Q: int, step: Step, slope: Slope
) -> Products:
    """Few fixed matrices where the gaps between rows are few, else row by row; D is (c, n)."""
    assert residuals.time is not None
    time = residuals.time[units.rows]
    n, n_by, starts = D.shape[1], residuals.n_by, units.starts
    is_first = np.zeros(n, bool)
    is_first[starts] = True
    gaps = np.diff(time, prepend=time[0])
    kinds, codes = distinct(gaps[~is_first])
    if len(kinds) > _MOST_GAPS:
        return GapProducts(units, by, gaps, is_first, D, Q, n_by, step, slope)
    before = np.roll(D, 1, axis=1)
    parts: list[tuple[np.ndarray, np.ndarray]] = [(D * is_first, D)]
    extents = [units.sizes.astype(np.float64)]
    for d in range(len(kinds)):
        inside = np.zeros(n, bool)
        inside[~is_first] = codes == d
        total, change = (D + before) * inside, (D - before) * inside
        extents.append(units.summed(inside.astype(np.float64)))
        parts += [(total, total), (change, change), (total, change), (change, total)]
    counts = units.row_counts()
    products = [unit_sums(left, right, starts, Q) for left, right in parts]
    totals = [class_totals(left[Q:], right[Q:], by, n_by, counts) for left, right in parts]

    def merged(parts: list[np.ndarray]) -> np.ndarray:
        kept = [parts[0]]
        for d in range(len(kinds)):
            totals, changes, one, other = parts[1 + 4 * d : 5 + 4 * d]
            kept += [totals, changes, one + other]
        return np.stack(kept)

    def coefficients(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scale = np.exp(-2.0 * full[:, 0])
        f, logs = [scale], [2.0 * full[:, 0]]
        for gap in kinds:
            below, above, rest = _apart(*step(full[:, 1], float(gap)))
            f += [scale * below / (4.0 * above), scale * above / (4.0 * below), scale / 4.0]
            logs.append(np.log(rest))
        return np.stack(f), np.stack(logs)

    def slopes(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        f, logs = coefficients(full)
        scale, none = f[0], np.zeros_like(f[0])
        along, of_logs = [none], [none]
        for gap in kinds:
            below, above, rest = _apart(*step(full[:, 1], float(gap)))
            moved = slope(full[:, 1], float(gap))
            along += [-scale * moved / (2.0 * above**2), scale * moved / (2.0 * below**2), none]
            of_logs.append((below - above) * moved / rest)
        twos = np.zeros_like(logs)
        twos[0] = 2.0
        return np.stack([-2.0 * f, np.stack(along)]), np.stack([twos, np.stack(of_logs)])

    whole = merged(products), merged(totals), np.stack(extents)
    basis = Basis(*whole, by[starts], n_by, coefficients, slopes, np.arange(n_by))
    return BasisProducts(basis, Q, units.counts)


def _apart(a: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """1 - a, 1 + a and 1 - a^2 from a and the last, without a difference."""
    positive = np.real(a) > 0
    larger = np.where(positive, 1.0 + a, 1.0 - a)
    smaller = rest / larger
    return np.where(positive, smaller, larger), np.where(positive, larger, smaller), rest


def exponential_slope(parameter: np.ndarray, gap: float | np.ndarray) -> np.ndarray:
    """Derivative of rho^gap along the logit of rho."""
    negative = np.real(parameter) < 0
    tail = np.exp(np.where(negative, parameter, -parameter))
    beyond = np.where(negative, 1.0, tail) / (1.0 + tail)  # 1 - rho
    return gap * exponential_step(parameter, gap)[0] * beyond


def ar_slope(parameter: np.ndarray, gap: float | np.ndarray) -> np.ndarray:
    """Derivative of rho^gap along the hyperbolic arctangent of rho; whole gaps."""
    return gap * ar_step(parameter, gap - 1.0)[0] / np.cosh(parameter) ** 2


def exponential_step(parameter: np.ndarray, gap: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """rho^gap and 1 - rho^(2 gap), rho being the logistic function of the parameter.

    Without losing digits where rho is near one: log rho = -log(1 + exp(-parameter)).
    """
    negative = np.real(parameter) < 0
    tail = np.where(negative, parameter, -parameter)
    log_rho = -_log1p(np.exp(tail)) + np.where(negative, parameter, 0.0)
    return np.exp(gap * log_rho), -_expm1(2.0 * gap * log_rho)


def ar_step(parameter: np.ndarray, gap: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """rho^gap and 1 - rho^(2 gap) for whole gaps, rho being the hyperbolic tangent of the parameter.

    1 - rho^(2d) = (1 - rho^2)(1 + rho^2 + ... ), or from the logarithm of rho^2 where that is near zero:
    sech^2 keeps the digits near one, and gaps may be as long as they like.
    """
    rho, gap = np.tanh(parameter), np.asarray(gap)
    rest = (1.0 / np.cosh(parameter)) ** 2
    far = np.abs(rho) < 0.5
    log_square = _log1p(np.where(far, -0.5, -rest))
    sign = np.where(np.real(rho) < 0, 1.0 - 2.0 * (gap % 2), 1.0)
    small = np.where(far, rho, 0.5)
    power = np.where(far, small**gap, sign * np.exp(0.5 * gap * log_square))
    geometric = rest * (1.0 - small ** (2 * gap)) / (1.0 - small**2)
    return power, np.where(far, geometric, -_expm1(gap * log_square))


def _log1p(x: np.ndarray) -> np.ndarray:
    """log(1 + x) to first order in a tiny imaginary part."""
    if not np.iscomplexobj(x):
        return np.log1p(x)
    real = np.real(x)
    return np.log1p(real) + 1j * np.imag(x) / (1.0 + real)


def _expm1(x: np.ndarray) -> np.ndarray:
    """exp(x) - 1 to first order in a tiny imaginary part."""
    if not np.iscomplexobj(x):
        return np.expm1(x)
    real = np.real(x)
    return np.expm1(real) + 1j * np.imag(x) * np.exp(real)


def gaps_within(residuals: Residuals) -> tuple[np.ndarray, np.ndarray]:
    """Gaps in t() between neighbours within groups, and the by() group of each."""
    assert residuals.time is not None
    order = rows_in_order(residuals.groups, residuals.time)
    same = np.diff(residuals.groups[order]) == 0
    return np.diff(residuals.time[order])[same], residuals.by_codes[order][1:][same]


def lags_within(residuals: Residuals, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Lags from 1 to `most` that observations of a group are apart, (m,), and by() groups: (n_by, m)."""
    assert residuals.time is not None
    order = rows_in_order(residuals.groups, residuals.time)
    time, groups = residuals.time[order], residuals.groups[order]
    by = residuals.by_codes[order]
    n_by, codes = residuals.n_by, []
    marked = np.zeros(most * n_by if most * n_by <= _MOST_MARKS else 0, bool)
    for apart in range(1, len(order)):
        lags = time[apart:] - time[:-apart]
        own = (groups[apart:] == groups[:-apart]) & (lags <= most)
        if not own.any():
            break
        found = (lags[own].astype(np.intp) - 1) * n_by + by[apart:][own]
        if len(marked):
            marked[found] = True
            if marked.all():
                break
        else:
            codes.append(np.unique(found))
    found = np.flatnonzero(marked) if len(marked) else np.unique(np.concatenate([[], *codes]))
    found = found.astype(np.intp)
    lags, place = np.unique(found // n_by + 1, return_inverse=True)
    seen = np.zeros((n_by, len(lags)), bool)
    seen[found % n_by, np.ravel(place)] = True
    return lags, seen


class GapProducts:
    """Markov residuals with many distinct gaps: every row is whitened by the one before it."""

    cost_by_rows = takes_complex = takes_complex_posterior = True

    def __init__(
        self,
        units: Units,
        by: np.ndarray,
        gaps: np.ndarray,
        is_first: np.ndarray,
        D: np.ndarray,
        Q: int,
        n_by: int,
        step: Step,
        slope: Slope,
    ) -> None:
        self.units, self.by, self.Q = units, by, Q
        self.n_by, self.step, self.slope = n_by, step, slope
        self.gaps = np.where(is_first, 1.0, gaps)
        self.is_first = is_first
        self.unit = np.cumsum(is_first) - 1
        before = np.roll(D, 1, axis=1)
        self.total, self.change = D + before, D - before
        self.counts = units.row_counts()

    def _rows(self, full: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """1 - a and 1 + a, a = rho^gap (0 for a unit's first row), and the ratio of sds, by row."""
        a, rest = self.step(full[self.by, 1], self.gaps)
        below, above, _ = _apart(np.where(self.is_first, 0.0, a), np.where(self.is_first, 1.0, rest))
        return below, above, np.exp(full[self.by, 0])

    def _counted(self, values: np.ndarray) -> np.ndarray:
        """Values by row, as often as the rows count."""
        return values if self.counts is None else values * self.counts

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        below, above, sd = self._rows(full)
        rest = below * above
        if not (np.real(rest) > 0).all():
            raise np.linalg.LinAlgError("Lambda is not positive definite")
        E = (below * self.total + above * self.change) / (2.0 * np.sqrt(rest) * sd)
        log_det = self._counted(np.log(rest) + 2.0 * full[self.by, 0]).sum().item()
        Xy = E[self.Q :]
        return UnitProducts(unit_sums(E, E, self.units.starts, self.Q), self._counted(Xy) @ Xy.T, log_det)

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        means = by_row(posterior.coefficients, self.unit)
        of_means = _squares((self.total * means).sum(axis=0), (self.change * means).sum(axis=0))
        of_effects = self._quadratics(posterior_entries(posterior, self.Q))
        first, second = np.zeros((2, *full.shape), np.result_type(full, posterior.coefficients))
        for k, (log_dets, effects, rss) in enumerate(self._row_slopes(full, of_effects, of_means)):
            first[:, k] = binned(self.by, self._counted(log_dets + effects), self.n_by)
            second[:, k] = binned(self.by, self._counted(rss), self.n_by)
        return first, second

    def log_det_slopes(self, full: np.ndarray) -> tuple[float, np.ndarray]:
        """See `Products`."""
        raise NotImplementedError("its covariances are not linear in the parameters")

    def null_slopes(self, full: np.ndarray, share: float) -> np.ndarray:
        """See `Products`."""
        raise NotImplementedError("its covariances are not linear in the parameters")

    def curvature(self, rho: np.ndarray, beta: np.ndarray, factor: np.ndarray, reml: bool) -> None:
        """See `Products`: by steps of the slopes."""

    def unit_slopes(self, full: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        last, units = self.Q - 1, self.units
        of_means = _squares(self.total[last], self.change[last])
        of_effects = self._quadratics(symmetric_entries(variances))
        first, second = np.zeros((2, self.n_by, 2, len(units.starts)))
        by, place = self.by[units.starts], np.arange(len(units.starts))
        for k, (log_dets, effects, rss) in enumerate(self._row_slopes(full, of_effects, of_means)):
            first[by, k, place] = units.summed(log_dets + effects)
            second[by, k, place] = units.summed(rss)
        return first, second

    def _row_slopes(
        self, full: np.ndarray, *quadratics: tuple[np.ndarray, ...]
    ) -> Iterator[tuple[np.ndarray, ...]]:
        """Derivatives of what each row adds to log|Lambda| and quadratic forms, (n,), along each column."""
        below, above, sd = self._rows(full)
        along = np.where(self.is_first, 0.0, self.slope(full[self.by, 1], self.gaps))
        ratio, scale = below / above, 0.25 / sd**2
        forms = [ratio * totals + 2.0 * both + changes / ratio for totals, both, changes in quadratics]
        yield (np.full(len(along), 2.0), *(-2.0 * form * scale for form in forms))
        twice = 2.0 * along * scale
        of_forms = [twice * (changes / below**2 - totals / above**2) for totals, _, changes in quadratics]
        yield ((below - above) * along / (below * above), *of_forms)

    def _quadratics(self, entries: Iterator[tuple[int, int, np.ndarray]]) -> tuple[np.ndarray, ...]:
        """s'Gs, s'Gd and d'Gd by row, for a matrix G given by its entries."""
        total, change = self.total, self.change
        totals = both = changes = np.zeros(total.shape[1])
        for i, j, values in entries:
            weight = by_row(values, self.unit)
            totals = totals + weight * total[i] * total[j]
            both = both + weight * (total[i] * change[j] + change[i] * total[j]) / 2.0
            changes = changes + weight * change[i] * change[j]
        return totals, both, changes


def _squares(totals: np.ndarray, changes: np.ndarray) -> tuple[np.ndarray, ...]:
    return totals * totals, totals * changes, changes * changes
