"""Figures derived from a fitted model: intraclass correlations, what groups share, deviations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.effects import FittedSample, fitted_sample
from xmixed.estimation.mixed.model import RESIDUAL, MixedResult, VarianceParameter
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
    """One variance: its value, and its log standard deviation among the parameters."""

    variance: float
    place: int


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
    residual = _Component(result.sigma_e**2, result.parameter(RESIDUAL, "log_sd_residual"))
    components = [*intercepts.values(), residual]
    variances = np.array([component.variance for component in components])
    places = [component.place for component in components]
    covariance = result.parameter_covariance[np.ix_(places, places)]
    total = float(variances.sum())
    found, path = [], ""
    for count, name in enumerate(intercepts, start=1):
        path = f"{name}|{path}" if path else name
        above = np.arange(len(components)) < count
        icc = float(variances[above].sum()) / total
        gradient = 2 * variances * (above - icc) / total
        known = np.all(np.diag(covariance)[variances > NEGLIGIBLE * total] > 0)
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
    if len(own) > MOST_ROWS:
        raise StataError(198, f"the group has more than {MOST_ROWS} observations")
    Z, G = _random_part(fitted, estimates.payload, own)
    return WithinGroup(rows[own], Z, G, _residual_covariance(fitted, own))


def _random_part(fitted: FittedSample, result: MixedResult, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Z and G of some rows: a block for each group of each equation among them."""
    specification = fitted.specification
    columns: list[np.ndarray] = []
    blocks: list[np.ndarray] = []
    for place, equation in enumerate(specification.description.equations):
        effects = specification.effects[place]
        if not effects:
            continue
        groups = specification.levels[equation.level_number - 1].codes[own]
        for code in np.unique(groups):
            inside = (groups == code).astype(np.float64)
            columns += [inside if column is None else inside * column[own] for column in effects]
            blocks.append(result.covariances[place])
    size = len(columns)
    G, start = np.zeros((size, size)), 0
    for block in blocks:
        end = start + len(block)
        G[start:end, start:end] = block
        start = end
    return np.column_stack(columns) if columns else np.zeros((len(own), 0)), G


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

    Raises
    ------
    StataError
        r(198) for a model with a residual structure.
    """
    result: MixedResult = estimates.payload
    if result.description.residuals is not None:
        raise StataError(198, "option post is not implemented in xmixed yet for residual structures")
    fixed = len(result.description.terms)
    b, V = estimates.matrices["b"].values[0].copy(), estimates.matrices["V"].values
    own = b[fixed:]
    is_deviation = np.array([item.kind.startswith("log_sd") for item in result.parameters])
    values = np.where(is_deviation, np.exp(own), np.tanh(own))
    slopes = np.concatenate([np.ones(fixed), np.where(is_deviation, values, 1.0 - values**2)])
    b[fixed:] = values
    parameters = [_name(result, item) for item in result.parameters]
    names = [*estimates.matrices["b"].column_names[:fixed], *parameters]
    covariance = V * np.outer(slopes, slopes)
    matrices = {"b": Matrix(b[None, :], ["y1"], names), "V": Matrix(covariance, names, names)}
    macros = {"cmd": "estat sd", "cmdline": cmdline, "title": "Standard deviations", "properties": "b V"}
    return Estimates({"N": estimates.scalars["N"]}, macros, matrices, estimates.mark)


def _name(result: MixedResult, item: VarianceParameter) -> str:
    """Return `subject:sd_days`, `subject:corr_days__cons`, `Residual:sd_e`: what `_b[]` takes."""
    if item.equation == RESIDUAL:
        return "Residual:sd_e"
    equation = result.description.equations[item.equation]
    own = equation.effects
    if not equation.form.common_variance:
        own = (own[item.row],) if item.kind == "log_sd" else (own[item.row], own[item.column])
    kind = "sd" if item.kind == "log_sd" else "corr"
    plain = "_".join("".join(mark if mark.isalnum() else "_" for mark in name) for name in own)
    return f"{equation.level}:{kind}_{plain}"[: len(equation.level) + 1 + 32]
