"""factor and pca as generic commands see them: display, scores."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.results import Option, Statistic
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line
from xmixed.render.layouts.estimation.factors import FactorTables, render_factors
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.factors import bartlett_weights, regression_weights

FACTOR_DISPLAY = (
    OptionSpec("blanks", "bl", "number", "blanks in place of loadings smaller than this", minimum_value=0),
)


def _scores(e: Estimates, frame: EstimationFrame, bartlett: bool) -> np.ndarray:
    """Return scores of the factors, rotated where they are, (rows, m)."""
    names = e.matrices["L"].row_names
    for name in names:
        frame.require(name)
    X = np.column_stack([frame.values(name) for name in names]) - e.matrices["means"].values[0]
    rotated = "r_L" in e.matrices
    if e.macros["cmd"] == "pca":
        if e.macros["Ctype"] == "correlation":
            X = X / e.matrices["sds"].values[0]
        return X @ e.matrices["r_L" if rotated else "L"].values
    X = X / e.matrices["sds"].values[0]
    L = e.matrices["r_L" if rotated else "L"].values
    if bartlett:
        return X @ bartlett_weights(L, e.matrices["Psi"].values[0])
    phi = e.matrices["r_Phi"].values if rotated else np.eye(L.shape[1])
    return X @ regression_weights(e.matrices["C"].values, L, phi)


def _labels(head: str) -> Callable[[Estimates, str], tuple[str, ...]]:
    def labels(e: Estimates, argument: str) -> tuple[str, ...]:
        m = e.matrices["r_L" if "r_L" in e.matrices else "L"].values.shape[1]
        return tuple(f"{head} for factor {place + 1}" for place in range(m))

    return labels


def _scoring(name: str, minimum: str, head: str, assumed: str = "", bartlett: bool = False) -> Statistic:
    return Statistic(
        name,
        minimum,
        lambda e, frame, argument: _scores(e, frame, bartlett),
        lambda e, argument: "Scores",
        columns=_labels(head),
        assumed=assumed,
        needs="nothing",
        fewer=True,
    )


STATISTICS = (
    _scoring("regression", "r", "Scores", "regression scoring assumed"),
    _scoring("bartlett", "b", "Bartlett scores", bartlett=True),
)
COMPONENT_STATISTICS = (_scoring("score", "sc", "Scores", "score assumed"),)


class Factors:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = FACTOR_DISPLAY

    def __init__(self, statistics: tuple[Statistic, ...]) -> None:
        self.statistics = statistics

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        blanks = option("blanks")
        return render_factors(_tables(estimates), 0.0 if blanks is None else float(blanks))

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return ()


FACTOR, PCA = Factors(STATISTICS), Factors(COMPONENT_STATISTICS)


def _tables(e: Estimates) -> FactorTables:
    rotated = "r_L" in e.matrices
    s, macros = e.scalars, e.macros
    L = e.matrices["r_L" if rotated else "L"]
    values = e.matrices["r_Ev" if rotated else "Ev"].values[0]
    test = None
    if "chi2_i" in s:
        test = (int(s["df_i"]), s["chi2_i"], chi2_tail(s["chi2_i"], s["df_i"]))
    whole = s["trace"] if macros["cmd"] == "pca" else float(e.matrices["Ev"].values[0].sum())
    return FactorTables(
        macros["cmd"] == "pca",
        f"{macros['title']}/{macros['Ctype']}",
        macros["mtitle"],
        macros["r_text"] if rotated else macros["rtext"],
        s["N"],
        L.values.shape[1],
        s.get("df_m", 0.0),
        s["trace"],
        s["rho"],
        values,
        whole,
        test,
        tuple(L.row_names),
        tuple(L.column_names),
        L.values,
        e.matrices["Psi"].values[0],
        e.matrices["r_T"].values if rotated else None,
        e.matrices["r_Phi"].values if rotated and macros["r_class"] == "oblique" else None,
    )
