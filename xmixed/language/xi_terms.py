"""Terms of `xi`: i.a, i.a*i.b, i.a*x, i.a|x, found in the text of a command."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from xmixed.errors import StataError

_NAME = r"[A-Za-z_][\w~]*"
_TERM = re.compile(
    rf"""`".*?"'|"[^"]*"|(?<![\w.#])[iI]\.({_NAME})(?:([*]|[|](?![|]))([iI]\.)?({_NAME}))?(?![\w.#(])(?P<more>[*]|[|](?![|]))?"""
)


class XiTerm(NamedTuple):
    """One term as typed: indicators of `first`, alone or with a second variable.

    `operator` is "", "*" or "|"; `indicators` says whether the second variable has indicators too.
    """

    first: str
    operator: str = ""
    second: str = ""
    indicators: bool = False


def replace_xi_terms(text: str, replacement: Callable[[XiTerm], str]) -> str:
    """Return a command with each of its terms replaced; text in quotes stays as it is.

    Raises
    ------
    StataError
        r(198): three variables in a term, or | between two sets of indicators.
    """

    def replaced(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        if found["more"] or (found[2] == "|" and found[3]):
            raise StataError(198, f"{found[0]} invalid term")
        return replacement(XiTerm(found[1], found[2] or "", found[4] or "", bool(found[3])))

    return _TERM.sub(replaced, text)
