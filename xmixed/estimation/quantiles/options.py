"""The options of quantile regression."""

from __future__ import annotations

from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.language.syntax import OptionSpec, Syntax

_QUANTILE = OptionSpec("quantile", "q", "number", "the quantile, a share or per cent; default the median")
_REPS = OptionSpec("reps", "r", "integer", "samples drawn; default 20", minimum_value=2)
_LOG = OptionSpec("log", "log", "negatable", "accepted: there are no iterations to show")


def _syntax(*options: OptionSpec, weights: tuple[str, ...] = ()) -> Syntax:
    return Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        weights=weights,
        options=(*options, _LOG, *TABLE_OPTIONS),
    )


QREG_SYNTAX = _syntax(
    _QUANTILE,
    OptionSpec("vce", "vce", "text", "iid or robust [, fitted residual hsheather bofinger chamberlain]"),
    OptionSpec("wlsiter", "wls", "integer", "accepted: there are no weighted iterations", minimum_value=1),
    weights=("fweight", "aweight", "pweight"),
)
BSQREG_SYNTAX = _syntax(_QUANTILE, _REPS)
SQREG_SYNTAX = _syntax(
    OptionSpec("quantiles", "q", "numlist", "the quantiles, shares or per cent; default the median"), _REPS
)
IQREG_SYNTAX = _syntax(OptionSpec("quantiles", "q", "numlist", "two quantiles; default 0.25 and 0.75"), _REPS)
