"""The participants that run in Python: our engine, our whole command, and the peers.

A participant is prepared with the columns of a problem and gives back a function that fits once; what it does
before (imports, design matrices for peers that take arrays) is not timed.

Usage (by compare.py, in a process of its own):
    python benchmarks/participants.py PARTICIPANT PROBLEM FOLDER ml|reml
prints one line of JSON.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from problems import PROBLEMS, Columns, Problem, read

Prepared = tuple[Callable[[], Any], Callable[[Any], float]]
"""A function that fits, and one that gives the log likelihood of what it returned."""

OURS = ("engine", "command")
ENOUGH_SECONDS = 1.5
MOST_REPETITIONS = 20


class CannotFitError(Exception):
    """The participant does not fit this problem; the text says why."""


def engine(problem: Problem, data: Columns, method: str) -> Prepared:
    """Our engine on arrays, grouping variables turned into codes on the way, with standard errors."""
    from xmixed.engine import InvalidModel, Level, Model, RandomEffects, fit
    from xmixed.statistics.grouping import factorise

    fixed = (*(data[name] for name in problem.fixed), None)

    def run() -> Any:
        levels = []
        for term in problem.random:
            groups = factorise(data[term.group])
            columns = (*(data[name] for name in term.slopes), None)
            structure = "unstructured" if term.slopes else "identity"
            effects = RandomEffects(columns, structure)
            levels.append(Level(groups.codes, len(groups.levels), (effects,)))
        residuals = _residuals(problem, data)
        model = Model(data[problem.outcome], fixed, tuple(levels), method, residuals)  # type: ignore[arg-type]
        try:
            return fit(model)
        except InvalidModel as error:
            raise CannotFitError("not yet" if problem.crossed else str(error)) from error

    return run, lambda fitted: fitted.log_likelihood


def command(problem: Problem, data: Columns, method: str) -> Prepared:
    """Our whole command on data in memory: from parsing to the LR test and the printed tables."""
    from xmixed import Session, StataError
    from xmixed.data.dataset import Dataset, Variable, default_format

    session = Session()
    variables = []
    for name, values in data.items():
        kind = "long" if name in problem.groups else "double"
        variables.append(Variable(name, kind, values, default_format(kind)))
    session.data = Dataset(tuple(variables), len(data[problem.outcome]))
    option = " reml" if "," in problem.command else ", reml"
    text = problem.command + option * (method == "reml")

    def run() -> Session:
        try:
            session.run(text)
        except StataError as error:
            if "not implemented" in error.message:
                raise CannotFitError("not yet") from error
            raise
        return session

    return run, lambda done: done.e.scalars["ll"]


def mixedlm(problem: Problem, data: Columns, method: str) -> Prepared:
    """mixedlm (Rust and scipy) on a data frame; without its own finite-difference check of convergence."""
    import mixedlm as peer
    import pandas as pd

    frame = pd.DataFrame(data)
    control = peer.lmerControl(calc_derivs=False, check_conv=False)

    def log_likelihood(fitted: Any) -> float:
        value = fitted.logLik()
        return float(getattr(value, "value", value))

    return lambda: peer.lmer(problem.formula, frame, REML=method == "reml", control=control), log_likelihood


def mixedlm_rs(problem: Problem, data: Columns, method: str) -> Prepared:
    """mixedlm-rs (Rust) on design matrices made beforehand; no standard errors of variance components."""
    import mixedlm_rs as peer

    if len(problem.random) > 1:
        raise CannotFitError("one grouping variable only")
    (term,) = problem.random
    X, Z = _design(data, problem.fixed), _design(data, term.slopes)
    y, groups = data[problem.outcome], data[term.group]
    return (
        lambda: peer.MixedLM(endog=y, exog=X, groups=groups, exog_re=Z).fit(reml=method == "reml"),
        lambda fitted: float(fitted.llf),
    )


def gpboost(problem: Problem, data: Columns, method: str) -> Prepared:
    """GPBoost (C++), default method: the likelihood of crossed effects is a random approximation."""
    import gpboost as peer

    if any(term.slopes for term in problem.random):
        raise CannotFitError("no correlated slopes")
    if method == "reml":
        raise CannotFitError("no REML")
    X, y = _design(data, problem.fixed), data[problem.outcome]
    groups = np.column_stack([data[name] for name in problem.groups])

    def run() -> Any:
        model = peer.GPModel(group_data=groups, likelihood="gaussian")
        model.fit(y=y, X=X)
        return model

    return run, lambda model: -float(model.get_current_neg_log_likelihood())


def statsmodels(problem: Problem, data: Columns, method: str) -> Prepared:
    """statsmodels MixedLM on design matrices made beforehand."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    if len(problem.random) > 1:
        raise CannotFitError("one grouping variable only")
    if len(data[problem.outcome]) > 200_000:
        raise CannotFitError("takes minutes")
    (term,) = problem.random
    X, Z = _design(data, problem.fixed), _design(data, term.slopes)
    y, groups = data[problem.outcome], data[term.group]
    return (
        lambda: MixedLM(endog=y, exog=X, groups=groups, exog_re=Z).fit(reml=method == "reml"),
        lambda fitted: float(fitted.llf),
    )


