"""estat phtest: the test of proportional hazards after stcox; estat concordance."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.survival.estimator import fitted_cox
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.survival.sts import render_proportionality
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import chi2_tail


@subcommand(
    "estat",
    "phtest",
    syntax=Syntax(
        options=(
            OptionSpec("log", "log", help="the logarithm of time"),
            OptionSpec("rank", "rank", help="the rank of time"),
            OptionSpec("km", "km", help="one less the product-limit estimate", built=False),
            OptionSpec("time", "time", "varname", "another function of time", built=False),
            OptionSpec("detail", "d", help="the test of each covariate"),
            OptionSpec("plot", "p", "varname", "graph of residuals", built=False),
        ),
        exclusive=(("log", "rank"),),
    ),
    synopsis="estat phtest [, log rank detail]",
    needs=("estimates",),
    after=("cox",),
)
def phtest(session: SessionState, node: Command) -> None:
    """Test whether scaled Schoenfeld residuals change with time (Grambsch, Therneau 1994, Biometrika 81)."""
    e, context = session.e, Context.of(session)
    frame = EstimationFrame(context, sample_rows(context, e.mark))
    likelihood, b, _ = fitted_cox(e, frame)
    if not len(b):
        raise StataError(498, "estat phtest needs covariates")
    own = likelihood.sets.spells
    residuals = likelihood.schoenfeld(b)
    time = own.exit[own.failed]
    if node.option("log"):
        time = np.log(time)
    elif node.option("rank"):
        time = np.unique(time, return_inverse=True)[1].astype(np.float64) + 1
    g = time - time.mean()
    d = float(len(time))
    places = [place for place, term in enumerate(e.payload.terms) if not term.status]
    names = [e.payload.terms[place].without_marks() for place in places]
    V = e.matrices["V"].values[np.ix_(places, places)]
    spread = float(g @ g)
    scaled = d * residuals @ V
    sums = g @ residuals
    total = float(sums @ V @ sums) * d / spread
    rows = []
    if node.option("detail"):
        along = g @ scaled
        for place, name in enumerate(names):
            centred = scaled[:, place] - scaled[:, place].mean()
            rho = float(g @ centred / np.sqrt(spread * (centred @ centred)))
            chi2 = float(along[place] ** 2 / (d * V[place, place] * spread))
            rows.append((name, rho, chi2, 1.0, chi2_tail(chi2, 1)))
    p_value = chi2_tail(total, len(names))
    rows.append(("global test", MISSING, total, float(len(names)), p_value))
    session.out.write(*render_proportionality(rows, bool(node.option("detail"))))
    session.r = Results({"chi2": total, "df": float(len(names)), "p": p_value})
