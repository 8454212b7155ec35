"""count."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.output import line
from xmixed.render.text import result
from xmixed.session.results import Results
from xmixed.session.state import SessionState

WIDTH = 5


@command(
    "count",
    syntax=Syntax("none", condition=True, in_range=True),
    synopsis="count [if] [in]",
    by="each",
    by_reference=True,
)
def count(session: SessionState, node: Command) -> None:
    number = _number(session, node)
    session.out.write(line(result(f"{number:{WIDTH}d}")))
    session.r = Results(scalars={"N": float(number)})


def _number(session: SessionState, node: Command) -> int:
    if session.data.reference is None:
        return int(np.count_nonzero(selected_rows(session, node)))
    from xmixed.commands.referenced import selected_count

    return selected_count(session, node)
