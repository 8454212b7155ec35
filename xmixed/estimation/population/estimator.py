"""The estimator xtgee: replay, terms, and what predict makes."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.frame import EstimationFrame, variable_of
from xmixed.estimation.generalized.families import EXPONENTIAL, FAMILIES
from xmixed.estimation.generalized.links import Link
from xmixed.estimation.generalized.options import Distribution
from xmixed.estimation.generalized.trials import trials_over
from xmixed.estimation.inference.prediction import (
    linear_gradient,
    linear_predictor,
    standard_error_of_prediction,
)
from xmixed.estimation.likelihood.predictors import terms_of
from xmixed.estimation.population.options import XTGEE_DISPLAY, population_link, read_structure
from xmixed.estimation.population.working import Independent
from xmixed.estimation.results import Option, Statistic
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.panel import PopulationHeader, render_population_header
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings


def _distribution(e: Estimates) -> Distribution:
    title = e.macros["family"]
    name = next((own for own, family in FAMILIES.items() if family.title == title), "nbinomial")
    return Distribution(name, e.macros.get("denom", ""), e.scalars.get("nbalpha", 1.0))


def _link(e: Estimates) -> Link:
    return population_link(e.macros["link"], _distribution(e))


def _trials(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    return trials_over(e.macros.get("denom", ""), frame)


_linear = linear_predictor(terms_of)
_gradient = linear_gradient(terms_of)


def _offset(e: Estimates, frame: EstimationFrame) -> np.ndarray | float:
    text = e.macros.get("offset", "")
    if not text:
        return 0.0
    name = text[3:-1] if text.startswith("ln(") else text
    frame.require(name)
    values = frame.values(name)
    return np.log(values) if text.startswith("ln(") else values


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    offset = _offset(e, frame)
    return _linear(e, frame, "") + offset


def _mu(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    _trials(e, frame)
    return _link(e).mean(_xb(e, frame, "")) * _trials(e, frame)


def _mu_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    _trials(e, frame)
    slope = _link(e).slope(_xb(e, frame, "")) * _trials(e, frame)
    return slope[:, None] * _gradient(e, frame, "")


def _rate(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _link(e).mean(_linear(e, frame, ""))


def _rate_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _link(e).slope(_linear(e, frame, ""))[:, None] * _gradient(e, frame, "")


def _score(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the slope of a row's quasi-likelihood along its linear predictor."""
    _trials(e, frame)
    eta = _xb(e, frame, "")
    mu = _link(e).mean(eta)
    left = frame.values(*variable_of(e.macros["depvar"])) - _trials(e, frame) * mu
    return left * _link(e).slope(eta) / _distribution(e).family().variance(mu) / e.scalars["phi"]


STATISTICS = (
    Statistic(
        "mu",
        "mu",
        _mu,
        lambda e, argument: f"Predicted mean {e.macros['depvar']}",
        gradient=_mu_gradient,
        assumed="mu assumed; predicted mean {depvar}",
    ),
    Statistic("rate", "rate", _rate, lambda e, argument: "Predicted rate", gradient=_rate_gradient),
    Statistic("xb", "xb", _xb, lambda e, argument: "Linear prediction", gradient=_gradient),
    Statistic(
        "stdp", "stdp", standard_error_of_prediction(terms_of), lambda e, argument: "S.E. of the prediction"
    ),
    Statistic("score", "sc", _score, lambda e, argument: "equation-level score", needs="outcome"),
)


class Xtgee(FittedEstimator):
    """See `results.Estimator`."""

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table of coefficients, with the line about panels above robust ones."""
        table = super().table(estimates, option, settings)
        if "vcetype" not in estimates.macros or estimates.macros.get("prefix"):
            return table
        text = f"(Std. Err. adjusted for clustering on {estimates.macros['ivar']})"
        return [line(text.rjust(len(table[0].text))), *table]


def _extras(e: Estimates, option: Option, level: float) -> TableExtras:
    head = ""
    if option("eform"):
        usual = _distribution(e).family().link == e.macros["link"]
        head = EXPONENTIAL.get(e.macros["link"], "exp(b)") if usual else "exp(b)"
    return TableExtras(head, offset=e.macros.get("offset", ""))


def _header(estimates: Estimates) -> PopulationHeader:
    e, macros = estimates.scalars, estimates.macros
    independent = isinstance(read_structure(macros["corr"]), Independent)
    return PopulationHeader(
        macros["title"],
        f"{macros['ivar']} {macros['tvar']}" if "tvar" in macros else macros["ivar"],
        macros["link"],
        _shown_family(_distribution(estimates)),
        macros["corr"],
        e["phi"],
        e["N"],
        e["N_g"],
        (e["g_min"], e["g_avg"], e["g_max"]),
        (e["df_m"], e["chi2"], e["p"]),
        (e["df_pear"], e["chi2_dev"], e["deviance"], e["chi2_dis"], e["dispers"]) if independent else None,
    )


def _shown_family(distribution: Distribution) -> str:
    title = distribution.family().title
    if distribution.trials:
        return f"{title}({distribution.trials})"
    return f"{title}(k={distribution.k:g})" if distribution.name == "nbinomial" else title


ESTIMATOR = Xtgee(
    STATISTICS, lambda e: render_population_header(_header(e)), extras=_extras, options=XTGEE_DISPLAY
)
