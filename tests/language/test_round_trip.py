"""Parse -> print -> parse is a fixpoint, on fixture files a Stata user can read and on random trees."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.language import nodes
from xmixed.language.parser import parse_expression, parse_varlist
from xmixed.language.printer import print_expression, print_varlist

FIXTURES = Path(__file__).parent / "fixtures"


def cases(name: str) -> list[tuple[str, str]]:
    """Return (source, canonical) pairs: `source => canonical`, or a line that is canonical itself."""
    lines = (FIXTURES / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.partition(" => ") for line in lines if line and not line.startswith("*")]
    return [(source, canonical or source) for source, _, canonical in pairs]


@pytest.mark.parametrize(("source", "canonical"), cases("expressions.do"))
def test_expression(source: str, canonical: str) -> None:
    node = parse_expression(source)
    assert print_expression(node) == canonical
    assert parse_expression(canonical) == node


@pytest.mark.parametrize(("source", "canonical"), cases("varlists.do"))
def test_varlist(source: str, canonical: str) -> None:
    items = parse_varlist(source, factor=True)
    assert print_varlist(items) == canonical
    assert parse_varlist(canonical, factor=True) == items


NAMES = st.sampled_from(["x", "y1", "_n", "week"])
LEAVES = st.one_of(
    st.builds(nodes.Name, NAMES, st.sampled_from(["", "L", "L2D"])),
    st.builds(nodes.Number, st.floats(0, 1e300, allow_nan=False)),
    st.builds(nodes.Text, st.sampled_from(["", "a b", 'say "x"', "it's"])),
    st.builds(nodes.Coefficient, st.sampled_from(["b", "se"]), st.sampled_from(["", "eq"]), NAMES),
)
OPERATORS = st.sampled_from("^ * / + - > < >= <= == != & |".split())


def _branches(inner: st.SearchStrategy[nodes.Expression]) -> st.SearchStrategy[nodes.Expression]:
    return st.one_of(
        st.builds(nodes.Binary, OPERATORS, inner, inner),
        st.builds(nodes.Unary, st.sampled_from("-+!"), inner),
        st.builds(nodes.Call, NAMES, st.lists(inner, max_size=3).map(tuple)),
        st.builds(nodes.Subscript, NAMES, st.tuples(inner)),
    )


@settings(max_examples=150, deadline=None)
@given(st.recursive(LEAVES, _branches, max_leaves=12))
def test_random_expression(tree: nodes.Expression) -> None:
    assert parse_expression(print_expression(tree)) == tree
