"""The `syntax` command's description of what a program takes, read into frozen parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from xmixed.errors import StataError
from xmixed.language.explain import group_end

ARGUMENT_KINDS = ("varlist", "varname", "newvarlist", "newvarname", "namelist", "name", "anything")
WEIGHTS = (("fweight", "fw"), ("aweight", "aw"), ("pweight", "pw"), ("iweight", "iw"))


def programmers_mistake() -> StataError:
    """Return the error of a description that is wrong itself: r(197), where a user's mistake is r(198)."""
    return StataError(197, "invalid syntax")


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands in the parentheses of a part: words, and words with a value (`min=1`, `id="x"`)."""

    words: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    def value(self, name: str, default: str = "") -> str:
        """Return the value of a setting."""
        return dict(self.values).get(name, default)

    def count(self, name: str, default: int) -> int:
        """Return a setting that is a whole number.

        Raises
        ------
        StataError
            r(197).
        """
        text = self.value(name, str(default))
        if not text.isdigit():
            raise programmers_mistake()
        return int(text)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a description.

    Attributes
    ----------
    kind : str
        `varlist`, `anything`, ...; `if`, `in`, `using`, `exp`, `weight`.
    optional : bool
        It stands in square brackets.
    bare : bool
        A slash: the macro gets it without its first word.
    settings : Settings
    weights : tuple of str
        The kinds of weights allowed, in order.
    """

    kind: str
    optional: bool
    bare: bool = False
    settings: Settings = field(default_factory=Settings)
    weights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionPart:
    """One option of a description.

    Attributes
    ----------
    name : str
        In lower case, without the `no` of one that turns something off; its macro.
    minimum : str
        Shortest abbreviation, the capitals.
    kind : str
        "" for a flag, `no` for one that turns something off, else `string`, `integer`, `varlist`, ...
    optional : bool
    default : str
    settings : Settings
    """

    name: str
    minimum: str
    kind: str
    optional: bool
    default: str = ""
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Description:
    """What a program takes.

    Attributes
    ----------
    parts : dict of str to Part
        By `argument`, `if`, `in`, `using`, `exp`, `weight`.
    options : tuple of OptionPart
    any_option : bool
        `*`: unknown options go to the macro `options`.
    """

    parts: dict[str, Part]
    options: tuple[OptionPart, ...]
    any_option: bool = False


_ITEM = re.compile(r"=\s*/?\s*exp|\*|[A-Za-z_]\w*|[\[\],()/]|\S")


@lru_cache(maxsize=500)
def describe(text: str) -> Description:
    """Read a description.

    Raises
    ------
    StataError
        r(197): it makes no sense.
    """
    return _Reader(text).read()


