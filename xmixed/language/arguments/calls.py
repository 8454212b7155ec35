"""`[type] newvar = fcn(arguments)` as `egen` has it: what stands inside is read as the function says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xmixed.errors import Span, StataError
from xmixed.language.nodes import NOWHERE

_CALL = re.compile(
    r"\s*(?:(?P<type>byte|int|long|float|double|str\d*)\s+)?(?P<name>\w+)\s*=\s*(?P<function>\w+)\s*"
    r"\((?P<inside>.*)\)\s*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class NewVariableCall:
    """`[type] newvar = function(inside)`; `type` is "" when not given."""

    type: str
    name: str
    function: str
    inside: str
    span: Span = field(default=NOWHERE, compare=False)


def read_call(text: str, span: Span) -> NewVariableCall:
    """Parse the argument of `egen`; r(198), or r(100) without `=`."""
    found = _CALL.fullmatch(text, span.start, span.end)
    if found is None:
        if "=" not in text[span.start : span.end]:
            raise StataError(100, "=exp required", span)
        raise StataError(198, "invalid syntax", span)
    return NewVariableCall(found["type"] or "", found["name"], found["function"], found["inside"], span)
