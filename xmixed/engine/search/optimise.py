"""Maximising the profiled log likelihood: Newton, BFGS and DFP with Stata's stopping rules.

Newton steps come from the eigenvalues of the negative Hessian in units of each parameter's own size:
concave directions get Newton's step, convex ones the same with the sign of the curvature turned
round, flat ones none, so that a likelihood without a maximum ends the search instead of wandering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from xmixed.engine.covariance.blocks import user_mapping
from xmixed.engine.covariance.metrics import Parameterization
from xmixed.engine.model import Options
from xmixed.engine.result import Iteration, IterationDetail, Verdict
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.stopping import (
    QUIET,
    goes_astray,
    is_held,
    is_long,
    is_near_face,
    is_spent,
    stands_still,
)

# Curvature of the log likelihood per relative change of a parameter below which it is flat.
_FLAT = 1e-6
_RESIDUAL_STEP = 1.0
_HALVINGS = 40
_POLISH_STEPS = 40

Trial = tuple[float, float]
"""A step length that the line search tried, and the log likelihood there."""


class State(NamedTuple):
    """A point in the optimisation metric with exact derivatives."""

    theta: np.ndarray
    point: Point
    gradient: np.ndarray
    hessian: np.ndarray


class Step(NamedTuple):
    """A direction of ascent, the shape of the surface there, and the scaled gradient g'(-H)^{-1}g.

    `curvatures`: eigenvalues of the negative Hessian per relative change of the parameters, in order.
    """

    direction: np.ndarray
    concave: bool
    flat: bool
    scaled_gradient: float
    curvatures: np.ndarray = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """How the logged iterations ended."""

    state: State
    iterations: tuple[Iteration, ...]
    verdict: Verdict
    scaled_gradient: float

    def is_lost(self, objective: Objective, since: int = 0) -> bool:
        """Whether it has taken long, since an iteration, and ended where there is still something to gain."""
        if self.verdict == "converged" or not self.scaled_gradient > QUIET:
            return False
        return is_long(self.iterations[since:]) or is_spent(objective)


class Surface:
    """The objective in one parameterization."""

    def __init__(self, objective: Objective, metric: Parameterization) -> None:
        self.objective = objective
        self.metric = metric
        self.units = _units(objective) if metric.has_units else None
        # A phase begins at the point where the one before ended.
        self._latest: tuple[State, bool] | None = None
        self._latest_step: tuple[State, Step] | None = None

    def theta(self, point: Point) -> np.ndarray:
        """Parameters of the point's blocks, then the residual ones, (k-1,)."""
        specs = zip(self.objective.problem.blocks, point.blocks, strict=True)
        return np.concatenate([*(self.metric.inverse(b.structure, psi) for b, psi in specs), point.rho])

    def blocks(self, theta: np.ndarray) -> tuple[np.ndarray, ...]:
        """Blocks K Sigma K'/sigma_e^2 at the parameters."""
        specs = zip(self.objective.problem.blocks, self.objective.slices, strict=True)
        return tuple(b.structure.matrix(self.metric.value(b.structure, theta[part])) for b, part in specs)

    def point(self, theta: np.ndarray) -> Point:
        """The log likelihood at the parameters."""
        return self.objective.point(self.blocks(theta), theta[self.objective.block_count :])

    def state(self, theta: np.ndarray, point: Point, refined: bool = False) -> State:
        """Exact gradient and Hessian in this metric; `refined`: see `Objective.derivatives`."""
        found = self._formed(theta, point, refined)
        self._latest = found, refined
        return found

    def at(self, point: Point, refined: bool = False) -> State:
        """The state of a point, which may be the one formed last."""
        if self._latest is not None and self._latest[0].point is point and self._latest[1] == refined:
            return self._latest[0]
        return self.state(self.theta(point), point, refined)

    def step(self, state: State) -> Step:
        """Newton's step from a state, all parameters being free."""
        if self._latest_step is None or self._latest_step[0] is not state:
            self._latest_step = state, newton_step(state, self.sizes(state.theta))
        return self._latest_step[1]

    def _formed(self, theta: np.ndarray, point: Point, refined: bool) -> State:
        g_nu, H_nu = self.objective.second_order(point, refined)
        blocks, k = self.objective.problem.blocks, len(theta)
        if len(blocks) == 1 and not self.objective.residual_count:
            mapping = self.metric.mapping(blocks[0].structure, theta)
            jacobian, bend = mapping.jacobian, mapping.bent(g_nu)
        else:
            jacobian, bend = np.eye(k), np.zeros((k, k))
            for block, part in zip(blocks, self.objective.slices, strict=True):
                mapping = self.metric.mapping(block.structure, theta[part])
                jacobian[part, part] = mapping.jacobian
                bend[part, part] = mapping.bent(g_nu[part])
        return State(theta, point, jacobian.T.dot(g_nu), jacobian.T.dot(H_nu).dot(jacobian) + bend)

    def sizes(self, theta: np.ndarray) -> np.ndarray:
        """What counts as a change of order one of each parameter."""
        sizes, count = np.ones(len(theta)), self.objective.block_count
        if self.units is not None:
            sizes[:count] = np.maximum(np.abs(theta[:count]), self.units)
        if self.objective.whitening is not None:
            sizes[count:] = self.objective.whitening.sizes(theta[count:])
        return sizes


