"""optimize(): a maximum or minimum of a function that is written in Mata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xmixed.formats import format_value
from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.optimizing.derivatives import (
    NoDerivatives,
    gradient,
    jacobian,
    second_derivatives,
    steps,
)
from xmixed.mata.optimizing.search import Criteria, Found, newton, quasi_newton, simplex
from xmixed.mata.values import (
    VOID_REAL,
    FunctionReference,
    Value,
    array,
    collapsed,
    count,
    number,
    real,
    text,
    vector,
    whole,
)
from xmixed.missing import MISSING, is_missing
from xmixed.statistics.linear.matrix_algebra import symmetric_inverse

TYPES = ("d0", "d1", "d2", "d1debug", "d2debug", "gf0", "gf1", "gf2")
TECHNIQUES = ("nr", "bfgs", "dfp", "nm")
TRACES = ("none", "value", "tolerance", "step", "params", "gradient", "hessian")


@dataclass
class Problem:
    """What `optimize_init()` makes: the function, where to start, how to search, and what was found."""

    evaluator: FunctionReference | None = None
    kind: str = "d0"
    params: np.ndarray | None = None
    which: str = "max"
    technique: str = "nr"
    arguments: dict[int, Value] = field(default_factory=dict)
    tracelevel: str = "value"
    valueid: str = "f(p)"
    iterid: str = "Iteration"
    ptol: float = 1e-6
    vtol: float = 1e-7
    nrtol: float = 1e-5
    maxiter: float = 16_000.0
    ignorenrtol: str = "off"
    warning: str = "on"
    singular: str = "m-marquardt"
    deltas: Value = field(default_factory=lambda: VOID_REAL)
    found: Found | None = None
    scores: np.ndarray | None = None
    code: int = 0


class _Evaluator:
    """The user's function as what is maximised; a minimum is the maximum of its negative."""

    def __init__(self, memory: Any, problem: Problem) -> None:
        if problem.evaluator is None:
            raise MataError(3498, "evaluator function required")
        self.problem, self._name = problem, problem.evaluator.name
        self._function = memory.function(self._name)
        self.sign = 1.0 if problem.which == "max" else -1.0
        self._steps: np.ndarray | None = None
        self._rows = problem.kind.startswith("gf")
        self._order = int(problem.kind.rstrip("debug")[-1])

    def call(self, todo: int, at: np.ndarray) -> list[Value]:
        """Return value, gradient and second derivatives as the function gives them."""
        problem = self.problem
        extra = [
            problem.arguments.get(place, VOID_REAL)
            for place in range(1, max(problem.arguments, default=0) + 1)
        ]
        given = [float(todo), collapsed(at[None, :].copy()), *extra, MISSING, VOID_REAL, VOID_REAL]
        try:
            self._function.call(given)
        except MataError as error:
            raise error.passing(f"{self._name}()") from None
        return given[-3:]

    def value(self, at: np.ndarray) -> float:
        return self.sign * self._total(self.call(0, at)[0])

    def _total(self, value: Value) -> float:
        found = vector(real(value)) if self._rows else np.array([number(value)])
        return float("nan") if is_missing(found).any() else float(np.sum(found))

    def gradient(self, at: np.ndarray) -> np.ndarray:
        if self._order == 0:
            return gradient(self.value, at, self._step(at))
        given = real(self.call(1, at)[1])
        if given.shape[1] != len(at) or not self._rows and given.shape[0] != 1 or is_missing(given).any():
            raise MataError(3200)
        return self.sign * given.sum(axis=0)

    def hessian(self, at: np.ndarray) -> np.ndarray:
        if self._order == 0:
            return second_derivatives(self.value, at, self.value(at), self._step(at))
        if self._order == 1:
            found = jacobian(self.gradient, at, self._step(at))
            return (found + found.T) / 2
        given = real(self.call(2, at)[2])
        if given.shape != (len(at), len(at)) or is_missing(given).any():
            raise MataError(3200)
        return self.sign * given

    def scores(self, at: np.ndarray) -> np.ndarray:
        """Return the gradient of each row of a `gf` evaluator, shape (n, k)."""
        if self._order:
            return real(self.call(1, at)[1])
        return jacobian(lambda point: vector(real(self.call(0, point)[0])), at, self._step(at))

    def _step(self, at: np.ndarray) -> np.ndarray:
        self._steps = steps(self.value, at, self.value(at))
        return self._steps


