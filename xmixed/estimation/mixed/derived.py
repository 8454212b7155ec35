"""Figures derived from a fitted model: intraclass correlations, what groups share, deviations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.effects import FittedSample, fitted_sample
from xmixed.estimation.mixed.model import RESIDUAL, MixedResult, VarianceParameter
from xmixed.estimation.mixed.residual_rows import RAW
from xmixed.expressions.context import Context
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import normal_quantile

CONSTANT, ALL = "_cons", "_all"

NEGLIGIBLE = 1e-10
"""A variance component that is a smaller share of the total needs no standard error of its own."""


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """The correlation at one level: `label` names the level and those above it, `child|mother`."""

    label: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class _Component:
    """One variance: its value, and its log standard deviation among the parameters; None for a constant."""

    variance: float
    place: int | None


def has_random_coefficients(result: MixedResult) -> bool:
    """Return whether any random effect is more than a random intercept."""
    return any(set(equation.effects) - {CONSTANT} for equation in result.description.equations)


def intraclass_correlations(result: MixedResult, level: float) -> tuple[IntraclassCorrelation, ...]:
    """Return the intraclass correlations, highest level first.

    At level l it is the sum of the intercept variances of l and of the levels above it over the sum of all
    variances. With v_k = exp(2 g_k), the derivative with respect to g_k is 2 v_k (1[k at or above l] - icc)
    over the total; the limits are transformed from logit(icc).

    Raises
    ------
    StataError
        r(321) for a residual structure, crossed effects, a level without a random intercept, or no levels.
    """
    if result.description.residuals is not None:
        raise StataError(
            321, "estat icc requires independent residuals with one variance; this model has residuals()"
        )
    intercepts = _intercepts(result)
    residual = _Component(result.latent_variance, None)
    if result.has_residual_variance:
        residual = _Component(result.sigma_e**2, result.parameter(RESIDUAL, "log_sd_residual"))
    components = [*intercepts.values(), residual]
    variances = np.array([component.variance for component in components])
    places = [component.place for component in components if component.place is not None]
    free = np.array([component.place is not None for component in components])
    covariance = np.zeros((len(components), len(components)))
    covariance[np.ix_(free, free)] = result.parameter_covariance[np.ix_(places, places)]
    total = float(variances.sum())
    found, path = [], ""
    for count, name in enumerate(intercepts, start=1):
        path = f"{name}|{path}" if path else name
        above = np.arange(len(components)) < count
        icc = float(variances[above].sum()) / total
        gradient = 2 * variances * (above - icc) / total
        known = np.all(np.diag(covariance)[free & (variances > NEGLIGIBLE * total)] > 0)
        variance = float(gradient @ covariance @ gradient) if known else 0.0
        found.append(IntraclassCorrelation(path, _figures(icc, variance, level)))
    return tuple(found)


def _figures(icc: float, variance: float, level: float) -> Figures:
    if not (variance > 0 and 0 < icc < 1):
        return Figures(icc)
    error = math.sqrt(variance)
    logit = math.log(icc / (1 - icc))
    margin = normal_quantile(level) * error / (icc * (1 - icc))
    return Figures(icc, error, lower=_inverse_logit(logit - margin), upper=_inverse_logit(logit + margin))


def _inverse_logit(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0


def _intercepts(result: MixedResult) -> dict[str, _Component]:
    """Return the variance of the random intercept of each level, highest level first."""
    equations = result.description.equations
    if result.description.is_linear_regression:
        raise StataError(321, "estat icc not valid; the model has no random effects")
    for equation in equations:
        if equation.level == ALL or any(name.startswith("R.") for name in equation.effects):
            raise StataError(321, "estat icc not valid after models with crossed effects")
    found: dict[str, _Component] = {}
    for index, equation in enumerate(equations):
        if CONSTANT in equation.effects:
            row = equation.effects.index(CONSTANT)
            common = equation.form.common_variance
            place = result.parameter(index, "log_sd", 0 if common else row)
            found[equation.level] = _Component(float(result.covariances[index][row, row]), place)
    for equation in equations:
        if equation.level not in found:
            raise StataError(321, f"estat icc not valid; level {equation.level} has no random intercept")
    return found


# --- within a group -------------------------------------------------------------------------------------

MOST_ROWS = 200
"""Observations of a group beyond which the matrix is no longer shown."""


@dataclass(frozen=True, slots=True, eq=False)
class WithinGroup:
    """One group of the highest level.

    Attributes
    ----------
    rows : ndarray of int, shape (m,)
        Its observations of the data.
    Z, G, R : ndarray, shapes (m, r), (r, r), (m, m)
        Random-effects design and covariance, and the residuals' covariance.
    """

    rows: np.ndarray
    Z: np.ndarray
    G: np.ndarray
    R: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        return self.Z @ self.G @ self.Z.T + self.R


def within_group(estimates: Estimates, context: Context, asked: dict[str, float]) -> WithinGroup:
    """Return the group that values of level variables name; by default the largest, the first of them.

    Raises
    ------
    StataError
        r(111) where no observation of the sample has the values; r(198) without groups, with R.varname,
        or for a group that is too large.
    """
    fitted = fitted_sample(estimates, context)
    specification = fitted.specification
    if not specification.levels or any(factor is not None for factor in specification.factors):
        raise StataError(198, "estat wcorrelation needs nested groups")
    rows = np.flatnonzero(specification.rows)
    chosen = np.ones(len(rows), dtype=bool)
    for name, value in asked.items():
        chosen &= context.data[name].to_double()[rows] == value
    if not chosen.any():
        raise StataError(111, "no such group in the estimation sample")
    codes = specification.levels[0].codes
    sizes = np.bincount(codes[chosen])
    own = np.flatnonzero(chosen & (codes == int(sizes.argmax())))
    return _of_rows(fitted, estimates, own)


def whole_sample(estimates: Estimates, context: Context) -> WithinGroup:
    """Return the estimation sample as if it were one group; effects may cross.

    Raises
    ------
    StataError
        r(198) for a sample that is too large.
    """
    fitted = fitted_sample(estimates, context)
    return _of_rows(fitted, estimates, np.arange(int(np.count_nonzero(fitted.specification.rows))))


def _of_rows(fitted: FittedSample, estimates: Estimates, own: np.ndarray) -> WithinGroup:
    """Return what some rows of the sample have in common; r(198) for too many."""
    if len(own) > MOST_ROWS:
        raise StataError(198, f"there are more than {MOST_ROWS} observations to show")
    rows = np.flatnonzero(fitted.specification.rows)
    Z, G = _random_part(fitted, estimates.payload, own)
    return WithinGroup(rows[own], Z, G, _residual_covariance(fitted, own))


def _random_part(fitted: FittedSample, result: MixedResult, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Z and G of some rows: a block for each group of each equation among them."""
    specification = fitted.specification
    columns: list[np.ndarray] = []
    blocks: list[np.ndarray] = []
    for place, equation in enumerate(specification.description.equations):
        effects, factor = specification.effects[place], specification.factors[place]
        level = specification.levels[equation.level_number - 1].codes[own]
        if factor is not None:
            # Values of a factor; where they are equally correlated they have a part in common.
            covariance = result.covariances[place]
            common = float(covariance[0, 1]) if len(covariance) > 1 else 0.0
            parts = [(inside, float(covariance[0, 0]) - common) for inside in _indicators(factor.codes[own])]
            parts += [(inside, common) for inside in _indicators(level)] if common else []
            columns += [inside for inside, _ in parts]
            blocks += [np.array([[variance]]) for _, variance in parts]
            continue
        if not effects:
            continue
        for inside in _indicators(level):
            columns += [inside if column is None else inside * column[own] for column in effects]
            blocks.append(result.covariances[place])
    size = len(columns)
    G, start = np.zeros((size, size)), 0
    for block in blocks:
        end = start + len(block)
        G[start:end, start:end] = block
        start = end
    return np.column_stack(columns) if columns else np.zeros((len(own), 0)), G


