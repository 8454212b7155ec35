"""estat subcommands of later releases after xtmixed: sd, df."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.display_options import display_options
from xmixed.estimation.mixed.display import display
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.session.results import Results
from xmixed.session.state import SessionState

MIXED = ("xtmixed", "mixed")


@subcommand(
    "estat",
    "sd",
    syntax=Syntax(
        options=(
            LEVEL,
            OptionSpec("variance", "var", help="show variances and covariances"),
            OptionSpec("verbose", "verb", help="show the fixed effects too"),
            OptionSpec("post", "post", help="put the figures in e()", built=False),
            OptionSpec("coeflegend", "coefl", help="show names", built=False),
        )
    ),
    synopsis="estat sd [, level(#) variance verbose]",
    needs=("estimates",),
    after=MIXED,
)
def sd(session: SessionState, node: Command) -> None:
    """Show the random-effects parameters as standard deviations and correlations."""
    options = display_options(node.option, session.settings, False)
    shown = replace(
        options,
        header=False,
        comparison=False,
        fixed_table=bool(node.option("verbose")),
        variance=bool(node.option("variance")),
    )
    session.out.write(*display(session.e, shown))
    session.r = Results()


@subcommand(
    "estat",
    "df",
    syntax=Syntax(
        options=(
            OptionSpec("method", "method", "text", "methods of degrees of freedom"),
            OptionSpec("eq", "eq", help="by equation"),
            OptionSpec("post", "post", help="put them in e()"),
        )
    ),
    needs=("estimates",),
    after=MIXED,
)
def df(session: SessionState, node: Command) -> None:
    """Refuse: there are no small-sample degrees of freedom yet."""
    raise StataError(321, "estat df not valid; it needs dfmethod(), which xmixed does not have yet")
