"""Mathematical functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from xmixed.expressions.functions.registry import function
from xmixed.expressions.place import Place
from xmixed.expressions.system_values import MAX_DOUBLE, MAX_FLOAT
from xmixed.missing import MISSING, is_missing

if TYPE_CHECKING:
    from xmixed.statistics.partition import Partition

UFUNCS: dict[str, Callable[..., np.ndarray]] = {
    "abs": np.abs, "sqrt": np.sqrt, "exp": np.exp, "ln": np.log, "log": np.log, "log10": np.log10,
    "sign": np.sign, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh,
}  # fmt: skip

for _name, _ufunc in UFUNCS.items():
    function(_name, "n")(_ufunc)

function("atan2", "nn")(np.arctan2)


def _keeps_code(compute: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Stata: ceil(), floor(), int() and round() of `.a` are `.a`, not `.`."""

    def wrapped(x: np.ndarray, *more: np.ndarray) -> np.ndarray:
        absent = is_missing(x)
        result = compute(np.where(absent, 0.0, x), *more)
        bad = is_missing(result)
        for item in more:
            bad = bad | is_missing(item)
        return np.where(absent, x, np.where(bad, MISSING, result))

    return wrapped


def _round(x: np.ndarray, unit: np.ndarray | None = None) -> np.ndarray:
    if unit is None:
        return np.floor(x + 0.5)
    safe = np.where(unit == 0, 1.0, np.abs(unit))
    return np.where(unit == 0, x, _scaled_round(x, safe))


