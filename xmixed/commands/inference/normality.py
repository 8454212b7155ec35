"""sktest, swilk."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.inference.normality import render_sktest, render_swilk
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.normality import shapiro_wilk, skewness_kurtosis


def _samples(session: SessionState, node: Command) -> list[tuple[str, np.ndarray]]:
    """Return the numbers of each variable; r(100) without variables, r(2000) without observations."""
    if not node.argument:
        raise StataError(100, "varlist required")
    rows = selected_rows(session, node)
    samples = []
    for variable in numeric_variables(session, node):
        x = variable.to_double()
        samples.append((variable.name, x[rows & ~is_missing(x)]))
    if not any(len(x) for _, x in samples):
        raise StataError(2000, "no observations")
    return samples


@command(
    "sktest",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("noadjust", "noa", help="without Royston's adjustment"),),
    ),
    synopsis="sktest varlist [if] [in] [, noadjust]",
    needs=("data",),
    by="each",
)
def sktest(session: SessionState, node: Command) -> None:
    adjusted = not node.option("noadjust")
    found = [(name, skewness_kurtosis(x, adjusted)) for name, x in _samples(session, node)]
    session.out.write(*render_sktest(found, adjusted))
    last = found[-1][1]
    scalars = {"chi2": last.chi2, "P_skew": last.p_skewness, "P_kurt": last.p_kurtosis, "P_chi2": last.p}
    session.r = Results(scalars={"N": last.n} | scalars)


@command(
    "swilk",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("noties", "not", help="equal numbers keep ranks of their own"),),
    ),
    synopsis="swilk varlist [if] [in] [, noties]",
    needs=("data",),
    by="each",
)
def swilk(session: SessionState, node: Command) -> None:
    ties = not node.option("noties")
    found = [(name, shapiro_wilk(x, ties)) for name, x in _samples(session, node)]
    session.out.write(*render_swilk(found))
    last = found[-1][1]
    session.r = Results(scalars={"N": last.n, "W": last.w, "V": last.v, "z": last.z, "p": last.p})