def _residuals(problem: Problem, data: Columns) -> Any:
    """Return the structure of the residuals as the engine is given it, or None."""
    from xmixed.engine import Residuals
    from xmixed.statistics.grouping import factorise

    term = problem.residuals
    if term is None:
        return None
    groups = factorise(data[term.group])
    time = None if term.time is None else data[term.time]
    n_times = 0
    if term.time is not None and term.structure in ("unstructured", "banded"):
        occasions = factorise(data[term.time])
        time, n_times = occasions.codes.astype(np.float64), len(occasions.levels)
    by = None if term.by is None else factorise(data[term.by])
    return Residuals(
        structure=term.structure,  # type: ignore[arg-type]
        groups=groups.codes,
        n_groups=len(groups.levels),
        time=time,
        n_times=n_times,
        order=term.order,
        by=None if by is None else by.codes,
        n_by=1 if by is None else len(by.levels),
    )


def _design(data: Columns, names: tuple[str, ...]) -> np.ndarray:
    """Return the constant and columns side by side, (n, 1 + columns)."""
    rows = len(next(iter(data.values())))
    return np.column_stack([np.ones(rows), *(data[name] for name in names)])


PARTICIPANTS: dict[str, tuple[str, Callable[[Problem, Columns, str], Prepared]]] = {
    "engine": ("numpy", engine),
    "command": ("lark", command),
    "mixedlm": ("mixedlm", mixedlm),
    "mixedlm-rs": ("mixedlm_rs", mixedlm_rs),
    "gpboost": ("gpboost", gpboost),
    "statsmodels": ("statsmodels", statsmodels),
}
"""By name: the package that must be installed, and how to prepare."""


def measure(run: Callable[[], Any], log_likelihood: Callable[[Any], float]) -> dict[str, Any]:
    """Fit several times; return the best times and the memory of the first.

    seconds, cpu_seconds : float
        Smallest elapsed and processor time of a fit.
    memory : int or None
        Bytes: peak resident size during the first fit minus the resident size before it (Linux only).
    """
    gc.collect()
    before = reset_peak()
    elapsed: list[float] = []
    processor: list[float] = []
    result, memory = None, None
    while sum(elapsed) < ENOUGH_SECONDS and len(elapsed) < MOST_REPETITIONS:
        result = None
        gc.collect()
        cpu, start = time.process_time(), time.perf_counter()
        result = run()
        elapsed.append(time.perf_counter() - start)
        processor.append(time.process_time() - cpu)
        if memory is None and before is not None:
            memory = _status("VmHWM") - before
    value = log_likelihood(result)
    return {
        "seconds": min(elapsed),
        "cpu_seconds": min(processor),
        "memory": memory,
        "log_likelihood": value,
    }


def reset_peak() -> int | None:
    """Make the kernel forget the peak resident size; return the size now, bytes (None: not Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return _status("VmRSS")
    except OSError:
        return None


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return 1024 * int(line.split()[1])
    raise OSError(f"no {field}")


def report(participant: str, name: str, folder: Path, method: str) -> dict[str, Any]:
    """Run a participant on a problem: once on the small form, then measured."""
    package, prepare = PARTICIPANTS[participant]
    if find_spec(package) is None:
        return {"skipped": "not installed"}
    problem = PROBLEMS[name]
    if problem.residuals is not None and participant not in OURS:
        return {"skipped": "no residual structures"}
    try:
        warm_up, _ = prepare(problem, read(name, folder / "small"), method)
        warm_up()
        return measure(*prepare(problem, read(name, folder), method))
    except CannotFitError as error:
        return {"skipped": str(error)}
    except Exception as error:  # a peer that fails is a line of the table, whatever it raised
        return {"skipped": f"failed: {type(error).__name__}: {error}"[:120]}


def main() -> None:
    """Print the report as the only line on standard output, whatever the participant prints."""
    participant, name, folder, method = sys.argv[1:]
    standard_output = os.dup(1)
    os.dup2(2, 1)
    result = report(participant, name, Path(folder), method)
    with os.fdopen(standard_output, "w") as stream:
        stream.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
