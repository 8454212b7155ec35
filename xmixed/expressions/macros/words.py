"""Macro functions of text: lists, pieces, replacements."""

from __future__ import annotations

from collections.abc import Callable

from xmixed.expressions.macros.registry import invalid, macro_function
from xmixed.language.programs.tokens import next_token, take_macro_name, without_quotes
from xmixed.session.state import SessionState


def macro_named(session: SessionState, text: str) -> tuple[str, str]:
    """Take `local name` or `global name` off a text; return its contents and the rest."""
    scope, _, rest = text.strip().partition(" ")
    tables = {"local": session.locals, "loc": session.locals, "global": session.global_macros}
    table = tables.get(scope, session.global_macros if scope == "gl" else None)
    if table is None:
        raise invalid()
    _, name, rest = take_macro_name(rest.strip())
    return table.get(name, ""), rest


@macro_function("copy")
def copy(session: SessionState, text: str) -> str:
    contents, rest = macro_named(session, text)
    if rest:
        raise invalid()
    return contents


@macro_function("length")
def length(session: SessionState, text: str) -> str:
    """`length local x`; also of a text."""
    if text.split()[:1] and text.split()[0] in ("local", "loc", "global", "gl"):
        return str(len(copy(session, text)))
    return str(len(without_quotes(text.strip())))


@macro_function("piece")
def piece(session: SessionState, text: str) -> str:
    """`piece #1 #2 of "text" [, nobreak]`: line #1 of the text folded to #2 columns."""
    words = text.split(None, 3)
    if len(words) < 4 or words[2] != "of" or not (words[0].isdigit() and words[1].isdigit()):
        raise invalid()
    token = next_token(words[3], quotes=False)
    option = token.rest.replace(",", " ").split()
    number, width = int(words[0]), int(words[1])
    if not number or not width or option not in ([], ["nobreak"], ["nobreakok"]):
        raise invalid()
    lines = folded(token.text, width, bool(option))
    return lines[number - 1] if number <= len(lines) else ""


def folded(text: str, width: int, whole_words: bool = False) -> list[str]:
    """Return a text cut at blanks into lines of a width; a longer word is cut unless words stay whole."""
    lines: list[str] = []
    rest = text.strip()
    while rest:
        if len(rest) <= width:
            end = len(rest)
        else:
            end = rest.rfind(" ", 0, width + 1)
            if end <= 0:
                end = rest.find(" ") if whole_words else width
                end = len(rest) if end < 0 else end
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines


@macro_function("subinstr")
def subinstr(session: SessionState, text: str) -> str:
    """`subinstr local m "from" "to" [, all word count(local n)]`"""
    contents, rest = macro_named(session, text)
    old = next_token(rest)
    new = next_token(old.rest)
    options = new.rest.strip().removeprefix(",").strip()
    counted = ""
    if "count(" in options:
        before, _, after = options.partition("count(")
        inside, _, after = after.partition(")")
        counted, options = inside.strip(), f"{before} {after}"
    words = set(options.split())
    if words - {"all", "word"} or not old.quoted and not old.text:
        raise invalid()
    most = -1 if "all" in words else 1
    if "word" in words:
        result, count = _replaced_words(contents, old.text, new.text, most)
    else:
        count = contents.count(old.text) if old.text else 0
        count = count if most < 0 else min(count, 1)
        result = contents.replace(old.text, new.text, most) if old.text else contents
    if counted:
        scope, _, name = counted.partition(" ")
        (session.global_macros if scope.startswith("gl") else session.locals)[name.strip()] = str(count)
    return result


def _replaced_words(text: str, old: str, new: str, most: int) -> tuple[str, int]:
    parts, count = text.split(" "), 0
    for place, part in enumerate(parts):
        if part == old and (most < 0 or count < most):
            parts[place] = new
            count += 1
    return " ".join(parts), count


# --- list ------------------------------------------------------------------------------------------------


def elements(text: str) -> list[str]:
    """Return the elements of a list, quoted ones with their quotes."""
    found: list[str] = []
    while text.strip():
        token = next_token(text, quotes=True)
        found.append(token.text)
        text = token.rest
    return found


def _unique(items: list[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _duplicates(items: list[str]) -> list[str]:
    seen: set[str] = set()
    again: list[str] = []
    for item in items:
        if item in seen:
            again.append(item)
        seen.add(item)
    return again


def _without(first: list[str], second: list[str]) -> list[str]:
    """Return the elements of the first list less those of the second, each taken once."""
    left = list(second)
    kept: list[str] = []
    for item in first:
        if item in left:
            left.remove(item)
        else:
            kept.append(item)
    return kept


def _common(first: list[str], second: list[str]) -> list[str]:
    left = list(second)
    kept: list[str] = []
    for item in first:
        if item in left:
            left.remove(item)
            kept.append(item)
    return kept


_UNARY: dict[str, Callable[[list[str]], list[str]]] = {
    "uniq": _unique,
    "dups": _duplicates,
    "sort": lambda items: sorted(items, key=lambda item: without_quotes(item).encode()),
    "retokenize": list,
    "clean": list,
}
_BINARY: dict[str, Callable[[list[str], list[str]], list[str] | bool]] = {
    "===": lambda first, second: sorted(first) == sorted(second),
    "==": lambda first, second: first == second,
    "|": lambda first, second: first + _without(second, first),
    "&": _common,
    "-": _without,
    "in": lambda first, second: not _without(first, second),
}


@macro_function("list")
def list_(session: SessionState, text: str) -> str:
    """`list A | B`, `list uniq A`, `list posof "x" in A`: operands are names of macros."""
    word, _, rest = text.strip().partition(" ")
    if word in _UNARY or word == "sizeof":
        items, rest = _operand(session, rest)
        if rest:
            raise invalid()
        return str(len(items)) if word == "sizeof" else " ".join(_UNARY[word](items))
    if word == "posof":
        token = next_token(rest)
        marker, _, name = token.rest.strip().partition(" ")
        items, rest = _operand(session, name)
        if marker != "in" or rest:
            raise invalid()
        plain = [without_quotes(item) for item in items]
        return str(plain.index(token.text) + 1 if token.text in plain else 0)
    first, rest = _operand(session, text)
    for operator, function in _BINARY.items():
        if rest.startswith(operator):
            second, left = _operand(session, rest[len(operator) :])
            if left:
                break
            value = function(first, second)
            return str(int(value)) if isinstance(value, bool) else " ".join(value)
    raise invalid()


def _operand(session: SessionState, text: str) -> tuple[list[str], str]:
    """Take the name of a macro off a text; `global(m)` is a global one."""
    text = text.strip()
    for scope, table in (("global(", session.global_macros), ("local(", session.locals)):
        if text.startswith(scope):
            name, _, rest = text[len(scope) :].partition(")")
            return elements(table.get(name.strip(), "")), rest.strip()
    _, name, rest = take_macro_name(text)
    return elements(session.locals.get(name, "")), rest.strip()
