"""What `collin` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from xmixed.formats.width import abbreviate_name, right
from xmixed.output import Line, line
from xmixed.render.text import result, rule


class Figures(Protocol):
    """Of k columns: inflation factors, eigenvalues, condition indices and a determinant."""

    @property
    def vif(self) -> np.ndarray: ...
    @property
    def eigenvalues(self) -> np.ndarray: ...
    @property
    def index(self) -> np.ndarray: ...
    @property
    def determinant(self) -> float: ...


def render_collinearity(found: Figures, names: Sequence[str], n: int, of_correlations: bool) -> list[Line]:
    """Return the two tables."""
    matrix = "deviation sscp (no intercept)" if of_correlations else "scaled raw sscp (w/ intercept)"
    lines = [
        line(f"(obs={n})"),
        line(),
        line("  Collinearity Diagnostics"),
        line(),
        line("                        SQRT                   R-"),
        line("  Variable      VIF     VIF    Tolerance    Squared"),
        line(rule(52)),
    ]
    for name, vif in zip(names, found.vif.tolist(), strict=True):
        figures = f" {vif:9.2f} {vif**0.5:7.2f} {1 / vif:9.4f} {1 - 1 / vif:11.4f}"
        lines.append(line(right(abbreviate_name(name, 8), 8), result(figures)))
    lines += [
        line(rule(52)),
        line("  Mean VIF ", result(f"{found.vif.mean():7.2f}")),
        line(),
        line("                           Cond"),
        line("        Eigenval          Index"),
        line(rule(33)),
    ]
    pairs = zip(found.eigenvalues.tolist(), found.index.tolist(), strict=True)
    for place, (value, index) in enumerate(pairs, 1):
        lines.append(line(f"{place:5d}", result(f" {value:10.4f} {index:15.4f}")))
    return [
        *lines,
        line(rule(33)),
        line(" Condition Number ", result(f"{found.index[-1]:14.4f}"), " "),
        line(f" Eigenvalues & Cond Index computed from {matrix}"),
        line(" Det(correlation matrix) ", result(f"{found.determinant:9.4f}")),
    ]
