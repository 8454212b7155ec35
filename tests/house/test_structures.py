"""A structure of covariances or residuals is one class: nothing else asks what it is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import xmixed
from xmixed.engine import covariance_structure, residual_structure
from xmixed.engine.model import ResidualStructureName, StructureName

NAMES = {*get_args(StructureName), *get_args(ResidualStructureName)}
PACKAGE = Path(xmixed.__file__).parent
OTHER_NAMES = {"contrasts.py"}
"""Modules in which `ar` is the operator of contrasts with the level before."""


def _texts(node: ast.AST | None) -> set[str]:
    return {
        part.value
        for part in (ast.walk(node) if node is not None else ())
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def comparisons(source: str) -> Iterator[int]:
    """Lines of comparisons, `match` cases and literal dictionaries that tell structures apart by name."""
    if not any(f"{quote}{name}{quote}" in source for name in NAMES for quote in "\"'"):
        return
    for node in ast.walk(ast.parse(source)):
        sides: list[ast.AST | None] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.match_case):
            sides = [node.pattern]
        elif isinstance(node, ast.Dict):
            sides = [*node.keys]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            sides = [*node.args] if node.func.attr in ("startswith", "endswith") else []
        if any(_texts(side) & NAMES for side in sides):
            own = node.pattern if isinstance(node, ast.match_case) else node
            yield own.lineno  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "source",
    [
        'structure == "identity"',
        '"ar" != block.structure',
        'structure in ("ar", "ma")',
        'structure not in {"toeplitz"}',
        '{"ar": 1}.get(structure)',
        'match structure:\n    case "banded" | "unstructured":\n        pass',
    ],
)
def test_the_count_sees_every_form(source: str) -> None:
    assert list(comparisons(source))


def test_the_count_lets_names_be_given() -> None:
    assert not list(comparisons('RandomEffects((None,), "identity") if within is None else "ar"'))


def test_no_comparison_of_structure_names() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.name not in OTHER_NAMES
        for line in comparisons(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_name_has_its_class() -> None:
    assert [covariance_structure(name, 2).name for name in get_args(StructureName)] == list(
        get_args(StructureName)
    )
    assert [residual_structure(name, 1).name for name in get_args(ResidualStructureName)] == list(
        get_args(ResidualStructureName)
    )


def test_no_sweeps_are_asked_what_they_are() -> None:
    """`Sweeps` is a protocol: the engine never asks for one of its classes, nor for a way to products."""
    kinds = {"Sweeps", "NestedSweeps", "CrossedSweeps", "BasisProducts", "GapProducts", "PatternProducts"}
    asked = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted((PACKAGE / "engine").rglob("*.py"))
        for text in (path.read_text(encoding="utf-8"),)
        if "isinstance(" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & kinds
    ]
    assert asked == []
