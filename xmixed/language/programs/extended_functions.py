"""Extended macro functions that need no data: the basic table behind `:function'."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xmixed.errors import StataError

Known = Callable[[str], str | None]


def call_extended(
    text: str,
    locals: Mapping[str, str],
    globals: Mapping[str, str],
    evaluate: Callable[[str], str],
    others: Known | None = None,
) -> str:
    """Return the value of an extended macro function.

    Parameters
    ----------
    text : str
        The function and its arguments, without the colon.
    others : callable or None
        Tried first; returns None for what it does not know.

    Raises
    ------
    StataError
        r(198): `invalid syntax` for a function that does not exist.
    """
    if others is not None and (value := others(text)) is not None:
        return value
    name, _, rest = text.partition(" ")
    rest = rest.strip()
    if name == "display":
        return evaluate(rest)
    if name == "length":
        return str(len(_contents(rest, locals, globals)))
    function = _FUNCTIONS.get(name)
    if function is None:
        raise StataError(198, "invalid syntax", hint=f"extended macro function {name} is not known")
    return function(rest)


def split_words(text: str) -> list[str]:
    """Split text at blanks; a quoted string is one word, without its quotes."""
    from xmixed.language.parser import parse_words

    return list(parse_words(text))


def list_elements(text: str) -> list[str]:
    """Return the elements of a list for `foreach`: words and quoted strings, without their outer quotes."""
    return split_words(text) if '"' in text else text.split()


def _contents(text: str, locals: Mapping[str, str], globals: Mapping[str, str]) -> str:
    """Return what `local name`, `global name` or a string means."""
    kind, _, name = text.partition(" ")
    table = {"local": locals, "loc": locals, "global": globals, "gl": globals}.get(kind)
    if table is not None:
        return table.get(name.strip(), "")
    return _unquoted(text)


def _unquoted(text: str) -> str:
    words = split_words(text)
    return words[0] if len(words) == 1 else text


def _word(rest: str) -> str:
    """`word count string`, `word # of string`"""
    selector, _, tail = rest.partition(" ")
    if selector == "count":
        return str(len(split_words(tail)))
    of, _, string = tail.strip().partition(" ")
    if of != "of" or not selector.lstrip("-").isdigit():
        raise StataError(198, "invalid syntax")
    words = split_words(string)
    number = int(selector)
    index = number - 1 if number > 0 else len(words) + number
    return words[index] if number != 0 and 0 <= index < len(words) else ""


_FUNCTIONS: dict[str, Callable[[str], str]] = {
    "word": _word,
    "upper": lambda rest: _unquoted(rest).upper(),
    "lower": lambda rest: _unquoted(rest).lower(),
    "proper": lambda rest: _unquoted(rest).title(),
    "trim": lambda rest: _unquoted(rest).strip(),
}
