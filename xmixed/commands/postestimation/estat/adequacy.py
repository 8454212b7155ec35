"""estat kmo and estat smc: how well correlations lend themselves to common factors."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.postestimation.adequacy import render_adequacy
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.factors import sampling_adequacy, squared_multiple_correlations
from xmixed.statistics.linear.covariance import correlations

AFTER = ("factor", "pca")
SYNTAX = Syntax(options=(OptionSpec("format", "f", "format", "format of the figures"),))


def _correlations(session: SessionState) -> tuple[np.ndarray, list[str]]:
    """Return the correlations of the last analysis; r(506) where they are singular."""
    found = session.e.matrices["C"]
    R = correlations(found.values)
    if np.linalg.eigvalsh(R)[0] < 1e-12:
        raise StataError(506, "correlation matrix not positive definite")
    return R, list(found.row_names)


@subcommand(
    "estat", "kmo", syntax=SYNTAX, synopsis="estat kmo [, format(%fmt)]", needs=("estimates",), after=AFTER
)
def kmo(session: SessionState, node: Command) -> None:
    """Kaiser, Meyer and Olkin's measure, of each variable and of all."""
    R, names = _correlations(session)
    each, overall = sampling_adequacy(R)
    title = "Kaiser-Meyer-Olkin measure of sampling adequacy"
    _show(session, node, title, "kmo", names, [*each.tolist(), overall])
    session.r = Results({"kmo": overall}, {}, {"kmow": Matrix(each[:, None], names, ["kmo"])})


@subcommand(
    "estat", "smc", syntax=SYNTAX, synopsis="estat smc [, format(%fmt)]", needs=("estimates",), after=AFTER
)
def smc(session: SessionState, node: Command) -> None:
    """Squared multiple correlations."""
    R, names = _correlations(session)
    found = squared_multiple_correlations(R)
    title = "Squared multiple correlations of variables with all other variables"
    _show(session, node, title, "smc", names, found.tolist())
    session.r = Results({}, {}, {"smc": Matrix(found[None, :], ["smc"], names)})


def _show(
    session: SessionState, node: Command, title: str, head: str, names: list[str], values: list[float]
) -> None:
    """Show a column of figures; one more than there are names is the figure of all."""
    fmt = str(node.option("format", "%8.4f"))
    texts = [format_value(value, fmt).strip() for value in values]
    session.out.write(*render_adequacy(title, head, names, texts))
