"""Cells of marginal linear predictions, as `contrast` and `pwcompare` compare them.

Factors that are not in the term have all levels alike (`asbalanced`) or as in the data (`asobserved`).
Covariates cancel: a term with `c.x` compares the slopes of x, one without it what does not depend on x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.inference.covariates import Covariates
from xmixed.estimation.inference.estimability import Estimability
from xmixed.estimation.results import Estimator
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.language.arguments.margin_terms import MarginTerm
from xmixed.session.results import Estimates


@dataclass(frozen=True, slots=True, eq=False)
class MarginalModel:
    """A fitted model whose cells are compared.

    Attributes
    ----------
    coefficients : Coefficients
    terms : tuple of Term or None
    covariates : Covariates
    frame : EstimationFrame
        The estimation sample, or points that have its moments.
    rows : ndarray, shape (n,), or None
        How many observations each of these stands for; None for one.
    check : Estimability or None
    counts : dict
        How often each level of each factor occurs.
    equation : str
        Name of the first equation; "" where e(b) has none.
    df : float or None
    """

    coefficients: Coefficients
    terms: tuple[Term | None, ...]
    covariates: Covariates
    frame: EstimationFrame
    rows: np.ndarray | None
    check: Estimability | None
    counts: dict[str, np.ndarray]
    equation: str
    df: float | None


def marginal_model(
    estimator: Estimator, estimates: Estimates, context: Context, check: bool = True
) -> MarginalModel:
    """Return the active model for comparisons.

    Raises
    ------
    StataError
        r(498) where the estimation sample is gone.
    """
    frame = EstimationFrame(context, sample_rows(context, estimates.mark))
    return model_over(estimator.terms(estimates), estimates, frame, None, check)


def model_over(
    terms: tuple[Term | None, ...],
    estimates: Estimates,
    frame: EstimationFrame,
    rows: np.ndarray | None,
    check: bool,
) -> MarginalModel:
    """Return the active model for comparisons; see `MarginalModel`."""
    counted = np.ones(frame.size) if rows is None else rows
    covariates, coefficients = Covariates.of(terms), Coefficients.of(estimates)
    counts = {
        name: np.array([np.sum(counted, where=frame.values(name) == level) for level in factor.levels])
        for name, factor in covariates.factors.items()
    }
    equation = coefficients.names[0].rpartition(":")[0]
    estimability = Estimability(terms, frame) if check else None
    df = estimates.scalars.get("df_r")
    return MarginalModel(coefficients, terms, covariates, frame, rows, estimability, counts, equation, df)


def cell_rows(model: MarginalModel, term: MarginTerm, observed: bool) -> np.ndarray:
    """Return the combinations of e(b) that are the cells of a term, the last factor varying fastest.

    Omitted and empty coefficients have their places too, for the check of estimability.

    Raises
    ------
    StataError
        r(322) for a factor or covariate that the model does not have.
    """
    factors = [model.covariates.factor(item.name) for item in term.operands if item.operator != "c"]
    slopes = tuple(
        sorted(model.covariates.found(item.name) for item in term.operands if item.operator == "c")
    )
    levels = [model.covariates.factors[name].levels for name in factors]
    return np.array(
        [_row(model, dict(zip(factors, cell, strict=True)), slopes, observed) for cell in product(*levels)]
    )


def _row(model: MarginalModel, cell: dict[str, int], slopes: tuple[str, ...], observed: bool) -> np.ndarray:
    row = np.zeros(len(model.terms))
    for place, term in enumerate(model.terms):
        if term is None:
            continue
        own = tuple(sorted(part.plain for part in term.parts if part.level is None))
        if own == slopes:
            row[place] = _weight(model, term, cell, observed)
    return row


def _weight(model: MarginalModel, term: Term, cell: dict[str, int], observed: bool) -> float:
    """Return the share of a term's indicators at a cell."""
    rest = []
    for part in term.factors:
        if part.plain in cell:
            if cell[part.plain] != part.level:
                return 0.0
        else:
            rest.append(part)
    if not rest:
        return 1.0
    if observed:
        found = model.frame.column(Term(tuple(rest)))
        return 1.0 if found is None else float(np.average(found, weights=model.rows))
    return float(np.prod([1.0 / len(model.covariates.factors[part.plain].levels) for part in rest]))


def are_estimable(model: MarginalModel, rows: np.ndarray) -> np.ndarray:
    """Return which combinations can be estimated, bool of shape (m,)."""
    if model.check is None:
        return np.ones(len(rows), dtype=bool)
    return np.array([model.check(row) for row in rows], dtype=bool)


def estimated(model: MarginalModel, rows: np.ndarray) -> np.ndarray:
    """Return combinations with zeros at coefficients that are not estimated."""
    kept = np.array([term is not None and not term.status for term in model.terms])
    return rows * kept


def cell_labels(model: MarginalModel, term: MarginTerm) -> list[str]:
    """Return `1  70`: the levels of each cell, every factor as wide as its widest level."""
    factors = [model.covariates.factor(item.name) for item in term.operands if item.operator != "c"]
    columns: list[Sequence[str]] = []
    for name in factors:
        texts = [str(level) for level in model.covariates.factors[name].levels]
        width = max(len(text) for text in texts)
        columns.append([text.rjust(width) for text in texts])
    return [" ".join(cell) for cell in product(*columns)]
