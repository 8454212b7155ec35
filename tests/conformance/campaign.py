"""Hostile random models against the dense likelihood: what the engine says must be true of each.

    python -m tests.conformance.campaign --models 1000 --first 0

Every seed draws structures of random effects and residuals, nested, crossed or none, units of t() from 1e-9
to 1e12, covariates up to 1e8 from zero, variances from nothing to thousands of times the residual's, weights,
unbalanced groups. Of each fit are judged: that it ends, and how soon; its log likelihood against the normal
density of all rows; the highest of fits from other starts; the gradient of the density where it converged
inside the space, and standard errors against its Hessian; other orders of rows. The density has the digits
of longdouble (see `residual_dense`): doubles tell less than the engine does. Nothing here is a test of the
suite: it takes an hour.
"""

from __future__ import annotations

import argparse
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from types import FrameType

import numpy as np

from tests.conformance.residual_dense import dense_log_likelihood, gradient, hessian, residual_matrix
from xmixed.engine import (
    EngineError,
    Fit,
    Level,
    Model,
    Options,
    RandomEffects,
    Residuals,
    fit,
)

SLOW_SECONDS = 5.0
STOP_SECONDS = 15.0
STARTS = 3
LOWER = 1e-6
WRONG = 1e-4
_ROUNDING, _LONG = 1e-15, 1e-19
_MOST_CONDITION = 1e12
_MOST_APART = 1e8
# Shares of a standard deviation that differences are taken over.
_STEPS = (3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6)
_AT_LIMIT = np.arctanh(np.nextafter(1.0, 0.0))
# An error of the order of what a fit says it has.
_TOLD = 10.0
KINDS = (
    "none",
    "independent",
    "exchangeable",
    "ar",
    "ma",
    "toeplitz",
    "banded",
    "unstructured",
    "exponential",
)
"""Residual structures that are drawn; none is one variance."""


