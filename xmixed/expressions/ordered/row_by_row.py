"""Going through the observations of an ordered `replace` one by one, on plain floats and strings.

What does not read the variable that is replaced is evaluated once over all observations; the rest of the
tree becomes one closure a node. The results are those of `Evaluation`, observation by observation.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from xmixed.data.dataset import LIMITS, from_double, is_string_type, to_double
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import Evaluation, operands_of
from xmixed.expressions.functions.math import UFUNCS
from xmixed.expressions.functions.registry import find_function, functions
from xmixed.expressions.names import lag_sources, subscript_positions
from xmixed.expressions.operators import binary
from xmixed.expressions.results import MATRIX_FUNCTIONS, SAVED_RESULTS
from xmixed.expressions.values import Value, is_text, type_mismatch
from xmixed.expressions.varlist import abbreviation_of
from xmixed.language.nodes import Binary, Call, Expression, Name, Subscript, Unary
from xmixed.missing import CODES, MISSING
from xmixed.statistics.partition import Partition

LARGEST_TREE = 200
"""Nodes; longer expressions would nest closures too deeply."""

PASSES = 4
"""How often the storage type may turn out to be another one than it was taken for."""

Compute = Callable[[int], Any]
"""Gives the value at an observation, by its place among those gone through."""


class _Part(NamedTuple):
    """A compiled node: `fixed` holds its values over the observations when they never change."""

    compute: Compute
    text: bool
    fixed: Value | None = None


class _Unfit(Exception):
    """The expression has a part that only `Evaluation` knows."""


def held(values: np.ndarray, storage_type: str) -> np.ndarray:
    """Return evaluated values, shape (n,), as a storage type holds them: rounded, or cut to its width."""
    if not is_string_type(storage_type):
        return to_double(from_double(values, storage_type), storage_type)
    hold = _holder(storage_type)
    out = np.empty(len(values), dtype=object)
    out[:] = [hold(value) for value in values.tolist()]
    return out


def replaced_row_by_row(
    expression: Expression,
    condition: Expression | None,
    chosen: np.ndarray,
    name: str,
    context: Context,
    choose_type: Callable[[np.ndarray], str],
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return what `sequential.replace_in_order` returns, or None when only `Evaluation` can tell.

    That is so for functions that depend on more than their arguments, and where anything is refused.
    """
    positions = np.flatnonzero(chosen)
    try:
        compiler = _Compiler(name, context, positions)
        value = compiler.compile(expression)
        test = None if condition is None else compiler.compile(condition)
        if test is not None and test.text:
            raise type_mismatch()
        with np.errstate(all="ignore"):
            return _run(compiler, value, test, choose_type)
    except (_Unfit, StataError):
        return None


def _run(
    compiler: _Compiler, value: _Part, test: _Part | None, choose_type: Callable[[np.ndarray], str]
) -> tuple[np.ndarray, np.ndarray]:
    """Go through the observations, again when their values need another storage type than thought."""
    old, new, own = compiler.old, compiler.new, compiler.own
    kind = object if value.text else np.float64
    storage_type = ""
    found = choose_type(np.empty(0, dtype=kind))
    rows: list[int] = []
    for _ in range(PASSES):
        if found == storage_type:
            break
        storage_type = found
        new[:] = old
        hold = _holder(storage_type)
        rows = []
        values: list[Any] = []
        for k, position in enumerate(own):
            if test is None or test.compute(k) != 0:
                item = value.compute(k)
                values.append(item)
                rows.append(position)
                new[position] = hold(item)
        found = choose_type(_column(values, value.text))
    chosen = np.zeros(len(new), dtype=bool)
    chosen[rows] = True
    return _column(new, value.text)[chosen], chosen


def _column(values: list[Any], text: bool) -> np.ndarray:
    out = np.empty(len(values), dtype=object if text else np.float64)
    out[:] = values
    return out


def _holder(storage_type: str) -> Callable[[Any], Any]:
    """Return what a storage type makes of one value, as `held` does of many."""
    if storage_type == "strL":
        return lambda value: value
    if is_string_type(storage_type):
        width = int(storage_type[3:])
        return lambda value: value[:width]
    if storage_type == "double":
        return lambda value: value if value < MISSING else _code(value)
    if storage_type == "float":
        single = array("f", [0.0])

        def to_float(value: float) -> float:
            if -(2.0**126) < value < 2.0**126:
                single[0] = value
                return single[0]
            return held(np.array([value]), "float").item()

        return to_float
    low, high = LIMITS[storage_type]

    def to_integer(value: float) -> float:
        if not value < MISSING:
            return _code(value)
        return float(int(value)) if low - 1 < value < high + 1 else MISSING

    return to_integer


def _code(value: float) -> float:
    """Return a missing value as one of the 27 codes."""
    return value if value in CODES else held(np.array([value]), "double").item()


