"""Whether a combination of coefficients means something where columns were left out of the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.estimation.frame import EstimationFrame
from xmixed.expressions.factors.terms import Term

TOLERANCE = 1e-5


class Estimability:
    """Checks rows of X, those of omitted and empty terms included.

    A row is estimable if its value at an omitted column is what the kept columns make of it: the same
    combination as in the sample. An empty cell has no such column, so that nothing but zero will do.
    """

    def __init__(self, terms: Sequence[Term | None], frame: EstimationFrame) -> None:
        status = ["none" if term is None else term.status for term in terms]
        self.kept = np.flatnonzero([own == "" for own in status])
        self.left_out = np.flatnonzero([own in ("omitted", "empty") for own in status])
        if len(self.left_out):
            X = frame.design([terms[place] for place in self.kept.tolist()])
            columns = np.zeros((frame.size, len(self.left_out)))
            for i, place in enumerate(self.left_out.tolist()):
                term = terms[place]
                assert term is not None
                own = frame.column(term)
                columns[:, i] = 1.0 if own is None else own
            self.relation = np.linalg.lstsq(X, columns, rcond=None)[0]

    def __call__(self, row: np.ndarray) -> bool:
        if not len(self.left_out):
            return True
        expected = row[self.kept] @ self.relation
        size = 1.0 + np.abs(row[self.left_out])
        return bool(np.all(np.abs(row[self.left_out] - expected) <= TOLERANCE * size))
