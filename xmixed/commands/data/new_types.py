"""Storage types of variables that `generate` makes and `replace` changes."""

from __future__ import annotations

import numpy as np

from xmixed.data.columns import STRING_LENGTH
from xmixed.data.dataset import Variable, default_format, is_string_type
from xmixed.errors import StataError
from xmixed.language.nodes.assignments import NewVariable


def new_type(new: NewVariable, strings: bool, default: str) -> str:
    """Return the type of a new variable; `str` for the narrowest string that its values need.

    Raises
    ------
    StataError
        r(109) for a number in a string type, or the reverse; r(198) for a width that there is not.
    """
    storage_type = new.type or ("str" if strings else default)
    if is_string_type(storage_type) != strings or (strings and new.value_label):
        raise StataError(109, "type mismatch")
    if strings and storage_type not in ("str", "strL") and not 1 <= int(storage_type[3:]) <= STRING_LENGTH:
        raise StataError(198, f"{storage_type} invalid name", new.span)
    return storage_type


def retyped(old: Variable, storage_type: str, values: np.ndarray) -> Variable:
    """Return a variable with other values of a type."""
    # Stata: the default format of a string follows its width; a number keeps its format.
    default = old.is_string and old.format == default_format(old.type)
    fmt = default_format(storage_type) if default else old.format
    return Variable(old.name, storage_type, values, fmt, old.label, old.value_label)
