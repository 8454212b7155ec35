"""The options of xtgee, which xtreg, pa shares, and what they say."""

from __future__ import annotations

from xmixed.errors import Span, StataError
from xmixed.estimation.generalized.links import LINKS, Link
from xmixed.estimation.generalized.options import Distribution, read_link
from xmixed.estimation.population.working import STRUCTURES, Structure
from xmixed.estimation.table_options import TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

POPULATION_OPTIONS = (
    OptionSpec("corr", "c", "text", "correlation within panels: exchangeable, unstructured, ar #, ..."),
    OptionSpec("force", "force", help="estimate in spite of gaps in time"),
    OptionSpec("nmp", "nmp", help="divide the scale by N - P"),
    OptionSpec("rgf", "rgf", help="multiply robust variances by (N - 1)/(N - P)"),
    OptionSpec("scale", "s", "text", "the scale parameter: x2, dev, phi or a number"),
    OptionSpec("iterate", "iter", "integer", "maximum number of iterations; default 100", minimum_value=1),
    OptionSpec("tolerance", "tol", "number", "tolerance of the coefficients; default 1e-6", minimum_value=0),
    OptionSpec("offset", "off", "varname", "variable whose coefficient is 1"),
)
"""What xtgee and xtreg, pa have beside others."""

XTGEE_DISPLAY = (*TABLE_OPTIONS, OptionSpec("eform", "ef", help="show exponentiated coefficients"))

XTGEE_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=("fweight", "pweight", "iweight"),
    options=(
        OptionSpec(
            "family",
            "f",
            "text",
            "gaussian, igaussian, binomial [#|varname], poisson, nbinomial [#], gamma; default gaussian",
        ),
        OptionSpec(
            "link",
            "l",
            "text",
            "identity, log, logit, probit, cloglog, power #, opower #, nbinomial, reciprocal",
        ),
        OptionSpec("exposure", "exp", "varname", "variable of exposure, as ln(exposure)"),
        OptionSpec("i", "i", "varname", "the panel variable"),
        OptionSpec("t", "t", "varname", "the time variable"),
        OptionSpec("noconstant", "nocon", help="suppress the constant"),
        OptionSpec("log", "log", "negatable", "show the iteration log; the default"),
        variance_option(("conventional", "conventional"), ("robust", "r")),
        OptionSpec("robust", "r", help="robust standard errors; the same as vce(robust)"),
        *POPULATION_OPTIONS,
        *XTGEE_DISPLAY,
    ),
    exclusive=(("offset", "exposure"),),
)


def population_link(text: str, distribution: Distribution, span: Span | None = None) -> Link:
    """Return what `link()` says, or e(link); r(198). The power -1 is the reciprocal here."""
    link = read_link(text, distribution, distribution.k or 1.0, span)
    return LINKS["reciprocal"] if link.title == "power -1" else link


def read_structure(text: str, span: Span | None = None) -> Structure:
    """Return what `corr()` or e(corr) says: `exchangeable`, `ar 2`, `ar1`, `AR(2)`.

    Raises
    ------
    StataError
        r(198) for what is none.
    """
    word, _, number = text.replace("(", " ").replace(")", " ").strip().lower().partition(" ")
    if not number:
        bare = word.rstrip("0123456789")
        word, number = bare, word[len(bare) :]
    number = number.strip()
    found = [own for own in STRUCTURES if own.name.startswith(word) and word.startswith(own.short)]
    ordered = bool(found) and found[0].ordered
    if not found or (number and not (ordered and number.isdigit() and 0 < int(number) < 1000)):
        names = ", ".join(own.name for own in STRUCTURES)
        raise StataError(198, "option corr() incorrectly specified", span, names)
    return found[0](int(number or 1)) if ordered else found[0]()


def read_scale(text: str, span: Span | None = None) -> str | float:
    """Return what `scale()` says: x2, dev, or a number; "" for the family's own; r(198)."""
    word = text.strip().lower()
    if word in ("", "phi"):
        return ""
    if word in ("x2", "dev"):
        return word
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e300:
        raise StataError(198, "option scale() incorrectly specified", span, "x2, dev, phi or a number")
    return value
