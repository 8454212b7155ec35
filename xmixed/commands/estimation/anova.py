"""anova: analysis of variance and covariance."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed
from xmixed.estimation.sample import resolve_terms
from xmixed.expressions.context import Context
from xmixed.expressions.factors.design import merge_terms
from xmixed.language.nodes import Command, FactorVariable, Interaction, Pattern
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState


@command(
    "anova",
    syntax=Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight"),
        options=(
            OptionSpec("partial", "p", help="sums of squares given all other terms; the default"),
            OptionSpec("sequential", "se", help="sums of squares given the terms before"),
            OptionSpec("noconstant", "noc", help="suppress the constant"),
            OptionSpec("repeated", "rep", "varlist", "repeated-measures variables", built=False),
            OptionSpec("bse", "bse", "text", "between-subjects error term", built=False),
            OptionSpec("dropemptycells", "drop", help="drop empty cells", built=False),
        ),
        exclusive=(("partial", "sequential"),),
    ),
    synopsis="anova depvar [termlist] [if] [in] [weight] [, partial sequential noconstant]",
    by="each",
)
def anova(session: SessionState, node: Command) -> None:
    from xmixed.estimation.linear import anova as linear

    if replayed(session, node, {"anova"}, linear.ESTIMATOR):
        return
    if node.argument:
        # Stata: a bare name is a factor here.
        first, *items = node.argument
        node = replace(node, argument=(first, *(_factor(item) for item in items)))
    context = Context.of(session)
    terms = merge_terms(resolve_terms(node.argument[1:], context)) if node.argument else []
    names = dict.fromkeys(operand.variable for term in terms for operand in term.operands)
    sample = estimation_sample(session, node, constant=not node.option("noconstant"), others=tuple(names))
    with overflow():
        estimates, settled = linear.fit(sample, terms, node.text.strip(), bool(node.option("sequential")))
    conclude(session, node, linear.ESTIMATOR, estimates, settled)


def _factor(item: object) -> object:
    if isinstance(item, Pattern) and not item.operator:
        return Interaction((FactorVariable("i", item.text, "", item.span),), False, item.span)
    return item
