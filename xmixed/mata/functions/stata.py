"""The session around Mata: macros, scalars, matrices, results; commands that are run."""

from __future__ import annotations

from typing import Any

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.macros.system_macros import global_macros
from xmixed.expressions.matrices.functions import named
from xmixed.expressions.system_values import system_value
from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import (
    VOID_REAL,
    VOID_STRING,
    Value,
    array,
    collapsed,
    count,
    number,
    real,
    strings,
    text,
)
from xmixed.session.frames import Temporary
from xmixed.session.messages import show_message
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.temporaries import temporary_name

MOST_NAMES = 10_000
"""That `st_tempname()` gives at once."""


def _results(memory: Any, name: str) -> tuple[Results, str] | None:
    """Return where `r(x)`, `e(x)`, `s(x)` is kept and its name there; None for other names."""
    if name[1:2] == "(" and name[0] in "res" and name.endswith(")"):
        return getattr(memory.session, name[0]), name[2:-1].strip()
    return None


# --- macros ------------------------------------------------------------------------------------------


@builtin("st_local", 1, 2, placed=True)
def st_local(memory: Any, name: Value, new: Value = None) -> Value:
    """A local macro of the program or do-file that runs."""
    return _macro(memory.session.locals, memory.session.locals, text(name), new)


@builtin("st_global", 1, 3, placed=True)
def st_global(memory: Any, name: Value, new: Value = None, kind: Value = "visible") -> Value:
    """A global macro, `r(x)`, `e(x)` or `s(x)`, or a characteristic `variable[name]`."""
    session, wanted = memory.session, text(name)
    kept = _results(memory, wanted)
    if kept is not None:
        results, inner = kept
        return _macro(results.macros, results.macros, inner, new)
    if wanted.endswith("]") and "[" in wanted:
        return _characteristic(session, wanted, new)
    return _macro(global_macros(session), session.global_macros, wanted, new)


def _macro(known: Any, kept: dict[str, str], name: str, new: Value) -> Value:
    if new is None:
        return known.get(name, "")
    if text(new):
        kept[name] = text(new)
    else:
        kept.pop(name, None)
    return None


def _characteristic(session: Any, wanted: str, new: Value) -> Value:
    owner, _, name = wanted[:-1].partition("[")
    if owner != "_dta" and owner not in session.data:
        raise MataError(3500)
    texts = dict(session.data.characteristics.get(owner, {}))
    found = _macro(texts, texts, name, new)
    if new is not None:
        session.data = session.data.with_characteristics(owner, texts)
    return found


@builtin("st_macroexpand", 1, placed=True)
def st_macroexpand(memory: Any, value: Value) -> Value:
    return memory.session.expand(text(value))


# --- scalars -----------------------------------------------------------------------------------------


@builtin("st_numscalar", 1, 3, placed=True)
def st_numscalar(memory: Any, name: Value, new: Value = None, kind: Value = "visible") -> Value:
    """A scalar, `r(x)`, `e(x)` or `c(x)`; J(0,0,.) where there is none, or it is a string."""
    wanted = text(name)
    if wanted.startswith("c("):
        found = _system(memory, wanted[2:-1])
        return found if isinstance(found, float) else VOID_REAL
    kept = _results(memory, wanted)
    scalars = memory.session.scalars if kept is None else kept[0].scalars
    inner = wanted if kept is None else kept[1]
    if new is None:
        found = scalars.get(inner)
        return VOID_REAL if found is None or isinstance(found, str) else float(found)
    if array(new).size == 0:
        scalars.pop(inner, None)
    else:
        scalars[inner] = number(new)
    return None


@builtin("st_strscalar", 1, 2, placed=True)
def st_strscalar(memory: Any, name: Value, new: Value = None) -> Value:
    scalars, wanted = memory.session.scalars, text(name)
    if new is None:
        found = scalars.get(wanted)
        return found if isinstance(found, str) else VOID_STRING
    if array(new).size == 0:
        scalars.pop(wanted, None)
    else:
        scalars[wanted] = text(new)
    return None


def _system(memory: Any, name: str) -> float | str:
    return system_value(name, Context.of(memory.session))


@builtin("c", 1, placed=True)
def c(memory: Any, name: Value) -> Value:
    """c("N"): what Stata's c() holds."""
    return _system(memory, text(name))


# --- matrices ----------------------------------------------------------------------------------------


def _kept_matrices(memory: Any, name: str) -> tuple[dict[str, Matrix], str]:
    kept = _results(memory, name)
    return (memory.session.matrices, name) if kept is None else (kept[0].matrices, kept[1])


