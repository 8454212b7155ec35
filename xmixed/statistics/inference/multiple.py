"""P-values adjusted for several tests."""

from __future__ import annotations

import numpy as np

METHODS = ("noadjust", "bonferroni", "holm", "sidak")


def adjusted(p_values: np.ndarray, method: str) -> np.ndarray:
    """Return p-values that bound the chance of any false rejection, (m,).

    Parameters
    ----------
    method : str
        noadjust; bonferroni, m p; holm, the step-down of it; sidak, 1 - (1 - p)^m.
    """
    m = len(p_values)
    if method == "bonferroni":
        return np.minimum(1.0, m * p_values)
    if method == "sidak":
        return -np.expm1(m * np.log1p(-np.minimum(p_values, 1.0 - 1e-16)))
    if method == "holm":
        order = np.argsort(p_values, kind="stable")
        steps = np.maximum.accumulate(np.minimum(1.0, (m - np.arange(m)) * p_values[order]))
        found = np.empty(m)
        found[order] = steps
        return found
    return p_values
