"""A display format in its parts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A display format in parts.

    Attributes
    ----------
    kind : str
        `g`, `f`, `e`, `x` (%21x), `H` or `L` (binary), `s`, or `t` (a date).
    width : int
        Field width in characters; 0 for a date, whose width follows from its detail codes.
    digits : int
        The d of `%w.d`.
    align : str
        "" right, "-" left, "~" centred.
    zero : bool
        Pad with leading zeros.
    comma : bool
        Separate thousands.
    european : bool
        Decimal comma (`%9,2f`).
    unit : str
        Dates: one of `d c C w m q h y`.
    detail : str
        Dates: the detail codes, the default ones when none were written.
    """

    kind: str
    width: int = 0
    digits: int = 0
    align: str = ""
    zero: bool = False
    comma: bool = False
    european: bool = False
    unit: str = ""
    detail: str = ""
