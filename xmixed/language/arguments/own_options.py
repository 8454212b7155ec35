"""Commands that run another command: their own options apart from those that they hand on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xmixed.errors import Span
from xmixed.language.grammar import parse
from xmixed.language.options import find_option, read_options
from xmixed.language.skeleton import assemble, hide_format_commas
from xmixed.language.syntax import OptionSpec

_ANYTHING = frozenset({"IF", "IN", "USING", "WEIGHT"})


def without_own_options(text: str, specs: Sequence[OptionSpec]) -> tuple[str, dict[str, Any]]:
    """Return a command line without the options of `specs`, and those by name.

    Raises
    ------
    StataError
        r(198) for an option whose value does not fit.
    """
    pieces = parse("command", hide_format_commas(text), Span(0, len(text)))
    skeleton = assemble(pieces, _ANYTHING)
    own = [typed for typed in skeleton.options if find_option(typed.name, specs)]
    options = read_options(text, own, specs, ())
    if skeleton.comma is None:
        return text, options
    others = [text[typed.span.start : typed.span.end] for typed in skeleton.options if typed not in own]
    head = text[: skeleton.comma.start].rstrip()
    return f"{head}, {' '.join(others)}" if others else head, options
