"""What commands leave behind: r(), e(), s() and stored estimates."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xmixed.missing import MISSING, is_missing

if TYPE_CHECKING:
    import pandas


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

    def to_pandas(self) -> pandas.DataFrame:
        """Return the matrix as a frame with its names; missing values are NaN."""
        import pandas as pd

        values = np.where(is_missing(self.values), np.nan, self.values)
        return pd.DataFrame(values, index=self.row_names, columns=self.column_names)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.values, dtype=dtype)

    def __repr__(self) -> str:
        return f"<Matrix {self.values.shape[0]} x {self.values.shape[1]}>\n{self.to_pandas()!r}"

    def _repr_html_(self) -> str:
        return self.to_pandas().to_html()


@dataclass(slots=True, eq=False)
class Results:
    """Saved results of one class; look-up by name through all kinds."""

    scalars: dict[str, float] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)
    matrices: dict[str, Matrix] = field(default_factory=dict)

    def settle(self) -> None:
        """Make missing what is no number: sums beyond the largest double, and what came of them."""
        for name, value in self.scalars.items():
            if not math.isfinite(value):
                self.scalars[name] = MISSING
        for matrix in self.matrices.values():
            if not np.isfinite(matrix.values).all():
                matrix.values = np.where(np.isfinite(matrix.values), matrix.values, MISSING)

    def __getitem__(self, name: str) -> float | str | Matrix:
        for kind in (self.scalars, self.macros, self.matrices):
            if name in kind:
                return kind[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Give the names: of scalars, macros, matrices."""
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __bool__(self) -> bool:
        return True

    def keys(self) -> list[str]:
        return [*self.scalars, *self.macros, *self.matrices]

    def __repr__(self) -> str:
        parts = (
            ("scalars", self.scalars.items()),
            ("macros", self.macros.items()),
            (
                "matrices",
                ((name, " x ".join(map(str, matrix.values.shape))) for name, matrix in self.matrices.items()),
            ),
        )
        return "\n".join(
            f"{kind}:\n" + "\n".join(f"  {name} = {value}" for name, value in items)
            for kind, items in parts
            if getattr(self, kind)
        )

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(repr(self))}</pre>"

    def __contains__(self, name: str) -> bool:
        return name in self.scalars or name in self.macros or name in self.matrices

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default


@dataclass(slots=True, eq=False, repr=False)
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
    kept : object
        What predictions have computed from the data as they are, so that the next one need not.
    centred : object
        e(V) for covariates near zero, where the fit gives it: see `coefficients.Centred`.
    prepared : object
        What the fit has computed from the data as they are, `size` being its bytes. Estimates that are stored
        keep it (`stored.keep_within`); others lose it when they are no longer the active ones.
    """

    mark: str = ""
    payload: Any = None
    title: str = ""
    collected: int = 0
    kept: Any = None
    centred: Any = None
    prepared: Any = None

    @property
    def exist(self) -> bool:
        return "cmd" in self.macros
