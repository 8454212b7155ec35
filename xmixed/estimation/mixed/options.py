"""The options of xtmixed, as its registry entry lists them, and which of them a replay may give."""

from __future__ import annotations

from xmixed.estimation.table_options import CLUSTER_OPTIONS, COEFFICIENT_OPTIONS
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax

MIXED = ("xtmixed", "mixed")
"""What e(cmd) is after a linear mixed model."""

MULTILEVEL = (
    *MIXED,
    *("xtmelogit", "meqrlogit", "melogit", "meprobit", "mecloglog", "meologit", "meoprobit"),
    *("xtmepoisson", "meqrpoisson", "mepoisson"),
)
"""And after any multilevel model."""

STRUCTURES = (
    ("independent", "ind"),
    ("exchangeable", "ex"),
    ("identity", "id"),
    ("unstructured", "un"),
)
"""Covariance structures with their shortest abbreviations."""

FIXED_OPTIONS = (OptionSpec("noconstant", "noc", help="suppress the constant of the fixed-effects equation"),)

RANDOM_OPTIONS = (
    OptionSpec(
        "covariance",
        "cov",
        "choice",
        "variance-covariance structure of the random effects",
        choices=STRUCTURES,
    ),
    OptionSpec("noconstant", "noc", help="suppress the constant of the random-effects equation"),
    OptionSpec("collinear", "col", help="keep collinear variables"),
    OptionSpec("fweight", "fw", "expression", "frequency weights at higher levels"),
    OptionSpec("pweight", "pw", "expression", "sampling weights at higher levels"),
)

MODEL_OPTIONS = (
    OptionSpec("mle", "ml", help="fit by maximum likelihood; the default"),
    OptionSpec("reml", "reml", help="fit by restricted maximum likelihood"),
    OptionSpec(
        "pwscale",
        "pwscale",
        "choice",
        "scaling of sampling weights in two-level models",
        choices=(("size", "size"), ("effective", "effective"), ("gk", "gk")),
    ),
    OptionSpec(
        "residuals",
        "res",
        "residuals",
        "residual errors: independent, exchangeable, ar #, ma #, unstructured, banded #, toeplitz # or "
        "exponential [, by(varname) t(varname)]",
    ),
    OptionSpec("vce", "vce", "vce", "type of standard errors: oim, robust, cluster clustvar"),
    *CLUSTER_OPTIONS,
    OptionSpec("nostderr", "nostd", help="no standard errors of random-effects parameters"),
    OptionSpec("emiterate", "emiter", "integer", "number of EM iterations; default 20"),
    OptionSpec("emtolerance", "emtol", "number", "EM convergence tolerance; default 1e-10"),
    OptionSpec("emonly", "emonly", help="fit by EM only"),
    OptionSpec("emlog", "emlog", help="show the EM iteration log"),
    OptionSpec("emdots", "emd", help="show EM iterations as dots"),
    OptionSpec("difficult", "dif", help="other steps where the likelihood is not concave"),
    OptionSpec("technique", "tech", "text", "optimisation technique: nr, dfp, bfgs, nr 5 bfgs 10"),
    OptionSpec("iterate", "iter", "integer", "maximum number of iterations; default 16000"),
    OptionSpec("dfmethod", "dfm", "text", "degrees of freedom of later editions", built=False),
    OptionSpec("log", "log", "negatable", "show the iteration log; the default"),
    OptionSpec("trace", "tr", help="show parameters in the iteration log"),
    OptionSpec("gradient", "grad", help="show the gradient in the iteration log"),
    OptionSpec("showstep", "showstep", help="show steps within an iteration"),
    OptionSpec("hessian", "hess", help="show the negative Hessian in the iteration log"),
    OptionSpec("showtolerance", "showtol", help="show the convergence criteria in the iteration log"),
    OptionSpec("from", "from", "text", "starting values in the estimation metric"),
    OptionSpec("tolerance", "tol", "number", "tolerance of the parameters; default 1e-6"),
    OptionSpec("ltolerance", "ltol", "number", "tolerance of the log likelihood; default 1e-7"),
    OptionSpec("nrtolerance", "nrtol", "number", "tolerance of the scaled gradient; default 1e-5"),
    OptionSpec("nonrtolerance", "nonrtol", help="do not ask for the scaled gradient"),
    OptionSpec("matsqrt", "matsqrt", help="optimise matrix square roots of covariances; the default"),
    OptionSpec("matlog", "matlog", help="optimise matrix logarithms of covariances"),
)
"""Options that only an estimation may have."""

DISPLAY_OPTIONS = (
    LEVEL,
    OptionSpec("variance", "var", help="show variances and covariances"),
    OptionSpec("stddeviations", "stddev", help="show standard deviations and correlations"),
    OptionSpec("norettable", "noret", help="suppress the random-effects table"),
    OptionSpec("noretable", "noreta", help="norettable, as later editions spell it"),
    OptionSpec("nofetable", "nofet", help="suppress the fixed-effects table"),
    OptionSpec("estmetric", "estm", help="show parameters in the estimation metric"),
    OptionSpec("noheader", "nohead", help="suppress the header"),
    OptionSpec("nogroup", "nogr", help="suppress the table of groups"),
    OptionSpec("nolrtest", "nolr", help="no likelihood-ratio test against linear regression"),
    *COEFFICIENT_OPTIONS,
    OptionSpec("no1stretch", "no1stretch", help="the same as nolstretch"),
)
"""Options that a replay may have too."""

MIXED_SYNTAX = Syntax(
    argument="mixed",
    condition=True,
    in_range=True,
    weights=("fweight", "pweight"),
    options=MODEL_OPTIONS + DISPLAY_OPTIONS,
    fixed_options=FIXED_OPTIONS,
    random_options=RANDOM_OPTIONS,
    exclusive=(("mle", "reml"), ("matsqrt", "matlog"), ("variance", "stddeviations")),
)

ESTIMATION_ONLY = frozenset(option.name for option in MODEL_OPTIONS)
