"""lookfor."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.layouts.describe.describe import VariableRow, render_variables
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@command(
    "lookfor",
    syntax=Syntax("words"),
    synopsis="lookfor text [text ...]",
    needs=("data",),
    by_reference=True,
)
def lookfor(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(198, "nothing to look for")
    words = [word.lower() for word in node.argument]
    data = session.data
    found = [
        variable
        for variable in data
        if any(word in variable.name.lower() or word in variable.label.lower() for word in words)
    ]
    rows = [VariableRow(v.name, v.type, v.format, v.value_label, v.label) for v in found]
    session.out.write(*render_variables(rows, session.settings.linesize, data.names))
    session.r = Results(macros={"varlist": " ".join(variable.name for variable in found)})
