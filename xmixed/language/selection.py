"""A command without its `if` and `in`: what is run on observations that were selected before."""

from __future__ import annotations

from xmixed.errors import Span
from xmixed.language.equations import split_equations
from xmixed.language.grammar import parse
from xmixed.language.skeleton import TypedOption, hide_format_commas
from xmixed.language.syntax import Syntax


def without_selection(syntax: Syntax, text: str, offset: int) -> str:
    """Return a command line without its qualifiers `if` and `in`.

    Parameters
    ----------
    offset : int
        Where the text after the command's name begins.

    Raises
    ------
    StataError
        For what does not parse.
    """
    rest = Span(offset, len(text))
    parts = split_equations(text, rest).equations if syntax.argument == "mixed" else [rest]
    cuts = [cut for part in parts for cut in _selections(hide_format_commas(text), part)]
    kept, position = [], 0
    for start, end in cuts:
        kept.append(text[position:start])
        position = end
    return "".join((*kept, text[position:])).rstrip()


def _selections(text: str, part: Span) -> list[tuple[int, int]]:
    """Return where qualifiers stand, each up to what follows it."""
    found: list[tuple[int, int]] = []
    begun: int | None = None
    for piece in parse("command", text, part):
        if isinstance(piece, TypedOption):
            continue
        if begun is not None and piece.type in ("IF", "IN", "USING", "WEIGHT", "COMMA"):
            found.append((begun, piece.start_pos))
            begun = None
        if piece.type in ("IF", "IN"):
            begun = piece.start_pos
    return found if begun is None else [*found, (begun, part.end)]
