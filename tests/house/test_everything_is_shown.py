"""Everything that a user can type is named in some test: commands, options, functions, settings, codes.

The tables of the product are asked, not its folders, so that code may move. A name counts where a test
types it: in a string or in a line of a do-file, not in a comment or in a docstring. The lists of
exceptions are meant to shrink; what leaves one may not come back, and a name that is shown must leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import xmixed
from tests.house.shown import shown
from xmixed.commands.data.egen_functions.registry import egen_functions
from xmixed.commands.registry import CommandEntry, commands, find_entry, subcommands
from xmixed.errors import StataError
from xmixed.expressions.functions.registry import functions
from xmixed.expressions.macros.registry import MODULES
from xmixed.expressions.system_values import names
from xmixed.language.syntax import OptionSpec
from xmixed.session.settings import Settings

UNSHOWN_OPTIONS: set[str] = set()
UNSHOWN_FUNCTIONS: set[str] = set()
UNSHOWN_CODES: set[int] = set()


def test_commands() -> None:
    assert set(commands()) - shown().words == set()


def test_subcommands() -> None:
    found: set[str] = set()
    for line in shown().lines:
        try:
            found.add(find_entry(line.strip())[0].name)
        except StataError:
            continue
    assert set(subcommands()) - found == set()


def _specifications(entry: CommandEntry) -> Iterator[OptionSpec]:
    yield from entry.options


def _entries() -> Iterator[CommandEntry]:
    yield from commands().values()
    yield from subcommands().values()


def _is_shown(entry: CommandEntry, option: OptionSpec) -> bool:
    """An option by any accepted abbreviation behind its command, or in full anywhere behind a comma."""
    lengths = range(len(option.minimum), len(option.name) + 1)
    typed = {prefix + option.name[:length] for prefix in ("", "no") for length in lengths}
    if option.kind != "negatable":
        typed = {word for word in typed if option.name.startswith(word)}
    if any((entry.name, word) in shown().options for word in typed):
        return True
    return option.name in shown().after_commas


def test_options() -> None:
    """Commands of one handler share their options: `xtmixed` and `mixed`, `xtset` and `tsset`."""
    built = {
        (entry.handler, option.name): (entry.name, option.name)
        for entry in _entries()
        for option in _specifications(entry)
        if option.built
    }
    typed = {
        (entry.handler, option.name)
        for entry in _entries()
        for option in _specifications(entry)
        if _is_shown(entry, option)
    }
    assert {", ".join(built[key]) for key in built.keys() - typed} == UNSHOWN_OPTIONS


def test_functions() -> None:
    assert set(functions()) - shown().calls == UNSHOWN_FUNCTIONS


def test_egen_functions_and_macro_functions() -> None:
    """Tests give them as words of a table, so that no parenthesis need follow."""
    macro_functions = {name for listed in MODULES.values() for name in listed.split()}
    assert (set(egen_functions()) | macro_functions) - shown().words == set()


def test_values_of_c() -> None:
    typed = {word for line in shown().lines for word in _system_values(line)}
    assert set(names()) - typed == set()


def _system_values(line: str) -> list[str]:
    return [part.partition(")")[0].strip() for part in line.split("c(")[1:]]


def test_settings() -> None:
    lines = "\n".join(shown().lines)
    typed = set(re.findall(r"\bset (\w+)", lines)) | set(re.findall(r"\b(version) \d", lines))
    assert {field.name for field in fields(Settings)} - typed == {"remembered"}


def _codes() -> set[int]:
    """Return the numbers that the sources give to `StataError`."""
    sources = (path.read_text(encoding="utf-8") for path in Path(xmixed.__file__).parent.rglob("*.py"))
    return {int(code) for text in sources for code in re.findall(r"\bStataError\(\s*(\d+)", text)}


def test_return_codes() -> None:
    assert _codes() - shown().numbers == UNSHOWN_CODES
