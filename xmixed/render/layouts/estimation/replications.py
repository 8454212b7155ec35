"""The output of bootstrap, jackknife, simulate, permute, statsby and rolling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import cell
from xmixed.render.text import result, rule, wrap

RULER = "----+--- 1 ---+--- 2 ---+--- 3 ---+--- 4 ---+--- 5 "
PER_LINE = 50
LEGEND = 13
"""Where the labels of a legend end; its texts begin at 16, and go on at 15."""
EQUALS, VALUE = 67, 10
PERMUTE_EQUALS = 66
RIGHT = 48
NAME_WIDTH = 12
TABLE_WIDTH = 78


def render_ruler(title: str, count: int | None) -> list[Line]:
    """Return what stands above the dots: `Bootstrap replications (50)`, and the ruler."""
    head = title if count is None else f"{title} ({count})"
    return [line(head), line(RULER)]


def dots_end(shown: int, done: int) -> str:
    """Return what ends a full line of dots: how many replications are done."""
    return f"{done:6d}" if shown % PER_LINE == 0 else ""


def render_legend(entries: Sequence[tuple[str, str]], linesize: int) -> list[Line]:
    """Return labels with their texts, `command:  regress y x`; long texts go on at column 15."""
    lines: list[Line] = []
    for label, text in entries:
        parts = wrap(text, max(linesize - LEGEND - 5, 20))
        head = f"{abbreviate_name(label, LEGEND)}:  ".rjust(LEGEND + 3)
        lines.append(line(head, result(parts[0])))
        lines += [line(" " * (LEGEND + 2), result(part)) for part in parts[1:]]
    return lines


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A line of the block at the right of a header: label and value as shown, and what stands at the left."""

    label: str
    value: str
    left: str = ""


def render_replication_header(title: str, figures: Sequence[HeadLine], equals: int = EQUALS) -> list[Line]:
    """Return a title with figures at the right."""
    lines = []
    width = TABLE_WIDTH - equals - 1
    right = RIGHT if equals == EQUALS else RIGHT + 2
    for place, figure in enumerate(figures):
        left = title if place == 0 else figure.left
        head = left.ljust(right) + figure.label.ljust(equals - right) + "="
        lines.append(line(head, result(figure.value.strip().rjust(width))))
    return lines


def replications_based(count: int, name: str, width: int = TABLE_WIDTH) -> Line:
    """Return the line above a table of clustered replications."""
    return line(f"(Replications based on {count} clusters in {name})".rjust(width))


def failure_note(kind: str, count: int) -> list[Line]:
    """Return the note on replications that failed."""
    plural = "replicate" if count == 1 else "replicates"
    return [
        line(f"Note: one or more parameters could not be estimated in {count} {kind} {plural};"),
        line("      standard-error estimates include only complete replications."),
    ]


def sample_warning(command: str, prefix: str) -> list[Line]:
    """Return the warning that a command does not say which observations it used."""
    text = (
        f"Because {command} is not an estimation command or does not set e(sample), {prefix} has no way to "
        "determine which observations are used in calculating the statistics and so assumes that all "
        "observations are used.  This means that no observations will be excluded from the resampling "
        "because of missing values or other reasons."
    )
    advice = (
        "If the assumption is not true, press Break, save the data, and drop the observations that are to be "
        "excluded.  Be sure that the dataset in memory contains only the relevant data."
    )
    first, *others = wrap(text, 68)
    lines = [line(f"Warning:  {first}"), *(line(" " * 10 + part) for part in others), line()]
    return [*lines, *(line(" " * 10 + part) for part in wrap(advice, 68))]


# --- permute -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PermutationRow:
    """One statistic: observed value, how often it was reached in n permutations, p, its error and limits."""

    name: str
    observed: float
    reached: int
    permutations: int
    p: float
    error: float
    lower: float
    upper: float


