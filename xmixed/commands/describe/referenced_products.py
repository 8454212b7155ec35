"""Covariances of variables by reference: two queries, the second about the means of the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xmixed.commands.referenced import selected_reference, weighted_reference
from xmixed.data.dataset import Variable
from xmixed.data.reference.moments import sum_of
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.missing import MISSING
from xmixed.session.state import SessionState
from xmixed.statistics.correlation import Covariances


def covariances_by_reference(
    session: SessionState, node: Command, variables: Sequence[Variable]
) -> tuple[Covariances, np.ndarray]:
    """Return covariances over rows without missing values, and minima and maxima, (2, k).

    Raises
    ------
    StataError
        r(2000) no observations; what queries and weights raise.
    """
    weighted = weighted_reference(session, node, selected_reference(session, node))
    reference, k = weighted.reference, len(variables)
    columns = {f"x{i}": reference.number(variable) for i, variable in enumerate(variables)}
    if weighted.weight is not None:
        columns["w"] = weighted.weight
    table: Any = reference.table.select(**columns)
    table = table.filter([table[name].notnull() for name in columns])

    def counted(value: Any) -> Any:
        return sum_of(value if weighted.weight is None else value * table["w"])

    wanted: dict[str, Any] = {"n": table.count()}
    if weighted.weight is not None:
        wanted["w"] = sum_of(table["w"])
    for i in range(k):
        own = table[f"x{i}"]
        wanted |= {f"sum{i}": counted(own), f"low{i}": own.min(), f"high{i}": own.max()}
    row = reference.run(table.aggregate(**wanted)).to_pylist()[0]
    n = float(row["n"])
    if not n:
        raise StataError(2000, "no observations")
    total = float(row.get("w", n))
    ends = np.array([[row[f"{name}{i}"] for i in range(k)] for name in ("low", "high")])
    means = np.array([row[f"sum{i}"] for i in range(k)]) / total
    means = np.where(ends[0] == ends[1], ends[0], means)
    deviations = [table[f"x{i}"] - float(means[i]) for i in range(k)]
    pairs = [(i, j) for i in range(k) for j in range(i + 1)]
    row = reference.run(
        table.aggregate(**{f"p{i}_{j}": counted(deviations[i] * deviations[j]) for i, j in pairs})
    ).to_pylist()[0]
    products = np.zeros((k, k))
    for i, j in pairs:
        products[i, j] = products[j, i] = row[f"p{i}_{j}"]
    if weighted.kind == "aweight":
        products *= n / total
    elif weighted.kind:
        n = total
    matrix = products / (n - 1) if n > 1 else np.full((k, k), MISSING)
    return Covariances(n, means, matrix), ends
