"""sureg, mvreg, reg3: several linear regressions at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.equations.sample import (
    Asked,
    SystemSample,
    equation_texts,
    read_equation,
    system_sample,
)
from xmixed.estimation.run import conclude, overflow, replayed
from xmixed.estimation.systems.options import MVREG_SYNTAX, REG3_SYNTAX, SUREG_SYNTAX
from xmixed.estimation.systems.results import Constrain, Request, design_of, fit
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState

_TITLES = {
    "3sls": "Three-stage least-squares regression",
    "2sls": "Two-stage least-squares regression",
    "ols": "Multivariate regression",
    "sure": "Seemingly unrelated regression",
}


def _equations(node: Command, context: Context) -> list[Asked]:
    """Return the equations in parentheses; one with several dependent variables is several. r(198)."""
    found: list[Asked] = []
    for text in equation_texts(str(node.argument or "")):
        own = read_equation(text, context, several=True, dependent=1)
        constant = own.constant and not node.option("noconstant")
        name = own.name if len(own.depvars) == 1 else ""
        found += [replace(own, depvars=(item,), name=name, constant=constant) for item in own.depvars]
    if not found:
        raise StataError(198, "equations in parentheses are required")
    return found


def _renamed(asked: list[Asked]) -> list[Asked]:
    """Return equations with different names: a dependent variable that comes again has its number."""
    seen: dict[str, int] = {}
    found = []
    for own in asked:
        variable, series = own.depvars[0]
        name = own.name or (f"{series}_{variable}" if series else variable)
        seen[name] = seen.get(name, 0) + 1
        found.append(replace(own, name=name if seen[name] == 1 else f"{name}{seen[name]}"))
    return found


def _constrain(session: SessionState, node: Command) -> Constrain:
    from xmixed.estimation.constrained.constraints import Restrictions, restrictions

    def constrain(names: list[str], estimated: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        typed = node.option("constraints")
        if typed is None:
            return None
        whole = restrictions(str(typed), session.constraints, names, Context.of(session))
        return Restrictions(whole.rows[:, estimated], whole.constants).solved()

    return constrain


def _sample(session: SessionState, node: Command, asked: list[Asked], others: list[str]) -> SystemSample:
    context = Context.of(session)
    return system_sample(node, context, _renamed(asked), "ols", "aweight", others)


def _concluded(
    session: SessionState,
    node: Command,
    system: SystemSample,
    request: Request,
    instruments: np.ndarray | None = None,
    lists: dict[str, str] | None = None,
) -> None:
    from xmixed.estimation.systems.estimator import ESTIMATOR, render_correlations

    session.out.write(*system.notes)
    with overflow():
        estimates = fit(system, request, _constrain(session, node), instruments)
    estimates.macros |= lists or {}
    conclude(session, node, ESTIMATOR, estimates, replace(system.base, notes=()))
    if node.option("corr"):
        session.out.write(*render_correlations(session.e))


def _replayed(session: SessionState, node: Command) -> bool:
    from xmixed.estimation.systems.estimator import ESTIMATOR, render_correlations

    if not replayed(session, node, {node.name}, ESTIMATOR):
        return False
    if node.option("corr"):
        session.out.write(*render_correlations(session.e))
    return True


def _request(node: Command, method: str, small: bool, adjusted: bool, iterated: bool) -> Request:
    title = _TITLES.get(method, "")
    if iterated and method == "sure":
        title += ", iterated"
    return Request(
        node.name,
        node.text.strip(),
        title,
        method,
        small,
        adjusted,
        iterated,
        float(node.option("tolerance", 1e-6)),
        int(node.option("iterate", 16000)),
    )


@command(
    "sureg",
    syntax=SUREG_SYNTAX,
    synopsis="sureg (depvar1 varlist1) (depvar2 varlist2) ... [if] [in] [weight] [, isure small corr ...]",
    by="each",
)
def sureg(session: SessionState, node: Command) -> None:
    if _replayed(session, node):
        return
    system = _sample(session, node, _equations(node, Context.of(session)), [])
    small, adjusted = bool(node.option("small")), bool(node.option("dfk"))
    request = _request(node, "sure", small, adjusted, bool(node.option("isure")))
    _concluded(session, node, system, request)


@command(
    "mvreg",
    syntax=MVREG_SYNTAX,
    synopsis="mvreg depvars = indepvars [if] [in] [weight] [, noconstant corr level(#) ...]",
    by="each",
)
def mvreg(session: SessionState, node: Command) -> None:
    if _replayed(session, node):
        return
    text = str(node.argument or "")
    if "=" not in text:
        raise StataError(198, "an equals sign is required between dependent variables and covariates")
    own = read_equation(text, Context.of(session), several=True)
    constant = not node.option("noconstant")
    asked = [replace(own, depvars=(item,), constant=constant) for item in own.depvars]
    system = _sample(session, node, asked, [])
    _concluded(session, node, system, _request(node, "mvreg", True, True, False))


@command(
    "reg3",
    syntax=REG3_SYNTAX,
    synopsis="reg3 (depvar1 varlist1) (depvar2 varlist2) ... [if] [in] [weight] [, exog() endog() ...]",
    by="each",
)
def reg3(session: SessionState, node: Command) -> None:
    from xmixed.estimation.systems.fit import independent_columns

    if _replayed(session, node):
        return
    methods = [name for name in ("3sls", "2sls", "ols", "sure") if node.option(name)]
    if len(methods) > 1:
        raise StataError(198, f"options {methods[0]} and {methods[1]} may not be combined")
    method = methods[0] if methods else "3sls"
    lists = {
        name: resolve_varlist(node.option(name), session.data) if node.option(name) else []
        for name in ("exog", "endog", "inst")
    }
    extra = [*lists["exog"], *lists["inst"]]
    system = _sample(session, node, _equations(node, Context.of(session)), extra)
    small = bool(node.option("small")) or method in ("2sls", "ols")
    adjusted = bool(node.option("dfk"))
    request = _request(node, method, small, adjusted, bool(node.option("ireg3")))
    if method in ("ols", "sure"):
        _concluded(session, node, system, request)
        return
    names, columns = _exogenous(system, lists, bool(node.option("allexog")))
    n = len(system.base.y)
    constant = any(own is None for equation in system.equations for own in equation.columns)
    others = [system.base.others[name] for name in extra]
    Z = independent_columns([*([np.ones(n)] if constant else []), *columns, *others])
    for equation in system.equations:
        if Z.shape[1] < design_of(equation, n).shape[1]:
            raise StataError(481, f"equation {equation.name} is not identified")
    endogenous = dict.fromkeys([*(own.depvar for own in system.equations), *lists["endog"]])
    listed = {"endog": " ".join(endogenous), "exog": " ".join(dict.fromkeys([*names, *extra]))}
    _concluded(session, node, system, request, Z, listed)


def _exogenous(
    system: SystemSample, lists: dict[str, list[str]], every: bool
) -> tuple[list[str], list[np.ndarray]]:
    """Return the covariates of the equations that are exogenous: names and columns."""
    endogenous = set(lists["endog"])
    if not every:
        endogenous |= {own.depvar for own in system.equations}
    endogenous -= set(lists["exog"])
    names: list[str] = []
    columns: list[np.ndarray] = []
    for equation in system.equations:
        terms = [term for term in equation.terms if not term.status]
        for term, column in zip(terms, equation.columns, strict=True):
            if column is None or term.name in names or {part.plain for part in term.parts} & endogenous:
                continue
            if lists["inst"] and term.name not in lists["inst"]:
                continue
            names.append(term.name)
            columns.append(column)
    return names, columns
