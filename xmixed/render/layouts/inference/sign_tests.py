"""What `signtest` and `bitest` print."""

from __future__ import annotations

from xmixed.formats import format_value
from xmixed.formats.width import cut, right
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule
from xmixed.statistics.inference.binomial import BinomialTest, SignTest


def render_sign_test(found: SignTest, first: str, second: str) -> list[Line]:
    """Return the table of signs and the three tests."""
    n, every = found.positive + found.negative, found.positive + found.negative + found.zero
    rows = (
        ("positive", found.positive, n / 2),
        ("negative", found.negative, n / 2),
        ("zero", found.zero, found.zero),
    )
    edge = line(rule(13) + "+" + rule(24))
    lines = [line(), line("Sign test"), line(), line("        sign |    observed    expected"), edge]
    for name, seen, expected in rows:
        lines.append(line(right(name, 12) + " |", result(f"{seen:12.0f}{_number(expected):>12}")))
    lines += [edge, line(right("all", 12) + " |", result(f"{every:12.0f}{every:12.0f}")), line()]
    difference = f"median of {first} - {second}" if second != "0" else f"median of {first}"
    most = max(found.positive, found.negative)
    for sign, word, count, p in (
        (">", "positive", found.positive, found.upper),
        ("<", "negative", found.negative, found.lower),
    ):
        lines += [line("One-sided tests:")] if sign == ">" else [line()]
        lines += [
            line(printable(f"  Ho: {difference} = 0 vs.")),
            line(printable(f"  Ha: {difference} {sign} 0")),
            line(f"      Pr(#{word} >= {count:.0f}) ="),
            line(f"         Binomial(n = {n:.0f}, x >= {count:.0f}, p = 0.5) = ", result(f"{p:7.4f}")),
        ]
    return [
        *lines,
        line(),
        line("Two-sided test:"),
        line(printable(f"  Ho: {difference} = 0 vs.")),
        line(printable(f"  Ha: {difference} != 0")),
        line(f"      Pr(#positive >= {most:.0f} or #negative >= {most:.0f}) ="),
        line(
            f"         min(1, 2*Binomial(n = {n:.0f}, x >= {most:.0f}, p = 0.5)) = ",
            result(f"{found.two_sided:7.4f}"),
        ),
    ]


def _number(value: float) -> str:
    return format_value(value, "%9.0g").strip()


def render_binomial_test(found: BinomialTest, name: str, detail: bool) -> list[Line]:
    """Return the test of a probability; without a name the figures were typed."""
    head = "       N   Observed k   Expected k   Assumed p   Observed p"
    figures = f"{found.n:8.0f}{found.k:11.0f}{_number(found.n * found.p):>13}"
    figures += f"{found.p:14.5f}{found.k / found.n:13.5f}"
    if name:
        lines = [
            line(),
            line("    Variable | " + head),
            line(rule(13) + "+" + rule(60)),
            line(right(cut(printable(name), 12), 12) + " | ", result(figures)),
        ]
    else:
        lines = [line(), line(" " + head), line(rule(60)), line(" ", result(figures))]
    n, k, other = found.n, found.k, found.opposite
    both = f"k >= {k:.0f}" if k >= n * found.p else f"k <= {k:.0f}"
    if other < MISSING:
        both = f"k <= {other:.0f} or {both}" if k >= n * found.p else f"{both} or k >= {other:.0f}"
    tests = [
        (f"Pr(k >= {k:.0f})", found.upper, "one-sided"),
        (f"Pr(k <= {k:.0f})", found.lower, "one-sided"),
        (f"Pr({both})", found.two_sided, "two-sided"),
    ]
    lines.append(line())
    lines += [line(f"  {label:<22} = ", result(f"{p:.6f}"), f"  ({kind} test)") for label, p, kind in tests]
    if detail:
        lines.append(line())
        lines.append(line(f"  {f'Pr(k == {k:.0f})':<22} = ", result(f"{found.here:.6f}"), "  (observed)"))
        if other < MISSING:
            text = f"Pr(k == {other:.0f})"
            lines.append(
                line(f"  {text:<22} = ", result(f"{found.opposite_here:.6f}"), "  (opposite extreme)")
            )
    return lines
