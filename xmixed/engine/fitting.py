"""Fitting: the order of the phases, and the verdict on where they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from xmixed.engine.covariance.metrics import MatrixSquareRoot, parameterization
from xmixed.engine.covariance.structures import covariance_structure
from xmixed.engine.errors import InvalidStart
from xmixed.engine.model import Model, Options
from xmixed.engine.prepare import prepare
from xmixed.engine.problem import Problem
from xmixed.engine.products.enclosing import members
from xmixed.engine.products.weight_scale import fit_at_scale, progress_at_scale
from xmixed.engine.residuals.structures import residual_parameters
from xmixed.engine.result import (
    BoundaryNote,
    EMStep,
    Fit,
    Iteration,
    Optimization,
    Parameter,
    PhaseStarted,
    Progress,
    Regression,
    Verdict,
)
from xmixed.engine.scores import cluster_scores, refuse_scores, sandwich_parts, user_scores
from xmixed.engine.search.afresh import allowed, ways_afresh
from xmixed.engine.search.ascent import FAR_UP, Ascent, climb, is_final
from xmixed.engine.search.boundary import Boundary, no_boundary, settle, unseen_lags
from xmixed.engine.search.em import em, start_blocks, worthwhile_steps
from xmixed.engine.search.faces import at_edge, extrapolated, leave_corner, step_along
from xmixed.engine.search.local_maxima import least_gain
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.optimise import (
    State,
    Surface,
    detail,
    newton_step,
)
from xmixed.engine.search.origin import Prepared, from_nearby
from xmixed.engine.search.ridges import (
    level_parameters,
    really_unidentified,
    residual_notes,
    unidentified,
)
from xmixed.engine.search.rounding import near_singular, rounding_notes, surely_open
from xmixed.engine.search.separate_levels import are_separate, separate_start
from xmixed.engine.search.standard_errors import flat_blocks, parameter_covariance
from xmixed.engine.search.starting import absolute, completed, metric_blocks, split
from xmixed.engine.search.stopping import QUIET, is_near_face
from xmixed.engine.user_units import (
    block_parameters,
    centred_covariance,
    covariances,
    fixed_effects,
    regression,
    relative_estimates,
)

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Maximum:
    """Where the phases ended, before the way back to the user's units."""

    point: Point
    boundary: Boundary
    optimization: Optimization
    variance: float | None = None  # sigma_e^2, working units, where it is not the profiled one


_DEFAULTS = Options()
# A gain beside which rounding errors next to a singular matrix are small.
_CLEARLY = 1e-4
# At a point with more slope nothing is said of what the data do not identify.
_STEEP = 1e-2


def fit(model: Model, options: Options = _DEFAULTS, progress: Report | None = None) -> Fit:
    """Fit a linear mixed model by ML or REML.

    Parameters
    ----------
    model : Model
    options : Options
    progress : callable or None
        Called with each `Progress` event as it happens.

    Raises
    ------
    EngineError
        One of its subclasses, where the data admit no fit.
    """
    report: Report = progress if progress is not None else _silent
    if options.clusters is not None:
        refuse_scores(model)

    def prepared(y: np.ndarray) -> Problem:
        return prepare(replace(model, y=y), options.clusters is not None, options.relative_weights)

    problem = prepared(model.y)
    objective, scale = Objective(problem), problem.weight_scale
    if scale != 1.0:
        given = report
        report = lambda event: given(progress_at_scale(event, scale))  # noqa: E731
    with np.errstate(all="ignore"):
        objective, maximum = _maximise(objective, options, report, prepared)
        result = _result(model, objective, maximum, options, report)
        if options.clusters is not None:
            result = _with_scores(result, objective, maximum.point, options.clusters)
        if _serves_again(objective.problem):
            result = replace(result, prepared=problem)
        return result if scale == 1.0 else fit_at_scale(result, scale)


def _serves_again(problem: Problem) -> bool:
    """Whether evaluations may begin with a fit's problem: it is small, and the one they would make."""
    plain = problem.weights is None and problem.residual is None and problem.model.cells is None
    return plain and problem.crossed is None and problem.origin is None


def _with_scores(found: Fit, objective: Objective, point: Point, clusters: tuple[np.ndarray, int]) -> Fit:
    at, problem = split(objective, found.estimates), objective.problem
    scores = cluster_scores(objective, point, at.relative, at.variance, clusters)
    parts = sandwich_parts(problem, scores, point.up.factor, at.variance, found.parameter_covariance)
    return replace(found, scores=user_scores(problem, scores), sandwich=parts)


