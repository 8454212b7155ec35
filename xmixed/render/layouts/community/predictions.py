"""What `prvalue` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name, left, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result

STUB, ACROSS = 22, 7
"""Columns of the names, and covariates in a line."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A prediction with limits; with another one before it, the limits are those of the change."""

    name: str
    estimate: float
    low: float
    high: float
    before: float | None = None


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 1000 else format_value(value, "%9.0g").strip()


def render_predictions(
    command: str,
    depvar: str,
    found: Sequence[Prediction],
    names: Sequence[str],
    sets: Sequence[tuple[str, Sequence[float]]],
    level: float,
) -> list[Line]:
    """Return the predictions, and the values of the covariates by lines of seven."""
    changes = found[0].before is not None
    lines = [
        line(),
        line(printable(f"{command}: {'Change in predictions' if changes else 'Predictions'} for {depvar}")),
        line(),
        line("Confidence intervals by delta method"),
        line(),
    ]
    if changes:
        lines.append(line(f"{'':{STUB}}{'Current':>9}{'Saved':>10}{'Change':>10}   {level:g}% CI for Change"))
    else:
        lines.append(line(" " * 32 + f"{level:g}% Conf. Interval"))
    for one in found:
        name = left(f"  {printable(one.name)}:", STUB)
        limits = f"[{_number(one.low):>8}, {_number(one.high):>9}]"
        if one.before is None:
            lines.append(line(name, result(f"{_number(one.estimate):>9}   {limits}")))
        else:
            figures = f"{_number(one.estimate):>9}{_number(one.before):>10}"
            figures += f"{_number(one.estimate - one.before):>10}   {limits}"
            lines.append(line(name, result(figures)))
    for start in range(0, len(names) if sets else 0, ACROSS):
        shown = names[start : start + ACROSS]
        lines += [line(), line(" " * 9 + "".join(right(abbreviate_name(name, 10), 11) for name in shown))]
        for label, values in sets:
            cells = "".join(
                format_value(value, "%9.0g").strip().rjust(11) for value in values[start : start + ACROSS]
            )
            lines.append(line(label.rjust(9), result(cells)))
    return lines
