"""ml: maximum likelihood with a program of the user's."""

from __future__ import annotations

from typing import Any

import numpy as np

from xmixed.commands.estimation.programmed.calling import active_problem, evaluating
from xmixed.commands.registry import command, subcommand
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.constrained.constraints import restrictions
from xmixed.estimation.equations.sample import Asked, equation_texts, read_equation, system_sample
from xmixed.estimation.likelihood.newton import Tolerances
from xmixed.estimation.programmed.options import ML_DISPLAY, ML_MAXIMIZE_SYNTAX, ML_MODEL_SYNTAX
from xmixed.estimation.programmed.problem import METHODS, Problem
from xmixed.estimation.run import (
    check_converged,
    check_replay_options,
    commit_marked,
    iteration_log,
    show_results,
)
from xmixed.expressions.coefficient_names import equation_meant, equations_of, place_of
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.missing import MISSING
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState
from xmixed.session.temporaries import temporary_name

_LIMITS = ("iterate", "tolerance", "ltolerance", "nrtolerance")


@command(
    "ml",
    syntax=Syntax("none", options=ML_DISPLAY),
    synopsis="ml {model | init | search | check | maximize | display | query | clear} ...; ml",
)
def ml(session: SessionState, node: Command) -> None:
    _display(session, node)


# --- ml model -------------------------------------------------------------------------------------------


@subcommand(
    "ml",
    "model",
    syntax=ML_MODEL_SYNTAX,
    synopsis="ml model method program eq [eq ...] [if] [in] [weight] [, maximize options]",
    needs=("data",),
)
def ml_model(session: SessionState, node: Command) -> None:
    method, program, rest = _heads(str(node.argument or ""))
    session.likelihood = None
    context = Context.of(session)
    asked, parameters = _equations(rest, context)
    _check_technique(node)
    system = system_sample(node, context, asked, assumed="pweight")
    data, macros = _seen(session, system, asked)
    problem = Problem(
        method,
        program,
        node.text.strip(),
        str(node.option("title", "")),
        system,
        tuple(parameters),
        data,
        None,
        np.zeros(sum(len(own.columns) for own in system.equations)),
        macros,
        {name: option for name, option in node.options.items() if name in (*_LIMITS, "log", "search")},
    )
    if node.option("constraints") is not None:
        typed = str(node.option("constraints"))
        problem.restrictions = restrictions(typed, session.constraints, problem.names, context)
    if node.option("init") is not None:
        _initialise(session, problem, str(node.option("init")))
    session.out.write(*system.notes)
    session.likelihood = problem
    if node.option("maximize"):
        _maximise(session, problem, node)


def _heads(text: str) -> tuple[str, str, str]:
    """Return method, program and what follows; r(198)."""
    words = text.split(None, 2)
    if len(words) < 3:
        raise StataError(198, "invalid syntax", None, "ml model method program (equation) ...")
    method = "d0" if words[0] == "deriv0" else words[0]
    if method not in METHODS:
        hint = "methods are " + ", ".join(METHODS)
        raise StataError(198, f"method {method} is not implemented in xmixed", None, hint)
    return method, words[1], words[2]


def _equations(text: str, context: Context) -> tuple[list[Asked], list[bool]]:
    """Return the equations of `(eq) (eq) /name`, and which of them are parameters of their own."""
    asked: list[Asked] = []
    parameters: list[bool] = []
    rest = text.strip()
    while rest:
        number = len(asked) + 1
        if rest.startswith("/"):
            name, _, after = rest[1:].lstrip().partition(" ")
            name, slash, more = name.partition("/")
            rest = (slash + more + " " + after).strip()
            if not name.isidentifier():
                raise StataError(198, f"/{name} invalid equation")
            asked.append(Asked((), (), name))
            parameters.append(True)
            continue
        end = _closing(rest)
        (inside,) = equation_texts(rest[:end])
        own = read_equation(inside or "_cons", context, f"eq{number}", several=True)
        asked.append(own)
        parameters.append(False)
        rest = rest[end:].strip()
    if len({own.name for own in asked}) < len(asked):
        raise StataError(198, "equation names must differ")
    return asked, parameters


def _closing(text: str) -> int:
    """Return where the first pair of parentheses ends; r(198), r(132)."""
    if not text.startswith("("):
        raise StataError(198, "invalid syntax", None, "equations stand in parentheses or begin with /")
    depth = 0
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth:
            return at + 1
    raise StataError(132, "too few ')' or ']'")


