"""estat group: number and size of the groups."""

from __future__ import annotations

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.mixed.model import mixed_result
from xmixed.estimation.mixed.options import MULTILEVEL
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.layouts.estimation.mixed_header import GroupSummary
from xmixed.render.layouts.postestimation.estat import render_groups
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@subcommand("estat", "group", syntax=Syntax(), needs=("estimates",), after=MULTILEVEL)
def group(session: SessionState, node: Command) -> None:
    levels = mixed_result(session.e.payload, "estat group").description.levels
    if not levels:
        raise StataError(321, "estat group not valid; the model has no groups")
    groups = [
        GroupSummary(level.name, level.n_groups, level.smallest, level.average, level.largest)
        for level in levels
    ]
    session.out.write(*render_groups(groups))
    session.r = Results()
