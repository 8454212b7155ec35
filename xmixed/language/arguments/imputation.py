"""What `mi impute` imputes: `chained (regress) x y (logit, noconstant) z = a i.b`, `mvn x y = a`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from xmixed.errors import Span, StataError
from xmixed.language.explain import group_end, outside
from xmixed.language.grammar import parse
from xmixed.language.nodes import NOWHERE, Interaction, Option, Pattern, Varlist
from xmixed.language.options import match_choice, read_options
from xmixed.language.skeleton import assemble
from xmixed.language.syntax import OptionSpec

_WORD = re.compile(r"\s*(\w*)")
UNIVARIATE = (
    ("regress", "reg"),
    ("pmm", "pmm"),
    ("logit", "logi"),
    ("ologit", "olog"),
    ("mlogit", "mlog"),
    ("poisson", "poi"),
    ("nbreg", "nbreg"),
)
MULTIVARIATE = (("chained", "chain"), ("monotone", "mon"), ("mvn", "mvn"))
UNBUILT = (("truncreg", "truncr"), ("intreg", "intr"))

OWN_OPTIONS = (
    OptionSpec("noconstant", "nocons", help="no constant term"),
    OptionSpec("knn", "knn", "integer", "pmm: how many nearest neighbours to draw from", minimum_value=1),
    OptionSpec(
        "augment", "aug", help="logit, ologit, mlogit: augmented regression against perfect prediction"
    ),
    OptionSpec("include", "incl", "text", "further covariates of this model"),
    OptionSpec("omit", "omit", "text", "covariates and imputation variables that this model leaves out"),
    OptionSpec("noimputed", "noimp", help="no other imputation variables in this model"),
    OptionSpec("ascontinuous", "ascont", help="the variable enters other models as it is, not as a factor"),
    OptionSpec("conditional", "cond", "text", built=False),
    OptionSpec("bootstrap", "boot", built=False),
    OptionSpec("noisily", "noi", built=False),
)
"""Options in the parentheses of a method of chained and monotone."""


@dataclass(frozen=True, slots=True)
class ImputationEquation:
    """Variables that one method imputes, with the options in its parentheses."""

    method: str
    variables: Varlist
    options: Mapping[str, Option] = field(default_factory=dict)
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ImputationModel:
    """The argument of `mi impute`.

    Attributes
    ----------
    method : str
        One of `UNIVARIATE` or `MULTIVARIATE`.
    equations : tuple of ImputationEquation
        One for all methods but chained and monotone.
    covariates : Varlist
        With factor variables.
    """

    method: str
    equations: tuple[ImputationEquation, ...]
    covariates: Varlist


def read_imputation_model(text: str, span: Span) -> ImputationModel:
    """Read the argument of `mi impute`.

    Raises
    ------
    StataError
        r(198) for methods that are none, or no method; r(100) without variables.
    """
    first_word = _WORD.match(text, span.start, span.end)
    assert first_word is not None
    word, end = first_word[1], first_word.end()
    method = _method(word, (*UNIVARIATE, *MULTIVARIATE), Span(end - len(word), end))
    left, right = _sides(text, Span(end, span.end))
    covariates = () if right is None else _varlist(text, right)
    if method in ("chained", "monotone"):
        return ImputationModel(method, _equations(text, left), covariates)
    if method == "mvn" or right is not None:
        variables = _required(text, left)
        if method != "mvn" and len(variables) > 1:
            raise StataError(103, "too many variables specified", left)
        return ImputationModel(method, (ImputationEquation(method, variables, span=left),), covariates)
    # One variable and its covariates, without an equals sign.
    items = _varlist(text, left)
    if not items:
        raise StataError(100, "varlist required", left)
    first = _required(text, Span(left.start, items[0].span.end))
    return ImputationModel(method, (ImputationEquation(method, first, span=left),), items[1:])


def _method(word: str, methods: tuple[tuple[str, str], ...], span: Span) -> str:
    found = match_choice(word, methods) if word else None
    if found is not None:
        return found
    unbuilt = match_choice(word, UNBUILT) if word else None
    if unbuilt is not None:
        raise StataError(198, f"mi impute {unbuilt} is not implemented in xmixed", span)
    if not word.strip("("):
        raise StataError(198, "imputation method required", span)
    raise StataError(198, f"{word}: imputation method not found", span)


def _sides(text: str, span: Span) -> tuple[Span, Span | None]:
    """Return what stands before and behind the equals sign outside parentheses."""
    for position, character in outside(text, span.start, span.end):
        if character == "=":
            return Span(span.start, position), Span(position + 1, span.end)
    return span, None


def _varlist(text: str, span: Span) -> Varlist:
    return parse("varlist_factor", text, span) if text[span.start : span.end].strip() else ()


def _required(text: str, span: Span) -> Varlist:
    """Return variables to impute: no factor variables, no time-series operators."""
    found = _varlist(text, span)
    if not found:
        raise StataError(100, "imputation variables required", span)
    for item in found:
        if isinstance(item, Interaction) or (isinstance(item, Pattern) and item.operator):
            raise StataError(101, "factor variables and time-series operators not allowed", item.span)
    return found


def _equations(text: str, span: Span) -> tuple[ImputationEquation, ...]:
    found: list[ImputationEquation] = []
    position = span.start
    while position < span.end:
        if text[position].isspace():
            position += 1
            continue
        if text[position] != "(":
            raise StataError(198, "(method) required before imputation variables", Span(position, span.end))
        close = _closing(text, position, span.end)
        following = text.find("(", close + 1, span.end)
        end = span.end if following < 0 else following
        inside = Span(position + 1, close)
        method, options = _own_method(text, inside)
        found.append(ImputationEquation(method, _required(text, Span(close + 1, end)), options, inside))
        position = end
    if not found:
        raise StataError(100, "imputation variables required", span)
    return tuple(found)


def _closing(text: str, position: int, end: int) -> int:
    closed = group_end(text, position, end)
    if closed is None:
        raise StataError(198, "invalid syntax", Span(position, end))
    return closed - 1


def _own_method(text: str, inside: Span) -> tuple[str, dict[str, Option]]:
    """Return the method in parentheses, with its options."""
    skeleton = assemble(parse("command", text, inside))
    span = skeleton.argument or Span(inside.start, inside.start)
    method = _method(text[span.start : span.end].strip(), UNIVARIATE, span)
    return method, dict(read_options(text, skeleton.options, OWN_OPTIONS))
