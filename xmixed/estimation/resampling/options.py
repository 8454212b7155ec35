"""Options that prefixes which replicate share, and those that show their results again."""

from __future__ import annotations

from collections.abc import Callable

from xmixed.language.syntax import LEVEL, OptionSpec

DOTS = OptionSpec(
    "dots", "dots", "negatable", "a dot for every replication, or every # of them", optional_value=True
)
NOISILY = OptionSpec("noisily", "noi", help="show the output of each replication")
SAVING = OptionSpec("saving", "sa", "text", "file for the results of all replications")
SEED = OptionSpec("seed", "seed", "integer", "seed of the random numbers", minimum_value=0)
REJECT = OptionSpec("reject", "reject", "expression", "replications for which it is true count as failed")
TRACE = OptionSpec("trace", "tr", built=False)
VERBOSE = OptionSpec("verbose", "v", help="show the expression of every figure in the legend")
REPLICATION = (SAVING, REJECT, DOTS, NOISILY, TRACE, VERBOSE)
"""What every one of these prefixes has."""

NOLEGEND = OptionSpec("nolegend", "noleg", help="suppress the legend")
TABLE = (
    OptionSpec("notable", "notab", help="suppress the table"),
    OptionSpec("noheader", "nohe", help="suppress the header and the legend"),
    NOLEGEND,
    LEVEL,
)
"""What of the results of bootstrap and jackknife is shown."""

EFORM = (
    OptionSpec("eform", "ef", "text", "show exp(b), under this heading", optional_value=True),
    OptionSpec("or", "or", help="show exp(b) as odds ratios"),
    OptionSpec("irr", "ir", help="show exp(b) as incidence-rate ratios"),
    OptionSpec("rrr", "rr", help="show exp(b) as relative-risk ratios"),
    OptionSpec("hr", "hr", help="show exp(b) as hazard ratios"),
)
"""Exponentiated coefficients."""

HEADINGS = {"or": "Odds Ratio", "irr": "IRR", "rrr": "RRR", "hr": "Haz. Ratio"}


def exponential_heading(option: Callable[..., object]) -> str:
    """Return the heading of exponentiated coefficients that options ask for; "" for none."""
    text = option("eform")
    if text:
        return "exp(b)" if text is True else str(text)
    return next((heading for name, heading in HEADINGS.items() if option(name)), "")


def names_of(specs: tuple[OptionSpec, ...]) -> tuple[str, ...]:
    """Return the names of options."""
    return tuple(spec.name for spec in specs)
