"""The likelihood models as generic commands see them: replay, terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xmixed.estimation.coefficients import degrees_of_freedom
from xmixed.estimation.constrained.constraints import shown_constraints
from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.likelihood.kinds import KINDS
from xmixed.estimation.likelihood.options import COEF, IRR, LIKELIHOOD_DISPLAY, OR, RRR
from xmixed.estimation.likelihood.residual_statistics import influence
from xmixed.estimation.likelihood.statistics import STATISTICS
from xmixed.estimation.resampling.options import exponential_heading
from xmixed.estimation.results import Option
from xmixed.missing import MISSING
from xmixed.output import Line
from xmixed.render.layouts.estimation.beside import Entry, chi2_entries, likelihood_text, render_beside
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow
from xmixed.render.layouts.estimation.likelihood import LikelihoodHeader, render_header, render_mixture_test
from xmixed.session.results import Estimates


class LikelihoodModel(FittedEstimator):
    """See `results.Estimator`; one for each group of models."""

    def above(self, estimates: Estimates, option: Option) -> list[Line]:
        return [*self.header(estimates), *shown_constraints(estimates)]

    def below(self, estimates: Estimates, option: Option) -> list[Line]:
        if "chi2_c" not in estimates.scalars or option("nolrtest"):
            return []
        e = estimates.scalars
        return [render_mixture_test(_dispersion_name(estimates), e["chi2_c"], e["p_c"])]

    def usual_exponential(self, estimates: Estimates) -> str:
        """See `results.ShowsExponentials`: logistic shows odds ratios."""
        kind = KINDS[estimates.macros["cmd"]]
        return kind.exponential if kind.command == "logistic" else ""

    def influence(self, estimates: Estimates, frame: EstimationFrame) -> np.ndarray:
        """See `results.HasInfluence`."""
        return influence(estimates, frame, next(item for item in self.statistics if item.minimum == "sc"))

    def correction(self, estimates: Estimates) -> float:
        """See `results.HasInfluence`."""
        units = estimates.scalars.get("N_clust", estimates.scalars["N"])
        return units / (units - 1)


def _extras(estimates: Estimates, option: Option, level: float) -> TableExtras:
    """Return what the table has beyond the usual: exponentiated coefficients where options say so."""
    kind = KINDS[estimates.macros["cmd"]]
    asked = any(option(spec.name) for spec in (OR, IRR, RRR))
    own = kind.exponential if asked or (kind.command == "logistic" and not option(COEF.name)) else ""
    return TableExtras(
        own or exponential_heading(option),
        base=_base(estimates),
        offset=estimates.macros.get("offset", ""),
        last=_dispersion_row(estimates, level),
        apart="dispers" in estimates.macros,
    )


def _cloglog_header(estimates: Estimates) -> list[Line]:
    e, macros = estimates.scalars, estimates.macros
    counts = [
        Entry("Number of obs", e["N"]),
        Entry("Zero outcomes", e["N_f"]),
        Entry("Nonzero outcomes", e["N_s"]),
    ]
    left = [macros["title"], "", "", "", "", likelihood_text(e["ll"], "vcetype" in macros)]
    return render_beside(
        left, [*counts, None, *chi2_entries(macros["chi2type"], e["df_m"], e["chi2"], e["p"])]
    )


def likelihood_header(estimates: Estimates) -> list[Line]:
    """Return the header of models with a pseudo-R2."""
    e, macros = estimates.scalars, estimates.macros
    header = LikelihoodHeader(
        macros["title"],
        e["N"],
        macros["chi2type"],
        e["df_m"],
        e["chi2"],
        e["p"],
        e["ll"],
        e.get("r2_p"),
        pseudo="vcetype" in macros,
        dispersion=macros.get("dispers", ""),
    )
    return render_header(header)


def _model(group: str, header: Callable[[Estimates], list[Line]] = likelihood_header) -> LikelihoodModel:
    return LikelihoodModel(STATISTICS[group], header, extras=_extras, options=LIKELIHOOD_DISPLAY)


LOGIT, PROBIT, COUNTS = _model("logit"), _model("probit"), _model("counts")
CLOGLOG, DISPERSED = _model("cloglog", _cloglog_header), _model("dispersed")
ORDERED, MULTINOMIAL = _model("ordered"), _model("multinomial")


def _dispersion_name(estimates: Estimates) -> str:
    return "alpha" if estimates.macros["dispers"] == "mean" else "delta"


def _dispersion_row(estimates: Estimates, level: float) -> tuple[CoefficientRow, ...]:
    """Return alpha or delta of a negative binomial model: exponentiated, as are its limits."""
    if "dispers" not in estimates.macros:
        return ()
    b, V = estimates.matrices["b"].values[0, -1], estimates.matrices["V"].values[-1, -1]
    df = degrees_of_freedom(estimates)
    figures = exponentiated(wald_figures(float(b), float(V), level, None if df is None else float(df[-1])))
    bare = replace(figures, statistic=MISSING, p_value=MISSING)
    return (CoefficientRow(_dispersion_name(estimates), bare, bare=True),)


def _base(estimates: Estimates) -> tuple[int, str, str] | None:
    """Return where the base outcome of mlogit stands among the equations, its name and its note."""
    if "baselab" not in estimates.macros:
        return None
    return int(estimates.scalars["ibaseout"]) - 1, estimates.macros["baselab"], "(base outcome)"
