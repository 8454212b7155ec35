"""Reading Mata: from text to nodes; whether a text is complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from xmixed.errors import StataError
from xmixed.language.grammar import Grammar
from xmixed.mata.builder import MataBuilder
from xmixed.mata.errors import does_not_compile, not_built
from xmixed.mata.nodes import Item

if TYPE_CHECKING:
    from lark import Lark, Token

_GOES_ON = frozenset(
    "COMMA BACKSLASH EQUALS CHANGE ACROSS DOWN BAR OR AMPERSAND AND COMPARISON PLUS MINUS COLON_SUM STAR"
    " DIVISION COLON_PRODUCT POWER NOT ELSE DO LBRACE RBRACE _SEMICOLON _NL QMARK COLON".split()
)
"""Tokens behind which a line end does not end a statement."""

_ENDED = frozenset({"LBRACE", "RBRACE", "_SEMICOLON", "_NL"})
_BEGINS_FACTOR = frozenset({"NAME", "NUMBER", "STRING", "COMPOUND", "LPAR"})


class LineEnds:
    """Drops line ends inside parentheses and where a statement goes on; makes the product of X'y explicit."""

    always_accept = ()

    def process(self, stream: Iterable[Token]) -> Iterator[Token]:
        from lark import Token

        depth, before, last = 0, "", None
        for token in stream:
            kind = str(token.type)
            if kind in ("CLASS", "GOTO"):
                raise not_built(str(token.value))
            if kind == "_NL" and (depth or not before or before in _GOES_ON):
                continue
            if token.value in ("(", "[", "[|"):
                depth += 1
            elif token.value in (")", "]", "|]"):
                depth = max(0, depth - 1)
            elif kind == "RBRACE" and before not in _ENDED:
                yield Token.new_borrow_pos("_NL", "\n", token)
            if before == "QUOTE" and kind in _BEGINS_FACTOR:
                yield Token.new_borrow_pos("STAR", "*", token)
            yield token
            before, last = kind, token
        if last is not None and before not in _GOES_ON:
            yield Token.new_borrow_pos("_NL", "\n", last)


MATA = Grammar(
    "mata/*.lark", ("start",), MataBuilder, "mata.tables", "basic", keep_all_tokens=False, line_ends=LineEnds
)


@cache
def _parser() -> Lark:
    return MATA.load()


class Incomplete(Exception):
    """The text may go on: a brace or parenthesis is open, or a statement has only begun."""


def read(text: str) -> tuple[Item, ...]:
    """Return the definitions and statements of a text.

    Raises
    ------
    StataError
        r(3000) for what is no Mata or does not exist here.
    Incomplete
        The text ends too early.
    """
    from lark.exceptions import UnexpectedInput, VisitError

    try:
        found: Any = _parser().parse(text)
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        if token is not None and (token.type == "$END" or _is_last_line_end(token, text)):
            raise Incomplete from None
        raise does_not_compile(_explained(token)) from None
    except VisitError as error:
        if isinstance(error.orig_exc, StataError):
            raise error.orig_exc from None
        raise
    return found


def _is_last_line_end(token: Token, text: str) -> bool:
    return token.type == "_NL" and not text[token.end_pos or 0 :].strip()


def _explained(token: Token | None) -> str:
    if token is None or not str(token.value).strip():
        return "invalid expression"
    return f"'{token.value}' found where almost anything else expected"