class _Compiler:
    """Makes closures of expressions that read earlier values of a variable.

    Attributes
    ----------
    old, new : list
        The variable before and as it is replaced.
    own : list of int
        Observations gone through, counted from 0.
    """

    def __init__(self, name: str, context: Context, positions: np.ndarray) -> None:
        self.name, self.context, self.positions = name, context, positions
        self.whole = Evaluation(context, positions)
        self.first = Evaluation(context, positions[:1])
        column = self.whole.column(name)
        self.first.updated[name] = column
        self.old: list[Any] = column.tolist()
        self.new: list[Any] = list(self.old)
        self.own: list[int] = positions.tolist()
        self.size = 0

    def compile(self, node: Expression) -> _Part:
        """Return the closure of an expression.

        Raises
        ------
        _Unfit
            When it has a part without closure.
        StataError
            As `Evaluation.run`.
        """
        self._count(node)
        return self._compiled(node)

    def _count(self, node: Expression) -> None:
        pending = [node]
        while pending:
            node = pending.pop()
            self.size += 1
            known = functions().get(node.name) if isinstance(node, Call) else None
            if self.size > LARGEST_TREE or (known is not None and known.placed):
                raise _Unfit
            pending.extend(operands_of(node))

    def _compiled(self, node: Expression) -> _Part:
        if not self._changes(node):
            return self._fixed(node)
        if isinstance(node, Name):
            return self._reader(lag_sources(node, self.whole))
        text = is_text(self.first.run(node))  # refuses wrong types as well
        if isinstance(node, Call) and (node.name in SAVED_RESULTS or node.name in MATRIX_FUNCTIONS):
            raise _Unfit
        parts = [self._compiled(operand) for operand in operands_of(node)]
        if isinstance(node, Subscript):
            return self._subscript(node, parts)
        if isinstance(node, Unary):
            return _Part(_UNARY[node.operator](parts[0].compute), False)
        if isinstance(node, Binary):
            return _Part(_binary(node.operator, *parts), text)
        if isinstance(node, Call):
            return _Part(_call(node, parts), text)
        raise _Unfit

    def _changes(self, node: Expression) -> bool:
        """Return whether an expression reads values of the variable that may have been replaced."""
        if isinstance(node, Subscript) and self._is_target(node.name):
            return True
        if isinstance(node, Name) and node.operator and self._is_target(node.name):
            return lag_sources(node, self.whole) is not None
        return any(self._changes(operand) for operand in operands_of(node))

    def _is_target(self, name: str) -> bool:
        return abbreviation_of(name, self.context.data) == self.name

    def _fixed(self, node: Expression) -> _Part:
        value = self.whole.run(node)
        if isinstance(value, str) or value.ndim == 0:
            constant = value if isinstance(value, str) else value.item()
            return _Part(lambda k: constant, is_text(value), value)
        return _Part(np.broadcast_to(value, (len(self.own),)).tolist().__getitem__, is_text(value), value)

    def _reader(self, sources: np.ndarray | None) -> _Part:
        """Return the part that reads the variable at given observations, -1 for none; shape (n,) or (1,)."""
        if sources is None:
            raise _Unfit
        old, new, own = self.old, self.new, self.own
        blank: Any = "" if isinstance(old[0], str) else MISSING
        inside = (sources >= 0) & (sources < len(old))
        places = np.broadcast_to(np.where(inside, sources, -1), (len(own),))
        if np.all(places < self.positions):
            before = places.tolist()

            def read_new(k: int) -> Any:
                place = before[k]
                return new[place] if place >= 0 else blank

            return _Part(read_new, isinstance(blank, str))
        anywhere = places.tolist()

        def read(k: int) -> Any:
            place = anywhere[k]
            if place < 0:
                return blank
            return new[place] if place < own[k] else old[place]

        return _Part(read, isinstance(blank, str))

    def _subscript(self, node: Subscript, parts: list[_Part]) -> _Part:
        if len(parts) != 1:
            raise _Unfit
        index = parts[0]
        if self._is_target(node.name) and index.fixed is not None and not isinstance(index.fixed, str):
            return self._reader(np.atleast_1d(self.whole.of_group(subscript_positions(index.fixed))))
        variable = abbreviation_of(node.name, self.context.data)
        if variable is None:
            raise _Unfit
        old: list[Any] = self.whole.column(variable).tolist()
        new = self.new if variable == self.name else old
        own, compute = self.own, index.compute
        partition = self.context.partition or Partition(np.zeros(1, dtype=np.intp), len(old))
        first: list[int] = partition.first[self.positions].tolist()
        size: list[int] = partition.size[self.positions].tolist()
        blank: Any = "" if isinstance(old[0], str) else MISSING

        def read(k: int) -> Any:
            at = compute(k)
            if not -1e15 <= at <= 1e15:
                return blank
            place = int(at) - 1
            if not 0 <= place < size[k]:
                return blank
            place += first[k]
            return new[place] if place < own[k] else old[place]

        return _Part(read, isinstance(blank, str))


def _negative(operand: Compute) -> Compute:
    def compute(k: int) -> float:
        value = operand(k)
        return -value if -MISSING < value < MISSING else MISSING

    return compute


_UNARY: dict[str, Callable[[Compute], Compute]] = {
    "-": _negative,
    "+": lambda operand: operand,
    "!": lambda operand: lambda k: 1.0 if operand(k) == 0 else 0.0,
}