def _indicators(codes: np.ndarray) -> list[np.ndarray]:
    """Return the indicator of each group that occurs."""
    return [(codes == code).astype(np.float64) for code in np.unique(codes)]


def _residual_covariance(fitted: FittedSample, own: np.ndarray) -> np.ndarray:
    """Return R of some rows, whole units: from what whitens residuals, R^-1/2."""
    if fitted.specification.residuals is None:
        return np.eye(len(own)) * fitted.result.sigma_e**2
    half = np.empty((len(own), len(own)))
    unit = np.zeros(len(fitted.specification.y))
    for place, row in enumerate(own):
        unit[row] = 1.0
        half[:, place] = fitted.evaluation.whitened(unit)[own]
        unit[row] = 0.0
    return np.linalg.inv(half.T @ half)


# --- as results -----------------------------------------------------------------------------------------


def posted_deviations(estimates: Estimates, cmdline: str) -> Estimates:
    """Return e(b) and e(V) of fixed effects, standard deviations and correlations, by the delta method.

    Of residual structures too: what depends on two logarithms, the standard deviation of an occasion or of a
    group of by(), has both slopes.
    """
    result: MixedResult = estimates.payload
    fixed = len(result.description.terms)
    b, V = estimates.matrices["b"].values[0].copy(), estimates.matrices["V"].values
    own, size = b[fixed:].copy(), len(b)
    J = np.eye(size)
    sigma = next((i for i, item in enumerate(result.parameters) if item.kind == "log_sd_residual"), 0)
    for place, item in enumerate(result.parameters):
        at = fixed + place
        value, slope, also = _deviation(item.kind, float(own[place]), float(own[sigma]))
        b[at], J[at, at] = value, slope
        if also:
            J[at, fixed + sigma] = also
    names = list(estimates.matrices["b"].column_names[:fixed])
    names += [_name(result, item) for item in result.parameters]
    matrices = {"b": Matrix(b[None, :], ["y1"], names), "V": Matrix(J @ V @ J.T, names, names)}
    macros = {"cmd": "estat sd", "cmdline": cmdline, "title": "Standard deviations", "properties": "b V"}
    return Estimates({"N": estimates.scalars["N"]}, macros, matrices, estimates.mark)