def _units(objective: Objective) -> np.ndarray:
    """Square roots of the Psi whose effect on a group equals the residual's."""
    parts = [np.zeros(0)]
    for block in objective.problem.blocks:
        products = objective.problem.products.levels[block.position].ZtZ
        gram = block.to_working.T @ products.sum(axis=2) @ block.to_working
        information = np.maximum(gram.diagonal() / products.shape[2], 1e-300)
        unit = np.minimum(1.0 / np.sqrt(information), 1e100)
        parts.append(block.structure.spread(unit))
    return np.concatenate(parts)


def flatness(values: np.ndarray) -> float:
    """Eigenvalues of the scaled Hessian, in order, up to this size count as zero."""
    return max(_FLAT, 1e-12 * max(-float(values[0]), float(values[-1]))) if len(values) else _FLAT


def newton_step(
    state: State, sizes: np.ndarray, free: np.ndarray | None = None, difficult: bool = False
) -> Step:
    """Newton's direction with turned-round convex directions; `free` masks what may move.

    `difficult`: steepest ascent in the convex directions, as long as the steepest of all curvatures allows.
    Where derivatives cannot be computed there is no direction.
    """
    g, H = state.gradient * sizes, -state.hessian * sizes * sizes[:, None]
    if free is not None:
        g, H = g[free], H[np.ix_(free, free)]
    if not len(g):
        return Step(np.zeros(len(sizes)), True, False, 0.0)
    if not (np.isfinite(g).all() and np.isfinite(H).all()):
        return Step(np.zeros(len(sizes)), False, True, float("nan"))
    values, vectors = np.linalg.eigh((H + H.T) / 2)
    along, threshold = g.dot(vectors), flatness(values)
    flat, curvature = None, values
    if not values[0] > threshold:
        flat = np.abs(values) <= threshold
        curvature = np.where(flat, np.inf, np.abs(values))
    newton = moved = along / curvature
    if difficult and flat is not None:
        moved = along / np.where(values < 0, np.abs(values).max(), curvature)
        moved[flat] = 0.0
    move = vectors.dot(moved)
    if free is not None:
        whole = np.zeros(len(sizes))
        whole[free] = move
        move = whole
    is_flat = flat is not None and bool(flat.any())
    return Step(move * sizes, flat is None, is_flat, float(along.dot(newton)), values)