def _check_technique(node: Command) -> None:
    words = str(node.option("technique", "nr")).split()
    if words[:1] != ["nr"]:
        raise StataError(198, f"technique({' '.join(words)}) is not implemented in xmixed; nr is")


def _seen(session: SessionState, system: Any, asked: list[Asked]) -> tuple[Any, dict[str, str]]:
    """Return the data that the program sees, and the macros that name variables in it."""
    base = system.base
    kept = session.data.rows(base.rows)
    sample = temporary_name(session)
    made = [Variable(sample, "byte", np.ones(kept.n_obs, dtype=np.int8), "%8.0g")]
    macros = {"ML_samp": sample}
    if base.weighting is not None:
        weight = temporary_name(session)
        made.append(Variable(weight, "double", base.weighting.values, "%10.0g"))
        macros["ML_w"] = weight
    depvars = [depvar for own in asked for depvar in own.depvars]
    for number, (name, series) in enumerate(depvars, 1):
        macros[f"ML_y{number}"] = f"{series}.{name}" if series else name
    return kept.with_variables(*made), macros


# --- ml init --------------------------------------------------------------------------------------------


@subcommand(
    "ml",
    "init",
    syntax=Syntax("raw"),
    synopsis="ml init {eq:name = # ... | /name = # | # # ..., copy | vector}",
)
def ml_init(session: SessionState, node: Command) -> None:
    _initialise(session, active_problem(session), str(node.argument or ""))


def _initialise(session: SessionState, problem: Problem, text: str) -> None:
    """Take starting values of the coefficients that are estimated; r(198), r(111), r(503)."""
    body, _, options = text.partition(",")
    names, words = problem.names, body.replace("=", " = ").split()
    whole = np.zeros(len(names))
    whole[problem.estimated] = problem.initial
    matrix = Context.of(session).matrix(words[0]) if len(words) == 1 else None
    if matrix is not None:
        _from_matrix(matrix, names, whole, options.split())
    elif "=" in words:
        _from_pairs(session, words, names, whole)
    else:
        if "copy" not in options.split() or len(words) != len(whole):
            raise StataError(
                503, "conformability error", None, f"{len(whole)} values and option copy are wanted"
            )
        whole[:] = [_number(session, word) for word in words]
    problem.initial = whole[problem.estimated]
    problem.searched = False


def _number(session: SessionState, text: str) -> float:
    value = evaluate_text(session, text)
    if isinstance(value, str) or value >= MISSING:
        raise StataError(198, f"{text} invalid number")
    return float(value)


def _from_matrix(matrix: Matrix, names: list[str], whole: np.ndarray, options: list[str]) -> None:
    values = matrix.values[0]
    if "copy" in options:
        if len(values) != len(whole):
            raise StataError(503, "conformability error")
        whole[:] = values
        return
    for full, value in zip(matrix.column_names, values, strict=True):
        equation, _, name = full.rpartition(":")
        place = place_of(equation, name, names)
        if place is None and not equation:
            place = place_of(equations_of(names)[0], name, names)
        if place is None:
            if "skip" in options:
                continue
            raise StataError(111, f"{full} not found")
        whole[place] = value


def _from_pairs(session: SessionState, words: list[str], names: list[str], whole: np.ndarray) -> None:
    equations = equations_of(names)
    if len(words) % 3 or any(word != "=" for word in words[1::3]):
        raise StataError(198, "invalid syntax")
    for typed, value in zip(words[::3], words[2::3], strict=True):
        if typed.startswith("/"):
            equation, name = typed[1:], "_cons"
        else:
            head, colon, name = typed.rpartition(":")
            found = equation_meant(head, equations) if colon else equations[0]
            equation = head if found is None else found
        place = place_of(equation, name, names)
        if place is None:
            raise StataError(111, f"{typed} not found")
        whole[place] = _number(session, value)


# --- searching, checking, maximising ----------------------------------------------------------------------


def _report(session: SessionState, shown: bool) -> Any:
    first = True

    def report(label: str, value: float) -> None:
        nonlocal first
        if shown:
            text = f"{value:>10.10g}" if np.isfinite(value) else "    -<inf>  (could not be evaluated)"
            session.out.write(*([""] if first else []), f"{label:<14} log likelihood = {text}")
            first = False

    return report


