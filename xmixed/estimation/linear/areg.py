"""The estimator areg: linear regression with the indicators of one variable absorbed."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.display_options import display_options
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    coefficient_table,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.linear.panel import Groups, PanelRegression, within_regression
from xmixed.estimation.linear.regress import stata
from xmixed.estimation.linear.regression import log_likelihoods
from xmixed.estimation.linear.statistics import AREG_STATISTICS
from xmixed.estimation.results import Option, Statistic
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.regression import (
    figures_of,
    render_absorbed,
    render_figures,
    root_figure,
    share_figure,
)
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings
from xmixed.statistics.distributions import f_tail
from xmixed.statistics.grouping import factorise

TITLE = "Linear regression, absorbing indicators"


def groups_of(sample: SingleSample, name: str) -> Groups:
    """Return the groups of a variable over a sample, with weights as sums are formed with them."""
    own = factorise(sample.others[name])
    weights = None if sample.weighting is None else sample.weighting.fitted
    return Groups(own.codes, len(own.levels), weights)


def fit(sample: SingleSample, absorbed: str, cmdline: str) -> tuple[Estimates, SingleSample]:
    """Fit a regression with the indicators of `absorbed`; return e() without its mark, and the sample."""
    groups = groups_of(sample, absorbed)
    kind = sample.variance.kind
    found = within_regression(
        sample.y, sample.columns, groups, sample.weighting, kind, sample.clusters, nested=False
    )
    settled = sample.settled(found.fit.omitted)
    kept = ~found.fit.omitted
    estimated = np.array([not term.status for term in settled.terms], dtype=bool)
    robust = kind != "ols"
    variance, model_based = (
        whole_matrix(estimated, matrix[np.ix_(kept, kept)]) for matrix in (found.variance, found.model_based)
    )
    names = [term.name for term in settled.terms]
    matrices = estimates_matrices(
        names,
        sample.depvar,
        whole_vector(settled.terms, found.fit.beta[kept]),
        variance,
        model_based if robust else None,
    )
    macros = {
        "cmd": "areg",
        "cmdline": cmdline,
        "depvar": sample.depvar,
        "absvar": absorbed,
        "title": TITLE,
        "vce": kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": sample.variance.cluster,
        "properties": "b V",
        "predict": "areg_p",
        **weight_macros(sample),
    }
    payload = FittedTerms(sample.depvar, (FittedEquation("", settled.terms),))
    scalars = _scalars(found, sample, groups)
    return Estimates(scalars, {k: v for k, v in macros.items() if v}, matrices, payload=payload), settled


def _scalars(found: PanelRegression, sample: SingleSample, groups: Groups) -> dict[str, float]:
    df_error = found.n - groups.count - found.df_model
    tss = found.total_ss
    r2 = 1 - found.fit.rss / tss if tss > 0 else np.nan
    r2_a = 1 - (1 - r2) * (found.n - 1) / df_error if df_error > 0 else np.nan
    ll, ll_0 = log_likelihoods(found.fit.rss, tss, found.n, sample.weighting)
    scalars = {
        "N": found.n,
        "tss": tss,
        "df_m": found.df_model,
        "rss": found.fit.rss,
        "df_r": found.df_residual,
        "r2": stata(r2),
        "df_a": groups.count - 1.0,
        "rmse": stata(found.sigma_e),
        "ll": stata(ll),
        "ll_0": stata(ll_0),
        "F": stata(found.statistic),
        "F_absorb": stata(found.statistic_groups),
        "r2_a": stata(r2_a),
        "rank": float(found.fit.rank),
        # Ours: the categories of the absorbed variable, for the line under the table.
        "k_absorb": float(groups.count),
    }
    if sample.clusters is not None:
        scalars["N_clust"] = float(sample.clusters.count)
    return scalars


class Areg:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = TABLE_OPTIONS
    statistics: tuple[Statistic, ...] = AREG_STATISTICS

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        options = display_options(option, settings, False)
        e = estimates.scalars
        lines: list[Line] = []
        if not option("noheader"):
            p_value = f_tail(e["F"], e["df_m"], e["df_r"]) if e["F"] < MISSING else MISSING
            figures = figures_of(e["N"], e["df_m"], e["df_r"], e["F"], p_value)
            figures += [share_figure("R-squared", e["r2"]), share_figure("Adj R-squared", e["r2_a"])]
            lines += [line(), *render_figures(TITLE, [*figures, root_figure(e["rmse"])])]
        if not option("notable"):
            # Stata: the row of the absorbed variable stands between the last two rules.
            *table, last = coefficient_table(estimates, estimates.payload, options)
            joint = line(last.text[:13] + "+" + last.text[14:])
            lines += [line(), *table, joint, *self._absorbed(estimates)]
        return lines

    def _absorbed(self, estimates: Estimates) -> list[Line]:
        e, name = estimates.scalars, estimates.macros["absvar"]
        statistic = e["F_absorb"] if "vcetype" not in estimates.macros else MISSING
        df_error = e["N"] - e["df_m"] - e["df_a"] - 1
        p_value = f_tail(statistic, e["df_a"], df_error) if statistic < MISSING else MISSING
        return render_absorbed(name, e["df_a"], df_error, statistic, p_value, int(e["k_absorb"]))

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return estimates.payload.terms


ESTIMATOR = Areg()