def search(
    surface: Surface,
    start: Point,
    options: Options,
    report: Callable[[Iteration], None],
    limited: bool = False,
    along_edge: bool = True,
) -> Search:
    """Iterate as the options say, reporting each iteration; stops honestly.

    `limited`: no further than a fit's work allows. `along_edge`: creep along the edge where Lambda is
    singular, too.
    """
    point, state = start, surface.at(start)
    wanted = options.detail
    first = detail(surface, state, None, ()) if wanted else None
    iterations = [Iteration(0, point.log_likelihood, detail=first)]
    report(iterations[0])
    techniques = _techniques(options.technique)
    inverse: np.ndarray | None = None
    check: Step | None = None
    for number in range(1, options.iterate + 1):
        technique = next(techniques)
        step = check
        if step is None or options.difficult:
            sizes = surface.sizes(state.theta)
            step = newton_step(state, sizes, None, True) if options.difficult else surface.step(state)
        if technique == "nr":
            direction, inverse = step.direction, None
        else:
            inverse = _first_inverse(state, surface) if inverse is None else inverse
            direction = inverse @ state.gradient
        trials: list[Trial] = []
        found = _line_search(surface, state, direction, technique == "nr" and not step.concave, trials)
        if found is None and technique != "nr":
            inverse, found = None, _line_search(surface, state, step.direction, not step.concave, trials)
        if found is None:
            shown = detail(surface, state, state, trials) if wanted else None
            return _stuck(state, iterations, report, step, number, shown)
        theta, point, backed_up = found
        new = surface.state(theta, point)
        if inverse is not None:
            inverse = _update(inverse, theta - state.theta, state.gradient - new.gradient, technique)
        ll_change = abs(point.log_likelihood - state.point.log_likelihood)
        shown = detail(surface, new, state, trials) if wanted else None
        not_concave = not step.concave and technique == "nr"
        entry = Iteration(number, point.log_likelihood, not_concave, backed_up, shown)
        iterations.append(entry)
        report(entry)
        moved = _moved(state.theta, theta)
        small = moved <= options.tolerance or ll_change <= options.ltolerance * abs(point.log_likelihood)
        rectified = _rectify(surface, theta, point)
        state = new if rectified is None else surface.state(*rectified)
        if _runs_away(surface, point):
            return Search(state, tuple(iterations), "residual_zero", float("nan"))
        check = surface.step(state)
        if small and (not options.use_nrtolerance or _quiet(check, options)):
            return Search(state, tuple(iterations), "converged", check.scaled_gradient)
        held = not along_edge and is_held(iterations) and is_near_face(surface.objective, point)
        astray = surface.objective.residual_count and goes_astray(iterations)
        spent = limited and is_spent(surface.objective)
        if held or astray or spent or stands_still(iterations):
            return Search(state, tuple(iterations), "no_progress", check.scaled_gradient)
    if check is None:
        check = surface.step(state)
    return Search(state, tuple(iterations), "iteration_limit", check.scaled_gradient)


def _runs_away(surface: Surface, point: Point) -> bool:
    """Whether the residual variance goes to zero: the random effects explain every observation."""
    return surface.objective.variance(point) < surface.objective.problem.least_variance


def _quiet(step: Step, options: Options) -> bool:
    return step.concave and step.scaled_gradient < options.nrtolerance


def _moved(old: np.ndarray, new: np.ndarray) -> float:
    """Stata's relative change of the parameters."""
    return float(np.max(np.abs(new - old) / (1.0 + np.abs(old)), initial=0.0))


