"""estat recovariance: covariance matrices of the random effects."""

from __future__ import annotations

import numpy as np

from xmixed.commands.formats import number_format
from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.mixed.model import mixed_result
from xmixed.estimation.mixed.options import MULTILEVEL
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.postestimation.estat import (
    MatrixStyle,
    render_lower_triangle,
)
from xmixed.render.text import printable
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.linear.covariance import correlations


@subcommand(
    "estat",
    "recovariance",
    syntax=Syntax(
        options=(
            OptionSpec("level", "l", "text", "only this level variable"),
            OptionSpec("relevel", "rel", "text", "the same as level()"),
            OptionSpec("correlation", "c", help="show correlations"),
            OptionSpec("format", "f", "format", "display format of the cells"),
            OptionSpec("title", "t", "text", "title in place of the usual one"),
            OptionSpec("border", "bor", "text", "lines around the matrix", built=False, optional_value=True),
        ),
        exclusive=(("level", "relevel"),),
    ),
    synopsis="estat recovariance [, level(levelvar) correlation format(%fmt) title(text)]",
    needs=("estimates",),
    after=MULTILEVEL,
)
def recovariance(session: SessionState, node: Command) -> None:
    from scipy.linalg import block_diag

    result = mixed_result(session.e.payload, "estat recovariance")
    equations = result.description.equations
    levels = list(dict.fromkeys(equation.level for equation in equations if equation.effects))
    if not levels:
        raise StataError(321, "estat recovariance not valid; the model has no random effects")
    asked = str(node.option("level", node.option("relevel", ""))).strip()
    fmt = number_format(node, "%9.0g")
    if asked and asked not in levels:
        raise StataError(198, f"level {printable(asked)} not found in the model")
    as_correlation = bool(node.option("correlation"))
    kind, key = ("correlation", "corr") if as_correlation else ("covariance", "cov")
    found = Results()
    for level in [asked] if asked else levels:
        places = [i for i, equation in enumerate(equations) if equation.level == level]
        blocks = [result.covariances[i] for i in places]
        # Two rows stand for any two values of an exchangeable R.varname.
        rows = zip(places, blocks, strict=True)
        names = [name for i, own in rows for name in _row_names(equations[i].effects, len(own))]
        values = np.asarray(block_diag(*blocks))
        shown = correlations(values) if as_correlation else values
        title = str(node.option("title", f"Random-effects {kind} matrix for level {level}"))
        session.out.write("", printable(title), "")
        style = MatrixStyle("", fmt)
        session.out.write(*render_lower_triangle(shown, names, style, session.settings.linesize))
        # The one shown last has the plain name.
        found.matrices[key] = Matrix(shown, list(names), list(names))
        number = levels.index(level) + 1
        found.matrices[f"{key.capitalize()}{number}"] = Matrix(shown.copy(), list(names), list(names))
    found.macros["relevels"] = " ".join(levels)
    session.r = found


def _row_names(effects: tuple[str, ...], rows: int) -> tuple[str, ...]:
    return effects if len(effects) == rows else effects * rows
