"""The weighted log pseudolikelihood of each highest group, by Gaussian integrals.

Equation (14) of the manual read recursively: what a group's rows and inner groups say of all random effects
above them is a quadratic form, weights multiply such forms, and integrating a group's own effects out leaves
another. Nothing of the engine's algebra is used. Estimates may be complex: steps along i are exact slopes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.conformance.residual_dense import residual_matrix
from xmixed.engine import Level, Model, Parameter


@dataclass(frozen=True)
class Tier:
    """One tier of the hierarchy: groups of rows, their weights, and blocks of (columns of Z, covariance)."""

    groups: np.ndarray
    weights: np.ndarray
    blocks: list[tuple[np.ndarray, np.ndarray]]


Form = tuple[np.ndarray, np.ndarray, complex]
"""(A, b, c): -u'Au/2 + b'u + c, over all random effects that stand above."""


def equation_matrix(
    number: int, place: int, q: int, structure: str, parameters: Sequence[Parameter], estimates: np.ndarray
) -> np.ndarray:
    """Return the q x q covariance matrix of an equation."""
    sd, correlation = np.zeros(q, estimates.dtype), np.eye(q, dtype=estimates.dtype)
    for parameter, value in zip(parameters, estimates, strict=True):
        if (parameter.level, parameter.equation) != (number, place):
            continue
        row, column = parameter.row - 1, parameter.column - 1
        shared = structure in ("identity", "exchangeable")
        if parameter.kind == "log_sd":
            sd[slice(None) if shared else row] = np.exp(value)
        elif structure == "exchangeable":
            correlation = np.full((q, q), np.tanh(value))
            np.fill_diagonal(correlation, 1.0)
        else:
            correlation[row, column] = correlation[column, row] = np.tanh(value)
    return np.outer(sd, sd) * correlation


def tiers_of(model: Model, factors: Sequence[int], fit: tuple[Sequence[Parameter], np.ndarray]) -> list[Tier]:
    """Return the hierarchy; levels `factors` (numbers in the model) are columns of the tier before them."""
    n = len(model.y)
    tiers: list[Tier] = []
    for number, level in enumerate(model.levels, 1):
        if number in factors:
            if not tiers:
                tiers.append(Tier(np.zeros(n, int), np.ones(1), []))
            z = (level.groups[:, None] == np.arange(level.n_groups)).astype(float)
            structure = "identity" if level.within is None else "exchangeable"
            sigma = equation_matrix(number, 1, level.n_groups, structure, *fit)
            tiers[-1].blocks.append((z, sigma))
            continue
        weights = np.ones(level.n_groups) if level.weights is None else level.weights
        tiers.append(Tier(level.groups, weights, _blocks(level, number, n, fit)))
    return tiers


def _blocks(
    level: Level, number: int, n: int, fit: tuple[Sequence[Parameter], np.ndarray]
) -> list[tuple[np.ndarray, np.ndarray]]:
    found = []
    for place, equation in enumerate(level.equations, 1):
        z = np.column_stack([np.ones(n) if column is None else column for column in equation.columns])
        found.append((z, equation_matrix(number, place, z.shape[1], equation.structure, *fit)))
    return found


def group_log_likelihoods(
    model: Model,
    parameters: Sequence[Parameter],
    beta: np.ndarray,
    estimates: np.ndarray,
    factors: Sequence[int] = (),
) -> np.ndarray:
    """Return the log pseudolikelihood of every group of the first tier, weights included."""
    n = len(model.y)
    x = [np.ones(n) if column is None else column for column in model.fixed]
    rest = model.y - sum((b * column for b, column in zip(beta, x, strict=True)), np.zeros(n))
    kinds = [parameter.kind for parameter in parameters]
    variance = np.exp(2.0 * estimates[kinds.index("log_sd_residual")])
    Lambda = np.eye(n) if model.residuals is None else residual_matrix(model.residuals, parameters, estimates)
    tiers = tiers_of(model, factors, (parameters, estimates))
    widths = [sum(z.shape[1] for z, _ in tier.blocks) for tier in tiers]
    z = np.concatenate([np.zeros((n, 0)), *(block for tier in tiers for block, _ in tier.blocks)], axis=1)
    row_weights = np.ones(n) if model.weights is None else model.weights

    def rows_form(rows: np.ndarray) -> Form:
        """What rows whose residuals may be correlated say; their own weights ask for a diagonal Lambda."""
        V = variance * Lambda[np.ix_(rows, rows)]
        if model.weights is None:
            inverse, c = np.linalg.inv(V), -0.5 * _log_det(2 * np.pi * V)
        else:
            inverse = np.diag(row_weights[rows] / np.diag(V))
            c = -0.5 * (row_weights[rows] @ np.log(2 * np.pi * np.diag(V)))
        Z, r = z[rows], rest[rows]
        return Z.T @ inverse @ Z, Z.T @ inverse @ r, c - 0.5 * (r @ inverse @ r)

    def form(at: int, rows: np.ndarray) -> Form:
        """What the rows, all of one group of the tier before `at`, say of the effects above tier `at`."""
        if at == len(tiers):
            return rows_form(rows)
        tier, above = tiers[at], sum(widths[:at])
        total: Form = (np.zeros((above, above)), np.zeros(above), 0.0)
        for group in np.unique(tier.groups[rows]):
            one = _integrated(form(at + 1, rows[tier.groups[rows] == group]), above, tier)
            weight = float(tier.weights[group])
            total = (total[0] + weight * one[0], total[1] + weight * one[1], total[2] + weight * one[2])
        return total

    if not tiers:
        return np.array([rows_form(np.arange(n))[2]])
    first = tiers[0].groups
    return np.array([form(0, np.flatnonzero(first == group))[2] for group in range(int(first.max()) + 1)])


def _log_det(matrix: np.ndarray) -> complex:
    sign, size = np.linalg.slogdet(matrix)
    return size + np.log(sign)


def _integrated(found: Form, above: int, tier: Tier) -> Form:
    """Integrate a group's own effects, those after the first `above`, out of a form."""
    A, b, c = found
    own = sum(len(sigma) for _, sigma in tier.blocks)
    prior = np.zeros((own, own), A.dtype)
    first = 0
    for _, sigma in tier.blocks:
        prior[first : first + len(sigma), first : first + len(sigma)] = sigma
        first += len(sigma)
    if not own:
        return found
    assert len(A) == above + own
    # The prior may be of any rank: exp(log|I + Sigma A|) and (A^{-1} + Sigma)^{-1} need no inverse of it.
    A11, A12, A22 = A[:above, :above], A[:above, above:], A[above:, above:]
    whole = np.eye(own) + prior @ A22
    C = np.linalg.solve(whole, prior)
    return (
        A11 - A12 @ C @ A12.T,
        b[:above] - A12 @ C @ b[above:],
        c - 0.5 * _log_det(whole) + 0.5 * (b[above:] @ C @ b[above:]),
    )