def detail(surface: Surface, state: State, before: State | None, trials: Sequence[Trial]) -> IterationDetail:
    """What the iteration log may show of a state, in the metric of the user's columns.

    `before`: the state that the iteration started from; None at the starting point.
    """
    objective, metric = surface.objective, surface.metric
    g_nu, H_nu = objective.second_order(state.point)
    k = len(g_nu)
    theta, jacobian, bend = np.zeros(k), np.eye(k), np.zeros((k, k))
    theta[objective.block_count :] = state.point.rho
    parts = zip(objective.problem.blocks, state.point.blocks, objective.slices, strict=True)
    for block, psi, part in parts:
        theta[part], mapping = user_mapping(block, psi, metric)
        jacobian[part, part] = mapping.jacobian
        bend[part, part] = mapping.bent(g_nu[part])
    tolerance = ltolerance = float("nan")
    if before is not None:
        ll = state.point.log_likelihood
        tolerance = _moved(before.theta, state.theta)
        ltolerance = abs(ll - before.point.log_likelihood) / max(abs(ll), 1e-300)
    return IterationDetail(
        theta,
        jacobian.T @ g_nu,
        jacobian.T @ H_nu @ jacobian + bend,
        tuple(trials),
        tolerance,
        ltolerance,
        surface.step(state).scaled_gradient,
    )


def _stuck(
    state: State,
    iterations: list[Iteration],
    report: Callable[[Iteration], None],
    step: Step,
    number: int,
    shown: IterationDetail | None,
) -> Search:
    """No direction rises any more: at a maximum to rounding, or on a flat or convex surface."""
    entry = Iteration(number, state.point.log_likelihood, not step.concave, False, shown)
    report(entry)
    quiet = step.scaled_gradient < QUIET
    verdict: Verdict = "converged" if quiet and step.concave else "not_concave" if quiet else "no_progress"
    return Search(state, (*iterations, entry), verdict, step.scaled_gradient)


def _techniques(schedule: tuple[tuple[str, int], ...]) -> Iterator[str]:
    """The technique of each iteration; a lone one or a zero count lasts for ever."""
    while True:
        for name, count in schedule:
            if count <= 0 or len(schedule) == 1:
                while True:
                    yield name
            for _ in range(count):
                yield name


def _line_search(
    surface: Surface, state: State, direction: np.ndarray, extend: bool, trials: list[Trial] | None = None
) -> tuple[np.ndarray, Point, bool] | None:
    """Halve the step until the log likelihood does not fall; `extend` doubles it while it rises.

    `trials` takes note of what was tried.
    """
    noted: list[Trial] = [] if trials is None else trials
    ll = state.point.log_likelihood
    slack = 1e-14 * abs(ll)
    direction = _bounded(surface, state, direction)
    longest = _longest_step(surface, state, direction)
    length, halvings = min(1.0, longest), 0
    while True:
        theta = state.theta + length * direction
        if np.array_equal(theta, state.theta):
            return None
        point = surface.point(theta)
        noted.append((length, point.log_likelihood))
        if point.log_likelihood >= ll - slack:
            break
        length, halvings = length / 2, halvings + 1
        if halvings == _HALVINGS:
            return None
    while extend and not halvings and 2 * length <= longest:
        longer = state.theta + 2 * length * direction
        further = surface.point(longer)
        noted.append((2 * length, further.log_likelihood))
        if not further.log_likelihood > point.log_likelihood + slack:
            break
        theta, point, length = longer, further, 2 * length
    if extend and not point.log_likelihood > ll:
        return None
    return theta, point, halvings > 0


def climbed_step(surface: Surface, state: State, step: Step) -> State | None:
    """Where a line search along Newton's direction ends; None where nothing rises."""
    found = _line_search(surface, state, step.direction, not step.concave)
    if found is None:
        return None
    theta, point, _ = found
    return surface.state(*(_rectify(surface, theta, point) or (theta, point)))


def _bounded(surface: Surface, state: State, direction: np.ndarray) -> np.ndarray:
    """The direction with the residual parameters of each by() group held to the longest step they may take.

    Many groups have little to do with each other: one that runs away must not hold up the others.
    """
    whitening, first = surface.objective.whitening, surface.objective.block_count
    if whitening is None or whitening.residual.residuals.n_by == 1:
        return direction
    lengths = np.zeros(whitening.residual.residuals.n_by)
    relative = np.abs(direction / surface.sizes(state.theta))[first:]
    np.maximum.at(lengths, whitening.groups, relative)
    bounded = direction.copy()
    bounded[first:] /= np.maximum(1.0, lengths / _RESIDUAL_STEP)[whitening.groups]
    return bounded if bounded @ state.gradient > 0.0 else direction


