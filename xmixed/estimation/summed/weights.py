"""Weights of data by reference: what they must be, asked of all rows at once."""

from __future__ import annotations

import numpy as np

from xmixed.data.reference.leaves import floor
from xmixed.errors import Span
from xmixed.estimation.summed.leaves import Leaves
from xmixed.estimation.summed.sums import WEIGHT
from xmixed.expressions.weights import check_weights


def check_weight_column(leaves: Leaves, kind: str, span: Span | None) -> None:
    """Check the weights of all rows; r(401), r(402)."""
    table = leaves.table
    weight = table[WEIGHT]
    part = (weight - floor(weight)).max()
    row = leaves.rows.run(table.aggregate(least=weight.min(), part=part)).to_pylist()[0]
    if row["least"] is not None:
        check_weights(np.array([row["least"], row["part"]], np.float64), kind, span)
