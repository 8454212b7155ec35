"""What `test` and `testparm` print: numbered constraints and the Wald test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value
from xmixed.output import Line, Styled, line
from xmixed.render.text import result, wrap

INDENT = 7
"""Column where the text of a constraint starts, after ` ( 1)  `."""
COEFFICIENT = "%9.0g"


@dataclass(frozen=True, slots=True)
class WaldTest:
    """A joint test: statistic and p-value are missing when every constraint was dropped.

    With residual degrees of freedom `df_residual` the statistic is F, else chi2.
    """

    statistic: float
    df: int
    p_value: float
    df_residual: float | None = None


def constraint_text(row: np.ndarray, constant: float, names: Sequence[str]) -> str:
    """Return `[weight]x - 2*[weight]y = 1`; terms in the order of e(b).

    Parameters
    ----------
    row : ndarray of float64, shape (k,)
        Coefficients of the constraint.
    constant : float
        Its right-hand side.
    names : sequence of str
        Names in e(b), `weight:week`.
    """
    text = ""
    for place in np.flatnonzero(row).tolist():
        value = float(row[place])
        size = format_value(abs(value), COEFFICIENT).strip()
        factor = "" if abs(value) == 1 else f"{size}*"
        # Stata: a minus before the first term stands apart from it, `- x + y = 0`.
        sign = "- " if value < 0 else "+ " if text else ""
        text += (" " if text else "") + sign + factor + bracketed(names[place])
    return f"{text} = {format_value(constant, COEFFICIENT).strip()}"


def bracketed(name: str) -> str:
    """Return `[weight]week` of `weight:week`."""
    equation, colon, own = name.rpartition(":")
    return f"[{equation}]{own}" if colon else own


def render_constraints(texts: Sequence[str], dropped: Sequence[int], linesize: int) -> list[Line]:
    """Return the blank line, the constraints and what was dropped of them (numbers from 1)."""
    lines = [line()]
    for number, text in enumerate(texts, start=1):
        first, *rest = wrap(text, linesize - INDENT)
        lines.append(line(f" ({number:2d})  ", result(first)))
        lines += [line(" " * INDENT, result(part)) for part in rest]
    return [*lines, *(line(f"{' ' * INDENT}Constraint {number} dropped") for number in dropped)]


def render_wald_test(test: WaldTest) -> list[Line]:
    """Return the blank line and the two lines of the test."""
    statistic = format_value(test.statistic, "%8.2f").strip().rjust(8)
    p_value = format_value(test.p_value, "%10.4f").strip().rjust(10)
    if test.df_residual is not None:
        return [
            line(),
            line(f"{' ' * 7}F({test.df:3d},{test.df_residual:6.0f}) =", result(statistic)),
            line(f"{' ' * 12}Prob > F =", result(p_value)),
        ]
    return [
        line(),
        line(f"{' ' * 11}chi2({test.df:3d}) =", result(statistic)),
        line(f"{' ' * 9}Prob > chi2 =", result(p_value)),
    ]


NUMBER_EDGE = 24
"""Column behind the equals sign of `testnl`."""


def render_numbered(texts: Sequence[str]) -> list[Line]:
    """Return the equations of `testnl` as typed, after a blank line."""
    return [line(), *(line(f"  ({number})  ", result(text)) for number, text in enumerate(texts, start=1))]


def render_nonlinear_test(test: WaldTest) -> list[Line]:
    """Return the blank line and the two lines of the test of `testnl`."""
    statistic = format_value(test.statistic, "%12.2f").strip().rjust(12)
    p_value = format_value(test.p_value, "%14.4f").strip().rjust(14)
    if test.df_residual is None:
        heads = (f"chi2({test.df}) =", "Prob > chi2 =")
    else:
        heads = (f"F({test.df}, {test.df_residual:.0f}) =", "Prob > F =")
    return [
        line(),
        line(heads[0].rjust(NUMBER_EDGE), result(statistic)),
        line(heads[1].rjust(NUMBER_EDGE), result(p_value)),
    ]


def render_expressions(items: Sequence[tuple[str, str]]) -> list[Line]:
    """Return the names and expressions of `nlcom`, after a blank line."""
    return [line(), *(line(f"{name:>12}:  ", result(text)) for name, text in items)]


MARKS = {"bonferroni": "Bonferroni-adjusted", "holm": "Holm-adjusted", "sidak": "Sidak-adjusted"}
MULTIPLE_WIDTH = 39


def render_multiple_tests(
    single: Sequence[WaldTest], p_values: Sequence[float], method: str, joint: WaldTest
) -> list[Line]:
    """Return the table of `mtest()`: each condition with its adjusted p-value, then all of them."""
    head = "chi2" if joint.df_residual is None else f"F(df,{joint.df_residual:.0f})"
    inner = line(f"{'-' * 7}+{'-' * (MULTIPLE_WIDTH - 8)}")
    outer = line("-" * MULTIPLE_WIDTH)
    lines = [line(), outer, line(f"{' ' * 7}|{head:>12}{'df':>7}{'p':>8}"), inner]
    for number, (test, p_value) in enumerate(zip(single, p_values, strict=True), start=1):
        lines.append(line(f"  ({number})".ljust(7) + "|", _multiple_cells(test, p_value), " #"))
    lines += [inner, line("  all  |", _multiple_cells(joint, joint.p_value)), outer]
    mark = f"# {MARKS.get(method, 'unadjusted')} p-values"
    return [*lines, line(mark.rjust(MULTIPLE_WIDTH + 1))]


def _multiple_cells(test: WaldTest, p_value: float) -> Styled:
    statistic = format_value(test.statistic, "%12.2f").strip().rjust(12)
    return result(f"{statistic}{test.df:7d}{format_value(p_value, '%11.4f').strip().rjust(11)}")
