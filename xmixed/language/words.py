"""The words before a command's own syntax: its name, and the prefixes that may stand in front."""

from __future__ import annotations

import re
from typing import NamedTuple

from xmixed.errors import Span, StataError
from xmixed.language.explain import quote_end
from xmixed.language.grammar import parse
from xmixed.language.nodes import Varlist
from xmixed.language.options import find_option
from xmixed.language.readers import read_varlist
from xmixed.language.skeleton import assemble
from xmixed.language.syntax import OptionSpec

_WORD = re.compile(r"\s*(\w+|\S|$)")
_SUBCOMMAND = re.compile(r"\s*(\w*:?)")
_COLON_MARK = re.compile(r"`\"|[\"():\[\]]")


def split_command_word(text: str) -> tuple[str, int]:
    """Return the first word of a command line, and the position after it.

    A word is made of letters, digits and `_`, so that `di"x"`, `use"file"` and `display(1)` split after the
    name; anything else (`?`, `#`, `!`) is a word of one character. Empty for an empty line.
    """
    found = _WORD.match(text)
    assert found is not None
    return found.group(1), found.end()


def split_subcommand_word(text: str, position: int) -> tuple[str, int]:
    """Return the second word of a command line, with a colon right behind it, and the position after it.

    The colon makes it another word: `notes list: text` is a note for a variable called list.
    """
    found = _SUBCOMMAND.match(text, position)
    assert found is not None
    return found.group(1), found.end()


def skip_colon(text: str, position: int) -> int:
    """Return where the command after `quietly` or `capture` begins; the colon is optional."""
    found = re.compile(r"\s*:?\s*").match(text, position)
    assert found is not None
    return found.end()


def split_at_colon(text: str, position: int) -> tuple[Span, int]:
    """Return what stands before the colon of a prefix (`by x:`), and the position after the colon.

    Raises
    ------
    StataError
        r(100): `: required`; r(132) for quotes that do not match.
    """
    start = position
    depth = 0
    while (mark := _COLON_MARK.search(text, position)) is not None:
        found = mark.group()
        position = mark.end()
        if found in ('"', '`"'):
            end = quote_end(text, mark.start(), len(text))
            if end is None:
                raise StataError(132, "too few quotes", Span(mark.start(), len(text)))
            position = end
        elif found == ":":
            if depth == 0:
                return Span(start, mark.start()), position
        else:
            depth += 1 if found in "([" else -1
    raise StataError(100, ": required", Span(len(text), len(text)))


def split_at_optional_colon(text: str, rest: Span) -> tuple[Span, str | None]:
    """Return what stands before the colon of a prefix, and the command behind it; None without a colon."""
    try:
        head, position = split_at_colon(text, rest.start)
    except StataError as error:
        if error.code != 100:
            raise
        return rest, None
    return head, text[position:].strip()


class ByPrefix(NamedTuple):
    """`by groups (order), sort rc0:`."""

    groups: Varlist
    order: Varlist
    sort: bool
    rc0: bool


_BY_OPTIONS = (OptionSpec("sort", "s"), OptionSpec("rc0", "rc0"))
_GROUPS_AND_ORDER = re.compile(r"([^()]*)(?:\(([^()]*)\)\s*)?")


def parse_by(text: str, span: Span) -> ByPrefix:
    """Parse what stands between `by` or `bysort` and the colon.

    Raises
    ------
    StataError
        r(100): `varlist required`; r(198).
    """
    skeleton = assemble(parse("command", text, span))
    parts = (skeleton.condition, skeleton.in_range, skeleton.weight, skeleton.using)
    if any(part is not None for part in parts):
        raise StataError(198, "invalid syntax", span)
    options: set[str] = set()
    for typed in skeleton.options:
        found = find_option(typed.name, _BY_OPTIONS)
        if found is None or typed.inside is not None:
            raise StataError(198, f"option {typed.name} not allowed", typed.span)
        options.add(found[0].name)
    if skeleton.argument is None:
        raise StataError(100, "varlist required", span)
    shape = _GROUPS_AND_ORDER.fullmatch(text, skeleton.argument.start, skeleton.argument.end)
    if shape is None:
        raise StataError(198, "invalid syntax", skeleton.argument)
    groups = read_varlist(text, Span(*shape.span(1)), False)
    order = read_varlist(text, Span(*shape.span(2)), False) if shape.group(2) else ()
    return ByPrefix(groups, order, "sort" in options, "rc0" in options)


def split_commands(text: str) -> list[str]:
    """Return the commands that semicolons outside quotes separate, without those that are empty."""
    found, start, position = [], 0, 0
    while position < len(text):
        if text[position] == '"' or text.startswith('`"', position):
            position = quote_end(text, position, len(text)) or len(text)
            continue
        if text[position] == ";":
            found.append(text[start:position])
            start = position + 1
        position += 1
    return [part.strip() for part in (*found, text[start:]) if part.strip()]
