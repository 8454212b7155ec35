"""savetrace() of mi impute chained: how the imputed values moved from iteration to iteration."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.errors import StataError
from xmixed.language.nodes import Command


@dataclass(frozen=True, slots=True)
class TraceTarget:
    """Where the trace is saved, and whether a file there may be replaced."""

    path: str
    replace: bool


def trace_target(node: Command) -> TraceTarget | None:
    """Return what savetrace() says; None without it.

    Raises
    ------
    StataError
        r(198); r(602) for a file that exists.
    """
    from xmixed.data.files.locate import with_suffix

    option = node.options.get("savetrace")
    if option is None:
        return None
    if "by" in node.options:
        raise StataError(198, "options savetrace() and by() may not be combined", option.span)
    name, comma, rest = str(option.value).partition(",")
    name = name.strip().strip('"')
    if not name or (comma and rest.split() != ["replace"]):
        raise StataError(198, "option savetrace() incorrectly specified", option.span)
    shown = with_suffix(name)
    path = os.path.expanduser(shown)
    if os.path.exists(path) and not comma:
        raise StataError(602, f"file {shown} already exists")
    return TraceTarget(path, bool(comma))


def save_trace(target: TraceTarget, names: Sequence[str], first: int, trace: np.ndarray) -> None:
    """Write iter, m, and mean and standard deviation of each variable's imputed values.

    Parameters
    ----------
    names : sequence of str
        Of the variables in the order of imputation.
    first : int
        The number of the first imputation.
    trace : ndarray, shape (imputations, iterations, variables, 2)
    """
    from xmixed.data.files.dta.writer import write_dta

    count, iterations = trace.shape[:2]
    numbers = np.tile(np.arange(iterations), count), np.repeat(np.arange(first, first + count), iterations)
    found = [
        Variable(name, "int", values.astype(np.int16), default_format("int"), label)
        for name, values, label in zip(("iter", "m"), numbers, ("Iteration", "Imputation"), strict=True)
    ]
    for place, name in enumerate(names):
        for at, what in enumerate(("mean", "sd")):
            values = trace[:, :, place, at].ravel().astype(np.float32)
            found.append(Variable(f"{name[:27]}_{what}", "float", values, default_format("float")))
    data = Dataset(variables=tuple(found), n_obs=count * iterations)
    write_dta(data, target.path, replace=target.replace)
