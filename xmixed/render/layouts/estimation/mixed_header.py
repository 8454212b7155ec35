"""The header of xtmixed and the lines of its iteration log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule

RIGHT = 48
"""Column where the right block of the header starts; its values end at 77."""
EQUALS, LATER_EQUALS = 67, 66
"""Where its `=` stands, in the layout of Stata 12 and in that of later editions."""
EDGE = 78
GROUP_NAME = 14
TABLE_NAME = 12
COUNT, AVERAGE = "%9.0g", "%9.1f"
LATER_COUNT, LATER_AVERAGE = "%12.0gc", "%12.1fc"
LIKELIHOOD = "%10.0g"
EM_TITLE = "Performing EM optimization: "
STARTING_TITLE = "Obtaining starting values by EM: "
GRADIENT_TITLE = "Performing gradient-based optimization: "
ERRORS_TITLE = "Computing standard errors:"


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One level: its variable, number of groups, and smallest, average and largest group."""

    name: str
    n_groups: float
    smallest: float
    average: float
    largest: float


@dataclass(frozen=True, slots=True)
class MixedHeader:
    """What stands above the tables; `groups` highest level first, () for none; `later`: as in Stata 14.

    `replications` is None without a prefix that replicates; with `df_residual` the test is F.
    `integration`: the method, "" where it is not shown, and the number of points.
    """

    title: str
    n_obs: float
    groups: tuple[GroupSummary, ...]
    df_model: float
    chi2: float
    p_value: float
    likelihood_label: str
    log_likelihood: float
    replications: float | None = None
    df_residual: float | None = None
    later: bool = False
    integration: tuple[str, float] | None = None


def render_header(header: MixedHeader) -> list[Line]:
    """Return the header from its title to the log-likelihood line."""
    later = header.later
    count = LATER_COUNT if later else COUNT
    lines = [_right(header.title, "Number of obs", format_value(header.n_obs, count), later)]
    if header.replications is not None:
        lines.append(_right("", "Replications", format_value(header.replications, count), later))
    if len(header.groups) == 1:
        lines += _one_group(header.groups[0], later)
    elif header.groups:
        lines += [line(), *render_group_table(header.groups, later), line()]
    else:
        lines.append(line())
    chi2 = format_value(header.chi2, "%9.2f" if later else "%10.2f")
    label, kind = f"Wald chi2({header.df_model:.0f})", "chi2"
    if header.df_residual is not None:
        label, kind = f"F({header.df_model:4.0f},{header.df_residual:7.0f})", "F"
    left = ""
    if header.integration is not None:
        if len(header.groups) == 1:
            lines.pop()
        method, points = header.integration
        if method:
            shown = format_value(points, count)
            lines += [_right(f"Integration method: {method}", "Integration points", shown, later), line()]
        else:
            left = f"Integration points = {points:3.0f}"
    lines.append(_right(left, label, chi2, later))
    likelihood = f"{header.likelihood_label} = {format_value(header.log_likelihood, LIKELIHOOD)}"
    p_value = format_value(header.p_value, "%10.4f")
    lines.append(_right(_capital(likelihood), f"Prob > {kind}", p_value, later))
    return lines


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _right(left: str, label: str, value: str, later: bool) -> Line:
    """Return a line with text at the left and `label = value` in the right block."""
    equals = LATER_EQUALS if later else EQUALS
    head = left.ljust(RIGHT) + label.ljust(equals - RIGHT) + "="
    return line(head, result(value.strip().rjust(EDGE - equals - 1)))


def render_clusters(count: int, name: str, width: int) -> Line:
    """Return the line above a table that says what robust standard errors are adjusted for."""
    return line(f"(Std. Err. adjusted for {count} clusters in {name})".rjust(width))


def render_within_clusters(count: int, name: str, width: int) -> Line:
    """Return the same line for pooled estimates, of which the variance within imputations is adjusted."""
    return line(f"(Within VCE adjusted for {count} clusters in {name})".rjust(width))


def _one_group(group: GroupSummary, later: bool) -> list[Line]:
    left = f"Group variable: {abbreviate_name(group.name, GROUP_NAME)}"
    count, average = (LATER_COUNT, LATER_AVERAGE) if later else (COUNT, AVERAGE)
    labels = ("min", "avg", "max")
    if later:
        head = [line(" " * RIGHT + "Obs per group:")]
        labels = tuple(f"{label:>17}" for label in labels)
    else:
        head, labels = [], ("Obs per group: min", *(f"{label:>18}" for label in labels[1:]))
    sizes = (group.smallest, count), (group.average, average), (group.largest, count)
    return [
        _right(left, "Number of groups", format_value(group.n_groups, count), later),
        line(),
        *head,
        *(
            _right("", label, format_value(value, fmt), later)
            for label, (value, fmt) in zip(labels, sizes, strict=True)
        ),
        *([line()] if later else [line(), line()]),
    ]


def render_group_table(groups: Sequence[GroupSummary], later: bool = False) -> list[Line]:
    """Return the table of several grouping variables, one row each; `later`: with commas in numbers."""
    count, average = (LATER_COUNT, LATER_AVERAGE) if later else (COUNT, AVERAGE)
    wider = 2 if later else 0
    outer = line(rule(59 + wider))
    lines = [
        outer,
        line(f"{'|':>17}{'No. of':>{9 + wider}}       Observations per Group"),
        line(f" Group Variable |{'Groups':>{9 + wider}}    Minimum    Average    Maximum"),
        line(f"{rule(16)}+{rule(42 + wider)}"),
    ]
    for group in groups:
        cells = format_value(group.n_groups, count).strip().rjust(9 + wider)
        for value, fmt in ((group.smallest, count), (group.average, average), (group.largest, count)):
            cells += format_value(value, fmt).strip().rjust(11)
        lines.append(line(abbreviate_name(group.name, TABLE_NAME).rjust(15) + " |", result(cells)))
    return [*lines, outer]


def render_iteration(number: int, label: str, log_likelihood: float, remark: str = "") -> Line:
    """Return a line of the iteration log; two blanks end it, then a remark such as `(not concave)`."""
    value = format_value(log_likelihood, LIKELIHOOD)
    return line(f"Iteration {number}:".ljust(15) + f"{label} = ", result(value), f"  {remark}")
