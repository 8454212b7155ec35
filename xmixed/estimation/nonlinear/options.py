"""The options of nl."""

from __future__ import annotations

from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

NL_SYNTAX = Syntax(
    "text",
    condition=True,
    in_range=True,
    weights=("fweight", "aweight", "iweight"),
    options=(
        OptionSpec("initial", "init", "text", "initial values: name # name # ..."),
        OptionSpec("variables", "va", "varlist", "variables of the expression; others may be missing"),
        OptionSpec("eps", "eps", "number", "tolerance of the parameters; default 1e-9", minimum_value=0),
        OptionSpec("iterate", "iter", "integer", "most iterations; default 1000", minimum_value=0),
        OptionSpec("log", "log", "negatable", "show the iterations"),
        OptionSpec("title", "ti", "text", "title of the output"),
        OptionSpec("hasconstant", "hasc", "name", "the parameter that is a constant"),
        OptionSpec("noconstant", "nocons", help="no parameter is a constant"),
        OptionSpec("lnlsq", "lnlsq", "number", built=False),
        OptionSpec("delta", "del", "number", built=False),
        variance_option(("gnr", "gnr"), ("robust", "r"), ("cluster", "cl"), ("hc2", "hc2"), ("hc3", "hc3")),
        *CLUSTER_OPTIONS,
        *TABLE_OPTIONS,
    ),
    exclusive=(("hasconstant", "noconstant"),),
)
