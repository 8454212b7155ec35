"""Lists of names that do not exist yet: `a b1-b3`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xmixed.errors import Span, StataError
from xmixed.language.nodes import NOWHERE

_RANGE = re.compile(r"([A-Za-z_]\w*?)(\d+)-([A-Za-z_]\w*?)(\d+)", re.ASCII)
_TYPE = re.compile(r"byte|int|long|float|double|str\d*|strL")
_STUB = re.compile(r"([A-Za-z_]\w*)\*", re.ASCII)
_SPACED_RANGE = re.compile(r"\s*-\s*")
MOST_NAMES = 32_767


@dataclass(frozen=True, slots=True)
class NewVariables:
    """`[type] {stub* | newvarlist}`: names of variables to be made; `type` is "" when not given.

    `stub` is what stands before the star, and `names` are then empty.
    """

    type: str
    names: tuple[str, ...]
    stub: str = ""
    span: Span = field(default=NOWHERE, compare=False)


def expand_new_names(text: str) -> list[str]:
    """Return the names that a list of new names means; `x1-x3` is x1, x2, x3, and `x01-x03` keeps its zeros.

    Raises
    ------
    StataError
        r(198): a range of different stems, or one that goes down.
    """
    names: list[str] = []
    for word in _SPACED_RANGE.sub("-", text).split():
        if "-" not in word:
            names.append(word)
            continue
        found = _RANGE.fullmatch(word)
        if found is None or found[1] != found[3]:
            raise StataError(198, f"{word} invalid name")
        first, last = int(found[2]), int(found[4])
        if not first <= last < first + MOST_NAMES:
            raise StataError(198, f"{word} invalid name")
        width = len(found[2]) if found[2].startswith("0") else 1
        names += [f"{found[1]}{number:0{width}d}" for number in range(first, last + 1)]
    return names


def read_new_variables(text: str, span: Span) -> NewVariables:
    """Return what `[type] {stub* | newvarlist}` means.

    Raises
    ------
    StataError
        r(100) without a name; r(198): a stub beside other names; what `expand_new_names` raises.
    """
    first, *rest = text[span.start : span.end].split() or [""]
    storage_type = first if _TYPE.fullmatch(first) else ""
    words = rest if storage_type else [first, *rest]
    if not words or not words[0]:
        raise StataError(100, "newvarname required", span)
    stub = _STUB.fullmatch(words[0])
    if stub is not None and len(words) == 1:
        return NewVariables(storage_type, (), stub[1], span)
    names = expand_new_names(" ".join(words))
    return NewVariables(storage_type, tuple(names), "", span)