def _problem(value: Value) -> Problem:
    if not isinstance(value, Problem):
        raise MataError(3259)
    return value


@builtin("optimize_init", 0)
def optimize_init() -> Value:
    return Problem()


def _setting(
    name: str, part: str, read: Callable[[Value], Any], give: Callable[[Any], Value] = lambda x: x
) -> None:
    """A function that sets part of a problem, or returns it."""

    def run(problem: Value, new: Value = None) -> Value:
        found = _problem(problem)
        if new is None:
            return give(getattr(found, part))
        setattr(found, part, read(new))
        return None

    builtin(f"optimize_init_{name}", 1, 2)(run)


def _word(*allowed: str) -> Callable[[Value], str]:
    def read(value: Value) -> str:
        if text(value) not in allowed:
            raise MataError(3498, f"{text(value)} not allowed; one of {' '.join(allowed)} required")
        return text(value)

    return read


def _function(value: Value) -> FunctionReference:
    if not isinstance(value, FunctionReference):
        raise MataError(3257)
    return value


def _row(value: Value) -> np.ndarray:
    found = vector(real(value)).astype(np.float64)
    if is_missing(found).any():
        raise MataError(3351)
    return found


_setting("evaluator", "evaluator", _function)
_setting("evaluatortype", "kind", _word(*TYPES))
_setting(
    "params", "params", _row, lambda found: VOID_REAL if found is None else collapsed(found[None, :].copy())
)
_setting("which", "which", _word("max", "min"))
_setting("technique", "technique", _word(*TECHNIQUES))
_setting("tracelevel", "tracelevel", _word(*TRACES))
_setting("valueid", "valueid", text)
_setting("iterid", "iterid", text)
_setting("conv_ptol", "ptol", number)
_setting("conv_vtol", "vtol", number)
_setting("conv_nrtol", "nrtol", number)
_setting("conv_maxiter", "maxiter", number)
_setting("conv_ignorenrtol", "ignorenrtol", _word("on", "off"))
_setting("conv_warning", "warning", _word("on", "off"))
_setting("singularHmethod", "singular", _word("m-marquardt", "hybrid"))
_setting("nmsimplexdeltas", "deltas", lambda value: value)


@builtin("optimize_init_argument", 2, 3)
def optimize_init_argument(problem: Value, place: Value, new: Value = None) -> Value:
    """Further arguments of the evaluator, between the parameters and the value."""
    found, at = _problem(problem), whole(place)
    if not 1 <= at <= 9:
        raise MataError(3300)
    if new is None:
        return found.arguments.get(at, VOID_REAL)
    found.arguments[at] = new
    return None


# --- searching ---------------------------------------------------------------------------------------


def _run(memory: Any, problem: Problem) -> None:
    """Search; raises MataError r(430) where it cannot begin or go on."""
    if problem.params is None:
        raise MataError(3498, "initial parameter values required")
    evaluator = _Evaluator(memory, problem)
    start = problem.params.copy()
    if not np.isfinite(evaluator.value(start)):
        raise MataError(430, "initial values not feasible")
    criteria = Criteria(
        problem.ptol, problem.vtol, problem.nrtol, count(problem.maxiter), problem.ignorenrtol == "on"
    )

    def tell(iteration: int, value: float, remark: str) -> None:
        if problem.tracelevel != "none":
            shown = format_value(evaluator.sign * value, "%10.0g")
            line = f"{problem.iterid} {iteration}:  {problem.valueid} = {shown}  {remark}"
            memory.session.out.write(line.rstrip())

    try:
        if problem.technique == "nr":
            found = newton(evaluator, start, criteria, tell)
        elif problem.technique == "nm":
            found = simplex(evaluator, start, _deltas(problem, len(start)), criteria, tell)
        else:
            found = quasi_newton(evaluator, start, criteria, tell, problem.technique == "dfp")
        problem.scores = evaluator.scores(found.at) if problem.kind.startswith("gf") else None
    except NoDerivatives:
        message = "could not calculate numerical derivatives -- flat or discontinuous region encountered"
        raise MataError(430, message) from None
    problem.found = found
    if not found.converged and problem.warning == "on" and problem.tracelevel != "none":
        memory.session.out.write("convergence not achieved")


