"""String functions."""

from __future__ import annotations

import re

import numpy as np

from xmixed.expressions.functions.registry import function
from xmixed.expressions.values import Value, map_number, map_text, type_mismatch
from xmixed.formats import format_value
from xmixed.formats.reading import number_in
from xmixed.formats.width import abbreviate_name
from xmixed.missing import MISSING

MAX_LENGTH = 2_000_000_000
_LONGEST_MADE = 100_000
"""Longest text a repeating function may build."""


def _whole(number: float, default: int) -> int:
    """Return a number cut to an integer; `default` for a missing one."""
    return default if not number < MISSING else int(max(-MAX_LENGTH, min(MAX_LENGTH, number)))


@function("length strlen ustrlen", "s", strict=False)
def _length(text: Value) -> np.ndarray:
    return map_number(len, text)


@function("lower strlower", "s", strict=False)
def _lower(text: Value) -> Value:
    return map_text(lambda s: s.translate(_TO_LOWER), text)


@function("upper strupper", "s", strict=False)
def _upper(text: Value) -> Value:
    return map_text(lambda s: s.translate(_TO_UPPER), text)


_ASCII = "abcdefghijklmnopqrstuvwxyz"
_TO_LOWER = str.maketrans(_ASCII.upper(), _ASCII)  # Stata: only a-z change case
_TO_UPPER = str.maketrans(_ASCII, _ASCII.upper())


@function("proper strproper", "s", strict=False)
def _proper(text: Value) -> Value:
    def convert(s: str) -> str:
        lowered = s.translate(_TO_LOWER)
        return re.sub(r"(?<![a-zA-Z])[a-z]", lambda found: found[0].upper(), lowered)

    return map_text(convert, text)


@function("trim strtrim", "s", strict=False)
def _trim(text: Value) -> Value:
    return map_text(lambda s: s.strip(" "), text)


@function("ltrim strltrim", "s", strict=False)
def _left_trim(text: Value) -> Value:
    return map_text(lambda s: s.lstrip(" "), text)


@function("rtrim strrtrim", "s", strict=False)
def _right_trim(text: Value) -> Value:
    return map_text(lambda s: s.rstrip(" "), text)


@function("itrim stritrim", "s", strict=False)
def _inner_trim(text: Value) -> Value:
    """Blanks inside the text become one; those before and after it stay."""

    def convert(s: str) -> str:
        start = len(s) - len(s.lstrip(" "))
        return s[:start] + re.sub(" {2,}(?=[^ ])", " ", s[start:])

    return map_text(convert, text)


@function("reverse strreverse", "s", strict=False)
def _reverse(text: Value) -> Value:
    return map_text(lambda s: s[::-1], text)


@function("substr", "snn", strict=False)
def _substring(text: Value, start: Value, count: Value) -> Value:
    """substr(s,n1,n2): from n1 (negative: from the end), n2 characters; n2 `.` means to the end."""

    def cut(s: str, first: float, number: float) -> str:
        begin = _whole(first, 0)
        length = _whole(number, MAX_LENGTH)
        begin = begin - 1 if begin > 0 else len(s) + begin
        if begin < 0 or begin >= len(s) or not first < MISSING or begin == len(s) or length <= 0:
            return ""
        return s[begin : begin + length]

    return map_text(cut, text, start, count)


@function("strpos index", "ss", strict=False)
def _position(text: Value, part: Value) -> np.ndarray:
    return map_number(lambda s, wanted: s.find(wanted) + 1 if wanted else 0, text, part)


@function("strrpos", "ss", strict=False)
def _last_position(text: Value, part: Value) -> np.ndarray:
    return map_number(lambda s, wanted: s.rfind(wanted) + 1 if wanted else 0, text, part)


@function("indexnot", "ss", strict=False)
def _first_other(text: Value, allowed: Value) -> np.ndarray:
    """Position of the first character that is not among those of the second string; 0 if there is none."""

    def find(s: str, kept: str) -> float:
        return next((i for i, c in enumerate(s, 1) if c not in kept), 0)

    return map_number(find, text, allowed)


@function("subinstr", "sssn", strict=False)
def _substitute(text: Value, old: Value, new: Value, count: Value) -> Value:
    def convert(s: str, before: str, after: str, number: float) -> str:
        return s.replace(before, after, max(0, _whole(number, MAX_LENGTH))) if before else s

    return map_text(convert, text, old, new, count)


