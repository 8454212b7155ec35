"""Options that every estimation command and its replay share."""

from __future__ import annotations

from xmixed.language.options import RESAMPLED
from xmixed.language.syntax import LEVEL, OptionSpec

COEFFICIENT_OPTIONS = (
    OptionSpec("coeflegend", "coefl", help="show how to refer to the coefficients"),
    OptionSpec("omitted", "omit", "negatable", "show omitted variables; the default"),
    OptionSpec("vsquish", "vsq", help="no blank lines around factor-variable blocks"),
    OptionSpec("emptycells", "empty", "negatable", "show empty cells; the default"),
    OptionSpec("baselevels", "base", "negatable", "show base levels"),
    OptionSpec("allbaselevels", "allbase", "negatable", "show all base levels"),
    OptionSpec("cformat", "cformat", "format", "format of coefficients, standard errors and limits"),
    OptionSpec("pformat", "pformat", "format", "format of p-values"),
    OptionSpec("sformat", "sformat", "format", "format of test statistics"),
    OptionSpec("lstretch", "lstretch", "negatable", "let the table grow with long names; the default"),
)
"""What a table of coefficients shows, and in which formats."""

TABLE_OPTIONS = (
    LEVEL,
    OptionSpec("noheader", "nohe", help="suppress the header"),
    OptionSpec("notable", "notab", help="suppress the table of coefficients"),
    *COEFFICIENT_OPTIONS,
)
"""How a table of coefficients is shown."""

CLUSTER_OPTIONS = (
    OptionSpec("robust", "r", help="robust standard errors; the same as vce(robust)"),
    OptionSpec("cluster", "cl", "varname", "standard errors by clusters; the same as vce(cluster varname)"),
)
"""Old spellings of `vce()`."""


def variance_option(*kinds: tuple[str, str]) -> OptionSpec:
    """Return `vce()` with the kinds that a command knows, (name, shortest abbreviation) each.

    Those that replications give are among them in any case.
    """
    kinds = (*kinds, *RESAMPLED)
    names = ", ".join("cluster clustvar" if name == "cluster" else name for name, _ in kinds)
    return OptionSpec("vce", "vce", "vce", f"type of standard errors: {names}", choices=kinds)
