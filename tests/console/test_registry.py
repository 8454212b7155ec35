"""The command table, and finding commands and subcommands by it."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import xmixed.commands
from xmixed.commands import registry
from xmixed.commands.registry import built, commands, find_command, find_entry, subcommands
from xmixed.commands.table import COMMANDS, SUBCOMMANDS
from xmixed.errors import StataError


def test_the_table_is_what_the_modules_register() -> None:
    for module in pkgutil.walk_packages(xmixed.commands.__path__, "xmixed.commands."):
        importlib.import_module(module.name)
    entries = {**commands(), **subcommands()}
    assert set(registry._ENTRIES) == set(entries)
    for name, listed in {**built(COMMANDS), **built(SUBCOMMANDS)}.items():
        assert entries[name].handler.__module__ == f"xmixed.commands.{listed.module}", name


@pytest.mark.parametrize("table", [COMMANDS, SUBCOMMANDS], ids=["commands", "subcommands"])
def test_the_table_is_sorted_and_consistent(table: dict) -> None:
    assert list(table) == sorted(table)
    for name, listed in table.items():
        assert name.rpartition(" ")[2].startswith(listed.minimum) and listed.minimum, name
        assert bool(listed.module) == bool(listed.summary), name
        assert not listed.nearest or (listed.nearest in {**built(COMMANDS), **built(SUBCOMMANDS)}), name
    assert {name.partition(" ")[0] for name in SUBCOMMANDS} <= set(built(COMMANDS))


def test_no_abbreviation_means_two_commands_that_are_built() -> None:
    for table in (built(COMMANDS), built(SUBCOMMANDS)):
        meanings: dict[str, set[str]] = {}
        for name, listed in table.items():
            before, _, word = name.rpartition(" ")
            for length in range(len(listed.minimum), len(word) + 1):
                meanings.setdefault(f"{before} {word[:length]}", set()).add(name)
        twice = {typed for typed, names in meanings.items() if len(names) > 1}
        # sc is scatter, and sca is scalar
        assert {typed for typed in twice if typed.strip() not in table} <= {" sca"}
    assert [find_command(word).name for word in ("sc", "sca", "scat")] == ["scatter", "scalar", "scatter"]


def test_abbreviations() -> None:
    assert find_command("qui").name == "quietly"
    assert find_command("u").name == "use"
    for word in ("quie", "quietl"):
        assert find_command(word).name == "quietly"
    for word in ("zz", "quietlyy", "", "/"):
        with pytest.raises(StataError, match="unrecognized"):
            find_command(word)


@pytest.mark.parametrize(
    ("text", "name", "end"),
    [
        ("estat ic", "estat ic", 8),
        ("estat su x", "estat summarize", 8),
        ("estat foo", "estat", 5),
        ("est", "estimates", 3),
        ("estimates title: a", "estimates title:", 16),
        ("notes list x", "notes list", 10),
        ("notes list: x", "notes", 5),
        ("la var x", "label variable", 6),
        ("log using x", "log", 3),
        ("set ob 5", "set obs", 6),
    ],
)
def test_subcommands_are_found_behind_their_command(text: str, name: str, end: int) -> None:
    entry, position = find_entry(text)
    assert (entry.name, position) == (name, end)


def test_commands_that_do_not_exist_yet() -> None:
    with pytest.raises(StataError, match="command asclogit is not implemented in xmixed"):
        find_command("asclogit")
    with pytest.raises(StataError, match="command estimates change is not implemented in xmixed"):
        find_entry("estimates change x")
    with pytest.raises(StataError) as caught:
        find_command("asdoc")
    assert caught.value.hint == "(esttab comes nearest)"
