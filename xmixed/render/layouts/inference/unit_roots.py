"""What dfuller, pperron and dfgls print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, rule
from xmixed.statistics.unit_roots import GlsTest

_WIDTH = 78


def render_unit_root(
    title: str,
    counts: Sequence[tuple[str, int]],
    distribution: str,
    rows: Sequence[tuple[str, float, tuple[float, float, float]]],
    p_value: tuple[str, float] | None,
) -> list[Line]:
    """Return the table of statistics beside their critical values at 1, 5 and 10 per cent.

    Parameters
    ----------
    counts : sequence of (label, number)
        At the right, the first beside the title.
    distribution : str
        Of which the critical values are.
    rows : sequence of (name, statistic, critical values)
    p_value : (label, value) or None
    """
    lines = [line()]
    for place, (label, number) in enumerate(counts):
        lines.append(line(f"{title if not place else '':<51}{label:<15} = ", result(f"{number:>9}")))
    dashes = (47 - len(distribution) - 2) // 2
    head = f"{rule(dashes)} {distribution} {rule(47 - len(distribution) - 2 - dashes)}"
    lines += [
        line(),
        line(" " * 31 + head),
        line(f"{'Test':>22}{'1% Critical':>20}{'5% Critical':>18}{'10% Critical':>18}"),
        line(f"{'Statistic':>24}{'Value':>16}{'Value':>18}{'Value':>18}"),
        line(rule(_WIDTH)),
    ]
    for name, statistic, values in rows:
        cells = format_value(statistic, "%12.3f").strip().rjust(17)
        cells += "".join(format_value(value, "%12.3f").strip().rjust(18) for value in values)
        lines.append(line(f" {name:<6}", result(cells)))
    lines.append(line(rule(_WIDTH)))
    if p_value is not None:
        lines.append(line(f"{p_value[0]} = ", result(format_value(p_value[1], "%6.4f").strip())))
    return lines


def render_gls(
    name: str, found: GlsTest, critical: tuple[float, float, float], trend: bool, schwert: bool
) -> list[Line]:
    """Return the table of DF-GLS statistics by lag, and the lags that three criteria choose.

    `schwert`: the largest lag was not typed.
    """
    most = len(found.statistics) - 1
    title = f"DF-GLS for {name}"
    how = " chosen by Schwert criterion" if schwert else ""
    kind = "tau" if trend else "mu"
    lines = [
        line(),
        line(f"{title:<51}{'Number of obs':<15} = ", result(f"{found.n:>9}")),
        line(f"Maxlag = {most}{how}"),
        line(),
        line(f"{f'DF-GLS {kind}':>25}{'1% Critical':>17}{'5% Critical':>18}{'10% Critical':>18}"),
        line(f"{'[lags]':>8}{'Test Statistic':>19}{'Value':>13}{'Value':>18}{'Value':>18}"),
        line(rule(_WIDTH)),
    ]
    values = "".join(format_value(value, "%12.3f").strip().rjust(18) for value in critical)
    for lag in range(most, 0, -1):
        statistic = format_value(float(found.statistics[lag]), "%12.3f").strip().rjust(17)
        lines.append(line(f"{lag:>6}", result(statistic + values[1:])))
    own = found.sequential
    text = "[use maxlag(0)]" if not own else f"with RMSE {_short(found.rmse[own])}"
    lines += [line(), line(f"Opt Lag (Ng-Perron seq t) = {own:>2} {text}")]
    for label, criterion in (("SC ", found.sc), ("MAIC", found.maic)):
        lag = int(np.argmin(criterion[1:])) + 1
        head = f"Min {label:<4} = {_short(criterion[lag])} at lag {lag:>2}"
        lines.append(line(f"{head} with RMSE {_short(found.rmse[lag])}"))
    return lines


def _short(value: float) -> str:
    return format_value(float(value), "%9.0g").strip()
