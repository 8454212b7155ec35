"""Display formats that options give."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.formats import is_date_format, is_string_format, is_valid_format
from xmixed.language.nodes import Command


def number_format(node: Command, usual: str) -> str:
    """Return the format that the option gives; r(120) for one that is none of numbers."""
    fmt = str(node.option("format", usual))
    if not is_valid_format(fmt) or is_string_format(fmt) or is_date_format(fmt):
        raise StataError(120, "invalid %format", node.options["format"].span)
    return fmt
