"""What the commands for matrices share: names on the left of `=`, and where results go. Registers nothing."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.matrices.evaluate import matrix_named
from xmixed.expressions.varlist import is_valid_name
from xmixed.language.nodes import Command
from xmixed.missing import is_missing
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState


def store(session: SessionState, name: str, matrix: Matrix) -> None:
    """Put a matrix under a name; a scalar of that name is gone.

    Raises
    ------
    StataError
        r(198) `1a invalid name`.
    """
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    session.scalars.pop(name, None)
    session.matrices[name] = matrix


def targets(node: Command, count: int) -> tuple[list[str], str]:
    """Return the names of `X v = A`: those on the left, `count` of them, and the one on the right.

    Raises
    ------
    StataError
        r(198) for other numbers of names.
    """
    left, equals, right = (part.strip() for part in node.argument.partition("="))
    names = left.split()
    if not equals or len(names) != count or not right:
        raise StataError(198, "invalid syntax")
    for name in names:
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid name")
    return names, right


def complete_matrix(session: SessionState, name: str) -> Matrix:
    """Return the matrix of a name; r(111) without one, r(504) when an element is missing."""
    found = matrix_named(name, Context.of(session))
    if np.any(is_missing(found.values)):
        raise StataError(504, "matrix has missing values")
    return found
