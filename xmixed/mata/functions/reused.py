"""Functions of expressions applied to matrices, element by element."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.functions.registry import find_function
from xmixed.expressions.place import Place
from xmixed.mata.errors import MataError
from xmixed.mata.operators import broadcast
from xmixed.mata.values import Value, collapsed

NOWHERE = cast(Place, None)
"""Functions that depend on nothing but their arguments ask for no place."""


def each_element(name: str, *values: Value) -> Value:
    """Return what a function of expressions gives for each element.

    Raises
    ------
    MataError
        r(3001) for a wrong number of arguments, r(3250) for wrong types, r(3200) for sizes that do not fit.
    """
    try:
        if all(isinstance(value, (float, str)) for value in values):
            return _scalar(find_function(name)(NOWHERE, [_plain(value) for value in values]))
        parts = broadcast(*values)
        found = find_function(name)(NOWHERE, [part.ravel() for part in parts])
    except StataError as error:
        raise MataError({109: 3250, 198: 3001}.get(error.code, error.code)) from error
    return collapsed(np.asarray(found).reshape(parts[0].shape))


def _plain(value: float | str) -> Any:
    return value if isinstance(value, str) else np.asarray(value)


def _scalar(found: Any) -> float | str:
    return found if isinstance(found, str) else float(found)
