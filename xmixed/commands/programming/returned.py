"""`return`, `ereturn`, `sreturn`: what programs leave behind."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.display_options import display_options
from xmixed.estimation.posted import check_posted, posted_equations
from xmixed.estimation.run import leave_table
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.context import Context
from xmixed.expressions.macros.define import define_macro
from xmixed.expressions.values import type_mismatch
from xmixed.expressions.varlist import is_valid_name, resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word
from xmixed.missing import is_missing
from xmixed.render.layouts.estimation.coefficient_table import render_coefficients
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark

RAW = Syntax("raw")
POST = Syntax(
    "words",
    options=(
        OptionSpec("depname", "dep", "text", "what heads the coefficients"),
        OptionSpec("obs", "o", "number", "e(N)"),
        OptionSpec("dof", "d", "number", "e(df_r)"),
        OptionSpec("esample", "e", "varname", "variable that becomes e(sample)"),
        OptionSpec("properties", "prop", "text", "more words for e(properties)"),
    ),
)
REPOST = Syntax("words", options=(OptionSpec("esample", "e", "varname", "variable that becomes e(sample)"),))
DISPLAY = Syntax(
    options=(
        OptionSpec("level", "l", "number", "confidence level"),
        OptionSpec("coeflegend", "coefl", help="show how expressions name the coefficients"),
        OptionSpec("vsquish", "vsquish", help="no blank lines between blocks"),
        OptionSpec("cformat", "cformat", "format", "format of coefficients"),
        OptionSpec("pformat", "pformat", "format", "format of p-values"),
        OptionSpec("sformat", "sformat", "format", "format of test statistics"),
        OptionSpec("eform", "ef", "text", "show exp(b), under this heading"),
        OptionSpec("first", "first", help="show the first equation only"),
        OptionSpec("neq", "neq", "integer", "show the first # equations", minimum_value=1),
        OptionSpec("plus", "pl", help="end with a line that another table goes on from"),
    ),
)


def _name_and_value(text: str) -> tuple[str, str]:
    """Split `x = exp`.

    Raises
    ------
    StataError
        r(198) `1a invalid name`; r(100) `=exp required`.
    """
    name, end = split_command_word(text)
    rest = text[end:].strip()
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    if not rest.startswith("="):
        raise StataError(100, "=exp required")
    return name, rest[1:].strip()


def _forget(results: Results, name: str) -> None:
    for table in (results.scalars, results.macros, results.matrices):
        table.pop(name, None)


def _set_scalar(session: SessionState, results: Results, text: str) -> None:
    name, value = _name_and_value(text)
    number = evaluate_text(session, value)
    if isinstance(number, str):
        raise type_mismatch()
    _forget(results, name)
    results.scalars[name] = number


def _set_local(session: SessionState, results: Results, text: str) -> None:
    name, end = split_command_word(text)
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    rest = text[end:].strip()
    found: dict[str, str] = {}
    define_macro(session, f"x{rest}" if rest[:1] in ("=", ":") else f"x {rest}", found)
    _forget(results, name)
    if "x" in found:
        results.macros[name] = found["x"]


def _set_matrix(session: SessionState, results: Results, text: str) -> None:
    """Save a matrix; without `, copy` one of the user's own is moved."""
    name, value = _name_and_value(text)
    source, _, option = (part.strip() for part in value.partition(","))
    if option not in ("", "copy"):
        raise StataError(198, f"option {option} not allowed")
    matrix = _matrix(session, source)
    if not option:
        session.matrices.pop(source, None)
    _forget(results, name)
    results.matrices[name] = matrix


def _matrix(session: SessionState, name: str) -> Matrix:
    found = Context.of(session).matrix(name)
    if found is None:
        raise StataError(111, f"matrix {name} not found" if name else "matrix not found")
    return found


# --- return --------------------------------------------------------------------------------------------


def _returned(session: SessionState) -> Results:
    found = session.frame.returned
    if found is None:
        raise StataError(151, "non r-class program may not set r()")
    return found


@subcommand("return", "scalar", syntax=RAW, synopsis="return scalar name = exp", keeps_r=True)
def return_scalar(session: SessionState, node: Command) -> None:
    _set_scalar(session, _returned(session), node.argument)


@subcommand("return", "local", syntax=RAW, synopsis="return local name [= exp|: function|text]", keeps_r=True)
def return_local(session: SessionState, node: Command) -> None:
    _set_local(session, _returned(session), node.argument)


@subcommand("return", "matrix", syntax=RAW, synopsis="return matrix name = matrix [, copy]", keeps_r=True)
def return_matrix(session: SessionState, node: Command) -> None:
    _set_matrix(session, _returned(session), node.argument)


@subcommand("return", "add", syntax=Syntax(), keeps_r=True)
def return_add(session: SessionState, node: Command) -> None:
    returned = _returned(session)
    returned.scalars |= session.r.scalars
    returned.macros |= session.r.macros
    returned.matrices |= session.r.matrices


@subcommand("return", "clear", syntax=Syntax(), keeps_r=True)
def return_clear(session: SessionState, node: Command) -> None:
    if session.frame.kind != "program":
        session.r = Results()
    else:
        _returned(session)
        session.frame.returned = Results()


# --- sreturn -------------------------------------------------------------------------------------------


@subcommand(
    "sreturn", "local", syntax=RAW, synopsis="sreturn local name [= exp|: function|text]", keeps_r=True
)
def sreturn_local(session: SessionState, node: Command) -> None:
    program = session.frame.program
    if program is None or program.kind != "sclass":
        raise StataError(153, "non s-class program may not set s()")
    _set_local(session, session.s, node.argument)


