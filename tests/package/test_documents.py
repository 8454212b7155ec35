"""What the documents promise is there."""

from __future__ import annotations

import os
import re
import shutil
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


def _run_python(script: str, folder: str = "") -> str:
    """Run a script with the package, or with its copy in a folder; return what it prints."""
    extra = {"PYTHONPATH": folder} if folder else {}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=console_environment(**extra),
        cwd=folder or None,
        capture_output=True,
        text=True,
        check=False,
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
    (tmp_path / "blanks.py").write_text(source, encoding="utf-8")
    script = (
        f"import xmixed.commands.describe as family; family.__path__.append({str(tmp_path)!r})\n"
        "from xmixed.commands.table import COMMANDS, Listed\n"
        f"COMMANDS.update({{{listed.strip()}}})\n"
        "import xmixed; session = xmixed.Session()\n"
        "session.run('set obs 5\\ngenerate x = _n\\ngenerate y = 1 if _n == 2\\ngenerate str1 s = \"\"')\n"
        f"print(session.run({line!r}), end='')\n"
        "assert session.r['N_missing'] == 2, session.r\n"
        "assert 'minimum(#)' in session.run('help blanks')\n"
        "try: session.run('blanks, minimum(-1)')\n"
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


def _grown(folder: Path, additions: dict[str, tuple[str, str]]) -> str:
    """Make a copy of the package with additions to some files, or new files; return its path.

    `additions` has, by the file's name in the package, the text behind which something is added, "" for a
    new file, and what is added.
    """
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "xmixed", folder / "xmixed", ignore=skipped)
    for name in ("grammar", "datasets"):
        os.symlink(ROOT / name, folder / name)
    for name, (line, added) in additions.items():
        path = folder / "xmixed" / name
        if line:
            text = path.read_text(encoding="utf-8")
            assert text.count(line) == 1, (name, line)
            added = text.replace(line, f"{line}{added}")
        path.write_text(added, encoding="utf-8")
    return str(folder)


def _indented(row: str) -> str:
    return f"    {row.strip()}\n"


def test_the_egen_function_of_the_architecture_document() -> None:
    source, shown = _examples("An egen function")
    line, _ = _session(shown)
    script = (
        f"{source}\nimport xmixed; session = xmixed.Session()\n"
        "session.run('set obs 5\\ngenerate g = _n > 3\\ngenerate x = 2 - _n if _n != 4')\n"
        f"session.run({line.strip()!r})\n"
        "assert session.data['n'].to_double().tolist() == [1, 1, 1, 1, 1]\n"
        "session.run('egen all = negatives(x)')\n"
        "assert session.data['all'].to_double().tolist() == [2] * 5\n"
    )
    assert _run_python(script) == ""


def test_the_macro_function_of_the_architecture_document() -> None:
    from xmixed.expressions.macros.registry import MODULES

    row, source, shown = _examples("A macro function")
    line, _ = _session(shown)
    assert row.strip() == f'"words": "{MODULES["words"]} initials",'
    script = (
        "from xmixed.expressions.macros import registry\n"
        f"registry._MODULE_OF['initials'] = 'words'\n{source}\n"
        "import xmixed; session = xmixed.Session()\n"
        f"session.run({line.strip()!r})\n"
        "assert session.locals['short'] == 'lmm', session.locals\n"
    )
    assert _run_python(script) == ""


def test_the_setting_of_the_architecture_document(tmp_path: Path) -> None:
    field, setter, listed, value, shown = _examples("A setting")
    line, _ = _session(shown)
    folder = _grown(
        tmp_path,
        {
            "session/settings.py": ("    trace: bool = False\n", _indented(field)),
            "commands/environment/set.py": ('    "trace": _switch,\n', _indented(setter)),
            "commands/table.py": ("SUBCOMMANDS: dict[str, Listed] = {\n", _indented(listed)),
            "expressions/system_values.py": ('    "trace": _switch("trace"),\n', _indented(value)),
        },
    )
    script = (
        "import xmixed; session = xmixed.Session()\n"
        f"session.run({line.strip()!r})\n"
        "assert session.settings.bell and session.run('display c(bell)') == 'on\\n'\n"
    )
    assert _run_python(script, folder) == ""


def test_the_estimator_of_the_architecture_document(tmp_path: Path) -> None:
    module, numbers, listed, source, shown = _examples("An estimator")
    line, _ = _session(shown)
    folder = _grown(
        tmp_path,
        {
            "estimation/results.py": ("MODULES: dict[str, str] = {\n", _indented(module)),
            "estimation/centre.py": ("", numbers),
            "commands/table.py": ("\nCOMMANDS: dict[str, Listed] = {\n", _indented(listed)),
            "commands/estimation/centre.py": ("", source),
        },
    )
    script = (
        "import xmixed; session = xmixed.Session()\n"
        "session.run('set obs 5\\ngenerate x = _n^2')\n"
        f"shown = session.run({line.strip()!r})\n"
        "assert '_cons' in shown and '13.5' in shown, shown\n"
        "assert session.run('centre') == shown and shown in session.run('estimates replay')\n"
        "session.run('predict p if e(sample)')\n"
        "assert session.data['p'].to_double().tolist()[1:] == [13.5] * 4\n"
        "session.run('count if e(sample)')\n"
        "assert session.r['N'] == 4\n"
        "session.run('regress x in 2/5\\nscalar se = _se[_cons]\\ncentre x in 2/5')\n"
        "session.run('assert reldif(_se[_cons], se) < 1e-12\\ntest _cons\\nlincom 2*_cons')\n"
    )
    assert _run_python(script, folder) == ""


