"""The words of `setx` and of `changex()`: names, lists of names in parentheses, and values between them."""

from __future__ import annotations

from xmixed.errors import StataError

_OPEN, _CLOSE = "([", ")]"


def words_in_groups(text: str) -> tuple[str, ...]:
    """Split text at blanks that stand in no parentheses or brackets.

    Raises
    ------
    StataError
        r(198) for parentheses that do not match.

    Examples
    --------
    >>> words_in_groups("(x1 x2) mean x3 age[4 + 1]")
    ('(x1 x2)', 'mean', 'x3', 'age[4 + 1]')
    """
    words: list[str] = []
    depth, start = 0, -1
    for place, character in enumerate(text + " "):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        if depth < 0:
            raise StataError(198, "parentheses do not match")
        if character.isspace() and not depth:
            if start >= 0:
                words.append(text[start:place])
            start = -1
        elif start < 0:
            start = place
    if depth:
        raise StataError(198, "parentheses do not match")
    return tuple(words)
