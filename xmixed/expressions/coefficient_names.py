"""Which coefficient of e(b) a name means; `_b[]`, `test` and `from()` find theirs here."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SERIES = re.compile(r"(\d+[bno]*|[cio]o?)?\.?((?:[LFDSlfds]\d*)+)\.(\w+)")
_NUMBERED = re.compile(r"#([0-9]{1,6})")

Key = tuple[str, ...]


def coefficient_key(name: str) -> Key:
    """Return what a coefficient's name means: its operands without marks, in any order."""
    return tuple(sorted(canonical_name(_plain_series(part)) for part in name.replace("##", "#").split("#")))


def _plain_series(part: str) -> str:
    """Return an operand as e(b) writes it: `cL2.x` of `c.l2.x`, `L.x` of `L1.x`."""
    found = _SERIES.fullmatch(part)
    if found is None:
        return part
    operator, series, variable = found.groups()
    series = re.sub(r"(?<=[LFDS])1(?!\d)", "", series.upper())
    return f"{operator or ''}{series}.{variable}"


def canonical_name(name: str) -> str:
    """Return a term's name without the marks b, n and o: `0.girl#c.age` of `0b.girl#co.age`."""
    if "." not in name:
        return name
    return "#".join(_canonical_part(part) for part in name.split("#"))


def _canonical_part(text: str) -> str:
    operator, dot, variable = text.rpartition(".")
    if not dot:
        return text
    if operator == "o":
        return variable
    if operator.startswith("co"):
        return f"c{operator[2:]}.{variable}"
    if operator[:1] == "o" and operator[1:2].isupper():
        return f"{operator[1:]}.{variable}"
    if operator[:1].isdigit():
        digits = len(operator) - len(operator.lstrip("0123456789"))
        return f"{operator[:digits]}{operator[digits:].lstrip('bno')}.{variable}"
    return text


def equations_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the distinct equations of names such as `weight:week`, in their order."""
    return tuple(dict.fromkeys(name.rpartition(":")[0] for name in names))


def equation_meant(text: str, equations: Sequence[str]) -> str | None:
    """Return the equation that a name or `#1` means; None for an unknown one."""
    text = text.strip()
    if text in equations:
        return text
    numbered = _NUMBERED.fullmatch(text)
    if numbered and 1 <= int(numbered[1]) <= len(equations):
        return equations[int(numbered[1]) - 1]
    return None


def place_of(equation: str, name: str, names: Sequence[str]) -> int | None:
    """Return where the coefficient `name` of an equation stands among full names; None when it is not there.

    The marks of base and omitted levels do not count, nor does the order of operands.
    """
    wanted = coefficient_key(name)
    for place, full in enumerate(names):
        own, _, column = full.rpartition(":")
        if own == equation and (column == name or coefficient_key(column) == wanted):
            return place
    return None
