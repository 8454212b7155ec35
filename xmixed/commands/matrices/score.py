"""matrix score: a variable from the variables and coefficients that a row vector names."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import new_variable
from xmixed.data.dataset import DTYPES
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.factors.named_columns import named_column
from xmixed.expressions.matrices.evaluate import matrix_named
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState


@subcommand(
    "matrix",
    "score",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("equation", "eq", "text", "equation, by name or as #1"),
            OptionSpec("missval", "m", "number", "what missing values count as"),
            OptionSpec("replace", "replace", help="newvar exists and is replaced"),
            OptionSpec("forcezero", "force", help="variables that do not exist count as 0"),
        ),
    ),
    synopsis="matrix score [type] newvar = b [if] [in] [, equation(#|name) missval(#) replace forcezero]",
    needs=("data",),
    keeps_r=True,
)
def score(session: SessionState, node: Command) -> None:
    """newvar is the sum of coefficients times variables; missing where one of these is."""
    left, equals, right = (part.strip() for part in str(node.argument).partition("="))
    words = parse_words(left)
    kind = words[0] if len(words) == 2 and words[0] in DTYPES else session.settings.type
    if not equals or not right or len(words) not in (1, 2) or (len(words) == 2 and words[0] not in DTYPES):
        raise StataError(198, "invalid syntax")
    name, data = words[-1], session.data
    if not node.option("replace"):
        check_new_name(name, data)
    elif name not in data:
        raise StataError(111, f"variable {name} not found")
    else:
        kind = data[name].type
    vector = matrix_named(right, Context.of(session))
    if vector.values.shape[0] != 1:
        raise StataError(503, "conformability error")
    rows = selected_rows(session, node)
    values = _scores(session, vector, node)
    column = data[name].to_double() if node.option("replace") else np.full(data.n_obs, MISSING)
    column = np.where(rows, values, column)
    new = new_variable(name, kind, column)
    session.data = data.with_variables(new)


def _scores(session: SessionState, vector: Matrix, node: Command) -> np.ndarray:
    """Return the sum over the coefficients of an equation, shape (n,)."""
    context, n = Context.of(session), session.data.n_obs
    missing_value, absent = node.option("missval"), bool(node.option("forcezero"))
    total, known = np.zeros(n), np.ones(n, dtype=bool)
    for place in _places(vector, str(node.option("equation") or "")):
        coefficient = vector.values[0, place]
        values = named_column(vector.column_names[place].rpartition(":")[2], context, absent)
        if values is None:
            continue
        gone = is_missing(values)
        if missing_value is not None:
            values = np.where(gone, float(missing_value), values)
        else:
            known &= ~gone
        total += coefficient * np.where(is_missing(values), 0.0, values)
    return np.where(known, total, MISSING)


def _places(vector: Matrix, wanted: str) -> list[int]:
    """Return the columns of an equation: the first, the one named, or the one numbered `#2`.

    Raises
    ------
    StataError
        r(303) `equation not found`.
    """
    equations = [name.rpartition(":")[0] for name in vector.column_names]
    distinct = list(dict.fromkeys(equations))
    if wanted.startswith("#") and wanted[1:].isdigit():
        number = int(wanted[1:])
        chosen = distinct[number - 1] if 1 <= number <= len(distinct) else None
    else:
        chosen = (wanted if wanted in distinct else None) if wanted else distinct[0]
    if chosen is None:
        raise StataError(303, "equation not found")
    return [place for place, equation in enumerate(equations) if equation == chosen]