def fit_problem(model: Model, problem: Problem, options: Options) -> Fit:
    """Fit what has been prepared; `model` is the user's. Raises EngineError."""
    objective = Objective(problem)
    with np.errstate(all="ignore"):
        _, maximum = _maximise(objective, options, _silent, None)
        return _result(model, objective, maximum, options, _silent)


def linear_regression(model: Model) -> Regression:
    """Linear regression of the model's y on its X by the same method; levels and residuals are ignored."""
    problem = prepare(Model(model.y, model.fixed, (), model.method, weights=model.weights, cells=model.cells))
    return regression(problem)


def parameters_of(model: Model) -> tuple[Parameter, ...]:
    """The free parameters of a model in the estimation metric, in e(b) order."""
    result: list[Parameter] = []
    for number, level in enumerate(model.levels, 1):
        for i, equation in enumerate(level.equations, 1):
            q = len(equation.columns) if members(level) == 1 else 2
            for kind, row, column in covariance_structure(equation.structure, q).labels:
                result.append(Parameter(kind, number, i, row, column))
    residual = () if model.residuals is None else residual_parameters(model.residuals)
    return (*result, Parameter("log_sd_residual", 0, 0, 0, 0), *residual)


def _silent(event: Progress) -> None:
    """Report to nobody."""


def _maximise(
    objective: Objective, options: Options, report: Report, prepared: Prepared | None
) -> tuple[Objective, _Maximum]:
    """Where the phases end, and the objective with y measured as it is there (see `from_nearby`)."""
    if not objective.count:
        return objective, _nothing_to_maximise(objective)
    given: float | None = None
    if options.start is not None:
        start_values = split(objective, completed(objective, options.start))
        given, blocks = start_values.variance, metric_blocks(objective, start_values.relative)
        point, em_steps = objective.point(blocks, start_values.rho), 0
        if not np.isfinite(point.log_likelihood):
            raise InvalidStart("the log likelihood cannot be computed at the starting values")
    else:
        report(PhaseStarted("em"))
        point, em_steps = em(
            objective,
            separate_start(objective) if are_separate(objective) else start_blocks(objective),
            options.em_iterations if options.em_only else worthwhile_steps(objective, options.em_iterations),
            options.em_tolerance,
            lambda number, ll: report(EMStep(number, ll)),
        )
    unit = objective.problem.y_scale
    objective, point = from_nearby(objective, point, prepared)
    given = given and given * (unit / objective.problem.y_scale) ** 2
    root = Surface(objective, MatrixSquareRoot())
    usual = options.parameterization == "matsqrt"
    surface = root if usual else Surface(objective, parameterization(options.parameterization))
    start = surface.at(point).theta
    if options.em_only:
        converged = em_steps < options.em_iterations
        state = surface.at(point)
        record = _record(objective, start, state, em_steps, (), "em_only", converged, float("nan"))
        return objective, _Maximum(point, no_boundary(objective), record)
    report(PhaseStarted("gradient"))
    if given is not None and options.iterate == 0:
        return objective, _as_given(surface, point, given, options, report)
    begun = objective
    ascent = climb(root, surface, point, options, report, prepared)
    maximum = _concluded(ascent, start, em_steps)
    if ascent.left is not None and not maximum.optimization.converged:
        lower = replace(ascent.left, found=replace(ascent.left.found, iterations=ascent.found.iterations))
        below = _concluded(lower, start, em_steps)
        if below.optimization.converged:
            below.boundary.notes.append(BoundaryNote("higher_without_maximum"))
        ascent, maximum = lower, below
    if _may_be_elsewhere(begun, ascent, maximum, options) and not is_final(ascent.found):
        surface = Surface(begun, surface.metric)
        onward = partial(climb, options=options, report=report, prepared=prepared, before=ascent.found)
        return _afresh(surface, ascent, maximum, onward)
    return ascent.root.objective, maximum


def _may_be_elsewhere(objective: Objective, end: Ascent, maximum: _Maximum, options: Options) -> bool:
    """Whether it is worth starting afresh: no maximum was found, or one that others are likely to be above.

    That is one below what rises elsewhere, or one at a limit that a search which was given up lay next to.
    A ridge is where the search ends.
    """
    notes = {note.kind for note in maximum.boundary.notes}
    lower = "higher_without_maximum" in notes or end.found.is_lost(end.root.objective)
    missing = not maximum.optimization.converged and "not_identified" not in notes
    return (missing or lower) and options.start is None and allowed(objective) > objective.work