def _deltas(problem: Problem, size: int) -> np.ndarray:
    given = vector(real(problem.deltas)) if array(problem.deltas).size else np.empty(0)
    if len(given) == 1:
        given = np.full(size, given[0])
    if len(given) != size:
        raise MataError(3498, "initial simplex deltas required")
    return given


@builtin("optimize", 1, placed=True)
def optimize(memory: Any, problem: Value) -> Value:
    """Search, and return the parameters."""
    found = _problem(problem)
    _run(memory, found)
    return result_params(found)


@builtin("_optimize", 1, placed=True)
def try_to_optimize(memory: Any, problem: Value) -> Value:
    """Search; returns the return code instead of failing."""
    found = _problem(problem)
    try:
        _run(memory, found)
        found.code = 0
    except MataError as error:
        if error.code != 430:
            raise
        found.code = error.code
    return float(found.code)


@builtin("optimize_evaluate", 1, placed=True)
def optimize_evaluate(memory: Any, problem: Value) -> Value:
    """The value and its derivatives at the parameters, without a search."""
    found = _problem(problem)
    if found.params is None:
        raise MataError(3498, "initial parameter values required")
    evaluator = _Evaluator(memory, found)
    at = found.params
    value = evaluator.value(at)
    try:
        found.found = Found(at, value, evaluator.gradient(at), evaluator.hessian(at), values=[value])
    except NoDerivatives:
        raise MataError(430, "could not calculate numerical derivatives") from None
    return None


# --- results -----------------------------------------------------------------------------------------


def _found(problem: Value) -> tuple[Found, float]:
    """Return what was found, and the sign that a minimum changes."""
    given = _problem(problem)
    if given.found is None:
        raise MataError(3498, "no results: optimize() has not been run")
    return given.found, 1.0 if given.which == "max" else -1.0


@builtin("optimize_result_params", 1)
def result_params(problem: Value) -> Value:
    return collapsed(_found(problem)[0].at[None, :].copy())


@builtin("optimize_result_value", 1)
def result_value(problem: Value) -> Value:
    found, sign = _found(problem)
    return sign * found.value


@builtin("optimize_result_value0", 1)
def result_value0(problem: Value) -> Value:
    found, sign = _found(problem)
    return sign * found.values[0]


@builtin("optimize_result_gradient", 1)
def result_gradient(problem: Value) -> Value:
    found, sign = _found(problem)
    return collapsed(sign * found.gradient[None, :])


@builtin("optimize_result_Hessian", 1)
def result_hessian(problem: Value) -> Value:
    found, sign = _found(problem)
    return collapsed(sign * found.hessian)


@builtin("optimize_result_V optimize_result_V_oim", 1)
def result_variance(problem: Value) -> Value:
    """The inverse of the negative second derivatives."""
    found, _ = _found(problem)
    return collapsed(symmetric_inverse(-found.hessian))


@builtin("optimize_result_scores", 1)
def result_scores(problem: Value) -> Value:
    _found(problem)
    return collapsed(_scores(problem))


def _scores(problem: Value) -> np.ndarray:
    scores = _problem(problem).scores
    if scores is None:
        raise MataError(3498, "scores require an evaluator of type gf")
    return scores


@builtin("optimize_result_V_opg", 1)
def result_opg(problem: Value) -> Value:
    scores = _scores(problem)
    return collapsed(symmetric_inverse(scores.T @ scores))


@builtin("optimize_result_V_robust", 1)
def result_robust(problem: Value) -> Value:
    """The sandwich, with n/(n-1)."""
    scores = _scores(problem)
    bread = symmetric_inverse(-_found(problem)[0].hessian)
    return collapsed(bread @ (scores.T @ scores) @ bread * (len(scores) / (len(scores) - 1)))


@builtin("optimize_result_converged", 1)
def result_converged(problem: Value) -> Value:
    return float(_found(problem)[0].converged)


@builtin("optimize_result_iterations", 1)
def result_iterations(problem: Value) -> Value:
    return float(_found(problem)[0].iterations)


@builtin("optimize_result_iterationlog", 1)
def result_iterationlog(problem: Value) -> Value:
    found, sign = _found(problem)
    return collapsed(sign * np.array(found.values)[:, None])


@builtin("optimize_result_errorcode optimize_result_returncode", 1)
def result_code(problem: Value) -> Value:
    return float(_problem(problem).code)
