"""From a sample to the e() of a population-averaged model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.generalized.links import Link
from xmixed.estimation.generalized.options import Distribution
from xmixed.estimation.generalized.trials import shares
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.population.equations import Problem, Solution, pearson, solve
from xmixed.estimation.population.panels import Panels
from xmixed.estimation.population.working import Structure
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.joint import joint_statistic


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for beside its sample.

    Attributes
    ----------
    command : str
        xtgee or xtreg: e(cmd2).
    panel, time : str
        Variables of panels and time; "" for no time.
    step : float
        From one time to the next.
    distribution : Distribution
    link : Link
    offset : str
        As e(offset) has it: `x`, `ln(x)`, "".
    scale : str or float
        x2, dev, a number, or "" for the family's own.
    nmp : bool
        The scale is divided by N - P.
    rgf : bool
        Robust variances are multiplied by (N - 1)/(N - P).
    """

    command: str
    cmdline: str
    panel: str
    time: str
    step: float
    distribution: Distribution
    link: Link
    structure: Structure
    offset: str = ""
    scale: str | float = ""
    nmp: bool = False
    rgf: bool = False
    tolerance: float = 1e-6
    iterate: int = 100


def usable(sample: SingleSample, request: Request, force: bool) -> SingleSample:
    """Return the sample without the panels that are too short for the correlations, which a note counts.

    Raises
    ------
    StataError
        r(459) for gaps in time, unless `force`; r(2000) where no panel is left; r(451) for repeated times.
    """
    structure = request.structure
    if not structure.needs_time:
        return sample
    codes, levels = factorise(sample.others[request.panel])
    times = sample.others[request.time]
    order = np.lexsort((times, codes))
    same = np.diff(codes[order]) == 0
    steps = np.diff(times[order])[same]
    if np.any(steps == 0):
        raise StataError(451, "repeated time values within panel")
    uneven = np.abs(steps - request.step) > 1e-8 * request.step
    if structure.needs_steps and not force and np.any(uneven):
        raise StataError(
            459,
            "observations are not equally spaced or have gaps",
            hint="option force takes them as if they had none",
        )
    least = structure.least_rows
    sizes = np.bincount(codes)
    short = int(np.count_nonzero(sizes < least))
    if not short:
        return sample
    notes = (
        f"note: some groups have fewer than {least} observations",
        "      not possible to estimate correlations for those groups",
        f"      {short} group{'s' if short > 1 else ''} omitted from estimation",
    )
    if short == len(levels):
        raise StataError(2000, "no observations")
    return replace(sample.restricted(sizes[codes] >= least), notes=(*sample.notes, *notes))


def panel_weights(sample: SingleSample, codes: np.ndarray, panel: str) -> np.ndarray:
    """Return the weight of each panel, ones without; r(199) where it varies within a panel."""
    count = int(codes.max()) + 1
    if sample.weighting is None:
        return np.ones(count)
    found = np.empty(count)
    found[codes] = sample.weighting.values
    if np.any(found[codes] != sample.weighting.values):
        raise StataError(199, f"weight must be constant within {panel}")
    return found


def fit(
    sample: SingleSample,
    request: Request,
    offset: np.ndarray | None,
    trials: np.ndarray | None,
    progress: Callable[[int, float], None] | None,
) -> Estimates:
    """Fit a settled sample; return e() without its mark. `trials`: their numbers, of binomial outcomes.

    Raises
    ------
    StataError
        r(459) outcomes that the family does not have; r(199) weights; r(430).
    FloatingPointError
        Where a mean cannot be evaluated.
    """
    family, name = request.distribution.family(), request.distribution.name
    if trials is None and not np.all(family.allowed(sample.y)):
        raise StataError(459, f"{sample.depvar} has values that family({name}) does not have")
    codes, _ = factorise(sample.others[request.panel])
    weights = panel_weights(sample, codes, request.panel)
    times = sample.others[request.time] if request.time else None
    panels = Panels.of(codes, times, request.structure.by_value)
    problem = Problem.of(
        sample.y if trials is None else shares(sample, trials),
        sample.columns,
        0.0 if offset is None else offset,
        weights,
        panels,
        request.structure,
        family,
        request.link,
        1.0 if trials is None else trials,
    )
    found = solve(problem, request.tolerance, request.iterate, progress)
    n = observations(len(sample.y), sample.weighting)
    scale, figures = _scale(problem, found, request, n)
    model_based = found.bread * scale
    variance = model_based
    if sample.variance.kind == "robust":
        variance = _robust(sample, found, weights, n, request.rgf)
    figures["phi"] = scale
    return _estimates(sample, request, problem, found, variance, model_based, n, figures)


