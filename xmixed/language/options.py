"""Options: matching what was typed with a command's `OptionSpec`s, and reading their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xmixed.errors import Span, StataError
from xmixed.language.builders.expressions import check_depth, number_from
from xmixed.language.grammar import parse
from xmixed.language.nodes import Option, Pattern
from xmixed.language.skeleton import TypedOption
from xmixed.language.syntax import OptionSpec
from xmixed.missing import MISSING

if TYPE_CHECKING:
    from xmixed.language.builders.newvarlist import NewVariables
    from xmixed.language.nodes.estimators import ResidualSpecification, VarianceEstimator

RESIDUAL_STRUCTURES: tuple[tuple[str, str, int | None], ...] = (
    ("independent", "ind", None),
    ("exchangeable", "ex", None),
    ("ar", "ar", 1),
    ("ma", "ma", 1),
    ("unstructured", "un", None),
    ("banded", "ba", 0),
    ("toeplitz", "to", 1),
    ("exponential", "exp", None),
)
"""Name, shortest abbreviation, and least order, None where the structure has none."""
RESAMPLED = (("bootstrap", "boot"), ("jackknife", "jack"))
"""Variances that replications give: `vce(bootstrap, reps(200))`."""
VARIANCE_ESTIMATORS: tuple[tuple[str, str], ...] = (("oim", "oim"), ("robust", "r"), ("cluster", "cl"))


def find_option(name: str, specs: Sequence[OptionSpec]) -> tuple[OptionSpec, bool] | None:
    """Return the option that a typed name means, and whether it was negated; None when there is none.

    A full name wins over an abbreviation; a name of its own (`nolog`) wins over a negated one.
    """
    for spec in specs:
        if spec.name == name:
            return spec, False
    for spec in specs:
        if spec.name.startswith(name) and len(name) >= len(spec.minimum):
            return spec, False
    if name.startswith("no"):
        rest = name[2:]
        for spec in specs:
            if spec.kind == "negatable" and spec.name.startswith(rest) and len(rest) >= len(spec.minimum):
                return spec, True
    return None


def words_of(spec: OptionSpec) -> tuple[str, ...]:
    """Return the words that an option takes in its parentheses; () where it takes something else."""
    if spec.kind == "residuals":
        return tuple(name for name, *_ in RESIDUAL_STRUCTURES)
    choices = spec.choices or (VARIANCE_ESTIMATORS if spec.kind == "vce" else ())
    return tuple(name for name, _ in choices)


def match_choice(word: str, choices: Sequence[tuple[str, str]]) -> str | None:
    """Return the full word that an abbreviation means; None when it means none."""
    for full, _ in choices:
        if word == full:
            return full
    for full, minimum in choices:
        if full.startswith(word) and len(word) >= len(minimum):
            return full
    return None


def not_allowed(typed: TypedOption, hint: str = "") -> StataError:
    """Return the r(198) error for an option that a command does not have."""
    shape = "" if typed.inside is None else "()"
    return StataError(198, f"option {typed.name}{shape} not allowed", typed.span, hint)


def read_options(
    text: str,
    typed: Sequence[TypedOption],
    specs: Sequence[OptionSpec],
    exclusive: Sequence[tuple[str, ...]] = (),
) -> dict[str, Option]:
    """Return the options by full name; of those that `exclusive` lists together at most one may be given.

    Raises
    ------
    StataError
        r(198): unknown, repeated, without a required value, with one that does not fit, or with another
        that excludes it.
    """
    options: dict[str, Option] = {}
    for option in typed:
        found = find_option(option.name, specs)
        if found is None:
            raise not_allowed(option)
        spec, negated = found
        if spec.name in options and not spec.repeatable:
            raise not_allowed(option, f"option {spec.name} was given before")
        if not spec.built:  # whatever its value: a message about that would mislead
            raise StataError(198, f"option {spec.name} is not implemented in xmixed yet", option.span)
        found_option = _read(text, option, spec, negated)
        if spec.repeatable:
            earlier = options[spec.name].value if spec.name in options else ()
            found_option = replace(found_option, value=(*earlier, found_option.value))
        options[spec.name] = found_option
    _check_exclusive(options, specs, exclusive)
    return options


def _check_exclusive(
    options: dict[str, Option], specs: Sequence[OptionSpec], exclusive: Sequence[tuple[str, ...]]
) -> None:
    for names in exclusive:
        given = [name for name in names if name in options and options[name].value is not False]
        if len(given) > 1:
            shown = {spec.name: spec.shown for spec in specs}
            text = f"options {shown[given[0]]} and {shown[given[1]]} may not be combined"
            raise StataError(198, text, options[given[1]].span)


def _read(text: str, typed: TypedOption, spec: OptionSpec, negated: bool) -> Option:
    if typed.inside is None:
        if spec.kind == "negatable":
            return Option(spec.name, not negated, "", typed.span)
        if spec.kind == "flag" or spec.optional_value:
            return Option(spec.name, None, "", typed.span)
        raise StataError(198, f"option {spec.name}() required", typed.span)
    if spec.kind in ("flag", "negatable") and not spec.optional_value:
        raise not_allowed(typed)
    raw = text[typed.inside.start : typed.inside.end]
    reader = _READERS["text" if spec.kind in ("flag", "negatable") else spec.kind]
    return Option(spec.name, reader(text, typed, spec), raw.strip(), typed.span)


def _incorrect(typed: TypedOption, spec: OptionSpec, hint: str = "") -> StataError:
    return StataError(198, f"option {spec.name}() incorrectly specified", typed.inside, hint)


def _by_rule(rule: str, text: str, typed: TypedOption, spec: OptionSpec) -> Any:
    """Parse the inside of an option by a grammar rule; it may not be empty."""
    assert typed.inside is not None
    if not text[typed.inside.start : typed.inside.end].strip():
        raise _incorrect(typed, spec)
    return parse(rule, text, typed.inside)


def _number(text: str, typed: TypedOption, spec: OptionSpec) -> float:
    try:
        value = _by_rule("number_value", text, typed, spec)[0]
    except StataError as error:
        raise _incorrect(typed, spec) if error.code == 121 else error from None
    if value >= MISSING:
        raise _incorrect(typed, spec)
    low, high = spec.minimum_value, spec.maximum_value
    if (low is not None and value < low) or (high is not None and value > high):
        if low is None or high is None:
            raise _incorrect(typed, spec)
        raise StataError(198, f"{spec.name}() must be between {low:g} and {high:g} inclusive", typed.inside)
    return value


def _integer(text: str, typed: TypedOption, spec: OptionSpec) -> int:
    value = _number(text, typed, spec)
    if value != int(value):
        raise _incorrect(typed, spec)
    return int(value)


def _name(text: str, typed: TypedOption, spec: OptionSpec) -> str:
    words = _by_rule("words", text, typed, spec)
    if len(words) != 1:
        raise _incorrect(typed, spec)
    if not words[0].isidentifier():
        raise StataError(198, f"{words[0]} invalid name", typed.inside)
    return words[0]


def _varname(text: str, typed: TypedOption, spec: OptionSpec) -> Pattern:
    items = _by_rule("varlist", text, typed, spec)
    if len(items) > 1:
        raise StataError(103, f"{spec.name}():  too many variables specified", items[1].span)
    if not isinstance(items[0], Pattern):
        raise _incorrect(typed, spec)
    return items[0]


def _varlist(text: str, typed: TypedOption, spec: OptionSpec) -> Any:
    return _by_rule("varlist", text, typed, spec)


def _expression(text: str, typed: TypedOption, spec: OptionSpec) -> Any:
    expression = _by_rule("expression", text, typed, spec)
    check_depth(expression)
    return expression


def _new_variables(text: str, typed: TypedOption, spec: OptionSpec) -> NewVariables:
    assert typed.inside is not None
    from xmixed.language.builders.newvarlist import read_new_variables

    return read_new_variables(text, typed.inside)


def _at(text: str, typed: TypedOption, spec: OptionSpec) -> Any:
    from xmixed.language.arguments.margin_terms import read_at

    assert typed.inside is not None
    return read_at(text, typed.inside)


def _numlist(text: str, typed: TypedOption, spec: OptionSpec) -> Any:
    return _by_rule("numlist", text, typed, spec)


def unquote(value: str) -> str:
    """Return text without blanks around it and without the quotes around all of it, simple or compound.

    Quotes that are not a pair stay: `"a" "b"`.
    """
    value = value.strip()
    if len(value) >= 4 and value.startswith('`"') and value.endswith("\"'"):
        depth = 0
        for at in range(len(value) - 1):
            depth += {'`"': 1, "\"'": -1}.get(value[at : at + 2], 0)
            if depth == 0:
                return value[2:-2] if at == len(value) - 2 else value
        return value
    if len(value) >= 2 and value[0] == value[-1] == '"' and '"' not in value[1:-1]:
        return value[1:-1]
    return value


def split_suboptions(raw: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of an option and the words behind its comma: `"a,b", replace`."""
    from xmixed.language.programs.tokens import next_token

    raw = raw.strip()
    if raw.startswith(('"', '`"')):
        token = next_token(raw)
        head, rest = token.text, token.rest.strip().removeprefix(",")
    else:
        head, _, rest = (raw, "", "") if raw == "," else raw.partition(",")
    return head.strip() or head, tuple(rest.split())


