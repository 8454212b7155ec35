"""The fast way: a model that is fitted again from what its first fit has prepared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from xmixed.commands.prefixes.replicator import Replicator
from xmixed.data.dataset import Dataset
from xmixed.data.operations.draws import SamplingUnits
from xmixed.expressions.context import Context
from xmixed.language.nodes import Binary, Call, Coefficient, Expression, Number, Unary
from xmixed.language.parser import parse_command, parse_expression
from xmixed.language.words import split_command_word
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.estimation.mixed.model import MixedResult


class Refit(Protocol):
    """What fits a model on draws of units."""

    @property
    def batch(self) -> int:
        """How many draws are best fitted at once."""
        ...

    def __call__(self, draws: Sequence[np.ndarray]) -> Sequence[tuple[np.ndarray, np.ndarray | None] | None]:
        """Return e(b), and e(V) where it is wanted, of each draw; None where the command must run."""
        ...


class Source:
    """From units drawn to the figures of replications."""

    def __init__(self, session: SessionState, replicator: Replicator, e: Estimates, refit: Refit) -> None:
        self._session, self._replicator, self._e, self._refit = session, replicator, e, refit
        self._names = list(e.matrices["b"].column_names)
        self._plain = replicator.takes_coefficients and replicator.reject is None
        self.batch = refit.batch

    def __call__(self, draws: Sequence[np.ndarray]) -> list[np.ndarray | None]:
        """Return the figures of each draw; None where the command must run."""
        return [None if found is None else self._figures(*found) for found in self._refit(draws)]

    def _figures(self, b: np.ndarray, V: np.ndarray | None) -> np.ndarray:
        if self._plain:
            return b
        matrices = {"b": Matrix(b[None, :], ["y1"], self._names)}
        if V is not None:
            matrices["V"] = Matrix(V, self._names, self._names)
        self._session.e = Estimates({"converged": 1.0}, dict(self._e.macros), matrices)
        return self._replicator.judged()


ON_THE_WAY = frozenset(
    "emonly emiterate emtolerance iterate tolerance ltolerance nrtolerance nonrtolerance technique".split()
    + ["difficult", "from"]
)
"""Options of xtmixed that say how the maximum is looked for, and may end before it."""


def coefficient_source(
    session: SessionState, replicator: Replicator, data: Dataset, units: SamplingUnits, idcluster: str | None
) -> Source | None:
    """Return what fits the model of e() on draws of units; None where the command must run each time.

    Parameters
    ----------
    idcluster : str or None
        The variable that makes every draw a cluster of its own; None: no unit is drawn twice.
    """
    e = replicator.estimates
    if e is None or not replicator.is_pure:
        return None
    expressions = [parse_expression(figure.text) for figure in replicator.figures]
    if replicator.reject is not None:
        expressions.append(replicator.reject)
    if not all(_is_known(expression) for expression in expressions):
        return None
    errors = any(_has_errors(expression) for expression in expressions)
    try:
        refitted = _refit(session, replicator, e, data, units, idcluster, errors)
    except ValueError:
        return None
    return None if refitted is None else Source(session, replicator, e, refitted)


def _refit(
    session: SessionState,
    replicator: Replicator,
    e: Estimates,
    data: Dataset,
    units: SamplingUnits,
    idcluster: str | None,
    errors: bool,
) -> Refit | None:
    """Return what gives e(b) and e(V) of units drawn."""
    from xmixed.estimation.mixed.model import MixedResult

    marked = session.data.marks.get(e.mark)
    if marked is None:
        return None
    context = replace(Context.of(session), data=data.with_(marks=session.data.marks))
    if isinstance(e.payload, MixedResult):
        from xmixed.estimation.resampling.mixed_draws import MixedRefit

        if _has_options(replicator) or (idcluster and not _is_level(e.payload, idcluster)):
            return None
        return MixedRefit(e.payload, context, units, marked, idcluster, errors)
    if e.macros.get("cmd") == "regress":
        from xmixed.estimation.linear.draws import RegressionRefit

        if idcluster and idcluster in " ".join(e.matrices["b"].column_names):
            return None
        return RegressionRefit(e, context, units.codes_of(data.n_obs), errors)
    return None


def _has_options(replicator: Replicator) -> bool:
    """Whether the command has options that may end the search before the maximum."""
    assert replicator.entry is not None
    text = replicator.command
    node = parse_command(replicator.entry.name, replicator.entry.syntax, text, split_command_word(text)[1])
    return bool(ON_THE_WAY & set(node.options))


def _is_level(result: MixedResult, name: str) -> bool:
    """Whether a variable is a level of the model, and stands nowhere else in it."""
    resolved = result.resolved
    if resolved is None or name not in resolved.levels:
        return False
    used = {operand.variable for term in resolved.terms for operand in term.operands}
    used |= {part.variable for own in resolved.equations for term in own.effects for part in term.parts}
    return name not in used | {own.factor for own in resolved.equations} | {resolved.cluster}


_FUNCTIONS = frozenset("exp ln log sqrt abs tanh atanh invlogit logit normal min max".split())


def _is_known(node: Expression) -> bool:
    """Whether an expression is made of coefficients, standard errors, e(converged) and numbers alone."""
    if isinstance(node, Coefficient):
        return True
    if isinstance(node, Binary):
        return _is_known(node.left) and _is_known(node.right)
    if isinstance(node, Unary):
        return _is_known(node.operand)
    if isinstance(node, Call):
        if node.name == "e":
            return [getattr(argument, "name", "") for argument in node.arguments] == ["converged"]
        return node.name in _FUNCTIONS and all(_is_known(argument) for argument in node.arguments)
    return isinstance(node, Number)


def _has_errors(node: Expression) -> bool:
    if isinstance(node, Binary):
        return _has_errors(node.left) or _has_errors(node.right)
    if isinstance(node, Unary):
        return _has_errors(node.operand)
    if isinstance(node, Call):
        return any(_has_errors(argument) for argument in node.arguments)
    return isinstance(node, Coefficient) and node.kind == "se"
