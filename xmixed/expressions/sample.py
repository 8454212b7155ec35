"""Which observations a command uses: `if` and `in`."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_condition
from xmixed.language.nodes import Expression, InRange


def range_slice(in_range: InRange, n_obs: int) -> slice:
    """Return the observations of `in f/l` as a slice; r(198) `observation numbers out of range`."""
    first, last = (bound + n_obs + 1 if bound < 0 else bound for bound in (in_range.first, in_range.last))
    if not 1 <= first <= last <= n_obs:
        raise StataError(198, "observation numbers out of range", in_range.span)
    return slice(first - 1, last)


def select_rows(condition: Expression | None, in_range: InRange | None, context: Context) -> np.ndarray:
    """Return the sample of a command as bool, shape (n,): observations that `if` and `in` let through.

    Raises
    ------
    StataError
        r(198) `observation numbers out of range`; whatever evaluating the condition raises.
    """
    chosen = np.ones(context.size, dtype=bool)
    if in_range is not None:
        if context.partition is not None:
            raise StataError(190, "in may not be combined with by", in_range.span)
        chosen[:] = False
        chosen[range_slice(in_range, context.size)] = True
    if condition is not None:
        chosen &= evaluate_condition(condition, context)
    return chosen