@builtin("st_matrix", 1, 3, placed=True)
def st_matrix(memory: Any, name: Value, new: Value = None, kind: Value = "visible") -> Value:
    """A matrix of Stata's, `r(A)` or `e(A)`; J(0,0,.) where there is none."""
    matrices, wanted = _kept_matrices(memory, text(name))
    if new is None:
        found = matrices.get(wanted)
        return VOID_REAL if found is None else collapsed(found.values.copy())
    values = real(new)
    if values.size == 0:
        matrices.pop(wanted, None)
    else:
        matrices[wanted] = named(values.copy())
    return None


@builtin("st_replacematrix", 2, placed=True)
def st_replacematrix(memory: Any, name: Value, new: Value) -> Value:
    """Other values under the same names of rows and columns."""
    found = _matrix(memory, name)
    values = real(new)
    if values.shape != found.values.shape:
        raise MataError(3200)
    found.values = values.copy()


def _matrix(memory: Any, name: Value) -> Matrix:
    matrices, wanted = _kept_matrices(memory, text(name))
    found = matrices.get(wanted)
    if found is None:
        raise MataError(111, f"matrix {text(name)} not found")
    return found


def _stripe(memory: Any, name: Value, new: Value, rows: bool) -> Value:
    part = "row_names" if rows else "column_names"
    matrices, wanted = _kept_matrices(memory, text(name))
    if new is None and wanted not in matrices:
        return VOID_STRING.reshape(0, 0)
    found = _matrix(memory, name)
    names = getattr(found, part)
    if new is None:
        pairs = [piece for full in names for piece in _equation_and_name(full)]
        return strings(pairs, (len(names), 2))
    given = array(new)
    if given.shape != (len(names), 2) or given.dtype != object:
        raise MataError(3200)
    setattr(found, part, [f"{equation}:{word}" if equation else word for equation, word in given.tolist()])
    return None


def _equation_and_name(full: str) -> tuple[str, str]:
    equation, _, name = full.rpartition(":")
    return equation, name


@builtin("st_matrixrowstripe", 1, 2, placed=True)
def st_matrixrowstripe(memory: Any, name: Value, new: Value = None) -> Value:
    """Equations and names of rows, as a matrix of two columns."""
    return _stripe(memory, name, new, rows=True)


@builtin("st_matrixcolstripe", 1, 2, placed=True)
def st_matrixcolstripe(memory: Any, name: Value, new: Value = None) -> Value:
    return _stripe(memory, name, new, rows=False)


@builtin("st_rclear", 0, placed=True)
def st_rclear(memory: Any) -> Value:
    memory.session.r = Results()


@builtin("st_eclear", 0, placed=True)
def st_eclear(memory: Any) -> Value:
    memory.session.e = Estimates()


@builtin("st_sclear", 0, placed=True)
def st_sclear(memory: Any) -> Value:
    memory.session.s = Results()


# --- commands and temporary names ---------------------------------------------------------------------


def _command(memory: Any, line: Value, silent: Value, unexpanded: Value) -> StataError | None:
    """Run a command line; returns what failed."""
    session = memory.session
    typed = text(line)
    quiet = session.out.quiet
    memory.writer.forget()
    outer, session.transcript, session.verbatim = session.transcript, None, None
    try:
        session.out.quiet = quiet or bool(number(silent))
        session.execute(typed if number(unexpanded) else session.expand(typed))
    except StataError as error:
        return error
    finally:
        session.out.quiet = quiet
        session.transcript = outer
    return None


@builtin("stata", 1, 3, placed=True)
def stata(memory: Any, line: Value, silent: Value = 0.0, unexpanded: Value = 0.0) -> Value:
    """Run a command of Stata's; r(3598) when it fails, its message shown."""
    failed = _command(memory, line, silent, unexpanded)
    if failed is None:
        return None
    if failed.code == 1:
        raise failed
    show_message(memory.session, failed)
    raise MataError(3598)


@builtin("_stata", 1, 3, placed=True)
def try_stata(memory: Any, line: Value, silent: Value = 0.0, unexpanded: Value = 0.0) -> Value:
    """Run a command of Stata's; its return code."""
    failed = _command(memory, line, silent, unexpanded)
    if failed is None:
        return 0.0
    if failed.code == 1:
        raise failed
    if not number(silent):
        show_message(memory.session, failed)
    return float(failed.code)


@builtin("st_tempname", 0, 1, placed=True)
def st_tempname(memory: Any, wanted: Value = None) -> Value:
    size = 1 if wanted is None else count(wanted)
    if size > MOST_NAMES:
        raise MataError(3300)
    names = [temporary_name(memory.session) for _ in range(size)]
    memory.session.frame.temporaries += [Temporary("variable", name) for name in names]
    memory.session.frame.temporaries += [Temporary("name", name) for name in names]
    return strings(names)


@builtin("st_tempfilename", 0, placed=True)
def st_tempfilename(memory: Any) -> Value:
    memory.session.execute("tempfile __mata")
    return memory.session.locals.pop("__mata")


@builtin("callersversion", 0, placed=True)
def callersversion(memory: Any) -> Value:
    return float(memory.session.frame.version)
