"""estat gof, estat classification, lroc: how well probabilities fit outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result

_LABEL = 29


def _figure(label: str, value: float, decimals: int) -> Line:
    """Return a figure whose units stand below those of the others."""
    width = 9 + (decimals + 1 if decimals else 0)
    return line(f"{label:>{_LABEL}} = ", result(f"{value:{width}.{decimals}f}"))


def render_goodness(
    title: str,
    counts: Sequence[tuple[str, float]],
    test: str,
    statistic: float,
    p_value: float,
    table: Sequence[Line] | None,
    note: str = "",
) -> list[Line]:
    """Return a test of fit: counts, the statistic under its name, and p; before them a table."""
    lines = [line(), line(f"{title}, goodness-of-fit test"), line()]
    if note:
        lines += [line(f"  ({note})"), *([] if table else [line()])]
    if table:
        lines += [*table, line()]
    lines += [_figure(label, count, 0) for label, count in counts]
    return [*lines, _figure(test, statistic, 2), _figure("Prob > chi2", p_value, 4)]


def render_groups(rows: Sequence[tuple[float, float, float, float]]) -> list[Line]:
    """Return a table of groups: largest probability, positive outcomes, expected ones, observations."""
    outer = f"  +{'-' * 56}+"
    head = "  | Group |   Prob | Obs_1 | Exp_1 | Obs_0 | Exp_0 | Total |"
    inner = "  |-------+--------+-------+-------+-------+-------+-------|"
    lines = [line(outer), line(head), line(inner)]
    for place, (probability, positive, expected, size) in enumerate(rows, 1):
        cells = (
            f"{place:5d}",
            format_value(probability, "%6.4f"),
            f"{positive:5.0f}",
            f"{expected:5.1f}",
            f"{size - positive:5.0f}",
            f"{size - expected:5.1f}",
            f"{size:5.0f}",
        )
        lines.append(line("  | ", result(" | ".join(cells)), " |"))
    return [*lines, line(outer)]


def render_count_fit(tests: Sequence[tuple[str, float]], df: int, p_values: Sequence[float]) -> list[Line]:
    """Return the deviance and Pearson tests after poisson."""
    lines: list[Line] = []
    for (name, statistic), p_value in zip(tests, p_values, strict=True):
        lines.append(line())
        lines.append(
            line(f"{'':9}{name + ' goodness-of-fit':<24} = ", result(format_value(statistic, "%9.0g")))
        )
        lines.append(line(f"{'':9}{f'Prob > chi2({df})':<24} = ", result(format_value(p_value, "%9.4f"))))
    return lines


def render_classification(
    title: str,
    cells: Sequence[Sequence[float]],
    cutoff: str,
    defined: str,
    rates: Sequence[tuple[str, str, float]],
) -> list[Line]:
    """Return the table of classifications and the rates under it.

    Parameters
    ----------
    cells : 2 x 2
        Classified + and -, by D and ~D.
    rates : sequence of (name, symbol, share)
        Two of sensitivity and specificity, two predictive values, four false rates, and the last of all.
    """
    rule = f"{'-' * 11}+{'-' * 26}+{'-' * 11}"
    lines = [line(), line(title), line(), line(f"{'':14}-------- True --------")]
    lines.append(line("Classified |         D            ~D  |      Total"))
    lines.append(line(rule))
    row = lambda name, a, b: line(  # noqa: E731
        f"{name:<11}| ", result(f"{a:9.0f}{b:14.0f}"), "  |", result(f"{a + b:11.0f}")
    )
    for name, (a, b) in zip(("     +", "     -"), cells, strict=True):
        lines.append(row(name, a, b))
    lines += [line(rule), row("   Total", *(sum(column) for column in zip(*cells, strict=True))), line()]
    lines += [line(f"Classified + if predicted Pr(D) >= {cutoff}"), line(f"True D defined as {defined}")]
    for place, (name, symbol, share) in enumerate(rates):
        if place in (0, 4, 8):
            lines.append(line("-" * 50))
        shown = format_value(100 * share, "%6.2f")
        lines.append(line(f"{name:<32}{symbol:<10}", result(f"{shown:>7}%")))
    return [*lines, line("-" * 50)]


def render_area(title: str, n: float, area: float) -> list[Line]:
    """Return the lines of lroc."""
    return [
        line(),
        line(title),
        line(),
        line("number of observations = ", result(f"{n:8.0f}")),
        line("area under ROC curve   = ", result(format_value(area, "%8.4f"))),
    ]
