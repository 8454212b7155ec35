"""The options of cnsreg."""

from __future__ import annotations

from xmixed.estimation.linear.options import NOCONSTANT, WEIGHTS
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

CNSREG_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=WEIGHTS,
    options=(
        OptionSpec("constraints", "c", "text", "numbers of the constraints"),
        OptionSpec("collinear", "col", help="keep collinear variables", built=False),
        NOCONSTANT,
        variance_option(("ols", "ols"), ("robust", "r"), ("cluster", "cl")),
        *CLUSTER_OPTIONS,
        *TABLE_OPTIONS,
    ),
)
