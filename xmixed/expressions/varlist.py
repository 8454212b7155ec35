"""Variable lists and names: abbreviations, ranges, patterns; which new names are allowed."""

from __future__ import annotations

from collections.abc import Iterable

from xmixed.data.dataset import Dataset
from xmixed.data.names import is_valid_name
from xmixed.errors import Span, StataError, variable_not_found
from xmixed.language.nodes import Interaction, Pattern, Range, VarlistItem


def matches_pattern(name: str, pattern: str, stars: str = "*~") -> bool:
    """Return whether text fits a pattern of `*` (any character of `stars`), `?` and plain characters.

    It never goes back over more than one star.
    """
    i = j = 0
    star = mark = -1
    while i < len(name):
        if j < len(pattern) and pattern[j] in stars:
            star, mark, j = j, i, j + 1
        elif j < len(pattern) and (pattern[j] == "?" or pattern[j] == name[i]):
            i, j = i + 1, j + 1
        elif star >= 0:
            mark += 1
            i, j = mark, star + 1
        else:
            return False
    return not pattern[j:].strip(stars)


def abbreviation_of(text: str, data: Dataset, span: Span | None = None) -> str | None:
    """Return the variable a name means: exactly, or as a unique abbreviation; None when there is none.

    Raises
    ------
    StataError
        r(111) `foo ambiguous abbreviation`.
    """
    if text in data:
        return text
    found = [name for name in data.places if name.startswith(text)]
    if len(found) > 1:
        raise StataError(111, f"{text} ambiguous abbreviation", span)
    return found[0] if found else None


def resolve_name(pattern: Pattern | str, data: Dataset) -> str:
    """Return the one variable a name, abbreviation or pattern means.

    Raises
    ------
    StataError
        r(111) `variable foo not found`, `foo ambiguous abbreviation`; r(103) `too many variables specified`.
    """
    if isinstance(pattern, str):
        pattern = Pattern(pattern)
    names = resolve_item(pattern, data)
    if len(names) != 1:
        raise StataError(103, "too many variables specified", pattern.span)
    return names[0]


def resolve_item(item: VarlistItem, data: Dataset) -> list[str]:
    """Return the variables one element of a varlist means, in the order of the data."""
    if isinstance(item, Interaction):
        raise StataError(101, "factor variables not allowed", item.span)
    if isinstance(item, Range):
        return _range(item, data)
    if item.operator:
        raise StataError(101, "time-series operators not allowed", item.span)
    text = item.text
    if text == "_all":
        return data.names
    if not any(character in "*?~" for character in text):
        found = abbreviation_of(text, data, item.span)
        if found is None:
            raise variable_not_found(text, item.span)
        return [found]
    names = [name for name in data.names if matches_pattern(name, text)]
    if not names:
        raise variable_not_found(text, item.span)
    if "~" in text and len(names) > 1:
        raise StataError(111, f"{text} ambiguous abbreviation", item.span)
    return names


def _range(item: Range, data: Dataset) -> list[str]:
    ends = []
    for text in (item.first, item.last):
        found = abbreviation_of(text, data, item.span)
        if found is None:
            raise variable_not_found(text, item.span)
        ends.append(found)
    names = data.names
    first, last = data.places[ends[0]], data.places[ends[1]]
    if last < first:
        raise StataError(111, f"{item.first}-{item.last}: variables out of order", item.span)
    return names[first : last + 1]


def resolve_varlist(varlist: Iterable[VarlistItem], data: Dataset) -> list[str]:
    """Return the variables of a varlist in the order typed; duplicates are kept.

    Raises
    ------
    StataError
        r(111) for an unknown or ambiguous name; r(101) for factor variables or time-series operators.
    """
    return [name for item in varlist for name in resolve_item(item, data)]


def check_new_name(name: str, data: Dataset, span: Span | None = None) -> None:
    """Check that a variable of this name may be made.

    Raises
    ------
    StataError
        r(198) `60 invalid name`; r(110) `x already defined`.
    """
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name", span)
    if name in data:
        raise StataError(110, f"{name} already defined", span)
