"""The command table: what the sources declare is what importing them registers."""

from __future__ import annotations

import pytest

from xmixed.commands.registry import commands, declared, find_command
from xmixed.errors import StataError


def test_declarations_are_found_without_importing() -> None:
    found = {name: minimum for name, (minimum, _) in declared().items()}
    assert found == {name: entry.minimum for name, entry in commands().items()}


def test_abbreviations() -> None:
    assert find_command("qui").name == "quietly"
    assert find_command("u").name == "use"
    for word in ("quie", "quietl"):
        assert find_command(word).name == "quietly"
    for word in ("zz", "quietlyy", "", "/"):
        with pytest.raises(StataError, match="unrecognized"):
            find_command(word)


def test_commands_that_do_not_exist_yet() -> None:
    with pytest.raises(StataError, match="command regress is not implemented in xmixed"):
        find_command("reg")
