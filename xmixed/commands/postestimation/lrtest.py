"""lrtest: the likelihood-ratio test of two nested models."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.criteria import criteria_results, criteria_row, model_parameters
from xmixed.estimation.results import estimator_of, fit_the_same
from xmixed.estimation.stored_names import stored_row
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.postestimation.estimates import (
    CRITERIA_TITLE,
    LikelihoodRatio,
    render_criteria,
    render_directory,
    render_likelihood_ratio,
)
from xmixed.session.results import Estimates, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates
from xmixed.statistics.distributions import chi2_tail

INVALID = 498
"""Return code of a test that would make no sense."""


class Model(NamedTuple):
    """A model under its name: `.` for the active results."""

    name: str
    estimates: Estimates

    @property
    def ll(self) -> float:
        return self.estimates.scalars["ll"]

    @property
    def df(self) -> int:
        return int(model_parameters(self.estimates))


@command(
    "lrtest",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("stats", "st", help="show information criteria of both models"),
            OptionSpec("dir", "d", help="show both models as estimates dir does"),
            OptionSpec("force", "force", help="test also when the models do not seem comparable"),
            OptionSpec("df", "df", "integer", "degrees of freedom of the test"),
        ),
    ),
    synopsis="lrtest name1 [name2] [, stats dir df(#) force]",
)
def lrtest(session: SessionState, node: Command) -> None:
    names = str(node.argument or "").split()
    if not 1 <= len(names) <= 2:
        raise StataError(198, "invalid syntax", None, "lrtest compares two stored models: lrtest name1 name2")
    if len(names) == 1:
        names.append(".")
    if names[0] == names[1]:
        raise StataError(198, f"{names[0]} cannot be compared with itself")
    first, second = (Model(name, stored_estimates(session, name)) for name in names)
    for model in (first, second):
        if model.estimates.scalars.get("ll", MISSING) >= MISSING:
            raise StataError(321, f"e(ll) not found in estimation result {model.name}")
    if not node.option("force"):
        _check_comparable(session, first, second)
    restricted, unrestricted = _order(first, second)
    test = _test(restricted, unrestricted, node.option("df"))
    session.out.write(*render_likelihood_ratio(test))
    session.r = Results({"p": test.p_value, "chi2": test.statistic, "df": float(test.df)})
    if node.option("dir"):
        stored = [stored_row(model.name, model.estimates) for model in (first, second)]
        session.out.write(*render_directory(stored))
    if node.option("stats"):
        rows = [criteria_row(name, stored_estimates(session, name)) for name in names]
        session.out.write("", CRITERIA_TITLE, *render_criteria(rows))
        session.r.matrices.update(criteria_results(rows).matrices)


def _check_comparable(session: SessionState, first: Model, second: Model) -> None:
    """Refuse models of different data, outcomes or likelihoods.

    Raises
    ------
    StataError
        r(498).
    """
    a, b = first.estimates, second.estimates
    for name, what in (
        ("cmd", "estimators"),
        ("depvar", "dependent variables"),
        ("method", "estimation methods"),
    ):
        left, right = a.macros.get(name, ""), b.macros.get(name, "")
        if not fit_the_same(left, right):
            raise StataError(INVALID, f"test involves different {what}: {left} vs. {right}")
    if any(item.macros.get("vcetype") == "Robust" for item in (a, b)):
        raise StataError(INVALID, "LR test likely invalid for models with robust vce")
    if a.scalars["N"] != b.scalars["N"]:
        raise StataError(INVALID, f"observations differ: {a.scalars['N']:.0f} vs. {b.scalars['N']:.0f}")
    if session.data.reference is not None:
        return
    marks = [session.data.marks.get(item.mark) for item in (a, b)]
    if marks[0] is not None and marks[1] is not None and not np.array_equal(marks[0], marks[1]):
        raise StataError(INVALID, f"estimation samples of {first.name} and {second.name} differ")


def _fixed_effects(estimates: Estimates) -> frozenset[str]:
    """Return the names of the fixed effects that are estimated."""
    terms = estimator_of(estimates).terms(estimates)
    return frozenset(term.without_marks() for term in terms if term is not None and not term.status)


def _order(first: Model, second: Model) -> tuple[Model, Model]:
    """Return (restricted, unrestricted): the model with fewer parameters is nested in the other."""
    if first.df == second.df:
        return (first, second) if first.ll <= second.ll else (second, first)
    return (first, second) if first.df < second.df else (second, first)


def _test(restricted: Model, unrestricted: Model, df: int | None) -> LikelihoodRatio:
    if df is None:
        df = unrestricted.df - restricted.df
        if df == 0:
            raise StataError(INVALID, f"df(unrestricted) = df(restricted) = {restricted.df}")
    elif df <= 0:
        raise StataError(198, "option df() must be a positive integer")
    statistic = 2 * (unrestricted.ll - restricted.ll)
    p_value = chi2_tail(statistic, df) if statistic > 0 else 1.0
    counts = [model.estimates.scalars.get("k_rs", 0.0) for model in (restricted, unrestricted)]
    pair = (restricted.estimates, unrestricted.estimates)
    return LikelihoodRatio(
        restricted.name,
        unrestricted.name,
        statistic,
        df,
        p_value,
        boundary=counts[0] != counts[1],
        restricted_likelihood=any(item.macros.get("method") == "REML" for item in pair)
        and _fixed_effects(pair[0]) != _fixed_effects(pair[1]),
    )
