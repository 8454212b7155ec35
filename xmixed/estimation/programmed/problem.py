"""What `ml model` has defined, until `ml maximize` or the next one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.estimation.constrained.constraints import Restrictions
from xmixed.estimation.equations.sample import SystemSample
from xmixed.estimation.fitted import FittedEquation, FittedTerms

METHODS = ("lf", "lf0", "lf1", "lf2", "d0", "d1", "d2")
"""lf: rows by their linear predictors; lf0 to lf2: rows, d0 to d2: their sum, by the coefficients."""


@dataclass(slots=True, eq=False)
class Problem:
    """A log likelihood that a program evaluates, and where the search stands.

    Attributes
    ----------
    method, program, cmdline, title : str
    system : SystemSample
    parameters : tuple of bool
        Which equations are parameters of their own, typed `/name`.
    data : Dataset
        The rows of the sample, with `ML_samp`'s variable.
    restrictions : Restrictions or None
        On all coefficients, those that are omitted among them.
    initial : ndarray, shape (k,)
        Of the coefficients that are estimated.
    macros : dict of str to str
        ML_y1, ML_samp, ML_w while the program runs.
    searched : bool
        Whether a start has been looked for.
    options : dict
        Maximise options of `ml model`.
    """

    method: str
    program: str
    cmdline: str
    title: str
    system: SystemSample
    parameters: tuple[bool, ...]
    data: Dataset
    restrictions: Restrictions | None
    initial: np.ndarray
    macros: dict[str, str]
    options: dict[str, Any] = field(default_factory=dict)
    searched: bool = False

    @property
    def kind(self) -> str:
        """What its program takes and gives; see `likelihood_of`."""
        return "predictors" if self.method == "lf" else "rows" if self.method[0] == "l" else "total"

    @property
    def equations(self) -> tuple[FittedEquation, ...]:
        return tuple(
            FittedEquation(own.name, own.terms, ancillary=alone, tested=True)
            for own, alone in zip(self.system.equations, self.parameters, strict=True)
        )

    @property
    def payload(self) -> FittedTerms:
        """See `FittedTerms`: one dependent variable stands in the head of the table."""
        names = dict.fromkeys(self.macros[key] for key in self.macros if key.startswith("ML_y"))
        return FittedTerms(
            " ".join(names) if len(names) == 1 else "", self.equations, headed=len(self.parameters) > 1
        )

    @property
    def names(self) -> list[str]:
        """Names of all coefficients."""
        return [name for own in self.equations for name in own.names]

    @property
    def estimated(self) -> np.ndarray:
        """Which of them are estimated, bool."""
        return np.array([not term.status for own in self.system.equations for term in own.terms], dtype=bool)

    @property
    def parts(self) -> list[slice]:
        """Where the estimated coefficients of each equation stand among them."""
        ends = np.cumsum([len(own.columns) for own in self.system.equations])
        sizes = [len(own.columns) for own in self.system.equations]
        return [slice(int(end) - size, int(end)) for end, size in zip(ends, sizes, strict=True)]

    @property
    def constants(self) -> list[int]:
        """Places of constants among the estimated coefficients."""
        columns = [column for own in self.system.equations for column in own.columns]
        return [place for place, column in enumerate(columns) if column is None]
