"""No two modules of the package import each other, directly or by a way round."""

import ast
import importlib
import importlib.util
import re
from pathlib import Path

import xmixed
from tests.house.sources import imports

ROOT = Path(xmixed.__file__).parent

CIRCLES = {
    # a dataset offers `to_pandas()`, which the bridge does on a dataset
    frozenset({"xmixed.data.dataset", "xmixed.data.pandas_bridge"}),
}
"""The circles there may be."""


def source_files(root: Path) -> dict[str, Path]:
    """Return the file of each module by its dotted name."""
    files = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


def imported(name: str, path: Path, known: set[str]) -> set[str]:
    """Return the modules that one imports anywhere: inside functions and for types only, too."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in imports(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            inside = {f"{base}.{alias.name}" for alias in node.names}
            found |= inside & known or {base}
    return found & known - {name}


def circles(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """Return the sets of modules that reach each other (strongly connected, of two or more)."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        pending = [start]
        while pending:
            for name in graph[pending.pop()] - seen:
                seen.add(name)
                pending.append(name)
        return seen

    reach = {name: reached(name) for name in graph}
    return {
        frozenset(other for other in reach[name] if name in reach[other])
        for name in graph
        if name in reach[name]
    }


def import_graph(root: Path) -> dict[str, set[str]]:
    files = source_files(root)
    return {name: imported(name, path, set(files)) for name, path in files.items()}


def test_only_the_bridge_to_pandas_is_a_circle():
    assert circles(import_graph(ROOT)) == CIRCLES


def test_a_circle_is_found_whatever_the_import_looks_like(tmp_path):
    package = tmp_path / "house"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "kitchen.py").write_text("def cook():\n    from . import cellar\n    return cellar\n")
    (package / "cellar.py").write_text("from house.attic import trunk\n")
    (package / "attic.py").write_text("import house.kitchen\ntrunk = 1\n")
    (package / "porch.py").write_text("from house import kitchen\n")
    assert circles(import_graph(package)) == {frozenset({"house.kitchen", "house.cellar", "house.attic"})}


def test_every_folder_says_in_a_few_lines_what_is_in_it():
    said = {
        path.parent: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        for path in ROOT.rglob("__init__.py")
    }
    unclear = [str(folder) for folder, text in said.items() if not 3 <= len(text.splitlines()) <= 10]
    assert unclear == []


def test_every_name_that_is_imported_exists():
    """Also inside functions, and in the tests: what moves leaves no import behind."""
    missing = []
    for path in (*ROOT.rglob("*.py"), *Path(__file__).parents[1].rglob("*.py")):
        for node in imports(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xmixed"):
                module = importlib.import_module(str(node.module))
                names = [alias.name for alias in node.names if not hasattr(module, alias.name)]
                names = [f"{node.module}.{name}" for name in names]
                missing += [
                    f"{path.name}: {name}" for name in names if importlib.util.find_spec(name) is None
                ]
    assert missing == []


def test_every_path_that_a_text_names_exists():
    """In docstrings and comments: `language/parser.py`, `render/layouts/`, `xmixed.session.state`."""
    folders = [ROOT.parent, ROOT, *(path.parent for path in ROOT.rglob("__init__.py"))]
    missing = []
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.py)?)`", text):
            if not any((folder / name).exists() for folder in folders):
                missing.append(f"{path.name}: {name}")
    assert missing == []
