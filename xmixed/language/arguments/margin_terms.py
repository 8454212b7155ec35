"""What `margins`, `contrast` and `pwcompare` read: lists of margins with operators, and `at()`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xmixed.errors import Span, StataError
from xmixed.language.explain import group_end
from xmixed.language.nodes import NOWHERE
from xmixed.missing import MISSING

_OPERAND = re.compile(
    r"(?:(?P<operator>[A-Za-z]+)?(?P<levels>\d+|\([^()]*\))?(?P<base>b(?:\d+|\([a-z#0-9]+\)|n|l|f)?)?\.)?"
    r"(?P<name>[A-Za-z_]\w*)(?P<joint>##|#|@|$)",
    re.ASCII,
)
_CUSTOM = re.compile(
    r"\{(?P<name>[A-Za-z_]\w*)(?P<weights>(?:\s+[-+.\deE]+)+)\s*\}(?P<joint>##|#|@|$)", re.ASCII
)
_WORD = re.compile(r"(?:\{[^{}]*\}|\([^()]*\)|[^\s{}()])+")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class MarginOperand:
    """One factor of a term.

    Attributes
    ----------
    name : str
    operator : str
        `r`, `ar`, `p`, ...; "" and `i` without a contrast; `c` for a continuous variable.
    levels : tuple of int
        Levels or degrees that are asked for; () for all.
    weights : tuple of float
        Of a contrast in braces; () for none.
    joint : str
        What stands after it: `#`, `@`, or "" at the end.
    """

    name: str
    operator: str = ""
    levels: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    joint: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MarginTerm:
    """`grp`, `r.grp#female`, `a.grp@female`."""

    operands: tuple[MarginOperand, ...]
    text: str
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def has_contrast(self) -> bool:
        """Whether an operator asks for a contrast."""
        return any(item.weights or item.operator not in ("", "i", "c") for item in self.operands)


def read_margin_terms(text: str, span: Span) -> tuple[MarginTerm, ...]:
    """Return the terms of a marginlist; `a##b` is a, b and a#b.

    Raises
    ------
    StataError
        r(198) for what is none.
    """
    terms: list[MarginTerm] = []
    for word in _WORD.finditer(text, span.start, span.end):
        own = Span(word.start(), word.end())
        operands = _operands(word[0], own)
        if any(item.joint == "##" for item in operands):
            terms += _expanded(operands, own)
        else:
            terms.append(_term(operands, own))
    return tuple(terms)


def _term(operands: list[MarginOperand], span: Span) -> MarginTerm:
    texts = [f"{'c.' if item.operator == 'c' else ''}{item.name}{item.joint}" for item in operands]
    return MarginTerm(tuple(operands), "".join(texts), span)


def _expanded(operands: list[MarginOperand], span: Span) -> list[MarginTerm]:
    """Return all terms of a full factorial, in the order of a binary counter."""
    if any(item.joint in ("#", "@") for item in operands):
        raise StataError(198, "invalid syntax", span)
    terms = []
    for subset in range(1, 2 ** len(operands)):
        chosen = [item for place, item in enumerate(operands) if subset >> place & 1]
        joined = [
            MarginOperand(item.name, item.operator, item.levels, item.weights, joint, item.span)
            for item, joint in zip(chosen, ["#"] * (len(chosen) - 1) + [""], strict=True)
        ]
        terms.append(_term(joined, span))
    return terms


def _operands(word: str, span: Span) -> list[MarginOperand]:
    found: list[MarginOperand] = []
    position, joint = 0, "#"
    while joint:
        custom = _CUSTOM.match(word, position)
        match = custom or _OPERAND.match(word, position)
        if match is None:
            raise StataError(198, "invalid syntax", span)
        joint = match["joint"]
        if custom is not None:
            weights = tuple(_finite(text, span) for text in custom["weights"].split())
            found.append(MarginOperand(custom["name"], "", (), weights, joint, span))
        else:
            levels = _levels(match["levels"] or "", span)
            operator = (match["operator"] or "").lower()
            found.append(MarginOperand(match["name"], operator, levels, (), joint, span))
        position = match.end()
    if position != len(word):
        raise StataError(198, "invalid syntax", span)
    return found


def _levels(text: str, span: Span) -> tuple[int, ...]:
    words = text.strip("()").split()
    if any(not word.isdigit() for word in words):
        raise StataError(198, "invalid syntax", span)
    return tuple(int(word) for word in words)


def _finite(text: str, span: Span) -> float:
    if not _NUMBER.fullmatch(text):
        raise StataError(198, "invalid syntax", span)
    return float(text)


# --- at() -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AtItem:
    """One element of `at()`: `(mean) x1 x2`, or `x=(1 2)`.

    Attributes
    ----------
    names : tuple of str
        As typed: variables, `_all`, `_factor`, `_continuous`, `1.grp`.
    statistic : str
        `mean`, `p50`, ...; "" where values are given.
    values : tuple of float
    """

    names: tuple[str, ...]
    statistic: str = ""
    values: tuple[float, ...] = ()


_STATISTIC = re.compile(r"\(\s*([a-z]+\d*)\s*\)")
_NAME = re.compile(r"(?:\d+\.|[ci]\.)?[A-Za-z_]\w*(?:-[A-Za-z_]\w*)?", re.ASCII)
_STATISTICS = frozenset("mean median min max zero base asobserved asbalanced".split())


def read_at(text: str, span: Span) -> tuple[AtItem, ...]:
    """Return what one `at()` says.

    Raises
    ------
    StataError
        r(198) for what it cannot say; r(121) for a bad list of numbers.
    """
    items: list[AtItem] = []
    position, statistic = span.start, ""
    pending: list[str] = []

    def close() -> None:
        if pending:
            items.append(AtItem(tuple(pending), statistic))
            pending.clear()

    while (position := _skip(text, position, span.end)) < span.end:
        chosen = _STATISTIC.match(text, position, span.end)
        if chosen is not None:
            close()
            statistic = _checked_statistic(chosen[1], Span(*chosen.span()))
            position = chosen.end()
            continue
        name = _NAME.match(text, position, span.end)
        if name is None:
            raise StataError(198, "option at() incorrectly specified", Span(position, span.end))
        after = _skip(text, name.end(), span.end)
        if after < span.end and text[after] == "=":
            close()
            values, position = _values(text, _skip(text, after + 1, span.end), span.end)
            if any(value >= MISSING for value in values):
                raise StataError(198, "missing values not allowed in at()", Span(*name.span()))
            items.append(AtItem((name[0],), "", values))
            continue
        if not statistic:
            raise StataError(198, "option at() incorrectly specified", Span(*name.span()))
        pending.append(name[0])
        position = name.end()
    close()
    if not items:
        raise StataError(198, "option at() incorrectly specified", span)
    return tuple(items)


def _skip(text: str, position: int, end: int) -> int:
    while position < end and text[position].isspace():
        position += 1
    return position


def _checked_statistic(word: str, span: Span) -> str:
    percentile = word[:1] == "p" and word[1:].isdigit() and 1 <= int(word[1:]) <= 99
    if word not in _STATISTICS and not percentile:
        raise StataError(198, f"statistic {word} not allowed in at()", span)
    return word


def _values(text: str, position: int, end: int) -> tuple[tuple[float, ...], int]:
    """Return the numbers after `=`, and where they end."""
    from xmixed.language.grammar import parse

    stop = position
    if position < end and text[position] == "(":
        closed = group_end(text, position, end)
        if closed is None:
            raise StataError(198, "option at() incorrectly specified", Span(position, end))
        return parse("numlist", text, Span(position + 1, closed - 1)), closed
    while stop < end and not text[stop].isspace():
        stop += 1
    if stop == position:
        raise StataError(198, "option at() incorrectly specified", Span(position, end))
    return parse("numlist", text, Span(position, stop)), stop