@dataclass(frozen=True)
class Case:
    """A model and what it is called."""

    seed: int
    label: str
    model: Model


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: its kind and how large it is."""

    kind: str
    size: float


def draw(seed: int) -> Case:
    """Draw a model of 15 to 200 rows."""
    rng = np.random.default_rng([20, seed])
    sizes = rng.integers(rng.integers(1, 4), rng.integers(4, 9), rng.integers(5, 26))
    kind = str(rng.choice(KINDS))
    waves = 4 if kind in ("banded", "unstructured") else 8
    sizes = np.minimum(sizes, waves)
    group = np.repeat(np.arange(len(sizes)), sizes)
    wave = np.concatenate([np.sort(rng.choice(waves, size, replace=False)) for size in sizes]).astype(float)
    n = len(group)
    by = rng.integers(0, 2, n if kind == "independent" else len(sizes))
    by = by if kind == "independent" else by[group]
    residuals, text = _residuals(rng, kind, group, len(sizes), wave, by)
    x = _covariates(rng, n, int(rng.integers(1, 4)))
    levels, shape = _levels(rng, group, len(sizes), x, kind)
    noise = _noise(rng, group, wave)
    y = noise + sum((column - column.mean()) / (column.std() or 1.0) for column in x)
    for level in levels:
        for effects in level.equations:
            size = float(rng.choice([0.0, 1e-3, 0.5, 1.0, 30.0, 1e4]))
            for column in effects.columns:
                z = np.ones(n) if column is None else (column - column.mean()) / (column.std() or 1.0)
                y = y + size * rng.normal(size=level.n_groups)[level.groups] * z
    y = float(rng.choice([0.0, 100.0, 1e7])) + y * float(10.0 ** rng.integers(-6, 7))
    weights = None
    if residuals is None and rng.random() < 0.25 and all(level.equations for level in levels):
        weights = rng.integers(1, 4, n).astype(float)
    method = "reml" if weights is None and rng.random() < 0.5 else "ml"
    fixed = (*x, None) if rng.random() < 0.9 else tuple(x)
    model = Model(y, fixed, levels, method, residuals, weights)  # type: ignore[arg-type]
    return Case(seed, f"{text} {shape} {method}{' weights' if weights is not None else ''}", model)


def _covariates(rng: np.random.Generator, n: int, count: int) -> list[np.ndarray]:
    found = []
    for _ in range(count):
        column = rng.normal(size=n) if rng.random() < 0.7 else rng.integers(0, 2, n).astype(float)
        if column.std() == 0:
            column = rng.normal(size=n)
        scale = float(10.0 ** rng.integers(-5, 6)) if rng.random() < 0.4 else 1.0
        offset = float(rng.choice([0.0, 1e2, 1e6, 1e8])) if rng.random() < 0.4 else 0.0
        found.append((column + offset) * scale)
    return found


def _noise(rng: np.random.Generator, group: np.ndarray, wave: np.ndarray) -> np.ndarray:
    """Autoregressive, exchangeable or independent noise, whatever is fitted to it."""
    rho = float(rng.choice([0.0, 0.0, 0.3, 0.8, 0.99, -0.3, -0.6]))
    same = np.equal.outer(group, group)
    distance = np.abs(np.subtract.outer(wave, wave))
    if rng.random() < 0.5 and rho > 0:
        matrix = np.where(distance == 0, 1.0, rho)
    else:
        matrix = np.sign(rho) ** distance * np.abs(rho) ** distance if rho else np.eye(len(group))
    factor = np.linalg.cholesky(np.where(same, matrix, 0.0) + 1e-9 * np.eye(len(group)))
    return factor @ rng.normal(size=len(group))


def _residuals(
    rng: np.random.Generator, kind: str, group: np.ndarray, count: int, wave: np.ndarray, by: np.ndarray
) -> tuple[Residuals | None, str]:
    if kind == "none":
        return None, kind
    own = by if kind == "independent" or (count > 15 and rng.random() < 0.3) else None
    split = {} if own is None else {"by": own, "n_by": int(own.max()) + 1}
    if own is not None and len(np.unique(own)) < 2:
        split = {"by": np.arange(len(group)) % 2, "n_by": 2} if kind == "independent" else {}
    text = f"{kind}{' by' if split else ''}"
    if kind in ("independent", "exchangeable"):
        return Residuals(kind, group, count, **split), text  # type: ignore[arg-type]
    if kind in ("banded", "unstructured"):
        values, place = np.unique(wave, return_inverse=True)
        order = min(2, len(values) - 1) if kind == "banded" else 0
        return Residuals(kind, group, count, place.astype(float), len(values), order, **split), text
    unit = float(rng.choice([1.0, 1.0, 2.0, 7.0]))
    if kind == "exponential":
        unit = float(10.0 ** rng.integers(-9, 13))
        return Residuals(kind, group, count, wave * unit, **split), f"{text} unit {unit:g}"
    order = int(rng.integers(1, 4)) if unit == 1.0 else 1
    return Residuals(kind, group, count, wave * unit, 0, order, **split), f"{text} {order} unit {unit:g}"  # type: ignore[arg-type]


def _levels(
    rng: np.random.Generator, group: np.ndarray, count: int, x: list[np.ndarray], kind: str
) -> tuple[tuple[Level, ...], str]:
    """No level, one, two nested ones, or two that cross."""
    if kind == "unstructured" and rng.random() < 0.7:
        return (), "alone"
    shape = str(rng.choice(["alone", "one", "one", "nested", "crossed"]))
    if shape == "alone" and kind == "none":
        shape = "one"
    lowest = Level(group, count, (_effects(rng, x),))
    if shape == "alone":
        return (), shape
    if shape == "one":
        return (lowest,), f"{shape} {lowest.equations[0].structure} {len(lowest.equations[0].columns)}"
    if shape == "nested":
        top = Level(group // 4, count // 4 + 1, (_effects(rng, x),))
        return (top, lowest), shape
    other = rng.integers(0, 5, len(group))
    return (Level(other, 5, (RandomEffects((None,), "identity"),)), lowest), shape


def _effects(rng: np.random.Generator, x: list[np.ndarray]) -> RandomEffects:
    count = int(rng.integers(0, min(2, len(x)) + 1))
    columns = (*x[:count], None) if count == 0 or rng.random() < 0.8 else tuple(x[:count])
    structures = ["independent", "unstructured"] if len(columns) > 1 else ["identity"]
    if len(columns) > 1 and all(c is None or abs(c.mean()) < 1e3 * c.std() for c in columns):
        structures += ["identity", "exchangeable"]  # they share a variance: columns must be comparable
    return RandomEffects(columns, str(rng.choice(structures)))  # type: ignore[arg-type]


def _taken(model: Model, rows: np.ndarray) -> tuple[Callable[[np.ndarray | None], np.ndarray | None], Model]:
    """Return what takes rows of a column (of the same one the same array), and those rows without weights."""
    arrays: dict[int, np.ndarray] = {}

    def taken(column: np.ndarray | None) -> np.ndarray | None:
        return None if column is None else arrays.setdefault(id(column), column[rows])

    levels = tuple(
        Level(
            level.groups[rows],
            level.n_groups,
            tuple(RandomEffects(tuple(taken(c) for c in e.columns), e.structure) for e in level.equations),
        )
        for level in model.levels
    )
    return taken, Model(model.y[rows], tuple(taken(column) for column in model.fixed), levels, model.method)


def expanded(model: Model) -> Model:
    """The model with every observation as often as it counts."""
    if model.weights is None:
        return model
    rows = np.repeat(np.arange(len(model.y)), model.weights.astype(int))
    return _taken(model, rows)[1]


def centred(model: Model) -> Model:
    """The model with covariates about their means, where a constant takes up the difference."""
    if not any(column is None for column in model.fixed):
        return model
    fixed = tuple(None if column is None else column - column.mean() for column in model.fixed)
    return replace(model, fixed=fixed, y=model.y - model.y.mean())


def judged(case: Case, starts: int = STARTS) -> tuple[list[Finding], Fit | None, float]:
    """What is not as it should be of a case, its fit, and the processor time that took."""
    begun = time.process_time()
    try:
        found = _limited(case.model)
    except TimeoutError:
        return [Finding("slow: given up", STOP_SECONDS)], None, STOP_SECONDS
    except EngineError as error:
        return [Finding(f"refused: {type(error).__name__}", 0.0)], None, time.process_time() - begun
    except Exception as error:
        text = traceback.format_exc().splitlines()[-3].strip()
        return [Finding(f"error: {type(error).__name__} {text}", 0.0)], None, time.process_time() - begun
    seconds = time.process_time() - begun
    findings = [Finding("slow", seconds)] if seconds > SLOW_SECONDS else []
    dense = centred(expanded(case.model))
    findings += _of_likelihood(found, dense)
    findings += _of_starts(case, found, starts)
    if found.optimization.verdict == "converged" and not found.boundary:
        findings += _of_derivatives(found, dense)
    findings += _of_verdict(found)
    findings += _of_invariance(case.model, found, dense)
    return findings, found, seconds


def _limited(model: Model) -> Fit:
    """The fit, or TimeoutError where that takes too much processor time."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, STOP_SECONDS)
    try:
        return fit(model)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def _density(found: Fit, dense: Model, estimates: np.ndarray) -> float:
    """The log likelihood at some estimates; nan where V is not positive definite.

    A variance of zero is none, however large a covariate is, and a correlation at its limit is one, which a
    double is short of by its last digit.
    """
    values = np.array(estimates, np.longdouble)
    zero = {(note.level, note.equation, note.row) for note in found.boundary if note.kind == "variance_zero"}
    for place, parameter in enumerate(found.parameters):
        if parameter.kind == "atanh_correlation" and abs(abs(values[place]) - _AT_LIMIT) < 1e-13:
            values[place] = np.copysign(np.inf, values[place])
        if parameter.kind == "log_sd" and (parameter.level, parameter.equation, parameter.row) in zero:
            values[place] = -np.inf
    try:
        return dense_log_likelihood(dense, found.parameters, values)
    except np.linalg.LinAlgError:
        return np.nan