def _scaled_round(x: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return x rounded to a unit; by its reciprocal where that is an integer: round(x, .1) is exact."""
    reciprocal = np.round(1 / unit)
    decimal = (unit < 1) & (np.abs(reciprocal * unit - 1) < 1e-12)
    multiples = np.floor(np.where(decimal, x * reciprocal, x / unit) + 0.5)
    return np.where(decimal, multiples / reciprocal, multiples * unit)


function("ceil", "n", strict=False)(_keeps_code(np.ceil))
function("floor", "n", strict=False)(_keeps_code(np.floor))
function("int trunc", "n", strict=False)(_keeps_code(np.trunc))
function("round", "n|n", strict=False)(_keeps_code(_round))


@function("chop", "nn", strict=False)
def _chop(x: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
    """chop(x, e): the nearest whole number where x is within e of it, else x."""
    nearest = _round(x)
    missing = is_missing(x) | is_missing(tolerance)
    near = ~missing & (np.abs(np.where(missing, 0.0, x - nearest)) < tolerance)
    return np.where(near, nearest, x)


@function("mod", "nn")
def _mod(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    safe = np.where(y > 0, y, np.nan)
    return x - safe * np.floor(x / safe)


def _extreme(pick: Callable[..., np.ndarray], worst: float) -> Callable[..., np.ndarray]:
    """max() and min() pass over missing values; all missing gives `.`."""

    def compute(*numbers: np.ndarray) -> np.ndarray:
        best = np.asarray(worst)
        for item in numbers:
            best = pick(best, np.where(is_missing(item), worst, item))
        return np.where(np.isfinite(best), best, MISSING)

    return compute


function("max", "nn*", strict=False)(_extreme(np.maximum, -np.inf))
function("min", "nn*", strict=False)(_extreme(np.minimum, np.inf))


@function("sum", "n", strict=False, placed=True)
def _running_sum(place: Place, x: np.ndarray) -> np.ndarray:
    column = np.broadcast_to(x, (place.size,))
    present, most = column, column.max(initial=0.0)
    if not most < MISSING:
        present = np.where(is_missing(column), 0.0, column)
    partition = place.context.partition
    if partition is None:
        total = np.cumsum(present)
    else:
        from xmixed.statistics.partition import running_sum

        total = running_sum(present, _sizes(partition, place))
    if max(most, -column.min(initial=0.0)) * column.size < MISSING:
        return total
    return np.where(np.abs(total) < MISSING, total, MISSING)


def _sizes(partition: Partition, place: Place) -> np.ndarray:
    """Return how many of the observations wanted each by-group has."""
    if place.positions is None:
        return partition.sizes
    return np.bincount(partition.group[place.positions], minlength=partition.count)


@function("reldif", "nn", strict=False)
def _relative_difference(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """|x-y|/(|y|+1); 0 for the same missing code on both sides, `.` for two codes or one."""
    absent = is_missing(x) | is_missing(y)
    at = np.where(absent, 0.0, y)
    difference = np.abs(np.where(absent, 0.0, x) - at) / (np.abs(at) + 1)
    return np.where(absent, np.where(x == y, 0.0, MISSING), difference)


@function("logit", "n")
def _logit(x: np.ndarray) -> np.ndarray:
    return np.log(x) - np.log1p(-x)


@function("invlogit", "n")
def _inverse_logit(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@function("cloglog", "n")
def _complementary_log_log(x: np.ndarray) -> np.ndarray:
    return np.log(-np.log1p(-x))


@function("invcloglog", "n")
def _inverse_complementary_log_log(x: np.ndarray) -> np.ndarray:
    return -np.expm1(-np.exp(x))


@function("float", "n", strict=False)
def _float(x: np.ndarray) -> np.ndarray:
    rounded = np.where(is_missing(x), 0.0, x).astype(np.float32).astype(np.float64)
    return np.where(is_missing(x), x, np.where(np.abs(rounded) <= MAX_FLOAT, rounded, MISSING))


@function("lngamma lngammafn", "n")
def _log_gamma(x: np.ndarray) -> np.ndarray:
    from scipy.special import gammaln

    pole = (x <= 0) & (x == np.floor(x))
    return np.where(pole, np.nan, gammaln(x))


@function("digamma", "n")
def _digamma(x: np.ndarray) -> np.ndarray:
    from scipy.special import psi

    return np.where((x <= 0) & (x == np.floor(x)), np.nan, psi(x))


@function("trigamma", "n")
def _trigamma(x: np.ndarray) -> np.ndarray:
    from scipy.special import zeta

    positive = zeta(2.0, np.where(x > 0, x, 1.0))
    reflected = (np.pi / np.sin(np.pi * x)) ** 2 - zeta(2.0, np.where(x < 0, 1 - x, 1.0))
    return np.where(x > 0, positive, np.where(x == np.floor(x), np.nan, reflected))


@function("lnfactorial lnfact", "n")
def _log_factorial(n: np.ndarray) -> np.ndarray:
    from scipy.special import gammaln

    return np.where((n >= 0) & (n == np.floor(n)), gammaln(n + 1), np.nan)


@function("comb", "nn")
def _combinations(n: np.ndarray, k: np.ndarray) -> np.ndarray:
    from scipy.special import binom

    whole = (n >= 0) & (k >= 0) & (k <= n) & (n == np.floor(n)) & (k == np.floor(k))
    result = binom(n, k)
    return np.where(whole, np.where(result < 2.0**53, np.round(result), result), np.nan)


@function("clip", "nnn", strict=False)
def _clip(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    lower = np.where(is_missing(low), -np.inf, low)
    upper = np.where(is_missing(high), np.inf, high)
    inside = np.minimum(np.maximum(x, lower), upper)
    crossed = ~is_missing(low) & ~is_missing(high) & (low > high)
    return np.where(is_missing(x) | crossed, MISSING, inside)


for _name, _value in {
    "maxdouble": MAX_DOUBLE, "mindouble": -MAX_DOUBLE, "maxfloat": MAX_FLOAT, "minfloat": -MAX_FLOAT,
    "epsdouble": 2.0**-52, "epsfloat": 2.0**-23, "smallestdouble": 2.0**-1022,
    "maxbyte": 100.0, "minbyte": -127.0, "maxint": 32740.0, "minint": -32767.0,
    "maxlong": 2147483620.0, "minlong": -2147483647.0,
}.items():  # fmt: skip
    function(_name, strict=False)(lambda value=_value: np.asarray(value))
