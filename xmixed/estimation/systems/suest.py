"""The coefficients of several fitted models with their joint robust covariance: suest.

Every observation's addition to each coefficient is known; sums of their products over observations or
clusters are the covariance, within models and between them. Weesie (1999), Stata Technical Bulletin 52.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.equations.statistics import SYSTEM
from xmixed.estimation.fitted import FittedEquation, FittedEstimator, FittedTerms, estimates_matrices
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.results import Estimator, HasInfluence, estimator_of
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.beside import LIKELIHOOD, Entry, render_beside
from xmixed.session.results import Estimates


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One model: its equations under new names, its coefficients, and what observations add to them.

    Attributes
    ----------
    equations : tuple of FittedEquation
    b : ndarray, shape (k,)
    influence : ndarray, shape (observations of the data, k)
        Zero outside the model's sample.
    rows : ndarray of bool
    """

    equations: tuple[FittedEquation, ...]
    b: np.ndarray
    influence: np.ndarray
    rows: np.ndarray


def part_of(name: str, e: Estimates, context: Context) -> Part:
    """Return a model for the joint covariance.

    Raises
    ------
    StataError
        r(322) for estimators or variances that do not allow it; r(498) where the sample is gone.
    """
    estimator: Estimator = estimator_of(e)
    if not isinstance(estimator, HasInfluence) or not isinstance(e.payload, FittedTerms):
        raise StataError(322, f"{e.macros.get('cmd', '')} is not supported by suest")
    if "vcetype" in e.macros:
        raise StataError(322, f"{name} was estimated with a nonstandard vce ({e.macros['vce']})")
    if "wtype" in e.macros:
        raise StataError(322, f"{name} was estimated with weights; suest does not take them")
    rows = sample_rows(context, e.mark)
    frame = EstimationFrame(context, rows)
    own = estimator.influence(e, frame)
    influence = np.zeros((len(rows), own.shape[1]))
    influence[rows] = own
    b = e.matrices["b"].values[0]
    regress = e.macros["cmd"] == "regress"
    equations = tuple(
        replace(item, name=f"{name}_{item.name or ('mean' if regress else e.macros['depvar'])}", limits="")
        for item in e.payload.equations
    )
    if not regress:
        return Part(equations, b, influence, rows)
    # Stata: a regression has the logarithm of its residual variance too.
    sigma2 = e.scalars["rmse"] ** 2
    errors = frame.values(*variable_of(e.macros["depvar"])) - frame.design(estimator.terms(e)) @ b
    more = np.zeros((len(rows), 1))
    more[rows, 0] = (errors**2 / sigma2 - 1) / e.scalars["N"]
    variance = FittedEquation(f"{name}_lnvar", (Term(()),), generated=True)
    return Part((*equations, variance), np.append(b, np.log(sigma2)), np.hstack([influence, more]), rows)


def joint(
    names: Sequence[str], parts: Sequence[Part], cmdline: str, clusters: np.ndarray | None, cluster: str
) -> tuple[Estimates, np.ndarray]:
    """Return e() without its mark, and the observations of any of the models.

    Parameters
    ----------
    clusters : ndarray of int, or None
        Codes over all observations, those of no cluster below zero.
    """
    rows = np.any([own.rows for own in parts], axis=0)
    influence = np.hstack([own.influence for own in parts])[rows]
    if clusters is None:
        units, meat = len(influence), influence.T @ influence
    else:
        codes = clusters[rows]
        if np.any(codes < 0):
            raise StataError(459, f"missing values of {cluster} in the estimation samples")
        units = int(codes.max()) + 1
        sums = np.stack([np.bincount(codes, own, minlength=units) for own in influence.T], axis=1)
        meat = sums.T @ sums
        units = int(np.count_nonzero(np.bincount(codes)))
    V = meat * (units / (units - 1))
    equations = tuple(item for own in parts for item in own.equations)
    payload = FittedTerms("", equations)
    b = np.concatenate([own.b for own in parts])
    matrices = estimates_matrices(payload.names, "", b, (V + V.T) / 2, None)
    scalars = {"N": float(np.count_nonzero(rows)), "rank": float(np.linalg.matrix_rank(V))}
    if clusters is not None:
        scalars["N_clust"] = float(units)
    macros = {
        "cmd": "suest",
        "cmdline": cmdline,
        "names": " ".join(names),
        "depvar": " ".join(dict.fromkeys(item.name for item in equations)),
        "title": f"Simultaneous results for {', '.join(names)}",
        "vce": "cluster" if clusters is not None else "robust",
        "vcetype": "Robust",
        "clustvar": cluster,
        "properties": "b V",
    }
    macros = {name: text for name, text in macros.items() if text}
    return Estimates(scalars, macros, matrices, payload=payload), rows


def _header(e: Estimates) -> list[Line]:
    count = render_beside([""], [Entry("Number of obs", e.scalars["N"])], LIKELIHOOD)
    return [line(e.macros["title"]), line(), *count]


ESTIMATOR = FittedEstimator(tuple(own for own in SYSTEM if own.name != "residuals"), _header)
