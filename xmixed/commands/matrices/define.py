"""`matrix A = exp`, `matrix A[i,j] = exp`, `matrix input`; `mata`, which is refused whole."""

from __future__ import annotations

import numpy as np

from xmixed.commands.matrices.store import store
from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.matrices.evaluate import evaluate_matrix, matrix_named, positions_of
from xmixed.expressions.matrices.functions import named
from xmixed.language.arguments.matrix_expressions import MatrixAssignment, parse_matrix_rows
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState


@command("matrix", syntax=Syntax("matrix"), synopsis="matrix [define] A = exp", keeps_r=True)
@subcommand("matrix", "define", syntax=Syntax("matrix"), synopsis="matrix define A = exp", keeps_r=True)
def define(session: SessionState, node: Command) -> None:
    asked: MatrixAssignment = node.argument
    context = Context.of(session)
    if asked.rows is None or asked.columns is None:
        store(session, asked.name, evaluate_matrix(asked.expression, context))
        return
    old = matrix_named(asked.name, context)
    rows = positions_of(asked.rows, old.row_names, context)
    columns = positions_of(asked.columns, old.column_names, context)
    part = evaluate_matrix(asked.expression, context).values
    first = [at if isinstance(at, int) else at.start for at in (rows, columns)]
    fits = all(
        0 <= start and start + size <= length
        for start, size, length in zip(first, part.shape, old.values.shape, strict=True)
    )
    if not fits:
        raise StataError(503, "conformability error")
    values = old.values.copy()
    values[first[0] : first[0] + part.shape[0], first[1] : first[1] + part.shape[1]] = part
    session.matrices[asked.name] = Matrix(values, old.row_names, old.column_names)


@subcommand(
    "matrix",
    "input",
    syntax=Syntax("matrix_input"),
    synopsis="matrix input A = (# [, #] ... [\\ # ...])",
    keeps_r=True,
)
def matrix_input(session: SessionState, node: Command) -> None:
    name, span = node.argument
    store(session, name, named(np.array(parse_matrix_rows(node.text, span))))
