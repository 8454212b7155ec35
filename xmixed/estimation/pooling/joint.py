"""Joint tests of pooled coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.wald import wald
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.imputation.pooling import PooledTest, equal_fmi_test, unrestricted_test


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """What a test needs of pooled estimates.

    Attributes
    ----------
    names : tuple of str
    b : ndarray, shape (k,)
    within, between, total : ndarray, shape (k, k)
    M : int
    complete : float or None
        Degrees of freedom with complete data.
    """

    names: tuple[str, ...]
    b: np.ndarray
    within: np.ndarray
    between: np.ndarray
    total: np.ndarray
    M: int
    complete: float | None

    @classmethod
    def of(cls, e: Estimates, suffix: str = "", small: bool = True) -> Pieces:
        """Return those of e() after `mi estimate`; suffix `_Q` for transformations.

        Raises
        ------
        StataError
            r(301) `last mi estimates not found`.
        """
        if "mi" not in e.macros or f"b{suffix}_mi" not in e.matrices:
            raise StataError(301, "last mi estimates not found")
        b = e.matrices[f"b{suffix}_mi"]
        within, between, total = (e.matrices[f"{name}{suffix}_mi"].values for name in "WBV")
        complete = e.scalars.get("df_c_mi") if small else None
        return cls(
            tuple(b.column_names), b.values[0], within, between, total, int(e.scalars["M_mi"]), complete
        )


def joint_test(
    rows: np.ndarray, constants: np.ndarray, pieces: Pieces, unrestricted: bool = False
) -> tuple[list[int], PooledTest]:
    """Return which constraints R b = r were kept, and the test of those.

    Parameters
    ----------
    rows, constants : ndarray, shapes (m, k) and (m,)
    unrestricted : bool
        Without taking fractions of missing information as equal.
    """
    kept, _ = wald(rows, constants, pieces.b, pieces.within)
    if not kept:
        return [], PooledTest(MISSING, 0, MISSING, MISSING, MISSING)
    R = rows[kept]
    distance = R @ pieces.b - constants[kept]
    within, other = R @ pieces.within @ R.T, R @ (pieces.total if unrestricted else pieces.between) @ R.T
    # In units of the standard errors, so that those of the covariates do not decide what is singular.
    scale = np.sqrt(np.diag(within))
    units = np.outer(scale, scale)
    distance, within, other = distance / scale, within / units, other / units
    if unrestricted:
        return kept, unrestricted_test(distance, other, within, pieces.M, pieces.complete)
    return kept, equal_fmi_test(distance, within, other, pieces.M, pieces.complete)
