"""The options of models of several equations."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import EXPOSURE, IRR, MAXIMISE_OPTIONS, NOCONSTANT, OFFSET, VARIANCE
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

_WEIGHTS = ("fweight", "pweight", "iweight")
_SHARED = (*CLUSTER_OPTIONS, *MAXIMISE_OPTIONS, *TABLE_OPTIONS)
COUNT_DISPLAY = (*TABLE_OPTIONS, IRR)


def _syntax(*options: OptionSpec) -> Syntax:
    return Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(*options, *_SHARED),
    )


HECKMAN_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=_WEIGHTS,
    options=(
        OptionSpec("select", "sel", "text", "the selection: [depvar_s =] varlist_s [, noconstant offset()]"),
        OptionSpec("twostep", "two", help="two-step estimates"),
        OptionSpec("mle", "ml", help="maximum likelihood; the default"),
        OptionSpec("first", "fir", help="show the first-step probit", built=False),
        NOCONSTANT,
        OFFSET,
        variance_option(("oim", "oim"), ("robust", "r"), ("cluster", "cl"), ("twostep", "two")),
        *_SHARED,
    ),
    exclusive=(("twostep", "mle"),),
)
_INFLATED = (
    OptionSpec("inflate", "inf", "text", "what decides on zeros: varlist [, noconstant offset()] or _cons"),
    OptionSpec("probit", "prob", help="the inflation is a probit, not a logit"),
    OptionSpec("vuong", "vuong", help="Vuong's test against the model without inflation"),
    OptionSpec("zip", "zip", help="test against the zero-inflated Poisson model", built=False),
    NOCONSTANT,
    OFFSET,
    EXPOSURE,
    IRR,
    VARIANCE,
)
ZERO_INFLATED_SYNTAX = _syntax(*_INFLATED)
TRUNCREG_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=("fweight", "aweight", "pweight", "iweight"),
    options=(
        OptionSpec("ll", "ll", "number", "limit below which outcomes are not seen"),
        OptionSpec("ul", "ul", "number", "limit above which outcomes are not seen"),
        NOCONSTANT,
        OFFSET,
        VARIANCE,
        *_SHARED,
    ),
)
HETPROB_SYNTAX = _syntax(
    OptionSpec("het", "het", "text", "covariates of the logarithm of the standard deviation"),
    NOCONSTANT,
    OFFSET,
    VARIANCE,
)
BIPROBIT_SYNTAX = Syntax(
    "text",
    condition=True,
    in_range=True,
    weights=_WEIGHTS,
    options=(
        NOCONSTANT,
        OptionSpec("partial", "partial", help="partial observability", built=False),
        VARIANCE,
        *_SHARED,
    ),
)
IVPROBIT_SYNTAX = Syntax(
    "instruments",
    condition=True,
    in_range=True,
    weights=_WEIGHTS,
    options=(
        OptionSpec("mle", "ml", help="maximum likelihood; the default"),
        OptionSpec("twostep", "two", help="two-step estimates", built=False),
        OptionSpec("first", "first", help="show the first-stage regression; it is shown always"),
        VARIANCE,
        *_SHARED,
    ),
)
