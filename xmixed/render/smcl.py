"""The directives of SMCL in text that users display: what they look like on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

from xmixed.output import broken, line
from xmixed.render.text import wrap

CHARACTERS = {
    "-(": "{",
    ")-": "}",
    "-": "-",
    "|": "|",
    "+": "+",
    "TLC": "+",
    "TRC": "+",
    "BLC": "+",
    "BRC": "+",
    "TT": "+",
    "BT": "+",
    "LT": "+",
    "RT": "+",
    "'g": "`",
    "S|": "$",
    "0x7e": "~",
}
"""`{c TLC}` and its like."""

_SILENT = frozenset(
    "txt text res result err error inp input com cmd bf it sf ul reset smcl ... p_end".split()
)
"""Directives that change the look of what follows, and show nothing."""

_INSIDE = frozenset("bf it ul sf txt text res result err error inp input com cmd opt hi title bind".split())
"""Directives that show the text within them."""

_LINKS = frozenset("search help browse stata view net ado dialog manhelp helpb search update".split())
PARAGRAPHS: dict[str, tuple[int, int, int]] = {
    "p": (0, 0, 0),
    "pstd": (4, 4, 2),
    "psee": (4, 13, 2),
    "phang": (4, 8, 2),
    "pmore": (8, 8, 2),
    "pin": (8, 8, 2),
    "phang2": (8, 12, 2),
    "pmore2": (12, 12, 2),
    "pin2": (12, 12, 2),
    "phang3": (12, 16, 2),
    "pmore3": (16, 16, 2),
    "pin3": (16, 16, 2),
}
"""Paragraphs: what the first line and the others are indented by, and columns left free at the right."""

_BEFORE_COLON = re.compile(r"""((?:"[^"]*"|[^":])*+"?)(:?)(.*)""", re.DOTALL)
_PARAGRAPH = re.compile(rf"\{{({'|'.join(PARAGRAPHS)})((?: +\d+)*) *\}}")
_PARAGRAPH_END = "{p_end}"
_NAME = re.compile(r"\.\.\.|\.-|[A-Za-z_]\w*")
MOST = 32_767
DEEPEST = 50


def plain_text(text: str, linesize: int, column: int = 0) -> str:
    """Return text with its SMCL directives carried out; an unknown one stands as it is.

    Parameters
    ----------
    column : int
        How many characters of the line stand before the text.
    """
    if "{" not in text:
        return text
    found = _PARAGRAPH.search(text)
    if found is None:
        return _Reader(linesize, column).run(text, 0)
    before = _Reader(linesize, column).run(text[: found.start()], 0)
    inside, _, after = text[found.end() :].partition(_PARAGRAPH_END)
    parts = [before] if before else []
    parts.append(_paragraph(inside, found, linesize))
    if after:
        parts.append(plain_text(after, linesize))
    return "\n".join(parts)


_TAGS_ALONE = re.compile(r"(?:\{(?:txt|text|res|com|err|inp|sf|bf|it|smcl|ul off|ul on|reset)\})+")


def plain_lines(text: str, linesize: int) -> list[str]:
    """Return the lines of an SMCL file as they look on paper, those longer than a line going on after `> `.

    A line of nothing but changes of style shows nothing where an empty line follows it, and is an empty line
    elsewhere; `{smcl}` shows nothing.
    """
    found = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    lines: list[str] = []
    for place, typed in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else ""
        if typed == "{smcl}" or (_TAGS_ALONE.fullmatch(typed) and not following):
            continue
        shown = plain_text(typed, linesize)
        lines += [part.text for item in shown.split("\n") for part in broken(line(item), linesize)]
    return lines


def _paragraph(text: str, opening: re.Match[str], linesize: int) -> str:
    """Return a paragraph folded to its margins."""
    typed = [int(number) for number in opening[2].split()]
    first, other, right = (*typed, *PARAGRAPHS[opening[1]][len(typed) :])[:3]
    room = max(10, linesize - right)
    shown = " ".join(_Reader(linesize, 0).run(text, 0).split())
    lines = wrap(shown, max(1, room - first), max(1, room - other))
    return "\n".join(" " * (other if number else first) + item for number, item in enumerate(lines))


