"""estat icc: intraclass correlations."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.estimation.mixed.derived import has_random_coefficients, intraclass_correlations
from xmixed.estimation.mixed.model import mixed_result
from xmixed.estimation.mixed.options import MIXED
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, Syntax
from xmixed.render.layouts.postestimation.estat import render_correlations
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState

LATENT = ("xtmelogit", "meqrlogit", "melogit", "meprobit", "mecloglog", "meologit", "meoprobit")
"""Commands whose outcomes have a latent variable with a residual variance of its own."""


@subcommand(
    "estat",
    "icc",
    syntax=Syntax(options=(LEVEL,)),
    synopsis="estat icc [, level(#)]",
    needs=("estimates",),
    after=(*MIXED, *LATENT),
)
def icc(session: SessionState, node: Command) -> None:
    result = mixed_result(session.e.payload, "estat icc")
    level = node.option("level", session.settings.level)
    found = intraclass_correlations(result, level)
    conditional = has_random_coefficients(result)
    covariates = any(term.parts and not term.status for term in result.description.terms)
    title = "Residual intraclass correlation" if covariates else "Intraclass correlation"
    if conditional:
        title = "Conditional intraclass correlation"
    rows = [(item.label, item.figures) for item in found]
    session.out.write(*render_correlations(title, rows, level, conditional))
    results = Results({"level": level})
    # Stata: the observations are level 1; the lowest grouping variable is level 2.
    for number, item in zip(range(len(found) + 1, 1, -1), found, strict=True):
        figures = item.figures
        results.scalars |= {f"icc{number}": figures.estimate, f"se{number}": figures.standard_error}
        results.macros[f"label{number}"] = item.label
        limits = np.array([[figures.lower, figures.upper]])
        results.matrices[f"ci{number}"] = Matrix(limits, [f"icc{number}"], ["ll", "ul"])
    session.r = results
