"""The frozen types of a mixed model: what is to be fitted, and what is kept of a fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.request import ResolvedMixed, TakesColumns
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import ResolvedTerm, Term

if TYPE_CHECKING:
    from xmixed.engine import Cells, CovarianceStructure, Residuals, ResidualStructure
    from xmixed.statistics.grouping import Groups

RESIDUAL = -1
"""`VarianceParameter.equation` of the residual standard deviation."""


@dataclass(frozen=True, slots=True)
class RandomEquationSummary:
    """One random-effects equation as it was fitted.

    Attributes
    ----------
    level : str
        Grouping variable.
    level_number, equation_number : int
        1 for the highest level; 1 for the first equation of a level. They make the names `lns1_2_1`.
    structure : str
        identity, independent, exchangeable or unstructured; identity when there is one effect.
    effects : tuple of str
        Covariates in order, `_cons` last; `R.varname` for a factor; () for an empty equation.
    values : int
        How many values the factor of `R.varname` takes; 0 otherwise.
    """

    level: str
    level_number: int
    equation_number: int
    structure: str
    effects: tuple[str, ...]
    values: int = 0

    @property
    def dimension(self) -> int:
        """Columns of Z: the effects, or the values of the factor."""
        return self.values or len(self.effects)

    @property
    def form(self) -> CovarianceStructure:
        """The structure itself; two columns stand for all values of a factor."""
        from xmixed.engine import covariance_structure

        return covariance_structure(self.structure, min(self.values, 2) or max(len(self.effects), 1))


@dataclass(frozen=True, slots=True)
class LevelSummary:
    """One grouping level: variable, number of groups, smallest, average and largest group."""

    name: str
    n_groups: int
    smallest: int
    average: float
    largest: int


@dataclass(frozen=True, slots=True)
class ResidualSummary:
    """The residual structure where it is not plain independence.

    Attributes
    ----------
    structure : str
        As the option names it.
    order : int
        Of ar, ma, banded and toeplitz; else 0.
    by : str
        Variable of by(), "" when there is none.
    groups : tuple of str
        What the by() groups are called; () without by().
    time : str
        Variable of t(), "" when there is none.
    times : tuple of float
        Values of t() by position; unstructured and banded only.
    base : int
        Position, from 1, whose standard deviation in the first by() group is sigma_e.
    """

    structure: str
    order: int = 0
    by: str = ""
    groups: tuple[str, ...] = ()
    time: str = ""
    times: tuple[float, ...] = ()
    base: int = 1

    @property
    def title(self) -> str:
        """`AR(2)`, `Unstructured`."""
        return self.form.title

    @property
    def form(self) -> ResidualStructure:
        """The structure itself."""
        from xmixed.engine import residual_structure

        return residual_structure(self.structure, self.order)


@dataclass(frozen=True, slots=True)
class VarianceParameter:
    """One parameter of the estimation metric.

    Attributes
    ----------
    name : str
        `lns1_1_1`, `atr1_1_1_2`, `lnsig_e`.
    kind : str
        "log_sd", "atanh_correlation", "log_sd_residual", or one of the engine's kinds `residual_...`.
    equation : int
        Index into `MixedResult.equations`; `RESIDUAL` for the residuals.
    row, column : int
        0-based effects that it belongs to; `column` only for correlations. For those of a residual
        structure positions or lags from 1, 0 where they do not apply.
    group : int
        by() group of a parameter of the residual structure, from 1; 0 for all others.
    """

    name: str
    kind: str
    equation: int
    row: int = 0
    column: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True)
class MixedDescription:
    """The model in words.

    Attributes
    ----------
    depvar : str
    terms : tuple of Term
        Fixed effects as they stand in e(b), the constant last when there is one.
    equations : tuple of RandomEquationSummary
    levels : tuple of LevelSummary
        Highest first; empty when there are neither random effects nor a residual structure.
    method : str
        "ml" or "reml".
    n_obs : int
        Observations; with frequency weights their sum.
    residuals : ResidualSummary or None
        None: independent residuals with one variance.
    pseudo : bool
        Whether variances are robust: the likelihood is then called a pseudolikelihood.
    """

    depvar: str
    terms: tuple[Term, ...]
    equations: tuple[RandomEquationSummary, ...]
    levels: tuple[LevelSummary, ...]
    method: str
    n_obs: int
    residuals: ResidualSummary | None = None
    pseudo: bool = False

    @property
    def is_linear_regression(self) -> bool:
        """Whether there is no random effect at all, nor a residual structure."""
        return self.residuals is None and not self.has_random_effects

    @property
    def has_random_effects(self) -> bool:
        return any(equation.effects for equation in self.equations)

    @property
    def title(self) -> str:
        if self.pseudo:
            return "Mixed-effects regression"
        return f"Mixed-effects {self.method.upper()} regression"

    @property
    def likelihood_label(self) -> str:
        if self.pseudo:
            return "log pseudolikelihood"
        return "log restricted-likelihood" if self.method == "reml" else "log likelihood"


@dataclass(frozen=True, slots=True)
class MixedResult:
    """The payload of e() after xtmixed: everything a replay shows.

    Attributes
    ----------
    description : MixedDescription
    beta : ndarray, shape (k_f,)
        Fixed effects, zero where a term is omitted.
    beta_covariance : ndarray, shape (k_f, k_f)
    parameters : tuple of VarianceParameter
    estimates : ndarray, shape (k_v,)
        Estimation metric: log standard deviations and atanh correlations; the residuals last.
    parameter_covariance : ndarray, shape (k_v, k_v)
        Zero rows where there is no standard error (boundary, `nostderr`, `emonly`).
    covariances : tuple of ndarray
        One (q, q) matrix of each equation's effects, response units, as reached; (0, 0) when it is empty.
    sigma_e : float
        Residual standard deviation, as reached.
    notes : tuple of str
        What the engine has to say of the fit (components on the boundary, ...).
    weights : WeightSummary or None
    robust : RobustVariance or None
        Then `beta_covariance` and `parameter_covariance` are its blocks.
    resolved : ResolvedMixed or None
        The model in names, from which X, Z and group codes are made on any rows.
    level_labels : tuple of (variable, level, text)
        Value labels of the factors as they were, which `mixed` shows in place of levels.
    sigma_is_zero : bool
        Whether sigma_e stays at zero; log ratios to it then vary as logarithms of standard deviations do.
    """

    description: MixedDescription
    beta: np.ndarray
    beta_covariance: np.ndarray
    parameters: tuple[VarianceParameter, ...]
    estimates: np.ndarray
    parameter_covariance: np.ndarray
    covariances: tuple[np.ndarray, ...]
    sigma_e: float
    notes: tuple[str, ...] = ()
    weights: WeightSummary | None = None
    robust: RobustVariance | None = None
    resolved: ResolvedMixed | None = None
    level_labels: tuple[tuple[str, int, str], ...] = ()
    sigma_is_zero: bool = False

    @property
    def has_residual_variance(self) -> bool:
        """Whether the residual standard deviation is a parameter."""
        return True

    @property
    def latent_variance(self) -> float:
        """Variance of what an outcome depends on beside its linear predictor, where it is no parameter."""
        return 0.0

    def parameter(self, equation: int, kind: str, row: int = 0, column: int = 0) -> int:
        """Return the index of a parameter."""
        for place, parameter in enumerate(self.parameters):
            if (parameter.equation, parameter.kind, parameter.row, parameter.column) == (
                equation,
                kind,
                row,
                column,
            ):
                return place
        raise KeyError((equation, kind, row, column))


Column = np.ndarray | None
"""A column of a design, float64, shape (n,); None is the constant."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupLevel:
    """One level: `codes` int64, shape (n,), of the groups nested in the levels above; their number."""

    codes: np.ndarray
    n_groups: int


