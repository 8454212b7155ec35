"""The column that the name of a coefficient stands for: `x`, `2.g`, `L.x`, `2.g#c.x`, `_cons`."""

from __future__ import annotations

import re

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import abbreviation_of
from xmixed.language.nodes import Name
from xmixed.missing import MISSING, is_missing

_LEFT_OUT = re.compile(r"\d*(?:b|bn|o)|o|co")
_LEVEL = re.compile(r"(\d+)n?(\D*)")


def named_column(name: str, context: Context, absent_is_zero: bool = False) -> np.ndarray | None:
    """Return what a coefficient is multiplied by, shape (n,); None where that is 0 everywhere.

    Parameters
    ----------
    name : str
        Without its equation. Base levels and what was omitted are 0.
    absent_is_zero : bool
        Variables that do not exist count as 0.

    Raises
    ------
    StataError
        r(111) for an unknown variable, r(109) for a string.
    """
    if name == "_cons":
        return np.ones(context.size)
    product = np.ones(context.size)
    for part in name.split("#"):
        operator, _, variable = part.rpartition(".")
        if _LEFT_OUT.fullmatch(operator):
            return None
        found = abbreviation_of(variable, context.data)
        if found is None and absent_is_zero:
            return None
        values = _operated(found or variable, operator, context)
        missing = is_missing(product) | is_missing(values)
        product = np.where(missing, MISSING, np.where(missing, 1.0, product) * np.where(missing, 1.0, values))
    return product


def _operated(variable: str, operator: str, context: Context) -> np.ndarray:
    level = _LEVEL.fullmatch(operator)
    series = (level[2] if level else operator.removeprefix("c")).upper()
    values, text = evaluate_column(Name(variable, series), context)
    if text:
        raise StataError(109, "type mismatch")
    return np.where(is_missing(values), MISSING, values == float(level[1])) if level else values
