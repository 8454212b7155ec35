"""Hand-pinned results: figures of the manual's sessions, so that layouts do not depend on the optimiser."""

from __future__ import annotations

import math

import numpy as np

from xmixed.estimation.mixed.model import (
    RESIDUAL,
    LevelSummary,
    MixedDescription,
    MixedResult,
    RandomEquationSummary,
    VarianceParameter,
)
from xmixed.expressions.factors.terms import Part, Term
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail

CONSTANT = Term(())


def plain(name: str, status: str = "") -> Term:
    return Term((Part(name),), status)


def description(
    terms: tuple[Term, ...] = (plain("week"), CONSTANT),
    equations: tuple[RandomEquationSummary, ...] = (
        RandomEquationSummary("id", 1, 1, "identity", ("_cons",)),
    ),
    levels: tuple[LevelSummary, ...] = (LevelSummary("id", 48, 9, 9.0, 9),),
    method: str = "ml",
    depvar: str = "weight",
) -> MixedDescription:
    return MixedDescription(depvar, terms, equations, levels, method, 432)


def parameters(equations: tuple[RandomEquationSummary, ...]) -> tuple[VarianceParameter, ...]:
    found = []
    for place, item in enumerate(equations):
        q, stem = len(item.effects), f"{item.level_number}_{item.equation_number}"
        common = item.structure in ("identity", "exchangeable")
        found += [
            VarianceParameter(f"lns{stem}_{i + 1}", "log_sd", place, i)
            for i in range(min(1, q) if common else q)
        ]
        pairs = (
            [(i, j) for i in range(q) for j in range(i + 1, q)] if item.structure == "unstructured" else []
        )
        if item.structure == "exchangeable":
            pairs = [(0, 1)]
        found += [
            VarianceParameter(f"atr{stem}_{i + 1}_{j + 1}", "atanh_correlation", place, i, j)
            for i, j in pairs
        ]
    return (*found, VarianceParameter("lnsig_e", "log_sd_residual", RESIDUAL))


def result(
    beta: list[float],
    errors: list[float],
    covariances: list[list[list[float]]],
    sigma_e: float,
    parameter_errors: list[float],
    described: MixedDescription | None = None,
    notes: tuple[str, ...] = (),
) -> MixedResult:
    """Return a result; `parameter_errors` are standard errors in the estimation metric."""
    described = described or description()
    pinned = parameters(described.equations)
    matrices = tuple(np.array(matrix, dtype=float) for matrix in covariances)
    estimates = []
    for parameter in pinned:
        if parameter.equation == RESIDUAL:
            estimates.append(math.log(sigma_e))
            continue
        matrix = matrices[parameter.equation]
        i, j = parameter.row, parameter.column
        if parameter.kind == "log_sd":
            estimates.append(math.log(matrix[i, i]) / 2 if matrix[i, i] > 0 else math.log(1e-16 * sigma_e))
        else:
            estimates.append(math.atanh(matrix[i, j] / math.sqrt(matrix[i, i] * matrix[j, j])))
    return MixedResult(
        described,
        np.array(beta),
        np.diag(np.square(errors)),
        pinned,
        np.array(estimates),
        np.diag(np.square(parameter_errors)),
        matrices,
        sigma_e,
        notes,
    )


def estimates(
    pinned: MixedResult, ll: float, df_m: int, chi2: float, chi2_c: float | None = None, n: float = 432.0
) -> Estimates:
    """Return e() around a pinned result."""
    kinds = [parameter.kind for parameter in pinned.parameters]
    k_rs = sum(kind != "atanh_correlation" for kind in kinds)
    scalars = {
        "N": n,
        "df_m": float(df_m),
        "ll": ll,
        "chi2": chi2,
        "p": chi2_tail(chi2, df_m),
        "k_rs": float(k_rs),
    }
    df_c = len(kinds) - 1
    if chi2_c is not None and df_c:
        tail = chi2_tail(chi2_c, df_c)
        scalars |= {"chi2_c": chi2_c, "df_c": float(df_c), "p_c": tail / 2 if df_c == 1 else tail}
    return Estimates(scalars, {"cmd": "xtmixed", "depvar": pinned.description.depvar}, {}, payload=pinned)
