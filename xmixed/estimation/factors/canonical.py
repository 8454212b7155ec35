"""canon: e() of canonical correlations, and its display."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.results import Option, Statistic
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.canonical import (
    render_coefficients_of_set,
    render_correlations,
    render_tests,
)
from xmixed.render.text import result
from xmixed.session.results import Estimates, Matrix
from xmixed.session.settings import Settings
from xmixed.statistics.canonical import canonical, significance

CANON_DISPLAY = (
    OptionSpec("stdcoef", "std", help="standardised coefficients"),
    OptionSpec("nocoefs", "nocoef", help="no coefficients"),
    OptionSpec("notests", "notest", help="no tests"),
    OptionSpec("test", "test", "numlist", "tests that the correlations from the #th on are zero"),
)
"""Options that a replay of canon may have too."""


@dataclass(frozen=True, slots=True)
class Sets:
    """The payload of e(): the names of both sets."""

    first: tuple[str, ...]
    second: tuple[str, ...]


def fit(sets: Sets, X: np.ndarray, Y: np.ndarray, w: np.ndarray, n: float, cmdline: str) -> Estimates:
    """Return e() without its mark.

    Raises
    ------
    StataError
        r(2001) for too few observations; r(459) for variables that are constant or collinear.
    """
    p, q = len(sets.first), len(sets.second)
    if n <= p + q + 1:
        raise StataError(2001, "insufficient observations")
    found = canonical(X, Y, w, n)
    if found is None:
        raise StataError(459, "variables of a set are constant or collinear")
    columns = [f"v{place + 1}" for place in range(len(found.correlations))]
    spreads = [
        np.sqrt(np.average((own - np.average(own, axis=0, weights=w)) ** 2, axis=0, weights=w) * n / (n - 1))
        for own in (X, Y)
    ]
    matrices = {
        "ccorr": Matrix(found.correlations[None, :], ["r1"], columns),
        "rawcoef_var1": Matrix(found.first, list(sets.first), columns),
        "rawcoef_var2": Matrix(found.second, list(sets.second), columns),
        "stdcoef_var1": Matrix(found.first * spreads[0][:, None], list(sets.first), columns),
        "stdcoef_var2": Matrix(found.second * spreads[1][:, None], list(sets.second), columns),
    }
    scalars = {"N": n, "df": n - 1, "n_cc": float(len(columns)), "k_var1": float(p), "k_var2": float(q)}
    macros = {"cmd": "canon", "cmdline": cmdline, "title": "Canonical correlation analysis"}
    return Estimates(scalars, macros, matrices, payload=sets)


def _title(first: int, count: int) -> str:
    if first == 1:
        which = "all canonical correlations"
    else:
        which = f"canonical correlation{f's {first}-' if first < count else ' '}{count}"
    return f"Tests of significance of {which}"


class Canon:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = CANON_DISPLAY
    statistics: tuple[Statistic, ...] = ()

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        own, e = estimates.matrices, estimates.scalars
        head = f"{estimates.macros['title']:<52}Number of obs ="
        lines = [line(), line(head, result(f"{e['N']:>10.0f}"))]
        if not option("nocoefs"):
            kind = "Standardized" if option("stdcoef") else "Raw"
            for place, name in ((1, "first"), (2, "second")):
                matrix = own[f"{'std' if option('stdcoef') else 'raw'}coef_var{place}"]
                title = f"{kind} coefficients for the {name} variable set"
                lines += render_coefficients_of_set(title, matrix.row_names, matrix.values)
        correlations = own["ccorr"].values[0]
        lines += render_correlations(correlations)
        if not option("notests"):
            p, q = int(e["k_var1"]), int(e["k_var2"])
            for first in self._wanted(option("test"), len(correlations)):
                found = significance(correlations, p, q, e["N"], first)
                lines += render_tests(_title(first, len(correlations)), found)
        return lines

    def _wanted(self, given: Sequence[float] | None, most: int) -> list[int]:
        wanted = [1] if given is None else [int(value) for value in given]
        if min(wanted) < 1 or max(wanted) > most:
            raise StataError(198, f"test() takes numbers from 1 to {most}")
        return wanted

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return ()


ESTIMATOR = Canon()