def _scale(problem: Problem, found: Solution, request: Request, n: float) -> tuple[float, dict[str, float]]:
    """Return the scale parameter, Pearson's chi2 and the deviance with their ratios."""
    weights = problem.weights[problem.panels.codes]
    total = float(weights.sum())
    df = n - len(found.beta) if request.nmp else n
    # Sampling weights add up to what they add up to; the sums are per observation.
    chi2 = float(np.sum(weights * pearson(problem, found.mu) ** 2)) * n / total
    own = problem.trials * problem.family.deviance(problem.y, found.mu)
    deviance = float(np.sum(weights * own)) * n / total
    figures = {
        "chi2_dev": chi2,
        "chi2_dis": chi2 / df,
        "deviance": deviance,
        "dispers": deviance / df,
        "df_pear": df,
    }
    if isinstance(request.scale, float):
        return request.scale, figures
    kind = request.scale or ("" if problem.family.unit_scale else "x2")
    return {"": 1.0, "x2": chi2 / df, "dev": deviance / df}[str(kind)], figures


def _robust(sample: SingleSample, found: Solution, weights: np.ndarray, n: float, rgf: bool) -> np.ndarray:
    """Return the sandwich with the panels' scores, m/(m - 1) times."""
    frequencies = sample.weighting is not None and sample.weighting.kind == "fweight"
    own = found.scores * np.sqrt(weights if frequencies else weights**2)[:, None]
    count = float(weights.sum()) if frequencies else float(len(weights))
    if count < 2:
        raise StataError(198, "vce(robust) needs more than one panel")
    factor = count / (count - 1)
    if rgf:
        factor *= (n - 1) / (n - len(found.beta))
    whole = factor * (found.bread @ (own.T @ own) @ found.bread)
    return (whole + whole.T) / 2


def _estimates(
    sample: SingleSample,
    request: Request,
    problem: Problem,
    found: Solution,
    variance: np.ndarray,
    model_based: np.ndarray,
    n: float,
    figures: dict[str, float],
) -> Estimates:
    robust = sample.variance.kind == "robust"
    estimated = np.array([not term.status for term in sample.terms], dtype=bool)
    names = [term.name for term in sample.terms]
    matrices = estimates_matrices(
        names,
        sample.depvar,
        whole_vector(sample.terms, found.beta),
        whole_matrix(estimated, variance),
        whole_matrix(estimated, model_based) if robust else None,
    )
    size = len(found.R)
    matrices["R"] = Matrix(found.R, [f"r{i + 1}" for i in range(size)], [f"c{i + 1}" for i in range(size)])
    slopes = [place for place, column in enumerate(sample.columns) if column is not None]
    chi2 = joint_statistic(found.beta[slopes], variance[np.ix_(slopes, slopes)]) if slopes else 0.0
    sizes = problem.panels.sizes
    frequencies = sample.weighting is not None and sample.weighting.kind == "fweight"
    scalars = {
        "N": n,
        "N_g": float(problem.weights.sum()) if frequencies else float(len(sizes)),
        "g_min": float(sizes.min()),
        "g_avg": float(len(sample.y) / len(sizes)),
        "g_max": float(sizes.max()),
        "df_m": float(len(slopes)),
        "chi2": chi2,
        "p": chi2_tail(chi2, len(slopes)) if slopes else 1.0,
        "rank": float(len(found.beta)),
        "tol": request.tolerance,
        "dif": found.difference,
        "rc": 0.0 if found.converged else 430.0,
        **figures,
    }
    if request.distribution.name == "nbinomial" and request.distribution.k is not None:
        scalars["nbalpha"] = request.distribution.k
    payload = FittedTerms(sample.depvar, (FittedEquation("", sample.terms),))
    return Estimates(scalars, _macros(sample, request), matrices, payload=payload)


def _macros(sample: SingleSample, request: Request) -> dict[str, str]:
    robust = sample.variance.kind == "robust"
    macros = {
        "cmd": "xtgee",
        "cmd2": request.command,
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "model": "pa",
        "ivar": request.panel,
        "tvar": request.time,
        "title": "GEE population-averaged model",
        "family": request.distribution.family().title,
        "denom": request.distribution.trials,
        "link": request.link.title,
        "corr": request.structure.title,
        "scale": f"{request.scale:g}" if isinstance(request.scale, float) else request.scale or "x2",
        "offset": request.offset,
        "nmp": "nmp" if request.nmp else "",
        "rgf": "rgf" if request.rgf else "",
        "chi2type": "Wald",
        "crittype": "tolerance",
        "vce": sample.variance.kind,
        "vcetype": "Semirobust" if robust else "",
        "properties": "b V",
        "predict": "xtgee_p",
        **weight_macros(sample),
    }
    return {name: text for name, text in macros.items() if text}
