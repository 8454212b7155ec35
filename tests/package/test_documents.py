"""What the documents promise is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.console.conftest import ROOT, Console, console_environment
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


def _examples(heading: str) -> list[str]:
    """Return the blocks of code of one kind of change, without their fences."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    chapter = re.search(rf"### {heading}\n(.*?)\n##", text, re.DOTALL)
    assert chapter is not None
    return re.findall(r"```(?:python)?\n(.*?)```", chapter.group(1), re.DOTALL)


def _run_python(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], env=console_environment(), capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


def _session(shown: str) -> tuple[str, str]:
    command, _, output = shown.removeprefix(". ").partition("\n")
    return command, output


def test_the_command_of_the_architecture_document(tmp_path: Path) -> None:
    """It is registered from a folder of its own, as a module of its family."""
    listed, source, shown = _examples("A command")
    line, output = _session(shown)
    (tmp_path / "nmissing.py").write_text(source, encoding="utf-8")
    script = (
        f"import xmixed.commands.describe as family; family.__path__.append({str(tmp_path)!r})\n"
        "from xmixed.commands.table import COMMANDS, Listed\n"
        f"COMMANDS.update({{{listed.strip()}}})\n"
        "import xmixed; session = xmixed.Session()\n"
        "session.run('set obs 5\\ngenerate x = _n\\ngenerate y = 1 if _n == 2\\ngenerate str1 s = \"\"')\n"
        f"print(session.run({line!r}), end='')\n"
        "assert session.r['N_missing'] == 2, session.r\n"
        "assert 'minimum(#)' in session.run('help nmissing')\n"
        "try: session.run('nmissing, minimum(-1)')\n"
        "except xmixed.StataError as error: assert error.code == 198\n"
        "else: raise AssertionError\n"
    )
    assert _run_python(script) == output


def test_the_subcommand_of_the_architecture_document(tmp_path: Path) -> None:
    listed, source, shown = _examples("A subcommand")
    line, output = _session(shown)
    (tmp_path / "label_count.py").write_text(source, encoding="utf-8")
    script = (
        f"import xmixed.commands.data as family; family.__path__.append({str(tmp_path)!r})\n"
        "from xmixed.commands.table import SUBCOMMANDS, Listed\n"
        f"SUBCOMMANDS.update({{{listed.strip()}}})\n"
        "import xmixed; session = xmixed.Session()\n"
        "session.run('label define yn 0 \"no\"')\n"
        f"print(session.run({line!r}), end='')\n"
    )
    assert _run_python(script) == output


def test_the_function_of_the_architecture_document() -> None:
    source, shown = _examples("A function")
    line, output = _session(shown)
    script = f"{source}\nimport xmixed\nprint(xmixed.Session().run({line!r}), end='')\n"
    assert _run_python(script) == output


def test_the_architecture_document_names_what_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for folder in ("shell", "interpreter", "commands", "language", "session", "data", "formats", "render"):
        for name in re.findall(rf"`(?:xmixed/)?({folder}/[a-z_]+\.py)`", text):
            assert (ROOT / "xmixed" / name).exists(), name
    engine = re.search(r"## The engine\n(.*?)\n## ", text, re.DOTALL)
    assert engine is not None
    described = set(re.findall(r"`(\w+\.py)`", engine.group(1)))
    present = {path.name for path in (ROOT / "xmixed" / "engine").glob("*.py")} - {"__init__.py"}
    assert described == present
    tests = {path.name for path in (ROOT / "tests").iterdir() if (path / "__init__.py").exists()}
    listed = re.search(r"## Tests\n(.*)", text, re.DOTALL)
    assert listed is not None
    assert {name for name in tests if name not in listed.group(1)} == set()
