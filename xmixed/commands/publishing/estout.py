"""estout: the table of models of which esttab is a form with other defaults."""

from __future__ import annotations

from xmixed.commands.publishing.design import ESTOUT_OPTIONS, FORMATS, estout_design, shape_of
from xmixed.commands.publishing.writing import evaluator, publish
from xmixed.commands.registry import command
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


@command(
    "estout",
    syntax=Syntax("words", using=True, options=ESTOUT_OPTIONS, exclusive=(FORMATS, ("replace", "append"))),
    synopsis="estout [names] [using file] [, cells() stats() label legend keep() drop() order() style() ...]",
)
def estout(session: SessionState, node: Command) -> None:
    cells = node.options["cells"].text if "cells" in node.options else ""
    design = estout_design(node.option, cells, session.settings.level, evaluator(session))
    publish(session, node, design, shape_of(node.option), "tab")