def test_the_residual_structure_of_the_architecture_document(tmp_path: Path) -> None:
    """The log likelihood is that of dense matrices, at estimates that neighbours do not better."""
    row, source, shown = _examples("A residual structure")
    line, _ = _session(shown)
    folder = _grown(
        tmp_path,
        {
            "language/options.py": ('    ("exponential", "exp", None),\n', _indented(row)),
            "engine/model.py": ('"toeplitz", "exponential"', ', "gaussian"'),
            "engine/residuals/structures.py": ("        Exponential,\n", "        Gaussian,\n"),
        },
    )
    structures = tmp_path / "xmixed" / "engine" / "residuals" / "structures.py"
    text = structures.read_text(encoding="utf-8")
    table = "\n\n_STRUCTURES: dict"
    assert text.count(table) == 1
    text = text.replace(table, f"\n\n{source}{table}").replace(
        "import ResidualStructure, Step, Table", "import *"
    )
    imports = (
        "from xmixed.engine.residuals.base import PatternStructure, ResidualStructure, Step, Table\n"
        "from xmixed.engine.residuals.patterns import PatternProducts\n"
    )
    structures.write_text(
        text.replace("from xmixed.engine.residuals.base import *\n", imports), encoding="utf-8"
    )
    script = (
        "import numpy as np, xmixed; session = xmixed.Session()\n"
        "session.run('sysuse orthodont')\n"
        f"assert 'Gaussian' in session.run({line.strip()!r})\n"
        "assert session.e['converged'] == 1\n"
        "x, y, s = (session.data[n].to_double() for n in ('age', 'distance', 'subject'))\n"
        "b = session.e['b'].values[0]\n"
        "def value(sd, rho):\n"
        "    V = sd**2 * rho ** (x[:, None] - x) ** 2 * (s[:, None] == s)\n"
        "    e = y - b[0] * x - b[1]\n"
        "    return -(len(y) * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + e @ np.linalg.solve(V, e)) / 2\n"
        "from xmixed.engine import Model, Residuals, fit\n"
        "g = np.unique(s, return_inverse=True)[1]\n"
        "found = fit(Model(y, (x, None), (), 'ml', Residuals('gaussian', g, int(g.max()) + 1, x)))\n"
        "values = {p.kind: v for p, v in zip(found.parameters, found.estimates)}\n"
        "rho, sd = 1 / (1 + np.exp(-values['residual_logit'])), np.exp(values['log_sd_residual'])\n"
        "best = value(sd, rho)\n"
        "assert abs(best - session.e['ll']) < 1e-6, (best, session.e['ll'])\n"
        "assert all(value(sd * a, rho * c) < best for a, c in ((1.01, 1), (.99, 1), (1, 1.01), (1, .99)))\n"
    )
    assert _run_python(script, folder) == ""


def test_the_layout_of_the_architecture_document() -> None:
    source, shown = _examples("A layout")
    script = f"{source}\nfor item in render_counts([('y', 2)]): print(item.text)\n"
    assert _run_python(script) == shown


def test_the_graph_of_the_architecture_document() -> None:
    (source,) = _examples("A graph")
    script = (
        f"{source}\nimport sys\nassert b'</svg>' in picture.getvalue()\n"
        "assert 'xmixed.session.state' not in sys.modules\n"
    )
    assert _run_python(script) == ""


def test_every_kind_of_addition_is_run() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    chapter = re.search(r"## Where new code goes\n(.*?)\n## ", text, re.DOTALL)
    assert chapter is not None
    own = Path(__file__).read_text(encoding="utf-8")
    for heading in re.findall(r"^### (.*)$", chapter.group(1), re.MULTILINE):
        assert f'_examples("{heading}")' in own, heading


def test_the_architecture_document_names_what_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "xmixed"
    folders = {path.name for path in package.iterdir() if (path / "__init__.py").exists()}
    for folder in folders:
        for name in re.findall(rf"`(?:xmixed/)?({folder}/[a-z_/]+(?:\.py|/))`", text):
            assert (package / name).exists(), name
    engine = re.search(r"## The engine\n(.*?)\n## ", text, re.DOTALL)
    assert engine is not None
    described = set(re.findall(r"`(\w+\.py)`", engine.group(1)))
    present = {path.name for path in (ROOT / "xmixed" / "engine").glob("*.py")} - {"__init__.py"}
    assert described == present
    tests = {path.name for path in (ROOT / "tests").iterdir() if (path / "__init__.py").exists()}
    listed = re.search(r"## Tests\n(.*)", text, re.DOTALL)
    assert listed is not None
    assert {name for name in tests if name not in listed.group(1)} == set()


def test_the_floors_of_the_architecture_document_are_those_of_the_contracts() -> None:
    import tomllib

    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [re.findall(r"xmixed\.(\w+)", layer) for layer in contracts["contracts"][0]["layers"]]
    rows = re.findall(r"^\| `xmixed/(\w+)(?:/|\.py)`", text, re.MULTILINE)
    assert rows[:-1] == [name for layer in layers for name in layer][: len(rows) - 1]
    assert {"missing", "errors"} == set(layers[-1]) and rows[-1] == "errors"


def test_the_way_of_a_command_names_what_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    chapter = re.search(r"## What happens to a command\n(.*?)\n## ", text, re.DOTALL)
    assert chapter is not None
    package = ROOT / "xmixed"
    sources = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    faces = re.findall(r"`(?:Session\.)?([A-Za-z]+_?[a-z_]*)(?:\(.*?\))?`", chapter.group(1))
    missing = {name for name in faces if not re.search(rf'\b(def|class) {name}\b|"{name}"', sources)}
    assert len(faces) > 20 and missing == set()
