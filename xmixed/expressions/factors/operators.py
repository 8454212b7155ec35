"""The operator before the dot of a factor variable: `i`, `ib2`, `ibn`, `2`, `i(1/3)`, `c`, `o`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xmixed.errors import Span, StataError, syntax_error

_BASE = re.compile(r"b(\(first\)|\(last\)|\(freq\)|\(?#\d+\)?|\(?\d+\)?|n)?")
_LEVELS = re.compile(r"\d+|\([^()]*\)")
_RANGE = re.compile(r"(\d+)(?:/(\d+))?")


@dataclass(frozen=True, slots=True)
class Operator:
    """What a factor operator says.

    Attributes
    ----------
    continuous : bool
        `c.` (or `o.` alone): the variable enters as it is.
    levels : tuple of int or None
        Levels asked for by `2.` or `i(1 3).`; None for all.
    base : str
        "" not said, "n" none, "first", "last", "freq", "#k" (k-th smallest) or a level number.
    omit : tuple of int or None
        Levels that `o#.` leaves out; () for all of them.
    """

    continuous: bool = False
    levels: tuple[int, ...] | None = None
    base: str = ""
    omit: tuple[int, ...] | None = None


def parse_operator(text: str, span: Span | None = None) -> Operator:
    """Read an operator in lower case without its dot; "" is the bare name in an interaction (`i.`).

    Raises
    ------
    StataError
        r(198) for text that is no factor operator.
    """
    if text in ("c", "co", "o"):
        return Operator(continuous=True, omit=() if "o" in text else None)
    rest = text.replace(" ", "") if "(" not in text else text
    if rest.startswith("i"):
        rest = rest[1:]
    levels: tuple[int, ...] | None = None
    base, omit = "", None
    while rest:
        if rest.startswith("b"):
            base, rest = _read_base(rest, levels, span)
        elif rest.startswith("n"):
            rest = rest[1:]
        elif rest.startswith("o"):
            omit, rest = _read_levels(rest[1:], span, default=levels or ())
        else:
            levels, rest = _read_levels(rest, span)
    return Operator(levels=levels, base=base, omit=omit)


def _read_base(rest: str, levels: tuple[int, ...] | None, span: Span | None) -> tuple[str, str]:
    found = _BASE.match(rest)
    assert found is not None
    base = (found.group(1) or "").strip("()")
    if not base:
        # `2b.x`: the level named before the b is the base.
        if levels is None or len(levels) != 1:
            raise syntax_error(span=span)
        base = str(levels[0])
    return base, rest[found.end() :]


def _read_levels(
    rest: str, span: Span | None, default: tuple[int, ...] | None = None
) -> tuple[tuple[int, ...], str]:
    found = _LEVELS.match(rest)
    if found is None:
        if default is not None:
            return default, rest
        raise syntax_error(span=span)
    return _numbers(found.group().strip("()"), span), rest[found.end() :]


def _numbers(text: str, span: Span | None) -> tuple[int, ...]:
    """Return the levels of `1 3 5` or `1/4`."""
    levels: list[int] = []
    for word in text.replace(",", " ").split():
        found = _RANGE.fullmatch(word)
        if found is None:
            raise StataError(198, "invalid syntax", span)
        first, last = int(found[1]), int(found[2] or found[1])
        if last - first > 100_000:
            raise StataError(198, "invalid syntax", span)
        levels.extend(range(first, last + 1))
    return tuple(dict.fromkeys(levels))
