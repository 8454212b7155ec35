"""What mhodds and tabodds print."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.formats.width import cut, right
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule
from xmixed.statistics.inference.odds import OddsRatio

_STUB = 10


def _figure(value: float, fmt: str, width: int) -> str:
    return ("." if value >= MISSING else format_value(value, fmt).strip()).rjust(width)


def render_odds_ratio(own: OddsRatio, level: float) -> list[Line]:
    """Return the box of one odds ratio."""
    edge = line("    " + rule(64))
    percent = f"[{level:g}% Conf. Interval]"
    cells = _figure(own.ratio, "%9.0g", 15) + _figure(own.chi2, "%9.2f", 11)
    cells += (
        _figure(own.p_value, "%6.4f", 14) + _figure(own.lower, "%9.0g", 16) + _figure(own.upper, "%9.0g", 12)
    )
    return [
        edge,
        line(f"     Odds Ratio    chi2(1)        P>chi2{percent:>28}"),
        edge,
        line(result(cells)),
        edge,
    ]


def render_odds_by(by: str, rows: Sequence[tuple[str, OddsRatio]], level: float) -> list[Line]:
    """Return the odds ratio of each group."""
    percent = f"[{level:g}% Conf. Interval]"
    edge = line(rule(79))
    head = right(cut(printable(by), _STUB - 1), _STUB - 1)
    lines = [
        edge,
        line(f"{head} | Odds Ratio        chi2(1)         P>chi2{percent:>27}"),
        line(f"{rule(_STUB)}+{rule(68)}"),
    ]
    for name, own in rows:
        cells = _figure(own.ratio, "%9.0g", 11) + _figure(own.chi2, "%9.2f", 15)
        cells += _figure(own.p_value, "%6.4f", 15) + _figure(own.lower, "%9.0g", 15)
        cells += _figure(own.upper, "%9.0g", 12)
        lines.append(line(right(cut(printable(name), _STUB - 1), _STUB - 1) + " |", result(cells)))
    return [*lines, edge]


def render_test(title: str, chi2: float, df: int, p: float) -> list[Line]:
    """Return a chi-squared test in two lines."""
    return [
        line(f"{title} chi2({df})".ljust(len(title) + 9) + " = ", result(_figure(chi2, "%9.2f", 8))),
        line(" " * (len(title) + 1) + "Pr>chi2".ljust(8) + " = ", result(_figure(p, "%6.4f", 8))),
    ]


def render_odds(
    head: Sequence[str],
    formats: Sequence[str],
    name: str,
    rows: Sequence[tuple[str, Sequence[float]]],
    level: float,
) -> list[Line]:
    """Return the table of tabodds: a row for each level; the last two columns are limits."""
    percent = f"[{level:g}% Conf. Interval]"
    edge = line(rule(13) + "+" + rule(64))
    titles = "".join(f"{title:>13}" for title in head)
    lines = [
        line(rule(13) + "-" + rule(64)),
        line(right(cut(printable(name), 12), 12) + f" |{titles}{percent:>24}"),
        edge,
    ]
    for text, values in rows:
        widths = (*[13] * len(head), 13, 11)
        cells = "".join(
            _figure(value, fmt, width) for value, fmt, width in zip(values, formats, widths, strict=True)
        )
        lines.append(line(right(cut(printable(text), 12), 12) + " |", result(cells)))
    return [*lines, line(rule(13) + "-" + rule(64))]
