"""What mi impute shows and saves of a run: header, methods, observations per m, r()."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.imputation.problem import Arrays, Counts, Imputed
from xmixed.output import Line, line
from xmixed.render.layouts.imputation.imputed import (
    CountBlock,
    CountRow,
    HeadFigure,
    render_counts,
    render_head,
    render_methods,
)
from xmixed.session.results import Matrix, Results

TITLES = {
    "mvn": "Multivariate normal regression",
    "chained": "Chained equations",
    "monotone": "Monotone method",
}
PRIORS = {"uniform": "uniform", "jeffreys": "Jeffreys"}


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A by() group: title, arrays, imputed values of each variable as typed (m, missing), trace of chains."""

    title: str
    arrays: Arrays
    values: tuple[np.ndarray, ...] = ()
    trace: np.ndarray | None = None


def conditional_models(
    imputed: Sequence[Imputed], order: Sequence[int], earlier: bool
) -> list[tuple[str, str]]:
    """Return each variable with its model as a command, in the order of imputation.

    Parameters
    ----------
    earlier : bool
        A model holds only imputation variables that come before it.
    """
    ordered = [imputed[place] for place in order]
    models = []
    for place, own in enumerate(ordered):
        others = [
            f"i.{other.name}" if other.factor else other.name
            for other in (ordered[:place] if earlier else ordered)
            if other.name in own.others
        ]
        models.append((own.name, own.model(others)))
    return models


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """A run of mi impute.

    Attributes
    ----------
    method : str
    imputed : tuple of Imputed
        The variables as typed.
    groups : tuple of Group
    first, last, added : int
        The imputations that got values, and how many of them are new.
    burnin, between, neighbours : int
    prior, by, seed : str
        By and seed "" where they were not given.
    legend : bool
    """

    method: str
    imputed: tuple[Imputed, ...]
    groups: tuple[Group, ...]
    first: int
    last: int
    added: int
    burnin: int
    between: int
    prior: str
    neighbours: int
    by: str
    seed: str
    legend: bool

    @property
    def count(self) -> int:
        """How many imputations got values."""
        return self.last - self.first + 1

    def report(self) -> list[Line]:
        """Return the output, from the blank line before the header on."""
        through = f"m={self.first}" + (f" through m={self.last}" if self.last > self.first else "")
        several = TITLES.get(self.method)
        method = self.imputed[0].method
        title = several or (method.title if method is not None else "")
        kind = "Multivariate" if several else "Univariate"
        head = [
            (f"{kind} imputation", HeadFigure("Imputations", self.last)),
            (title, HeadFigure("added", self.added)),
            (f"Imputed: {through}", HeadFigure("updated", self.count - self.added)),
        ]
        lines = [line(), *render_head([*head, *self._setup()])]
        if self.method in ("chained", "monotone") and self.legend:
            methods = [(own.name, own.method.title.lower()) for own in self.imputed if own.method is not None]
            lines += [line(), *render_methods(methods)]
        blocks = [CountBlock(group.title, _rows(group.arrays.counts)) for group in self.groups]
        if self.by:
            blocks.append(CountBlock("Overall", _overall(blocks)))
        return [*lines, line(), *render_counts(blocks, bool(self.by))]

    def _setup(self) -> list[tuple[str, HeadFigure]]:
        """Return the lines of the header that belong to a method."""
        blank = ("", HeadFigure())
        if self.method == "pmm":
            return [blank, ("", HeadFigure("Nearest neighbors", self.neighbours))]
        if self.method == "chained":
            iterations = HeadFigure("Iterations", self.burnin * self.count)
            return [blank, ("Initialization: monotone", iterations), ("", HeadFigure("burn-in", self.burnin))]
        if self.method == "mvn":
            iterations = HeadFigure("Iterations", self.burnin + self.between * (self.count - 1))
            return [
                blank,
                (f"Prior: {PRIORS[self.prior]}", iterations),
                ("", HeadFigure("burn-in", self.burnin)),
                ("", HeadFigure("between", self.between)),
            ]
        return []

    def results(self) -> Results:
        """Return r()."""
        scalars = {
            "M": float(self.last),
            "M_add": float(self.added),
            "M_update": float(self.count - self.added),
            "k_ivars": float(len(self.imputed)),
            "N_g": float(len(self.groups)),
        }
        if self.method in ("chained", "mvn"):
            scalars["burnin"] = float(self.burnin)
        if self.method == "mvn":
            scalars["burnbetween"] = float(self.between)
        if self.method == "pmm":
            scalars["knn"] = float(self.neighbours)
        macros = {
            "method": self.method,
            "ivars": " ".join(own.name for own in self.imputed),
            "rseed": self.seed,
            "by": self.by,
        }
        return Results(scalars, {name: text for name, text in macros.items() if text}, self._matrices())

    def _matrices(self) -> dict[str, Matrix]:
        """Return the counts, a row for each by() group and a column for each variable."""
        rows = [_rows(group.arrays.counts) for group in self.groups]
        kinds = {
            "N": [[row.complete + row.incomplete for row in own] for own in rows],
            "N_complete": [[row.complete for row in own] for own in rows],
            "N_incomplete": [[row.incomplete for row in own] for own in rows],
            "N_imputed": [[row.imputed for row in own] for own in rows],
        }
        labels = [f"group{number}" for number in range(1, len(rows) + 1)] if self.by else ["r1"]
        names = [own.name for own in self.imputed]
        return {
            name: Matrix(np.array(found, dtype=np.float64), labels, names) for name, found in kinds.items()
        }


def _rows(counts: Sequence[Counts]) -> tuple[CountRow, ...]:
    return tuple(CountRow(own.name, own.complete, own.incomplete, own.imputable) for own in counts)


def _overall(blocks: Sequence[CountBlock]) -> tuple[CountRow, ...]:
    return tuple(
        CountRow(
            rows[0].name,
            sum(row.complete for row in rows),
            sum(row.incomplete for row in rows),
            sum(row.imputed for row in rows),
        )
        for rows in zip(*(block.rows for block in blocks), strict=True)
    )