def render_permutations(rows: Sequence[PermutationRow], level: float, sides: str) -> list[Line]:
    """Return the table of permutations and its notes; `sides` is `two`, `left` or `right`."""
    outer = line(rule(TABLE_WIDTH))
    interval = f"[{level:g}% Conf. Interval]"
    head = "T".ljust(NAME_WIDTH + 1) + "|     T(obs)       c       n   p=c/n   SE(p) " + interval
    lines = [outer, line(head), line(f"{rule(NAME_WIDTH + 1)}+{rule(TABLE_WIDTH - NAME_WIDTH - 2)}")]
    for row in rows:
        text = (
            cell(row.observed, "%9.0g", 11)
            + f"{row.reached:8d}{row.permutations:8d}"
            + cell(row.p, "%6.4f", 8)
            + cell(row.error, "%6.4f", 8)
            + cell(row.lower, "%8.0g", 10)
            + cell(row.upper, "%8.0g", 11)
        )
        lines.append(line(abbreviate_name(row.name, NAME_WIDTH).rjust(NAME_WIDTH) + " |", result(text)))
    note = {"two": "|T| >= |T(obs)|", "left": "T <= T(obs)", "right": "T >= T(obs)"}[sides]
    return [
        *lines,
        outer,
        line("Note:  Confidence interval is with respect to p=c/n."),
        line(f"Note:  c = #{{{note}}}"),
    ]


# --- estat bootstrap -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BootstrapRow:
    """A figure with its bias and standard error; `limits` are (lower, upper, tag) by kind of interval."""

    name: str
    equation: str
    observed: float
    bias: float
    error: float
    limits: tuple[tuple[float, float, str], ...]


TAGS = {
    "N": "(N)    normal confidence interval",
    "P": "(P)    percentile confidence interval",
    "BC": "(BC)   bias-corrected confidence interval",
    "BCa": "(BCa)  bias-corrected and accelerated confidence interval",
}


def render_bootstrap(
    depvar: str, rows: Sequence[BootstrapRow], level: float, legend: bool = True
) -> list[Line]:
    """Return the table of estat bootstrap: each kind of interval in a line of its own."""
    bar = " " * (NAME_WIDTH + 1) + "|"
    inner = line(f"{rule(NAME_WIDTH + 1)}+{rule(TABLE_WIDTH - NAME_WIDTH - 2)}")
    name = abbreviate_name(depvar, NAME_WIDTH).rjust(NAME_WIDTH)
    lines = [
        line(rule(TABLE_WIDTH)),
        line(f"{bar}    Observed               Bootstrap"),
        line(f"{name} |       Coef.       Bias    Std. Err.  [{level:g}% Conf. Interval]"),
        inner,
    ]
    equation = rows[0].equation if rows else ""
    named = len({row.equation for row in rows}) > 1
    for place, row in enumerate(rows):
        if named and (place == 0 or row.equation != equation):
            if place:
                lines.append(inner)
            lines.append(line(abbreviate_name(row.equation, NAME_WIDTH).ljust(NAME_WIDTH + 1) + "|"))
        equation = row.equation
        lines += _bootstrap_row(row, bar)
    lines.append(line(rule(TABLE_WIDTH)))
    if not legend:
        return lines
    used = dict.fromkeys(tag for row in rows for _, _, tag in row.limits)
    return [*lines, *(line(TAGS[tag]) for tag in used)]


def _bootstrap_row(row: BootstrapRow, bar: str) -> list[Line]:
    label = abbreviate_name(row.name, NAME_WIDTH).rjust(NAME_WIDTH) + " |"
    figures = cell(row.observed, "%10.0g", 12) + cell(row.bias, "%9.0g", 11) + cell(row.error, "%10.0g", 12)
    lines = []
    for place, (lower, upper, tag) in enumerate(row.limits):
        limits = cell(lower, "%9.0g", 12) + cell(upper, "%9.0g", 11) + f"({tag})".rjust(6)
        head = label if place == 0 else bar
        lines.append(line(head, result((figures if place == 0 else " " * 35) + limits)))
    return lines


def count_figure(label: str, value: float) -> HeadLine:
    """Return a count such as the number of replications."""
    return HeadLine(label, format_value(value, "%9.0g"))
