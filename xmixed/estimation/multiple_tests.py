"""`mtest()` of test, testparm and testnl: each condition by itself, p-values adjusted for their number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec
from xmixed.render.layouts.postestimation.wald_tests import WaldTest
from xmixed.session.results import Matrix, Results

MULTIPLE = OptionSpec(
    "mtest",
    "m",
    "choice",
    "test each condition too, with p-values adjusted by a method",
    (("bonferroni", "b"), ("holm", "h"), ("sidak", "s"), ("noadjust", "noadj")),
    optional_value=True,
)


def multiple_method(node: Command) -> str:
    """Return how p-values of single conditions are adjusted; "" where none are wanted."""
    found = node.option("mtest")
    return "noadjust" if found is True else found or ""


def save_multiple(results: Results, single: Sequence[WaldTest], p_values: np.ndarray, method: str) -> None:
    """Put the single tests in r(mtest), a row each, and the method in r(mtmethod)."""
    statistic = "F" if single and single[0].df_residual is not None else "chi2"
    table = [[test.statistic, test.df, test.p_value, p] for test, p in zip(single, p_values, strict=True)]
    names = [f"r{number}" for number in range(1, len(table) + 1)]
    values = np.array(table, dtype=np.float64)
    results.matrices["mtest"] = Matrix(values, names, [statistic, "df", "p", "adj-p"])
    results.macros["mtmethod"] = method
