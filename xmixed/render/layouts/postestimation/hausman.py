"""What `hausman` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule, wrap

TITLE_WIDTH = 11
WIDTHS = (12, 13, 16, 16)
RIGHT = 78
NEGATIVE = (
    "chi2<0 ==> model fitted on these",
    "data fails to meet the asymptotic",
    "assumptions of the Hausman test;",
    "see suest for a generalized test",
)


@dataclass(frozen=True, slots=True)
class HausmanTable:
    """The coefficients compared and the test.

    Attributes
    ----------
    titles, commands : tuple of str
        Of the consistent and of the efficient model.
    rows : sequence of (name, b, B, difference, standard error)
    statistic, p_value : float
    df, rank : int
    positive_definite : bool
    """

    titles: tuple[str, str]
    commands: tuple[str, str]
    rows: Sequence[tuple[str, float, float, float, float]]
    statistic: float
    df: int
    rank: int
    p_value: float
    positive_definite: bool


def render_hausman(table: HausmanTable, linesize: int) -> list[Line]:
    """Return everything, from the blank line or note before the table."""
    lines = [line()]
    if table.rank < len(table.rows):
        lines += _note(table, linesize)
    lines += _head(table)
    for name, *values in table.rows:
        cells = "".join(
            format_value(value, "%9.0g").strip().rjust(width)
            for value, width in zip(values, WIDTHS, strict=True)
        )
        lines.append(line(abbreviate_name(name, 12).rjust(12) + " |", result(cells)))
    lines.append(line(rule(RIGHT)))
    texts = (
        f"b = consistent under Ho and Ha; obtained from {table.commands[0]}",
        f"B = inconsistent under Ha, efficient under Ho; obtained from {table.commands[1]}",
    )
    lines += [line(text.rjust(RIGHT)) for text in texts]
    lines += [line(), line("    Test:  Ho:  difference in coefficients not systematic"), line()]
    return lines + _test(table)


def _note(table: HausmanTable, linesize: int) -> list[Line]:
    text = (
        f"Note: the rank of the differenced variance matrix ({table.rank}) does not equal the number of "
        f"coefficients being tested ({len(table.rows)}); be sure this is what you expect, or there may be "
        "problems computing the test.  Examine the output of your estimators for anything unexpected and "
        "possibly consider scaling your variables so that the coefficients are on a similar scale."
    )
    first, *rest = wrap(text, linesize, linesize - 8)
    return [line(first), *(line(" " * 8 + part) for part in rest), line()]


def _head(table: HausmanTable) -> list[Line]:
    first, second = (_centred(abbreviate_name(title, TITLE_WIDTH)) for title in table.titles)
    return [
        line(" " * 17 + "---- Coefficients ----"),
        line(" " * 13 + "|      (b)          (B)            (b-B)     sqrt(diag(V_b-V_B))"),
        line(f"{' ' * 13}|  {first}  {second}     Difference          S.E."),
        line(f"{rule(13)}+{rule(RIGHT - 14)}"),
    ]


def _centred(text: str) -> str:
    left = (TITLE_WIDTH - len(text)) // 2
    return (" " * left + text).ljust(TITLE_WIDTH)


def _test(table: HausmanTable) -> list[Line]:
    lines = [line(f"chi2({table.df})".rjust(25) + " = (b-B)'[(V_b-V_B)^(-1)](b-B)")]
    if table.statistic < 0:
        value = format_value(table.statistic, "%9.2f").strip().rjust(9)
        first, *rest = NEGATIVE
        lines.append(line(" " * 26 + "=", result(value), f"    {first}"))
        return [*lines, *(line(" " * 40 + text) for text in rest)]
    value = format_value(table.statistic, "%12.2f").strip().rjust(12)
    p_value = format_value(table.p_value, "%12.4f").strip().rjust(12)
    lines += [line(" " * 26 + "=", result(value)), line("Prob>chi2".rjust(25) + " =", result(p_value))]
    if not table.positive_definite:
        lines.append(line(" " * 16 + "(V_b-V_B is not positive definite)"))
    return lines