class _Reader:
    """Goes through a description once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0  # of square brackets
        self.parts: dict[str, Part] = {}
        self.options: list[OptionPart] = []
        self.any_option = False
        self.in_options = False

    def read(self) -> Description:
        while (word := self.next()) is not None:
            if word == "[":
                if not self.in_options and self.weights():
                    continue
                self.depth += 1
            elif word == "]":
                self.depth -= 1
                if self.depth < 0:
                    raise programmers_mistake()
            elif word == ",":
                if self.in_options:
                    raise programmers_mistake()
                self.in_options = True
            elif self.in_options:
                self.option(word)
            else:
                self.part(word)
        if self.depth:
            raise programmers_mistake()
        return Description(self.parts, tuple(self.options), self.any_option)

    def next(self) -> str | None:
        """Return the next word or mark."""
        found = _ITEM.search(self.text, self.position)
        if found is None:
            return None
        self.position = found.end()
        return found.group()

    def slash(self) -> bool:
        if self.text.startswith("/", self.position):
            self.position += 1
            return True
        return False

    def inside(self) -> str | None:
        """Return what stands in the parentheses that begin here; None without any."""
        if not self.text.startswith("(", self.position):
            return None
        start, end = self.position + 1, group_end(self.text, self.position, len(self.text))
        if end is None:
            raise programmers_mistake()
        self.position = end
        return self.text[start : end - 1].strip()

    def weights(self) -> bool:
        """Read `[fweight aweight/]`; False when what follows are no weights."""
        end = self.text.find("]", self.position)
        words = self.text[self.position : end].replace("/", " / ").split() if end >= 0 else []
        bare = bool(words) and words[-1] == "/"
        names = words[:-1] if bare else words
        found = [_weight(name) for name in names]
        if not found or None in found:
            return False
        self.position = end + 1
        kinds = tuple(kind for kind in found if kind)
        self.add("weight", Part("weight", True, bare, weights=kinds))
        return True

    def add(self, place: str, part: Part) -> None:
        if place in self.parts:
            raise programmers_mistake()
        self.parts[place] = part

    def part(self, word: str) -> None:
        optional = self.depth > 0
        if word.startswith("="):
            self.add("exp", Part("exp", optional, "/" in word))
        elif word in ("if", "in", "using"):
            self.add(word, Part(word, optional, self.slash()))
        elif word in ARGUMENT_KINDS:
            inside = self.inside()
            self.add("argument", Part(word, optional, settings=_settings(inside or "")))
        else:
            raise programmers_mistake()

    def option(self, word: str) -> None:
        if word == "*":
            self.any_option = True
            return
        if not word[0].isalpha() and word[0] != "_":
            raise programmers_mistake()
        inside = self.inside()
        optional = self.depth > 0
        if inside is None:
            self.options.append(_flag(word, optional))
            return
        kind, default, settings = _option_argument(inside)
        if default is not None and not optional:
            raise programmers_mistake()
        self.options.append(OptionPart(word.lower(), _minimum(word), kind, optional, default or "", settings))


def _weight(word: str) -> str | None:
    typed = word.lower()
    found = [full for full, least in WEIGHTS if full.startswith(typed) and len(typed) >= len(least)]
    return found[0] if found else None


def _minimum(word: str) -> str:
    """Return the shortest abbreviation: the capitals at the front; the whole without any."""
    length = 0
    while length < len(word) and (word[length].isupper() or word[length] == "_" or word[length].isdigit()):
        length += 1
    return word[:length].lower() if length and word[0].isupper() else word.lower()


def _flag(word: str, optional: bool) -> OptionPart:
    if word.startswith("no") and len(word) > 2 and word[2].isupper():
        return OptionPart(word[2:].lower(), _minimum(word[2:]), "no", optional)
    return OptionPart(word.lower(), _minimum(word), "", optional)


_KINDS = {
    "str": "string",
    "string": "string",
    "int": "integer",
    "integer": "integer",
    "real": "real",
    "numlist": "numlist",
    "varlist": "varlist",
    "varname": "varname",
    "newvarname": "newvarname",
    "newvarlist": "newvarlist",
    "name": "name",
    "namelist": "namelist",
    "cilevel": "cilevel",
    "passthru": "passthru",
    "anything": "anything",
}


def _option_argument(text: str) -> tuple[str, str | None, Settings]:
    """Return kind, default and settings of what stands in an option's parentheses."""
    word, _, rest = text.partition(" ")
    kind = _KINDS.get(word)
    if kind is None:
        raise programmers_mistake()
    rest = rest.strip()
    if kind in ("integer", "real"):
        if not rest:
            return kind, None, Settings()
        try:
            float(rest) if rest != "." else 0.0
        except ValueError:
            raise programmers_mistake() from None
        return kind, rest, Settings()
    return kind, None, _settings(rest)


_SETTING = re.compile(r"(\w+)\s*(=)\s*(\"[^\"]*\"|[^\s]+)|range\(([^)]*)\)|(\w+)|([<>]=?\s*[-+.\w]+)")


def _settings(text: str) -> Settings:
    words: list[str] = []
    values: list[tuple[str, str]] = []
    for found in _SETTING.finditer(text):
        name, _, value, bounds, word, limit = found.groups()
        if bounds is not None or limit is not None:
            values.append(("range", bounds or limit))
        elif name is not None:
            values.append((name, value.strip('"')))
        else:
            words.append(word)
    ranges = " ".join(value for name, value in values if name == "range")
    others = [pair for pair in values if pair[0] != "range"]
    return Settings(tuple(words), (*others, ("range", ranges)) if ranges else tuple(others))
