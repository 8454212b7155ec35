"""The search, and e() of a generalised linear mixed model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances, maximise
from xmixed.estimation.mixed.model import MixedSpecification, RobustVariance, VarianceParameter
from xmixed.estimation.multilevel.model import MultilevelResult
from xmixed.estimation.multilevel.problem import Problem, start_of
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.linear.joint import joint_statistic

_BOUNDARY = 1e-5
"""Standard deviations of scaled effects, and distances of correlations from one, that count as zero."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for beside its model: see `MultilevelResult`."""

    command: str
    cmdline: str
    trials: str
    offset: str
    limits: Tolerances


@dataclass(frozen=True, slots=True, eq=False)
class Covariances:
    """Variance parameters in the metric of e(b), and how they depend on theta.

    Attributes
    ----------
    parameters : tuple of VarianceParameter
    values : ndarray, shape (k,)
    jacobian : ndarray, shape (k, k)
        Zero rows on the boundary.
    matrices : tuple of ndarray
        Of each equation of the description; (0, 0) for an empty one.
    boundary : tuple of str
    notes : tuple of str
    """

    parameters: tuple[VarianceParameter, ...]
    values: np.ndarray
    jacobian: np.ndarray
    matrices: tuple[np.ndarray, ...]
    boundary: tuple[str, ...]
    notes: tuple[str, ...]


def covariances_of(
    specification: MixedSpecification, problem: Problem, standardised: np.ndarray
) -> Covariances:
    """Return log standard deviations and arc tangents of correlations from theta."""
    likelihood, equations = problem.likelihood, specification.description.equations
    matrices = [np.zeros((0, 0))] * len(equations)
    parameters: list[VarianceParameter] = []
    values: list[float] = []
    rows: list[np.ndarray] = []
    boundary: list[str] = []
    notes: list[str] = []
    roots = likelihood.roots(standardised)
    start, total = 0, sum(len(block.basis) for block in likelihood.blocks)
    for place, block, root, scale in zip(
        problem.equations, likelihood.blocks, roots, problem.scales, strict=True
    ):
        equation = equations[place]
        own = root @ root
        slopes = np.array([basis @ root + root @ basis for basis in block.basis])
        matrices[place] = own / np.outer(scale, scale)
        at = slice(start, start + len(block.basis))
        start = at.stop
        prefix = f"{equation.level_number}_{equation.equation_number}"
        for kind, row, column in equation.form.labels:
            i, j = row - 1, column - 1
            slope = np.zeros(total)
            if kind == "log_sd":
                name = f"lns{prefix}_{row}"
                deviation = float(np.sqrt(own[i, i]))
                value = float(np.log(max(deviation, 1e-300) / scale[i]))
                if deviation > _BOUNDARY:
                    slope[at] = slopes[:, i, i] / (2 * own[i, i])
                else:
                    boundary.append(name)
                    shown = equation.effects[i]
                    notes.append(
                        f"sd({shown}) of {equation.level} is zero, on the boundary of the parameter space."
                    )
            else:
                name = f"atr{prefix}_{row}_{column}"
                spread = float(np.sqrt(own[i, i] * own[j, j]))
                rho = float(own[i, j]) / spread if spread > 0 else 0.0
                value = float(np.arctanh(np.clip(rho, -1 + 1e-15, 1 - 1e-15)))
                if spread > _BOUNDARY**2 and abs(rho) < 1 - _BOUNDARY:
                    own_slope = slopes[:, i, j] / spread - rho / 2 * (
                        slopes[:, i, i] / own[i, i] + slopes[:, j, j] / own[j, j]
                    )
                    slope[at] = own_slope / (1 - rho**2)
                else:
                    boundary.append(name)
                    notes.append(
                        f"a correlation of {equation.level} is on the boundary of the parameter space."
                    )
            parameters.append(VarianceParameter(name, kind, place, i, j if kind != "log_sd" else 0))
            values.append(value)
            rows.append(slope)
    jacobian = np.array(rows).reshape(len(values), total)
    return Covariances(
        tuple(parameters),
        np.array(values),
        jacobian,
        tuple(matrices),
        tuple(boundary),
        tuple(dict.fromkeys(notes)),
    )


