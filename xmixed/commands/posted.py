"""`ereturn post`, `ereturn repost`, `ereturn display`: estimates of users' programs."""

from __future__ import annotations

from dataclasses import replace

from xmixed.errors import StataError
from xmixed.estimation.display_options import display_options
from xmixed.estimation.posted import check_posted, posted_equations
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.coefficient_table import render_coefficients
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark

POST = Syntax(
    "words",
    options=(
        OptionSpec("depname", "dep", "text", "what heads the coefficients"),
        OptionSpec("obs", "o", "number", "e(N)"),
        OptionSpec("dof", "d", "number", "e(df_r)"),
        OptionSpec("esample", "e", "varname", "variable that becomes e(sample)"),
        OptionSpec("properties", "prop", "text", "e(properties)"),
    ),
)
DISPLAY = Syntax(
    options=(
        OptionSpec("level", "l", "number"),
        OptionSpec("coeflegend", "coefl"),
        OptionSpec("vsquish", "vsquish"),
        OptionSpec("cformat", "cformat", "format"),
        OptionSpec("pformat", "pformat", "format"),
        OptionSpec("sformat", "sformat", "format"),
        OptionSpec("eform", "ef", "text", built=False),
        OptionSpec("first", "first", built=False),
        OptionSpec("neq", "neq", "integer", built=False),
        OptionSpec("plus", "pl", built=False),
        OptionSpec("noemptycells", "noempty"),
    ),
)


def _parsed(name: str, syntax: Syntax, text: str) -> Command:
    node = parse_command(name, syntax, text, 0)
    assert isinstance(node, Command)
    return node


def _own_matrix(session: SessionState, name: str) -> Matrix:
    found = Context.of(session).matrix(name)
    if found is None:
        raise StataError(111, f"matrix {name} not found")
    return found


def post(session: SessionState, text: str) -> None:
    """Carry out `ereturn post [b [V]] [, options]`: b, V and the variable of esample() are moved to e()."""
    node = _parsed("ereturn", POST, text)
    names = node.argument
    if len(names) > 2:
        raise StataError(198, "invalid syntax")
    estimates = Estimates()
    if names:
        b = _own_matrix(session, names[0])
        V = _own_matrix(session, names[1]) if len(names) > 1 else None
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
    session.data.marks[estimates.mark] = (values != 0) & ~is_missing(values)
    changed = session.data.changed
    session.data.drop_variables([name])
    session.data.changed = changed


def repost(session: SessionState, text: str) -> None:
    """Carry out `ereturn repost [b = b] [V = V] [, esample()]`."""
    node = _parsed("ereturn", POST, text)
    words = " ".join(node.argument).replace("=", " = ").split()
    if len(words) % 3 or any(mark != "=" for mark in words[1::3]):
        raise StataError(198, "invalid syntax")
    targets = dict(zip(words[::3], words[2::3], strict=True))
    if set(targets) - {"b", "V"} or "b" not in session.e.matrices:
        raise (
            StataError(198, "invalid syntax")
            if set(targets) - {"b", "V"}
            else StataError(301, "last estimates not found")
        )
    b = _own_matrix(session, targets["b"]) if "b" in targets else session.e.matrices["b"]
    V = _own_matrix(session, targets["V"]) if "V" in targets else session.e.matrices.get("V")
    check_posted(b, V)
    if b.values.shape != session.e.matrices["b"].values.shape:
        raise StataError(503, "conformability error")
    session.e.matrices["b"] = replace(b, row_names=["y1"])
    if V is not None:
        session.e.matrices["V"] = V
    if node.option("esample") is not None:
        _mark_sample(session, session.e, resolve_name(node.option("esample"), session.data))
    for name in targets.values():
        session.matrices.pop(name, None)


def display_posted(session: SessionState, text: str) -> None:
    """Carry out `ereturn display`: the table of coefficients alone."""
    node = _parsed("ereturn", DISPLAY, text)
    options = display_options(node.option, session.settings, False)
    statistic = "t" if "df_r" in session.e.scalars else "z"
    style = replace(options.style, statistic=statistic)
    equations = posted_equations(session.e, style.level)
    session.out.write(*render_coefficients(session.e.macros.get("depvar", ""), equations, style))
