"""The header of xtmixed and the lines of its iteration log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule

RIGHT = 48
"""Column where the right block of the header starts; its `=` stands at 67, its values end at 77."""
EQUALS = 67
VALUE = 10
GROUP_NAME = 14
TABLE_NAME = 12
COUNT, AVERAGE = "%9.0g", "%9.1f"
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
    """What stands above the tables; `groups` highest level first, () for none.

    `replications` is None without a prefix that replicates; with `df_residual` the test is F.
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


def render_header(header: MixedHeader) -> list[Line]:
    """Return the header from its title to the log-likelihood line."""
    lines = [_right(header.title, "Number of obs", format_value(header.n_obs, COUNT))]
    if header.replications is not None:
        lines.append(_right("", "Replications", format_value(header.replications, COUNT)))
    if len(header.groups) == 1:
        lines += _one_group(header.groups[0])
    elif header.groups:
        lines += [line(), *render_group_table(header.groups), line()]
    else:
        lines.append(line())
    label, kind = f"Wald chi2({header.df_model:.0f})", "chi2"
    if header.df_residual is not None:
        label, kind = f"F({header.df_model:4.0f},{header.df_residual:7.0f})", "F"
    lines.append(_right("", label, format_value(header.chi2, "%10.2f")))
    likelihood = f"{header.likelihood_label} = {format_value(header.log_likelihood, LIKELIHOOD)}"
    lines.append(_right(_capital(likelihood), f"Prob > {kind}", format_value(header.p_value, "%10.4f")))
    return lines


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _right(left: str, label: str, value: str) -> Line:
    """Return a line with text at the left and `label = value` in the right block."""
    head = left.ljust(RIGHT) + label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(value.strip().rjust(VALUE)))


def render_clusters(count: int, name: str, width: int) -> Line:
    """Return the line above a table that says what robust standard errors are adjusted for."""
    return line(f"(Std. Err. adjusted for {count} clusters in {name})".rjust(width))


def _one_group(group: GroupSummary) -> list[Line]:
    left = f"Group variable: {abbreviate_name(group.name, GROUP_NAME)}"
    return [
        _right(left, "Number of groups", format_value(group.n_groups, COUNT)),
        line(),
        _right("", "Obs per group: min", format_value(group.smallest, COUNT)),
        _right("", "               avg", format_value(group.average, AVERAGE)),
        _right("", "               max", format_value(group.largest, COUNT)),
        line(),
        line(),
    ]


def render_group_table(groups: Sequence[GroupSummary]) -> list[Line]:
    """Return the table of several grouping variables, one row each."""
    outer = line(rule(59))
    lines = [
        outer,
        line("                |   No. of       Observations per Group"),
        line(" Group Variable |   Groups    Minimum    Average    Maximum"),
        line(f"{rule(16)}+{rule(42)}"),
    ]
    for group in groups:
        cells = format_value(group.n_groups, COUNT).strip().rjust(9)
        for value, fmt in ((group.smallest, COUNT), (group.average, AVERAGE), (group.largest, COUNT)):
            cells += format_value(value, fmt).strip().rjust(11)
        lines.append(line(abbreviate_name(group.name, TABLE_NAME).rjust(15) + " |", result(cells)))
    return [*lines, outer]


def render_iteration(number: int, label: str, log_likelihood: float, remark: str = "") -> Line:
    """Return a line of the iteration log; two blanks end it, then a remark such as `(not concave)`."""
    value = format_value(log_likelihood, LIKELIHOOD)
    return line(f"Iteration {number}:".ljust(15) + f"{label} = ", result(value), f"  {remark}")