@subcommand("ml", "search", syntax=Syntax("raw"), synopsis="ml search")
def ml_search(session: SessionState, node: Command) -> None:
    from xmixed.estimation.programmed.fit import search

    if str(node.argument or "").strip():
        raise StataError(198, "ml search with bounds is not implemented in xmixed")
    problem = active_problem(session)
    with evaluating(session, problem) as evaluator:
        search(problem, evaluator, _report(session, True))


@subcommand("ml", "check", syntax=Syntax(), synopsis="ml check")
def ml_check(session: SessionState, node: Command) -> None:
    """Evaluate at the start, twice, and at a point nearby."""
    from xmixed.estimation.programmed.fit import search, total_of

    problem = active_problem(session)
    with evaluating(session, problem) as evaluator:
        if not problem.searched:
            search(problem, evaluator, lambda label, value: None)
        total = total_of(problem, evaluator)
        values = [total(problem.initial), total(problem.initial), total(problem.initial + 1e-3)]
    if values[0] != values[1]:
        raise StataError(498, f"{problem.program} gives different values at the same coefficients")
    if values[0] == values[2]:
        raise StataError(498, f"{problem.program} gives the same value at different coefficients")
    session.out.write(
        "",
        f"{problem.program} gives log likelihoods of {values[0]:.10g} and {values[2]:.10g} nearby",
        "",
        "ml check passed",
    )


@subcommand(
    "ml", "maximize", syntax=ML_MAXIMIZE_SYNTAX, synopsis="ml maximize [, nolog difficult search(on|off) ...]"
)
def ml_maximize(session: SessionState, node: Command) -> None:
    problem = active_problem(session)
    _check_technique(node)
    _maximise(session, problem, node)
    if not node.option("nooutput"):
        _show(session, node)
    check_converged(session.e)


def _maximise(session: SessionState, problem: Problem, node: Command) -> None:
    """Search for a start where it is wanted, maximise, and leave e()."""
    from xmixed.estimation.programmed.fit import fit, search

    options = problem.options | dict(node.options)

    def value(name: str, default: Any) -> Any:
        return options[name].value if name in options else default

    log = value("log", True) is not False
    limits = Tolerances(**{name: value(name, None) for name in _LIMITS if name in options})
    kind = problem.system.base.variance.kind
    label = "log likelihood" if kind in ("oim", "opg") else "log pseudolikelihood"
    with evaluating(session, problem) as evaluator:
        if value("search", "on") != "off" and not problem.searched:
            search(problem, evaluator, _report(session, log and value("search", "on") != "quietly"))
        progress = iteration_log(session, "", label) if log else None
        estimates, _ = fit(problem, evaluator, limits, progress)
    commit_marked(session, estimates, problem.system.base.rows)
    if not node.option("noclear"):
        session.likelihood = None


# --- what is shown ----------------------------------------------------------------------------------------


@subcommand(
    "ml", "display", syntax=Syntax(options=ML_DISPLAY), synopsis="ml display [, level(#) eform(text) ...]"
)
def ml_display(session: SessionState, node: Command) -> None:
    _display(session, node)


def _display(session: SessionState, node: Command) -> None:
    from xmixed.estimation.programmed.estimator import ESTIMATOR

    if session.e.macros.get("cmd") != "ml" or session.e.payload is None:
        raise StataError(301, "last estimates not found")
    check_replay_options(node, ESTIMATOR)
    _show(session, node)


def _show(session: SessionState, node: Command) -> None:
    from xmixed.estimation.programmed.estimator import ESTIMATOR

    show_results(session, ESTIMATOR, session.e, node.option)


@subcommand("ml", "query", syntax=Syntax(), synopsis="ml query")
def ml_query(session: SessionState, node: Command) -> None:
    problem = active_problem(session)
    coefficients = Coefficients(
        tuple(problem.names), equations_of(problem.names), np.zeros(0), np.zeros((0, 0))
    )
    session.out.write(
        "",
        f"Method:             {problem.method}",
        f"Program:            {problem.program}",
        f"Observations:       {len(problem.system.base.y)}",
        f"Equations:          {' '.join(coefficients.equations)}",
        f"Search:             {'performed' if problem.searched else 'not performed yet'}",
    )


@subcommand("ml", "clear", syntax=Syntax(), synopsis="ml clear")
def ml_clear(session: SessionState, node: Command) -> None:
    session.likelihood = None
