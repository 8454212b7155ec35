"""Several variables imputed one after the other: once in a monotone pattern, else by chained equations.

Van Buuren (2007), Statistical Methods in Medical Research 16. A single variable is a sequence of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.imputation.methods import (
    Choices,
    Method,
    NotFitted,
    PerfectPrediction,
    Posterior,
    TooFew,
)
from xmixed.estimation.resampling.processes import processes, run_tasks

WORTH_FORKING = 1_000_000
"""Rows times models fitted for one imputation from which several processes share the work."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """One variable that is imputed.

    Attributes
    ----------
    name : str
    values : ndarray, shape (n,)
        Any numbers where missing.
    missing : ndarray of bool, shape (n,)
    method : Method
    choices : Choices
    factor : bool
        It enters models of others as indicators of its levels.
    fixed : ndarray of int
        Its covariates: rows of `Problem.fixed`.
    others : tuple of int
        Targets that its model may hold.
    """

    name: str
    values: np.ndarray
    missing: np.ndarray
    method: Method
    choices: Choices
    factor: bool
    fixed: np.ndarray
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Variables to impute in their order, and complete covariates, shape (p, n)."""

    targets: tuple[Target, ...]
    fixed: np.ndarray

    @property
    def is_monotone(self) -> bool:
        """Whether each variable is missing wherever the one before it is."""
        pairs = zip(self.targets[:-1], self.targets[1:], strict=True)
        return not any(np.any(first.missing & ~second.missing) for first, second in pairs)


class Failed(Exception):
    """A model could not be fitted; `kind` is `perfect`, `few` or `fit`."""

    def __init__(self, target: int, kind: str) -> None:
        super().__init__(target, kind)
        self.target, self.kind = target, kind


_KINDS = {PerfectPrediction: "perfect", TooFew: "few", NotFitted: "fit"}


class _State:
    """The columns as they are now: covariates, then those of each target."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.levels = [np.unique(t.values[~t.missing])[1:] if t.factor else None for t in problem.targets]
        widths = [1 if levels is None else len(levels) for levels in self.levels]
        starts = len(problem.fixed) + np.concatenate([[0], np.cumsum(widths)])
        self.places = [np.arange(a, b) for a, b in zip(starts[:-1], starts[1:], strict=True)]
        self.columns = np.vstack([problem.fixed, np.zeros((sum(widths), problem.fixed.shape[1]))])
        for place, target in enumerate(problem.targets):
            self.put(place, target.values, ~target.missing)

    def put(self, place: int, values: np.ndarray, rows: np.ndarray) -> None:
        """Put values of a target, shape (n,) or one for each chosen row, into its columns."""
        own = values[rows] if len(values) == len(rows) else values
        levels = self.levels[place]
        block = own[None, :] if levels is None else (own == levels[:, None]).astype(np.float64)
        self.columns[np.ix_(self.places[place], rows)] = block

    def of(self, place: int, among: Sequence[int], rows: np.ndarray) -> np.ndarray:
        """Return the columns of a target's model over some rows; of other targets those in `among`."""
        target = self.problem.targets[place]
        chosen = [self.places[other] for other in target.others if other in among]
        return self.columns[np.ix_(np.concatenate([target.fixed, *chosen]).astype(np.intp), rows)]

    def fitted(self, place: int, among: Sequence[int]) -> Posterior:
        target = self.problem.targets[place]
        rows = ~target.missing
        try:
            return target.method.fit(target.values[rows], self.of(place, among, rows), target.choices)
        except tuple(_KINDS) as error:
            raise Failed(place, _KINDS[type(error)]) from None

    def impute(
        self, place: int, among: Sequence[int], posterior: Posterior, generator: np.random.Generator
    ) -> np.ndarray:
        """Draw the missing values of a target, and keep them in its columns."""
        rows = self.problem.targets[place].missing
        values = posterior.draw(self.of(place, among, rows), generator)
        self.put(place, values, rows)
        return values


def monotone(problem: Problem, count: int, generator: np.random.Generator) -> list[np.ndarray]:
    """Impute targets whose pattern is monotone: each model is fitted once, to observed rows.

    Returns
    -------
    list of ndarray, shape (count, missing values)
        One for each target.

    Raises
    ------
    Failed
    """
    state = _State(problem)
    size = len(problem.targets)
    posteriors = [
        state.fitted(place, range(place)) if target.missing.any() else None
        for place, target in enumerate(problem.targets)
    ]
    found = [np.zeros((count, int(target.missing.sum()))) for target in problem.targets]
    for number in range(count):
        for place in range(size):
            posterior = posteriors[place]
            if posterior is not None:
                found[place][number] = state.impute(place, range(place), posterior, generator)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Imputed values of each target, (count, missing values), and how the chains went.

    Attributes
    ----------
    values : tuple of ndarray
    trace : ndarray, shape (count, burnin + 1, targets, 2)
        Mean and standard deviation of the imputed values of each iteration, the start first.
    """

    values: tuple[np.ndarray, ...]
    trace: np.ndarray


def chained(problem: Problem, count: int, generator: np.random.Generator, burnin: int) -> Chains:
    """Impute targets by chained equations: each imputation is the end of a chain of its own.

    A chain starts at imputations as of a monotone pattern. The values do not depend on how many processes
    work.

    Raises
    ------
    Failed
    """
    root = int(generator.integers(2**62))

    def task(number: int) -> tuple[list[np.ndarray], np.ndarray]:
        own = np.random.default_rng(np.random.SeedSequence(root, spawn_key=(number,)))
        return _chain(problem, own, burnin)

    work = problem.fixed.shape[1] * burnin * len(problem.targets)
    chains = list(run_tasks(task, count, processes() if work >= WORTH_FORKING else 1))
    places = range(len(problem.targets))
    values = tuple(np.array([chain[place] for chain, _ in chains]) for place in places)
    return Chains(values, np.array([trace for _, trace in chains]))


def _chain(
    problem: Problem, generator: np.random.Generator, burnin: int
) -> tuple[list[np.ndarray], np.ndarray]:
    state = _State(problem)
    every = range(len(problem.targets))
    values: list[np.ndarray] = [np.zeros(0)] * len(every)
    trace = np.zeros((burnin + 1, len(every), 2))
    for iteration in range(burnin + 1):
        for place in every:
            if problem.targets[place].missing.any():
                among = every if iteration else range(place)
                own = state.impute(place, among, state.fitted(place, among), generator)
                values[place] = own
                trace[iteration, place] = own.mean(), own.std(ddof=1) if len(own) > 1 else 0.0
    return values, trace
