"""Functions of numbers, element by element: mathematics, distributions, dates; most are of expressions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from xmixed.mata.functions.registry import builtin
from xmixed.mata.functions.reused import each_element
from xmixed.mata.operators import broadcast
from xmixed.mata.values import Value, collapsed, number, real, with_codes
from xmixed.missing import MISSING, is_missing

NUMERIC = (
    "abs ceil floor round sqrt exp ln log log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"
    " sign logit invlogit cloglog invcloglog lngamma digamma trigamma lnfactorial comb mod"
    " normal normalden lnnormal lnnormalden invnormal binormal chi2 chi2tail invchi2 invchi2tail nchi2"
    " F Ftail Fden invF invFtail t ttail tden invt invttail binomial binomialtail binomialp"
    " poisson poissontail poissonp gammap gammaptail gammaden invgammap invgammaptail"
    " ibeta ibetatail invibeta invibetatail betaden"
    " mdy hms dhms mdyhms year month day dow doy week quarter halfyear mofd qofd wofd yofd hofd dofm dofq"
    " dofw dofy dofh dofc cofd ym yq yw yh hh mm ss hours minutes seconds msofhours msofminutes msofseconds"
).split()
"""Functions of expressions that Mata has under the same names, for matrices."""

Scalar = Callable[..., Any]


def _root(x: float) -> float:
    return math.sqrt(x) if x >= 0 else MISSING


def _exponential(x: float) -> float:
    return math.exp(x) if x < 709.7 else MISSING


def _logarithm(x: float) -> float:
    return math.log(x) if x > 0 else MISSING


_SHORT: dict[str, Scalar] = {
    "abs": abs,
    "sqrt": _root,
    "exp": _exponential,
    "ln": _logarithm,
    "log": _logarithm,
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "mod": lambda x, y: x - y * math.floor(x / y) if y > 0 else MISSING,
}
"""Functions that loops call: scalars are computed on the spot."""


def _register(name: str) -> None:
    short, takes = _SHORT.get(name), 2 if name == "mod" else 1

    def run(*values: Value) -> Value:
        if short is not None and len(values) == takes and all(type(value) is float for value in values):
            if max(values) < MISSING:
                return short(*values)
        return each_element(name, *(real(value) for value in values))

    builtin(name, 1, 6)(run)


for _name in NUMERIC:
    _register(_name)


@builtin("trunc", 1)
def trunc(value: Value) -> Value:
    found = real(value)
    return collapsed(np.where(is_missing(found), found, np.trunc(found)))


@builtin("gamma", 1)
def gamma(value: Value) -> Value:
    from scipy.special import gamma as of

    found = real(value)
    bad = is_missing(found) | ((found <= 0) & (found == np.floor(found)))
    with np.errstate(all="ignore"):
        return collapsed(with_codes(np.where(bad, np.nan, of(np.where(bad, 1.0, found)))))


@builtin("factorial", 1)
def factorial(value: Value) -> Value:
    found = real(value)
    bad = is_missing(found) | (found < 0) | (found != np.floor(found))
    return gamma(np.where(bad, MISSING, found + 1) if found.size > 1 else MISSING if bad.any() else found + 1)


@builtin("reldif", 2)
def reldif(first: Value, second: Value) -> Value:
    a, b = broadcast(real(first), real(second))
    bad = is_missing(a) | is_missing(b)
    with np.errstate(all="ignore"):
        found = np.abs(a - b) / (np.abs(b) + 1)
    return collapsed(np.where(bad, np.where(a == b, 0.0, MISSING), with_codes(found)))


@builtin("atan2", 2)
def atan2(x: Value, y: Value) -> Value:
    """The angle of the point (x, y)."""
    a, b = broadcast(real(x), real(y))
    bad = is_missing(a) | is_missing(b)
    return collapsed(np.where(bad, MISSING, np.arctan2(b, a)))


@builtin("pi", 0)
def pi() -> Value:
    return math.pi


@builtin("epsilon", 1)
def epsilon(value: Value) -> Value:
    """The distance from |x| to the next double."""
    found = real(value)
    return collapsed(np.where(is_missing(found), MISSING, np.abs(found) * 2.0**-52))


@builtin("mindouble", 0)
def mindouble() -> Value:
    return -MISSING * (1 - 2.0**-53)


@builtin("maxdouble", 0)
def maxdouble() -> Value:
    return MISSING * (1 - 2.0**-53)


@builtin("floatround", 1)
def floatround(value: Value) -> Value:
    found = real(value)
    with np.errstate(over="ignore"):
        rounded = with_codes(found.astype(np.float32).astype(np.float64))
    return collapsed(np.where(is_missing(found), found, rounded))


@builtin("clock", 2, 3)
def clock(value: Value, mask: Value, top: Value = MISSING) -> Value:
    return _of_text("clock", value, mask, top)


@builtin("date", 2, 3)
def date(value: Value, mask: Value, top: Value = MISSING) -> Value:
    return _of_text("date", value, mask, top)


def _of_text(name: str, value: Value, mask: Value, top: Value) -> Value:
    return each_element(name, value, mask) if number(top) >= MISSING else each_element(name, value, mask, top)
