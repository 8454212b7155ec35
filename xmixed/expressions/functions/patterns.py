"""Pattern functions: strmatch() and the regular expressions of regexm(), regexr(), regexs()."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.functions.registry import function
from xmixed.expressions.functions.regular import Match, compile_pattern
from xmixed.expressions.place import Place
from xmixed.expressions.values import Value, each_result, map_number, map_text
from xmixed.expressions.varlist import matches_pattern
from xmixed.missing import MISSING


@function("strmatch match", "ss", strict=False)
def _string_match(text: Value, pattern: Value) -> np.ndarray:
    return map_number(lambda s, p: matches_pattern(s, p, "*"), text, pattern)


@function("regexm", "ss", strict=False, placed=True)
def _regular_match(place: Place, text: Value, pattern: Value) -> np.ndarray:
    """regexm(s,re): whether s matches; what the groups matched is kept for regexs()."""

    def search(s: str, wanted: str) -> tuple[str, ...]:
        found = compile_pattern(wanted).search(s)
        return found.groups if found else ()  # the whole match is the first group of every match

    memory = place.context.memory
    if isinstance(text, str) and isinstance(pattern, str):
        memory.matches = search(text, pattern)
        return np.asarray(float(bool(memory.matches)))
    groups = each_result(search, text, pattern)
    kept: list[tuple[str, ...]] = [()] * place.context.data.n_obs
    for row, group in zip(place.rows.tolist(), groups, strict=True):
        if 0 <= row < len(kept):
            kept[row] = group
    memory.matches = kept
    return np.array([bool(group) for group in groups], dtype=np.float64)


@function("regexs", "n", strict=False, placed=True)
def _regular_group(place: Place, number: np.ndarray) -> Value:
    """regexs(n): what group n of the last regexm() matched in this observation, 0 the whole match."""
    matches = place.context.memory.matches
    if matches is None:
        return _no_group()
    if isinstance(matches, tuple):
        return map_text(lambda n: _group(matches, n), number)
    rows = [row if 0 <= row < len(matches) else -1 for row in place.rows.tolist()]
    numbers = np.broadcast_to(number, (len(rows),)).tolist()
    out = np.empty(len(rows), dtype=object)
    out[:] = [_group(matches[row] if row >= 0 else (), n) for row, n in zip(rows, numbers, strict=True)]
    return out


def _group(groups: tuple[str, ...], number: float) -> str:
    if not number < MISSING or number < 0 or number != int(number):
        return ""
    return groups[int(number)] if number < len(groups) else ""


def _no_group() -> str:
    raise StataError(198, "regexs() without a regexm() before it")


@function("regexr", "sss", strict=False)
def _regular_replace(text: Value, pattern: Value, replacement: Value) -> Value:
    """regexr(s1,re,s2): s1 with its first match replaced by the text s2."""

    def convert(s: str, wanted: str, new: str) -> str:
        found: Match | None = compile_pattern(wanted).search(s)
        return s if found is None else s[: found.start] + new + s[found.end :]

    return map_text(convert, text, pattern, replacement)
