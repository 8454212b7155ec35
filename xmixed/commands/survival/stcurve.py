"""stcurve: survivor, hazard and cumulative hazard functions of a model at values of its covariates."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.survival.passed import GRAPH_OPTIONS, options_of_graph
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.estimation.frame import sample_rows
from xmixed.estimation.survival.at_values import cox_curve, parametric_curve
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.session.state import SessionState

KINDS = {
    "survival": ("Survival", "surv"),
    "hazard": ("Hazard function", "haz"),
    "cumhaz": ("Cumulative Hazard", "cumhaz"),
}
TITLES = {
    "ereg": "Exponential",
    "weibull": "Weibull",
    "gompertz": "Gompertz",
    "lnormal": "Lognormal",
    "llogistic": "Loglogistic",
}
PARAMETRIC = tuple(TITLES)


@command(
    "stcurve",
    syntax=Syntax(
        options=(
            OptionSpec("survival", "sur", help="the survivor function"),
            OptionSpec("hazard", "h", help="the hazard function, after streg"),
            OptionSpec("cumhaz", "cumh", help="the cumulative hazard"),
            OptionSpec("range", "r", "numlist", "first and last time"),
            OptionSpec("outfile", "out", "text", "file of what is drawn: name[, replace]"),
            OptionSpec("at", "at", "text", "covariates at values, the others at their means"),
            *(
                OptionSpec(f"at{n}", f"at{n}", "text", "the same, of one of several curves")
                for n in range(1, 10)
            ),
            OptionSpec("alpha1", "alpha1", built=False),
            OptionSpec("unconditional", "unc", built=False),
            OptionSpec("kernel", "ke", "text", built=False),
            OptionSpec("width", "wid", "number", built=False),
            OptionSpec("addplot", "addplot", "text", built=False),
            *GRAPH_OPTIONS,
        ),
        exclusive=(("survival", "hazard", "cumhaz"),),
    ),
    synopsis="stcurve, {survival | hazard | cumhaz} [at(x=# ...) at1(x=# ...) at2(...) range(# #) "
    "outfile(file) twoway_options]",
    needs=("data", "estimates"),
    after=("cox", "stcox", *PARAMETRIC),
    keeps_r=True,
)
def stcurve(session: SessionState, node: Command) -> None:
    kind = next((name for name in KINDS if node.option(name)), "")
    if not kind:
        raise StataError(198, "one of the options survival, hazard and cumhaz required")
    context = Context.of(session)
    everywhere = _values(session, str(node.option("at", "")))
    several = {n: str(node.option(f"at{n}")) for n in range(1, 10) if node.option(f"at{n}") is not None}
    sets = [({**everywhere, **_values(session, text)}, " ".join(text.split())) for text in several.values()]
    curves = [_curve(session, node, context, kind, values) for values, _ in sets or [(everywhere, "")]]
    columns: list[np.ndarray] = []
    for place, (times, figures) in enumerate(curves, 1):
        columns.append(np.column_stack([np.full(len(times), float(place)), times, figures]))
    _draw(session, node, kind, np.vstack(columns), [text for _, text in sets])


def _values(session: SessionState, text: str) -> dict[str, float]:
    """Return the values in `x=1 z=2`."""
    words = text.replace("=", " = ").split()
    if len(words) % 3 or any(word != "=" for word in words[1::3]):
        raise StataError(198, "option at() incorrectly specified")
    context = Context.of(session)
    return {
        resolve_name(name, session.data): evaluate_number(parse_expression(value), context)
        for name, value in zip(words[::3], words[2::3], strict=True)
    }


def _curve(
    session: SessionState, node: Command, context: Context, kind: str, values: dict[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return times and figures of one curve."""
    e = session.e
    exits = session.data["_t"].to_double()[sample_rows(context, e.mark)]
    ends = tuple(node.option("range", (float(exits.min()), float(exits.max()))))
    if len(ends) != 2 or not 0 <= ends[0] < ends[1]:
        raise StataError(198, "option range() incorrectly specified")
    if e.macros["cmd"] in PARAMETRIC:
        times, total, hazard = parametric_curve(e, context, values, (float(ends[0]), float(ends[1])))
        return times, {"survival": np.exp(-total), "cumhaz": total, "hazard": hazard}[kind]
    if kind == "hazard":
        raise StataError(198, "stcurve, hazard is not implemented in xmixed after stcox")
    times, total = cox_curve(e, context, values)
    inside = (times >= ends[0]) & (times <= ends[1])
    return times[inside], np.exp(-total[inside]) if kind == "survival" else total[inside]


def _draw(session: SessionState, node: Command, kind: str, table: np.ndarray, names: list[str]) -> None:
    title, short = KINDS[kind]
    kept, cox = session.data, session.e.macros["cmd"] not in PARAMETRIC
    values = np.where(np.isfinite(table), table, MISSING)
    labels = ("curve", "analysis time", title)
    variables = tuple(
        Variable(name, "double", column, "%9.0g", label)
        for name, column, label in zip(("curve", "_t", f"{short}1"), values.T, labels, strict=True)
    )
    session.data = Dataset(variables, len(table))
    step = " connect(J)" if cox else ""
    plots = [f"(line {short}1 _t if curve == {n},{step})" for n in range(1, max(len(names), 1) + 1)]
    model = "Cox proportional hazards" if cox else TITLES[session.e.macros["cmd"]]
    order = " ".join(f'{place} "{name}"' for place, name in enumerate(names, 1))
    usual = {"title": f'"{model} regression"', "xtitle": '"analysis time"', "ytitle": f'"{title}"'}
    usual["legend"] = f"order({order})" if len(names) > 1 else "off"
    try:
        if node.option("outfile"):
            session.execute(f"quietly save {node.option('outfile')}")
        session.execute(f"twoway {' '.join(plots)}, {options_of_graph(node, usual)}")
    finally:
        session.data = kept
