"""The imports of a source, which several rules ask for: each file is read once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_HOLDS_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


@cache
def imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Return the imports of a module, wherever in it they stand."""
    statements = _statements(ast.parse(path.read_text(encoding="utf-8")))
    return tuple(node for node in statements if isinstance(node, ast.Import | ast.ImportFrom))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements: an import cannot stand within an expression, where most nodes are."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, _HOLDS_STATEMENTS)]
