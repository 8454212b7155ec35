"""What the last `test` tested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.session.results import Estimates


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """A linear constraint on e(b): `row @ b = constant`; row of shape (k,)."""

    row: np.ndarray
    constant: float


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """The constraints of the last test, which `accumulate` adds to, and the estimates they belong to."""

    estimates: Estimates
    constraints: tuple[Constraint, ...]
