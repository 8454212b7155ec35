"""mkmat and svmat: variables to matrices and back."""

from __future__ import annotations

import numpy as np

from xmixed.commands.matrices.store import store
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import new_variable
from xmixed.data.dataset import DTYPES
from xmixed.data.growth import grown
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.matrices.evaluate import matrix_named
from xmixed.expressions.matrices.functions import check_size, default_names
from xmixed.expressions.values import type_mismatch
from xmixed.expressions.varlist import check_new_name, is_valid_name, resolve_name, resolve_varlist
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState


@command(
    "mkmat",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("matrix", "mat", "name", "one matrix of all variables"),
            OptionSpec("nomissing", "nom", help="leave out observations with missing values"),
            OptionSpec("rownames", "rown", "varname", "variable that names the rows"),
            OptionSpec("roweq", "rowe", "varname", built=False),
            OptionSpec("rowprefix", "rowpre", "text", "what stands before each row name"),
            OptionSpec("obs", "obs", help="name rows by observation number"),
            OptionSpec("nchar", "nch", "integer", built=False),
        ),
        exclusive=(("rownames", "obs"),),
    ),
    synopsis="mkmat varlist [if] [in] [, matrix(A) nomissing rownames(var) rowprefix(text) obs]",
    needs=("data",),
    keeps_r=True,
)
def make_matrix(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.argument, session.data) if node.argument else []
    if not names:
        raise StataError(100, "varlist required")
    if any(session.data[name].is_string for name in names):
        raise type_mismatch()
    rows = selected_rows(session, node)
    values = np.column_stack([session.data[name].to_double() for name in names])
    if node.option("nomissing"):
        rows = rows & ~np.any(is_missing(values), axis=1)
    if not np.any(rows):
        raise StataError(2000, "no observations")
    check_size(int(np.count_nonzero(rows)), len(names))
    labels = _row_names(session, node, rows)
    together = node.option("matrix")
    if together is not None:
        store(session, str(together), Matrix(values[rows], labels, names))
        return
    for place, name in enumerate(names):
        store(session, name, Matrix(values[rows, place : place + 1], list(labels), [name]))


def _row_names(session: SessionState, node: Command, rows: np.ndarray) -> list[str]:
    prefix = node.option("rowprefix")
    if node.option("obs"):
        return [f"{prefix or ''}{row + 1}" for row in np.flatnonzero(rows).tolist()]
    named_by = node.option("rownames")
    if named_by is None:
        count = int(np.count_nonzero(rows))
        return [f"{prefix or 'r'}{i}" for i in range(1, count + 1)]
    variable = session.data[resolve_name(named_by, session.data)]
    values = variable.values[rows].tolist() if variable.is_string else variable.to_double()[rows].tolist()
    texts = [value if isinstance(value, str) else format_value(value, "%12.0g").strip() for value in values]
    return [f"{prefix or ''}{text}".replace(" ", "_")[:32] for text in texts]


@command(
    "svmat",
    syntax=Syntax(
        "words",
        options=(OptionSpec("names", "n", "text", "col, eqcol, matcol, or what stands before the numbers"),),
    ),
    synopsis="svmat [type] A [, names(col|eqcol|matcol|stub)]",
    keeps_r=True,
)
def save_matrix(session: SessionState, node: Command) -> None:
    words: tuple[str, ...] = node.argument
    kind = session.settings.type
    if len(words) == 2 and words[0] in DTYPES:
        kind, words = words[0], words[1:]
    if len(words) != 1:
        raise StataError(198, "invalid syntax")
    matrix = matrix_named(words[0], Context.of(session))
    names = _variable_names(words[0], matrix, str(node.option("names", words[0])))
    for name in names:
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid varname")
        check_new_name(name, session.data)
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise StataError(110, f"{double} already defined")
    height = matrix.values.shape[0]
    data = grown(session.data, max(height, session.data.n_obs))
    new = []
    for place, name in enumerate(names):
        column = np.full(data.n_obs, MISSING)
        column[:height] = matrix.values[:, place]
        new.append(new_variable(name, kind, column))
    session.data = data.with_variables(*new)


def _variable_names(name: str, matrix: Matrix, style: str) -> list[str]:
    bare = [full.rpartition(":")[2] for full in matrix.column_names]
    if style == "col":
        return bare
    if style == "eqcol":
        return [full.replace(":", "", 1) for full in matrix.column_names]
    if style == "matcol":
        return [f"{name}{column}" for column in bare]
    return default_names(style, len(bare))
