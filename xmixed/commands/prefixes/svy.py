"""svy: estimates of survey data with linearised variances."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from xmixed.commands.prefixes.svy_tabulate import Typed, parsed_table, survey_table
from xmixed.commands.registry import command, find_entry
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.results import HasInfluence, own_estimator
from xmixed.estimation.run import show_results
from xmixed.estimation.survey.design import Design, Units, known_rows, survey_design, units_of
from xmixed.estimation.survey.estimator import survey_estimator
from xmixed.estimation.survey.variance import linearised
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_name
from xmixed.language.explain import outside
from xmixed.language.nodes import Command, Pattern
from xmixed.language.parser import parse_command
from xmixed.language.prefixes import Prefixed
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark
from xmixed.statistics.distributions import f_tail
from xmixed.statistics.linear.joint import joint_statistic

_WEIGHT = "_svyweight"
"""Variable of the weights while the command runs: missing outside the subpopulation."""
_GONE = (
    "N_clust",
    "chi2",
    "r2_p",
    "r2_a",
    "ll",
    "ll_0",
    "p",
    "F",
    "rmse",
    "mss",
    "rss",
    "chi2_c",
    "p_c",
    "ll_c",
)
"""Figures of a likelihood or of independent observations, which survey estimates do not have."""


@command(
    "svy",
    syntax=Syntax(
        "prefixed",
        options=(
            OptionSpec("subpop", "sub", "text", "a subpopulation: a 0/1 variable, if exp, or both"),
            OptionSpec("dof", "dof", "number", "design degrees of freedom", minimum_value=1),
            OptionSpec("noheader", "nohe", help="suppress the header"),
            OptionSpec("level", "l", "number", "confidence level", minimum_value=10, maximum_value=99.99),
        ),
    ),
    synopsis="svy [linearized] [, subpop(varname [if]) dof(#)]: command",
    needs=("data",),
    keeps_r=True,
)
def svy(session: SessionState, node: Command) -> None:
    typed = node.argument
    if typed is None:
        if session.e.macros.get("prefix") != "svy":
            raise StataError(301, "last estimates not found")
        estimator = survey_estimator(session.e)
        show_results(session, estimator, session.e, node.option)
        return
    assert isinstance(typed, Prefixed)
    kinds = [item.text.strip() for item in typed.expressions]
    if any(not "linearized".startswith(kind) or len(kind) < 3 for kind in kinds):
        raise StataError(198, f"svy {kinds[0]} is not implemented in xmixed yet", None, "svy linearized")
    table = parsed_table(typed.command)
    if table is not None:
        own = "subpop" in node.options
        within = _subpopulation(str(node.option("subpop")), Context.of(session)) if own else None
        survey_table(session, Typed(table, within, node.option("dof"), typed.command.strip()))
        return
    design, data = survey_design(session.data), session.data
    rows = known_rows(data, design)
    inside = rows
    if "subpop" in node.options:
        inside = rows & _subpopulation(str(node.option("subpop")), Context.of(session))
        if not inside.any():
            raise StataError(461, "no observations in subpop() subpopulation")
    weights = data[design.weight].to_double() if design.weight else np.ones(data.n_obs)
    estimates, influence, sample = _fitted(session, typed.command, np.where(inside, weights, MISSING))
    counted = (
        sample | (rows & ~inside & _selected(session, typed.command)) if "subpop" in node.options else sample
    )
    units = units_of(data, design, counted)
    whole = np.zeros((int(np.count_nonzero(counted)), influence.shape[1]))
    whole[sample[counted]] = influence
    variance = linearised(whole, units, design.single)
    _finish(session, node, typed, design, units, estimates, variance, weights, counted, sample)


def _fitted(
    session: SessionState, text: str, weights: np.ndarray
) -> tuple[Estimates, np.ndarray, np.ndarray]:
    """Run a command with sampling weights; return its results, influences and sample.

    Raises
    ------
    StataError
        r(322) where the command has none; those of the command.
    """
    before, quiet = session.data, session.out.quiet
    column = Variable(_WEIGHT, "double", np.where(is_missing(weights), MISSING, weights), "%10.0g")
    session.data = before.with_variables(column)
    session.out.quiet = True
    try:
        session.execute(_weighted(text))
        session.out.quiet = quiet
        estimates = session.e
        estimator = own_estimator(estimates)
        if not isinstance(estimator, HasInfluence) or estimates.macros.get("prefix"):
            word = text.split()[0]
            raise StataError(322, f"{word} is not supported by svy with vce(linearized)")
        context = Context.of(session)
        sample = sample_rows(context, estimates.mark)
        influence = estimator.influence(estimates, EstimationFrame(context, sample))
        return estimates, influence, sample
    finally:
        session.out.quiet = quiet
        session.data = before


def _parsed(text: str) -> Command:
    """Return the command behind the colon; it has run already."""
    entry, end = find_entry(text)
    node = parse_command(entry.name, entry.syntax, text, end)
    assert isinstance(node, Command)
    return node


def _weighted(text: str) -> str:
    """Return a command with the weights before its comma."""
    comma = next((at for at, character in outside(text, 0, len(text)) if character == ","), len(text))
    return f"{text[:comma].rstrip()} [pweight={_WEIGHT}]{text[comma:]}"


def _selected(session: SessionState, text: str) -> np.ndarray:
    """Return the observations that `if` and `in` of a command leave, over the data."""
    head = text.split(",")[0]
    place = head.find(" if ")
    if place < 0:
        return np.ones(session.data.n_obs, dtype=bool)
    typed = parse_command("svy", Syntax("text", condition=True, in_range=True), head[place:], 0)
    assert isinstance(typed, Command)
    return select_rows(typed.condition, typed.in_range, Context.of(session))


def _subpopulation(text: str, context: Context) -> np.ndarray:
    """Return the observations of `subpop(varname if exp)`, over the data."""
    typed = parse_command("svy", Syntax("text", condition=True, in_range=True), text, 0)
    assert isinstance(typed, Command)
    rows = select_rows(typed.condition, typed.in_range, context)
    name = str(typed.argument or "").strip()
    if not name:
        return rows
    values = context.data[resolve_name(Pattern(name, ""), context.data)].to_double()
    return rows & (values != 0) & ~is_missing(values)


def _finish(
    session: SessionState,
    node: Command,
    typed: Prefixed,
    design: Design,
    units: Units,
    fitted: Estimates,
    variance: np.ndarray | None,
    weights: np.ndarray,
    counted: np.ndarray,
    sample: np.ndarray,
) -> None:
    """Put survey results in e() and show them."""
    e = {name: value for name, value in fitted.scalars.items() if name not in _GONE or name == "r2"}
    df = float(node.option("dof", units.n_units - units.n_strata))
    e |= {
        "N": float(np.count_nonzero(counted)),
        "N_strata": float(units.n_strata),
        "N_psu": float(units.n_units),
        "N_pop": float(weights[counted].sum()),
        "df_r": df,
    }
    if "subpop" in node.options:
        e |= {"N_sub": float(np.count_nonzero(sample)), "N_subpop": float(weights[sample].sum())}
    names = fitted.matrices["b"].column_names
    V = np.zeros((len(names), len(names))) if variance is None else variance
    e |= _test(fitted, V, df)
    macros = {name: text for name, text in fitted.macros.items() if name not in ("clustvar", "wexp", "wtype")}
    macros |= {
        "prefix": "svy",
        "cmdname": fitted.macros["cmd"],
        "cmdline": node.text.strip(),
        "command": typed.command.strip(),
        "title": f"Survey: {fitted.macros.get('title', '')}",
        "vce": "linearized",
        "vcetype": "Linearized",
        "strata1": design.strata,
        "su1": design.unit,
        "singleunit": design.single,
        "wtype": "pweight" if design.weight else "",
        "wexp": f"= {design.weight}" if design.weight else "",
    }
    matrices = {name: own for name, own in fitted.matrices.items() if name != "V_modelbased"}
    matrices["V"] = Matrix(V, list(names), list(names))
    if "error" in matrices:
        errors = np.sqrt(np.diag(V))
        matrices["error"] = Matrix(np.where(errors > 0, errors, MISSING)[None, :], ["r1"], list(names))
    made = replace(
        fitted,
        scalars=e,
        macros={name: text for name, text in macros.items() if text},
        matrices=matrices,
        mark=new_mark(),
        kept=None,
        prepared=None,
    )
    commit(session, made)
    marks = {**session.data.marks, made.mark: counted}
    session.data = session.data.with_(marks=marks, changed=session.data.changed)
    session.out.write("(running " + typed.command.split()[0] + " on estimation sample)")
    inner = _parsed(typed.command)

    def option(name: str, default: Any = None) -> Any:
        return node.option(name) if name in node.options else inner.option(name, default)

    show_results(session, survey_estimator(made), made, option)
    if variance is None:
        session.out.write("Note: missing standard errors because of stratum with single sampling unit.")


def _test(fitted: Estimates, V: np.ndarray, df: float) -> dict[str, float]:
    """Return the adjusted Wald test of all slopes; nothing where there are none."""
    estimator = own_estimator(fitted)
    terms = estimator.terms(fitted) if estimator is not None else ()
    places = [at for at, term in enumerate(terms) if term is not None and term.parts and not term.status]
    if not places:
        return {}
    statistic = joint_statistic(fitted.matrices["b"].values[0, places], V[np.ix_(places, places)])
    count = len(places)
    rest = df - count + 1
    if not np.isfinite(statistic) or rest <= 0:
        return {"df_m": float(count), "F": MISSING, "p": MISSING}
    F = statistic * rest / (count * df)
    return {"df_m": float(count), "F": F, "p": f_tail(F, count, rest)}
