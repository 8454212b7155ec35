"""The options of generalised linear mixed models, and which of them a replay may give."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import IRR, MAXIMISE_OPTIONS, OR
from xmixed.estimation.mixed.options import DISPLAY_OPTIONS, FIXED_OPTIONS, RANDOM_OPTIONS
from xmixed.estimation.table_options import CLUSTER_OPTIONS
from xmixed.language.syntax import OptionSpec, Syntax

_WEIGHTS = frozenset({"fweight", "pweight"})

MULTILEVEL_DISPLAY = (*DISPLAY_OPTIONS, OR, IRR)
"""Options that a replay may have."""

_MODEL = (
    OptionSpec("intpoints", "intp", "numlist", "points of the quadrature; default 7"),
    OptionSpec("laplace", "lap", help="Laplace's approximation, the same as intpoints(1)"),
    OptionSpec(
        "intmethod",
        "intm",
        "choice",
        "method of integration: all are adaptive about the modes, laplace has one point",
        (
            ("mvaghermite", "mv"),
            ("mcaghermite", "mc"),
            ("pcaghermite", "pc"),
            ("laplace", "lap"),
            ("ghermite", "gh"),
        ),
    ),
    OptionSpec("vce", "vce", "vce", "type of standard errors: oim, robust, cluster clustvar"),
    *CLUSTER_OPTIONS,
    OptionSpec("refineopts", "refine", "text", "how starting values are refined", built=False),
    OptionSpec("retolerance", "retol", "number", "tolerance of the modes", built=False),
    OptionSpec("reiterate", "reiter", "integer", "iterations of the modes", built=False),
    OptionSpec("from", "from", "text", "starting values", built=False),
    OptionSpec("difficult", "dif", help="other steps where the likelihood is not concave; they always are"),
    OptionSpec("technique", "tech", "text", "optimisation technique", built=False),
    OptionSpec("matsqrt", "matsqrt", help="optimise matrix square roots of covariances; the default"),
    OptionSpec("matlog", "matlog", "flag", "optimise matrix logarithms of covariances", built=False),
    *MAXIMISE_OPTIONS,
)
_OFFSET = OptionSpec("offset", "off", "varname", "variable whose coefficient is 1")
_EXPOSURE = OptionSpec("exposure", "e", "varname", "variable of exposure, as ln(exposure)")
_BINOMIAL = OptionSpec("binomial", "bin", "text", "numbers of trials: a number or a variable")


def _syntax(*own: OptionSpec, display: tuple[OptionSpec, ...] = ()) -> Syntax:
    """Return the syntax; `own` belong to the fixed-effects equation in Stata, to the command here as well."""
    return Syntax(
        argument="mixed",
        condition=True,
        in_range=True,
        options=(*_MODEL, *own, *DISPLAY_OPTIONS, *display),
        fixed_options=(*FIXED_OPTIONS, *own),
        random_options=tuple(spec for spec in RANDOM_OPTIONS if spec.name not in _WEIGHTS),
        exclusive=(("variance", "stddeviations"), ("laplace", "intpoints")),
    )


SYNTAX: dict[str, Syntax] = {
    "binomial": _syntax(_OFFSET, _BINOMIAL, display=(OR,)),
    "counts": _syntax(_OFFSET, _EXPOSURE, display=(IRR,)),
    "ordered": _syntax(_OFFSET, display=(OR,)),
}
"""Syntax by family."""
