"""What ksmirnov and nptrend print."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.formats.width import cut
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule
from xmixed.statistics.inference.kolmogorov import Distances


def _cell(value: float, fmt: str, width: int) -> str:
    return ("." if value >= MISSING else format_value(value, fmt).strip()).rjust(width)


def render_distances(head: Sequence[str], names: tuple[str, str], found: Distances) -> list[Line]:
    """Return distances and p-values; the last row is that of the larger one."""
    exact = found.exact < MISSING
    last = "      Exact" if exact else ""
    stub = max(20, *(len(name) + 3 for name in names))
    edge = line(" " + rule(stub + 26 + len(last)))
    lines = [line(), *(line(printable(text)) for text in head), line()]
    lines += [line(f" {'Smaller group':<{stub}}D       P-value  Corrected{last}"), edge]
    for name, distance, p in zip(
        names, (found.above, found.below), (found.p_above, found.p_below), strict=True
    ):
        cells = _cell(distance, "%7.4f", 7) + _cell(p, "%5.3f", 9)
        label = f"{cut(printable(name), stub - 3)}:"
        lines.append(line(f" {label:<{stub - 3}}", result(cells)))
    cells = (
        _cell(found.largest, "%7.4f", 7) + _cell(found.p, "%5.3f", 9) + _cell(found.corrected, "%5.3f", 11)
    )
    cells += _cell(found.exact, "%5.3f", 11) if exact else ""
    return [*lines, line(f" {'Combined K-S:':<{stub - 3}}", result(cells))]


def render_trend(by: str, rows: Sequence[tuple[str, float, float, float]], z: float, p: float) -> list[Line]:
    """Return label, score, observations and sum of ranks of each group, and the test."""
    lines = [line()]
    if rows:
        lines.append(line(f"{cut(printable(by), 12):>12}{'score':>12}{'obs':>12}{'sum of ranks':>18}"))
        for name, score, size, ranks in rows:
            cells = _cell(score, "%9.0g", 12) + _cell(size, "%9.0g", 12) + _cell(ranks, "%9.0g", 18)
            lines.append(line(f"{cut(printable(name), 12):>12}", result(cells)))
        lines.append(line())
    return [
        *lines,
        line("          z  = ", result(_cell(z, "%6.2f", 5))),
        line("  Prob > |z| = ", result(_cell(p, "%6.3f", 5))),
    ]
