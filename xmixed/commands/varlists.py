"""Parts of arguments that a command reads itself, by the language's own rules."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.parser import parse_varlist, parse_words


def names_in(text: str, data: Dataset) -> list[str]:
    """Return the variables that a varlist given as text means; `varlist required` when it is empty."""
    if not text.strip():
        raise StataError(100, "varlist required")
    return resolve_varlist(parse_varlist(text), data)


def check_count(names: Sequence[str], least: int, most: int) -> None:
    """Raise r(102) for too few variables, r(103) for too many."""
    if len(names) < least:
        raise StataError(102, "too few variables specified")
    if len(names) > most:
        raise StataError(103, "too many variables specified")


def generated_names(text: str, count: int, data: Dataset) -> list[str]:
    """Return the names in generate(), one for each of `count` variables; r(198) for another number."""
    names = list(parse_words(text))
    if len(names) != count:
        raise StataError(198, "number of variables in varlist must equal number of variables in generate()")
    for name in names:
        check_new_name(name, data)
    return names
