"""Stata's regular expressions, matched in time linear in the text whatever the pattern.

The syntax is Stata 12's: `. [ ] [^ ] * + ? | ( ) ^ $` and `\\` before a character that stands for itself.
A pattern becomes a small program that is run over the text by all its threads at once (Thompson's and
Pike's construction), so that no pattern can make it slow. Preference is Perl's: leftmost, then greedy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from xmixed.errors import StataError

MAX_PATTERN = 1000
MAX_DEPTH = 50


class Match(NamedTuple):
    """Where a pattern matched; `groups[0]` is the whole match, a group that took no part is ""."""

    start: int
    end: int
    groups: tuple[str, ...]


class _Step(NamedTuple):
    """One instruction: `kind` char, any, set, split, jump, save, start, end, or match."""

    kind: str
    x: int = 0
    y: int = 0
    text: frozenset[str] = frozenset()
    negated: bool = False


def _error(what: str) -> StataError:
    return StataError(198, f"regular expression: {what}")


class _Compiler:
    """Recursive descent over the pattern; emits steps."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN:
            raise _error("pattern too long")
        self.pattern = pattern
        self.position = 0
        self.groups = 0
        self.depth = 0

    def compile(self) -> list[_Step]:
        body = self._alternatives()
        if self.position < len(self.pattern):
            raise _error("unmatched ()")
        return [_Step("save", 0), *_shift(body, 1), _Step("save", 1), _Step("match")]

    def _peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def _next(self) -> str:
        self.position += 1
        return self.pattern[self.position - 1]

    def _alternatives(self) -> list[_Step]:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._next()
            branches.append(self._sequence())
        code = branches.pop()
        while branches:
            left = branches.pop()
            after = len(left) + 2
            jump = _Step("jump", after + len(code))
            code = [_Step("split", 1, after), *_shift(left, 1), jump, *_shift(code, after)]
        return code

    def _sequence(self) -> list[_Step]:
        code: list[_Step] = []
        while self._peek() not in ("", "|", ")"):
            atom = self._atom()
            while self._peek() in ("*", "+", "?") and self._peek():
                atom = _repeat(atom, self._next())
                if len(atom) > 20_000:
                    raise _error("pattern too complex")
            code += _shift(atom, len(code))
        return code

    def _atom(self) -> list[_Step]:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return [self._set()]
        if character == ".":
            return [_Step("any")]
        if character == "^":
            return [_Step("start")]
        if character == "$":
            return [_Step("end")]
        if character in "*+?":
            raise _error("?+* follows nothing")
        if character == "\\":
            if not self._peek():
                raise _error("trailing \\")
            character = self._next()
        return [_Step("set", text=frozenset(character))]

    def _group(self) -> list[_Step]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _error("too many ()")
        self.groups += 1
        number = self.groups
        body = self._alternatives()
        if self._peek() != ")":
            raise _error("unmatched ()")
        self._next()
        self.depth -= 1
        return [_Step("save", 2 * number), *_shift(body, 1), _Step("save", 2 * number + 1)]

    def _set(self) -> _Step:
        end = self.pattern.find("]", self.position + (2 if self._peek() == "^" else 1))
        if end < 0:
            raise _error("unmatched []")
        inside = self.pattern[self.position : end]
        self.position = end + 1
        negated = inside.startswith("^")
        inside = inside[1:] if negated else inside
        characters: set[str] = set()
        i = 0
        while i < len(inside):
            if i + 2 < len(inside) and inside[i + 1] == "-":
                first, last = ord(inside[i]), ord(inside[i + 2])
                if first > last:
                    raise _error("invalid [] range")
                characters.update(map(chr, range(first, min(last, first + 70_000) + 1)))
                i += 3
            else:
                characters.add(inside[i])
                i += 1
        return _Step("set", text=frozenset(characters), negated=negated)


def _shift(code: list[_Step], offset: int) -> list[_Step]:
    """Return steps moved by an offset: targets of split and jump are relative to the start of their list."""
    return [
        step._replace(x=step.x + offset, y=step.y + offset) if step.kind in ("split", "jump") else step
        for step in code
    ]


def _repeat(atom: list[_Step], symbol: str) -> list[_Step]:
    size = len(atom)
    if symbol == "?":
        return [_Step("split", 1, size + 1), *_shift(atom, 1)]
    if symbol == "*":
        return [_Step("split", 1, size + 2), *_shift(atom, 1), _Step("jump", 0)]
    return [*atom, _Step("split", 0, size + 1)]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    steps: tuple[_Step, ...]
    groups: int
    first: frozenset[str] | None
    """Characters that a match may start with; None when it may start with any, or be empty."""

    def search(self, text: str) -> Match | None:
        """Return the leftmost match in a text, or None."""
        best: tuple[int, ...] | None = None
        threads: dict[int, tuple[int, ...]] = {}
        empty = (-1,) * (2 * self.groups + 2)
        first = self.first
        for position in range(len(text) + 1):
            if not threads and first is not None and text[position : position + 1] not in first:
                if best is not None:
                    break
                continue
            if best is None:
                self._add(threads, 0, empty, position, len(text))
            if not threads:
                if best is not None:
                    break
                continue
            following: dict[int, tuple[int, ...]] = {}
            for at, saved in threads.items():
                step = self.steps[at]
                if step.kind == "match":
                    best = saved
                    break
                if position < len(text) and (
                    step.kind == "any" or (text[position] in step.text) != step.negated
                ):
                    self._add(following, at + 1, saved, position + 1, len(text))
            threads = following
        if best is None:
            return None
        pairs = list(zip(best[::2], best[1::2], strict=True))
        found = tuple(text[a:b] if a >= 0 and b >= 0 else "" for a, b in pairs)
        return Match(best[0], best[1], found)

    def _add(
        self, threads: dict[int, tuple[int, ...]], at: int, saved: tuple[int, ...], position: int, length: int
    ) -> None:
        """Follow the steps that read nothing from `at`, in order of preference; each step once."""
        pending = [(at, saved)]
        while pending:
            at, saved = pending.pop()
            if at in threads:
                continue
            step = self.steps[at]
            if step.kind in ("any", "set", "match"):
                threads[at] = saved
                continue
            threads[at] = ()
            if step.kind == "jump":
                pending.append((step.x, saved))
            elif step.kind == "split":
                pending += [(step.y, saved), (step.x, saved)]
            elif step.kind == "save":
                pending.append((at + 1, (*saved[: step.x], position, *saved[step.x + 1 :])))
            elif position == (0 if step.kind == "start" else length):
                pending.append((at + 1, saved))


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Pattern:
    """Return a compiled pattern; r(198) when it is malformed."""
    compiler = _Compiler(pattern)
    steps = tuple(compiler.compile())
    return Pattern(steps, compiler.groups, _first_characters(steps))


def _first_characters(steps: tuple[_Step, ...]) -> frozenset[str] | None:
    found: set[str] = set()
    pending, seen = [0], set()
    while pending:
        at = pending.pop()
        if at in seen:
            continue
        seen.add(at)
        step = steps[at]
        if step.kind == "set" and not step.negated:
            found |= step.text
        elif step.kind in ("jump", "split"):
            pending += [step.x, step.y] if step.kind == "split" else [step.x]
        elif step.kind == "save":
            pending.append(at + 1)
        else:
            return None
    return frozenset(found)
