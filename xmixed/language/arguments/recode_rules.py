"""The rules of `recode`: `(1/2 = 1 "low") (nonmissing = 2) (else = .)`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xmixed.errors import StataError
from xmixed.missing import MISSING, missing_code

_TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"]*"|`"(?:[^"]|"(?!\'))*"\')|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)'
    r"|(?P<missing>\.[a-z]?)(?![\w.])|(?P<word>[A-Za-z]+)|(?P<sign>[/=*()]))"
)
_WORDS = (("min", 3), ("max", 3), ("missing", 4), ("nonmissing", 4), ("else", 4))
_FIRST = re.compile(r"\(|(?<!\S)(?:[-+]?\.?\d|\.(?=[a-z]?[\s/=])|(?:min|max|mis\w*|nonm\w*|else|\*)\s*[/=])")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is changed, and to what.

    Attributes
    ----------
    ranges : tuple of (low, high)
        Ends as doubles; "min" and "max" stand for those of the variable.
    kinds : tuple of str
        `missing`, `nonmissing`, `else`.
    value : float
    label : str or None
    """

    ranges: tuple[tuple[float | str, float | str], ...]
    kinds: tuple[str, ...]
    value: float
    label: str | None = None


def split_recode(text: str) -> tuple[str, str]:
    """Return the varlist and the rules of `recode`."""
    found = _FIRST.search(text)
    if found is None:
        raise StataError(198, "invalid syntax")
    return text[: found.start()], text[found.start() :]


def read_rules(text: str) -> tuple[Rule, ...]:
    """Parse rules, each in parentheses or all bare; r(198)."""
    tokens = _tokens(text)
    rules: list[Rule] = []
    while tokens:
        if tokens[0] == ("sign", "("):
            if ("sign", ")") not in tokens:
                raise StataError(198, "invalid syntax")
            end = tokens.index(("sign", ")"))
            inside = tokens[1:end]
            rules.append(_read_rule(inside))
            if inside:
                raise _unknown(inside[0][1])
            del tokens[: end + 1]
        else:
            rules.append(_read_rule(tokens))
    return tuple(rules)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while text[position:].strip():
        token = _TOKEN.match(text, position)
        if token is None:
            raise _unknown(text[position:].split()[0])
        found.append((str(token.lastgroup), token[str(token.lastgroup)]))
        position = token.end()
    return found


def _unknown(text: str) -> StataError:
    return StataError(198, f"unknown el {text} in rule")


def _word(text: str) -> str:
    for full, least in _WORDS:
        if full.startswith(text) and len(text) >= least:
            return full
    raise _unknown(text)


def _read_rule(tokens: list[tuple[str, str]]) -> Rule:
    """Read one rule from the front of the tokens, which are consumed."""
    ranges: list[tuple[float | str, float | str]] = []
    kinds: list[str] = []
    while tokens and tokens[0] != ("sign", "="):
        low = _element(tokens)
        if low in ("missing", "nonmissing", "else"):
            kinds.append(str(low))
        elif tokens and tokens[0] == ("sign", "/"):
            tokens.pop(0)
            ranges.append((low, _element(tokens)))
        else:
            ranges.append((low, low))
    if len(tokens) < 2 or not (ranges or kinds):
        raise StataError(198, "invalid syntax")
    tokens.pop(0)
    value = _element(tokens)
    if isinstance(value, str):
        raise _unknown(value)
    label = None
    if tokens and tokens[0][0] == "text":
        typed = tokens.pop(0)[1]
        label = typed[2:-2] if typed.startswith("`") else typed[1:-1]
    return Rule(tuple(ranges), tuple(kinds), value, label)


def _element(tokens: list[tuple[str, str]]) -> float | str:
    if not tokens:
        raise StataError(198, "invalid syntax")
    kind, text = tokens.pop(0)
    if kind == "number":
        return float(text)
    if kind == "missing":
        return MISSING if text == "." else missing_code(text)
    if (kind, text) == ("sign", "*"):
        return "else"
    if kind == "word":
        return _word(text)
    raise _unknown(text)
