"""ci, centile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from xmixed.commands.inference.comparing import METHODS
from xmixed.commands.registry import command
from xmixed.commands.rows import Weights, numeric_variables, selected_rows, weights_of
from xmixed.data.categories import categories_of, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.by import render_group_header
from xmixed.render.layouts.inference.intervals import (
    CentileRow,
    IntervalRow,
    render_centiles,
    render_intervals,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped
from xmixed.statistics.inference.comparisons import Sample
from xmixed.statistics.inference.intervals import Interval, centile, proportion_interval, rate_interval


@command(
    "ci",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(
            OptionSpec("binomial", "b", help="proportions of 0/1 variables"),
            OptionSpec("exact", "exa", help="exact limits; the default of binomial"),
            OptionSpec("wald", "wa", help="normal limits"),
            OptionSpec("wilson", "wi", help="Wilson's limits"),
            OptionSpec("agresti", "a", help="Agresti and Coull's limits"),
            OptionSpec("jeffreys", "j", help="Jeffreys's limits"),
            OptionSpec("poisson", "p", help="rates of counts"),
            OptionSpec("exposure", "exp", "varname", "exposure of the counts"),
            OptionSpec("by", "by", "varname", "by groups"),
            OptionSpec("total", "t", help="with by(): all groups together"),
            OptionSpec("separator", "sep", "integer", "rule after every # variables", minimum_value=0),
            LEVEL,
        ),
        exclusive=(METHODS, ("binomial", "poisson")),
    ),
    synopsis="ci [varlist] [if] [in] [weight] [, binomial poisson exposure(varname) wilson ..."
    " by(varname) total level(#)]",
    needs=("data",),
    by="each",
)
def ci(session: SessionState, node: Command) -> None:
    method = next((name for name in METHODS if node.option(name)), "")
    poisson = bool(node.option("poisson")) or node.option("exposure") is not None
    binomial = bool(node.option("binomial")) or bool(method and not poisson)
    if poisson and method not in ("", "exact"):
        raise StataError(198, f"option {method} not allowed", node.options[method].span)
    if node.option("total") and not node.option("by"):
        raise StataError(198, "total requires by()", node.options["total"].span)
    variables = numeric_variables(session, node)
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    if weights.kind == "aweight" and (binomial or poisson):
        raise StataError(101, "aweights not allowed")
    if weights.values is not None:
        rows = rows & (weights.values != 0)
    exposure = np.ones(session.data.n_obs)
    if node.option("exposure"):
        exposure = session.data[resolve_name(node.option("exposure"), session.data)].to_double()
        rows = rows & ~is_missing(exposure)
    level = float(node.option("level", session.settings.level))
    head = "poisson" if poisson else (method or "exact") if binomial else ""
    asked = _Asked(variables, weights, exposure, head, level, bool(node.argument))
    count = "Exposure" if poisson else "Obs"
    shown: list[IntervalRow] = []
    for values, own in _groups(session, node, rows):
        found = _intervals(asked, own)
        if not found:
            continue
        shown = found
        if values is not None:
            session.out.write(*render_group_header(values, session.settings.linesize))
        session.out.write(*render_intervals(shown, head, level, node.option("separator", 5), count))
    if not shown:
        raise StataError(2000, "no observations")
    last = shown[-1].interval
    scalars = {"level": level, "ub": last.upper, "lb": last.lower, "se": last.se, "mean": last.estimate}
    session.r = Results(scalars=scalars | {"N": shown[-1].n})


class _Asked(NamedTuple):
    """What is asked for: of which variables, by which method (the key of its head), at which level."""

    variables: list[Variable]
    weights: Weights
    exposure: np.ndarray
    method: str
    level: float
    named: bool


def _groups(
    session: SessionState, node: Command, rows: np.ndarray
) -> Iterator[tuple[list[tuple[str, str]] | None, np.ndarray]]:
    """Give the values that stand above each table, and its rows; None where by() is not given."""
    if not node.option("by"):
        yield None, rows
        return
    variable = session.data[resolve_name(node.option("by"), session.data)]
    found = categories_of(variable, rows)
    for code, text in enumerate(value_texts(session.data, variable, found.values)):
        yield [(variable.name, text)], found.used & (found.codes == code)
    if node.option("total"):
        yield [], found.used


def _intervals(asked: _Asked, rows: np.ndarray) -> list[IntervalRow]:
    shown = []
    for variable in asked.variables:
        x = variable.to_double()
        used = rows & ~is_missing(x)
        w = None if asked.weights.values is None else asked.weights.values[used]
        if not used.any():
            continue
        if asked.method == "poisson":
            found = _rate(variable.name, x[used], asked.exposure[used], w, asked.level)
        elif asked.method:
            found = _proportion(variable.name, x[used], w, asked.level, asked.method)
            if found is None and asked.named:
                raise StataError(450, f"{variable.name} is not a 0/1 variable")
        else:
            found = _mean(variable.name, x[used], w, asked.weights.kind, asked.level)
        shown += [found] if found is not None else []
    return shown


def _mean(name: str, x: np.ndarray, w: np.ndarray | None, kind: str, level: float) -> IntervalRow:
    sums = Grouped(x, np.zeros(len(x), dtype=np.int64), 1, w, kind)
    sample = Sample(float(sums.n[0]), float(sums.mean[0]), float(sums.sd[0]))
    return IntervalRow(name, sample.n, Interval(sample.mean, sample.se, *sample.limits(level)))


def _proportion(
    name: str, x: np.ndarray, w: np.ndarray | None, level: float, method: str
) -> IntervalRow | None:
    """Return the interval of a 0/1 variable; None for any other."""
    if not np.isin(x, (0.0, 1.0)).all():
        return None
    n = float(len(x)) if w is None else float(w.sum())
    successes = float(x.sum()) if w is None else float((w * x).sum())
    return IntervalRow(name, n, proportion_interval(successes, n, level, method))


def _rate(name: str, x: np.ndarray, exposure: np.ndarray, w: np.ndarray | None, level: float) -> IntervalRow:
    if np.any(x < 0) or np.any(exposure <= 0):
        raise StataError(459, "counts and exposures must be positive")
    weights = np.ones(len(x)) if w is None else w
    total = float((weights * exposure).sum())
    return IntervalRow(name, total, rate_interval(float((weights * x).sum()), total, level))


@command(
    "centile",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("centile", "c", "numlist", "which centiles; default 50"),
            OptionSpec("cci", "cc", help="conservative limits, at order statistics"),
            OptionSpec("normal", "n", help="limits of a normal distribution"),
            OptionSpec("meansd", "m", help="centiles and limits of a normal distribution"),
            LEVEL,
        ),
        exclusive=(("cci", "normal", "meansd"),),
    ),
    synopsis="centile [varlist] [if] [in] [, centile(numlist) cci normal meansd level(#)]",
    needs=("data",),
    by="each",
)
def centile_command(session: SessionState, node: Command) -> None:
    wanted = tuple(node.option("centile", (50.0,)))
    if not all(0 < p < 100 for p in wanted):
        raise StataError(125, "centile() must be between 0 and 100")
    method = "conservative" if node.option("cci") else "interpolated"
    method = next((name for name in ("normal", "meansd") if node.option(name)), method)
    level = float(node.option("level", session.settings.level))
    rows = selected_rows(session, node)
    shown: list[CentileRow] = []
    for variable in numeric_variables(session, node):
        x = variable.to_double()
        ranked = np.sort(x[rows & ~is_missing(x)])
        for i, p in enumerate(wanted):
            if len(ranked):
                found = centile(ranked, p, level, method)
                shown.append(CentileRow(variable.name if i == 0 else "", float(len(ranked)), p, found))
    if not shown:
        raise StataError(2000, "no observations")
    session.out.write(*render_centiles(shown, method, level))
    last = shown[-len(wanted) :]
    scalars = {"N": last[0].n, "n_cent": float(len(wanted))}
    for i, row in enumerate(last, 1):
        scalars |= {f"c_{i}": row.centile.value, f"lb_{i}": row.centile.lower, f"ub_{i}": row.centile.upper}
    session.r = Results(scalars=scalars, macros={"centiles": " ".join(f"{p:g}" for p in wanted)})
