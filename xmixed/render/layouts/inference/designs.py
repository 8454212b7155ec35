"""What `power` prints: one design as a list, several as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, rule


@dataclass(frozen=True, slots=True)
class Titles:
    """What is tested: `two-sample means test`, the statistic, and `m2` and `m1` of the hypotheses."""

    name: str
    statistic: str
    parameter: str
    reference: str


def _row(name: str, value: float, fmt: str) -> Line:
    return line(name.rjust(13) + " = ", result(format_value(value, fmt).strip().rjust(9)))


def _head(titles: Titles, sizes: bool, several: bool, sign: str) -> list[Line]:
    what = f"sample size{'s' if several else ''}" if sizes else "power"
    null = f"Ho: {titles.parameter} = {titles.reference}"
    alternative = f"Ha: {titles.parameter} {sign} {titles.reference}"
    lines = [line(), line(f"Estimated {what} for a {titles.name}")]
    return [
        *lines,
        line(titles.statistic),
        line(f"{null}  versus  {alternative}"),
    ]


def render_one(
    titles: Titles,
    given: Sequence[tuple[str, float]],
    found: Sequence[tuple[str, float]],
    sizes: bool,
    sign: str,
) -> list[Line]:
    """Return the parameters of a study and what follows of them.

    Parameters
    ----------
    sizes : bool
        Sample sizes are what was asked for; else it is power.
    sign : str
        Of the alternative: `!=`, `<` or `>`.
    """
    lines = [*_head(titles, sizes, len(found) > 1, sign), line(), line("Study parameters:"), line()]
    lines += [_row(name, value, "%9.0g" if name.startswith("N") else "%9.4f") for name, value in given]
    title = f"Estimated sample size{'s' if len(found) > 1 else ''}:" if sizes else "Estimated power:"
    lines += [line(), line(title), line()]
    return lines + [_row(name, value, "%9.0fc" if sizes else "%9.4f") for name, value in found]


def render_several(
    titles: Titles, names: Sequence[str], rows: Sequence[Sequence[float]], sizes: bool, sign: str
) -> list[Line]:
    """Return a table with a row for each combination of parameters."""
    width = 8 * len(names) + 1
    lines = [*_head(titles, sizes, "N1" in names, sign), line(), line(f"  +{rule(width)}+")]
    lines += [line("  |" + "".join(f"{name:>8}" for name in names) + " |"), line(f"  |{rule(width)}|")]
    for row in rows:
        cells = "".join(format_value(value, "%7.4g").strip().rjust(8) for value in row)
        lines.append(line("  |", result(cells), " |"))
    return [*lines, line(f"  +{rule(width)}+")]
