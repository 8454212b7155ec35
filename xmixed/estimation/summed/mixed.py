"""The sample of a mixed model whose data stay where they are: its rows are cells of observations.

A cell is what has the same value of every grouping variable, of by() and of the weights of groups. What the
model needs of it is one row of a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from xmixed.data.reference.model import Reference, needs_rows
from xmixed.estimation.mixed.fit import as_stata_error
from xmixed.estimation.mixed.model import GroupLevel, MixedWeights
from xmixed.estimation.mixed.request import ResolvedMixed, WeightRequest
from xmixed.estimation.mixed.weights import TypedWeights, WeightColumn, sample_weights
from xmixed.estimation.summed.leaves import Leaves
from xmixed.estimation.summed.streaming import storage_beside
from xmixed.estimation.summed.sums import (
    WEIGHT,
    CellSums,
    Taken,
    Totals,
    cell_sums,
    explaining,
    totals_about,
    totals_of,
)
from xmixed.estimation.summed.weights import check_weight_column
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Part, ResolvedTerm, Term
from xmixed.statistics.grouping import Groups, ascends_strictly, factorise

if TYPE_CHECKING:
    from xmixed.engine import Cells


_REGRESSIONS = 3
_PERFECT = 1e-12


class SummedSample:
    """See `MixedSample`; `choice` is where `rows` are, over the table of the data."""

    def __init__(self, context: Context, rows: Reference, choice: Any) -> None:
        self.context = context
        self._choice = choice
        self._leaves = Leaves(context, rows)
        self._keys: list[str] = []
        self._request: ResolvedMixed | None = None
        self._fixed: list[Term] = []
        self._designs: dict[tuple[ResolvedTerm, ...], tuple[Term, ...]] = {}
        self._gone: set[tuple[Part, ...]] = set()

    @property
    def rows(self) -> np.ndarray:
        """See `MixedSample`: what stands for them."""
        return self._leaves.sample(self._choice)

    # --- what is taken in ---------------------------------------------------------------------------

    def add(self, variable: str, series: str, role: str) -> None:
        """See `MixedSample`."""
        self._leaves.number(variable, series, role)

    def add_terms(self, terms: Iterable[ResolvedTerm]) -> None:
        """See `MixedSample`."""
        self._leaves.add_terms(terms)

    def add_level(self, variable: str) -> None:
        """See `MixedSample`."""
        self._key(self._leaves.identifier(variable))

    def _key(self, name: str) -> None:
        if name not in self._keys:
            self._keys.append(name)

    def begin(self, resolved: ResolvedMixed) -> int:
        """See `MixedSample`; raises r(3) for what needs the observations, too."""
        self._request = resolved
        residuals, weights = resolved.residuals, resolved.weights
        if residuals.form.timed:
            raise needs_rows(f"residuals({residuals.structure}) is", residuals.span)
        if resolved.vce != "oim" and not resolved.equations:
            raise needs_rows(f"vce({resolved.vce}) without groups is")
        if residuals.by:
            self._key(self._leaves.identifier(residuals.by))
        if weights is not None:
            self._begin_weights(weights)
        self.expanded(resolved.terms)
        return self._totals.n

    def _begin_weights(self, weights: WeightRequest) -> None:
        if weights.scale:
            raise needs_rows("pwscale() is")
        if weights.observations is not None:
            self._leaves.expression(WEIGHT, weights.observations.expression, keeps_zero=False)
        for place, (_, typed) in enumerate(weights.levels):
            self._key(self._leaves.expression(f"l{place}", typed.expression, keeps_zero=True))
        if weights.observations is not None:
            check_weight_column(self._leaves, weights.kind, weights.observations.span)

    # --- the design ---------------------------------------------------------------------------------

    def expanded(self, terms: Iterable[ResolvedTerm]) -> tuple[Term, ...]:
        """See `MixedSample`."""
        own = tuple(terms)
        if own not in self._designs:
            self._designs[own] = self._leaves.expanded(own)
        found = self._designs[own]
        self._fixed = [term for term in found if not term.status]
        return found

    @property
    def _effects(self) -> list[Term]:
        equations = () if self._request is None else self._request.equations
        return [effect for equation in equations for effect in equation.effects]

    @property
    def _outcome(self) -> Term:
        assert self._request is not None
        return Term((Part(*self._request.depvar),))

    @cached_property
    def _columns(self) -> list[Term]:
        """The distinct columns of the model, those omitted among the fixed ones included."""
        whole = [*self._effects, *self._fixed, self._outcome]
        return list({term.parts: term for term in whole}.values())

    @cached_property
    def _totals(self) -> Totals:
        return totals_of(self._leaves, self._columns)

    def omitted(self, terms: Sequence[Term], constant: bool) -> list[bool]:
        """See `MixedSample`."""
        if not terms:
            return []
        from xmixed.engine import omitted_of_products

        place = {term.parts: i for i, term in enumerate(self._columns)}
        own, totals = [place[term.parts] for term in terms], self._totals
        products, centers = totals.products[np.ix_(own, own)], totals.centers[own]
        omitted = [bool(gone) for gone in omitted_of_products(products, centers, totals.weight, constant)]
        if terms[0] in self._fixed:
            self._gone |= {term.parts for term, gone in zip(terms, omitted, strict=True) if gone}
        return omitted

    # --- the cells ----------------------------------------------------------------------------------

    @property
    def _needs_all(self) -> bool:
        """Whether products of fixed columns are wanted of every cell, not only over all."""
        request = self._request
        assert request is not None
        weighted = request.weights is not None and bool(request.weights.levels)
        return weighted or request.vce != "oim" or not request.residuals.is_default

    @cached_property
    def _kept(self) -> list[int]:
        needed = {term.parts for term in (*self._effects, self._outcome)}
        places = enumerate(self._columns)
        return [place for place, term in places if term.parts in needed or term.parts not in self._gone]

    @cached_property
    def _regressed(self) -> tuple[Totals, Taken | None]:
        """Moments of the columns kept, y less its regression where that explains nearly all of it.

        Done on sums, the subtraction would leave rounding errors; the coefficients go back to the estimates.

        Raises
        ------
        StataError
            r(498) the fixed effects fit the outcome exactly.
        """
        kept, whole = self._kept, self._totals
        totals = Totals(whole.n, whole.weight, whole.centers[kept], whole.products[np.ix_(kept, kept)])
        terms, plain = [self._columns[place] for place in kept], totals
        fixed = {term.parts for term in self._fixed} - self._gone
        x = [i for i, term in enumerate(terms) if term.parts in fixed]
        y = next(i for i, term in enumerate(terms) if term.parts == self._outcome.parts)
        slopes, taken = np.zeros(len(terms)), None
        for _ in range(_REGRESSIONS):
            step = explaining(totals, x, y, self._request is None or self._request.constant)
            if step is None or y in x:
                break
            slopes[x] += step
            taken = Taken(y, slopes.copy())
            totals = totals_about(self._leaves, terms, plain.centers, taken)
            if totals.products[y, y] <= _PERFECT**2 * plain.products[y, y]:
                from xmixed.engine import PerfectFit

                raise as_stata_error(PerfectFit())
        return Totals(totals.n, totals.weight, plain.centers, totals.products), taken

    def taken(self, terms: Sequence[Term]) -> np.ndarray | None:
        """See `MixedSample`."""
        taken = self._regressed[1]
        if taken is None:
            return None
        place = {self._columns[at].parts: i for i, at in enumerate(self._kept)}
        return np.array([taken.slopes[place[term.parts]] if term.parts else 0.0 for term in terms])

    @cached_property
    def _sums(self) -> CellSums:
        terms = [self._columns[place] for place in self._kept]
        effects = {term.parts for term in self._effects}
        pairs = [
            (i, j)
            for i, term in enumerate(terms)
            for j in range(i, len(terms))
            if self._needs_all or term.parts in effects or terms[j].parts in effects
        ]
        totals, taken = self._regressed
        return cell_sums(self._leaves, self._keys, terms, totals.centers, pairs, taken)

    @property
    def cells(self) -> Cells | None:
        """See `MixedSample`."""
        return self._cells

    @cached_property
    def _cells(self) -> Cells:
        from xmixed.engine import Cells

        sums, (whole, taken) = self._sums, self._regressed
        totals = None
        if not self._needs_all:
            totals = whole.products.copy()
            for i, first in enumerate(sums.means):
                counted = first * sums.counts
                for j, second in enumerate(sums.means[: i + 1]):
                    totals[i, j] -= counted @ second
                    totals[j, i] = totals[i, j]
        origins = whole.centers.copy()
        if taken is not None:
            origins[taken.column] -= taken.slopes @ whole.centers
        weighted = WEIGHT in self._leaves.table.columns
        counts = sums.counts
        storage = storage_beside(self._leaves.rows.source)
        origin = tuple(map(float, origins))
        return Cells(whole.n, counts, weighted, sums.means, origin, sums.within, totals, storage)

    @property
    def size(self) -> int:
        """See `MixedSample`."""
        return len(self._sums.rows)

    @property
    def observations(self) -> np.ndarray:
        """See `MixedSample`."""
        return self._sums.rows

    def level(self, variable: str) -> np.ndarray:
        """See `MixedSample`."""
        return self._sums.keys[f"g_{variable}"]

    def groups(self, variable: str) -> Groups:
        """See `MixedSample`: where every cell is a group their codes are kept as all that is by cell."""
        values = self.level(variable)
        if values.dtype == np.float64 and ascends_strictly(values):
            return Groups(storage_beside(self._leaves.rows.source).numbers(len(values)), values)
        return factorise(values)

    def values(self, variable: str, series: str = "") -> np.ndarray:
        """See `MixedSample`."""
        return self.level(variable)

    def column(self, term: Term) -> np.ndarray:
        """See `MixedSample`."""
        for place, mean in zip(self._kept, self._sums.means, strict=True):
            if self._columns[place].parts == term.parts:
                return mean
        raise KeyError(term)

    def weights(self, names: Sequence[str], levels: Sequence[GroupLevel]) -> MixedWeights | None:
        """See `MixedSample`."""
        request = None if self._request is None else self._request.weights
        if request is None:
            return None
        typed, every = self._typed(request), np.ones(self.size, bool)
        typed.check_levels(every)
        return sample_weights(typed, names, levels, every)

    def _typed(self, request: WeightRequest) -> TypedWeights:
        own = request.observations
        observations = None if own is None else WeightColumn(own.text, self._sums.counts, own.span)
        of_levels = {
            name: WeightColumn(typed.text, self._sums.keys[f"l{place}"], typed.span)
            for place, (name, typed) in enumerate(request.levels)
        }
        return TypedWeights(request.kind, observations, of_levels, request.scale)
