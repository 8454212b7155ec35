"""Chains of sets within each other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xmixed.statistics.nesting import nested_chains


def test_sets_within_sets() -> None:
    columns = {"a": "1000", "b": "1100", "c": "1100", "d": "1110", "e": "0011", "f": "1001"}
    member = np.array([[mark == "1" for mark in text] for text in columns.values()]).T
    assert nested_chains(member) == [((0,), (1, 2), (3,)), ((0,), (5,)), ((4,),)]


@given(arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 5))))
def test_every_link_lies_within_the_next(member: np.ndarray) -> None:
    member = member[:, member.any(axis=0)]
    chains = nested_chains(member)
    assert {column for chain in chains for link in chain for column in link} == set(range(member.shape[1]))
    for chain in chains:
        for low, high in zip(chain, chain[1:], strict=False):
            one, other = member[:, low[0]], member[:, high[0]]
            assert (other[one]).all() and other.sum() > one.sum()