def _afresh(
    surface: Surface, end: Ascent, without: _Maximum, onward: Callable[[Surface, Surface, Point], Ascent]
) -> tuple[Objective, _Maximum]:
    """A maximum above where the search ended without one, from other points; else where it ended.

    `surface`: of the problem as it was before the search; `onward` climbs from a point.
    """
    objective, ended = surface.objective, without.optimization
    objective.goes_on_from(end.root.objective)
    most, level = allowed(objective), _CLEARLY + least_gain(without.point.log_likelihood)
    # Where there are no derivatives the log likelihood is made of rounding errors.
    floor = without.point.log_likelihood + level if np.isfinite(ended.scaled_gradient) else -np.inf
    for found in ways_afresh(surface, end):
        far = True
        while far and objective.work < most:
            before = found.point.log_likelihood
            found = onward(found.root, found.surface, found.point)
            objective.goes_on_from(found.root.objective)
            maximum = _concluded(found, ended.start, ended.em_iterations)
            if maximum.optimization.converged and _is_above(found.root.objective, maximum.point, floor):
                return found.root.objective, maximum
            far = maximum.point.log_likelihood > before + FAR_UP
        again = abs(found.point.log_likelihood - without.point.log_likelihood) < level
        if objective.work > most or (again and not ended.converged):
            break
    return end.root.objective, without


def _is_above(objective: Objective, point: Point, floor: float) -> bool:
    """Whether the log likelihood is above, not by rounding alone."""
    gain = point.log_likelihood - floor
    return gain > 0.0 and gain > surely_open(objective, point)


def _concluded(ascent: Ascent, start: np.ndarray, em_steps: int) -> _Maximum:
    """The verdict on where the search ended."""
    root, found, point, boundary = ascent.root, ascent.found, ascent.point, ascent.boundary
    objective = root.objective
    if is_final(found):
        point, boundary = found.state.point, settle(objective, found.state.point)[1]
        if found.verdict == "residual_zero":
            boundary.notes.append(BoundaryNote("residual_variance_zero"))
        state, scaled, met = found.state, found.scaled_gradient, found.verdict == "converged"
        record = _record(objective, start, state, em_steps, found.iterations, found.verdict, met, scaled)
        return _Maximum(point, boundary, record)
    inside = _is_maximum(root, point, boundary) and not near_singular(objective, point)
    if not ascent.followed and is_near_face(objective, point) and not inside:
        point, there = leave_corner(root, point)
        boundary = there or settle(objective, point)[1]
    return _judge(objective, root, ascent.surface, start, point, boundary, em_steps, found.iterations)


def _is_maximum(root: Surface, point: Point, boundary: Boundary) -> bool:
    state = root.at(point)
    step = newton_step(state, root.sizes(state.theta), ~boundary.fixed)
    return step.concave and step.scaled_gradient < QUIET


def _as_given(surface: Surface, point: Point, variance: float, options: Options, report: Report) -> _Maximum:
    """Starting values are the result: no iteration was allowed; sigma_e stays as it was given."""
    objective = surface.objective
    point = point._replace(log_likelihood=objective.free_log_likelihood(point.up, variance))
    state = surface.state(surface.theta(point), point)
    shown = detail(surface, state, None, ()) if options.detail else None
    entry = Iteration(0, point.log_likelihood, detail=shown)
    report(entry)
    record = _record(objective, state.theta, state, 0, (entry,), "iteration_limit", False, float("nan"))
    return _Maximum(point, no_boundary(objective), record, variance)


def _judge(
    objective: Objective,
    root: Surface,
    surface: Surface,
    start: np.ndarray,
    point: Point,
    boundary: Boundary,
    em_steps: int,
    iterations: tuple[Iteration, ...],
) -> _Maximum:
    """Decide honestly whether this is a maximum."""
    state = root.at(point, refined=not objective.is_exact)
    step = root.step(state)
    concave = step.concave
    if boundary.face is not None:
        step, level = step_along(root, boundary.face.rungs[-1], boundary.fixed)
        boundary.level_count = int(step.flat)
        boundary.notes.extend(unidentified(objective, level))
        concave = step.concave
    elif boundary.notes and (boundary.of_residuals or not (concave and step.scaled_gradient < QUIET)):
        # A zero variance whose slope is zero too is flat in the square root: leave it out of the judgement.
        step = newton_step(state, root.sizes(state.theta), ~boundary.fixed)
        relative = relative_estimates(objective, point, boundary)
        flat = flat_blocks(objective, point, relative, objective.variance(point), boundary)
        concave = flat == []
        blocks = [objective.problem.blocks[index] for index in flat or () if index < len(boundary.null)]
        boundary.notes.extend(BoundaryNote("not_identified", block.level, block.equation) for block in blocks)
        boundary.level_count = len(flat or ())
        if flat and flat[-1] == len(boundary.null):
            free = np.flatnonzero(~boundary.fixed[objective.block_count :])
            boundary.notes.extend(residual_notes(objective, free))
    elif not (concave and step.scaled_gradient < QUIET) and at_edge(objective, point):
        boundary.notes.append(BoundaryNote("residual_near_singular"))
    elif step.scaled_gradient < _STEEP:
        level, boundary.level_count = level_parameters(root, state)
        boundary.notes.extend(unidentified(objective, level))
        concave = concave and not level.any()
    converged = concave and step.scaled_gradient < QUIET
    verdict: Verdict = "converged" if converged else "not_concave" if not concave else "no_progress"
    open_ended = boundary.of_residuals or near_singular(objective, point)
    if not converged or objective.problem.origin is not None or open_ended:
        boundary.notes.extend(rounding_notes(objective, point))
    shown = state if surface is root else surface.at(point)
    record = _record(objective, start, shown, em_steps, iterations, verdict, converged, step.scaled_gradient)
    return _Maximum(point, boundary, record)


