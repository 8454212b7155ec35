"""The table of `merge`."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.output import Line, line
from xmixed.render.text import comma, result, rule

INDENT, RULE_WIDTH, NUMBER_END = 4, 41, 45


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """Observations by result; `name` is the variable that tells, "" for none."""

    master: int
    using: int
    matched: int
    updated: int
    conflict: int
    name: str
    update: bool


def render_merge(counts: MergeCounts) -> list[Line]:
    """Return the lines of the table."""

    def row(text: str, number: int, code: int = 0, deeper: bool = False) -> Line:
        head = " " * (INDENT + 4 * deeper) + text
        shown = comma(number).rjust(NUMBER_END - len(head))
        mark = f"  ({counts.name}=={code})" if code and counts.name else "  " if code else ""
        return line(head, result(shown), mark)

    alone = counts.master + counts.using
    matched = counts.matched + counts.updated + counts.conflict
    lines = [
        line(),
        line("    Result".ljust(37) + "# of obs."),
        line(" " * INDENT + rule(RULE_WIDTH)),
        row("not matched", alone),
    ]
    if alone:
        lines += [
            row("from master", counts.master, 1, True),
            row("from using", counts.using, 2, True),
            line(),
        ]
    lines.append(row("matched", matched, 0 if counts.update else 3))
    if counts.update:
        lines += [
            row("not updated", counts.matched, 3, True),
            row("missing updated", counts.updated, 4, True),
            row("nonmissing conflict", counts.conflict, 5, True),
        ]
    return [*lines, line(" " * INDENT + rule(RULE_WIDTH))]
