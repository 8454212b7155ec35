"""The options of glm, and what family(), link() and scale() say."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.errors import Span, StataError
from xmixed.estimation.generalized.families import FAMILIES, Family, negative_binomial
from xmixed.estimation.generalized.links import LINKS, Link, odds_power, power
from xmixed.estimation.generalized.links import negative_binomial as negative_binomial_link
from xmixed.estimation.likelihood.options import MAXIMISE_OPTIONS, NOCONSTANT, OFFSET
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.language.syntax import OptionSpec, Syntax

GLM_DISPLAY = (*TABLE_OPTIONS, OptionSpec("eform", "ef", help="show exponentiated coefficients"))

GLM_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=("fweight", "aweight", "pweight", "iweight"),
    options=(
        OptionSpec(
            "family",
            "f",
            "text",
            "gaussian, igaussian, binomial [#|varname], poisson, nbinomial [#|ml], gamma",
        ),
        OptionSpec(
            "link", "l", "text", "identity, log, logit, probit, cloglog, power #, opower #, nbinomial, ..."
        ),
        NOCONSTANT,
        OptionSpec("exposure", "e", "varname", "variable of exposure, as ln(exposure)"),
        OptionSpec("lnoffset", "lno", "varname", "the same as exposure()"),
        OFFSET,
        OptionSpec("scale", "sca", "text", "the scale parameter: x2, dev or a number"),
        OptionSpec("irls", "irls", help="iterated reweighted least squares, expected information"),
        OptionSpec("ml", "ml", help="maximum likelihood; the default"),
        OptionSpec("fisher", "fisher", "integer", "steps of Fisher scoring first", built=False),
        OptionSpec("disp", "disp", "number", "a multiplier of the dispersion", built=False),
        OptionSpec("vfactor", "vf", "number", "a multiplier of the variances", built=False),
        OptionSpec("mu", "mu", "varname", "starting values of the means", built=False),
        OptionSpec("init", "ini", "varname", "starting values of the means", built=False),
        OptionSpec("constraints", "const", "text", "linear constraints", built=False),
        variance_option(("oim", "oim"), ("eim", "eim"), ("opg", "opg"), ("robust", "r"), ("cluster", "cl")),
        *CLUSTER_OPTIONS,
        *MAXIMISE_OPTIONS,
        *GLM_DISPLAY,
    ),
    exclusive=(("offset", "exposure", "lnoffset"), ("irls", "ml")),
)

BINREG_LINKS = {"or": "logit", "rr": "log", "hr": "logc", "rd": "identity"}
"""Of binreg, by what is to be shown."""

BINREG_DISPLAY = (*TABLE_OPTIONS, OptionSpec("coefficients", "coef", help="show coefficients, not ratios"))

BINREG_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    weights=("fweight", "aweight", "pweight", "iweight"),
    options=(
        OptionSpec("or", "or", help="odds ratios, by the logit link; the default"),
        OptionSpec("rr", "rr", help="risk ratios, by the log link"),
        OptionSpec("hr", "hr", help="health ratios, by the log-complement link"),
        OptionSpec("rd", "rd", help="risk differences, by the identity link"),
        OptionSpec("n", "n", "text", "numbers of trials: a number or a variable"),
        NOCONSTANT,
        OptionSpec("exposure", "e", "varname", "variable of exposure, as ln(exposure)"),
        OFFSET,
        OptionSpec("scale", "sc", "text", "the scale parameter: x2, dev or a number"),
        OptionSpec("ml", "ml", help="variances of observed information"),
        OptionSpec("fisher", "fisher", "integer", "steps of Fisher scoring first", built=False),
        OptionSpec("disp", "disp", "number", "a multiplier of the dispersion", built=False),
        OptionSpec("vfactor", "vf", "number", "a multiplier of the variances", built=False),
        OptionSpec("mu", "mu", "varname", "starting values of the means", built=False),
        OptionSpec("init", "ini", "varname", "starting values of the means", built=False),
        variance_option(("eim", "eim"), ("oim", "oim"), ("robust", "r"), ("cluster", "cl")),
        *CLUSTER_OPTIONS,
        *MAXIMISE_OPTIONS,
        *BINREG_DISPLAY,
    ),
    exclusive=(("or", "rr", "hr", "rd"), ("offset", "exposure")),
)

_FAMILIES = (
    ("gaussian", "gau"),
    ("igaussian", "ig"),
    ("binomial", "b"),
    ("bernoulli", "be"),
    ("poisson", "p"),
    ("nbinomial", "nb"),
    ("gamma", "gam"),
    ("normal", "n"),
)
_SAME = {"bernoulli": "binomial", "normal": "gaussian"}
_LINKS = (
    ("identity", "i"),
    ("log", "log"),
    ("logit", "l"),
    ("probit", "p"),
    ("cloglog", "c"),
    ("power", "pow"),
    ("opower", "opo"),
    ("nbinomial", "nb"),
    ("loglog", "logl"),
    ("logc", "logc"),
    ("reciprocal", "rec"),
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """What family() says.

    Attributes
    ----------
    name : str
        gaussian, igaussian, binomial, poisson, nbinomial, gamma.
    trials : str
        Of binomial: a number or a variable; "" for one.
    k : float or None
        Of nbinomial; None where it is estimated.
    """

    name: str
    trials: str = ""
    k: float | None = 1.0

    def family(self, k: float = 1.0) -> Family:
        """Return the family; `k` takes the place of one that is estimated."""
        if self.name == "nbinomial":
            return negative_binomial(k if self.k is None else self.k)
        return FAMILIES[self.name]


def read_family(text: str, span: Span | None = None) -> Distribution:
    """Return what `family()` says: `gau`, `binomial 10`, `nb ml`; r(198)."""
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    name = _full_name(word.lower(), _FAMILIES)
    if name is None:
        raise StataError(198, f"unknown family {word}", span, _listed(_FAMILIES))
    name = _SAME.get(name, name)
    if name == "binomial":
        return Distribution(name, rest)
    if name == "nbinomial":
        return Distribution(name, k=None if rest == "ml" else _number(rest or "1", "family", span, 1e-300))
    if rest:
        raise StataError(198, "option family() incorrectly specified", span)
    return Distribution(name)


def read_link(text: str, distribution: Distribution, k: float, span: Span | None = None) -> Link:
    """Return what `link()` says, or e(linkt): `power -2`, `logit`; the family's own for ""; r(198)."""
    text = text.strip() or distribution.family().link
    word, _, rest = text.partition(" ")
    name = _full_name(word.lower(), _LINKS)
    if name is None:
        raise StataError(198, f"unknown link {word}", span, _listed(_LINKS))
    if name in ("power", "opower"):
        return (power if name == "power" else odds_power)(_number(rest, "link", span))
    if rest:
        raise StataError(198, "option link() incorrectly specified", span)
    if name == "nbinomial":
        if distribution.name != "nbinomial":
            raise StataError(198, "link(nbinomial) needs family(nbinomial)", span)
        return negative_binomial_link(k)
    return power(-1.0) if name == "reciprocal" else LINKS[name]


def _number(text: str, option: str, span: Span | None, least: float = -1e300) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value < 1e300:
        raise StataError(198, f"option {option}() incorrectly specified", span)
    return value


_Names = tuple[tuple[str, str], ...]


def _listed(names: _Names) -> str:
    return ", ".join(name for name, _ in names)


def _full_name(word: str, names: _Names) -> str | None:
    """Return the name that a word abbreviates; an exact one before others."""
    found = [name for name, least in names if name.startswith(word) and word.startswith(least)]
    return word if word in found else found[0] if found else None
