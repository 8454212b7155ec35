"""Running the program that evaluates a log likelihood, at coefficients or at linear predictors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.estimation.fitted import whole_vector
from xmixed.estimation.programmed.likelihood import Evaluator
from xmixed.estimation.programmed.problem import Problem
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState
from xmixed.session.temporaries import temporary_name


def active_problem(session: SessionState) -> Problem:
    """Return the problem that `ml model` has defined; r(198) without one."""
    if not isinstance(session.likelihood, Problem):
        raise StataError(198, "ml model not defined")
    return session.likelihood


@contextmanager
def evaluating(session: SessionState, problem: Problem) -> Iterator[Evaluator]:
    """Give the function that runs the program on the rows of the sample; data and results come back.

    Raises
    ------
    StataError
        r(199) where there is no such program; whatever the program fails with.
    """
    if session.program_named(problem.program) is None:
        raise StataError(199, f"unrecognized command:  {problem.program}")
    data, e, r, macros = session.data, session.e, session.r, dict(session.global_macros)
    session.global_macros.update(problem.macros)
    own = _OfPredictors if problem.kind == "predictors" else _OfCoefficients
    try:
        yield own(session, problem)
    finally:
        session.data, session.e, session.r = data, e, r
        for name in problem.macros:
            if name in macros:
                session.global_macros[name] = macros[name]
            else:
                session.global_macros.pop(name, None)


def _number(name: str, values: np.ndarray) -> Variable:
    return Variable(name, "double", values, "%10.0g")


def _rows_of(data: Dataset, name: str) -> np.ndarray:
    values = data[name].to_double()
    return np.where(is_missing(values), np.nan, values)


class _OfPredictors:
    """Method lf: `program lnf theta1 theta2 ...`, all of them variables."""

    def __init__(self, session: SessionState, problem: Problem) -> None:
        self.session, self.problem = session, problem
        self.names = [temporary_name(session) for _ in range(len(problem.system.equations) + 1)]

    def __call__(self, point: np.ndarray) -> np.ndarray:
        session = self.session
        n = self.problem.data.n_obs
        variables = [_number(self.names[0], np.full(n, MISSING))]
        finite = np.isfinite(point)
        variables += [
            _number(name, np.where(whole, values, MISSING))
            for name, values, whole in zip(self.names[1:], point, finite, strict=True)
        ]
        session.data = self.problem.data.with_variables(*variables)
        session.execute(f"{self.problem.program} {' '.join(self.names)}")
        return _rows_of(session.data, self.names[0])


class _OfCoefficients:
    """Methods lf0 and d0 and their kin: `program todo b lnf ...` with todo 0: derivatives are ours."""

    def __init__(self, session: SessionState, problem: Problem) -> None:
        self.session, self.problem = session, problem
        self.b, self.lnf = temporary_name(session), temporary_name(session)
        counts = {"lf1": len(problem.system.equations), "lf2": len(problem.system.equations) + 1}
        more = counts.get(problem.method, {"d1": 1, "d2": 2}.get(problem.method, 0))
        self.more = [temporary_name(session) for _ in range(more)]
        self.terms = [term for own in problem.system.equations for term in own.terms]

    def __call__(self, point: np.ndarray) -> np.ndarray:
        session, problem = self.session, self.problem
        rows = problem.kind == "rows"
        b = whole_vector(self.terms, point)
        session.data = problem.data
        if rows:
            missing = np.full(problem.data.n_obs, MISSING)
            session.data = problem.data.with_variables(_number(self.lnf, missing))
        else:
            session.scalars[self.lnf] = MISSING
        session.matrices[self.b] = Matrix(b[None, :], ["r1"], problem.names)
        try:
            session.execute(f"{problem.program} 0 {self.b} {self.lnf} {' '.join(self.more)}".rstrip())
            if rows:
                return _rows_of(session.data, self.lnf)
            total = session.scalars.get(self.lnf, MISSING)
            return np.array([np.nan if isinstance(total, str) or is_missing(total) else float(total)])
        finally:
            session.matrices.pop(self.b, None)
            session.scalars.pop(self.lnf, None)
