"""The options of regress, areg and xtreg, and which of them a replay may give."""

from __future__ import annotations

from xmixed.estimation.population.options import POPULATION_OPTIONS
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

WEIGHTS = ("fweight", "aweight", "pweight", "iweight")
NOCONSTANT = OptionSpec("noconstant", "noc", help="suppress the constant")

REGRESS_DISPLAY = (
    *TABLE_OPTIONS,
    OptionSpec("beta", "b", help="show standardised coefficients in place of limits"),
    OptionSpec("eform", "ef", "text", "show exp(b), under this heading"),
    OptionSpec("depname", "dep", "name", "name of the dependent variable in the display"),
)
"""Options that a replay of regress may have too."""

REGRESS_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=WEIGHTS,
    options=(
        NOCONSTANT,
        OptionSpec("hascons", "h", help="the covariates make up a constant"),
        OptionSpec("tsscons", "tsscons", help="total sum of squares about the mean; with noconstant"),
        variance_option(("ols", "ols"), ("robust", "r"), ("cluster", "cl"), ("hc2", "hc2"), ("hc3", "hc3")),
        *CLUSTER_OPTIONS,
        OptionSpec("mse1", "mse1", help="take the residual variance as 1"),
        OptionSpec("plus", "plus", help="make the table extendable", built=False),
        *REGRESS_DISPLAY,
    ),
    exclusive=(("noconstant", "hascons"),),
)

AREG_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=("fweight", "aweight", "pweight"),
    options=(
        OptionSpec("absorb", "a", "varname", "the categorical variable to be absorbed"),
        variance_option(("ols", "ols"), ("robust", "r"), ("cluster", "cl")),
        *CLUSTER_OPTIONS,
        *TABLE_OPTIONS,
    ),
)

RREG_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("tune", "tu", "number", "constant of the biweight; default 7", minimum_value=1),
        OptionSpec("genwt", "g", "name", "keep the weights in this variable"),
        OptionSpec("tolerance", "to", "number", "tolerance of the weights; default 0.01", minimum_value=0),
        OptionSpec("iterate", "it", "integer", "most iterations; default 1000", minimum_value=1),
        OptionSpec("log", "log", "negatable", "show the iterations; the default"),
        OptionSpec("graph", "gr", built=False),
        *TABLE_OPTIONS,
    ),
)

PA_ONLY = frozenset({"noconstant", *(spec.name for spec in POPULATION_OPTIONS)})
"""Options of xtreg that the other models do not have."""

XTREG_DISPLAY = (*TABLE_OPTIONS, OptionSpec("theta", "th", help="show the theta of random effects"))

XTREG_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=WEIGHTS,
    options=(
        OptionSpec("fe", "fe", help="fixed effects (within)"),
        OptionSpec("re", "re", help="random effects by generalised least squares; the default"),
        OptionSpec("be", "be", help="between effects"),
        OptionSpec("mle", "ml", help="random effects by maximum likelihood"),
        OptionSpec("pa", "pa", help="population averages by generalised estimating equations"),
        OptionSpec("i", "i", "varname", "the panel variable"),
        OptionSpec("sa", "sa", help="Swamy and Arora's variances for unbalanced panels"),
        OptionSpec("wls", "wls", help="between effects: weighted least squares", built=False),
        OptionSpec("noconstant", "noc", help="pa: suppress the constant"),
        OptionSpec("log", "log", "negatable", "mle, pa: show the iteration log; the default"),
        variance_option(("conventional", "conventional"), ("robust", "r"), ("cluster", "cl"), ("oim", "oim")),
        *CLUSTER_OPTIONS,
        *POPULATION_OPTIONS,
        *XTREG_DISPLAY,
    ),
    exclusive=(("fe", "re", "be", "mle", "pa"),),
)
