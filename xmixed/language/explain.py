"""Quotes and brackets: where they close, and Stata's message for what does not parse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xmixed.errors import Span, StataError

_VARLIST_RULES = {"varlist", "varname", "varname_lagged", "varlist_factor", "random_equation"}
_SPECIAL = re.compile(r"`\"|\"'|[\"()\[\]]")
_NUMBER_AND_NAME = re.compile(r"\d\w*")


def explain(rule: str, text: str, span: Span, position: int) -> StataError:
    """Return the error for a stretch of text that its rule does not accept.

    Parameters
    ----------
    rule : str
        The start rule.
    text, span
        The command line, and the stretch that was parsed.
    position : int
        Where the parser stopped; `span.end` when the text ended too early.
    """
    unbalanced = find_unbalanced(text, span)
    if unbalanced is not None:
        return unbalanced
    token = _token_at(text, position, span)
    if text.startswith("=", position) and rule in _VARLIST_RULES:
        return StataError(101, "=exp not allowed", token)
    if rule in ("numlist", "number_value"):
        return StataError(121, "invalid numlist", token)
    word = _word_at(text, position, span)
    typed = text[word.start : word.end]
    if rule in _VARLIST_RULES and typed and not typed.startswith(("(", ",", '"', "`", "-", "#")):
        return StataError(198, f"{typed} invalid name", word)
    # A number is no name either where the name of a variable must stand: `generate 60 = 1`.
    target = rule in ("newvar", "assignment") and "=" not in text[span.start : word.start]
    if _NUMBER_AND_NAME.fullmatch(typed) and (target or not typed.isdigit()):
        return StataError(198, f"{typed} invalid name", word)
    return StataError(198, "invalid syntax", token)


def find_unbalanced(text: str, span: Span) -> StataError | None:
    """Return the error for parentheses, brackets or quotes that do not match; None when they do."""
    opened: list[tuple[str, int]] = []
    position = span.start
    while (found := _SPECIAL.search(text, position, span.end)) is not None:
        mark, start = found.group(), found.start()
        position = found.end()
        if mark in ("(", "["):
            opened.append((mark, start))
        elif mark in (")", "]"):
            if not opened or opened[-1][0] != ("(" if mark == ")" else "["):
                return _mismatch(opened, mark, start)
            opened.pop()
        elif mark != "\"'" or text.startswith('"', start):
            end = quote_end(text, start, span.end)
            if end is None:
                return StataError(132, "too few quotes", Span(start, span.end))
            position = end
    if opened:
        mark, start = opened[-1]
        return StataError(100, f"{')' if mark == '(' else ']'} required", Span(start, start + 1))
    return None


def _mismatch(opened: list[tuple[str, int]], mark: str, start: int) -> StataError:
    if opened:
        wanted = ")" if opened[-1][0] == "(" else "]"
        return StataError(100, f"{wanted} required", Span(start, start + 1))
    return StataError(132, "too many ')' or ']'", Span(start, start + 1))


_COMPOUND_MARK = re.compile(r"`\"|\"'")


def quote_end(text: str, start: int, end: int) -> int | None:
    """Return the position after the quoted string that begins at `start`; None when it is not closed."""
    if text.startswith('"', start):
        closing = text.find('"', start + 1, end)
        return None if closing < 0 else closing + 1
    depth = 0
    for mark in _COMPOUND_MARK.finditer(text, start, end):
        depth += 1 if mark.group() == '`"' else -1
        if depth == 0:
            return mark.end()
    return None


def group_end(text: str, start: int, end: int) -> int | None:
    """Return the position after the bracket that closes the one at `start`; None when none does."""
    depth, position = 0, start
    while position < end:
        character = text[position]
        if character == '"' or text.startswith('`"', position):
            position = quote_end(text, position, end) or end
            continue
        position += 1
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return position
    return None


def outside(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield positions and characters outside of quotes and brackets, those that open a group among them."""
    position = start
    while position < end:
        character = text[position]
        if character == '"' or text.startswith('`"', position):
            position = quote_end(text, position, end) or end
            continue
        yield position, character
        position = (group_end(text, position, end) or end) if character in "([" else position + 1


def _token_at(text: str, position: int, span: Span) -> Span:
    """Return the token at a position: a word, or one character; empty at the end of the text."""
    if position >= span.end:
        return Span(span.end, span.end)
    found = re.compile(r"\w+").match(text, position, span.end)
    return Span(position, found.end() if found else position + 1)


def _word_at(text: str, position: int, span: Span) -> Span:
    """Return the run of non-blank characters around a position."""
    if position >= span.end:
        return Span(span.end, span.end)
    start = position
    while start > span.start and (text[start - 1].isalnum() or text[start - 1] in "_.@$"):
        start -= 1
    found = re.compile(r"[^\s(),=+*/<>&|!^\[\]-]*").match(text, position, span.end)
    end = found.end() if found and found.end() > position else position + 1
    return Span(start, end)
