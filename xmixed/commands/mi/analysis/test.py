"""mi test and mi testtransform: joint tests of pooled coefficients."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.hypotheses import read_hypotheses
from xmixed.estimation.pooling.estimator import pooled_estimator
from xmixed.estimation.pooling.joint import Pieces, joint_test
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.imputation.pooled import render_pooled_test
from xmixed.render.layouts.postestimation.wald_tests import constraint_text, render_constraints
from xmixed.session.results import Results
from xmixed.session.state import SessionState

OPTIONS = (
    OptionSpec("ufmitest", "ufmi", help="without equal fractions of missing information"),
    OptionSpec("nosmall", "nosm", help="degrees of freedom of large samples"),
)
EQUAL_NOTE = "note: assuming equal fractions of missing information"


@subcommand(
    "mi",
    "test",
    syntax=Syntax(
        "hypotheses",
        options=(*OPTIONS, OptionSpec("constant", "cons", help="include the constant of equations")),
    ),
    synopsis="mi test coeflist [, ufmitest nosmall constant]",
)
def mi_test(session: SessionState, node: Command) -> None:
    pieces = Pieces.of(session.e, small=not node.option("nosmall"))
    equations = tuple(dict.fromkeys(name.rpartition(":")[0] for name in pieces.names))
    coefficients = Coefficients(pieces.names, equations, pieces.b, pieces.total)
    terms = pooled_estimator(session.e).terms(session.e)
    named = tuple(
        dict.fromkeys(
            name.rpartition(":")[0]
            for name, term in zip(pieces.names, terms, strict=False)
            if term is not None
        )
    )
    constraints = read_hypotheses(
        node.argument,
        coefficients,
        Context.of(session),
        named or equations[:1],
        bool(node.option("constant")),
    )
    rows = np.array([constraint.row for constraint in constraints])
    constants = np.array([constraint.constant for constraint in constraints])
    _run(session, node, pieces, rows, constants)


@subcommand(
    "mi",
    "testtransform",
    syntax=Syntax("words", options=OPTIONS),
    synopsis="mi testtransform name [name ...] [, ufmitest nosmall]",
)
def mi_testtransform(session: SessionState, node: Command) -> None:
    if "mi" in session.e.macros and "b_Q_mi" not in session.e.matrices:
        raise StataError(301, "no transformations", hint="mi estimate (name: exp) ...: command makes them")
    pieces = Pieces.of(session.e, "_Q", not node.option("nosmall"))
    if not node.argument:
        raise StataError(100, "names of transformations required")
    places = []
    for word in node.argument:
        name = word.strip("()")
        if name not in pieces.names:
            raise StataError(111, f"transformation {name} not found")
        places.append(pieces.names.index(name))
    _run(session, node, pieces, np.eye(len(pieces.names))[places], np.zeros(len(places)))


def _run(
    session: SessionState, node: Command, pieces: Pieces, rows: np.ndarray, constants: np.ndarray
) -> None:
    """Test constraints jointly; show and save the results."""
    free = bool(node.option("ufmitest"))
    kept, found = joint_test(rows, constants, pieces, free)
    dropped = [place + 1 for place in range(len(rows)) if place not in kept]
    texts = [
        constraint_text(row, float(constant), pieces.names)
        for row, constant in zip(rows, constants, strict=True)
    ]
    out = session.out
    if not free:
        out.write(EQUAL_NOTE)
    out.write(*render_constraints(texts, dropped, session.settings.linesize))
    out.write(*render_pooled_test(found.statistic, found.df, found.df_residual, found.p_value))
    scalars = {
        "df": float(found.df),
        "df_r": found.df_residual,
        "p": found.p_value,
        "F": found.statistic,
        "rvi_avg": found.rvi,
        "drop": float(bool(dropped)),
    }
    scalars |= {f"dropped_{order}": float(number) for order, number in enumerate(dropped, start=1)}
    session.r = Results({name: MISSING if value is None else value for name, value in scalars.items()})
