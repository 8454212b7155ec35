"""Tables of one figure for each variable of a factor analysis."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule


def render_adequacy(title: str, head: str, names: Sequence[str], figures: Sequence[str]) -> list[Line]:
    """Return the table; a figure more than there are names is that of all."""
    width = max(7, *map(len, figures))
    inner, outer = line(f"{rule(13)}+{rule(width + 2)}"), line(rule(16 + width))
    lines = [line(), line(title), line(), outer, line(f"{'Variable':>12} | {head:>{width}} "), inner]
    for name, figure in zip(names, figures, strict=False):
        lines.append(line(f"{abbreviate_name(name, 12):>12} | ", result(f"{figure:>{width}} ")))
    if len(figures) > len(names):
        lines += [inner, line(f"{'Overall':>12} | ", result(f"{figures[-1]:>{width}} "))]
    return [*lines, outer]
