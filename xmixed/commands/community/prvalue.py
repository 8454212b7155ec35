"""prvalue: predictions at values of covariates with limits, a command of users (Long and Freese)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.categories import categories_of, value_texts
from xmixed.errors import StataError
from xmixed.estimation.frame import sample_rows
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.community.predictions import Prediction, render_predictions
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile

BINARY, CATEGORIES = ("logit", "logistic", "probit", "cloglog"), ("ologit", "oprobit", "mlogit")
COUNTS = ("poisson", "nbreg")
SAVED = "__prvalue"
"""The matrix in which option save keeps the values of covariates."""
REST = ("mean", "median", "min", "max")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A prediction: what it is called and the option of `margins` that makes it."""

    name: str
    option: str


@command(
    "prvalue",
    syntax=Syntax(
        condition=True,
        in_range=True,
        options=(
            OptionSpec("x", "x", "text", "values of covariates: name=# ..., mean, median, min, max"),
            OptionSpec("rest", "r", "choice", "values of the others", choices=tuple((n, n) for n in REST)),
            OptionSpec(
                "maxcnt", "max", "integer", "counts up to this; default 9", minimum_value=0, maximum_value=40
            ),
            OptionSpec("save", "s", help="keep the values for diff"),
            OptionSpec("diff", "d", help="changes from the values that were kept"),
            OptionSpec("brief", "b", help="without the values of covariates"),
            OptionSpec("delta", "delta", help="limits by the delta method, as they are without"),
            OptionSpec("bootstrap", "boot", built=False),
            OptionSpec("ystar", "ystar", built=False),
            LEVEL,
        ),
        exclusive=(("save", "diff"),),
    ),
    synopsis="prvalue [if] [in] [, x(name=# ...) rest(mean | median | min | max) maxcnt(#) save diff brief "
    "delta level(#)]",
    needs=("data", "estimates"),
    after=(*BINARY, *CATEGORIES, *COUNTS, "regress"),
)
def prvalue(session: SessionState, node: Command) -> None:
    names = _covariates(session)
    values = _values(session, node, names)
    level = float(node.option("level", session.settings.level))
    before = None
    if node.option("diff"):
        kept = session.matrices.get(SAVED)
        if kept is None or kept.column_names != names:
            raise StataError(111, "no values kept for this model; option save keeps them")
        before = dict(zip(names, kept.values[0].tolist(), strict=True))
    found = [_prediction(session, wanted, values, before, level) for wanted in _wanted(session, node)]
    sets = [("x=", [values[name] for name in names])]
    if before is not None:
        old = [before[name] for name in names]
        sets = [("Current=", sets[0][1]), ("Saved=", old)]
        sets.append(("Diff=", [new - past for new, past in zip(sets[0][1], old, strict=True)]))
    shown = [] if node.option("brief") else sets
    e = session.e
    session.out.write(*render_predictions(e.macros["cmd"], e.macros["depvar"], found, names, shown, level))
    if node.option("save"):
        row = np.array([[values[name] for name in names]])
        session.matrices[SAVED] = Matrix(row, ["x"], list(names))
    table = np.array([[one.estimate, one.low, one.high] for one in found])
    labels = [f"p{place}" for place in range(1, len(found) + 1)]
    session.r = Results(
        scalars={"level": level}, matrices={"pred": Matrix(table, labels, ["Prediction", "Lower", "Upper"])}
    )


def _covariates(session: SessionState) -> list[str]:
    """Return the covariates of the last model; r(101) for factor variables."""
    parts = [part for term in session.e.payload.terms if term is not None for part in term.parts]
    typed = [name.rpartition(":")[2] for name in session.e.matrices["b"].column_names]
    if any("." in name or "#" in name for name in typed):
        raise StataError(101, "factor variables and time-series operators not allowed with prvalue")
    return list(dict.fromkeys(part.variable for part in parts))


def _values(session: SessionState, node: Command, names: list[str]) -> dict[str, float]:
    rows = sample_rows(Context.of(session), session.e.mark) & selected_rows(session, node)
    if not rows.any():
        raise StataError(2000, "no observations")
    rest = str(node.option("rest", "mean"))
    values = {name: _statistic(session, name, rest, rows) for name in names}
    words = str(node.option("x", "")).replace("=", " ").split()
    if len(words) % 2:
        raise StataError(198, "option x() incorrectly specified")
    for typed, word in zip(words[::2], words[1::2], strict=True):
        name = resolve_name(typed, session.data)
        if name not in values:
            raise StataError(111, f"{name} is not a covariate of the model")
        if word in REST:
            values[name] = _statistic(session, name, word, rows)
        else:
            values[name] = evaluate_number(parse_expression(word), Context.of(session))
        if is_missing(values[name]):
            raise StataError(198, f"{word} gives a missing value for {name}")
    return values


def _statistic(session: SessionState, name: str, word: str, rows: np.ndarray) -> float:
    x = session.data[name].to_double()[rows]
    compute = {"mean": np.mean, "median": np.median, "min": np.min, "max": np.max}[word]
    return float(compute(x))


def _wanted(session: SessionState, node: Command) -> list[Wanted]:
    e = session.e
    command_, depvar = e.macros["cmd"], e.macros["depvar"]
    if command_ == "regress":
        return [Wanted("Predicted y", "xb")]
    rows = sample_rows(Context.of(session), e.mark)
    if command_ in COUNTS:
        most = int(node.option("maxcnt", 9))
        return [Wanted("Rate", "n"), *(Wanted(f"Pr(y={k}|x)", f"pr({k})") for k in range(most + 1))]
    found = categories_of(session.data[depvar], rows)
    texts = value_texts(session.data, session.data[depvar], found.values)
    if command_ in BINARY:
        return [Wanted(f"Pr(y={texts[-1]}|x)", "pr"), Wanted(f"Pr(y={texts[0]}|x)", "")]
    values = [f"{value:g}" for value in found.values]
    return [Wanted(f"Pr(y={text}|x)", f"outcome({value})") for text, value in zip(texts, values, strict=True)]


def _prediction(
    session: SessionState,
    wanted: Wanted,
    values: dict[str, float],
    before: dict[str, float] | None,
    level: float,
) -> Prediction:
    """Return a prediction with limits; with values before, those too, and the limits of the change."""
    sets = [values] if before is None else [values, before]
    points = " ".join(f"at({' '.join(f'{name}={value!r}' for name, value in one.items())})" for one in sets)
    option = wanted.option or "pr"
    session.execute(f"quietly margins, {points} predict({option})")
    b, V = session.r.matrices["b"].values[0], session.r.matrices["V"].values
    if not wanted.option:  # of the other outcome
        b = 1 - b
    z = normal_quantile(level)
    if before is None:
        reach = z * float(np.sqrt(V[0, 0]))
        return Prediction(wanted.name, float(b[0]), float(b[0]) - reach, float(b[0]) + reach)
    change = float(b[0] - b[1])
    reach = z * float(np.sqrt(max(V[0, 0] + V[1, 1] - 2 * V[0, 1], 0.0)))
    return Prediction(wanted.name, float(b[0]), change - reach, change + reach, float(b[1]))
