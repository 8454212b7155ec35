"""The table of potential problems of variables (`codebook`) and of value labels (`labelbook`)."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule, wrap

PROBLEM = 33
"""Width of the texts of problems."""


def render_problems(
    source: str, what: str, problems: Sequence[tuple[str, Sequence[str]]], linesize: int
) -> list[Line]:
    """Return the table; `source` is the data's file, `what` heads the names that have each problem."""
    name = ("  ", result(printable(source))) if source else ()
    if not problems:
        return [line(), line("no potential problems in dataset", *name)]
    edge = line(rule(min(linesize, PROBLEM + 20)))
    lines = [line(), line("Potential problems in dataset", *name), line()]
    lines += [line(f"{'potential problem':>{PROBLEM}}   {what}"), edge]
    for text, names in problems:
        for at, part in enumerate(wrap(" ".join(names), max(20, linesize - PROBLEM - 3))):
            lines.append(line(f"{text if at == 0 else '':>{PROBLEM}}   ", result(part)))
    return [*lines, edge]
