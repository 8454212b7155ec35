"""Small nodes for command arguments that are neither expressions nor variable lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from xmixed.errors import Span
from xmixed.language.nodes import NOWHERE, Expression


@dataclass(frozen=True, slots=True)
class DisplayItem:
    """One element of `display`.

    `kind`: "expression" (with `format`, "" for the default), "text" (a quoted string), or "directive", whose
    word stands in `directive` and its argument in `expression` or `word`: `_newline`, `_continue`, `_column`,
    `_skip`, `_dup`, `_char`, `as`, `in`, `,`, `,,`. `_request` is refused.
    """

    kind: str
    expression: Expression | None = None
    text: str = ""
    format: str = ""
    directive: str = ""
    word: str = ""
    span: Span = field(default=NOWHERE, compare=False)
