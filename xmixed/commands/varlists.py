"""Parts of arguments that a command reads itself, by the language's own rules."""

from __future__ import annotations

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.parser import parse_varlist


def names_in(text: str, data: Dataset) -> list[str]:
    """Return the variables that a varlist given as text means; `varlist required` when it is empty."""
    if not text.strip():
        raise StataError(100, "varlist required")
    return resolve_varlist(parse_varlist(text), data)