def _of_likelihood(found: Fit, dense: Model) -> Iterator[Finding]:
    value = _density(found, dense, found.estimates)
    if not np.isfinite(value):
        return
    off = float(abs(value - found.log_likelihood)) - _TOLD * _left_open(found)
    if off > 1e-7 * (1.0 + abs(value)) + _rounding(found, dense):
        yield Finding("log likelihood is not that of the estimates", off)


def _rounding(found: Fit, dense: Model) -> float:
    """What parameters that are rounded leave open of the log likelihood, and digits that longdouble lacks."""
    condition, least = _condition(found, dense), _least_eigenvalue(found, dense)
    smallest = 1.0
    if dense.residuals is not None:
        variances = residual_matrix(dense.residuals, found.parameters, found.estimates).diagonal()
        smallest = max(float(variances.min()), np.finfo(float).tiny)
    return len(dense.y) * (_ROUNDING * (condition + 1.0 / least) + _LONG * condition / (smallest * least))


def _left_open(found: Fit) -> float:
    """How far the fit says that rounding leaves its log likelihood open."""
    return sum(note.size for note in found.boundary if note.kind == "rounding")


def _least_eigenvalue(found: Fit, model: Model) -> float:
    """Of the correlations of the residuals: near zero parameters that are rounded determine less."""
    if model.residuals is None:
        return 1.0
    matrix = residual_matrix(model.residuals, found.parameters, found.estimates)
    sds = np.sqrt(matrix.diagonal())
    return max(float(np.linalg.eigvalsh(matrix / np.outer(sds, sds))[0]), _ROUNDING)


