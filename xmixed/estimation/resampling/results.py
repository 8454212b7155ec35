"""e() after bootstrap and jackknife: the observed results with the covariance of the replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.estimation.resampling.summaries import (
    Replicated,
    corrected_limits,
    median_bias,
    normal_limits,
    percentile_limits,
)
from xmixed.estimation.results import own_estimator
from xmixed.estimation.wald import wald
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix

VCE_TYPES = {"bootstrap": "Bootstrap", "jackknife": "Jackknife"}

_STALE = ("F", "df_r", "chi2", "p", "df_m", "ll_c", "chi2_c", "df_c", "p_c", "N_clust", "rank")
"""Scalars that belong to the covariance of the command."""


@dataclass(frozen=True, slots=True, eq=False)
class Resampling:
    """What was replicated, and how.

    Attributes
    ----------
    prefix : str
        bootstrap or jackknife.
    command, cmdline : str
        What was run, and the whole line as typed.
    name : str
        Of the command, in full.
    names, texts : tuple of str
        Names of the figures, and their expressions.
    observed : ndarray, shape (k,)
    n : float
        Observations.
    coefficients : bool
        The figures are e(b) of an estimation command, which stays the active one.
    clusters : tuple of (str, int) or None
        Variables that are drawn by, and their number of groups.
    strata : int
    level : float
    accelerations : ndarray, shape (k,), or None
        Of BCa limits.
    """

    prefix: str
    command: str
    cmdline: str
    name: str
    names: tuple[str, ...]
    texts: tuple[str, ...]
    observed: np.ndarray
    n: float
    coefficients: bool
    clusters: tuple[str, int] | None
    strata: int
    level: float
    title: str = ""
    accelerations: np.ndarray | None = None


def resampled_estimates(observed: Estimates | None, plan: Resampling, found: Replicated) -> Estimates:
    """Return e() of the observed run with what the replications say."""
    kept = observed if plan.coefficients and observed is not None else Estimates()
    names = list(kept.matrices["b"].column_names) if plan.coefficients else list(plan.names)
    e = Estimates(dict(kept.scalars), dict(kept.macros), dict(kept.matrices), kept.mark, kept.payload)
    for name in _STALE:
        e.scalars.pop(name, None)
    vector = lambda values: Matrix(np.asarray(values)[None, :], ["y1"], names)  # noqa: E731
    if "V" in kept.matrices:
        e.matrices["V_modelbased"] = kept.matrices["V"]
    e.matrices["b"] = vector(plan.observed)
    e.matrices["V"] = Matrix(found.covariance, names, names)
    e.matrices["se"] = vector(found.errors)
    e.scalars |= {
        "N": plan.n,
        "N_reps": float(len(found.complete)),
        "N_misreps": float(found.failed),
        "level": plan.level,
        "k_exp": float(len(plan.names)),
    }
    if plan.strata > 1:
        e.scalars["N_strata"] = float(plan.strata)
    _name(e, plan)
    if plan.prefix == "bootstrap":
        e.matrices["b_bs"] = vector(found.mean)
        e.matrices["bias"] = vector(found.mean - plan.observed)
        _limits(e, plan, found, names)
    else:
        e.matrices["b_jk"] = vector(found.mean)
        e.scalars["df_r"] = float(len(found.complete) - 1)
    if plan.coefficients:
        e.payload = _payload(kept, e, plan)
        _test(e)
    return e


def _name(e: Estimates, plan: Resampling) -> None:
    macros = {
        "cmd": e.macros.get("cmd", "") if plan.coefficients else plan.prefix,
        "cmdname": plan.name,
        "prefix": plan.prefix,
        "command": plan.command,
        "cmdline": plan.cmdline,
        "vce": plan.prefix,
        "vcetype": VCE_TYPES[plan.prefix],
        "properties": "b V",
        **{f"exp{place}": text for place, text in enumerate(plan.texts, 1)},
    }
    if plan.title or not plan.coefficients:
        macros["title"] = plan.title or f"{VCE_TYPES[plan.prefix]} results"
    e.macros.pop("clustvar", None)
    if plan.clusters is not None:
        macros["clustvar"], e.scalars["N_clust"] = plan.clusters[0], float(plan.clusters[1])
        macros["cluster"] = plan.clusters[0]
    e.macros.update(macros)


def _limits(e: Estimates, plan: Resampling, found: Replicated, names: list[str]) -> None:
    z0 = median_bias(found.complete, plan.observed)
    kinds = {
        "normal": normal_limits(plan.observed, found.errors, plan.level),
        "percentile": percentile_limits(found.complete, plan.level),
        "bc": corrected_limits(found.complete, z0, np.zeros(len(z0)), plan.level),
    }
    e.matrices["z0"] = Matrix(np.where(np.isfinite(z0), z0, MISSING)[None, :], ["y1"], names)
    if plan.accelerations is not None:
        kinds["bca"] = corrected_limits(found.complete, z0, plan.accelerations, plan.level)
        e.matrices["accel"] = Matrix(plan.accelerations[None, :], ["y1"], names)
    for kind, values in kinds.items():
        e.matrices[f"ci_{kind}"] = Matrix(values, ["ll", "ul"], names)


def _payload(kept: Estimates, e: Estimates, plan: Resampling) -> object:
    """Return what the estimator keeps, with the covariance in the place of its own."""
    from xmixed.estimation.mixed.model import MixedResult, RobustVariance

    result = kept.payload
    if not isinstance(result, MixedResult):
        return result
    V, fixed = e.matrices["V"].values, len(result.beta)
    cluster, count = plan.clusters or ("", int(plan.n))
    robust = RobustVariance(plan.prefix, cluster, count, V, kept.matrices["V"].values)
    return replace(
        result,
        beta_covariance=V[:fixed, :fixed],
        parameter_covariance=V[fixed:, fixed:],
        robust=robust,
    )


def _test(e: Estimates) -> None:
    """Put the test of all covariates into e(): chi-square, or F with residual degrees of freedom."""
    own = own_estimator(e)
    if own is not None and not any(own.terms(e)):
        return  # means have no covariates
    places = _covariates(e)
    b, V = e.matrices["b"].values[0], e.matrices["V"].values
    rows = np.zeros((len(places), len(b)))
    rows[np.arange(len(places)), places] = 1.0
    kept, test = wald(rows, np.zeros(len(places)), b, V, e.scalars.get("df_r"))
    e.scalars["df_m"] = float(len(kept))
    if "df_r" in e.scalars:
        e.scalars["F"] = test.statistic
    else:
        e.scalars["chi2"] = test.statistic
        e.macros["chi2type"] = "Wald"
    e.scalars["p"] = test.p_value


def _covariates(e: Estimates) -> Sequence[int]:
    estimator = own_estimator(e)
    if estimator is not None:
        terms = estimator.terms(e)
        return [i for i, term in enumerate(terms) if term is not None and term.parts and not term.status]
    names = e.matrices["b"].column_names
    first = names[0].rpartition(":")[0]
    return [
        i
        for i, name in enumerate(names)
        if name.rpartition(":")[0] == first and name.rpartition(":")[2] != "_cons"
    ]
