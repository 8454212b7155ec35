"""What `roctab` and `roccomp` print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import cut, left
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule


class Cutoffs(Protocol):
    """Shares at each cutoff; the last one is beyond all values."""

    @property
    def values(self) -> np.ndarray: ...
    @property
    def sensitivity(self) -> np.ndarray: ...
    @property
    def specificity(self) -> np.ndarray: ...
    @property
    def correct(self) -> np.ndarray: ...


def render_roc(n: float, area: float, error: float, limits: tuple[float, float], level: float) -> list[Line]:
    """Return the area below one curve."""
    figures = f"{n:12.0f}{area:11.4f}{error:13.4f}{limits[0]:15.5f}{limits[1]:12.5f}"
    return [
        line(),
        line("                      ROC                    -Asymptotic Normal--"),
        line(f"           Obs       Area     Std. Err.      [{level:g}% Conf. Interval]"),
        line("         " + rule(56)),
        line("  ", result(figures)),
    ]


def render_cutpoints(found: Cutoffs, texts: Sequence[str]) -> list[Line]:
    """Return the detailed table; `texts` are the values as they are shown."""
    width = max(map(len, texts))
    edge = line(rule(78))
    lines = [
        line(),
        line("Detailed report of sensitivity and specificity"),
        edge,
        line(" " * 43 + "Correctly"),
        line("Cutpoint      Sensitivity   Specificity   Classified          LR+          LR-"),
        edge,
    ]
    for place, (sensitivity, specificity, correct) in enumerate(
        zip(found.sensitivity.tolist(), found.specificity.tolist(), found.correct.tolist(), strict=True)
    ):
        sign, text = (">=", texts[place]) if place < len(texts) else ("> ", texts[-1])
        plus = _ratio(sensitivity, 1 - specificity)
        minus = _ratio(1 - sensitivity, specificity)
        shares = f"{100 * sensitivity:9.2f}%{100 * specificity:13.2f}%{100 * correct:12.2f}%"
        lines.append(
            line(
                left(f"( {sign} {text.rjust(width)} )", 15), result(f"{shares}{plus:>13}{minus:>13}".rstrip())
            )
        )
    return [*lines, edge, line()]


def _ratio(above: float, below: float) -> str:
    return f"{above / below:.4f}" if below > 1e-12 else ""


def render_areas(
    rows: Sequence[tuple[str, float, float, float, float, float]], head: str, level: float
) -> list[Line]:
    """Return several areas: name, observations, area, error and limits of each."""
    title = left(cut(printable(head), 12), 12)
    lines = [
        line(),
        line("                              ROC                    -Asymptotic Normal--"),
        line(f"{title}       Obs       Area     Std. Err.      [{level:g}% Conf. Interval]"),
        line(rule(73)),
    ]
    for name, n, area, error, low, high in rows:
        figures = f"{n:10.0f}{area:11.4f}{error:13.4f}{low:15.5f}{high:12.5f}"
        lines.append(line(left(cut(printable(name), 12), 12), result(figures)))
    return [*lines, line(rule(73))]


def render_equal_areas(names: Sequence[str], chi2: float, df: int, p: float) -> list[Line]:
    """Return the test that areas are equal."""
    hypothesis = " = ".join(f"area({name})" for name in names)
    return [
        line(printable(f"Ho: {hypothesis}")),
        line(
            f"    chi2({df}) = ",
            result(format_value(chi2, "%8.2f")),
            "       Prob>chi2 = ",
            result(format_value(p, "%8.4f")),
        ),
    ]
