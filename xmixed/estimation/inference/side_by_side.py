"""Several models side by side: which coefficients stand in which row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.criteria import criteria_row
from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.results import estimator_of
from xmixed.expressions.coefficient_names import coefficient_key
from xmixed.expressions.factors.terms import Term
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.session.results import Estimates


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the comparison under the name it is shown by."""

    name: str
    estimates: Estimates


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One coefficient: equation, name, term (None for parameters of no covariate), and figures by model.

    A model that does not have it has None; one whose coefficient is omitted a note.
    """

    equation: str
    name: str
    term: Term | None
    figures: tuple[Figures | None, ...]
    notes: tuple[str, ...]


def compare(models: Sequence[Model], first_equations: bool = False, eform: bool = False) -> list[ComparedRow]:
    """Return the rows of a table of models, by equation in order of appearance; constants come last.

    Parameters
    ----------
    first_equations : bool
        Match the first equations of all models, whatever they are called; they are shown as `#1`.
    eform : bool
        Exponentiate coefficients.
    """
    found: dict[tuple[str, tuple[str, ...]], ComparedRow] = {}
    for place, model in enumerate(models):
        coefficients = Coefficients.of(model.estimates)
        terms = estimator_of(model.estimates).terms(model.estimates)
        df = model.estimates.scalars.get("df_r")
        for at, (full, term) in enumerate(zip(coefficients.names, terms, strict=True)):
            if term is not None and term.status in ("base", "empty"):
                continue
            equation, _, name = full.rpartition(":")
            if first_equations and equation == coefficients.equations[0]:
                equation = "#1"
            key = (equation, coefficient_key(name))
            figures = wald_figures(float(coefficients.b[at]), float(coefficients.V[at, at]), 95.0, df)
            if eform:
                figures = exponentiated(figures)
            row = found.get(key)
            if row is None:
                empty = (None,) * len(models)
                row = ComparedRow(equation, name, term, empty, ("",) * len(models))
            omitted = term is not None and term.status == "omitted"
            found[key] = replace(
                row,
                term=row.term if row.term is None or not row.term.status else term,
                figures=(*row.figures[:place], figures, *row.figures[place + 1 :]),
                notes=(*row.notes[:place], "(omitted)" if omitted else "", *row.notes[place + 1 :]),
            )
    return _ordered(list(found.values()))


def _ordered(rows: list[ComparedRow]) -> list[ComparedRow]:
    """Return the rows by equation, the constant last in each."""
    equations = list(dict.fromkeys(row.equation for row in rows))
    return sorted(
        rows,
        key=lambda row: (equations.index(row.equation), row.term is not None and not row.term.parts),
    )


def chosen_rows(rows: Sequence[ComparedRow], keep: Sequence[str], drop: Sequence[str]) -> list[ComparedRow]:
    """Return the rows that `keep()` and `drop()` leave.

    Raises
    ------
    StataError
        r(111) for a coefficient that no model has.
    """
    for name in (*keep, *drop):
        if not any(_means(name, row) for row in rows):
            raise StataError(111, f"coefficient {name} does not occur in any of the models")
    left = [row for row in rows if not keep or any(_means(name, row) for name in keep)]
    return [row for row in left if not any(_means(name, row) for name in drop)]


def _means(name: str, row: ComparedRow) -> bool:
    """Return whether a name (`x`, `eq:x`, `eq:`) is that of a row."""
    equation, colon, own = name.rpartition(":")
    if colon and equation != row.equation:
        return False
    return (colon and not own) or coefficient_key(own) == coefficient_key(row.name)


def model_statistics(model: Model, names: Sequence[str]) -> list[float]:
    """Return what `stats()` asks of a model: e() scalars, `aic`, `bic`, `rank`; missing for others."""
    values = []
    for name in names:
        if name in ("aic", "bic"):
            known = model.estimates.scalars.get("ll", MISSING) < MISSING
            row = criteria_row(model.name, model.estimates) if known else None
            values.append(MISSING if row is None else getattr(row, name))
        else:
            values.append(model.estimates.scalars.get(name, MISSING))
    return values


def coefficient_matrix(rows: Sequence[ComparedRow]) -> np.ndarray:
    """Return r(coef): b and its variance by model, missing where a model has none; shape (rows, 2 models)."""
    out = np.full((len(rows), 2 * len(rows[0].figures) if rows else 0), MISSING)
    for place, row in enumerate(rows):
        for model, figures in enumerate(row.figures):
            if figures is not None:
                out[place, 2 * model] = figures.estimate
                error = figures.standard_error
                out[place, 2 * model + 1] = error**2 if error < MISSING else 0.0
    return out