def _condition(found: Fit, model: Model) -> float:
    """How large the largest part of V is, to which the digits of parameters refer, beside the smallest."""
    largest = 1.0
    for level, matrices in zip(model.levels, found.covariances, strict=True):
        for effects, matrix in zip(level.equations, matrices, strict=True):
            size = max(1.0 if column is None else float(np.abs(column).max()) for column in effects.columns)
            largest = max(largest, size**2 * float(np.abs(matrix).max(initial=0.0)) / found.sigma_e**2)
    return largest


def _of_starts(case: Case, found: Fit, starts: int) -> Iterator[Finding]:
    rng = np.random.default_rng([21, case.seed])
    best, verdict, opened, highest = -np.inf, "", 0.0, found.estimates
    for number in range(starts):
        spread = (0.5, 1.0, 2.0)[number % 3]
        start = np.where(np.isfinite(found.estimates), np.clip(found.estimates, -30, 30), 0.0)
        kinds = [parameter.kind for parameter in found.parameters]
        middle = float(start[kinds.index("log_sd_residual")])
        for place, kind in enumerate(kinds):
            if kind == "log_sd":
                start[place] = max(start[place], middle - 5.0) + spread * rng.normal()
            elif kind in ("residual_phi", "residual_theta"):
                start[place] = 0.3 * rng.normal() / (1 + place)
            elif kind == "atanh_correlation":
                start[place] = 0.3 * rng.normal()
            elif kind.startswith("residual_atanh"):
                start[place] = 0.4 * spread * rng.normal()
            else:
                start[place] += spread * rng.normal()
        try:
            other = fit(case.model, Options(start=start, standard_errors=False, iterate=50))
        except (EngineError, np.linalg.LinAlgError):
            continue
        if other.log_likelihood > best:
            best, verdict, opened = other.log_likelihood, other.optimization.verdict, _left_open(other)
            highest = start
    if verdict == "iteration_limit" and best - found.log_likelihood > LOWER:
        other = fit(case.model, Options(start=highest, standard_errors=False))
        best, verdict, opened = other.log_likelihood, other.optimization.verdict, _left_open(other)
    gain, mine = best - found.log_likelihood - opened - _left_open(found), found.optimization.verdict
    if mine != "converged" and verdict != "converged":
        yield Finding(f"no maximum from any start ({mine})", gain)
    elif len(case.model.y) > 3 * len(found.estimates) and gain > LOWER * max(1.0, 1e-4 * abs(best)):
        if verdict != "converged":
            # Where some matrix is singular the density may be infinite: that is no maximum that was missed.
            yield Finding(f"higher without a maximum from another start ({verdict})", gain)
            return
        yield Finding(f"lower than from another start ({mine}; {verdict})", gain)


def _of_derivatives(found: Fit, dense: Model) -> Iterator[Finding]:
    """Gradient and standard errors against differences of the dense likelihood.

    Along the principal axes of the covariance matrix, a step being a share of the standard deviation there:
    along single parameters, of which several may all but replace each other, differences would tell nothing
    of the directions that are curved least. On a bent ridge, where the density is quadratic only next to its
    top, steps are short; where digits do not suffice for these, two steps disagree, and only what is ten
    times as far off is judged.
    """
    errors = np.sqrt(np.diag(found.parameter_covariance))
    if not (errors > 0).all() or _condition(found, dense) > _MOST_APART:
        return
    values, vectors = np.linalg.eigh(found.parameter_covariance / np.outer(errors, errors))
    if values[0] < 1.0 / _MOST_CONDITION:
        return
    axes = vectors * np.sqrt(values)
    scale = (errors[:, None] * axes).astype(np.longdouble)
    at = np.asarray(found.estimates, np.longdouble)

    def value(steps: np.ndarray) -> float:
        return _density(found, dense, at + scale @ steps)

    zero = np.zeros(len(errors), np.longdouble)
    steepest = min(_steepest(value, zero, step) for step in (3e-3, 1e-4, 1e-6))
    if steepest > 2e-3:
        yield Finding("gradient of the dense likelihood", steepest)
    ratios = [_error_ratios(value, axes, step) for step in _STEPS]
    pairs = [(two, np.abs(one / two - 1.0)) for one, two in pairwise(ratios) if np.isfinite(one + two).all()]
    # What two steps disagree by is beyond the digits of the density, or the shape of its surface.
    wanted, apart = min(pairs, key=lambda pair: float(pair[1].max()), default=(np.ones(1), np.zeros(1)))
    off = float((np.abs(wanted - 1.0) - _TOLD * apart).max())
    if off > WRONG:
        yield Finding("standard errors", off)


