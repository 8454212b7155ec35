"""The options of xtlogit, xtprobit, clogit, xtpoisson and xtnbreg."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import EXPOSURE, IRR, MAXIMISE_OPTIONS, NOCONSTANT, OFFSET, OR
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

PANEL_DISPLAY = (*TABLE_OPTIONS, OR)
_VARIANCE = variance_option(("oim", "oim"), ("robust", "r"), ("cluster", "cl"), ("conventional", "conv"))
_RANDOM = (
    OptionSpec("re", "re", help="random effects; the default"),
    OptionSpec("pa", "pa", help="population averages; xtgee has them", built=False),
    OptionSpec("i", "i", "varname", "the panel variable"),
    NOCONSTANT,
    OFFSET,
    OptionSpec(
        "intpoints",
        "intp",
        "integer",
        "points of the quadrature; default 12",
        minimum_value=1,
        maximum_value=195,
    ),
    OptionSpec(
        "intmethod",
        "intm",
        "choice",
        "method of integration: all are adaptive about the modes",
        (("mvaghermite", "mv"), ("aghermite", "a"), ("ghermite", "gh")),
    ),
    OptionSpec("noskip", "nosk", help="a likelihood-ratio test of the model", built=False),
    OptionSpec("constraints", "const", "text", "linear constraints", built=False),
    _VARIANCE,
    *CLUSTER_OPTIONS,
    *MAXIMISE_OPTIONS,
)


def _syntax(
    *options: OptionSpec, weights: tuple[str, ...] = (), exclusive: tuple[tuple[str, ...], ...] = ()
) -> Syntax:
    return Syntax(
        "varlist_factor", condition=True, in_range=True, weights=weights, options=options, exclusive=exclusive
    )


XTLOGIT_SYNTAX = _syntax(
    OptionSpec("fe", "fe", help="fixed effects, by conditional likelihood"),
    *_RANDOM,
    *PANEL_DISPLAY,
    exclusive=(("re", "fe", "pa"),),
)
XTPROBIT_SYNTAX = _syntax(*_RANDOM, *TABLE_OPTIONS, exclusive=(("re", "pa"),))
CLOGIT_SYNTAX = _syntax(
    OptionSpec("group", "gr", "varname", "the groups of matched observations"),
    OptionSpec("strata", "st", "varname", "the same as group()"),
    OFFSET,
    _VARIANCE,
    *CLUSTER_OPTIONS,
    *MAXIMISE_OPTIONS,
    *PANEL_DISPLAY,
    weights=("fweight", "iweight"),
)
_COUNTS = (
    OptionSpec("re", "re", help="random effects; the default"),
    OptionSpec("fe", "fe", help="fixed effects, by conditional likelihood"),
    OptionSpec("pa", "pa", help="population averages; xtgee has them", built=False),
    OptionSpec("i", "i", "varname", "the panel variable"),
    NOCONSTANT,
    OFFSET,
    EXPOSURE,
    OptionSpec("noskip", "nosk", help="a likelihood-ratio test of the model", built=False),
    _VARIANCE,
    *CLUSTER_OPTIONS,
    *MAXIMISE_OPTIONS,
    *TABLE_OPTIONS,
    IRR,
)
XTPOISSON_SYNTAX = _syntax(
    OptionSpec("normal", "normal", help="normal random effects; mepoisson has them", built=False),
    *_COUNTS,
    weights=("iweight",),
    exclusive=(("re", "fe", "pa"),),
)
XTNBREG_SYNTAX = _syntax(*_COUNTS, weights=("iweight",), exclusive=(("re", "fe", "pa"),))
