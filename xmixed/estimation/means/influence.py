"""What each observation adds to means, proportions and totals: for survey variances."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame
from xmixed.expressions.evaluate import evaluate_column
from xmixed.language.parser import parse_expression
from xmixed.session.results import Estimates


def influence(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return each row's addition to e(b), (rows, k); r(322) after ratio."""
    command, data = e.macros["cmd"], frame.context.data
    if command == "ratio":
        raise StataError(322, "ratio is not supported by svy with vce(linearized)")
    w = np.ones(frame.size)
    if "wexp" in e.macros:
        w = evaluate_column(parse_expression(e.macros["wexp"].removeprefix("=")), frame.context)[0][
            frame.rows
        ]
    codes = np.zeros(frame.size, dtype=np.int64)
    over = e.macros.get("over", "").split()
    if over:
        columns = np.column_stack([data[name].to_double()[frame.rows] for name in over])
        codes = np.unique(columns, axis=0, return_inverse=True)[1].reshape(-1)
    inside = codes[:, None] == np.arange(int(codes.max()) + 1)
    columns_of = []
    for name in e.macros["varlist"].split():
        values = data[name].to_double()[frame.rows]
        if command == "proportion":
            columns_of += [(values == level).astype(np.float64) for level in np.unique(values)]
        else:
            columns_of.append(values)
    found = []
    b = e.matrices["b"].values[0].reshape(len(columns_of), inside.shape[1])
    totals = w @ inside
    for values, own in zip(columns_of, b, strict=True):
        if command == "total":
            found.append(w[:, None] * values[:, None] * inside)
        else:
            found.append(w[:, None] * (values[:, None] - own) * inside / totals)
    return np.hstack(found)
