"""The tables of `xtsum`, `xttab` and `xtdescribe`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name, cut, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule
from xmixed.statistics.panels import PanelSummary, PanelTable, Patterns, Spread

NAME, STUB = 8, 9
TAB_HEAD = " |    Freq.  Percent      Freq.  Percent        Percent"
SIZES = (26, 8, 8, 10, 10, 8, 8)
"""Widths of the quantiles of panel sizes."""
SUM_HEAD = "Variable         |      Mean   Std. Dev.       Min        Max |    Observations"


def render_xtsum(rows: Sequence[tuple[str, PanelSummary]], among: Sequence[str]) -> list[Line]:
    """Return the table of `xtsum`; a row of bars stands between variables."""
    lines = [line(), line(SUM_HEAD), line(rule(17) + "+" + rule(44) + "+" + rule(16))]
    for i, (name, found) in enumerate(rows):
        lines += [line(" " * 17 + "|" + " " * 44 + "|")] if i else []
        head = abbreviate_name(name, NAME, among).ljust(NAME)
        mean = _figure(found.mean, 10)
        size = f"{found.mean_size:8.0f}" if found.balanced else format_value(found.mean_size, "%8.0g")
        last = "     T =" if found.balanced else " T-bar ="
        lines += [
            _spread(f"{head} overall", mean, found.overall, "     N =", f"{found.n_obs:8d}"),
            _spread(f"{'':8} between", " " * 10, found.between, "     n =", f"{found.n_panels:8d}"),
            _spread(f"{'':8} within ", " " * 10, found.within, last, size),
        ]
    return lines


def _spread(head: str, mean: str, spread: Spread, name: str, count: str) -> Line:
    cells = mean + "".join(_figure(x, 11) for x in (spread.sd, spread.minimum, spread.maximum))
    return line(f"{head} |", result(cells), f" |{name}", result(count))


def _figure(value: float, width: int) -> str:
    return format_value(value, "%9.0g").strip().rjust(width)


def render_xttab(name: str, texts: Sequence[str], found: PanelTable) -> list[Line]:
    """Return the table of `xttab`."""
    inner = line(rule(STUB + 1) + "+" + rule(53))
    lines = [
        line(),
        line(" " * 18 + "Overall             Between            Within"),
        line(
            right(abbreviate_name(name, STUB), STUB)
            + " |    Freq.  Percent      Freq.  Percent        Percent"
        ),
        inner,
    ]
    total = float(found.overall.sum())
    rows = zip(texts, found.overall, found.between, found.within, strict=True)
    for text, overall, between, within in rows:
        lines.append(_tabulated(text, overall, total, between, found.n_panels, within))
    every = float(found.between.sum())
    counted = f"(n = {found.n_panels})"
    return [
        *lines,
        inner,
        _tabulated("Total", total, total, every, found.n_panels, found.total_within),
        line(" " * (35 - len(counted) // 2) + counted),
    ]


def _tabulated(text: str, overall: float, total: float, between: float, panels: int, within: float) -> Line:
    label = right(cut(printable(text), NAME), STUB)
    first = f"{overall:8.0f}{100 * overall / total:10.2f}"
    second = f"{between:10.0f}{100 * between / panels:10.2f}"
    return line(label + " |", result(f"{first}{second}{within:15.2f}"))


@dataclass(frozen=True, slots=True)
class PanelDescription:
    """What `xtdescribe` says above its patterns.

    Attributes
    ----------
    panel, time : str
        Names.
    panels, times : tuple of str
        Values as shown: the first two and the last.
    n_panels, n_times : int
    delta, span : str
        `1 unit`, `4 periods`.
    """

    panel: str
    time: str
    panels: tuple[str, ...]
    times: tuple[str, ...]
    n_panels: int
    n_times: int
    delta: str
    span: str


def render_xtdescribe(
    description: PanelDescription, percentiles: Sequence[float], patterns: Patterns, shown: int, width: int
) -> list[Line]:
    """Return the description, the distribution of panel sizes and the most frequent patterns."""
    lines = [
        line(),
        _values(description.panel, description.panels, "n", description.n_panels),
        _values(description.time, description.times, "T", description.n_times),
    ]
    room = len(description.time)
    lines += [
        line(f"{'':11}Delta({description.time}) = {description.delta}"),
        line(f"{'':11}Span({description.time})".ljust(11 + room + 7) + f" = {description.span}"),
        line(f"{'':11}({description.panel}*{description.time} uniquely identifies each observation)"),
        line(),
        line("Distribution of T_i:   min      5%     25%       50%       75%     95%     max"),
        line(result("".join(f"{value:{w}.0f}" for value, w in zip(percentiles, SIZES, strict=True)))),
    ]
    return lines + (_patterns(patterns, shown, width) if shown else [])


def _values(name: str, values: Sequence[str], letter: str, count: int) -> Line:
    left = f"{abbreviate_name(name, NAME):>{NAME}}:  " + ", ".join(values)
    return line(left.ljust(61) + f"{letter} = ", result(f"{count:10d}"))


def _patterns(patterns: Patterns, shown: int, width: int) -> list[Line]:
    rows = patterns.rows[:shown, :width]
    total = int(patterns.counts.sum())
    inner = line(" " + rule(27) + "+" + rule(max(9, 2 + rows.shape[1])))
    lines = [line(), line("     Freq.  Percent    Cum. |  Pattern"), inner]
    cumulated = 0.0
    for row, count in zip(rows, patterns.counts[:shown].tolist(), strict=True):
        cumulated += 100 * count / total
        marks = "".join("1" if one else "." for one in row.tolist())
        lines.append(line(result(_frequency(count, 100 * count / total, cumulated)), " |  ", result(marks)))
    rest = int(patterns.counts[shown:].sum())
    if rest:
        lines.append(line(result(_frequency(rest, 100 * rest / total, 100.0)), " | (other patterns)"))
    ever = "".join("X" if column.any() else "." for column in patterns.rows[:, :width].T)
    return [*lines, inner, line(result(f"{total:9d}{100:10.2f}{'':8}"), " |  ", result(ever))]


def _frequency(count: int, share: float, cumulated: float) -> str:
    return f"{count:9d}{share:10.2f}{cumulated:8.2f}"


def shown_values(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the first two of several values, dots, and the last."""
    return (texts[0], texts[1], "...", texts[-1]) if len(texts) > 2 else tuple(texts)
