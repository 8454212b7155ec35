"""Where values stand in the records of a text file: dictionaries and column specifications."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xmixed.data.names import is_valid_name
from xmixed.errors import StataError

TYPES = ("byte", "int", "long", "float", "double")

_FORMAT = re.compile(r"%(\d+)?(?:\.(\d+))?([sSfgeFGE])\Z")
_COLUMNS = re.compile(r"(\d+)(?:-(\d+))?\Z")
_DICTIONARY = re.compile(
    r"\s*(?:infile\s+|infix\s+)?dictionary\b\s*(?:using\s+(\"[^\"]*\"|\S+))?\s*\{", re.IGNORECASE
)
_TOKEN = re.compile(r'"[^"]*"|`"[^"]*"\'|[^\s"]+')
_DIRECTIVE = re.compile(r"_(\w+?)(?:\((\d+)\))?\Z")


@dataclass(frozen=True, slots=True)
class Item:
    """A variable, or where it stands.

    Attributes
    ----------
    name, type, label, value_label : str
    line, column : int or None
        From 1; None where the one before ended.
    width : int or None
        None up to the next blank.
    decimals : int
        Implied where no point is written.
    skip : int
        Columns left out before it.
    """

    name: str
    type: str
    line: int | None = None
    column: int | None = None
    width: int | None = None
    decimals: int = 0
    skip: int = 0
    label: str = ""
    value_label: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Records of a file.

    Attributes
    ----------
    items : tuple of Item
    lines : int
        Lines of a record.
    first_line : int
        Line at which records begin.
    length : int
        Characters of a record that is no line; 0 for lines.
    """

    items: tuple[Item, ...]
    lines: int = 1
    first_line: int = 1
    length: int = 0


@dataclass(slots=True)
class _Place:
    """Where a reader of specifications has come to."""

    line: int = 1
    column: int | None = None
    skip: int = 0
    lines: int = 1
    items: list[Item] = field(default_factory=list)

    def take(self, item: Item) -> None:
        self.items.append(item)
        self.column, self.skip = None, 0
        self.lines = max(self.lines, self.line)


def _invalid(what: str) -> StataError:
    return StataError(198, "invalid dictionary", hint=what)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary file: its head up to the brace, the file it names, where its own data begin."""

    head: str
    body: str
    using: str
    data: str


def split_dictionary(text: str) -> Dictionary | None:
    """Return the parts of a dictionary file; None for a text that is no dictionary."""
    start = _DICTIONARY.match(_without_comments_before(text))
    if start is None:
        return None
    body = _without_comments_before(text)
    end = _closing(body, start.end())
    if end < 0:
        raise _invalid("no closing brace")
    data = body[end + 1 :].partition("\n")[2]
    return Dictionary(body[: end + 1], body[start.end() : end], (start[1] or "").strip('"'), data)


def _without_comments_before(text: str) -> str:
    lines = text.split("\n")
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith("*")):
        lines.pop(0)
    return "\n".join(lines)


def _closing(text: str, begin: int) -> int:
    quoted = False
    for place in range(begin, len(text)):
        if text[place] == '"':
            quoted = not quoted
        elif text[place] == "}" and not quoted:
            return place
    return -1


def parse_dictionary(body: str, default: str) -> Layout:
    """Return the layout that the inside of a dictionary of `infile` describes.

    Raises
    ------
    StataError
        r(198).
    """
    place = _Place()
    first_line, length = 1, 0
    for line in body.split("\n"):
        if line.lstrip().startswith("*"):
            continue
        words = _TOKEN.findall(line)
        while words:
            directive = _DIRECTIVE.match(words[0])
            if directive is None:
                words = _take_variable(place, words, default)
                continue
            words.pop(0)
            name, number = directive[1], int(directive[2] or 1)
            if name.startswith("col"):
                place.column, place.skip = number, 0
            elif name.startswith("sk"):
                place.skip += number
            elif name == "lines":
                place.lines = max(place.lines, number)
            elif name.startswith("line"):
                place.line, place.column, place.skip = number, 1, 0
            elif name.startswith("newl"):
                place.line, place.column, place.skip = place.line + number, 1, 0
            elif name.startswith("first"):
                first_line = number
            elif name.startswith("lrecl"):
                length = number
            else:
                raise _invalid(f"_{name}")
            place.lines = max(place.lines, place.line)
    if not place.items:
        raise _invalid("no variables")
    return Layout(tuple(place.items), place.lines, first_line, length)


def _take_variable(place: _Place, words: list[str], default: str) -> list[str]:
    """Take `[type] name[:label] [%format] ["label"]` off a list of words."""
    words = list(words)
    kind = words.pop(0) if _is_type(words[0]) and len(words) > 1 else default
    name, _, value_label = words.pop(0).partition(":")
    if words and words[0].startswith(":"):
        value_label = words.pop(0)[1:]
    _check_name(name, place)
    width, decimals = None, 0
    if words and words[0].startswith("%"):
        shape = _FORMAT.match(words.pop(0))
        if shape is None or (shape[3] in "sS") != kind.startswith("str"):
            raise _invalid(f"format of {name}")
        width, decimals = (int(shape[1]) if shape[1] else None), int(shape[2] or 0)
    label = ""
    if words and words[0].startswith(('"', "`")):
        label = words.pop(0).strip("`'\"")
    place.take(Item(name, kind, place.line, place.column, width, decimals, place.skip, label, value_label))
    return words


def _is_type(word: str) -> bool:
    return word in TYPES or word == "str" or (word.startswith("str") and word[3:].isdigit())


def _check_name(name: str, place: _Place) -> None:
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    if any(item.name == name for item in place.items):
        raise StataError(110, f"{name} already defined")


def parse_columns(text: str, default: str) -> Layout:
    """Return the layout of a specification of `infix`: `2 lines 1: str name 1-8 age 10-11 / x 3`.

    Raises
    ------
    StataError
        r(198), r(110).
    """
    words = [word for line in text.split("\n") if not line.lstrip().startswith("*") for word in line.split()]
    place = _Place()
    first_line = 1
    while words:
        word = words.pop(0)
        if word == "/":
            place.line += 1
        elif word.endswith(":") and word[:-1].isdecimal():
            place.line = int(word[:-1])
        elif word.isdecimal() and words and words[0] in ("lines", "firstlineoffile", "first"):
            if words.pop(0) == "lines":
                place.lines = max(place.lines, int(word))
            else:
                first_line = int(word)
        else:
            words = _take_columns(place, [word, *words], default)
    if not place.items:
        raise StataError(100, "varlist required")
    return Layout(tuple(place.items), max(place.lines, place.line), first_line)


def _take_columns(place: _Place, words: list[str], default: str) -> list[str]:
    """Take `[type] names columns` off a list of words."""
    kind = words.pop(0) if _is_type(words[0]) else default
    names: list[str] = []
    while words and _COLUMNS.match(words[0]) is None:
        names.append(words.pop(0))
    if not words or len(names) != 1:
        raise StataError(198, "invalid syntax", hint="a name and its columns are expected: name 1-8")
    found = _COLUMNS.match(words.pop(0))
    assert found is not None
    first, last = int(found[1]), int(found[2] or found[1])
    if first < 1 or last < first:
        raise StataError(198, "invalid syntax", hint=f"columns of {names[0]}")
    _check_name(names[0], place)
    width = last - first + 1
    kind = f"str{min(width, 2045)}" if kind == "str" else kind
    place.take(Item(names[0], kind, place.line, first, width))
    return words
