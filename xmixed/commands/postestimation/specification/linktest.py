"""linktest: whether the square of the prediction adds to a model."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import sample_rows
from xmixed.estimation.inference.prediction import Request, predicted
from xmixed.estimation.results import estimator_of
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.missing import MISSING
from xmixed.session.results import Results
from xmixed.session.state import SessionState

MODELS = (
    "regress",
    "logit",
    "logistic",
    "probit",
    "cloglog",
    "poisson",
    "nbreg",
    "tobit",
    "intreg",
    "truncreg",
    "ologit",
    "oprobit",
    "glm",
    "qreg",
)


@command(
    "linktest",
    syntax=Syntax("raw"),
    synopsis="linktest [, options of the model's command]",
    needs=("estimates",),
)
def linktest(session: SessionState, node: Command) -> None:
    """Fit the model on its prediction and the square of it; the results of the model come back."""
    e = session.e
    name = e.macros.get("cmd", "")
    if name not in MODELS or "prefix" in e.macros:
        raise StataError(301, f"linktest is not available after {e.macros.get('prefix', name)}")
    before, comma, options = str(node.argument or "").partition(",")
    if before.strip():
        raise StataError(101, "linktest takes only options")
    context, estimator = Context.of(session), estimator_of(e)
    rows = sample_rows(context, e.mark)
    statistic = next(own for own in estimator.statistics if own.name == "xb")
    (hat,) = predicted(Request(statistic), estimator, e, context, rows)
    square = np.where(hat < MISSING, np.where(hat < MISSING, hat, 0.0) ** 2, MISSING)
    data = session.data
    made = (Variable("_hat", "double", hat, "%10.0g"), Variable("_hatsq", "double", square, "%10.0g"))
    weight = f" [{e.macros['wtype']}{e.macros['wexp']}]" if "wtype" in e.macros else ""
    try:
        session.data = data.with_variables(*made)
        session.execute(f"{name} {e.macros['depvar']} _hat _hatsq{weight}{comma}{options}")
        coefficients = Coefficients.of(session.e)
        place = coefficients.place("", "_hatsq")
        t = float(coefficients.b[place] / np.sqrt(coefficients.V[place, place]))
        found = {"t": t, "df": session.e.scalars.get("df_r", MISSING)}
    finally:
        session.data, session.e = data, e
    session.r = Results(found if found["df"] < MISSING else {"t": t})
