"""The options of ml."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import MAXIMISE_OPTIONS
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS
from xmixed.language.syntax import OptionSpec, Syntax

_EXPONENTIALS = tuple(
    OptionSpec(name, name, help=f"show {text}")
    for name, text in (
        ("or", "odds ratios"),
        ("hr", "hazard ratios"),
        ("shr", "subhazard ratios"),
        ("irr", "incidence-rate ratios"),
        ("rrr", "relative-risk ratios"),
    )
)
ML_DISPLAY = (
    *TABLE_OPTIONS,
    OptionSpec("eform", "ef", "text", "show exp(b), under this heading"),
    *_EXPONENTIALS,
)

_SEARCH = OptionSpec(
    "search",
    "sea",
    "choice",
    "look for a start",
    (("on", "on"), ("norescale", "nor"), ("quietly", "q"), ("off", "off")),
)
_MAXIMISE = (
    *MAXIMISE_OPTIONS,
    _SEARCH,
    OptionSpec("difficult", "dif", help="accepted: the search is the same"),
    OptionSpec("technique", "tech", "text", "nr; others are refused"),
)
ML_MODEL_SYNTAX = Syntax(
    "text",
    condition=True,
    in_range=True,
    weights=("fweight", "pweight", "aweight", "iweight"),
    options=(
        OptionSpec(
            "vce",
            "vce",
            "vce",
            "type of standard errors",
            (("oim", "oim"), ("opg", "opg"), ("robust", "r"), ("cluster", "cl")),
        ),
        *CLUSTER_OPTIONS,
        OptionSpec("constraints", "const", "text", "numbers of constraints"),
        OptionSpec("title", "ti", "text", "title of the output"),
        OptionSpec("maximize", "max", help="maximise at once, without showing the results"),
        OptionSpec("init", "init", "text", "where the search begins"),
        OptionSpec("nopreserve", "nopre", help="accepted: the program sees the sample alone"),
        OptionSpec("missing", "missing", help="accepted"),
        OptionSpec("collinear", "col", help="accepted: collinear variables are omitted", built=False),
        OptionSpec("lf0", "lf0", "text", built=False),
        OptionSpec("continue", "cont", built=False),
        OptionSpec("waldtest", "wald", "integer", built=False),
        OptionSpec("noscvars", "nosc", help="accepted"),
        OptionSpec("svy", "svy", built=False),
        OptionSpec("subpop", "subpop", "text", built=False),
        OptionSpec("group", "group", "varname", built=False),
        *_MAXIMISE,
    ),
)
ML_MAXIMIZE_SYNTAX = Syntax(
    options=(
        *_MAXIMISE,
        OptionSpec("nooutput", "noout", help="do not show the results"),
        OptionSpec("noclear", "nocl", help="keep the problem"),
        OptionSpec("repeat", "r", "integer", built=False),
        OptionSpec("bounds", "b", "text", built=False),
        OptionSpec("trace", "tr", built=False),
        OptionSpec("gradient", "grad", built=False),
        OptionSpec("hessian", "hess", built=False),
        OptionSpec("showstep", "shows", built=False),
        *ML_DISPLAY,
    )
)
