"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.console.conftest import ROOT, Console
from tests.console.conftest import console as console  # the fixture


def test_the_readme_names_files_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "tests/run" in script and "tests/run" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_session_of_the_readme(console: Console, tmp_path: Path) -> None:  # noqa: F811
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```\n(\. sysuse.*?)```", readme, re.DOTALL)
    assert shown is not None
    commands = [line[2:] for line in shown.group(1).splitlines() if line.startswith(". ")]
    (tmp_path / "readme.do").write_text("\n".join(commands) + "\n")
    assert console("readme.do").stdout.startswith(shown.group(1).rstrip("\n") + "\n")


def test_every_dependency_is_justified() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    words = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for requirement in (*project["dependencies"], *project["optional-dependencies"]["test"]):
        name = re.split(r"[\[<>=]", requirement)[0]
        assert name in words, name
