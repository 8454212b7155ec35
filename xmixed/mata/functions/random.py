"""Random numbers: matrices of draws from the session's stream, and its seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import Evaluation
from xmixed.expressions.functions.registry import find_function
from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.operators import broadcast
from xmixed.mata.values import Value, collapsed, complete, count, number, real, vector, whole

_DRAWN = {
    "rnormal": 2, "rchi2": 1, "rt": 1, "rgamma": 2, "rbeta": 2, "rexponential": 1, "rpoisson": 1,
    "rbinomial": 2, "rnbinomial": 2,
}  # fmt: skip
"""Functions of expressions that draw, and how many parameters they take."""


def _draws(memory: Any, name: str, shape: tuple[int, int], parameters: tuple[Value, ...]) -> Value:
    """Return draws; where parameters are matrices, each has draws of its own."""
    height, width = shape
    parts = broadcast(*(real(value) for value in parameters)) if parameters else []
    if parts:
        height, width = height * parts[0].shape[0], width * parts[0].shape[1]
        parts = [np.tile(part, shape) for part in parts]
    place = Evaluation(Context.of(memory.session), np.arange(height * width))
    found = find_function(name)(place, [part.ravel() for part in parts])
    return collapsed(np.asarray(found, dtype=np.float64).reshape(height, width))


@builtin("runiform uniform", 2, 4, placed=True)
def runiform(memory: Any, height: Value, width: Value, *limits: Value) -> Value:
    return _draws(memory, "runiform", (count(height), count(width)), limits)


def _register(name: str, parameters: int) -> None:
    def draw(memory: Any, height: Value, width: Value, *given: Value) -> Value:
        return _draws(memory, name, (count(height), count(width)), given)

    builtin(name, 2 + parameters, placed=True)(draw)


for _name, _parameters in _DRAWN.items():
    _register(_name, _parameters)


@builtin("rdiscrete", 3, placed=True)
def rdiscrete(memory: Any, height: Value, width: Value, shares: Value) -> Value:
    """Places 1, 2, ... with given probabilities."""
    edges = np.cumsum(vector(complete(shares)))
    if not edges.size or not np.all(np.diff(edges, prepend=0.0) >= 0) or edges[-1] <= 0:
        raise MataError(3300)
    draws = memory.session.memory.generator().random((count(height), count(width))) * edges[-1]
    return collapsed(np.searchsorted(edges, draws, side="right") + 1.0)


@builtin("rseed uniformseed", 0, 1, placed=True)
def rseed(memory: Any, seed: Value = None) -> Value:
    if seed is None:
        return float(memory.session.memory.seed)
    memory.session.memory.reseed(whole(seed))
    return None


@builtin("runiformint", 4, placed=True)
def runiformint(memory: Any, height: Value, width: Value, low: Value, high: Value) -> Value:
    first, last = np.ceil(number(low)), np.floor(number(high))
    draws = memory.session.memory.generator().random((count(height), count(width)))
    return collapsed(first + np.floor(draws * (last - first + 1)))