def fit(
    specification: MixedSpecification,
    problem: Problem,
    request: Request,
    simple: Maximum,
    progress: Progress | None,
) -> Estimates:
    """Maximise the likelihood; return e() without its mark.

    Raises
    ------
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    likelihood = replace(problem.likelihood, initial=start_of(problem, simple))
    shown = None
    if progress is not None:
        shown = lambda number, value, remark: progress(number, value + problem.constant, remark)  # noqa: E731
    best = maximise(likelihood, shown, request.limits)
    found = covariances_of(specification, problem, best.standardised)
    coefficients = likelihood.coefficients
    carry = np.zeros((coefficients + len(found.values), len(best.standardised)))
    carry[:coefficients, :coefficients] = np.eye(coefficients)
    carry[coefficients:, coefficients:] = found.jacobian
    model_based = carry @ best.covariance @ carry.T
    variance = model_based
    if specification.clusters is not None:
        variance = _sandwich(specification, likelihood, best, carry)
    return _estimates(specification, problem, request, simple, best, found, variance, model_based)


def _sandwich(specification: MixedSpecification, likelihood, best: Maximum, carry: np.ndarray) -> np.ndarray:
    """Return the variance from scores of clusters, M/(M-1) times."""
    clusters = specification.clusters
    assert clusters is not None
    codes = clusters.codes[likelihood.nested.order][likelihood.nested.rows[0].starts]
    scores = likelihood.scores(best.standardised, codes, clusters.count)
    bread = carry @ best.covariance @ np.linalg.inv(likelihood.transform).T
    whole = bread @ (scores.T @ scores) @ bread.T * (clusters.count / (clusters.count - 1))
    return (whole + whole.T) / 2


def _estimates(
    specification: MixedSpecification,
    problem: Problem,
    request: Request,
    simple: Maximum,
    best: Maximum,
    found: Covariances,
    variance: np.ndarray,
    model_based: np.ndarray,
) -> Estimates:
    description = specification.description
    terms, cuts = description.terms, problem.likelihood.response.cuts
    k, p = len(terms), problem.likelihood.X.shape[1]
    places = [place for place, term in enumerate(terms) if not term.status]
    places += range(k, k + cuts + len(found.values))
    size = k + cuts + len(found.values)
    b = np.zeros(size)
    b[places] = np.concatenate([best.parameters[: p + cuts], found.values])
    V, V_model = np.zeros((size, size)), np.zeros((size, size))
    V[np.ix_(places, places)] = variance
    V_model[np.ix_(places, places)] = model_based
    clusters = specification.clusters
    robust = None
    if clusters is not None:
        robust = RobustVariance(clusters.kind, clusters.name, clusters.count, V, V_model)
    result = MultilevelResult(
        description,
        b[:k],
        V[:k, :k],
        found.parameters,
        found.values,
        V[k + cuts :, k + cuts :],
        found.matrices,
        1.0,
        found.notes,
        None,
        robust,
        specification.resolved,
        command=request.command,
        cuts=b[k : k + cuts],
        cut_covariance=V[k : k + cuts, k : k + cuts],
        levels=problem.levels,
        points=problem.likelihood.points,
        standardised=best.standardised,
        trials=request.trials,
        offset=request.offset,
    )
    names = [f"{description.depvar}:{term.name}" for term in terms]
    names += [f"cut{number}:_cons" for number in range(1, cuts + 1)]
    names += [f"{parameter.name}:_cons" for parameter in found.parameters]
    matrices = {"b": Matrix(b[None, :], ["y1"], names), "V": Matrix(V, list(names), list(names))}
    if robust is not None:
        matrices["V_modelbased"] = Matrix(V_model, list(names), list(names))
    levels = description.levels
    columns = [f"c{place}" for place in range(1, len(levels) + 1)]
    for name, values in (
        ("N_g", [level.n_groups for level in levels]),
        ("g_min", [level.smallest for level in levels]),
        ("g_avg", [level.average for level in levels]),
        ("g_max", [level.largest for level in levels]),
    ):
        matrices[name] = Matrix(np.array([values], dtype=np.float64), ["r1"], list(columns))
    scalars = _scalars(problem, simple, best, result, V)
    return Estimates(scalars, _macros(request, result), matrices, payload=result)


def _scalars(
    problem: Problem, simple: Maximum, best: Maximum, result: MultilevelResult, V: np.ndarray
) -> dict[str, float]:
    description = result.description
    slopes = [place for place, term in enumerate(description.terms) if term.parts and not term.status]
    chi2 = joint_statistic(result.beta[slopes], result.beta_covariance[np.ix_(slopes, slopes)])
    chi2 = chi2 if np.isfinite(chi2) and slopes else MISSING
    kinds = [parameter.kind for parameter in result.parameters]
    k_f = sum(not term.status for term in description.terms) + len(result.cuts)
    scalars = {
        "N": float(description.n_obs),
        "k": float(k_f + len(kinds)),
        "k_f": float(k_f),
        "k_r": float(len(kinds)),
        "k_rs": float(sum(kind == "log_sd" for kind in kinds)),
        "k_rc": float(sum(kind != "log_sd" for kind in kinds)),
        "df_m": float(len(slopes)),
        "ll": best.log_likelihood + problem.constant,
        "chi2": chi2,
        "p": chi2_tail(chi2, len(slopes)) if chi2 < MISSING else MISSING,
        "rank": float(np.count_nonzero(np.diag(V) > 0)),
        "rc": 0.0 if best.converged else 430.0,
        "ic": float(len(best.history) - 1),
        "converged": float(best.converged),
    }
    if result.cuts.size:
        scalars["k_cat"] = float(len(result.levels))
    if result.robust is None:
        df = len(kinds)
        gain = best.log_likelihood - simple.log_likelihood
        statistic = 2 * gain if gain > 1e-10 * abs(simple.log_likelihood) else 0.0
        tail = chi2_tail(statistic, df)
        if df == 1:
            tail = tail / 2 if statistic > 0 else 1.0
        scalars |= {
            "ll_c": simple.log_likelihood + problem.constant,
            "chi2_c": statistic,
            "df_c": float(df),
            "p_c": tail,
        }
    elif result.robust.cluster:
        scalars["N_clust"] = float(result.robust.n_clusters)
    return scalars


def _macros(request: Request, result: MultilevelResult) -> dict[str, str]:
    kind, description = result.kind, result.description
    equations = description.equations
    several = len({equation.level for equation in equations if equation.effects}) > 1
    method = "laplace" if result.points == 1 or several else "mcaghermite"
    macros = {
        "cmd": request.command,
        "cmdline": request.cmdline,
        "depvar": description.depvar,
        "ivars": " ".join(equation.level for equation in equations),
        "title": kind.title,
        "model": kind.simple.split()[0],
        "link": kind.link,
        "family": {"binomial": "binomial", "counts": "poisson", "ordered": "ordinal"}[kind.family],
        "redim": " ".join(str(equation.dimension) for equation in equations),
        "vartypes": " ".join(equation.structure.capitalize() for equation in equations),
        "revars": " ".join(name for equation in equations for name in equation.effects),
        "binomial": request.trials,
        "offset": request.offset,
        "intmethod": method,
        "n_quad": str(1 if method == "laplace" else result.points),
        "chi2type": "Wald",
        "vce": "oim" if result.robust is None else result.robust.kind,
        "vcetype": "" if result.robust is None else "Robust",
        "clustvar": "" if result.robust is None else result.robust.cluster,
        "method": "ML",
        "opt": "ml",
        "technique": "nr",
        "properties": "b V",
        "predict": f"{request.command}_p",
    }
    return {name: text for name, text in macros.items() if text}