def _longest_step(surface: Surface, state: State, direction: np.ndarray) -> float:
    """How many times the direction a step may be.

    Residual parameters move by their size at the most: from one quadratic model they would run to where the
    correlations are at their limits and nothing slopes any more.
    """
    relative = np.abs(direction / surface.sizes(state.theta))[surface.objective.block_count :]
    return min(1e6, _RESIDUAL_STEP / max(float(relative.max(initial=0.0)), 1e-300))


def _rectify(surface: Surface, theta: np.ndarray, point: Point) -> tuple[np.ndarray, Point] | None:
    """The positive semidefinite root of the same Psi, where `theta` is another root."""
    root = surface.theta(point)
    if bool((np.abs(root - theta) <= 1e-12 + 1e-9 * np.abs(theta)).all()):
        return None
    return root, point


def _first_inverse(state: State, surface: Surface) -> np.ndarray:
    """Quasi-Newton methods start from the size of the Hessian's diagonal."""
    diagonal = np.abs(state.hessian.diagonal())
    floor = _FLAT / surface.sizes(state.theta) ** 2
    return np.diag(1.0 / np.maximum(diagonal, floor))


def _update(inverse: np.ndarray, moved: np.ndarray, turned: np.ndarray, technique: str) -> np.ndarray:
    """BFGS or DFP update of (-H)^{-1} from the last step and the fall of the gradient."""
    curvature = float(moved @ turned)
    if not curvature > 1e-14 * float(np.linalg.norm(moved) * np.linalg.norm(turned)):
        return inverse
    image = inverse @ turned
    if technique == "dfp":
        quadratic = float(turned @ image)
        return inverse + np.outer(moved, moved) / curvature - np.outer(image, image) / quadratic
    left = np.eye(len(moved)) - np.outer(moved, turned) / curvature
    return left @ inverse @ left.T + np.outer(moved, moved) / curvature


def polish(surface: Surface, start: Point, free: np.ndarray | None = None) -> State:
    """Newton steps until the gradient is at rounding level; never leaves a better point behind."""
    state = surface.at(start)
    step = surface.step(state) if free is None else newton_step(state, surface.sizes(state.theta), free)
    # The square root of the scaled gradient is the distance to the maximum in standard errors. Where an
    # evaluation is dear, standard errors are small beside the estimates: seven digits of them are plenty.
    enough = 1e-14 if surface.objective.is_dear else 1e-28
    idle = 0
    for _ in range(_POLISH_STEPS):
        if step.scaled_gradient < enough or idle == 2:
            break
        ll = state.point.log_likelihood
        found = _polish_move(surface, state, step)
        if found is None:
            break
        new = surface.state(*found)
        following = surface.step(new) if free is None else newton_step(new, surface.sizes(new.theta), free)
        better = following.scaled_gradient < 0.25 * step.scaled_gradient
        rises = new.point.log_likelihood > ll + 1e-12 * abs(ll)
        idle = 0 if better or rises else idle + 1
        if following.scaled_gradient < step.scaled_gradient or rises:
            state, step = new, following
        else:
            break
    return state


def _polish_move(surface: Surface, state: State, step: Step) -> tuple[np.ndarray, Point] | None:
    """A full step judged by more than rounding of the log likelihood, or a line search."""
    ll = state.point.log_likelihood
    theta = state.theta + step.direction
    point = surface.point(theta)
    if step.concave and point.log_likelihood >= ll - 1e-12 * max(1.0, abs(ll)):
        return _rectify(surface, theta, point) or (theta, point)
    if step.concave and step.scaled_gradient < 1e-13 * max(1.0, abs(ll)):
        return None  # what is to be gained is rounding of the log likelihood
    found = _line_search(surface, state, step.direction, not step.concave)
    if found is None:
        return None
    theta, point, _ = found
    return _rectify(surface, theta, point) or (theta, point)
