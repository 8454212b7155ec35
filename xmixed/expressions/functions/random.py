"""Random numbers: numpy's generator, reproducible with `set seed` (not Stata's own streams)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.errors import syntax_error
from xmixed.expressions.functions.registry import function
from xmixed.expressions.place import Place

Draw = Callable[..., np.ndarray]


def _register(name: str, kinds: str, valid: Callable[..., np.ndarray], draw: Draw) -> None:
    """Register a random function whose parameters outside `valid` give `.`."""

    def compute(place: Place, *parameters: np.ndarray) -> np.ndarray:
        generator = place.context.memory.generator()
        if not parameters:
            return draw(generator, place.size)
        columns = [np.broadcast_to(item, (place.size,)) for item in parameters]
        at = valid(*columns)
        out = np.full(place.size, np.nan)
        if np.any(at):
            out[at] = draw(generator, int(np.count_nonzero(at)), *(column[at] for column in columns))
        return out

    function(name, kinds, placed=True)(compute)


def _interval(generator: np.random.Generator, size: int, *bounds: np.ndarray) -> np.ndarray:
    """runiform(), runiform(a,b)."""
    if len(bounds) == 1:
        raise syntax_error()
    draws = generator.random(size)
    return bounds[0] + (bounds[1] - bounds[0]) * draws if bounds else draws


def _normal(generator: np.random.Generator, size: int, *parameters: np.ndarray) -> np.ndarray:
    """rnormal(), rnormal(m), rnormal(m,s)."""
    z = generator.standard_normal(size)
    mean = parameters[0] if parameters else 0.0
    return mean + (parameters[1] * z if len(parameters) == 2 else z)


def _finite(*columns: np.ndarray) -> np.ndarray:
    return np.all([np.isfinite(column) for column in columns], axis=0)


def _positive(*columns: np.ndarray) -> np.ndarray:
    return np.all([np.isfinite(column) & (column > 0) for column in columns], axis=0)


_register("runiform uniform", "|nn", _finite, _interval)
_register("rnormal", "|nn", lambda mean, *sd: _finite(mean, *sd) & (not sd or sd[0] >= 0), _normal)
_register("rchi2", "n", _positive, lambda generator, size, df: generator.chisquare(df, size))
_register("rt", "n", _positive, lambda generator, size, df: generator.standard_t(df, size))
_register("rgamma", "nn", _positive, lambda generator, size, a, b: generator.gamma(a, b, size))
_register("rbeta", "nn", _positive, lambda generator, size, a, b: generator.beta(a, b, size))
_register("rexponential", "n", _positive, lambda generator, size, mean: generator.exponential(mean, size))
_register(
    "rpoisson", "n",
    lambda mean: _positive(mean) & (mean < 1e15),
    lambda generator, size, mean: generator.poisson(mean, size),
)  # fmt: skip
_register(
    "rbinomial", "nn",
    lambda n, p: _finite(n, p) & (n >= 1) & (n < 1e15) & (p >= 0) & (p <= 1),
    lambda generator, size, n, p: generator.binomial(np.floor(n).astype(np.int64), p, size),
)  # fmt: skip
_register(
    "rnbinomial", "nn",
    lambda n, p: _positive(n, p) & (p <= 1),
    lambda generator, size, n, p: generator.negative_binomial(n, p, size),
)  # fmt: skip
_register(
    "rhypergeometric", "nnn",
    lambda N, K, n: _finite(N, K, n) & (N >= 1) & (N < 1e9) & (K >= 0) & (K <= N) & (n >= 1) & (n <= N),
    lambda generator, size, N, K, n: generator.hypergeometric(
        *(np.floor(count).astype(np.int64) for count in (K, N - K, n)), size
    ),
)  # fmt: skip
