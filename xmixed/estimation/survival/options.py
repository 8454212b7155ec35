"""The options of stcox and streg."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import MAXIMISE_OPTIONS, NOCONSTANT, OFFSET
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

NOHR = OptionSpec("nohr", "nohr", help="show coefficients, not hazard ratios")
TR = OptionSpec("tr", "tr", help="show time ratios")
NOSHOW = OptionSpec("noshow", "nosh", help="do not show the settings of stset")

COX_DISPLAY = (*TABLE_OPTIONS, NOHR)
REGRESSION_DISPLAY = (*TABLE_OPTIONS, NOHR, TR)

_VARIANCE = variance_option(("oim", "oim"), ("robust", "r"), ("cluster", "cl"))

COX_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("estimate", "est", help="fit a model without covariates"),
        OptionSpec("strata", "st", "varlist", "strata with baseline hazards of their own"),
        OFFSET,
        OptionSpec("breslow", "bre", help="Breslow's method for ties; the default"),
        OptionSpec("efron", "efr", help="Efron's method for ties"),
        OptionSpec("exactm", "exactm", help="exact marginal likelihood", built=False),
        OptionSpec("exactp", "exactp", help="exact partial likelihood", built=False),
        OptionSpec("tvc", "tvc", "varlist", "covariates that vary with time", built=False),
        OptionSpec("texp", "texp", "text", "how they vary with time", built=False),
        OptionSpec("shared", "shared", "varname", "groups with frailties", built=False),
        _VARIANCE,
        *CLUSTER_OPTIONS,
        NOSHOW,
        *MAXIMISE_OPTIONS,
        *COX_DISPLAY,
    ),
    exclusive=(("breslow", "efron"),),
)

STREG_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        OptionSpec(
            "distribution",
            "d",
            "choice",
            "distribution of survival times",
            (
                ("exponential", "e"),
                ("gompertz", "gom"),
                ("loglogistic", "logl"),
                ("llogistic", "ll"),
                ("weibull", "w"),
                ("lognormal", "logn"),
                ("lnormal", "ln"),
                ("gamma", "gam"),
                ("ggamma", "gg"),
            ),
        ),
        OptionSpec("time", "time", help="accelerated failure-time form of exponential and weibull"),
        NOCONSTANT,
        OFFSET,
        OptionSpec("frailty", "fr", "text", "individual frailties", built=False),
        OptionSpec("shared", "sh", "varname", "groups with frailties", built=False),
        OptionSpec("strata", "st", "varname", "strata with ancillary parameters of their own", built=False),
        OptionSpec("ancillary", "anc", "varlist", "covariates of the ancillary parameter", built=False),
        OptionSpec("anc2", "anc2", "varlist", "covariates of the second one", built=False),
        _VARIANCE,
        *CLUSTER_OPTIONS,
        NOSHOW,
        *MAXIMISE_OPTIONS,
        *REGRESSION_DISPLAY,
    ),
    exclusive=(("nohr", "tr"),),
)
