"""hausman: whether two estimators of the same coefficients differ systematically."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.inference.hausman import (
    common_coefficients,
    hausman_test,
    with_common_sigma,
)
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.postestimation.hausman import HausmanTable, render_hausman
from xmixed.session.results import Estimates, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates


@command(
    "hausman",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("constant", "c", help="compare the constant too"),
            OptionSpec("alleqs", "alleqs", help="all equations, not the first alone"),
            OptionSpec("skipeqs", "skip", "words", "equations left out"),
            OptionSpec("force", "force", help="test also where the assumptions do not hold"),
            OptionSpec("equations", "eq", "text", "which equation goes with which: 1:1"),
            OptionSpec("df", "df", "integer", "degrees of freedom", minimum_value=1),
            OptionSpec("sigmamore", "sigmam", help="both with the efficient error variance"),
            OptionSpec("sigmaless", "sigmal", help="both with the consistent error variance"),
            OptionSpec("tconsistent", "tcon", "text", "title of the consistent estimator"),
            OptionSpec("tefficient", "teff", "text", "title of the efficient estimator"),
        ),
        exclusive=(("sigmamore", "sigmaless"), ("alleqs", "equations")),
    ),
    synopsis="hausman name-consistent [name-efficient] [, constant equations(1:1) df(#) sigmamore]",
)
def hausman(session: SessionState, node: Command) -> None:
    """Compare the coefficients that two stored results have in common."""
    names = list(node.argument)
    if not 1 <= len(names) <= 2:
        raise StataError(198, "invalid syntax", None, "hausman name-consistent [name-efficient]")
    if len(names) == 1:
        names.append(".")
    if names[0] == names[1]:
        raise StataError(198, f"{names[0]} cannot be compared with itself")
    estimates = [stored_estimates(session, name) for name in names]
    if not node.option("force"):
        _check_variances(estimates)
    pair = _pair(str(node.option("equations", "")))
    compared = [Coefficients.of(item) for item in estimates]
    skipped = None if not node.option("alleqs") else frozenset(node.option("skipeqs", ()))
    common = common_coefficients(compared[0], compared[1], bool(node.option("constant")), pair, skipped)
    if node.option("sigmamore") or node.option("sigmaless"):
        common = with_common_sigma(
            common, _sigma(estimates[0]), _sigma(estimates[1]), bool(node.option("sigmamore"))
        )
    test = hausman_test(common, node.option("df"))
    titles = [
        str(node.option(option, "" if name == "." else name))
        for option, name in zip(("tconsistent", "tefficient"), names, strict=True)
    ]
    variances = np.diag(common.V_consistent - common.V_efficient)
    errors = [float(np.sqrt(value)) if value >= 0 else MISSING for value in variances]
    columns = (common.consistent, common.efficient, common.consistent - common.efficient)
    table = HausmanTable(
        (titles[0] or ".", titles[1] or "."),
        (estimates[0].macros["cmd"], estimates[1].macros["cmd"]),
        list(zip(common.names, *(column.tolist() for column in columns), errors, strict=True)),
        test.statistic,
        test.df,
        test.rank,
        test.p_value,
        test.positive_definite,
    )
    session.out.write(*render_hausman(table, session.settings.linesize))
    scalars = {"chi2": test.statistic, "df": float(test.df), "rank": float(test.rank)}
    session.r = Results(scalars | ({"p": test.p_value} if test.statistic >= 0 else {}))


def _check_variances(estimates: Sequence[Estimates]) -> None:
    """Refuse covariances that do not have the difference which the test relies on."""
    for found in estimates:
        if found.macros.get("vce") in ("robust", "cluster") or found.macros.get("wtype") == "pweight":
            raise StataError(
                198, "hausman cannot be used with vce(robust), vce(cluster cvar), or p-weighted data"
            )


def _sigma(estimates: Estimates) -> float:
    """Return the standard deviation of the errors: e(rmse), e(sigma_e) or e(sigma)."""
    for name in ("rmse", "sigma_e", "sigma"):
        if name in estimates.scalars:
            return estimates.scalars[name]
    raise StataError(498, f"{estimates.macros['cmd']} saves no e(rmse), e(sigma_e) or e(sigma)")


def _pair(text: str) -> tuple[str, str] | None:
    """Return the equations of `1:1`, as names that coefficients understand."""
    if not text.strip():
        return None
    first, colon, second = text.strip().partition(":")
    if not colon or ":" in second or " " in text.strip():
        raise StataError(198, "option equations() incorrectly specified", None, "equations(#:#)")
    numbered = [f"#{part.strip()}" if part.strip().isdigit() else part.strip() for part in (first, second)]
    return numbered[0], numbered[1]
