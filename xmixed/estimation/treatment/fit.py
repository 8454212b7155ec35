"""From equations of outcome and treatment over a sample to e()."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.equations.sample import Equation, SystemSample
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.single import weight_macros
from xmixed.estimation.treatment.moments import ADJUSTED, WEIGHTED, Study, covariance, solve
from xmixed.session.results import Estimates, Matrix

TITLES = {
    "ra": "regression adjustment",
    "ipw": "inverse-probability weights",
    "aipw": "augmented IPW",
    "ipwra": "IPW regression adjustment",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for.

    Attributes
    ----------
    estimator, outcome, propensity : str
    statistic : str
        ate, atet or pomeans.
    treatment : str
        Name of the variable.
    levels : tuple of float
    control, treated : int
        Places among the levels.
    tolerance : float
        Propensities must not be smaller.
    """

    cmdline: str
    estimator: str
    outcome: str
    propensity: str
    statistic: str
    treatment: str
    levels: tuple[float, ...]
    control: int
    treated: int
    tolerance: float


def _columns(equation: Equation, n: int) -> np.ndarray:
    found = [np.ones(n) if own is None else own.astype(np.float64) for own in equation.columns]
    return np.column_stack(found) if found else np.zeros((n, 0))


def _scaled(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return columns divided by their size, and these sizes."""
    size = np.sqrt((X**2).mean(axis=0)) if X.shape[1] else np.ones(0)
    size = np.where(size > 0, size, 1.0)
    return X / size, size


def fit(system: SystemSample, codes: np.ndarray, request: Request) -> Estimates:
    """Return e() without its mark.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Places of the treatments among the levels.

    Raises
    ------
    StataError
        r(430) without a solution; r(498) where propensities are nearly zero.
    """
    base, (outcome, treatment) = system.base, system.equations
    n, levels = len(base.y), len(request.levels)
    X, x_size = _scaled(_columns(outcome, n))
    Z, z_size = _scaled(_columns(treatment, n))
    weights = np.ones(n) if base.weighting is None else base.weighting.fitted
    treated = request.treated if request.statistic == "atet" else -1
    study = Study(
        base.y,
        codes,
        X,
        Z,
        weights,
        levels,
        request.control,
        treated,
        request.estimator,
        request.outcome,
        request.propensity,
    )
    with np.errstate(all="ignore"):
        solution = solve(study)
    if solution.smallest < request.tolerance:
        few = f"{solution.smallest:.3g}"
        raise StataError(498, f"treatment overlap assumption has been violated: a propensity score is {few}")
    frequencies = base.weighting is not None and base.weighting.kind == "fweight"
    clusters = base.clusters
    own = (None, 0) if clusters is None else (clusters.codes, clusters.count)
    variance = covariance(solution, weights, frequencies, *own)
    back = _transform(study, request, x_size, z_size)
    b, V = back @ solution.theta, back @ variance @ back.T
    names, order = _names(request, outcome, treatment)
    keep = np.ix_(order, order)
    matrices = {
        "b": Matrix(b[order][None, :], ["y1"], names),
        "V": Matrix(V[keep], names, names),
    }
    scalars = {
        "N": observations(n, base.weighting),
        "k_eq": float(len({name.partition(":")[0] for name in names})),
        "k_levels": float(levels),
        "treated": request.levels[request.treated],
        "control": request.levels[request.control],
        "converged": 1.0,
    }
    for place in range(levels):
        scalars[f"n{place + 1}"] = float((codes == place).sum())
    if clusters is not None:
        scalars["N_clust"] = float(clusters.count)
    macros = {
        "cmd": "teffects",
        "cmdline": request.cmdline,
        "depvar": outcome.depvar,
        "tvar": request.treatment,
        "subcmd": request.estimator,
        "tmodel": request.propensity if request.estimator in WEIGHTED else "",
        "omodel": request.outcome if request.estimator in ADJUSTED else "",
        "stat": request.statistic,
        "tlevels": " ".join(f"{level:g}" for level in request.levels),
        "title": "Treatment-effects estimation",
        "vce": base.variance.kind,
        "vcetype": "Robust",
        "clustvar": base.variance.cluster,
        "properties": "b V",
        **weight_macros(base),
    }
    return Estimates(scalars, {name: text for name, text in macros.items() if text}, matrices)


def _transform(study: Study, request: Request, x_size: np.ndarray, z_size: np.ndarray) -> np.ndarray:
    """Return what makes effects of means, and brings coefficients back to the user's units."""
    means, p, q = study.sizes
    whole = np.eye(means + p + q)
    if request.statistic != "pomeans":
        whole[study.others, study.control] = -1.0
    sizes = [*x_size.tolist() * (p // max(len(x_size), 1)), *z_size.tolist() * (q // max(len(z_size), 1))]
    for place, size in enumerate(sizes, means):
        whole[place, place] = 1 / size
    return whole


def _names(request: Request, outcome: Equation, treatment: Equation) -> tuple[list[str], list[int]]:
    """Return names in the order of e(b), and where these stand among the parameters."""
    t, levels = request.treatment, [f"{level:g}" for level in request.levels]
    others = [place for place in range(len(levels)) if place != request.control]
    base = levels[request.control]
    if request.statistic == "pomeans":
        names = [f"POmeans:{level}.{t}" for level in levels]
        order = list(range(len(levels)))
    else:
        kind = request.statistic.upper()
        names = [f"{kind}:r{levels[place]}vs{base}.{t}" for place in others]
        names.append(f"POmean:{base}.{t}")
        order = [*others, request.control]
    at = len(levels)
    if request.estimator in ADJUSTED:
        kept = [term.name for term in outcome.terms if not term.status]
        names += [f"OME{level}:{name}" for level in levels for name in kept]
        order += range(at, at + len(levels) * len(kept))
        at += len(levels) * len(kept)
    if request.estimator in WEIGHTED:
        kept = [term.name for term in treatment.terms if not term.status]
        names += [f"TME{levels[place]}:{name}" for place in others for name in kept]
        order += range(at, at + len(others) * len(kept))
    return names, order
