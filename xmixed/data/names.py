"""Which texts may name a variable, and names made of the headings of other programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

MAX_NAME_LENGTH = 32

RESERVED = frozenset(
    "_all _b _n _N _pi _cons _rc _se _coef _skip _pred "
    "if in using with byte int long float double strL".split()
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)
_STRING_TYPE = re.compile(r"str[0-9]+\Z", re.ASCII)
_NOT_OF_NAMES = re.compile(r"[^A-Za-z0-9_]+", re.ASCII)


def is_valid_name(name: str) -> bool:
    """Return whether a text may name a variable: letters, digits, `_`, at most 32, not reserved."""
    if len(name) > MAX_NAME_LENGTH or not _NAME.match(name):
        return False
    return name not in RESERVED and not _STRING_TYPE.match(name)


def names_of_headings(
    headings: Sequence[str], fallback: Callable[[int], str], case: str = "preserve"
) -> list[str]:
    """Return names of variables for the headings of a table.

    What no name may hold is left out. A heading of which no name remains, or one that is there already, gets
    the name of its column.

    Parameters
    ----------
    fallback : callable(int) -> str
        Name of a column by its number from 0.
    case : str
        preserve, lower or upper.
    """
    change = {"lower": str.lower, "upper": str.upper}.get(case, str)
    names: list[str] = []
    taken: set[str] = set()
    for place, heading in enumerate(headings):
        name = change(_NOT_OF_NAMES.sub("", heading))[:MAX_NAME_LENGTH]
        if not is_valid_name(name) or name in taken:
            name = _free(fallback(place), taken)
        taken.add(name)
        names.append(name)
    return names


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 1
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found
