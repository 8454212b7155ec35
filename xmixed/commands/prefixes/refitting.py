"""The fast way: a model that is fitted again from what its first fit has prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xmixed.commands.prefixes.replicator import Replicator
from xmixed.data.dataset import Dataset
from xmixed.data.operations.draws import SamplingUnits
from xmixed.expressions.context import Context
from xmixed.language.nodes import Binary, Call, Coefficient, Expression, Name, Number, Subscript, Unary
from xmixed.language.parser import parse_command, parse_expression
from xmixed.language.words import split_command_word
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState

Source = Callable[[np.ndarray], np.ndarray | None]
"""From units drawn to the figures of a replication; None where the command must run."""

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
    if e is None or not replicator.is_pure or replicator.reject is not None:
        return None
    if not all(
        figure.every == "b" or (not figure.every and _of_b(figure.text)) for figure in replicator.figures
    ):
        return None
    try:
        refitted = _refit(session, replicator, e, data, units, idcluster)
    except ValueError:
        return None
    if refitted is None:
        return None
    names = list(e.matrices["b"].column_names)

    def source(drawn: np.ndarray) -> np.ndarray | None:
        b = refitted(drawn)
        if b is None:
            return None
        session.e = Estimates({}, dict(e.macros), {"b": Matrix(b[None, :], ["y1"], names)})
        return replicator.values()

    return source


def _refit(
    session: SessionState,
    replicator: Replicator,
    e: Estimates,
    data: Dataset,
    units: SamplingUnits,
    idcluster: str | None,
) -> Source | None:
    from xmixed.estimation.mixed.model import MixedResult

    marked = session.data.marks.get(e.mark)
    if marked is None:
        return None
    codes = np.full(data.n_obs, -1, dtype=np.intp)
    codes[: len(units.codes)] = units.codes
    context = replace(Context.of(session), data=data.with_(marks=session.data.marks))
    if isinstance(e.payload, MixedResult):
        from xmixed.estimation.resampling.mixed_draws import MixedRefit

        levels = [level.name for level in e.payload.description.levels]
        if (idcluster is not None and levels[:1] != [idcluster]) or _has_options(replicator):
            return None
        return MixedRefit(e.payload, context, codes, marked).coefficients
    if e.macros.get("cmd") == "regress":
        from xmixed.estimation.linear.draws import RegressionRefit

        if idcluster and idcluster in " ".join(e.matrices["b"].column_names):
            return None
        return RegressionRefit(e, context, codes).coefficients
    return None


def _has_options(replicator: Replicator) -> bool:
    """Whether the command has options that may end the search before the maximum."""
    assert replicator.entry is not None
    text = replicator.command
    node = parse_command(replicator.entry.name, replicator.entry.syntax, text, split_command_word(text)[1])
    return bool(ON_THE_WAY & set(node.options))


def _of_b(text: str) -> bool:
    """Whether an expression is made of coefficients and numbers alone."""
    return _is_of_b(parse_expression(text))


def _is_of_b(node: Expression) -> bool:
    if isinstance(node, Coefficient):
        return node.kind == "b"
    if isinstance(node, Binary):
        return _is_of_b(node.left) and _is_of_b(node.right)
    if isinstance(node, Unary):
        return _is_of_b(node.operand)
    if isinstance(node, Call):
        plain = node.name in ("exp", "ln", "log", "sqrt", "abs", "tanh", "atanh", "invlogit", "logit")
        return plain and all(_is_of_b(argument) for argument in node.arguments)
    return isinstance(node, Number) and not isinstance(node, (Name, Subscript))
