"""The options of sureg, mvreg and reg3."""

from __future__ import annotations

from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.language.syntax import OptionSpec, Syntax

_CORR = OptionSpec("corr", "corr", help="show the correlations of the residuals, and their test")
SYSTEM_DISPLAY = (*TABLE_OPTIONS, _CORR)
_SHARED = (
    OptionSpec("noconstant", "noc", help="no constants"),
    OptionSpec("small", "sm", help="t and F in place of z and chi2"),
    OptionSpec("dfk", "dfk", help="covariances of errors divided by N - k"),
    OptionSpec("constraints", "c", "text", "numbers of constraints"),
    OptionSpec("tolerance", "tol", "number", "tolerance of the iterations; default 1e-6", minimum_value=0),
    OptionSpec("iterate", "iter", "integer", "most iterations; default 16000", minimum_value=1),
    OptionSpec("log", "log", "negatable", "accepted: the iterations are not shown"),
)


def _syntax(*options: OptionSpec) -> Syntax:
    return Syntax(
        "text",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(*options, *SYSTEM_DISPLAY),
    )


SUREG_SYNTAX = _syntax(*_SHARED, OptionSpec("isure", "i", help="iterate until the coefficients stay"))
MVREG_SYNTAX = _syntax(OptionSpec("noconstant", "noc", help="no constants"))
REG3_SYNTAX = _syntax(
    *_SHARED,
    OptionSpec("exog", "ex", "varlist", "exogenous variables beside those of the equations"),
    OptionSpec("endog", "end", "varlist", "endogenous covariates beside the dependent variables"),
    OptionSpec("inst", "in", "varlist", "all exogenous variables"),
    OptionSpec("allexog", "alle", help="all covariates are exogenous"),
    OptionSpec("3sls", "3", help="three-stage least squares; the default"),
    OptionSpec("2sls", "2", help="two-stage least squares, equation by equation"),
    OptionSpec("ols", "o", help="least squares, equation by equation"),
    OptionSpec("sure", "su", help="seemingly unrelated regressions"),
    OptionSpec("ireg3", "ir", help="iterate until the coefficients stay"),
    OptionSpec("first", "f", help="show the first stages", built=False),
)
