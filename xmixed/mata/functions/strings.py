"""Strings: parts, case, search, words, conversion; element by element where they are matrices."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.functions.regular import compile_pattern
from xmixed.formats import format_value, is_string_format
from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.functions.reused import each_element
from xmixed.mata.operators import broadcast
from xmixed.mata.values import Value, array, collapsed, real, strings, text, texts, whole
from xmixed.missing import MISSING

_OF_STRINGS = {
    "strlen": ("strlen", 1, 1),
    "udstrlen": ("strlen", 1, 1),
    "ustrlen": ("strlen", 1, 1),
    "strlower": ("lower", 1, 1),
    "strupper": ("upper", 1, 1),
    "strproper": ("proper", 1, 1),
    "strtrim": ("trim", 1, 1),
    "strltrim": ("ltrim", 1, 1),
    "strrtrim": ("rtrim", 1, 1),
    "stritrim": ("itrim", 1, 1),
    "strreverse": ("reverse", 1, 1),
    "strpos": ("strpos", 2, 2),
    "strrpos": ("strrpos", 2, 2),
    "strmatch": ("strmatch", 2, 2),
    "indexnot": ("indexnot", 2, 2),
    "abbrev": ("abbrev", 2, 2),
    "soundex": ("soundex", 1, 1),
    "soundex_nara": ("soundex_nara", 1, 1),
    "strtoname": ("strtoname", 1, 2),
    "regexr": ("regexr", 3, 3),
}
"""Functions of expressions by Mata's names, and how many arguments they take."""


def _register(name: str, known: str, minimum: int, maximum: int) -> None:
    def run(*values: Value) -> Value:
        return each_element(known, *values)

    builtin(name, minimum, maximum)(run)


for _name, (_known, _minimum, _maximum) in _OF_STRINGS.items():
    _register(_name, _known, _minimum, _maximum)


@builtin("substr usubstr", 2, 3)
def substr(value: Value, start: Value, size: Value = MISSING) -> Value:
    return each_element("substr", value, start, size)


@builtin("subinstr usubinstr", 3, 4)
def subinstr(value: Value, before: Value, after: Value, times: Value = MISSING) -> Value:
    return each_element("subinstr", value, before, after, times)


@builtin("subinword", 3, 4)
def subinword(value: Value, before: Value, after: Value, times: Value = MISSING) -> Value:
    return each_element("subinword", value, before, after, times)


@builtin("strofreal", 1, 2)
def strofreal(value: Value, format_given: Value = None) -> Value:
    """Numbers as %9.0g has them, or in a format; without blanks before them."""
    found = real(value)
    if format_given is None:
        return each_element("strofreal", found)
    numbers, formats = broadcast(found, format_given)
    pairs = zip(numbers.ravel().tolist(), formats.ravel().tolist(), strict=True)
    return strings([_in_format(item, str(each)) for item, each in pairs], numbers.shape)


def _in_format(value: float, fmt: str) -> str:
    try:
        if is_string_format(fmt):
            raise MataError(3250)
        return format_value(value, fmt).strip()
    except MataError:
        raise
    except StataError as error:
        raise MataError(3302) from error


@builtin("strtoreal", 1)
def strtoreal(value: Value) -> Value:
    return each_element("real", value)


@builtin("_strtoreal", 2, outputs=(1,))
def string_to_real(given: list[Value]) -> Value:
    """Return whether a string is no number; the numbers go to the second argument."""
    found = array(each_element("real", given[0]))
    words = np.array([str(item).strip() for item in array(given[0]).ravel()], dtype=object)
    bad = (found.ravel() >= MISSING) & (words != ".")
    given[1] = collapsed(found)
    return float(bool(bad.any()))


@builtin("strdup", 2)
def strdup(value: Value, times: Value) -> Value:
    return each_element("strdup", value, times)


@builtin("char uchar", 1)
def char(value: Value) -> Value:
    """The characters of a vector of codes, as one string."""
    return "".join(chr(int(code)) for code in real(value).ravel() if 0 <= code < 0x110000)


@builtin("ascii", 1)
def ascii_codes(value: Value) -> Value:
    codes = [float(byte) for byte in text(value).encode("utf-8")]
    return collapsed(np.array(codes)[None, :])


@builtin("tokens", 1, 2)
def tokens(value: Value, separators: Value = " ") -> Value:
    """Words of a string as a row; a separator that is no blank is a word, quotes hold together."""
    return strings(split_words(text(value), text(separators)))


def split_words(line: str, separators: str) -> list[str]:
    """Return the words of a line; each separator that is no blank is a word."""
    words: list[str] = []
    position = 0
    while position < len(line):
        here = line[position]
        if here == " " and " " in separators:
            position += 1
        elif here in separators:
            words.append(here)
            position += 1
        else:
            end = _word_end(line, position, separators)
            words.append(_unquoted(line[position:end]))
            position = end
    return words


def _word_end(line: str, start: int, separators: str) -> int:
    if line.startswith('`"', start):
        end = line.find("\"'", start)
        return len(line) if end < 0 else end + 2
    if line[start] == '"':
        end = line.find('"', start + 1)
        return len(line) if end < 0 else end + 1
    position = start
    while position < len(line) and line[position] not in separators:
        position += 1
    return position


def _unquoted(word: str) -> str:
    if word.startswith('`"') and word.endswith("\"'"):
        return word[2:-2]
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word


@builtin("invtokens", 1, 2)
def invtokens(value: Value, separator: Value = " ") -> Value:
    if array(value).shape[0] > 1:
        raise MataError(3202)
    return text(separator).join(texts(value))


@builtin("wordcount", 1)
def wordcount(value: Value) -> Value:
    return each_element("wordcount", value)


@builtin("word", 2)
def word(value: Value, place: Value) -> Value:
    return each_element("word", value, place)


@builtin("regexm", 2, placed=True)
def regexm(memory: Any, value: Value, pattern: Value) -> Value:
    """Whether a string matches; its groups are those of `regexs()`, also in expressions."""
    found = compile_pattern(text(pattern)).search(text(value))
    memory.session.memory.matches = found.groups if found else ()
    return float(found is not None)


@builtin("regexs", 1, placed=True)
def regexs(memory: Any, number_of_group: Value) -> Value:
    groups, wanted = memory.session.memory.matches, whole(number_of_group)
    if not isinstance(groups, tuple):
        raise MataError(198, "regexs() without a regexm() before it")
    return groups[wanted] if 0 <= wanted < len(groups) else ""


@builtin("pathjoin", 2)
def pathjoin(first: Value, second: Value) -> Value:
    return os.path.join(text(first), text(second))


@builtin("pathsuffix", 1)
def pathsuffix(value: Value) -> Value:
    return os.path.splitext(text(value))[1]


@builtin("pathbasename", 1)
def pathbasename(value: Value) -> Value:
    return os.path.basename(text(value))


@builtin("pathrmsuffix", 1)
def pathrmsuffix(value: Value) -> Value:
    return os.path.splitext(text(value))[0]
