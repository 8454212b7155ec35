"""A small dataset and context that the tests evaluate over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate, evaluate_scalar
from xmixed.language.parser import parse_expression
from xmixed.missing import CODES, NAMES, is_missing, missing_name
from xmixed.session.results import Matrix


@dataclass
class SavedResults:
    items: dict[str, Any] = field(default_factory=dict)
    mark: str = "esample"

    def get(self, name: str, default: Any = None) -> Any:
        return self.items.get(name, default)


def texts(*items: str) -> np.ndarray:
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out


def small_data() -> Dataset:
    """Return five observations: id t (panel and time), y with missing values, x float, name."""
    variables = (
        Variable("id", "int", np.array([1, 1, 1, 2, 2], dtype=np.int16), "%8.0g"),
        Variable("time", "int", np.array([1, 2, 4, 1, 2], dtype=np.int16), "%8.0g"),
        Variable("y", "byte", np.array([5, 7, 101, 102, 9], dtype=np.int8), "%8.0g"),
        Variable("x", "float", np.array([0.1, 0.2, 0.3, 0.4, 0.5], dtype=np.float32), "%9.0g"),
        Variable("name", "str7", texts("ab", "", "abc def", "x", "Zed"), "%9s"),
        Variable("weight1", "double", np.arange(5.0), "%10.0g"),
        Variable("weight2", "double", np.arange(5.0), "%10.0g"),
    )
    panel = {"_TStvar": "time", "_TSpanel": "id", "_TSdelta": "+1.0000000000000X+000"}
    marks = {"esample": np.array([True, True, False, True, False])}
    return Dataset(variables, 5, characteristics={"_dta": panel}, marks=marks)


def small_context() -> Context:
    names = ["weight:week", "weight:1b.sex", "weight:_cons", "lns1_1_1:_cons", "lnsig_e:_cons"]
    b = Matrix(np.array([[6.2, 0.0, 19.4, 1.3, 1.5]]), ["y1"], names)
    V = Matrix(np.diag([0.04, 0.0, 0.25, 0.01, 0.09]), names, names)
    M = Matrix(np.array([[1.0, 2.0], [3.0, 5.0]]), ["r1", "r2"], ["c1", "c2"])
    return Context(
        data=small_data(),
        scalars={"k": 3.0, "word": "text", "id": 99.0},
        matrices={"M": M},
        e=SavedResults({"b": b, "V": V, "ll": -1014.9, "cmd": "xtmixed"}),
        r=SavedResults({"mean": 2.5, "names": "a b"}),
        s=SavedResults(),
        rc=111,
    )


def show(value: float | str) -> str:
    """Return a value as text: `.a` for missing codes, integers without a point."""
    if isinstance(value, str):
        return value
    if is_missing(value):
        return missing_name(value)
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def value_of(text: str, context: Context | None = None) -> float | str:
    return evaluate_scalar(parse_expression(text), context or Context())


def values_of(text: str, context: Context | None = None) -> list[str]:
    """Return the values over the observations as text."""
    context = context or small_context()
    value = evaluate(parse_expression(text), context)
    items = value.tolist() if isinstance(value, np.ndarray) else [value] * context.size
    return [show(item) for item in items]


MISSING_BY_NAME = dict(zip(NAMES, CODES, strict=True))