def _steepest(value: Callable[[np.ndarray], float], zero: np.ndarray, step: float) -> float:
    """The largest slope, whatever its sign; zero where there is no density so far away."""
    slope = np.abs(gradient(value, zero, step))
    return float(slope.max()) if np.isfinite(slope).all() else 0.0


def _error_ratios(value: Callable[[np.ndarray], float], axes: np.ndarray, step: float) -> np.ndarray:
    """Standard errors by differences in terms of the engine's; nan where the density is not concave."""
    curvature = -hessian(value, np.zeros(len(axes), np.longdouble), step).astype(np.float64)
    if not (np.isfinite(curvature).all() and np.linalg.eigvalsh(curvature)[0] > 0.0):
        return np.full(len(axes), np.nan)
    return np.sqrt(np.diag(axes @ np.linalg.inv(curvature) @ axes.T))


def _of_verdict(found: Fit) -> Iterator[Finding]:
    verdict, notes = found.optimization.verdict, {note.kind for note in found.boundary}
    if verdict == "converged" and "standard_errors_failed" in notes:
        yield Finding(f"standard errors failed ({verdict})", 0.0)


def _of_invariance(model: Model, found: Fit, dense: Model) -> Iterator[Finding]:
    """Rows in another order.

    Other rounding errors are all that this changes: estimates between which the density falls by no more than
    rounding of V may do are the same maximum, however far a level ridge lets them be apart.
    """
    if found.optimization.verdict != "converged" or found.boundary:
        return
    n = len(model.y)
    order = np.random.default_rng(n).permutation(n)
    taken, turned = _taken(model, order)
    residuals = model.residuals
    if residuals is not None:
        groups = residuals.groups[order]
        residuals = replace(residuals, groups=groups, time=taken(residuals.time), by=taken(residuals.by))
    other = fit(replace(turned, residuals=residuals, weights=taken(model.weights)))
    errors = np.sqrt(np.maximum(np.diag(found.parameter_covariance), 0.0))
    off = float((np.abs(other.estimates - found.estimates) / np.maximum(1.0, errors)).max())
    apart = abs(other.log_likelihood - found.log_likelihood)
    if off > 1e-4 and not apart > LOWER:
        here, there = (_density(found, dense, estimates) for estimates in (found.estimates, other.estimates))
        off = 0.0 if abs(float(here - there)) < _rounding(found, dense) else off
    if off > 1e-4 or apart > 1e-6 * (1.0 + 1e-4 * abs(found.log_likelihood)):
        yield Finding("order of rows", off)


def main() -> None:
    """Run the campaign and print what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--starts", type=int, default=STARTS)
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    longest = 0.0
    for seed in range(arguments.first, arguments.first + arguments.models):
        case = draw(seed)
        findings, found, seconds = judged(case, arguments.starts)
        longest = max(longest, seconds)
        if found is not None:
            notes = ",".join(sorted({note.kind for note in found.boundary}))
            verdicts[f"{found.optimization.verdict} {notes}".strip()] += 1
        for finding in findings:
            kinds[finding.kind] += 1
            if not finding.kind.startswith(("refused", "no maximum", "higher without")):
                print(
                    f"{seed}: {case.label}: {finding.kind} {finding.size:.3g} [{seconds:.1f} s]", flush=True
                )
        if (seed + 1 - arguments.first) % 50 == 0:
            _report(f"{arguments.first} to {seed}; the longest took {longest:.1f} s", kinds, verdicts)


def _report(text: str, kinds: Counter[str], verdicts: Counter[str]) -> None:
    print(f"\nmodels {text}")
    for kind, count in [*kinds.most_common(), ("", 0), *verdicts.most_common()]:
        print(f"{count:6d} {kind}" if kind else "", flush=True)


if __name__ == "__main__":
    main()
