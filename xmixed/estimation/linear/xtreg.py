"""The estimator xtreg: fixed, between and random effects, and random effects by maximum likelihood."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedEstimator,
    FittedTerms,
    TableExtras,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.likelihood.newton import Maximum, Progress, maximise
from xmixed.estimation.linear.areg import groups_of
from xmixed.estimation.linear.options import XTREG_DISPLAY
from xmixed.estimation.linear.panel import (
    Groups,
    PanelRegression,
    between_regression,
    random_effects,
    within_regression,
)
from xmixed.estimation.linear.regress import stata
from xmixed.estimation.linear.regression import log_likelihoods
from xmixed.estimation.linear.statistics import XTREG_STATISTICS
from xmixed.estimation.linear.xtreg_likelihood import RandomIntercepts
from xmixed.estimation.results import Option
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.expressions.factors.terms import Term
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Figures
from xmixed.render.layouts.estimation.panel import (
    PanelHeader,
    render_components,
    render_effects_test,
    render_header,
    render_mixture_test,
    render_theta,
)
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import chi2_tail, f_tail, normal_quantile
from xmixed.statistics.linear.least_squares import least_squares
from xmixed.statistics.moments import percentile

TITLES = {
    "fe": "Fixed-effects (within) regression",
    "re": "Random-effects GLS regression",
    "be": "Between regression (regression on group means)",
    "ml": "Random-effects ML regression",
}
"""Title by e(model)."""
PREDICT = {"fe": "xtrefe_p", "re": "xtrefe_p", "be": "xtbe_p", "ml": "xtrefe_p"}


class Fitted(NamedTuple):
    estimates: Estimates
    sample: SingleSample


def fit(model: str, sample: SingleSample, panel: str, cmdline: str, balanced_sa: bool = False) -> Fitted:
    """Fit `fe`, `be` or `re`; return e() without its mark, and the sample with omitted terms marked."""
    groups = groups_of(sample, panel)
    kind = sample.variance.kind
    if model == "fe":
        found = within_regression(sample.y, sample.columns, groups, sample.weighting, kind, sample.clusters)
    elif model == "re":
        found = random_effects(sample.y, sample.columns, groups, kind, sample.clusters, balanced_sa)
    else:
        found = between_regression(sample.y, sample.columns, groups)
    settled = sample.settled(found.fit.omitted)
    return Fitted(estimates_of(model, found, sample, settled, groups, panel, cmdline), settled)


def estimates_of(
    model: str,
    found: PanelRegression,
    sample: SingleSample,
    settled: SingleSample,
    groups: Groups,
    panel: str,
    cmdline: str,
) -> Estimates:
    """Return e() of a panel regression, without its mark; `settled` has the omitted terms marked."""
    kind = sample.variance.kind
    kept = ~found.fit.omitted
    estimated = np.array([not term.status for term in settled.terms], dtype=bool)
    robust = kind == "cluster"
    variance, model_based = (
        whole_matrix(estimated, matrix[np.ix_(kept, kept)]) for matrix in (found.variance, found.model_based)
    )
    names = [term.name for term in settled.terms]
    b = whole_vector(settled.terms, found.fit.beta[kept])
    matrices = estimates_matrices(names, sample.depvar, b, variance, model_based if robust else None)
    if found.theta is not None:
        matrices["theta"] = _theta_matrix(found.theta)
    payload = FittedTerms(sample.depvar, (FittedEquation("", settled.terms),))
    scalars = _sizes(found.n, groups, sample) | _scalars(model, found, groups, sample)
    macros = _macros(model, sample, panel, cmdline)
    return Estimates(scalars, macros, matrices, payload=payload)


def _theta_matrix(theta: np.ndarray) -> Matrix:
    """Return smallest, 5th, 50th and 95th percentile and largest theta over groups."""
    ranked = np.sort(theta)
    inner = [percentile(ranked, None, p) for p in (5, 50, 95)]
    values = np.array([[ranked[0], *inner, ranked[-1]]])
    return Matrix(
        np.where(np.isfinite(values), values, MISSING), ["theta"], ["min", "p5", "p50", "p95", "max"]
    )


def _sizes(n: float, groups: Groups, sample: SingleSample) -> dict[str, float]:
    """Return e(N), e(N_g) and the sizes of groups, rows counted."""
    rows = np.bincount(groups.codes, minlength=groups.count)
    found = {
        "N": n,
        "N_g": float(groups.count),
        "g_min": float(rows.min()),
        "g_avg": float(len(groups.codes) / groups.count),
        "g_max": float(rows.max()),
        "Tbar": float(groups.count / np.sum(1 / rows)),
        "Tcon": float(rows.min() == rows.max()),
    }
    if sample.clusters is not None:
        found["N_clust"] = float(sample.clusters.count)
    return found


def _scalars(model: str, found: PanelRegression, groups: Groups, sample: SingleSample) -> dict[str, float]:
    shares = {"r2_w": found.r2_within, "r2_b": found.r2_between, "r2_o": found.r2_overall}
    scalars = {name: stata(value) for name, value in shares.items()}
    scalars |= {"df_m": found.df_model, "rank": float(found.fit.rank)}
    if model == "be":
        ll, ll_0 = log_likelihoods(found.fit.rss, found.fit.tss, float(groups.count), None)
        return scalars | {
            "df_r": found.df_residual,
            "F": stata(found.statistic),
            "rmse": stata(found.sigma_u),
            "mss": found.fit.tss - found.fit.rss,
            "rss": found.fit.rss,
            "r2": scalars["r2_b"],
            "ll": stata(ll),
            "ll_0": stata(ll_0),
        }
    sigmas = {"sigma_u": found.sigma_u, "sigma_e": found.sigma_e, "rho": found.rho}
    scalars |= {name: stata(value) for name, value in sigmas.items()}
    if model == "re":
        chi2 = stata(found.statistic)
        assert found.theta is not None
        scalars |= {"chi2": chi2, "p": chi2_tail(chi2, found.df_model) if chi2 < MISSING else MISSING}
        # Of the regression on quasi-demeaned data; hausman brings variances to a common one.
        rmse = np.sqrt(found.fit.rss / (found.n - found.fit.rank)) if found.n > found.fit.rank else np.nan
        scalars["rmse"] = stata(rmse)
        return scalars | {"thta_min": stata(found.theta.min()), "thta_max": stata(found.theta.max())}
    tss = found.total_ss
    ll, ll_0 = log_likelihoods(found.fit.rss, tss, found.n, sample.weighting)
    return scalars | {
        "df_r": found.df_residual,
        "df_a": groups.count - 1.0,
        "F": stata(found.statistic),
        "F_f": stata(found.statistic_groups),
        "corr": stata(found.correlation),
        "rmse": stata(found.sigma_e),
        "rss": found.fit.rss,
        "tss": found.fit.tss,
        "mss": found.fit.tss - found.fit.rss,
        "r2": scalars["r2_w"],
        "ll": stata(ll),
        "ll_0": stata(ll_0),
    }


def _macros(model: str, sample: SingleSample, panel: str, cmdline: str) -> dict[str, str]:
    robust = sample.variance.kind == "cluster"
    macros = {
        "cmd": "xtreg",
        "cmdline": cmdline,
        "depvar": sample.depvar,
        "model": model,
        "ivar": panel,
        "title": TITLES[model],
        "vce": sample.variance.kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": sample.variance.cluster if robust else "",
        "chi2type": {"re": "Wald", "ml": "LR"}.get(model, ""),
        "properties": "b V",
        "predict": PREDICT[model],
        **weight_macros(sample),
    }
    return {name: text for name, text in macros.items() if text}


# --- maximum likelihood ---------------------------------------------------------------------------------


def fit_likelihood(
    sample: SingleSample, panel: str, cmdline: str, constant_only: Progress | None, full: Progress | None
) -> Estimates:
    """Fit random effects by maximum likelihood; the sample's terms are settled.

    Parameters
    ----------
    constant_only, full : Progress or None
        What is told of the iterations of both models.
    """
    groups = groups_of(sample, panel)
    slopes = [column for column in sample.columns if column is not None]
    null = None
    if slopes:
        null = maximise(RandomIntercepts.of(sample.y, [None], groups), constant_only)
    best = maximise(RandomIntercepts.of(sample.y, sample.columns, groups), full)
    if not best.converged:
        raise StataError(430, "convergence not achieved")
    p = len(sample.columns)
    estimated = np.array([not term.status for term in sample.terms] + [True, True])
    b = np.concatenate([whole_vector(sample.terms, best.parameters[:p]), np.abs(best.parameters[p:])])
    sign = np.append(np.ones(p), np.sign(best.parameters[p:]))
    variance = whole_matrix(estimated, best.covariance * np.outer(sign, sign))
    equations = (
        FittedEquation(sample.depvar, sample.terms),
        FittedEquation("sigma_u", (Term(()),), ancillary=True, limits="log"),
        FittedEquation("sigma_e", (Term(()),), ancillary=True, limits="log"),
    )
    payload = FittedTerms(sample.depvar, equations)
    matrices = estimates_matrices(payload.names, sample.depvar, b, variance, None)
    scalars = _sizes(float(len(sample.y)), groups, sample)
    scalars |= _likelihood_scalars(sample, best, null, b[-2:], p)
    return Estimates(scalars, _macros("ml", sample, panel, cmdline), matrices, payload=payload)


def _likelihood_scalars(
    sample: SingleSample, best: Maximum, null: Maximum | None, sigmas: np.ndarray, p: int
) -> dict[str, float]:
    ll = best.log_likelihood
    pooled = least_squares(sample.y, sample.columns)
    ll_c, _ = log_likelihoods(pooled.rss, pooled.tss, float(len(sample.y)), None)
    df_m = sum(column is not None for column in sample.columns)
    chi2 = MISSING if null is None else 2 * (ll - null.log_likelihood)
    chi2_c = max(2 * (ll - ll_c), 0.0)
    total = float(np.sum(sigmas**2))
    return {
        "ll": ll,
        "ll_0": ll if null is None else null.log_likelihood,
        "ll_c": ll_c,
        "df_m": float(df_m),
        "chi2": chi2,
        "p": chi2_tail(chi2, df_m) if df_m else MISSING,
        "chi2_c": chi2_c,
        "p_c": 1.0 if chi2_c == 0 else chi2_tail(chi2_c, 1) / 2,
        "sigma_u": float(sigmas[0]),
        "sigma_e": float(sigmas[1]),
        "rho": float(sigmas[0] ** 2) / total,
        "rank": float(p + 2),
        "converged": float(best.converged),
    }


# --- display --------------------------------------------------------------------------------------------


class Xtreg(FittedEstimator):
    """See `results.Estimator`."""

    def above(self, estimates: Estimates, option: Option) -> list[Line]:
        lines = self.header(estimates)
        if option("theta") and estimates.macros["model"] == "re":
            lines += render_theta(estimates.matrices["theta"].values[0])
        return lines


def _extras(estimates: Estimates, option: Option, level: float) -> TableExtras:
    return TableExtras(last=(_rho_row(estimates, level),) if estimates.macros["model"] == "ml" else ())


def _components(estimates: Estimates) -> list[Line]:
    """Return the standard deviations of effects and errors, where they are no coefficients of e(b)."""
    if estimates.macros["model"] not in ("fe", "re"):
        return []
    e = estimates.scalars
    rows = [
        ("sigma_u", e["sigma_u"], ""),
        ("sigma_e", e["sigma_e"], ""),
        ("rho", e["rho"], "(fraction of variance due to u_i)"),
    ]
    return list(render_components(rows))


def _effects_test(estimates: Estimates) -> list[Line]:
    """Return the test that there are no effects."""
    e, model = estimates.scalars, estimates.macros["model"]
    if model == "ml":
        return [render_mixture_test(e["chi2_c"], e["p_c"])]
    if model != "fe" or "vcetype" in estimates.macros:
        return []
    df_error = e["N"] - e["N_g"] - e["df_m"]
    p_value = f_tail(e["F_f"], e["df_a"], df_error) if e["F_f"] < MISSING else MISSING
    return [render_effects_test(e["df_a"], df_error, e["F_f"], p_value)]


def _rho_row(estimates: Estimates, level: float) -> CoefficientRow:
    """Return rho with limits on the probit scale, its error by the delta method."""
    from scipy.special import ndtr, ndtri

    e = estimates.scalars
    V = estimates.matrices["V"].values[-2:, -2:]
    total = e["sigma_u"] ** 2 + e["sigma_e"] ** 2
    rho = e["rho"]
    slopes = np.array([e["sigma_u"] * e["sigma_e"] ** 2, -e["sigma_e"] * e["sigma_u"] ** 2]) * 2 / total**2
    error = float(np.sqrt(slopes @ V @ slopes))
    if not 0 < rho < 1 or not error > 0:
        return CoefficientRow("rho", Figures(rho), bare=True)
    at = ndtri(rho)
    margin = normal_quantile(level) * error * np.sqrt(2 * np.pi) * np.exp(at**2 / 2)
    figures = Figures(rho, error, lower=float(ndtr(at - margin)), upper=float(ndtr(at + margin)))
    return CoefficientRow("rho", figures, bare=True)


def _header(estimates: Estimates) -> PanelHeader:
    e, model = estimates.scalars, estimates.macros["model"]
    if model in ("fe", "be"):
        statistic = (f"F({e['df_m']:.0f},{e['df_r']:.0f})", e["F"])
        probability = ("Prob > F", f_tail(e["F"], e["df_m"], e["df_r"]) if e["F"] < MISSING else MISSING)
    else:
        kind = "LR" if model == "ml" else "Wald"
        statistic, probability = (f"{kind} chi2({e['df_m']:.0f})", e["chi2"]), ("Prob > chi2", e["p"])
    last = {
        "fe": lambda: f"corr(u_i, Xb)  = {format_value(e['corr'], '%7.4f').strip()}",
        "re": lambda: "corr(u_i, X)   = 0 (assumed)",
        "be": lambda: f"sd(u_i + avg(e_i.))= {format_value(e['rmse'], '%9.0g').rjust(9)}",
        "ml": lambda: f"Log likelihood  = {format_value(e['ll'], '%10.0g').strip()}",
    }[model]()
    r2 = None if model == "ml" else (e["r2_w"], e["r2_b"], e["r2_o"])
    return PanelHeader(
        TITLES[model],
        estimates.macros["ivar"],
        e["N"],
        e["N_g"],
        (e["g_min"], e["g_avg"], e["g_max"]),
        r2,
        "Random effects u_i ~ Gaussian",
        statistic,
        probability,
        last,
    )


ESTIMATOR = Xtreg(
    XTREG_STATISTICS,
    lambda e: list(render_header(_header(e))),
    _effects_test,
    _extras,
    XTREG_DISPLAY,
    _components,
)
