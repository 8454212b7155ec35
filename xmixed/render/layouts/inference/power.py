"""What `sampsi` prints."""

from __future__ import annotations

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result
from xmixed.statistics.inference.power import Design


def _row(name: str, value: float, fmt: str, after: str = "") -> Line:
    return line(name.rjust(14) + " = ", result(format_value(value, fmt).rjust(8)), after)


def render_design(design: Design, sizes: tuple[float, float], power: float, known_power: bool) -> list[Line]:
    """Return assumptions and what follows of them: sample sizes where power was given, else power."""
    means = design.sd is not None
    letter, thing = ("m", "mean") if means else ("p", "proportion")
    kind = "one" if design.one_sample else "two"
    what = "sample size" if known_power else "power"
    lines = [
        line(),
        line(f"Estimated {what} for {kind}-sample comparison of {thing}{'s' if kind == 'two' else ''}"),
    ]
    if design.one_sample:
        lines[-1] = line(f"Estimated {what} for one-sample comparison of {thing}")
        lines.append(line("  to hypothesized value"))
        text = format_value(design.first, "%9.0g" if means else "%6.4f").strip()
        lines += [
            line(),
            line(f"Test Ho: {letter} = {text:>7}, where {letter} is the {thing} in the population"),
        ]
    else:
        lines += [
            line(),
            line(f"Test Ho: {letter}1 = {letter}2, where {letter}1 is the {thing} in population 1"),
            line(f"                    and {letter}2 is the {thing} in population 2"),
        ]
    side = "two" if design.two_sided else "one"
    lines += [line("Assumptions:"), line(), _row("alpha", design.alpha, "%8.4f", f"  ({side}-sided)")]
    if known_power:
        lines.append(_row("power", power, "%8.4f"))
    lines += _values(design, letter)
    if known_power:
        if not design.one_sample:
            lines.append(_row("n2/n1", design.ratio, "%8.2f"))
        lines += [line(), line(f"Estimated required sample size{'' if design.one_sample else 's'}:"), line()]
        if design.one_sample:
            return [*lines, _row("n", sizes[0], "%8.0f")]
        return [*lines, _row("n1", sizes[0], "%8.0f"), _row("n2", sizes[1], "%8.0f")]
    if design.one_sample:
        lines.append(_row("sample size n", sizes[0], "%8.0f"))
    else:
        lines += [_row("sample size n1", sizes[0], "%8.0f"), _row("n2", sizes[1], "%8.0f")]
        lines.append(_row("n2/n1", design.ratio, "%8.2f"))
    return [*lines, line(), line("Estimated power:"), line(), _row("power", power, "%8.4f")]


def _values(design: Design, letter: str) -> list[Line]:
    fmt = "%8.0g" if design.sd is not None else "%8.4f"
    if design.one_sample:
        lines = [_row(f"alternative {letter}", design.second, fmt)]
        return [*lines, _row("sd", design.sd[0], "%8.0g")] if design.sd is not None else lines
    lines = [_row(f"{letter}1", design.first, fmt), _row(f"{letter}2", design.second, fmt)]
    if design.sd is not None:
        lines += [_row("sd1", design.sd[0], "%8.0g"), _row("sd2", design.sd[1], "%8.0g")]
    return lines
