"""setx: values of the covariates at which `simqi` simulates."""

from __future__ import annotations

import numpy as np

from xmixed.commands.clarify.values import Covariates, settings_of
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.errors import StataError
from xmixed.estimation.simulated.model import set_values, simulated_model, with_set_values
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.estimation.simulated import render_settings
from xmixed.session.state import SessionState
from xmixed.session.stored import SIMULATED


@command(
    "setx",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(
            OptionSpec("noinher", "noinher", help="statistics of all observations"),
            OptionSpec("nocwdel", "nocwdel", help="each covariate by the observations where it is known"),
            OptionSpec("keepmidx", "keepmidx", built=False),
        ),
    ),
    synopsis="setx [value | name value [(names) value ...]] [if] [in] [weight] [, noinher nocwdel]",
    needs=("data",),
)
def setx(session: SessionState, node: Command) -> None:
    model = simulated_model(session.data)
    known = set_values(session.data)
    if not node.argument_text.strip():
        session.out.write(*render_settings(model.covariates, known))
        return
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows).values
    if not node.option("noinher") and not node.option("nocwdel"):
        rows = rows & _sample(session)
    text = node.argument_text.strip()
    found = settings_of(text, Covariates(model, Context.of(session), rows, weights))
    session.data = with_set_values(session.data, known | found)


def _sample(session: SessionState) -> np.ndarray:
    """Return the sample of the model that was simulated; r(301) when the data have changed since."""
    sample = session.data.marks.get(SIMULATED)
    if sample is None:
        raise StataError(301, "the sample of estsimp is gone; option noinher uses all observations")
    return sample
