"""The options of xtpcse and xtgls."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import NOCONSTANT
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.language.syntax import OptionSpec, Syntax

_RHOTYPE = OptionSpec(
    "rhotype",
    "rho",
    "choice",
    "how autocorrelations are estimated",
    (("regress", "reg"), ("freg", "freg"), ("tscorr", "tsc"), ("dw", "dw")),
)
XTPCSE_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        NOCONSTANT,
        OptionSpec(
            "correlation",
            "c",
            "choice",
            "autocorrelation: independent, ar1 or psar1",
            (("independent", "i"), ("ar1", "a"), ("psar1", "p")),
        ),
        _RHOTYPE,
        OptionSpec("hetonly", "het", help="panels of different variances, not correlated"),
        OptionSpec("independent", "ind", help="one variance, panels not correlated"),
        OptionSpec("casewise", "case", help="covariances from periods that all panels have; the default"),
        OptionSpec("pairwise", "pair", help="each covariance from the periods that its two panels have"),
        OptionSpec("nmk", "nmk", help="covariances divided by N - k and not by N"),
        OptionSpec("np1", "np1", help="autocorrelations weighted by the panels' sizes", built=False),
        OptionSpec("detail", "det", help="report gaps in series", built=False),
        *TABLE_OPTIONS,
    ),
    exclusive=(("hetonly", "independent"), ("casewise", "pairwise")),
)

XTGLS_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        NOCONSTANT,
        OptionSpec(
            "panels",
            "p",
            "choice",
            "errors of panels: iid, heteroskedastic or correlated",
            (("iid", "i"), ("heteroskedastic", "h"), ("heteroscedastic", "heterosc"), ("correlated", "c")),
        ),
        OptionSpec(
            "corr",
            "c",
            "choice",
            "autocorrelation: independent, ar1 or psar1",
            (("independent", "i"), ("ar1", "a"), ("psar1", "p")),
        ),
        _RHOTYPE,
        OptionSpec("igls", "ig", help="iterate until the coefficients stay"),
        OptionSpec("nmk", "nmk", help="variances divided by N - k and not by N"),
        OptionSpec("force", "force", help="go on with times that have gaps", built=False),
        OptionSpec("i", "i", "varname", "the panel variable"),
        OptionSpec("t", "t", "varname", "the time variable"),
        OptionSpec("tolerance", "tol", "number", "tolerance of igls; default 1e-7", minimum_value=0),
        OptionSpec("iterate", "iter", "integer", "most iterations; default 100", minimum_value=1),
        OptionSpec("log", "log", "negatable", "accepted: the iterations are not shown"),
        *TABLE_OPTIONS,
    ),
)