@dataclass(frozen=True, slots=True, eq=False)
class MixedSpecification:
    """Everything that is to be fitted.

    Attributes
    ----------
    description : MixedDescription
    y : ndarray of float64, shape (n,)
    fixed : tuple of Column
        Columns of the terms that are estimated, in the order of `description.terms`.
    effects : tuple of tuple of Column
        Columns of each equation of `description.equations`.
    factors : tuple of GroupLevel or None
        For an equation `level: R.varname` the groups that the factor's values form within the level.
    levels : tuple of GroupLevel
        Highest first; `description.equations[i].level_number` counts them from 1.
    rows : ndarray of bool
        The estimation sample over the observations of the data; empty where these are not in memory.
    notes : tuple of str
        Lines to print before estimation.
    residuals : engine.Residuals or None
        The structure of the residuals; None for independent ones with one variance.
    weights : MixedWeights or None
    clusters : Clusters or None
        What scores are summed within for robust variances.
    resolved : ResolvedMixed or None
        The model in names, from which this was made.
    cells : engine.Cells or None
        What rows stand for that are not single observations: columns hold means then.
    taken : ndarray, shape (columns of `fixed`,), or None
        Coefficients of the fixed part that `y` is already without.
    """

    description: MixedDescription
    y: np.ndarray
    fixed: tuple[Column, ...]
    effects: tuple[tuple[Column, ...], ...]
    factors: tuple[GroupLevel | None, ...]
    levels: tuple[GroupLevel, ...]
    rows: np.ndarray
    notes: tuple[str, ...]
    residuals: Residuals | None = None
    weights: MixedWeights | None = None
    clusters: Clusters | None = None
    resolved: ResolvedMixed | None = None
    cells: Cells | None = None
    taken: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RobustVariance:
    """The robust variance of all parameters.

    Attributes
    ----------
    kind : str
        robust or cluster.
    cluster : str
        The variable whose groups are the clusters; "" where every observation is one.
    n_clusters : int
    variance, model_based : ndarray, shape (k, k)
        In the order of e(b); the second without the correction.
    centred : ndarray, shape (k, k), or None
        `variance` for covariates less the centers of the fit.
    """

    kind: str
    cluster: str
    n_clusters: int
    variance: np.ndarray
    model_based: np.ndarray
    centred: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """`kind` robust or cluster; the variable, "" for single observations; codes over the sample, number."""

    kind: str
    name: str
    codes: np.ndarray
    count: int


