"""The usual head of an estimation table: texts at the left, labelled figures at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, rule


@dataclass(frozen=True, slots=True)
class Entry:
    """A labelled figure and its format."""

    label: str
    value: float
    fmt: str = "%10.0g"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the figures stand: their labels, the equals signs behind them, the width of the values."""

    right: int
    equals: int
    width: int


PANEL = Columns(48, 67, 10)
LIKELIHOOD = Columns(50, 66, 11)
REGRESSION = Columns(55, 69, 8)
NARROW = Columns(56, 70, 7)


def render_beside(
    left: Sequence[str], right: Sequence[Entry | None], columns: Columns = LIKELIHOOD
) -> list[Line]:
    """Return one line for each figure, None leaving its place free, with the texts at the left."""
    lines = []
    for place in range(max(len(left), len(right))):
        text = left[place] if place < len(left) else ""
        entry = right[place] if place < len(right) else None
        if entry is None:
            lines.append(line(text))
            continue
        head = text.ljust(columns.right) + entry.label.ljust(columns.equals - columns.right) + "="
        shown = format_value(entry.value, entry.fmt).strip().rjust(columns.width)
        lines.append(line(head, result(shown)))
    return lines


def chi2_entries(kind: str, df: float, statistic: float, p_value: float) -> list[Entry]:
    """Return the two lines of a chi-squared test; `kind` is LR or Wald."""
    return [Entry(f"{kind} chi2({df:.0f})", statistic, "%10.2f"), Entry("Prob > chi2", p_value, "%10.4f")]


def likelihood_text(value: float, pseudo: bool, width: int = 0) -> str:
    """Return `Log likelihood = -428.5`; `width` is that of the label."""
    label = "Log pseudolikelihood" if pseudo else "Log likelihood"
    return f"{label:<{width}} = {format_value(value, '%10.0g').strip()}"


def render_test(text: str, df: float, statistic: float, p_value: float, gap: int = 3) -> Line:
    """Return the line of a test below a table: `TEXT chi2(1) =    61.20   Prob > chi2 = 0.0000`."""
    shown = format_value(statistic, "%8.2f").strip().rjust(8)
    return line(
        f"{text} chi2({df:.0f}) = ",
        result(shown),
        " " * gap + "Prob > chi2 = ",
        result(format_value(p_value, "%6.4f").strip()),
    )


def joint_rule() -> Line:
    """Return a rule within a table of the usual width."""
    return line(f"{rule(13)}+{rule(64)}")


def last_rule() -> Line:
    """Return the rule that ends what stands below a table."""
    return line(rule(78))
