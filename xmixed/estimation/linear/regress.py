"""The estimator regress: from a sample to e(), and from e() to its display."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.coefficients import Centred
from xmixed.estimation.display_options import display_options
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    TableExtras,
    coefficient_table,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.linear.options import REGRESS_DISPLAY
from xmixed.estimation.linear.regression import Regression, regression
from xmixed.estimation.linear.statistics import REGRESS_STATISTICS, influence
from xmixed.estimation.resampling.options import exponential_heading
from xmixed.estimation.results import Option, Statistic
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.regression import (
    SourceRow,
    figures_of,
    render_analysis,
    render_figures,
    root_figure,
    share_figure,
)
from xmixed.session.results import Estimates, Matrix
from xmixed.session.settings import Settings
from xmixed.statistics.distributions import f_tail
from xmixed.statistics.linear.least_squares import least_squares

TITLE = "Linear regression"
ERROR_TITLES = {"robust": "Robust", "cluster": "Robust", "hc2": "Robust HC2", "hc3": "Robust HC3"}
"""e(vcetype) by the kind of variance."""


def stata(value: float) -> float:
    """Return a number as Stata has it: what is not finite is missing."""
    return float(value) if np.isfinite(value) and abs(value) < MISSING else MISSING


def implies_constant(sample: SingleSample) -> bool:
    """Return whether the covariates of a sample make up a constant."""
    ones = np.ones(len(sample.y))
    return least_squares(ones, sample.columns).rss <= 1e-10 * len(ones)


def fit(
    sample: SingleSample, cmdline: str, mse1: bool = False, total: str = ""
) -> tuple[Estimates, SingleSample]:
    """Fit a linear regression; return e() without its mark, and the sample with omitted terms marked.

    Parameters
    ----------
    total : str
        See `regression`.

    Raises
    ------
    FloatingPointError
        Where sums overflow.
    """
    found = regression(
        sample.y, sample.columns, sample.weighting, sample.variance.kind, sample.clusters, mse1, total
    )
    return estimates_of(found, sample, cmdline, total == "implied")


def estimates_of(
    found: Regression, sample: SingleSample, cmdline: str, implied: bool = False
) -> tuple[Estimates, SingleSample]:
    """Return e() of a regression without its mark, and the sample with omitted terms marked.

    `implied`: covariates make up a constant that has no term of its own.
    """
    settled = sample.settled(found.fit.omitted)
    kept = ~found.fit.omitted
    estimated = np.array([not term.status for term in settled.terms], dtype=bool)
    names = [term.name for term in settled.terms]
    robust = sample.variance.kind != "ols"
    variance, model_based = (
        whole_matrix(estimated, matrix[np.ix_(kept, kept)]) for matrix in (found.variance, found.model_based)
    )
    b = whole_vector(settled.terms, found.fit.beta[kept])
    matrices = estimates_matrices(names, sample.depvar, b, variance, model_based if robust else None)
    # Ours: replay with beta needs them.
    matrices["beta"] = Matrix(_standardised(settled, found)[None, :], ["y1"], names)
    fitted = FittedTerms(sample.depvar, (FittedEquation("", settled.terms),))
    estimates = Estimates(
        _scalars(found, sample, implied), _macros(sample, cmdline, robust), matrices, payload=fitted
    )
    if found.fit.constant is not None:
        origins = whole_vector(settled.terms, found.fit.centers[kept])
        centred = whole_matrix(estimated, found.centred[np.ix_(kept, kept)])
        constant = next(place for place, term in enumerate(settled.terms) if not term.parts)
        estimates.centred = Centred(origins, constant, centred, matrices["V"].values)
    return estimates, settled


def _standardised(settled: SingleSample, found: Regression) -> np.ndarray:
    """Return b sd(x) / sd(y) of every term, missing for the constant."""
    kept, fit = ~found.fit.omitted, found.fit
    scale = np.sqrt(fit.column_squares[kept] / fit.tss) if fit.tss > 0 else np.zeros(kept.sum())
    whole = whole_vector(settled.terms, fit.beta[kept] * scale)
    return np.where([not term.parts for term in settled.terms], MISSING, whole)


def _scalars(found: Regression, sample: SingleSample, implied: bool) -> dict[str, float]:
    constant = implied or any(column is None for column in sample.columns)
    df_total = found.n - constant
    r2_a = 1 - (1 - found.r2) * df_total / found.df_error if found.df_error > 0 else np.nan
    scalars = {
        "N": found.n,
        "df_m": found.df_model,
        "df_r": found.df_residual,
        "F": stata(found.statistic),
        "r2": stata(found.r2),
        "rmse": stata(np.sqrt(found.mean_square)),
        "mss": found.mss,
        "rss": found.fit.rss,
        "r2_a": stata(r2_a),
        "ll": stata(found.log_likelihood),
        "ll_0": stata(found.null_log_likelihood),
        "rank": float(found.fit.rank),
    }
    if sample.clusters is not None:
        scalars["N_clust"] = float(sample.clusters.count)
    return scalars


def _macros(sample: SingleSample, cmdline: str, robust: bool) -> dict[str, str]:
    macros = {
        "cmd": "regress",
        "cmdline": cmdline,
        "depvar": sample.depvar,
        "model": "ols",
        "title": TITLE,
        "vce": sample.variance.kind,
        "vcetype": ERROR_TITLES[sample.variance.kind] if robust else "",
        "clustvar": sample.variance.cluster,
        "properties": "b V",
        "predict": "regres_p",
        "estat_cmd": "regress_estat",
        "marginsok": "XB default",
        **weight_macros(sample),
    }
    return {name: text for name, text in macros.items() if text}


class Regress:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = REGRESS_DISPLAY
    statistics: tuple[Statistic, ...] = REGRESS_STATISTICS

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        options = display_options(option, settings, False)
        lines: list[Line] = []
        if options.header and not option("noheader"):
            lines += [line(), *analysis_header(estimates)]
        if not option("notable"):
            lines += [line(), *self.table(estimates, option, settings)]
        return lines

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """See `results.Tabular`."""
        fitted: FittedTerms = estimates.payload
        extras = TableExtras(
            exponential_heading(option), estimates.matrices["beta"].values[0] if option("beta") else None
        )
        name = option("depname")
        shown = FittedTerms(str(name), fitted.equations) if name else fitted
        return coefficient_table(estimates, shown, display_options(option, settings, False), extras)

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return estimates.payload.terms

    def influence(self, estimates: Estimates, frame: EstimationFrame) -> np.ndarray:
        """See `results.HasInfluence`."""
        return influence(estimates, frame)

    def correction(self, estimates: Estimates) -> float:
        """See `results.HasInfluence`."""
        e = estimates.scalars
        left = e["N"] - e["rank"]
        if "N_clust" in e:
            return (e["N"] - 1) / left * e["N_clust"] / (e["N_clust"] - 1)
        return e["N"] / left


ESTIMATOR = Regress()


def analysis_header(estimates: Estimates) -> list[Line]:
    """Return the analysis of variance beside the figures of the model; these alone after robust variances."""
    e = estimates.scalars
    p_value = f_tail(e["F"], e["df_m"], e["df_r"]) if e["F"] < MISSING else MISSING
    figures = figures_of(e["N"], e["df_m"], e["df_r"], e["F"], p_value)
    figures.append(share_figure("R-squared", e["r2"]))
    root = root_figure(e["rmse"])
    if "vcetype" in estimates.macros:
        title = TITLE if estimates.macros["cmd"] == "regress" else ""
        return render_figures(title, [*figures, root])
    figures += [share_figure("Adj R-squared", e["r2_a"]), root]
    total, df_total = e["mss"] + e["rss"], e["df_m"] + e["df_r"]
    rows = [
        SourceRow("Model", e["mss"], e["df_m"], e["mss"] / e["df_m"] if e["df_m"] else MISSING),
        SourceRow("Residual", e["rss"], e["df_r"], e["rss"] / e["df_r"] if e["df_r"] else MISSING),
        SourceRow("Total", total, df_total, total / df_total if df_total else MISSING),
    ]
    return render_analysis(rows, figures)
