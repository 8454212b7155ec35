"""Rules of the sources that a machine can check; the lists of exceptions are meant to shrink."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import xmixed
from tests.console.conftest import console_environment
from tests.house.sources import imports
from xmixed.commands.registry import built
from xmixed.commands.table import COMMANDS, SUBCOMMANDS

PACKAGE = Path(xmixed.__file__).parent
MOST_MODULES = 20
"""In one folder: about as many as one reads through to find a module; more get rooms."""

IMPORTED_ELSEWHERE: set[str] = set()
"""Modules that register a command and are imported by another one all the same."""

TESTED_ELSEWHERE = {
    "graphics",  # tests/graphics, with the graphs that they make
    "matrices",  # tests/expressions/test_matrices.py, with the expressions
    "programs",  # tests/commands/programming, in the programs that use them
}
"""Families of commands whose tests stand elsewhere."""

AT_START = {"engine", "estimation", "statistics", "graphics"}
"""Rooms that a one-liner does not enter."""

MOST_AT_START = 88
"""How many of our modules it imports at most."""

HEAVY = {"matplotlib", "pandas", "prompt_toolkit", "scipy", "statsmodels"}
"""Packages that it does not import."""


def _imports(path: Path) -> Iterator[str]:
    for node in imports(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def test_a_module_that_registers_a_command_is_imported_by_the_table_alone() -> None:
    tables = (*built(COMMANDS).values(), *built(SUBCOMMANDS).values())
    registering = {f"xmixed.commands.{listed.module}" for listed in tables}
    found = {
        f"{_name(path)} -> {module}"
        for path in PACKAGE.rglob("*.py")
        for module in set(_imports(path)) & registering
        if _name(path) != module
    }
    assert found == IMPORTED_ELSEWHERE


def test_commands_read_no_text_by_regular_expressions() -> None:
    folder = PACKAGE / "commands"
    found = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if "re" in set(_imports(path))
    }
    assert found == set()


def test_no_folder_grows_too_large() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    large = {
        folder.relative_to(PACKAGE).as_posix()
        for folder in folders
        if len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) > MOST_MODULES
    }
    assert large == set()


def test_the_tests_of_commands_follow_their_families() -> None:
    tests = Path(__file__).parents[1] / "commands"
    families = {path.name for path in (PACKAGE / "commands").iterdir() if (path / "__init__.py").exists()}
    folders = {path.name for path in tests.iterdir() if (path / "__init__.py").exists()}
    assert folders - families == set()
    assert families - folders == TESTED_ELSEWHERE
    assert [path.name for path in tests.glob("test_*.py")] == []


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that `display 1` imports."""
    script = (
        "import sys\nfrom xmixed.shell.main import main\n"
        "try: main(['-c', 'display 1'])\nexcept SystemExit: pass\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=console_environment(), capture_output=True, text=True, check=True
    )
    first, names = done.stdout.strip().split("\n")
    assert first == "1"
    return set(names.split())


def test_a_one_liner_imports_its_own_command_alone(loaded: set[str]) -> None:
    tables = (*built(COMMANDS).values(), *built(SUBCOMMANDS).values())
    registering = {f"xmixed.commands.{listed.module}" for listed in tables}
    assert loaded & registering == {"xmixed.commands.programming.display"}


def test_a_one_liner_imports_no_heavy_package_or_room(loaded: set[str]) -> None:
    assert {name for name in HEAVY if name in loaded} == set()
    assert {room for room in AT_START if f"xmixed.{room}" in loaded} == set()


def test_a_one_liner_imports_few_modules(loaded: set[str]) -> None:
    assert len([name for name in loaded if name.startswith("xmixed")]) <= MOST_AT_START