def _deviation(kind: str, value: float, log_sigma: float) -> tuple[float, float, float]:
    """Return a parameter as tables show it, its slope, and that along the logarithm of sigma_e."""
    if kind == "residual_log_ratio":
        deviation = math.exp(log_sigma + value)
        return deviation, deviation, deviation
    if kind in RAW:
        return value, 1.0, 0.0
    if kind == "residual_logit":
        rho = 1 / (1 + math.exp(-value))
        return rho, rho * (1 - rho), 0.0
    if kind.startswith("log_sd"):
        return math.exp(value), math.exp(value), 0.0
    return math.tanh(value), 1 - math.tanh(value) ** 2, 0.0


def _name(result: MixedResult, item: VarianceParameter) -> str:
    """Return `subject:sd_days`, `subject:corr_days__cons`, `Residual:sd_e`, `Residual:corr_e1_e2`."""
    if item.equation == RESIDUAL:
        return f"Residual:{_residual_name(result, item)}"
    equation = result.description.equations[item.equation]
    own = equation.effects
    if not equation.form.common_variance:
        own = (own[item.row],) if item.kind == "log_sd" else (own[item.row], own[item.column])
    kind = "sd" if item.kind == "log_sd" else "corr"
    plain = "_".join("".join(mark if mark.isalnum() else "_" for mark in name) for name in own)
    return f"{equation.level}:{kind}_{plain}"[: len(equation.level) + 1 + 32]


def _residual_name(result: MixedResult, item: VarianceParameter) -> str:
    """Return `sd_e`, `sd_e3`, `corr_e1_e2`, `rho`, `phi1`; `sd_e_2` of the second group of by()."""
    summary = result.description.residuals
    if summary is None:
        return "sd_e"
    group = max(item.group, 1)
    end = f"_{group}" if summary.groups else ""
    if item.kind == "log_sd_residual":
        return f"sd_e{summary.times[summary.base - 1]:.0f}{end}" if summary.times else f"sd_e{end}"
    if item.kind == "residual_log_ratio":
        return f"sd_e{summary.times[item.row - 1]:.0f}{end}" if item.row and summary.times else f"sd_e{end}"
    if item.kind in RAW:
        return f"{RAW[item.kind]}{item.row}{end}"
    if item.kind != "residual_logit" and summary.form.pairwise:
        names = (
            f"e{summary.times[at - 1]:.0f}" if at else "e" for at in dict.fromkeys((item.row, item.column))
        )
        return f"corr_{'_'.join(names)}{end}"
    label = "rho" if item.kind == "residual_logit" else summary.form.correlation_label(item.row)
    return "".join(mark if mark.isalnum() else "_" for mark in label) + end
