"""The options of xtpcse."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import NOCONSTANT
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.language.syntax import OptionSpec, Syntax

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
        OptionSpec(
            "rhotype",
            "rho",
            "choice",
            "how autocorrelations are estimated",
            (("regress", "reg"), ("freg", "freg"), ("tscorr", "tsc"), ("dw", "dw")),
        ),
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
