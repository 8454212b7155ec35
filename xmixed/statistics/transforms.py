"""Tukey's ladder of powers: transformations that may make a variable normal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Rung:
    """One transformation: name, formula for `{}`, function, what r() calls it, where it exists."""

    name: str
    formula: str
    function: Callable[[np.ndarray], np.ndarray]
    key: str
    least: float | None = None  # x is above this; None: any x
    with_least: bool = False  # x may be this
    nonzero: bool = False

    def exists(self, x: np.ndarray) -> bool:
        """Return whether every x has such a value."""
        if self.nonzero and (x == 0).any():
            return False
        if self.least is None:
            return True
        return bool((x >= self.least).all() if self.with_least else (x > self.least).all())


LADDER = (
    Rung("cubic", "{}^3", lambda x: x**3, "cube"),
    Rung("square", "{}^2", lambda x: x**2, "square"),
    Rung("identity", "{}", lambda x: x, "ident"),
    Rung("square root", "sqrt({})", np.sqrt, "sqrt", 0.0, with_least=True),
    Rung("log", "log({})", np.log, "log", 0.0),
    Rung("1/(square root)", "1/sqrt({})", lambda x: 1 / np.sqrt(x), "invsqrt", 0.0),
    Rung("inverse", "1/{}", lambda x: 1 / x, "inv", nonzero=True),
    Rung("1/square", "1/({}^2)", lambda x: 1 / x**2, "invsq", nonzero=True),
    Rung("1/cubic", "1/({}^3)", lambda x: 1 / x**3, "invcube", nonzero=True),
)
"""From cubes down to their inverses."""
