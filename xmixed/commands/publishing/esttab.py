"""esttab: a table of models side by side, to the console or to a file."""

from __future__ import annotations

from xmixed.commands.publishing.design import FORMATS, OPTIONS, design_of, shape_of
from xmixed.commands.publishing.writing import evaluator, publish
from xmixed.commands.registry import command
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


@command(
    "esttab",
    syntax=Syntax("words", using=True, options=OPTIONS, exclusive=(FORMATS, ("replace", "append"))),
    synopsis="esttab [names] [using file] [, b() se t p ci star() label stats() keep() drop() order() ...]",
)
def esttab(session: SessionState, node: Command) -> None:
    cells = node.options["cells"].text if "cells" in node.options else ""
    design = design_of(node.option, cells, session.settings.level, evaluator(session))
    publish(session, node, design, shape_of(node.option), "fixed")
