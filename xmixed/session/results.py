"""What commands leave behind: r(), e(), s() and stored estimates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(slots=True, eq=False)
class Matrix:
    """A Stata matrix.

    Attributes
    ----------
    values : ndarray of float64, shape (r, c)
        Missing values as double codes.
    row_names, column_names : list of str
        With the equation where there is one: `weight:week`, `lns1_1_1:_cons`.
    """

    values: np.ndarray
    row_names: list[str]
    column_names: list[str]


@dataclass(slots=True, eq=False)
class Results:
    """Saved results of one class; look-up by name through all kinds."""

    scalars: dict[str, float] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)
    matrices: dict[str, Matrix] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float | str | Matrix:
        for kind in (self.scalars, self.macros, self.matrices):
            if name in kind:
                return kind[name]
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return name in self.scalars or name in self.macros or name in self.matrices

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default


@dataclass(slots=True, eq=False)
class Estimates(Results):
    """e(): an estimation command's results.

    Attributes
    ----------
    mark : str
        Name of the row mark (`Dataset.marks`) that is e(sample); "" when the data are gone.
    payload : object
        What the command needs to replay and for postestimation (its frozen specification and the engine's
        fit); None before any estimation.
    title : str
        Title given with `estimates store, title()`.
    collected : int
        Place among the results that `eststo` has collected, from 1; 0 for others.
    """

    mark: str = ""
    payload: Any = None
    title: str = ""
    collected: int = 0

    @property
    def exist(self) -> bool:
        return "cmd" in self.macros
