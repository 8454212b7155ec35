"""The options of newey, prais, xtscc and arima."""

from __future__ import annotations

from dataclasses import replace

from xmixed.estimation.likelihood.options import MAXIMISE_OPTIONS
from xmixed.estimation.linear.options import NOCONSTANT
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax

NEWEY_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=("aweight",),
    options=(
        OptionSpec("lag", "la", "integer", "the largest lag of autocorrelation", minimum_value=0),
        OptionSpec("force", "force", help="go on with times that have gaps"),
        NOCONSTANT,
        *TABLE_OPTIONS,
    ),
)
PRAIS_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("corc", "corc", help="Cochrane and Orcutt's transformation: the first row is lost"),
        OptionSpec("twostep", "two", help="stop after the first estimate of rho"),
        OptionSpec("ssesearch", "sse", help="search for the rho of the least sum of squares", built=False),
        OptionSpec(
            "rhotype",
            "rho",
            "choice",
            "how rho is estimated; default regress",
            (
                ("regress", "reg"),
                ("freg", "fr"),
                ("tscorr", "ts"),
                ("dw", "dw"),
                ("theil", "th"),
                ("nagar", "nag"),
            ),
        ),
        OptionSpec("tolerance", "tol", "number", "tolerance of rho; default 0.001", minimum_value=0),
        OptionSpec("iterate", "iter", "integer", "most iterations; default 100", minimum_value=0),
        OptionSpec("nodw", "nodw", help="no Durbin-Watson statistic"),
        OptionSpec("log", "log", "negatable", "show the iteration log; the default"),
        NOCONSTANT,
        variance_option(("ols", "ols"), ("robust", "r"), ("cluster", "cl"), ("hc2", "hc2"), ("hc3", "hc3")),
        *CLUSTER_OPTIONS,
        *TABLE_OPTIONS,
    ),
)
XTSCC_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=("aweight",),
    options=(
        OptionSpec("lag", "l", "integer", "the largest lag of autocorrelation", minimum_value=0),
        OptionSpec("fe", "fe", help="fixed effects of panels"),
        OptionSpec("pooled", "pool", help="no effects; the default"),
        OptionSpec("re", "re", built=False),
        OptionSpec("ase", "ase", built=False),
        NOCONSTANT,
        *(own for own in TABLE_OPTIONS if own.name != "level"),
        replace(LEVEL, minimum="le"),
    ),
    exclusive=(("fe", "pooled"),),
)
ARIMA_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("arima", "ari", "text", "#p,#d,#q: lags, differences, lags of the moving average"),
        OptionSpec("ar", "ar", "numlist", "lags of the autoregression"),
        OptionSpec("ma", "ma", "numlist", "lags of the moving average"),
        OptionSpec("sarima", "sari", "text", "#P,#D,#Q,#s: the same in seasons of # periods"),
        OptionSpec("mar", "mar", "text", "numlist,#s: lags in seasons of a multiplicative autoregression"),
        OptionSpec("mma", "mma", "text", "numlist,#s: those of a multiplicative moving average"),
        NOCONSTANT,
        OptionSpec("condition", "cond", built=False),
        OptionSpec("constraints", "const", "text", built=False),
        OptionSpec("diffuse", "diff", built=False),
        OptionSpec("p0", "p0", "text", built=False),
        OptionSpec("state0", "state0", "text", built=False),
        OptionSpec("from", "from", "text", built=False),
        OptionSpec("savespace", "save", help="accepted; nothing is to be saved"),
        OptionSpec("technique", "tech", "text", "accepted; steps are Newton's"),
        variance_option(("opg", "opg"), ("oim", "oim"), ("robust", "r")),
        CLUSTER_OPTIONS[0],
        *MAXIMISE_OPTIONS,
        *TABLE_OPTIONS,
    ),
)
