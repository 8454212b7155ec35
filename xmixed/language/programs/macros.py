"""Macro expansion: `name', $name, `=exp', `:extended function', escapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field

from xmixed.errors import StataError
from xmixed.language.programs.extended_functions import call_extended

MAXIMUM_NESTING = 60
"""How deep macros may stand in macros, in the text or by what they contain."""
MAXIMUM_SUBSTITUTIONS = 100_000
MAXIMUM_LENGTH = 1_081_511
"""Longest expanded line: the longest macro of Stata 12."""

Evaluate = Callable[[str], str]

_MARK = re.compile(r"\\[`$]|`\"?|\$")
_QUOTE_MARK = re.compile(r"\\`|`\"|`|\"'|'")
_NAME = re.compile(r"\w+")
_SIMPLE = re.compile(r"`(\w+)'")
_LOCAL = re.compile(r"\w+|\*")
_SAVED = re.compile(r"\s*(e|r|s|c|return)\(\s*(\w+)\s*\)\s*")
_CHARACTERISTIC = re.compile(r"(\w+)\[(\w+)\]")
_STEP = re.compile(r"(\+\+|--)(\w+)|(\w+)(\+\+|--)")


def expand(
    text: str,
    locals: MutableMapping[str, str],
    globals: MutableMapping[str, str],
    evaluate: Evaluate,
    extended: Callable[[str], str | None] | None = None,
    saved: Callable[[str, str], str] | None = None,
) -> str:
    """Return a command line with its macros expanded.

    Parameters
    ----------
    locals, globals : mapping
        Contents by name; `++i' and `--i' change `locals`.
    evaluate : callable
        The text that an expression displays as, for `=exp'.
    extended : callable or None
        Tried first for `:function': returns None for a function that it does not know (those
        that need data or results are the caller's).
    saved : callable or None
        The text of a saved result, given its class and name: `r(N)' asks for ("r", "N"), and of a
        characteristic: `x[unit]' asks for ("char", "x[unit]").

    Raises
    ------
    StataError
        r(920): `too many macro substitutions`, when macros contain each other without end; whatever
        `evaluate` raises.
    """
    if "`" not in text and "$" not in text:
        return text
    if (simple := _simply(text, locals)) is not None:
        return simple
    return _Expansion(locals, globals, evaluate, extended, saved).run(text, 0)


def _simply(text: str, locals: Mapping[str, str]) -> str | None:
    """Expand a line that holds nothing but names of local macros with plain contents; None for any other."""
    if "$" in text or "\\" in text:
        return None
    values: list[str] = []

    def value(found: re.Match[str]) -> str:
        values.append(locals.get(found[1], ""))
        return values[-1]

    expanded, count = _SIMPLE.subn(value, text)
    if count != text.count("`") or any("`" in part or "$" in part for part in values):
        return None
    return expanded if len(expanded) <= MAXIMUM_LENGTH else None


@dataclass(slots=True)
class _Expansion:
    """One command line being expanded: where macros are looked up, and how much was done."""

    locals: MutableMapping[str, str]
    globals: MutableMapping[str, str]
    evaluate: Evaluate
    extended: Callable[[str], str | None] | None
    saved: Callable[[str, str], str] | None
    substitutions: int = 0
    length: int = 0
    pairs: dict[int, int] = field(default_factory=dict)

    def run(self, text: str, nesting: int) -> str:
        """Expand a whole text: the command line, or the contents of a macro."""
        outer, self.pairs = self.pairs, _matching_quotes(text)
        try:
            return self.stretch(text, 0, len(text), nesting)
        finally:
            self.pairs = outer

    def stretch(self, text: str, start: int, end: int, nesting: int) -> str:
        """Expand part of the text whose quotes `pairs` describes."""
        parts: list[str] = []
        position = start
        while (mark := _MARK.search(text, position, end)) is not None:
            parts.append(text[position : mark.start()])
            if mark.group()[0] == "\\":
                parts.append(mark.group()[1])
                position = mark.end()
                continue
            value, position = self.at_mark(text, mark.start(), end, nesting)
            parts.append(value)
        parts.append(text[position:end])
        return "".join(parts)

    def at_mark(self, text: str, position: int, end: int, nesting: int) -> tuple[str, int]:
        """Expand the macro that begins here; return its value and the position after it."""
        if text.startswith('`"', position):
            return '`"', position + 2
        if text[position] == "`":
            close = self.pairs.get(position)
            if close is None or close >= end:
                return "`", position + 1
            self.count(nesting)
            return self.local(self.stretch(text, position + 1, close, nesting + 1), nesting), close + 1
        return self.dollar(text, position, end, nesting)

    def dollar(self, text: str, position: int, end: int, nesting: int) -> tuple[str, int]:
        """Expand `$name`, `${name}`, `$x`i'' or `$$x`; a dollar before anything else is text."""
        after = position + 1
        if text.startswith("{", after):
            close = text.find("}", after, end)
            if close < 0:
                return "$", after
            name, after = self.stretch(text, after + 1, close, nesting + 1), close + 1
        else:
            name = ""
            while after < end:
                if found := _NAME.match(text, after, end):
                    name, after = name + found.group(), found.end()
                elif text[after] == "`" and after in self.pairs and not text.startswith('`"', after):
                    value, after = self.at_mark(text, after, end, nesting + 1)
                    name += value
                elif text[after] == "$" and not name:
                    self.count(nesting)
                    name, after = self.at_mark(text, after, end, nesting + 1)
                else:
                    break
            if not _NAME.fullmatch(name):
                return "$" + name, after
        self.count(nesting)
        return self.value(self.globals.get(name.strip(), ""), nesting), after

    def local(self, inside: str, nesting: int) -> str:
        """Return what `inside' stands for."""
        if _LOCAL.fullmatch(inside):
            return self.value(self.locals.get(inside, ""), nesting)
        if inside.startswith("="):
            return self.evaluate(inside[1:].strip())
        if inside.startswith(":"):
            return call_extended(inside[1:].strip(), self.locals, self.globals, self.evaluate, self.extended)
        if inside.startswith("macval(") and inside.endswith(")"):
            return self.locals.get(inside[7:-1].strip(), "")
        if self.saved is not None and (found := _SAVED.fullmatch(inside)):
            return self.value(self.saved(found[1], found[2]), nesting)
        if self.saved is not None and (found := _CHARACTERISTIC.fullmatch(inside)):
            return self.value(self.saved("char", inside), nesting)
        if step := _STEP.fullmatch(inside):
            return self.step(step)
        # Stata: what cannot be the name of a macro is a macro that does not exist.
        return ""

    def step(self, step: re.Match[str]) -> str:
        """Count a macro up or down: before its value is taken, or after."""
        before, name_before, name_after, after = step.groups()
        name = name_before or name_after
        old = self.locals.get(name, "")
        new = self.evaluate(f"{old or 0} {(before or after)[0]} 1")
        self.locals[name] = new
        return new if before else old

    def value(self, contents: str, nesting: int) -> str:
        """Return the contents of a macro, the macros in it expanded."""
        if "`" in contents or "$" in contents:
            contents = self.run(contents, nesting + 1)
        self.length += len(contents)
        if self.length > MAXIMUM_LENGTH:
            raise StataError(920, "too many macro substitutions")
        return contents

    def count(self, nesting: int) -> None:
        self.substitutions += 1
        if nesting > MAXIMUM_NESTING or self.substitutions > MAXIMUM_SUBSTITUTIONS:
            raise StataError(920, "too many macro substitutions")


def _matching_quotes(text: str) -> dict[int, int]:
    """Return for each macro's opening quote the position of its closing one, in one pass.

    Compound double quotes are matched too, so that the apostrophe of `"'` closes no macro.
    """
    pairs: dict[int, int] = {}
    opened: list[tuple[bool, int]] = []  # is it a compound double quote, and where
    for mark in _QUOTE_MARK.finditer(text):
        found, start = mark.group(), mark.start()
        if found in ("`", '`"'):
            opened.append((found == '`"', start))
        elif found == "\"'":
            if opened:
                is_compound, begin = opened.pop()
                if not is_compound:
                    pairs[begin] = start + 1
        elif found == "'" and opened and not opened[-1][0]:
            pairs[opened.pop()[1]] = start
    return pairs
