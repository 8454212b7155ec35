"""The options of ivregress, ivreg and ivreg2."""

from __future__ import annotations

from dataclasses import replace

from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

IV_DISPLAY = (
    *TABLE_OPTIONS,
    OptionSpec("eform", "ef", "text", "show exp(b), under this heading"),
    OptionSpec("depname", "dep", "name", "name of the dependent variable in the display"),
)
FIRST = OptionSpec("first", "first", help="show the first-stage regressions")

IV_SYNTAX = Syntax(
    "instruments",
    condition=True,
    in_range=True,
    weights=("fweight", "aweight", "pweight", "iweight"),
    options=(
        OptionSpec("noconstant", "nocon", help="suppress the constant"),
        OptionSpec("hascons", "hasc", help="the covariates make up a constant", built=False),
        OptionSpec("small", "small", help="t and F with N - k degrees of freedom"),
        FIRST,
        OptionSpec("wmatrix", "wmat", "text", "gmm: weight matrix: robust, unadjusted, cluster varname"),
        OptionSpec("center", "c", help="gmm: centre moments in the weight matrix"),
        OptionSpec("igmm", "igmm", help="gmm: iterate"),
        OptionSpec("eps", "eps", "number", "igmm: tolerance of coefficients", minimum_value=0),
        OptionSpec("weps", "weps", "number", "igmm: tolerance of the weight matrix", built=False),
        OptionSpec("iterate", "iter", "integer", "igmm: most iterations", minimum_value=1),
        OptionSpec("noheader", "nohe", help="suppress the header"),
        variance_option(
            ("unadjusted", "un"), ("robust", "r"), ("cluster", "cl"), ("ols", "ols"), ("conventional", "conv")
        ),
        *CLUSTER_OPTIONS,
        *(spec for spec in IV_DISPLAY if spec.name != "noheader"),
    ),
)

IVREG2_SYNTAX = Syntax(
    "instruments",
    condition=True,
    in_range=True,
    weights=("fweight", "aweight", "pweight", "iweight"),
    options=(
        OptionSpec("noconstant", "nocon", help="suppress the constant"),
        OptionSpec("small", "small", help="t and F with N - k degrees of freedom"),
        OptionSpec("first", "first", help="show the first-stage regressions"),
        OptionSpec("ffirst", "ffirst", help="show statistics of the first stages alone"),
        OptionSpec("liml", "liml", help="limited-information maximum likelihood"),
        OptionSpec("gmm2s", "gmm2s", help="two-step GMM"),
        OptionSpec("gmm", "gmm", help="the same as gmm2s"),
        OptionSpec("fuller", "full", "number", "Fuller's modified LIML", minimum_value=0),
        OptionSpec("endog", "endog", "varlist", "test that these are exogenous", built=False),
        OptionSpec("orthog", "orth", "varlist", "test that these instruments are exogenous", built=False),
        OptionSpec("partial", "partial", "varlist", "covariates to be partialled out", built=False),
        OptionSpec("bw", "bw", "text", "bandwidth of autocorrelation", built=False),
        OptionSpec("savefirst", "savefirst", help="keep first stages", built=False),
        OptionSpec("noid", "noid", help="no tests of identification; they are not shown"),
        variance_option(("unadjusted", "un"), ("robust", "r"), ("cluster", "cl")),
        *CLUSTER_OPTIONS,
        *IV_DISPLAY,
    ),
    exclusive=(("liml", "gmm2s", "gmm", "fuller"),),
)

XTIVREG_SYNTAX = Syntax(
    "instruments",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("re", "re", help="generalised two-stage least squares; the default"),
        OptionSpec("fe", "fe", help="fixed effects (within)"),
        OptionSpec("be", "be", help="between effects"),
        OptionSpec("fd", "fd", help="first differences", built=False),
        OptionSpec("ec2sls", "ec", help="Baltagi's instruments", built=False),
        OptionSpec("nosa", "nosa", help="other estimators of the variances", built=False),
        OptionSpec("first", "first", help="show the first stage", built=False),
        OptionSpec("small", "small", help="t and F in place of z and chi2"),
        OptionSpec("i", "i", "varname", "the panel variable"),
        variance_option(("conventional", "conv")),
        *TABLE_OPTIONS,
    ),
    exclusive=(("re", "fe", "be"),),
)

XTIVREG2_SYNTAX = Syntax(
    "instruments",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("fe", "fe", help="fixed effects: deviations from the means of panels"),
        OptionSpec("fd", "fd", help="first differences", built=False),
        OptionSpec("ivar", "ivar", "varname", "the panel variable"),
        OptionSpec("tvar", "tvar", "varname", built=False),
        *(
            replace(own, built=False) if own.name in ("first", "ffirst", "gmm") else own
            for own in IVREG2_SYNTAX.options
            if own.name != "noconstant"
        ),
    ),
    exclusive=(("liml", "gmm2s", "fuller"),),
)
