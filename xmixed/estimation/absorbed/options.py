"""The options of reghdfe."""

from __future__ import annotations

from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS
from xmixed.language.syntax import OptionSpec, Syntax

REGHDFE_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=("fweight", "aweight", "pweight"),
    options=(
        OptionSpec("absorb", "a", "text", "categorical variables to be absorbed, i.a#i.b for combinations"),
        OptionSpec("vce", "vce", "text", "unadjusted, robust, or cluster with one or several variables"),
        *CLUSTER_OPTIONS[:1],
        OptionSpec("cluster", "cl", "text", "standard errors by clusters; the same as vce(cluster varlist)"),
        OptionSpec("keepsingletons", "keepsin", help="keep groups of one observation"),
        OptionSpec("tolerance", "tol", "number", "tolerance of the absorption", minimum_value=0),
        OptionSpec("noconstant", "noc", help="no constant", built=False),
        OptionSpec("residuals", "res", "name", "residuals as a variable", optional_value=True),
        OptionSpec("group", "group", "name", "groups of outcomes", built=False),
        OptionSpec("individual", "indiv", "name", "individuals within groups", built=False),
        *TABLE_OPTIONS,
    ),
)
