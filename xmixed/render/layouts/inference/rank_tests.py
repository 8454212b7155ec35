"""What `ranksum`, `signrank`, `kwallis`, `spearman` and `ktau` print."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.formats.width import columns_of, cut, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule
from xmixed.statistics.inference.ranks import Kendall, KruskalWallis, RankSum, SignedRank, Spearman

STUB = 12


def _table(head: str, rows: Sequence[tuple[str, float, float, float]], columns: str) -> list[Line]:
    inner = line(rule(STUB + 1) + "+" + rule(33))
    shown = [
        line(
            right(cut(printable(name), STUB), STUB) + " |",
            result(f"{n:9.0f}{_figure(total):>12}{_figure(expected):>12}"),
        )
        for name, n, total, expected in rows
    ]
    return [line(right(cut(head, STUB), STUB) + " |" + columns), inner, *shown[:-1], inner, shown[-1]]


def _figure(value: float) -> str:
    return format_value(value, "%9.0g").strip()


def _variances(parts: Sequence[tuple[str, float]], total: float) -> list[Line]:
    lines = [line(f"{name:<21}", result(format_value(value, "%10.2f"))) for name, value in parts]
    return [
        line(),
        *lines,
        line(" " * 21 + rule(10)),
        line(f"{'adjusted variance':<21}", result(format_value(total, "%10.2f"))),
    ]


def _z(hypothesis: str, z: float, p: float) -> list[Line]:
    return [
        line(),
        line(printable(hypothesis)),
        line("             z = ", result(format_value(z, "%7.3f"))),
        line("    Prob > |z| = ", result(format_value(p, "%8.4f"))),
    ]


def render_rank_sum(
    found: RankSum, variable: str, by: str, groups: Sequence[str], porder: bool
) -> list[Line]:
    """Return the display of `ranksum`."""
    n = sum(found.n)
    rows = list(zip(groups, found.n, found.sums, found.expected, strict=True))
    rows.append(("combined", n, n * (n + 1) / 2, n * (n + 1) / 2))
    names = [f"{variable}({by}=={group})" for group in groups]
    lines = [
        line(),
        line("Two-sample Wilcoxon rank-sum (Mann-Whitney) test"),
        line(),
        *_table(by, rows, "      obs    rank sum    expected"),
        *_variances(
            (("unadjusted variance", found.unadjusted), ("adjustment for ties", found.ties)), found.variance
        ),
        *_z(f"Ho: {names[0]} = {names[1]}", found.z, found.p),
    ]
    if porder:
        lines += [
            line(),
            line(f"P{{{names[0]} > {names[1]}}} = ", result(format_value(found.larger, "%5.3f"))),
        ]
    return lines


def render_signed_rank(found: SignedRank, first: str, second: str) -> list[Line]:
    """Return the display of `signrank`."""
    expected = (found.expected, found.expected, found.sums[2])
    every = (sum(found.n), sum(found.sums), sum(found.sums))
    signs = zip(("positive", "negative", "zero"), found.n, found.sums, expected, strict=True)
    rows = [*signs, ("all", *every)]
    parts = (
        ("unadjusted variance", found.unadjusted),
        ("adjustment for ties", found.ties),
        ("adjustment for zeros", found.zeros),
    )
    return [
        line(),
        line("Wilcoxon signed-rank test"),
        line(),
        *_table("sign", rows, "      obs   sum ranks    expected"),
        *_variances(parts, found.variance),
        *_z(f"Ho: {first} = {second}", found.z, found.p),
    ]


def render_kruskal_wallis(found: KruskalWallis, by: str, groups: Sequence[str]) -> list[Line]:
    """Return the display of `kwallis`."""
    names = [cut(printable(name), 12) for name in groups]
    width = max(map(columns_of, [by, *names]))
    sizes = [f"{n:.0f}" for n in found.n]
    sums = [f"{value:.2f}" for value in found.sums]
    second, third = max(3, *map(len, sizes)), max(8, *map(len, sums))
    edge = line("  +" + rule(width + second + third + 8) + "+")
    rows = [
        line(
            "  | " + right(name, width) + " | ",
            result(n.rjust(second)),
            " | ",
            result(total.rjust(third)),
            " |",
        )
        for name, n, total in zip(names, sizes, sums, strict=True)
    ]
    head = line(f"  | {right(by, width)} | {'Obs'.rjust(second)} | {'Rank Sum'.rjust(third)} |")
    inner = line("  |" + rule(width + 2) + "+" + rule(second + 2) + "+" + rule(third + 2) + "|")
    lines = [
        line(),
        line("Kruskal-Wallis equality-of-populations rank test"),
        line(),
        edge,
        head,
        inner,
        *rows,
        edge,
    ]
    for title, chi2, p in (
        ("chi-squared", found.chi2, found.p),
        ("chi-squared with ties", found.chi2_ties, found.p_ties),
    ):
        probability = "probability".ljust(len("chi-squared"))
        lines += [
            line(),
            line(f"{title} = ", result(format_value(chi2, "%9.3f")), f" with {found.df:.0f} d.f."),
            line(f"{probability} = ", result(format_value(p, "%10.4f"))),
        ]
    return lines


def render_spearman(found: Spearman, first: str, second: str) -> list[Line]:
    """Return the display of `spearman` for two variables."""
    return [
        line(),
        line(" Number of obs = ", result(f"{found.n:7.0f}")),
        line("Spearman's rho = ", result(format_value(found.rho, "%12.4f"))),
        line(),
        line(f"Test of Ho: {first} and {second} are independent"),
        line("    Prob > |t| = ", result(format_value(found.p, "%12.4f"))),
    ]


def render_kendall(found: Kendall, first: str, second: str) -> list[Line]:
    """Return the display of `ktau` for two variables."""
    tied = "   (corrected for ties)"
    return [
        line(),
        line("  Number of obs = ", result(f"{found.n:7.0f}")),
        line("Kendall's tau-a = ", result(format_value(found.tau_a, "%12.4f"))),
        line("Kendall's tau-b = ", result(format_value(found.tau_b, "%12.4f"))),
        line("Kendall's score = ", result(f"{found.score:7.0f}")),
        line("    SE of score = ", result(format_value(found.se, "%11.3f")), tied),
        line(),
        line(f"Test of Ho: {first} and {second} are independent"),
        line("     Prob > |z| = ", result(format_value(found.p, "%12.4f")), "  (continuity corrected)"),
    ]
