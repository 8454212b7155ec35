"""The random-effects table of xtmixed and the line of its likelihood-ratio test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import ESTIMATE_FORMAT, Figures, cell, interval_head
from xmixed.render.text import result, rule

LABEL_WIDTH = 28
BODY_WIDTH = 48
TABLE_WIDTH = LABEL_WIDTH + 2 + BODY_WIDTH
"""The table never widens, whatever the fixed-effects table does."""
ESTIMATE, ERROR, LOWER, UPPER = 11, 11, 14, 12


@dataclass(frozen=True, slots=True)
class RandomRow:
    """One standard deviation, variance, correlation or covariance: `kind(names joined by separator)`.

    Without names it is `kind` alone, `rho`. `prefix` names the by() group of a residual row.
    """

    kind: str
    names: tuple[str, ...]
    separator: str
    figures: Figures
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class RandomBlock:
    """The rows of one random-effects equation or of the residuals.

    `level` and `structure` make the title line `id: Identity`; `level` "" prints none. No rows: an empty one.
    `by` makes it two lines, `Residual: Identity,` and `    by name`.
    """

    level: str
    structure: str
    rows: tuple[RandomRow, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonTest:
    """The likelihood-ratio test against linear regression; `mixture` is the 50:50 chi-bar-square form."""

    statistic: float
    df: int
    p_value: float
    mixture: bool


def render_random_table(
    blocks: Sequence[RandomBlock], level: float, cformat: str = "", error_title: str = ""
) -> list[Line]:
    """Return the table, from its first rule to its last; blocks are set apart by inner rules."""
    inner = line(f"{rule(LABEL_WIDTH + 1)}+{rule(BODY_WIDTH)}")
    outer = line(rule(TABLE_WIDTH))
    lines = [outer]
    if error_title == "Bootstrap":
        lines.append(line(" " * (LABEL_WIDTH + 1) + "|   Observed   Bootstrap".ljust(33) + "Normal-based"))
    elif error_title:
        indent = ESTIMATE + 1 + (ERROR + 2 - len(error_title)) // 2
        lines.append(line(" " * (LABEL_WIDTH + 1) + f"|{' ' * indent}{error_title}".ljust(33)))
    lines.append(line("  Random-effects Parameters  |   Estimate   Std. Err." + interval_head(level)))
    for block in blocks:
        lines.append(inner)
        lines.extend(_block(block, cformat or ESTIMATE_FORMAT))
    return [*lines, outer]


def _block(block: RandomBlock, fmt: str) -> list[Line]:
    if not block.rows:
        name = abbreviate_name(block.level, LABEL_WIDTH - len(": (empty)")) + ":"
        return [line(name + "(empty)".rjust(LABEL_WIDTH - len(name)) + " |")]
    lines = []
    if block.level:
        room = LABEL_WIDTH - len(block.structure) - 2
        title = f"{abbreviate_name(block.level, room)}: {block.structure}"
        lines.append(line((title + ("," if block.by else "")).ljust(LABEL_WIDTH + 1) + "|"))
    if block.by:
        name = abbreviate_name(block.by, LABEL_WIDTH - len("    by "))
        lines.append(line(f"    by {name}".ljust(LABEL_WIDTH + 1) + "|"))
    for row in block.rows:
        label = _row_label(row).rjust(LABEL_WIDTH)
        figures = row.figures
        cells = (
            cell(figures.estimate, fmt, ESTIMATE)
            + cell(figures.standard_error, fmt, ERROR)
            + cell(figures.lower, fmt, LOWER)
            + cell(figures.upper, fmt, UPPER)
        )
        lines.append(line(label + " |", result(cells)))
    return lines


def _row_label(row: RandomRow) -> str:
    """Return `sd(week)`, `rho`, or `3 months: sd(e)` where the by() group's name is cut until it fits."""
    label = effect_label(row.kind, row.names, row.separator) if row.names else row.kind
    if not row.prefix:
        return label
    room = max(1, LABEL_WIDTH - len(label) - 2)
    return f"{row.prefix[:room]}: {label}"


def effect_label(kind: str, names: Sequence[str], separator: str, width: int = LABEL_WIDTH) -> str:
    """Return `sd(week)`, `cov(week,_cons)` or `sd(a b)`, its names abbreviated until it fits.

    Where that is not enough (a long list), the end of the list gives way to `...`.

    Examples
    --------
    >>> effect_label("corr", ("centforestarea2", "videorelevant"), ",")
    'corr(centfore~a2,videorel~t)'
    """
    shown = list(names)
    while len(label := f"{kind}({separator.join(shown)})") > width:
        longest = max(range(len(shown)), key=lambda place: len(shown[place]))
        if len(shown[longest]) > 5:
            shown[longest] = abbreviate_name(names[longest], len(shown[longest]) - 1)
        elif len(shown) > 2:
            shown = [*shown[:-2], "..."] if shown[-1] == "..." else [*shown[:-1], "..."]
        else:
            return label[: width - 1] + ")"
    return label


def render_comparison(test: ComparisonTest, later: bool = False, against: str = "linear regression") -> Line:
    """Return the line `LR test vs. linear regression: ...` that follows the table without a blank line.

    `later`: as editions from 14 on say it, `LR test vs. linear model`, the probability at the right edge.
    """
    statistic = format_value(test.statistic, "%8.2f").strip()
    p_value = format_value(test.p_value, "%6.4f").strip()
    if later:
        mark = "chibar2" if test.mixture else "chi2"
        head = f"LR test vs. linear model: {mark}({'01' if test.mixture else test.df}) = "
        tail = f"Prob {'>=' if test.mixture else '>'} {mark} = "
        gap = " " * (TABLE_WIDTH - len(head) - len(statistic) - len(tail) - len(p_value))
        return line(head, result(statistic), gap + tail, result(p_value))
    title, statistic, p_value = f"LR test vs. {against}:", statistic.rjust(8), p_value.rjust(6)
    # Longer names of the simpler model leave less room.
    long = len(against) > len("linear regression")
    if test.mixture:
        tail = "Prob>=chibar2 = " if long else "Prob >= chibar2 = "
        return line(f"{title} chibar2(01) = ", result(statistic), f" {tail}", result(p_value))
    head = title + f"chi2({test.df}) =".rjust(15 if long else 16)
    return line(head + " ", result(statistic), "  " if long else "   ", "Prob > chi2 = ", result(p_value))
