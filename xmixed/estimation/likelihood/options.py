"""The options of the likelihood models, and which of them a replay may give."""

from __future__ import annotations

from xmixed.estimation.likelihood.newton import Tolerances
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax

MAXIMISE_OPTIONS = (
    OptionSpec("log", "log", "negatable", "show the iteration log"),
    OptionSpec("iterate", "iter", "integer", "maximum number of iterations; default 16000", minimum_value=0),
    OptionSpec("tolerance", "tol", "number", "tolerance of the coefficients; default 1e-6", minimum_value=0),
    OptionSpec("ltolerance", "ltol", "number", "tolerance of the likelihood; default 1e-7", minimum_value=0),
    OptionSpec("nrtolerance", "nrtol", "number", "tolerance of the gradient; default 1e-5", minimum_value=0),
)


def limits_of(node: Command) -> Tolerances:
    """Return the tolerances that the maximise options of a command ask for."""
    given = ("iterate", "tolerance", "ltolerance", "nrtolerance")
    return Tolerances(**{name: node.option(name) for name in given if name in node.options})


NOCONSTANT = OptionSpec("noconstant", "noc", help="suppress the constant")
OFFSET = OptionSpec("offset", "off", "varname", "variable whose coefficient is 1")
EXPOSURE = OptionSpec("exposure", "e", "varname", "variable of exposure, as ln(exposure)")
VARIANCE = variance_option(("oim", "oim"), ("robust", "r"), ("cluster", "cl"))

OR = OptionSpec("or", "or", help="show odds ratios")
COEF = OptionSpec("coef", "coef", help="show coefficients, not odds ratios")
IRR = OptionSpec("irr", "ir", help="show incidence-rate ratios")
RRR = OptionSpec("rrr", "rr", help="show relative-risk ratios")

CONSTRAINTS = OptionSpec("constraints", "const", "text", "numbers of constraints")
EFORM = OptionSpec("eform", "ef", help="show exponentiated coefficients")

NOLRTEST = OptionSpec("nolrtest", "nolr", help="no test against the simpler model")

LIKELIHOOD_DISPLAY = (*TABLE_OPTIONS, OR, COEF, IRR, RRR, EFORM, NOLRTEST)
"""Options that the replay of some likelihood model has."""


def _syntax(*options: OptionSpec) -> Syntax:
    return Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        weights=("fweight", "pweight", "iweight"),
        options=(*options, CONSTRAINTS, VARIANCE, *CLUSTER_OPTIONS, *MAXIMISE_OPTIONS, *TABLE_OPTIONS),
    )


SYNTAX: dict[str, Syntax] = {
    "logit": _syntax(NOCONSTANT, OFFSET, OR, OptionSpec("asis", "asis", help="keep perfect predictors")),
    "logistic": _syntax(NOCONSTANT, OFFSET, COEF, OptionSpec("asis", "asis", help="keep perfect predictors")),
    "probit": _syntax(NOCONSTANT, OFFSET, OptionSpec("asis", "asis", help="keep perfect predictors")),
    "cloglog": _syntax(NOCONSTANT, OFFSET, EFORM, OptionSpec("asis", "asis", help="keep perfect predictors")),
    "poisson": _syntax(
        NOCONSTANT,
        OFFSET,
        IRR,
        EXPOSURE,
    ),
    "nbreg": _syntax(
        NOCONSTANT,
        OFFSET,
        IRR,
        EXPOSURE,
        OptionSpec(
            "dispersion",
            "d",
            "choice",
            "what the dispersion is a function of: mean, the default, or constant",
            (("mean", "m"), ("constant", "c")),
        ),
        NOLRTEST,
    ),
    "ologit": _syntax(OFFSET, OR),
    "oprobit": _syntax(OFFSET),
    "mlogit": _syntax(NOCONSTANT, RRR, OptionSpec("baseoutcome", "b", "number", "value of the base outcome")),
}
"""Syntax of each command."""
