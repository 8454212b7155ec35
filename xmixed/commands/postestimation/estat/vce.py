"""estat vce: the covariance matrix of the estimates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.commands.formats import number_format
from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.postestimation.estat import (
    MatrixStyle,
    render_lower_triangle,
)
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.linear.covariance import correlations


@subcommand(
    "estat",
    "vce",
    syntax=Syntax(
        options=(
            OptionSpec("correlation", "c", help="show correlations"),
            OptionSpec("covariance", "cov", help="show covariances (the default)"),
            OptionSpec("format", "f", "format", "display format of the cells"),
            OptionSpec("equation", "eq", "words", "only these equations"),
            OptionSpec("block", "b", help="equations as blocks", built=False),
            OptionSpec("diag", "d", help="only the diagonal blocks", built=False),
            OptionSpec("nolines", "noli", help="no lines between equations", built=False),
        ),
        exclusive=(("correlation", "covariance"),),
    ),
    synopsis="estat vce [, correlation covariance format(%fmt)]",
    needs=("estimates",),
)
def vce(session: SessionState, node: Command) -> None:
    V = session.e.get("V")
    if not isinstance(V, Matrix):
        raise StataError(321, "estat vce not valid")
    as_correlation = bool(node.option("correlation"))
    fmt = number_format(node, "%8.4f" if as_correlation else "%10.0g")
    kind = "Correlation" if as_correlation else "Covariance"
    values = correlations(V.values) if as_correlation else V.values
    names = list(V.row_names)
    if node.option("equation") is not None:
        kept = _places(session, node.option("equation"))
        values, names = values[np.ix_(kept, kept)], [names[place] for place in kept]
    name = session.e.macros.get("cmd", "")
    session.out.write("", f"{kind} matrix of coefficients of {name} model", "")
    style = MatrixStyle("e(V)", fmt)
    session.out.write(*render_lower_triangle(values, names, style, session.settings.linesize))
    session.r = Results(matrices={"V": Matrix(values.copy(), names, list(names))})


def _places(session: SessionState, words: Sequence[str]) -> list[int]:
    """Return the places in e(b) of the coefficients of equations, each a name or `#1`."""
    coefficients = Coefficients.of(session.e)
    wanted = {coefficients.equation(word) for word in words}
    return [place for place, name in enumerate(coefficients.names) if name.rpartition(":")[0] in wanted]
