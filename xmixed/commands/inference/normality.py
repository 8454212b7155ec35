"""sktest, swilk, sfrancia."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import Weights, numeric_variables, selected_rows, weights_of
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.inference.normality import render_sktest, render_swilk
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.normality import (
    ShapiroWilk,
    shapiro_francia,
    shapiro_wilk,
    skewness_kurtosis,
)

_NONE = Weights("", None)


class _Sample(NamedTuple):
    name: str
    values: np.ndarray
    weights: np.ndarray | None


def _samples(session: SessionState, node: Command, weights: Weights = _NONE) -> list[_Sample]:
    """Return the numbers of each variable; r(100) without variables, r(2000) without observations."""
    if not node.argument:
        raise StataError(100, "varlist required")
    rows = selected_rows(session, node)
    if weights.values is not None:
        rows = rows & (weights.values > 0)
    samples = []
    for variable in numeric_variables(session, node):
        x = variable.to_double()
        used = rows & ~is_missing(x)
        w = None if weights.values is None else weights.values[used]
        samples.append(_Sample(variable.name, x[used], w))
    if not any(len(sample.values) for sample in samples):
        raise StataError(2000, "no observations")
    return samples


@command(
    "sktest",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(OptionSpec("noadjust", "noa", help="without Royston's adjustment"),),
    ),
    synopsis="sktest varlist [if] [in] [weight] [, noadjust]",
    needs=("data",),
    by="each",
)
def sktest(session: SessionState, node: Command) -> None:
    adjusted = not node.option("noadjust")
    weights = weights_of(session, node, selected_rows(session, node))
    found = [
        (name, skewness_kurtosis(x, adjusted, w, weights.kind))
        for name, x, w in _samples(session, node, weights)
    ]
    session.out.write(*render_sktest(found, adjusted))
    last = found[-1][1]
    scalars = {"chi2": last.chi2, "P_skew": last.p_skewness, "P_kurt": last.p_kurtosis, "P_chi2": last.p}
    session.r = Results(scalars={"N": last.n} | scalars)


_TIES = Syntax(
    "varlist",
    condition=True,
    in_range=True,
    options=(OptionSpec("noties", "not", help="equal numbers keep ranks of their own"),),
)


@command("swilk", syntax=_TIES, synopsis="swilk varlist [if] [in] [, noties]", needs=("data",), by="each")
def swilk(session: SessionState, node: Command) -> None:
    _test(session, node, shapiro_wilk, francia=False)


@command(
    "sfrancia", syntax=_TIES, synopsis="sfrancia varlist [if] [in] [, noties]", needs=("data",), by="each"
)
def sfrancia(session: SessionState, node: Command) -> None:
    _test(session, node, shapiro_francia, francia=True)


def _test(
    session: SessionState, node: Command, test: Callable[[np.ndarray, bool], ShapiroWilk], francia: bool
) -> None:
    ties = not node.option("noties")
    found = [(sample.name, test(sample.values, ties)) for sample in _samples(session, node)]
    session.out.write(*render_swilk(found, francia))
    last = found[-1][1]
    session.r = Results(scalars={"N": last.n, "W": last.w, "V": last.v, "z": last.z, "p": last.p})
