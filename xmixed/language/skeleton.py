"""The skeleton of a command: where its argument, qualifiers and options stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from xmixed.errors import Span, StataError
from xmixed.language.builders.expressions import Piece, span_of


@dataclass(frozen=True, slots=True)
class TypedOption:
    """An option as typed: its name, and the span inside its parentheses (None without them)."""

    name: str
    inside: Span | None
    span: Span


@dataclass(slots=True)
class Skeleton:
    """Spans of the parts of one command or equation; None where a part is absent.

    `weight_kind` is the word before the equals sign as typed.
    """

    argument: Span | None = None
    condition: Span | None = None
    in_range: Span | None = None
    using: Span | None = None
    weight_kind: str = ""
    weight: Span | None = None
    options: list[TypedOption] = field(default_factory=list)
    comma: Span | None = None


class SkeletonBuilder:
    """Callbacks named after the rules of `5_command.lark`."""

    def span(self, children: list[Any]) -> Piece:
        return Piece("ELEMENT", "", children[0].start_pos, children[-1].end_pos)

    group = span

    def brackets(self, children: list[Any]) -> Piece:
        kind = "EMPTY" if len(children) == 2 else "ELEMENT"
        return Piece(kind, "", children[0].start_pos, children[-1].end_pos)

    def weight(self, children: list[Any]) -> Piece:
        opening, closing = children[0], children[-1]
        return Piece("WEIGHT", opening.value, opening.start_pos, closing.end_pos)

    def option(self, children: list[Any]) -> TypedOption:
        name = children[0]
        if len(children) == 1:
            return TypedOption(name.value, None, span_of(name, name))
        inside = Span(children[1].start_pos + 1, children[1].end_pos - 1)
        return TypedOption(name.value, inside, span_of(name, children[1]))

    def pieces(self, children: list[Any]) -> list[Any]:
        return children

    def command(self, children: list[Any]) -> list[Any]:
        return children


_FORMAT = re.compile(r"""(?<![^\s(,])%[^\s"`(),]*(?:,\w[^\s"`(),]*)+""")
_MOST_COMMAS = 80
"""More commas than a display format can hold."""


def hide_format_commas(text: str) -> str:
    """Return a command line with `_` for the commas of display formats, so that they begin no options.

    They are those of `%9,2f` and `%tdMon_dd,_CCYY`: inside a valid format, with a letter, digit or `_` right
    behind. Nothing moves, so what is found in the result stands at the same place in `text`.
    """
    return _FORMAT.sub(_hidden, text) if "%" in text else text


def _hidden(found: re.Match[str]) -> str:
    from xmixed.formats import is_valid_format

    parts = found[0].split(",")
    for count in range(min(len(parts), _MOST_COMMAS), 1, -1):
        if is_valid_format(",".join(parts[:count])):
            return "_".join(parts[:count]) + "".join(f",{part}" for part in parts[count:])
    return found[0]


_QUALIFIERS = {"IF": "condition", "IN": "in_range", "USING": "using"}


def assemble(pieces: Sequence[Any], plain: frozenset[str] = frozenset()) -> Skeleton:
    """Return the skeleton made of the pieces that the grammar found.

    Parameters
    ----------
    pieces : sequence
        Tokens, `Piece`s and, after a COMMA, `TypedOption`s.
    plain : frozenset of str
        Types of pieces that are ordinary text in this command (`IF` where a text may hold the word `if`).

    Raises
    ------
    StataError
        r(198): a part given twice, or text where none may stand.
    """
    skeleton = Skeleton()
    part, end = "argument", -1
    for piece in pieces:
        before, end = end, _end_of(piece)
        if not isinstance(piece, TypedOption) and piece.type == "EMPTY" and piece.start_pos > before:
            continue  # Stata: `[`weight'`exp']` where no weight was typed
        if isinstance(piece, TypedOption):
            skeleton.options.append(piece)
        elif piece.type == "COMMA":
            skeleton.comma = span_of(piece, piece)
        elif piece.type in _QUALIFIERS and piece.type not in plain:
            part = _QUALIFIERS[piece.type]
            if getattr(skeleton, part) is not None:
                raise StataError(198, "invalid syntax", span_of(piece, piece))
            setattr(skeleton, part, Span(piece.end_pos, piece.end_pos))
        elif piece.type == "WEIGHT" and piece.type not in plain:
            if skeleton.weight is not None:
                raise StataError(198, "invalid syntax", span_of(piece, piece))
            skeleton.weight_kind = piece.value[1:-1].strip()
            skeleton.weight = Span(piece.start_pos + len(piece.value), piece.end_pos - 1)
            part = ""
        else:
            _extend(skeleton, part, piece)
    return skeleton


def _end_of(piece: Any) -> int:
    return piece.span.end if isinstance(piece, TypedOption) else piece.end_pos


def _extend(skeleton: Skeleton, part: str, piece: Any) -> None:
    """Add a piece to the part that is being read."""
    if not part:
        raise StataError(198, "invalid syntax", span_of(piece, piece))
    known: Span | None = getattr(skeleton, part)
    start = piece.start_pos if known is None or known.start == known.end else known.start
    setattr(skeleton, part, Span(start, piece.end_pos))