@dataclass(frozen=True, slots=True)
class WeightSummary:
    """The weights in words.

    Attributes
    ----------
    kind : str
        fweight or pweight.
    expression : str
        Of the observations' weights; "" where they have none.
    levels : tuple of str
        Expression for each level, highest first; "" where it has none.
    scale : str
        What `pwscale()` says.
    """

    kind: str
    expression: str
    levels: tuple[str, ...]
    scale: str


@dataclass(frozen=True, slots=True, eq=False)
class MixedWeights:
    """Weights over the sample; None where all are one.

    Attributes
    ----------
    summary : WeightSummary
    rows : ndarray, shape (n,), or None
    levels : tuple over levels, highest first, of ndarray, shape (n_groups,), or None
    """

    summary: WeightSummary
    rows: np.ndarray | None
    levels: tuple[np.ndarray | None, ...]


class LevelSample(Protocol):
    """What group codes are made of."""

    def level(self, variable: str) -> np.ndarray:
        """Return a grouping variable over the rows, numbers or str objects."""
        ...

    def groups(self, variable: str) -> Groups:
        """Return the codes of its groups."""
        ...


class MixedSample(LevelSample, TakesColumns, Protocol):
    """The data of a mixed model: rows are observations, or cells of them.

    Attributes
    ----------
    context : Context
    """

    context: Context

    @property
    def rows(self) -> np.ndarray:
        """The sample over the observations of the data, bool, or what stands for it by reference."""
        ...

    @property
    def cells(self) -> Cells | None:
        """What rows stand for; None where they are observations."""
        ...

    @property
    def size(self) -> int:
        """Rows."""
        ...

    @property
    def observations(self) -> np.ndarray:
        """How many observations each row is, (size,)."""
        ...

    def add_terms(self, terms: Iterable[ResolvedTerm]) -> None:
        """Take in the variables of covariates."""
        ...

    def add_level(self, variable: str) -> None:
        """Take a grouping variable in, numeric or string."""
        ...

    def begin(self, resolved: ResolvedMixed) -> int:
        """Evaluate and check weights, settle the sample and return its observations; r(401), r(402)."""
        ...

    def values(self, variable: str, series: str = "") -> np.ndarray:
        """Return a variable that is constant within rows, float64."""
        ...

    def expanded(self, terms: Iterable[ResolvedTerm]) -> tuple[Term, ...]:
        """Return one term for each column of the design."""
        ...

    def omitted(self, terms: Sequence[Term], constant: bool) -> list[bool]:
        """Return which terms are combinations of those before them, and of a constant."""
        ...

    def column(self, term: Term) -> np.ndarray:
        """Return the column of a term, the same array whenever it is asked for."""
        ...

    def taken(self, terms: Sequence[Term]) -> np.ndarray | None:
        """Return what was taken from the outcome as coefficients of terms, (len(terms),), or None."""
        ...

    def weights(self, names: Sequence[str], levels: Sequence[GroupLevel]) -> MixedWeights | None:
        """Return the weights of rows and of the groups of the levels; r(459), r(198)."""
        ...


def mixed_result(payload: object, command: str) -> MixedResult:
    """Return what xtmixed kept with e().

    Raises
    ------
    StataError
        r(321): the last estimates are of another command.
    """
    if not isinstance(payload, MixedResult):
        raise StataError(321, f"{command} not valid")
    return payload