class _Reader:
    """Goes through a text once; `column` is where the next character goes, from 0."""

    def __init__(self, linesize: int, column: int) -> None:
        self.linesize, self.column = linesize, column

    def run(self, text: str, depth: int) -> str:
        parts: list[str] = []
        position = 0
        while (start := text.find("{", position)) >= 0:
            self._add(parts, text[position:start])
            end = _closing(text, start)
            shown = (
                self._directive(text[start + 1 : end], depth) if end is not None and depth < DEEPEST else None
            )
            if end is None or shown is None:
                self._add(parts, "{")
                position = start + 1
            else:
                self._add(parts, shown)
                position = end + 1
        self._add(parts, text[position:])
        return "".join(parts)

    def _add(self, parts: list[str], text: str) -> None:
        parts.append(text)
        newline = text.rfind("\n")
        self.column = self.column + len(text) if newline < 0 else len(text) - newline - 1

    def _inner(self, text: str, depth: int) -> str:
        """Return what stands inside a directive, which does not move the place where it is put."""
        column = self.column
        found = self.run(text, depth + 1)
        self.column = column
        return found

    def _directive(self, inside: str, depth: int) -> str | None:
        """Return what a directive shows; None for one that does not exist."""
        found = _NAME.match(inside)
        if found is None:
            return None
        name, rest = found.group(), inside[found.end() :]
        before, colon, after = _BEFORE_COLON.match(rest).groups()  # type: ignore[union-attr]
        words = before.split()
        if name in _WIDTHS and (colon or name in ("hline", "space", "col")):
            return self._width(name, words, self._inner(after, depth) if colon else None)
        if name == ".-":
            return "-" * max(self.linesize - self.column, 0)
        if name == "hline" and not words:
            return "-" * max(self.linesize - self.column, 0)
        if name in ("c", "char"):
            return _character(rest.strip())
        if name == "dup" and colon and len(words) == 1 and words[0].isdigit():
            return self._inner(after, depth) * min(int(words[0]), MOST)
        if name in _LINKS:
            return self._inner(after, depth) if colon else before.strip().strip('"')
        if colon and name in _INSIDE and not words:
            return self._inner(after, depth)
        if name in ("opt", "hi", "cmd") and words and not colon:
            return before.strip()
        return "" if name in _SILENT else None

    def _width(self, name: str, words: list[str], text: str | None) -> str | None:
        if len(words) > 1 or (words and not words[0].isdigit()):
            return None
        width = min(int(words[0]), MOST) if words else self.linesize - self.column
        if name == "hline":
            return "-" * max(width, 0) if text is None else None
        if name == "space":
            return " " * width if words and text is None else None
        if name == "col":
            return " " * max(width - 1 - self.column, 0) if words and text is None else None
        return _WIDTHS[name](text or "", max(width, 0))


_WIDTHS: dict[str, Callable[[str, int], str]] = {
    "hline": str.ljust,
    "space": str.ljust,
    "col": str.ljust,
    "right": str.rjust,
    "ralign": str.rjust,
    "lalign": str.ljust,
    "center": lambda text, width: _centred(text, width),
    "centre": lambda text, width: _centred(text, width),
}


def _centred(text: str, width: int) -> str:
    before = max(width - len(text), 0) // 2
    return f"{' ' * before}{text}".ljust(width)


def _closing(text: str, start: int) -> int | None:
    """Return where the brace that opens at `start` is closed."""
    depth = 0
    for position in range(start, len(text)):
        if text[position] == "{":
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    return None


def _character(code: str) -> str | None:
    if code in CHARACTERS:
        return CHARACTERS[code]
    try:
        value = int(code, 0)
    except ValueError:
        return None
    return chr(value) if 32 <= value < 0x110000 else None
