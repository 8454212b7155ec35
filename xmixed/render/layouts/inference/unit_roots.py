"""What dfuller and pperron print."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, rule

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
