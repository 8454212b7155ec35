"""Heads of `if`, `foreach` and `forvalues`: where the condition ends, what a loop goes through."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from xmixed.errors import StataError
from xmixed.language.explain import quote_end

LONGEST_LOCAL = 31
"""Characters in the name of a local macro."""

_OPERAND = re.compile(
    r"\s*(?:[-+!~]\s*)*(?:"
    r"(?P<quote>`\"|\")|(?P<group>[(])|(?P<equation>\[)"
    r"|\d(?:\.[0-9a-fA-F]*)?[xX][+-][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?(?![\w.])"
    r"|(?P<name>(?:[LlFfDdSs]\d*\.|\d+\.)*(?:[^\W\d]\w*)(?:\.[^\W\d]\w*)*)|\.[a-z]?(?!\w))"
)
_OPERATOR = re.compile(r"\s*(?:[-+*/^&|]|[=!~]=|[<>]=?|=)")
_BRACKET = re.compile(r"`\"|[\"()\[\]]")


def split_condition(text: str) -> tuple[str, str]:
    """Split what stands behind a one-line `if` into the expression and the command.

    The expression ends where an operand is not followed by an operator.

    Raises
    ------
    StataError
        r(198), r(132): it ends nowhere.
    """
    position = 0
    while True:
        found = _OPERAND.match(text, position)
        if found is None:
            raise StataError(198, "invalid syntax")
        position = _operand_end(text, found)
        operator = _OPERATOR.match(text, position)
        if operator is None:
            return text[:position].strip(), text[position:].strip()
        position = operator.end()


def _operand_end(text: str, found: re.Match[str]) -> int:
    """Return where an operand ends, with its arguments and subscripts."""
    position = found.end()
    if found["quote"]:
        return _quote_end(text, found.start("quote"))
    if found["group"]:
        return _group_end(text, found.start("group"))
    if found["equation"]:  # [eq]_b[x]
        position = _group_end(text, found.start("equation"))
        name = re.compile(r"\w+").match(text, position)
        position = name.end() if name else position
    while text.startswith(("(", "["), position):
        position = _group_end(text, position)
    return position


def _quote_end(text: str, start: int) -> int:
    end = quote_end(text, start, len(text))
    if end is None:
        raise StataError(132, "too few quotes")
    return end


def _group_end(text: str, start: int) -> int:
    """Return the position after the bracket that closes the one at `start`."""
    depth, position = 0, start
    while (mark := _BRACKET.search(text, position)) is not None:
        if mark.group() in ('"', '`"'):
            position = _quote_end(text, mark.start())
            continue
        position = mark.end()
        depth += 1 if mark.group() in "([" else -1
        if depth == 0:
            return position
    raise StataError(100, f"{')' if text[start] == '(' else ']'} required")


ListKind = Literal["in", "local", "global", "varlist", "newlist", "numlist"]


@dataclass(frozen=True, slots=True)
class ForeachHead:
    """`foreach x in list`, `foreach x of local m`: the macro, the kind of list, and its text."""

    name: str
    kind: ListKind
    text: str


@dataclass(frozen=True, slots=True)
class ForvaluesHead:
    """`forvalues i = 1(2)9`: the macro, the first value, the step, and how many values there are."""

    name: str
    first: float
    step: float
    count: int


_FOREACH = re.compile(r"\s*(\w+)\s+(in|of)(?!\w)\s*(.*)", re.DOTALL)
_OF = re.compile(
    r"(?:(loc(?:al?)?)|(glob(?:al?)?)|(var(?:l(?:i(?:st?)?)?)?)|(new(?:l(?:i(?:st?)?)?)?)|(num(?:l(?:i(?:st?)?)?)?))"
    r"(?!\w)\s*(.*)",
    re.DOTALL,
)
_OF_KINDS: tuple[ListKind, ...] = ("local", "global", "varlist", "newlist", "numlist")


def parse_foreach(text: str) -> ForeachHead:
    """Parse what stands between `foreach` and the open brace.

    Raises
    ------
    StataError
        r(198).
    """
    found = _FOREACH.fullmatch(text)
    if found is None:
        raise StataError(198, "invalid syntax")
    name, word, rest = found.groups()
    _check_name(name)
    if word == "in":
        return ForeachHead(name, "in", rest.strip())
    listed = _OF.fullmatch(rest)
    if listed is None:
        raise StataError(198, "invalid syntax")
    kind: ListKind = _OF_KINDS[next(i for i, group in enumerate(listed.groups()) if group)]
    content = listed.group(6).strip()
    if kind in ("local", "global") and not re.fullmatch(r"\w+", content):
        raise StataError(198, "invalid syntax")
    return ForeachHead(name, kind, content)


def _check_name(name: str) -> None:
    if len(name) > LONGEST_LOCAL:
        raise StataError(198, f"{name} invalid name")


_VALUE = r"([+-]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_FORVALUES = re.compile(
    rf"\s*(\w+)\s*=\s*{_VALUE}\s*(?:/\s*{_VALUE}|\(\s*{_VALUE}\s*\)\s*{_VALUE}|\s{_VALUE}\s*(?:to\s|:)\s*{_VALUE})\s*"
)
MOST_ROUNDS = 2**53


def parse_forvalues(text: str) -> ForvaluesHead:
    """Parse what stands between `forvalues` and the open brace.

    Raises
    ------
    StataError
        r(198).
    """
    found = _FORVALUES.fullmatch(text)
    if found is None:
        raise StataError(198, "invalid syntax")
    name, *words = found.groups()
    _check_name(name)
    first, to, step, stepped_last, second, last = (
        None if word is None else float("".join(word.split())) for word in words
    )
    assert first is not None
    if to is not None:
        step, end = 1.0, to
    elif step is not None and stepped_last is not None:
        end = stepped_last
    else:
        assert second is not None and last is not None
        step, end = second - first, last
    return ForvaluesHead(name, first, step, _count(first, step, end))


def _count(first: float, step: float, last: float) -> int:
    """Return how many values first + k step lie up to `last`; rounding does not lose the last one."""
    if step == 0:
        raise StataError(198, "invalid syntax")
    steps = (last - first) / step
    if not math.isfinite(steps) or steps > MOST_ROUNDS:
        raise StataError(198, "invalid syntax")
    return max(0, math.floor(steps + 1e-9 * max(1.0, abs(steps)) ** 0.5) + 1)