def _binary(symbol: str, left_part: _Part, right_part: _Part) -> Compute:
    left, right = left_part.compute, right_part.compute
    if symbol in _COMPARISONS:
        return _COMPARISONS[symbol](left, right)
    if left_part.text:
        return lambda k: left(k) + right(k)
    if symbol in _ARITHMETIC:
        return _ARITHMETIC[symbol](left, right)
    first, second = _boxed(left_part), _boxed(right_part)  # numpy's own power, to the last digit
    return lambda k: _single(binary(symbol, first(k), second(k)))


_COMPARISONS: dict[str, Callable[[Compute, Compute], Compute]] = {
    ">": lambda left, right: lambda k: 1.0 if left(k) > right(k) else 0.0,
    "<": lambda left, right: lambda k: 1.0 if left(k) < right(k) else 0.0,
    ">=": lambda left, right: lambda k: 1.0 if left(k) >= right(k) else 0.0,
    "<=": lambda left, right: lambda k: 1.0 if left(k) <= right(k) else 0.0,
    "==": lambda left, right: lambda k: 1.0 if left(k) == right(k) else 0.0,
    "!=": lambda left, right: lambda k: 1.0 if left(k) != right(k) else 0.0,
    "&": lambda left, right: lambda k: 1.0 if (left(k) != 0) & (right(k) != 0) else 0.0,
    "|": lambda left, right: lambda k: 1.0 if (left(k) != 0) | (right(k) != 0) else 0.0,
}


def _add(left: Compute, right: Compute) -> Compute:
    def compute(k: int) -> float:
        a, b = left(k), right(k)
        result = a + b
        return result if a < MISSING and b < MISSING and -MISSING < result < MISSING else MISSING

    return compute


def _subtract(left: Compute, right: Compute) -> Compute:
    def compute(k: int) -> float:
        a, b = left(k), right(k)
        result = a - b
        return result if a < MISSING and b < MISSING and -MISSING < result < MISSING else MISSING

    return compute


def _multiply(left: Compute, right: Compute) -> Compute:
    def compute(k: int) -> float:
        a, b = left(k), right(k)
        result = a * b
        return result if a < MISSING and b < MISSING and -MISSING < result < MISSING else MISSING

    return compute


def _divide(left: Compute, right: Compute) -> Compute:
    def compute(k: int) -> float:
        a, b = left(k), right(k)
        if b == 0 or not (a < MISSING and b < MISSING):
            return MISSING
        result = a / b
        return result if -MISSING < result < MISSING else MISSING

    return compute


_ARITHMETIC: dict[str, Callable[[Compute, Compute], Compute]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
}


def _call(node: Call, parts: list[_Part]) -> Compute:
    computes = [part.compute for part in parts]
    if node.name == "cond":
        return _cond(*computes)
    if node.name in ("missing", "mi"):
        return _missing(parts)
    if node.name in ("max", "min"):
        return _extreme(computes, 1.0 if node.name == "max" else -1.0)
    if node.name in UFUNCS:
        return _ufunc(UFUNCS[node.name], computes[0])
    function = find_function(node.name)
    place: Any = None  # no such function needs its place
    boxes = [_boxed(part) for part in parts]
    return lambda k: _single(function(place, [box(k) for box in boxes]))


def _cond(test: Compute, yes: Compute, no: Compute, absent: Compute | None = None) -> Compute:
    def compute(k: int) -> Any:
        at, one, other = test(k), yes(k), no(k)
        if absent is not None:
            third = absent(k)
            if not at < MISSING:
                return third
        return one if at != 0 else other

    return compute


def _ufunc(ufunc: Callable[..., Any], operand: Compute) -> Compute:
    def compute(k: int) -> float:
        value = operand(k)
        if not value < MISSING:
            return MISSING
        result = float(ufunc(value))
        return result if -MISSING < result < MISSING else MISSING

    return compute


def _missing(parts: list[_Part]) -> Compute:
    tests = [(part.compute, part.text) for part in parts]

    def compute(k: int) -> float:
        found = [item(k) == "" if text else not item(k) < MISSING for item, text in tests]
        return 1.0 if any(found) else 0.0

    return compute


def _extreme(numbers: list[Compute], sign: float) -> Compute:
    def compute(k: int) -> float:
        present = [value for value in [number(k) for number in numbers] if value < MISSING]
        if not present:
            return MISSING
        return max(present) if sign > 0 else min(present)

    return compute


def _boxed(part: _Part) -> Callable[[int], Value]:
    """Return what gives the values as `Evaluation` would: a constant, or an array of shape (1,)."""
    fixed, compute = part.fixed, part.compute
    if fixed is not None and (isinstance(fixed, str) or fixed.ndim == 0):
        return lambda k: fixed
    if part.text:
        return lambda k: np.array([compute(k)], dtype=object)
    return lambda k: np.array([compute(k)])


def _single(value: Value) -> Any:
    return value if isinstance(value, str) else value.reshape(-1)[:1].tolist()[0]