def _text(text: str, typed: TypedOption, spec: OptionSpec) -> str:
    assert typed.inside is not None
    return unquote(text[typed.inside.start : typed.inside.end])


def _format(text: str, typed: TypedOption, spec: OptionSpec) -> str:
    value = _text(text, typed, spec)
    if not value.startswith("%"):
        raise StataError(120, "invalid %format", typed.inside)
    return value


def _words(text: str, typed: TypedOption, spec: OptionSpec) -> tuple[str, ...]:
    assert typed.inside is not None
    return parse("words", text, typed.inside)


def _choice(text: str, typed: TypedOption, spec: OptionSpec) -> str:
    word = _text(text, typed, spec)
    full = match_choice(word, spec.choices)
    if full is None:
        names = [name for name, _ in spec.choices]
        listed = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)
        raise _incorrect(typed, spec, f"{spec.name}() takes {listed}")
    return full


def _residuals(text: str, typed: TypedOption, spec: OptionSpec) -> ResidualSpecification:
    from xmixed.language.nodes.estimators import ResidualSpecification

    children = _by_rule("residuals", text, typed, spec)
    structure = match_choice(children[0].value, [(name, minimum) for name, minimum, _ in RESIDUAL_STRUCTURES])
    if structure is None:
        raise _incorrect(typed, spec, _residuals_hint(children[0].value))
    order: int | None = None
    variables: dict[str, Pattern] = {}
    for child in children[1:]:
        if isinstance(child, tuple):
            token, pattern = child
            if token.value not in ("by", "t") or token.value in variables:
                span = Span(token.start_pos, token.end_pos)
                raise StataError(198, f"option {token.value}() not allowed", span)
            variables[token.value] = pattern
        elif child.type == "NUMBER":
            order = _order(structure, child.value, typed, spec)
    return ResidualSpecification(structure, order, variables.get("by"), variables.get("t"), typed.span)


