"""Notes under tables: wrapped with a hanging indent under the text that follows `Note: `."""

from __future__ import annotations

from xmixed.output import Line, line
from xmixed.render.text import wrap

WIDTH = 78
CONSERVATIVE = "LR test is conservative and provided only for reference."
BOUNDARY = (
    "The reported degrees of freedom assumes the null hypothesis is not on the boundary of "
    "the parameter space. If this is not true, then the reported test is conservative."
)

RESTRICTED = (
    "LR tests based on REML are valid only when the fixed-effects specification is identical for both models."
)


def render_note(text: str) -> list[Line]:
    """Return `Note: ...` in lines of at most 78 characters."""
    head = "Note: "
    lines = wrap(text, WIDTH - len(head))
    return [line(head + lines[0]), *(line(" " * len(head) + rest) for rest in lines[1:])]
