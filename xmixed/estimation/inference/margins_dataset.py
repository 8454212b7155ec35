"""Margins as a dataset, one observation each: what `margins, saving()` writes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.data.columns import stored
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.estimation.inference.margins_results import Shown, margins_results
from xmixed.missing import MISSING

FIGURES = (
    ("_margin", "b", "margin"),
    ("_se", "se", "standard error"),
    ("_statistic", "", "test statistic"),
    ("_pvalue", "pvalue", "p-value"),
    ("_ci_lb", "ll", "lower limit"),
    ("_ci_ub", "ul", "upper limit"),
)
"""Variable, row of r(table), label."""


def margins_dataset(shown: Shown) -> Dataset:
    """Return what each margin is of and its figures.

    `_deriv` and `_term` have names in value labels; `_at` is the number of the point, `_at1`, ... the values
    of covariates at it, `_by1`, ... the groups of `over()`, `_m1`, ... the levels of factors: the names of
    these variables are in the labels. What margins have not is missing.
    """
    cells, request = shown.margins.cells, shown.request
    variables: list[Variable] = []
    texts: dict[str, dict[int, str]] = {}

    def add(name: str, values: Sequence[float], label: str, storage_type: str = "double") -> None:
        column = stored(np.array(values, dtype=np.float64), storage_type)
        own = name if name in texts else ""
        variables.append(Variable(name, storage_type, column, default_format(storage_type), label, own))

    def add_named(name: str, names: Sequence[str], label: str) -> None:
        codes = {text: code for code, text in enumerate(dict.fromkeys(names), start=1)}
        texts[name] = {code: text for text, code in codes.items()}
        add(name, [codes[text] for text in names], label, "long")

    if request.effect:
        add_named("_deriv", [cell.target.shown for cell in cells], "what the effect is of")
    terms = ["_cons" if cell.term < 0 else request.terms[cell.term].text for cell in cells]
    add_named("_term", terms, "term of the margin")
    levels = [dict(cell.dimensions) for cell in cells]
    if request.at:
        points = [own.get("_at", 1) for own in levels]
        add("_at", points, "point of at()", "long")
        fixed = margins_results(shown, "").matrices.get("at")
        if fixed is not None and not request.grouping:
            for number, name in enumerate(fixed.column_names, start=1):
                add(f"_at{number}", [fixed.values[point - 1, number - 1] for point in points], name)
    for number, name in enumerate(request.grouping, start=1):
        add(f"_by{number}", [own[name] for own in levels], name)
    names = dict.fromkeys(name for own in levels for name in own if name not in ("_at", *request.grouping))
    for number, name in enumerate(names, start=1):
        add(f"_m{number}", [own.get(name, MISSING) for own in levels], name)
    table = margins_results(shown, "").matrices["table"]
    for name, row, label in FIGURES:
        place = table.row_names.index(row) if row else 2
        add(name, table.values[place].tolist(), label)
    return Dataset(variables=tuple(variables), n_obs=len(cells), value_labels=texts)