def _residuals_hint(word: str) -> str:
    """Return what may have been meant: `ar1` lacks a blank."""
    bare = word.rstrip("0123456789")
    ordered = [(name, minimum) for name, minimum, least in RESIDUAL_STRUCTURES if least is not None]
    if bare != word and match_choice(bare, ordered):
        return f"a blank stands before the order: residuals({bare} {word[len(bare) :]})"
    return f"residual structures: {', '.join(name for name, _, _ in RESIDUAL_STRUCTURES)}"


def _order(structure: str, word: str, typed: TypedOption, spec: OptionSpec) -> int:
    """Return the order after `ar`, `ma`, `banded` or `toeplitz`: a positive integer, or `banded 0`."""
    value = number_from(word)
    least = next(least for name, _, least in RESIDUAL_STRUCTURES if name == structure)
    if least is None:
        raise _incorrect(typed, spec, f"{structure} takes no order")
    if value >= MISSING or value != int(value) or value < least:
        kind = "positive" if least else "nonnegative"
        raise _incorrect(typed, spec, f"the order is a {kind} integer")
    return int(value)


def _vce(text: str, typed: TypedOption, spec: OptionSpec) -> VarianceEstimator:
    from xmixed.language.nodes.estimators import VarianceEstimator

    choices = spec.choices or VARIANCE_ESTIMATORS
    resampled = _resampled(text, typed, choices)
    if resampled is not None:
        return resampled
    children = _by_rule("vce", text, typed, spec)
    word = children[0]
    kind = match_choice(word.value, choices)
    if kind is None:
        raise StataError(198, f"vcetype '{word.value}' not allowed", Span(word.start_pos, word.end_pos))
    if (kind == "cluster") != (len(children) == 2):
        plain = ", ".join(f"vce({name})" for name, _ in choices if name != "cluster")
        raise _incorrect(typed, spec, f"vce(cluster varname), or {plain}")
    cluster = None
    if kind == "cluster":
        token = children[1]
        cluster = Pattern(token.value, "", Span(token.start_pos, token.end_pos))
    return VarianceEstimator(kind, cluster, typed.span)


def _resampled(text: str, typed: TypedOption, choices: Sequence[tuple[str, str]]) -> VarianceEstimator | None:
    """Return what `vce(bootstrap, ...)` or `vce(jackknife, ...)` asks for; None for other kinds."""
    from xmixed.language.nodes.estimators import VarianceEstimator

    if typed.inside is None:
        return None
    word, _, options = text[typed.inside.start : typed.inside.end].partition(",")
    kind = match_choice(word.strip(), [choice for choice in choices if choice in RESAMPLED])
    return None if kind is None else VarianceEstimator(kind, None, typed.span, options.strip())


_READERS: dict[str, Callable[[str, TypedOption, OptionSpec], Any]] = {
    "integer": _integer,
    "number": _number,
    "name": _name,
    "varname": _varname,
    "varlist": _varlist,
    "expression": _expression,
    "numlist": _numlist,
    "at": _at,
    "newvarlist": _new_variables,
    "format": _format,
    "text": _text,
    "words": _words,
    "choice": _choice,
    "residuals": _residuals,
    "vce": _vce,
}
