"""rename: single names, groups, patterns, case."""

from __future__ import annotations

from collections.abc import Callable

from xmixed.commands.registry import command
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name, resolve_item
from xmixed.language.arguments.renaming import Matched, has_wildcards, match_names, new_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.results import Results
from xmixed.session.state import SessionState

CASES: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "proper": str.capitalize}


@command(
    "rename",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("lower", "l", help="names in lower case"),
            OptionSpec("upper", "u", help="names in upper case"),
            OptionSpec("proper", "p", help="names with a capital first"),
            OptionSpec("addnumber", "addn", "integer", "put a number behind each name", optional_value=True),
            OptionSpec("renumber", "renum", "integer", "number the names anew", optional_value=True),
            OptionSpec("sort", "sort", help="in the order of the names"),
            OptionSpec("dryrun", "d", help="only show what would be renamed"),
            OptionSpec("r", "r", help="leave the names in r()"),
        ),
        exclusive=(("lower", "upper", "proper"),),
    ),
    synopsis="rename old new; rename (old1 old2 ...) (new1 new2 ...); rename old* new*;"
    " rename old*, {lower|upper|proper}",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def rename(session: SessionState, node: Command) -> None:
    data = session.data
    case = next((CASES[name] for name in CASES if node.option(name)), None)
    typed = str(node.argument)
    old_text, new_text = (typed, "") if case is not None and "(" not in typed else _halves(typed)
    groups = _old_names(old_text, data)
    matched = [found for group in groups for found in group]
    if node.option("sort"):
        matched.sort(key=lambda found: found.name)
    if case is not None:
        if new_text:
            raise StataError(198, "invalid syntax")
        names = [case(found.name) for found in matched]
    elif not new_text and ("addnumber" in node.options or "renumber" in node.options):
        names = [found.name for found in matched]
    else:
        names = _new_names(new_text, groups, matched)
    if "addnumber" in node.options or "renumber" in node.options:
        names = _numbered(names, node)
    pairs = dict(zip((found.name for found in matched), names, strict=True))
    _check(data, [found.name for found in matched], names)
    if node.option("r"):
        texts = {"oldnames": " ".join(pairs), "newnames": " ".join(pairs.values())}
        session.r = Results({"n": float(len(pairs))}, texts)
    if node.option("dryrun"):
        for old, new in pairs.items():
            session.out.write(f"{old:>12} | {new}")
        return
    changed = {old: new for old, new in pairs.items() if old != new}
    if changed:
        session.data = data.renamed(changed)


def _halves(text: str) -> tuple[str, str]:
    """Return the old and the new names as text."""
    text = text.strip()
    if text.startswith("("):
        old, closed, rest = text[1:].partition(")")
        if not closed:
            raise StataError(198, "invalid syntax")
        rest = rest.strip()
    else:
        old, _, rest = text.partition(" ")
        rest = rest.strip()
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1].strip()
    elif len(rest.split()) > 1:
        raise StataError(198, "invalid syntax")
    return old, rest


def _old_names(text: str, data: Dataset) -> list[list[Matched]]:
    """Return for each element of the old names those that it means."""
    groups: list[list[Matched]] = []
    for word in text.split():
        if has_wildcards(word) and "-" not in word:
            found = match_names(word, data.names)
            if not found:
                raise StataError(111, f"variable {word} not found")
            groups.append(found)
        else:
            for item in parse_varlist(word):
                groups.append([Matched(name) for name in resolve_item(item, data)])
    if not groups:
        raise StataError(100, "varlist required")
    return groups


def _new_names(text: str, groups: list[list[Matched]], matched: list[Matched]) -> list[str]:
    patterns = list(parse_words(text))
    if not patterns:
        raise StataError(100, "newvarname required")
    if len(patterns) == 1 and len(matched) > 1:
        if not has_wildcards(patterns[0]) and "=" not in patterns[0]:
            raise StataError(198, "number of old and new names differ")
        return [new_name(patterns[0], found, number) for number, found in enumerate(matched, 1)]
    if len(patterns) == len(matched):
        return [new_name(pattern, found, 1) for pattern, found in zip(patterns, matched, strict=True)]
    if len(patterns) != len(groups):
        raise StataError(198, "number of old and new names differ")
    return [
        new_name(pattern, found, number)
        for pattern, group in zip(patterns, groups, strict=True)
        for number, found in enumerate(group, 1)
    ]


def _numbered(names: list[str], node: Command) -> list[str]:
    """Put numbers behind names (`addnumber`), or in place of those that they end in (`renumber`)."""
    anew = "renumber" in node.options
    typed = node.options["renumber" if anew else "addnumber"].value
    first = 1 if typed is None else int(typed)
    stems = [name.rstrip("0123456789") for name in names] if anew else names
    return [f"{stem}{number}" for number, stem in enumerate(stems, first)]


def _check(data: Dataset, old: list[str], new: list[str]) -> None:
    for name in new:
        if not is_valid_name(name):
            raise StataError(
                198, f"{name} invalid varname" if name.isidentifier() else f"{name} invalid name"
            )
    if len(set(old)) < len(old):
        raise StataError(198, "a variable may be renamed only once")
    staying = set(data.names) - set(old)
    seen: set[str] = set()
    for name in new:
        if name in staying or name in seen:
            raise StataError(110, f"{name} already defined")
        seen.add(name)
