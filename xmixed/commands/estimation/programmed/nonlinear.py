"""nl: nonlinear least squares."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.equations.sample import equation_texts
from xmixed.estimation.nonlinear.expression import Parametrised, read_parameters
from xmixed.estimation.nonlinear.options import NL_SYNTAX
from xmixed.estimation.run import check_converged, commit_marked, overflow, replayed, replicated, show_results
from xmixed.estimation.sample import SampleColumns
from xmixed.estimation.single import clusters_of, variance_of, weighting_of, weights_over
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.session.temporaries import temporary_name


@command(
    "nl",
    syntax=NL_SYNTAX,
    synopsis="nl (depvar = <expression with {parameters}>) [if] [in] [weight] [, initial() vce(vcetype) ...]",
    by="each",
)
def nl(session: SessionState, node: Command) -> None:
    from xmixed.estimation.nonlinear.estimator import ESTIMATOR
    from xmixed.estimation.nonlinear.fit import constant_place, estimates_of
    from xmixed.estimation.nonlinear.least_squares import search

    if replayed(session, node, {"nl"}, ESTIMATOR) or replicated(session, node):
        return
    if not session.data.variables:
        raise StataError(111, "no variables defined")
    depvar, sexp = _equation(node)
    context = Context.of(session)
    name = resolve_name(depvar, session.data)
    prefix = temporary_name(session)
    model = read_parameters(sexp, prefix)
    start = _start(node, model)
    expression = parse_expression(model.text)
    sample = SampleColumns(context, select_rows(node.condition, node.in_range, context))
    sample.add(name, "", "dependent variable")
    for own in resolve_varlist(node.option("variables"), session.data) if "variables" in node.options else ():
        sample.add(own, "", "covariates")
    kind, values, notes = weights_over(node.weight, context, sample, "aweight")
    variance = variance_of(node, context, kind, "gnr")
    if variance.cluster:
        sample.add_level(variance.cluster)

    def evaluated(point: np.ndarray) -> np.ndarray:
        for place, value in enumerate(point.tolist()):
            session.scalars[f"{prefix}{place}"] = value
        with np.errstate(all="ignore"):
            column, text = evaluate_column(expression, context)
        if text:
            raise StataError(109, "type mismatch")
        return np.where(is_missing(column), np.nan, column)

    try:
        if "variables" not in node.options:
            # Where the expression is missing at the start it lacks a variable.
            sample.rows = sample.rows & np.isfinite(evaluated(start))
        rows = sample.rows.copy()
        if sample.close() == 0:
            raise StataError(2000, "no observations")
        weighting = weighting_of(node.weight, kind, values, sample, notes)
        weights = np.ones(int(rows.sum())) if weighting is None else weighting.fitted
        y = sample.values(name)
        log = node.option("log", True) is not False
        session.out.write(*notes, f"(obs = {len(y)})", *([""] if log else []))

        def progress(iteration: int, rss: float) -> None:
            if log:
                session.out.write(f"Iteration {iteration}:  residual SS = {rss:>9.7g}")

        with overflow():
            found = search(
                y,
                lambda point: evaluated(point)[rows],
                start,
                weights,
                progress,
                int(node.option("iterate", 1000)),
                float(node.option("eps", 1e-9)),
            )
    finally:
        for place in range(len(model.names)):
            session.scalars.pop(f"{prefix}{place}", None)
    if found is None:
        raise StataError(480, "starting values invalid or some RHS variables have missing values")
    constant = None if node.option("noconstant") else constant_place(found.slopes)
    if node.option("hasconstant") is not None:
        if node.option("hasconstant") not in model.names:
            raise StataError(198, f"parameter {node.option('hasconstant')} not found")
        constant = model.names.index(str(node.option("hasconstant")))
    with overflow():
        estimates = estimates_of(
            y, found, model.names, constant, variance.kind, weighting, clusters_of(variance, sample), name
        )
    robust = variance.kind != "gnr"
    macros = {
        "cmd": "nl",
        "cmdline": node.text.strip(),
        "depvar": name,
        "title": str(node.option("title", "")),
        "sexp": sexp,
        "params": " ".join(model.names),
        "cj": model.names[constant] if constant is not None else "",
        "vce": variance.kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": variance.cluster,
        "wtype": kind,
        "wexp": f"= {node.weight.text}" if node.weight is not None else "",
        "properties": "b V",
        "predict": "nl_p",
    }
    estimates.macros |= {key: text for key, text in macros.items() if text}
    commit_marked(session, estimates, rows)
    show_results(session, ESTIMATOR, estimates, node.option)
    check_converged(estimates)


def _equation(node: Command) -> tuple[str, str]:
    """Return the dependent variable and the expression; r(198)."""
    text = str(node.argument or "").strip()
    if "@" in text.split("(")[0]:
        raise StataError(198, "nl with a program is not implemented in xmixed")
    texts = equation_texts(text)
    if len(texts) != 1 or "=" not in texts[0]:
        raise StataError(198, "invalid syntax", None, "nl (depvar = expression with {parameters})")
    depvar, _, sexp = texts[0].partition("=")
    return depvar.strip(), sexp.strip()


def _start(node: Command, model: Parametrised) -> np.ndarray:
    """Return initial values: those in braces, then those of initial()."""
    start = np.array(model.starts)
    words = str(node.option("initial", "")).replace("=", " ").split()
    if len(words) % 2:
        raise StataError(198, "option initial() incorrectly specified")
    for name, value in zip(words[::2], words[1::2], strict=True):
        if name not in model.names:
            raise StataError(198, f"parameter {name} not found")
        try:
            start[model.names.index(name)] = float(value)
        except ValueError:
            raise StataError(198, "option initial() incorrectly specified") from None
    return start
