"""A mixed model as a command asks for it: names of the dataset and parsed expressions, no arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from xmixed.errors import Span
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.language.nodes import Expression

if TYPE_CHECKING:
    from xmixed.engine import ResidualStructure


class TakesColumns(Protocol):
    """A sample that is being made."""

    def add(self, variable: str, series: str, role: str) -> None:
        """Take a numeric column in; observations where it is missing leave the sample; r(109)."""
        ...


@dataclass(frozen=True, slots=True)
class WeightExpression:
    """A weight as typed."""

    text: str
    expression: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class WeightRequest:
    """The weights that a command asks for; `levels` by name, those with weights only.

    `assumed`: the kind was not typed.
    """

    kind: str
    observations: WeightExpression | None
    levels: tuple[tuple[str, WeightExpression], ...]
    scale: str
    assumed: bool = False

    @property
    def note(self) -> str:
        """What is to be said before estimation."""
        return "(frequency weights assumed)" if self.assumed else ""


@dataclass(frozen=True, slots=True)
class ResidualRequest:
    """What residuals() asks for, names resolved; `by` and `time` are "" when there are none.

    `order` is None where it was not typed. `note` is to be printed before estimation.
    """

    structure: str
    order: int | None
    by: str
    time: str
    note: str
    span: Span

    @property
    def is_default(self) -> bool:
        """Whether this is what there would be without the option."""
        return not (self.by or self.form.correlated)

    @property
    def form(self) -> ResidualStructure:
        """The structure itself; without the order that the data suggest."""
        from xmixed.engine import residual_structure

        return residual_structure(self.structure, self.order or 0)

    def add_columns(self, sample: TakesColumns) -> None:
        """Take t() and by() into the sample; observations where they are missing leave it."""
        if self.time:
            sample.add(self.time, "", "t() variables")
        if self.by:
            sample.add(self.by, "", "by() variables")


@dataclass(frozen=True, slots=True)
class ResolvedEquation:
    """A random-effects equation: `effects` are covariates and products of them; `factor` of `R.varname`."""

    level: str
    effects: tuple[Term, ...]
    constant: bool
    structure: str
    collinear: bool
    factor: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedMixed:
    """A mixed model in the names of a dataset.

    Attributes
    ----------
    depvar : tuple of str
        Variable and time-series operator.
    terms : tuple of ResolvedTerm
        Fixed effects as typed.
    constant : bool
    equations : tuple of ResolvedEquation
    residuals : ResidualRequest
    weights : WeightRequest or None
    method : str
        "ml" or "reml".
    vce : str
        oim, robust or cluster.
    cluster : str
        Variable of `vce(cluster ...)`; "" where there is none.
    """

    depvar: tuple[str, str]
    terms: tuple[ResolvedTerm, ...]
    constant: bool
    equations: tuple[ResolvedEquation, ...]
    residuals: ResidualRequest
    weights: WeightRequest | None
    method: str
    vce: str
    cluster: str

    @property
    def depvar_name(self) -> str:
        """`weight`, `D.weight`."""
        variable, series = self.depvar
        return f"{series}.{variable}" if series else variable

    @property
    def levels(self) -> tuple[str, ...]:
        """Grouping variables, highest level first."""
        return tuple(dict.fromkeys(equation.level for equation in self.equations))

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said before estimation."""
        said = ("" if self.weights is None else self.weights.note, self.residuals.note)
        return tuple(note for note in said if note)