@subcommand("sreturn", "clear", syntax=Syntax(), keeps_r=True)
def sreturn_clear(session: SessionState, node: Command) -> None:
    session.s = Results()


# --- ereturn -------------------------------------------------------------------------------------------


def _estimates(session: SessionState) -> Estimates:
    """Return e(), which do-files and the prompt may set, and of programs those that are e-class."""
    program = session.frame.program
    if program is not None and program.kind != "eclass":
        raise StataError(152, "non e-class program may not set e()")
    return session.e


@subcommand("ereturn", "scalar", syntax=RAW, synopsis="ereturn scalar name = exp", keeps_r=True)
def ereturn_scalar(session: SessionState, node: Command) -> None:
    _set_scalar(session, _estimates(session), node.argument)


@subcommand(
    "ereturn", "local", syntax=RAW, synopsis="ereturn local name [= exp|: function|text]", keeps_r=True
)
def ereturn_local(session: SessionState, node: Command) -> None:
    _set_local(session, _estimates(session), node.argument)


@subcommand("ereturn", "matrix", syntax=RAW, synopsis="ereturn matrix name = matrix [, copy]", keeps_r=True)
def ereturn_matrix(session: SessionState, node: Command) -> None:
    _set_matrix(session, _estimates(session), node.argument)


@subcommand("ereturn", "clear", syntax=Syntax(), keeps_r=True)
def ereturn_clear(session: SessionState, node: Command) -> None:
    commit(session, Estimates())


@subcommand(
    "ereturn",
    "post",
    syntax=POST,
    synopsis="ereturn post [b [V]] [, depname() obs() dof() esample() properties()]",
    keeps_r=True,
)
def ereturn_post(session: SessionState, node: Command) -> None:
    """b, V and the variable of esample() are moved to e()."""
    _estimates(session)
    names = node.argument
    if len(names) > 2:
        raise StataError(198, "invalid syntax")
    estimates = Estimates()
    if names:
        b = _matrix(session, names[0])
        V = _matrix(session, names[1]) if len(names) > 1 else None
        check_posted(b, V)
        estimates.matrices["b"] = replace(b, row_names=["y1"])
        if V is not None:
            estimates.matrices["V"] = V
        estimates.macros["properties"] = "b V" if V is not None else "b"
    for option, scalar in (("obs", "N"), ("dof", "df_r")):
        if option in node.options:
            estimates.scalars[scalar] = float(node.option(option))
    if node.option("depname"):
        estimates.macros["depvar"] = str(node.option("depname"))
    if node.option("properties"):
        also = estimates.macros.get("properties", "")
        estimates.macros["properties"] = f"{also} {node.option('properties')}".strip()
    sample = node.option("esample")
    if sample is not None:
        _mark_sample(session, estimates, resolve_name(sample, session.data))
    commit(session, estimates)
    for name in names:
        session.matrices.pop(name, None)


def _mark_sample(session: SessionState, estimates: Estimates, name: str) -> None:
    """Make a variable the estimation sample; it leaves the data."""
    values = session.data[name].to_double()
    estimates.mark = new_mark()
    marks = {**session.data.marks, estimates.mark: (values != 0) & ~is_missing(values)}
    changed = session.data.changed
    session.data = session.data.without([name]).with_(marks=marks, changed=changed)


@subcommand(
    "ereturn",
    "repost",
    syntax=REPOST,
    synopsis="ereturn repost [b = b] [V = V] [, esample()]",
    keeps_r=True,
)
def ereturn_repost(session: SessionState, node: Command) -> None:
    estimates = _estimates(session)
    words = " ".join(node.argument).replace("=", " = ").split()
    targets = dict(zip(words[::3], words[2::3], strict=False))
    if len(words) % 3 or any(mark != "=" for mark in words[1::3]) or set(targets) - {"b", "V"}:
        raise StataError(198, "invalid syntax")
    old = estimates.matrices.get("b")
    if old is None:
        raise StataError(301, "last estimates not found")
    b = _matrix(session, targets["b"]) if "b" in targets else old
    V = _matrix(session, targets["V"]) if "V" in targets else estimates.matrices.get("V")
    check_posted(b, V)
    if b.values.shape != old.values.shape:
        raise StataError(503, "conformability error")
    estimates.matrices["b"] = replace(b, row_names=["y1"])
    if V is not None:
        estimates.matrices["V"] = V
    if node.option("esample") is not None:
        _mark_sample(session, estimates, resolve_name(node.option("esample"), session.data))
    for name in targets.values():
        session.matrices.pop(name, None)


@subcommand(
    "ereturn",
    "display",
    syntax=DISPLAY,
    synopsis="ereturn display [, level(#) eform(text) first neq(#) plus coeflegend vsquish cformat() ...]",
    keeps_r=True,
)
def ereturn_display(session: SessionState, node: Command) -> None:
    options = display_options(node.option, session.settings, False)
    exponential = str(node.option("eform", ""))
    style = replace(
        options.style,
        statistic="t" if "df_r" in session.e.scalars else "z",
        estimate_title=exponential or options.style.estimate_title,
        goes_on=bool(node.option("plus")),
    )
    shown = 1 if node.option("first") else node.option("neq")
    equations = posted_equations(session.e, style.level, bool(exponential))[:shown]
    if node.option("first"):
        equations = [replace(equation, name="") for equation in equations]
    session.out.write(*render_coefficients(session.e.macros.get("depvar", ""), equations, style))
    leave_table(session, session.e, node.option, bool(exponential))
