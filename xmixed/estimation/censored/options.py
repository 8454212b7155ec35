"""The options of tobit and intreg."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import MAXIMISE_OPTIONS, NOCONSTANT, OFFSET
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

_SHARED = (
    NOCONSTANT,
    OFFSET,
    variance_option(("oim", "oim"), ("robust", "r"), ("cluster", "cl")),
    *CLUSTER_OPTIONS,
    *MAXIMISE_OPTIONS,
    *TABLE_OPTIONS,
)


def _syntax(*options: OptionSpec) -> Syntax:
    return Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight", "pweight", "iweight"),
        options=options,
    )


TOBIT_SYNTAX = _syntax(
    OptionSpec(
        "ll", "ll", "number", "limit of left-censoring; alone the smallest value", optional_value=True
    ),
    OptionSpec(
        "ul", "ul", "number", "limit of right-censoring; alone the largest value", optional_value=True
    ),
    *_SHARED,
)
INTREG_SYNTAX = _syntax(
    OptionSpec("het", "het", "text", "a variance that depends on covariates", built=False), *_SHARED
)
