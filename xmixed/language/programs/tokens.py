"""Taking text apart as `tokenize` and `gettoken` do."""

from __future__ import annotations

import re
from typing import NamedTuple

from xmixed.errors import StataError
from xmixed.language.explain import group_end, quote_end


class Token(NamedTuple):
    """One token, and what follows it.

    Attributes
    ----------
    text : str
    rest : str
        What follows, its leading blanks kept.
    quoted : bool
        Whether it stood in quotes.
    matched : bool
        Whether it stood in the parentheses that `match()` strips.
    """

    text: str
    rest: str
    quoted: bool = False
    matched: bool = False


def tokens_of(text: str, parse: str = " ") -> list[str]:
    """Split text as `tokenize` does: at parse characters, which are tokens unless they are blanks.

    Quoted text is one token without its quotes.
    """
    found: list[str] = []
    while text.strip(" " if " " in parse else ""):
        token = next_token(text, parse)
        found.append(token.text)
        text = token.rest
    return found


def next_token(
    text: str, parse: str = " ", *, quotes: bool = False, match: bool = False, bind: bool = False
) -> Token:
    """Take the first token of a text as `gettoken` does.

    Parameters
    ----------
    parse : str
        Characters at which tokens end; each of them but the blank is a token of its own.
    quotes : bool
        Keep the outer quotes.
    match : bool
        Text in parentheses is one token, without them.
    bind : bool
        Text in parentheses or brackets does not end.
    """
    start = len(text) - len(text.lstrip(" ")) if " " in parse else 0
    if start >= len(text):
        return Token("", "")
    if match and text[start] == "(":
        end = group_end(text, start, len(text)) or len(text)
        inside = text[start + 1 : end - 1] if end <= len(text) and text[end - 1] == ")" else text[start + 1 :]
        return Token(inside, text[end:], matched=True)
    if text[start] == '"' or text.startswith('`"', start):
        end = quote_end(text, start, len(text)) or len(text)
        token = text[start:end]
        return Token(token if quotes else without_quotes(token), text[end:], quoted=True)
    if text[start] in parse:
        return Token(text[start], text[start + 1 :])
    end = start
    while end < len(text) and text[end] not in parse:
        if text[end] == '"' or text.startswith('`"', end):
            if not bind and " " in parse:
                break
            end = quote_end(text, end, len(text)) or len(text)
        elif bind and text[end] in "([":
            end = group_end(text, end, len(text)) or len(text)
        else:
            end += 1
    return Token(text[start:end], text[end:])


def without_quotes(token: str) -> str:
    """Return a quoted token without its outer quotes."""
    if token.startswith('`"'):
        return token[2:].removesuffix("\"'")
    return token.removeprefix('"').removesuffix('"') if token.startswith('"') else token


_SCOPE_AND_NAME = re.compile(r"(?:\(\s*(local|global)\s*\)\s*)?([A-Za-z0-9_]+)\s*")


def take_macro_name(text: str) -> tuple[str, str, str]:
    """Take `[(local|global)] name` off a text; return scope, name and the rest.

    Raises
    ------
    StataError
        r(198).
    """
    found = _SCOPE_AND_NAME.match(text)
    if found is None:
        raise StataError(198, "invalid syntax")
    return found[1] or "local", found[2], text[found.end() :]


_QUOTE_OR_WORD = re.compile(r"`\"|\"|\w+")


def replace_word(text: str, word: str, by: str) -> str:
    """Return a text with a word replaced wherever it stands outside quotes."""
    parts: list[str] = []
    position = 0
    while (found := _QUOTE_OR_WORD.search(text, position)) is not None:
        parts.append(text[position : found.start()])
        if found.group() in ('"', '`"'):
            position = quote_end(text, found.start(), len(text)) or len(text)
            parts.append(text[found.start() : position])
        else:
            position = found.end()
            parts.append(by if found.group() == word else found.group())
    return "".join([*parts, text[position:]])
