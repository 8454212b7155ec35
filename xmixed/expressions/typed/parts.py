"""What users type to a program, read by the program's `syntax` description into macros."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from xmixed.data.dataset import Dataset
from xmixed.errors import Span, StataError
from xmixed.expressions.varlist import check_new_name, is_valid_name, resolve_item
from xmixed.language.builders.newvarlist import expand_new_names
from xmixed.language.grammar import parse
from xmixed.language.nodes import Interaction, Pattern
from xmixed.language.options import match_choice
from xmixed.language.parser import parse_varlist
from xmixed.language.programs.program_syntax import Part, Settings
from xmixed.language.qualifiers import WEIGHT_WORDS, weight_kind
from xmixed.language.skeleton import Skeleton, TypedOption, assemble, hide_format_commas

MOST_NEW_TYPES = ("byte", "int", "long", "float", "double", "strL")


@lru_cache(maxsize=2000)
def skeleton_of(text: str, plain: frozenset[str] = frozenset()) -> Skeleton:
    """Return where the parts of a typed line stand."""
    simple = _simple_skeleton(text)
    if simple is not None:
        return simple
    return assemble(parse("command", hide_format_commas(text), Span(0, len(text))), plain)


_PLAIN_WORDS = re.compile(r"[\w.*?~\s-]*")
_PLAIN_OPTION = re.compile(r"\s*(\w+)(\([\w.*?~\s/-]*\))?")
_WORDS_OF_PARTS = re.compile(r"(?<!\w)(?:if|in|using)(?!\w)")


def _simple_skeleton(text: str) -> Skeleton | None:
    """Return the skeleton of words and plain options without the grammar; None for anything else."""
    head = _PLAIN_WORDS.match(text)
    assert head is not None
    if _WORDS_OF_PARTS.search(head.group()):
        return None
    words = head.group().strip()
    start = head.group().find(words)
    skeleton = Skeleton(argument=Span(start, start + len(words)) if words else None)
    position = head.end()
    if position == len(text):
        return skeleton
    if text[position] != ",":
        return None
    skeleton.comma = Span(position, position + 1)
    position += 1
    while text[position:].strip():
        found = _PLAIN_OPTION.match(text, position)
        if found is None or found.end() == position:
            return None
        inside = Span(found.start(2) + 1, found.end(2) - 1) if found[2] else None
        skeleton.options.append(TypedOption(found[1], inside, Span(found.start(1), found.end())))
        position = found.end()
    return skeleton


def piece(text: str, span: Span | None) -> str:
    return "" if span is None else text[span.start : span.end].strip()


class Argument(NamedTuple):
    """The argument as typed, and the expression after an equals sign (None without one)."""

    text: str
    expression: str | None


def split_equals(text: str) -> Argument:
    """Split `a b = exp` at the equals sign outside quotes and parentheses."""
    from xmixed.language.explain import outside

    for position, character in outside(text, 0, len(text)):
        if character == "=":
            return Argument(text[:position].strip(), text[position + 1 :].strip())
    return Argument(text.strip(), None)


def check_count(count: int, settings: Settings, least: int, most: int) -> None:
    """Check how many names there are.

    Raises
    ------
    StataError
        r(100) `varlist required`, r(102), r(103).
    """
    least, most = settings.count("min", least), settings.count("max", most)
    if count == 0 and least > 0:
        raise StataError(100, "varlist required")
    if count < least:
        raise StataError(102, "too few variables specified")
    if count > most:
        raise StataError(103, "too many variables specified")


def existing_names(text: str, data: Dataset, settings: Settings) -> list[str]:
    """Return the variables of a varlist with full names; terms and lags as typed where they are allowed.

    Raises
    ------
    StataError
        r(101), r(109), r(111).
    """
    factor, series = "fv" in settings.words, "ts" in settings.words
    found: list[str] = []
    for item in parse_varlist(text, factor or series):
        if isinstance(item, Interaction) or (isinstance(item, Pattern) and item.operator):
            if isinstance(item, Interaction) and not factor:
                raise StataError(101, "factor variables not allowed")
            if not isinstance(item, Interaction) and not series:
                raise StataError(101, "time-series operators not allowed")
            _check_operands(item, data)
            found.append(text[item.span.start : item.span.end])
        else:
            found += resolve_item(item, data)
    _check_types(found, data, settings)
    return found


def _check_operands(item: Interaction | Pattern, data: Dataset) -> None:
    names = [operand.name for operand in item.operands] if isinstance(item, Interaction) else [item.text]
    for name in names:
        resolve_item(parse_varlist(name)[0], data)


def _check_types(names: list[str], data: Dataset, settings: Settings) -> None:
    for name in names:
        if name not in data:
            continue
        if "numeric" in settings.words and data[name].is_string:
            raise StataError(109, f"string variables not allowed in varlist;\n{name} is a string variable")
        if ("string" in settings.words or "str" in settings.words) and not data[name].is_string:
            raise StataError(109, f"numeric variables not allowed in varlist;\n{name} is a numeric variable")


class NewNames(NamedTuple):
    """Names of variables to make, and their storage types (the default where none was typed)."""

    names: list[str]
    types: list[str]


def new_names(text: str, data: Dataset, default: str) -> NewNames:
    """Read a newvarlist: `double(a b) c`, `int x1-x3`.

    Raises
    ------
    StataError
        r(110), r(198).
    """
    names: list[str] = []
    types: list[str] = []
    kind, lasting = default, True
    for word in text.replace("(", " ( ").replace(")", " ) ").split():
        if word in MOST_NEW_TYPES or (word.startswith("str") and word[3:].isdigit()):
            kind, lasting = word, False
        elif word == "(":
            lasting = True
        elif word == ")":
            kind, lasting = default, True
        else:
            for name in expand_new_names(word):
                check_new_name(name, data)
                names.append(name)
                types.append(kind)
            if not lasting:
                kind, lasting = default, True
    return NewNames(names, types)


def plain_names(text: str, settings: Settings) -> list[str]:
    """Read a namelist.

    Raises
    ------
    StataError
        r(198) `1a invalid name`, r(102), r(103).
    """
    names = text.split()
    for name in names:
        if not is_valid_name(name) and not (name == "_all" or "local" in settings.words):
            raise StataError(198, f"{name} invalid name")
    return names


class TypedWeight(NamedTuple):
    """A weight as typed: `kind` is its full name, the first allowed for `[w=]`."""

    kind: str
    text: str
    assumed: bool


def typed_weight(text: str, skeleton: Skeleton, part: Part) -> TypedWeight | None:
    """Return the weight that was typed.

    Raises
    ------
    StataError
        r(101) `pweights not allowed`, r(198).
    """
    if skeleton.weight is None:
        return None
    word = match_choice(skeleton.weight_kind.lower(), WEIGHT_WORDS)
    if word is None:
        raise StataError(198, "invalid syntax")
    kind = weight_kind(word)
    assumed = kind == "weight"
    if assumed:
        kind = part.weights[0]
    if kind not in part.weights:
        raise StataError(101, f"{kind}s not allowed")
    return TypedWeight(kind, piece(text, skeleton.weight), assumed)
