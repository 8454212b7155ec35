"""Linear equations between coefficients, from the texts that `constraint` keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.hypotheses import read_hypotheses
from xmixed.expressions.coefficient_names import equations_of
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command, parse_numlist
from xmixed.language.syntax import Syntax
from xmixed.output import Line
from xmixed.render.layouts.postestimation.wald_tests import constraint_text, render_constraints
from xmixed.session.results import Estimates, Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Restrictions:
    """R b = r; only rows that those before do not imply.

    Attributes
    ----------
    rows : ndarray, shape (m, k)
    constants : ndarray, shape (m,)
    """

    rows: np.ndarray
    constants: np.ndarray

    def of(self, estimated: np.ndarray) -> Restrictions:
        """Return those on the coefficients that are estimated, bool (k,); the others are zero."""
        return Restrictions(self.rows[:, estimated], self.constants)

    def solved(self) -> tuple[np.ndarray, np.ndarray]:
        """Return b0 and N, (k,) and (k, k - m): b0 + N c meets the constraints for every c."""
        k = self.rows.shape[1]
        if not len(self.rows):
            return np.zeros(k), np.eye(k)
        _, values, vectors = np.linalg.svd(self.rows)
        rank = int(np.count_nonzero(values > 1e-12 * values[0]))
        return np.linalg.pinv(self.rows) @ self.constants, vectors[rank:].T


def constraints_matrix(given: Restrictions, names: Sequence[str]) -> Matrix:
    """Return e(Cns): R and r side by side."""
    full = np.column_stack([given.rows, given.constants])
    return Matrix(full, [f"r{place}" for place in range(1, len(full) + 1)], [*names, "_Cns:_r"])


def shown_constraints(e: Estimates) -> list[Line]:
    """Return the constraints of e(Cns) as they stand above a table; nothing without any."""
    constraints = e.matrices.get("Cns")
    if constraints is None:
        return []
    names = constraints.column_names[:-1]
    texts = [constraint_text(row[:-1], float(row[-1]), names) for row in constraints.values]
    return render_constraints(texts, (), 79)


def wald_of_rank(b: np.ndarray, variance: np.ndarray) -> tuple[int, float]:
    """Return how many combinations of estimates vary, and the chi2 that these are zero."""
    scale = np.sqrt(np.maximum(variance.diagonal(), 0.0))
    varies = scale > 0
    if not varies.any():
        return 0, np.nan
    own, scale = variance[np.ix_(varies, varies)], scale[varies]
    values, vectors = np.linalg.eigh(own / np.outer(scale, scale))
    kept = values > 1e-10 * values[-1]
    turned = vectors.T @ (b[varies] / scale)
    return int(kept.sum()), float(np.sum(turned[kept] ** 2 / values[kept]))


def restrictions(typed: str, kept: Mapping[int, str], names: Sequence[str], context: Context) -> Restrictions:
    """Return the constraints of a numlist on coefficients with these names.

    Raises
    ------
    StataError
        r(412) for redundant or inconsistent constraints; r(198), r(111), r(131) for what cannot be read.
    """
    k = len(names)
    coefficients = Coefficients(tuple(names), equations_of(names), np.zeros(k), np.zeros((k, k)))
    rows, constants = np.zeros((0, k)), np.zeros(0)
    for value in parse_numlist(typed.replace(",", " ").replace("-", "/")):
        number = int(value)
        if number not in kept:
            raise StataError(412, f"constraint {number} not found")
        text = f"constraint {kept[number]}"
        node = parse_command("constraint", Syntax("hypotheses"), text, len("constraint"))
        assert isinstance(node, Command)
        for own in read_hypotheses(node.argument, coefficients, context):
            more = np.vstack([rows, own.row])
            if np.linalg.matrix_rank(more) == len(more):
                rows, constants = more, np.append(constants, own.constant)
                continue
            share = np.linalg.lstsq(rows.T, own.row, rcond=None)[0]
            if abs(share @ constants - own.constant) > 1e-10 * (1 + abs(own.constant)):
                raise StataError(412, "redundant or inconsistent constraints")
    return Restrictions(rows, constants)
