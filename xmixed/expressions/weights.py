"""What weights must be."""

from __future__ import annotations

import numpy as np

from xmixed.errors import Span, StataError


def check_weights(values: np.ndarray, kind: str, span: Span | None = None) -> None:
    """Check weights of observations that are used.

    Raises
    ------
    StataError
        r(401) fractional frequency weights, r(402) negative weights.
    """
    if kind != "iweight" and np.any(values < 0):
        raise StataError(402, "negative weights encountered", span)
    if kind == "fweight" and np.any(values != np.floor(values)):
        raise StataError(401, "may not use noninteger frequency weights", span)