def _record(
    objective: Objective,
    start: np.ndarray,
    state: State,
    em_steps: int,
    iterations: tuple[Iteration, ...],
    verdict: Verdict,
    converged: bool,
    scaled_gradient: float,
) -> Optimization:
    return Optimization(
        start=start,
        estimates=state.theta,
        gradient=state.gradient,
        hessian=state.hessian,
        em_iterations=em_steps,
        iterations=iterations,
        evaluations=objective.sweeps.evaluations,
        converged=converged,
        return_code=0 if converged or verdict == "em_only" else 430,
        verdict=verdict,
        scaled_gradient=scaled_gradient,
    )


def _nothing_to_maximise(objective: Objective) -> _Maximum:
    empty, square = np.zeros(0), np.zeros((0, 0))
    record = Optimization(empty, empty, empty, square, 0, (), 1, True, 0, "no_parameters", 0.0)
    return _Maximum(objective.point(()), no_boundary(objective), record)


def _parameter_covariance(
    objective: Objective, point: Point, relative: np.ndarray, variance: float, boundary: Boundary
) -> np.ndarray | None:
    """See `parameter_covariance`; on a face, the limit of those on the way to it."""
    if boundary.face is None:
        return parameter_covariance(objective, point, relative, variance, boundary)
    found = []
    for rung in boundary.face.rungs:
        relative = relative_estimates(objective, rung.point, boundary)
        at = rung.point, relative, objective.variance(rung.point)
        found.append(parameter_covariance(objective, *at, boundary, rung))
    kept = [matrix for matrix in found if matrix is not None]
    return extrapolated(kept) if len(kept) == len(found) else None


def _result(model: Model, objective: Objective, maximum: _Maximum, options: Options, report: Report) -> Fit:
    problem, point = objective.problem, maximum.point
    variance = objective.variance(point) if maximum.variance is None else maximum.variance
    relative = relative_estimates(objective, point, maximum.boundary)
    residual = np.zeros(0) if objective.whitening is None else objective.whitening.estimates(point.rho)
    log_sigma = 0.5 * np.log(variance) + np.log(problem.y_scale)
    notes = list(maximum.boundary.notes)
    notes += unseen_lags(problem)
    count = len(relative) + 1 + len(residual)
    covariance = np.zeros((count, count))
    if options.standard_errors and not options.em_only:
        report(PhaseStarted("standard_errors"))
        found = _parameter_covariance(objective, point, relative, variance, maximum.boundary)
        if found is None or not found.any():
            notes.append(BoundaryNote("standard_errors_failed"))
        else:
            covariance = found
            notes = really_unidentified(notes, block_parameters(objective), found.diagonal())
    beta, beta_covariance = fixed_effects(problem, point.up.beta, point.up.factor, variance)
    sigma_e = float(np.exp(log_sigma))
    return Fit(
        method="reml" if problem.reml else "ml",
        beta=beta,
        beta_covariance=beta_covariance,
        centers=problem.x_center,
        centred_covariance=centred_covariance(problem, point.up.factor, variance),
        parameters=block_parameters(objective),
        estimates=np.concatenate([absolute(objective, relative, float(log_sigma)), [log_sigma], residual]),
        parameter_covariance=covariance,
        covariances=covariances(model, objective, point, sigma_e),
        sigma_e=sigma_e,
        log_likelihood=point.log_likelihood,
        n_obs=problem.n,
        rank=problem.p,
        comparison=regression(problem),
        optimization=maximum.optimization,
        boundary=tuple(notes),
    )
