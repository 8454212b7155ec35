"""signtest, bitest, bitesti: tests of the binomial distribution."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.two_samples import differences
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.errors import StataError, syntax_error
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import resolve_name
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Binary, Command, Name
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.inference.sign_tests import render_binomial_test, render_sign_test
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.binomial import binomial_test, sign_test


@command(
    "signtest",
    syntax=Syntax("assignment", condition=True, in_range=True),
    synopsis="signtest varname = exp [if] [in]",
    needs=("data",),
    by="each",
)
def signtest(session: SessionState, node: Command) -> None:
    away, variable, text = differences(session, node)
    found = sign_test(away)
    session.out.write(*render_sign_test(found, variable, text))
    scalars = {"N_neg": found.negative, "N_pos": found.positive, "N_tie": found.zero}
    session.r = Results(scalars | {"p_2": found.two_sided, "p_u": found.upper, "p_l": found.lower})


_DETAIL = OptionSpec("detail", "d", help="probabilities of the numbers seen and at the opposite tail")


@command(
    "bitest",
    syntax=Syntax("comparison", condition=True, in_range=True, weights=("fweight",), options=(_DETAIL,)),
    synopsis="bitest varname == # [if] [in] [fweight] [, detail]",
    needs=("data",),
    by="each",
)
def bitest(session: SessionState, node: Command) -> None:
    expression = node.argument
    if not (
        isinstance(expression, Binary) and expression.operator == "==" and isinstance(expression.left, Name)
    ):
        raise syntax_error()
    variable = session.data[resolve_name(expression.left.name, session.data)]
    if variable.is_string:
        raise StataError(109, "type mismatch", expression.left.span)
    p = evaluate_number(expression.right, Context.of(session))
    x, rows = variable.to_double(), selected_rows(session, node)
    weights = weights_of(session, node, rows).values
    used = rows & ~is_missing(x)
    if not np.isin(x[used], (0.0, 1.0)).all():
        raise StataError(450, f"{variable.name} is not a 0/1 variable")
    if not used.any():
        raise StataError(2000, "no observations")
    own = np.ones(int(used.sum())) if weights is None else weights[used]
    _show(session, node, variable.name, float(own.sum()), float(own @ x[used]), p)


@command(
    "bitesti",
    syntax=Syntax("text", options=(_DETAIL,)),
    synopsis="bitesti #N #succ #p [, detail]",
)
def bitesti(session: SessionState, node: Command) -> None:
    numbers = [number_of(word) for word in (node.argument or "").split()]
    if len(numbers) != 3:
        raise syntax_error()
    found = [number for number in numbers if number is not None]
    if len(found) != 3:
        raise StataError(198, "numbers expected")
    n, k, p = found
    if 0 < k < 1:
        k = round(k * n)
    _show(session, node, "", n, k, p)


def _show(session: SessionState, node: Command, name: str, n: float, k: float, p: float) -> None:
    if n < 1 or n != int(n) or k != int(k) or not 0 <= k <= n:
        raise StataError(198, "the number of successes must be whole and at most the number of trials")
    if not 0 < p < 1:
        raise StataError(198, "the probability must lie between 0 and 1")
    found = binomial_test(n, k, p)
    session.out.write(*render_binomial_test(found, name, bool(node.option("detail"))))
    scalars = {"N": n, "P_p": p, "k": k, "p_l": found.lower, "p_u": found.upper, "p": found.two_sided}
    if node.option("detail"):
        scalars |= {"k_opp": found.opposite, "P_k": found.here, "P_oppk": found.opposite_here}
    session.r = Results(scalars)
