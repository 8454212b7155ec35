"""What the engine is given: the model and the options of its fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from xmixed.engine.storage import IN_MEMORY, Storage

StructureName = Literal["identity", "independent", "exchangeable", "unstructured"]
Method = Literal["ml", "reml"]
MatrixMetric = Literal["matsqrt", "matlog"]
ResidualStructureName = Literal[
    "independent", "exchangeable", "ar", "ma", "unstructured", "banded", "toeplitz", "exponential"
]


@dataclass(frozen=True, slots=True, eq=False)
class RandomEffects:
    """One random-effects equation, that is, one block of a level's covariance matrix.

    Attributes
    ----------
    columns : tuple of (n,) arrays or None
        The q columns of Z, in response order of the rows; None is the constant.
    structure : StructureName
        The form of the q x q covariance matrix.
    """

    columns: tuple[np.ndarray | None, ...]
    structure: StructureName


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One grouping of the rows with its random effects; levels go from the largest groups down.

    Attributes
    ----------
    groups : (n,) integer array
        Codes 0..n_groups-1. Levels whose groups are not nested in each other are crossed.
    n_groups : int
        M, the number of groups.
    equations : tuple of RandomEffects
        Mutually independent blocks; an empty tuple contributes nothing.
    within : ((n,) integer array, int) or None
        Codes and number of larger groups within which this level's effects are equally correlated, as the
        values of a factor are: the level then has one equation, the constant alone, "exchangeable".
        None: the effects of different groups are independent.
    weights : (n_groups,) array or None
        How often each group counts within its group of the level above, by code.
    """

    groups: np.ndarray
    n_groups: int
    equations: tuple[RandomEffects, ...]
    within: tuple[np.ndarray, int] | None = None
    weights: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """The form of the residuals' covariance matrix, sigma_e^2 Lambda, within groups of rows.

    Attributes
    ----------
    structure : ResidualStructureName
        "independent" is of use with `by` only.
    groups : (n,) integer array
        Codes 0..n_groups-1: residuals of different groups are independent. Every group of every level
        is made of whole groups, or, for "independent", any codes will do.
    n_groups : int
    time : (n,) float64 array or None
        t(): integers for ar, ma and toeplitz; positions 0..n_times-1 for unstructured and banded; real for
        exponential; None for independent and exchangeable. No value comes twice in a group.
    n_times : int
        Distinct values of t(), for unstructured and banded.
    order : int
        p of ar, q of ma, banded and toeplitz; else 0.
    by : (n,) integer array or None
        Codes 0..n_by-1 of the sets of parameters, constant within groups except for "independent".
    n_by : int
    """

    structure: ResidualStructureName
    groups: np.ndarray
    n_groups: int
    time: np.ndarray | None = None
    n_times: int = 0
    order: int = 0
    by: np.ndarray | None = None
    n_by: int = 1

    @property
    def by_codes(self) -> np.ndarray:
        """The by() group of each row, (n,): all in one where there are none."""
        if self.by is None:
            return np.zeros(len(self.groups), np.intp)
        return self.by.astype(np.intp, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What is kept of observations that were summed: each row of a model is then a cell of many.

    The columns of a model hold the means of its cells, less an origin where they are far from zero: so
    no digits are lost. Columns that are not among `columns` do not vary within cells. A cell lies in one
    group of every level, and in one by() group of the residuals.

    Attributes
    ----------
    n : int
        Observations.
    counts : (m,) float64 array
        Observations in each cell, or the sum of their weights.
    weighted : bool
        Whether they are sums of weights.
    columns : tuple of k (m,) arrays
        The columns of the model, the very arrays, that vary within cells.
    origins : tuple of k floats
        What was taken from them.
    within : dict of (int, int) to (m,) arrays
        For places i <= j in `columns` the sum over each cell's observations of the products of deviations
        from the cell's means, weighted. What is not there is wanted of no cell.
    totals : (k, k) array or None
        The sums of these over all cells; None where `within` has them all.
    storage : Storage
        Where products by group are kept.
    """

    n: int
    counts: np.ndarray
    weighted: bool
    columns: tuple[np.ndarray, ...]
    origins: tuple[float, ...]
    within: dict[tuple[int, int], np.ndarray]
    totals: np.ndarray | None = None
    storage: Storage = IN_MEMORY

    def origin(self, array: np.ndarray | None) -> float:
        """What was taken from a column of the model."""
        pairs = zip(self.columns, self.origins, strict=True)
        return next((origin for own, origin in pairs if own is array), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """y = X beta + sum over levels of Z u + e.

    Attributes
    ----------
    y : (n,) array
        Outcome, response units, any real dtype.
    fixed : tuple of (n,) arrays or None
        The p columns of X, linearly independent (see `find_omitted`); None is the constant.
    levels : tuple of Level
        Top (largest groups) to bottom; () is linear regression.
    method : {"ml", "reml"}
        Equation (9) or (10) of the manual.
    residuals : Residuals or None
        None: independent residuals with one variance.
    weights : (n,) array or None
        How often each observation counts within its group of the lowest level.
    cells : Cells or None
        None: the rows are the observations. Else they are cells of observations, and `weights` is None.
    """

    y: np.ndarray
    fixed: tuple[np.ndarray | None, ...]
    levels: tuple[Level, ...]
    method: Method = "ml"
    residuals: Residuals | None = None
    weights: np.ndarray | None = None
    cells: Cells | None = None

    @property
    def n(self) -> int:
        """Observations."""
        return len(self.y) if self.cells is None else self.cells.n


@dataclass(frozen=True, slots=True)
class Options:
    """How to fit.

    Attributes
    ----------
    em_iterations, em_tolerance, em_only
        Maximum number of EM steps, relative change of the log likelihood that ends them, and
        whether to stop there.
    parameterization : {"matsqrt", "matlog"}
        Metric of the optimisation: matrix square root or logarithm of Sigma/sigma_e^2.
    technique : tuple of (name, iterations)
        "nr", "bfgs", "dfp" in turn, each for so many iterations; 0 is for ever.
    iterate, tolerance, ltolerance, nrtolerance, use_nrtolerance
        Stata's maximize options: the last criterion bounds the scaled gradient g'H^{-1}g.
    difficult : bool
        Treat only the non-concave subspace of the Hessian by steepest ascent.
    standard_errors : bool
        Whether to compute `parameter_covariance`.
    start : (k,) array or None
        Starting values in the estimation metric, in the order of `Fit.parameters`; nan takes EM's own.
        EM is skipped; with `iterate` 0 they are the result as they stand.
    detail : bool
        Whether `Iteration.detail` is filled in.
    clusters : ((n,) integer array, int) or None
        Codes and number of the clusters that `Fit.scores` is wanted for; each is made of whole groups of the
        highest level.
    relative_weights : bool
        Whether the search is judged as if weights had mean one, as for sampling weights.
    """

    em_iterations: int = 20
    em_tolerance: float = 1e-10
    em_only: bool = False
    parameterization: MatrixMetric = "matsqrt"
    technique: tuple[tuple[str, int], ...] = (("nr", 0),)
    iterate: int = 16000
    tolerance: float = 1e-6
    ltolerance: float = 1e-7
    nrtolerance: float = 1e-5
    use_nrtolerance: bool = True
    difficult: bool = False
    standard_errors: bool = True
    start: np.ndarray | None = None
    detail: bool = False
    clusters: tuple[np.ndarray, int] | None = None
    relative_weights: bool = False