@function("subinword", "sssn", strict=False)
def _substitute_word(text: Value, old: Value, new: Value, count: Value) -> Value:
    def convert(s: str, before: str, after: str, number: float) -> str:
        times = _whole(number, MAX_LENGTH)
        if not before or times <= 0:
            return s
        pattern = rf"(?<![^ ]){re.escape(before)}(?![^ ])"
        return re.sub(pattern, lambda found: after, s, count=times if times < MAX_LENGTH else 0)

    return map_text(convert, text, old, new, count)


@function("word", "sn", strict=False)
def _word(text: Value, number: Value) -> Value:
    def pick(s: str, n: float) -> str:
        words, position = s.split(), _whole(n, 0)
        if position == 0 or abs(position) > len(words):
            return ""
        return words[position - 1] if position > 0 else words[position]

    return map_text(pick, text, number)


@function("wordcount", "s", strict=False)
def _word_count(text: Value) -> np.ndarray:
    return map_number(lambda s: len(s.split()), text)


@function("string strofreal", "n|s", strict=False)
def _string(number: Value, fmt: Value = "%9.0g") -> Value:
    """string(n[,fmt]): the number as displayed, without padding; r(120) for an invalid format."""
    return map_text(lambda n, layout: format_value(n, layout).strip(" "), number, fmt)


@function("real", "s", strict=False)
def _real(text: Value) -> np.ndarray:
    return map_number(number_in, text)


@function("abbrev", "sn", strict=False)
def _abbreviate(text: Value, width: Value) -> Value:
    """At most 5 to 32 characters."""
    return map_text(lambda s, n: abbreviate_name(s, max(5, min(32, _whole(n, 8)))), text, width)


@function("char", "n", strict=False)
def _character(code: Value) -> Value:
    return map_text(lambda n: chr(int(n)) if 0 < n < 256 and n == int(n) else "", code)


@function("plural", "ns|ss", strict=False)
def _plural(n: np.ndarray, text: Value, other: Value | None = None, negative: Value | None = None) -> Value:
    """plural(n,s1[,s2]): unless n is 1 or -1, s2 itself, or s1 with "+..." added or "-..." removed."""
    if negative is not None:
        raise type_mismatch()

    def convert(number: float, s: str, ending: str) -> str:
        if number in (1.0, -1.0):
            return s
        if ending.startswith("-"):
            return s.removesuffix(ending[1:])
        return s + ending[1:] if ending.startswith("+") else ending

    return map_text(convert, n, text, "+s" if other is None else other)


@function("strdup", "sn", strict=False)
def _repeat(text: Value, number: Value) -> Value:
    def convert(s: str, n: float) -> str:
        return s * max(0, min(_whole(n, 0), _LONGEST_MADE // max(1, len(s))))

    return map_text(convert, text, number)


@function("strtoname", "s|n", strict=False)
def _to_name(text: Value, prefix: Value | None = None) -> Value:
    """strtoname(s[,p]): s with `_` for what no name may hold; unless p is 0, a leading digit gets a `_`."""

    def convert(s: str, p: float) -> str:
        name = re.sub(r"[^A-Za-z0-9_]", "_", s)
        starts_with_digit = name[:1].isdigit()
        if starts_with_digit and p != 0:
            name = "_" + name
        elif starts_with_digit:
            name = "_" + name[1:]
        return name[:32]

    return map_text(convert, text, np.asarray(1.0) if prefix is None else prefix)


_SOUNDS = dict(zip("BFPVCGJKQSXZDTLMNR", "111122222222334556", strict=True))
"""The digits of soundex; letters that sound alike have the same."""


def _soundex_of(text: str, census: bool) -> str:
    """Return the code of a name: its first letter and three digits.

    Letters beside each other that sound alike count once, vowels and other characters part them. H and W do
    not part them in the census's way.
    """
    letters = [letter for letter in text.translate(_TO_UPPER) if "A" <= letter <= "Z"]
    if not letters:
        return ""
    code, before = letters[0], _SOUNDS.get(letters[0], "")
    for letter in letters[1:]:
        sound = _SOUNDS.get(letter, "")
        if census and letter in "HW":
            continue
        if sound and sound != before:
            code += sound
        before = sound
    return code[:4].ljust(4, "0")


@function("soundex", "s", strict=False)
def _soundex(text: Value) -> Value:
    return map_text(lambda s: _soundex_of(s, census=False), text)


@function("soundex_nara", "s", strict=False)
def _soundex_nara(text: Value) -> Value:
    return map_text(lambda s: _soundex_of(s, census=True), text)
