"""From a defined problem and its evaluator to e()."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.constrained.constraints import constraints_matrix, wald_of_rank
from xmixed.estimation.equations.fit import Description, Fitted, estimates_of
from xmixed.estimation.likelihood.constrained import maximise_under
from xmixed.estimation.likelihood.models import robust_variance
from xmixed.estimation.likelihood.newton import Progress, Tolerances, maximise
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.programmed.likelihood import Evaluator, OfCoefficients, OfPredictors, likelihood_of
from xmixed.estimation.programmed.problem import Problem
from xmixed.estimation.programmed.start import Report, found_start
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail


def _likelihood(problem: Problem, evaluator: Evaluator) -> OfPredictors | OfCoefficients:
    base = problem.system.base
    frequencies = base.weighting is not None and base.weighting.kind == "fweight"
    return likelihood_of(
        problem.system.equations,
        len(base.y),
        problem.system.weights,
        frequencies,
        problem.initial,
        evaluator,
        problem.kind,
    )


def total_of(problem: Problem, evaluator: Evaluator) -> Callable[[np.ndarray], float]:
    """Return the log likelihood as a function of the estimated coefficients in the user's units."""
    likelihood = _likelihood(problem, evaluator)
    transform = likelihood.transform
    return lambda b: likelihood.log_likelihood(np.linalg.solve(transform, b))


def search(problem: Problem, evaluator: Evaluator, report: Report) -> None:
    """Look for a start, which is left in the problem; constraints hold at it.

    Raises
    ------
    StataError
        r(1400) where none is found.
    """
    total = total_of(problem, evaluator)
    if problem.restrictions is not None:
        value = total(problem.initial)
        report("initial:", value)
        problem.searched = True
        return
    problem.initial = found_start(total, problem.initial, problem.parts, problem.constants, report)
    problem.searched = True


def fit(
    problem: Problem, evaluator: Evaluator, limits: Tolerances, progress: Progress | None
) -> tuple[Estimates, np.ndarray]:
    """Maximise; return e() without its mark, and the log likelihood by iteration.

    Raises
    ------
    StataError
        r(1400) for a start without a log likelihood; r(198) for a variance that a total does not give.
    """
    base = problem.system.base
    kind = base.variance.kind
    if kind in ("robust", "cluster", "opg") and problem.kind == "total":
        raise StataError(198, f"vce({kind}) not allowed with method {problem.method}")
    likelihood = _likelihood(problem, evaluator)
    n = observations(len(base.y), base.weighting)
    if n <= 1:
        raise StataError(2001, "insufficient observations")
    if not np.isfinite(likelihood.log_likelihood(likelihood.start())):
        raise StataError(1400, "initial values not feasible")
    codes, count = (None, 0) if base.clusters is None else (base.clusters.codes, base.clusters.count)
    held = None if problem.restrictions is None else problem.restrictions.of(problem.estimated)
    if held is not None:
        constrained = maximise_under(likelihood, *held.solved(), progress, limits)
        best = constrained.maximum
        robust = constrained.robust(n, codes, count) if kind in ("robust", "cluster") else None
    else:
        best = maximise(likelihood, progress, limits)
        robust = robust_variance(likelihood, best, n, codes, count) if kind in ("robust", "cluster") else None
    variance = best.covariance if robust is None else robust
    if kind == "opg":
        scores = likelihood.scores(best.standardised, None, 0)
        transform = likelihood.transform
        variance = transform @ np.linalg.pinv(scores) @ transform.T
    fitted = Fitted(problem.payload, best, variance, best.covariance, n)
    estimates = estimates_of(
        problem.system, fitted, Description("ml", problem.cmdline, problem.title, "ml_p")
    )
    _describe(estimates, problem)
    return estimates, np.array(best.history)


def _describe(estimates: Estimates, problem: Problem) -> None:
    estimates.macros |= {"user": problem.program, "ml_method": problem.method, "opt": "ml"}
    if problem.system.base.variance.kind == "opg":
        estimates.macros |= {"vcetype": "OPG"}
    if problem.restrictions is not None:
        estimates.matrices["Cns"] = constraints_matrix(problem.restrictions, problem.names)
        first = slice(0, problem.system.equations[0].slopes)
        b, V = estimates.matrices["b"].values[0], estimates.matrices["V"].values
        places = np.flatnonzero(problem.estimated)[first]
        df, chi2 = wald_of_rank(b[places], V[np.ix_(places, places)])
        estimates.scalars |= {"df_m": float(df), "chi2": chi2 if df else MISSING}
        estimates.scalars["p"] = chi2_tail(chi2, df) if df else MISSING
