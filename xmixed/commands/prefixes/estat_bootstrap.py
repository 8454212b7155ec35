"""estat bootstrap: confidence limits of several kinds."""

from __future__ import annotations

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.mixed.display import mixed_head
from xmixed.estimation.mixed.model import MixedResult
from xmixed.estimation.resampling.estimator import header, legend
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import line
from xmixed.render.layouts.estimation.replications import (
    BootstrapRow,
    failure_note,
    render_bootstrap,
    replications_based,
)
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState

KINDS = (("normal", "N"), ("percentile", "P"), ("bc", "BC"), ("bca", "BCa"))


@subcommand(
    "estat",
    "bootstrap",
    syntax=Syntax(
        options=(
            OptionSpec("bc", "bc", help="bias-corrected limits; the default"),
            OptionSpec("bca", "bca", help="bias-corrected and accelerated limits"),
            OptionSpec("normal", "n", help="limits from the normal distribution"),
            OptionSpec("percentile", "p", help="percentiles of the replications"),
            OptionSpec("all", "all", help="all kinds that there are"),
            OptionSpec("noheader", "nohe", help="suppress the header"),
            OptionSpec("nolegend", "noleg", help="suppress the legend of the limits"),
            OptionSpec("verbose", "v", built=False),
        )
    ),
    synopsis="estat bootstrap [, bc bca normal percentile all noheader nolegend]",
    needs=("estimates",),
    keeps_r=True,
)
def estat_bootstrap(session: SessionState, node: Command) -> None:
    e = session.e
    if e.macros.get("prefix") != "bootstrap":
        raise StataError(321, "estat bootstrap not valid")
    if node.option("bca") and "ci_bca" not in e.matrices:
        raise StataError(198, "BCa confidence intervals require option bca of bootstrap")
    if node.option("all"):
        kinds = [kind for kind in KINDS if f"ci_{kind[0]}" in e.matrices]
    else:
        kinds = [kind for kind in KINDS if node.option(kind[0])] or [KINDS[2]]
    if not node.option("noheader"):
        shown = mixed_head(e, session.settings) if isinstance(e.payload, MixedResult) else header(e)
        session.out.write("", *shown, *legend(e, session.settings.linesize))
    session.out.write("")
    if "clustvar" in e.macros:
        session.out.write(replications_based(int(e.scalars["N_clust"]), e.macros["clustvar"]))
    rows = [_row(e, place, kinds) for place in range(len(e.matrices["b"].column_names))]
    level = e.scalars["level"]
    session.out.write(*render_bootstrap(e.macros.get("depvar", ""), rows, level, not node.option("nolegend")))
    if e.scalars["N_misreps"]:
        session.out.write(line(), *failure_note("bootstrap", int(e.scalars["N_misreps"])))


def _row(e: Estimates, place: int, kinds: list[tuple[str, str]]) -> BootstrapRow:
    def figure(name: str, row: int = 0) -> float:
        matrix = e.matrices[name]
        assert isinstance(matrix, Matrix)
        return float(matrix.values[row, place])

    equation, _, name = e.matrices["b"].column_names[place].rpartition(":")
    limits = tuple((figure(f"ci_{kind}", 0), figure(f"ci_{kind}", 1), tag) for kind, tag in kinds)
    return BootstrapRow(name, equation, figure("b"), figure("bias"), figure("se"), limits)
