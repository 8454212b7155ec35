"""cnsreg as generic commands see it."""

from __future__ import annotations

from xmixed.estimation.constrained.constraints import shown_constraints
from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.output import Line
from xmixed.render.layouts.estimation.beside import LIKELIHOOD, Entry, render_beside
from xmixed.session.results import Estimates


def _header(e: Estimates) -> list[Line]:
    own = e.scalars
    entries = [
        Entry("Number of obs", own["N"]),
        Entry(f"F({own['df_m']:4.0f},{own['df_r']:7.0f})", own["F"], "%10.2f"),
        Entry("Prob > F", own["p"], "%10.4f"),
        Entry("Root MSE", own["rmse"], "%10.4f"),
    ]
    head = render_beside([e.macros["title"]], entries, LIKELIHOOD)
    return [*head, *shown_constraints(e)]


ESTIMATOR = FittedEstimator(IV_STATISTICS, _header)
