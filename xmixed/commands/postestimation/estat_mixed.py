"""estat subcommands of later releases after xtmixed: sd, wcorrelation, df."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.formats import number_format
from xmixed.commands.registry import subcommand
from xmixed.data.value_labels import value_text
from xmixed.errors import StataError
from xmixed.estimation.display_options import display_options
from xmixed.estimation.mixed.derived import posted_deviations, whole_sample, within_group
from xmixed.estimation.mixed.display import display
from xmixed.estimation.population.options import read_structure
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.formats import format_value, is_string_format, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.render.layouts.matlist import MatlistStyle, render_matlist
from xmixed.render.layouts.postestimation.within import (
    render_within_correlations,
    render_within_covariance,
)
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import commit

MIXED = ("xtmixed", "mixed")


@subcommand(
    "estat",
    "sd",
    syntax=Syntax(
        options=(
            LEVEL,
            OptionSpec("variance", "var", help="show variances and covariances"),
            OptionSpec("verbose", "verb", help="show the fixed effects too"),
            OptionSpec("post", "post", help="put the figures in e()"),
            OptionSpec("coeflegend", "coefl", help="show names", built=False),
        ),
        exclusive=(("variance", "post"),),
    ),
    synopsis="estat sd [, level(#) variance verbose post]",
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
    if node.option("post"):
        commit(session, posted_deviations(session.e, node.text.strip()))


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


@subcommand(
    "estat",
    "wcorrelation",
    syntax=Syntax(
        options=(
            OptionSpec("at", "at", "text", "the group: values of level variables, id=45"),
            OptionSpec("covariance", "cov", help="the covariances themselves"),
            OptionSpec("format", "f", "format", "format of the figures; default %6.3f"),
            OptionSpec("all", "all", help="all observations together"),
            OptionSpec("list", "list", help="list the observations of the group"),
            OptionSpec("nosort", "nosort", help="accepted: observations keep their order"),
            OptionSpec("compact", "c", help="after xtgee: the first column of each lag"),
        )
    ),
    synopsis="estat wcorrelation [, at(levelvar=#) all covariance format(%fmt) list]",
    needs=("estimates",),
    after=(*MIXED, "xtgee"),
)
def wcorrelation(session: SessionState, node: Command) -> None:
    """Show standard deviations and correlations of the outcomes within one group."""
    if session.e.macros["cmd"] == "xtgee":
        _working(session, node)
        return
    if node.option("compact"):
        raise StataError(198, "option compact is for xtgee", node.options["compact"].span)
    context = Context.of(session)
    levels = [name for name in session.e.macros.get("ivars", "").split() if name != "_all"]
    if node.option("all") and node.option("at") is not None:
        raise StataError(198, "options all and at() may not be combined", node.options["all"].span)
    if node.option("all"):
        found = whole_sample(session.e, context)
    else:
        found = within_group(session.e, context, _asked(node, session, levels))
    first = levels[0] if levels and not node.option("all") else ""
    title = ""
    if first:
        row = int(found.rows[0])
        title = f" for {first} = {value_text(session.data, session.data[first], row)}"
    covariance = found.covariance
    deviations = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(deviations, deviations)
    fmt = str(node.option("format", "%6.3f"))
    if not is_valid_format(fmt) or is_string_format(fmt):
        raise StataError(120, "invalid %format")
    if node.option("covariance"):
        session.out.write(*render_within_covariance(title, covariance, fmt))
    else:
        session.out.write(*render_within_correlations(title, deviations, correlations, fmt))
    if node.option("list"):
        names = " ".join(dict.fromkeys([*levels, session.e.macros["depvar"].split()[0]]))
        first_row, last_row = int(found.rows[0]) + 1, int(found.rows[-1]) + 1
        if last_row - first_row + 1 == len(found.rows):
            session.execute(f"list {names} in {first_row}/{last_row}")
        else:
            session.execute(f"list {names} if inlist(_n, {', '.join(str(row + 1) for row in found.rows)})")
    numbers = [str(place) for place in range(1, len(covariance) + 1)]
    effects = [f"u{place}" for place in range(1, found.Z.shape[1] + 1)]
    matrices = {
        "sd": Matrix(deviations[None, :], ["sd"], numbers),
        "Corr": Matrix(correlations, numbers, numbers),
        "Cov": Matrix(covariance, numbers, numbers),
        "G": Matrix(found.G, effects, effects),
        "Z": Matrix(found.Z, numbers, effects),
        "R": Matrix(found.R, numbers, numbers),
    }
    session.r = Results(matrices=matrices)


def _asked(node: Command, session: SessionState, levels: list[str]) -> dict[str, float]:
    """Return the values of `at(id=45 class=2)` by level variable; r(198)."""
    found: dict[str, float] = {}
    for part in str(node.option("at", "")).replace(",", " ").split():
        name, equals, value = part.partition("=")
        if not equals or name not in levels:
            raise StataError(198, "option at() incorrectly specified", node.options["at"].span)
        found[name] = evaluate_number(parse_expression(value), Context.of(session))
    return found


def _working(session: SessionState, node: Command) -> None:
    """Show the working correlations of xtgee, or with `compact` the figures they are made of."""
    for name in node.options.keys() - {"format", "compact"}:
        raise StataError(198, f"option {name} not allowed after xtgee", node.options[name].span)
    R, panel = session.e.matrices["R"], session.e.macros["ivar"]
    fmt = number_format(node, "%9.0g")
    if node.option("compact"):
        structure = session.e.macros["corr"]
        session.out.write("", f"Error structure: {structure}")
        figures = read_structure(structure).figures(R.values)
        if figures.size:
            shown = " ".join(format_value(float(value), fmt).strip() for value in figures)
            session.out.write(f"Estimated within-{panel} correlation: {shown}")
    else:
        style = MatlistStyle(fmt, title=f"Estimated within-{panel} correlation matrix R:")
        session.out.write(*render_matlist(R, style, session.settings.linesize))
    session.r = Results(matrices={"R": R})
