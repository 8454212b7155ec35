"""Categorical variables and their interactions: `id year`, `i.id#i.year`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.sample import resolve_terms
from xmixed.expressions.context import Context
from xmixed.language.parser import parse_varlist
from xmixed.statistics.grouping import factorise


@dataclass(frozen=True, slots=True)
class Grouping:
    """Variables whose combinations form groups."""

    variables: tuple[str, ...]

    @property
    def name(self) -> str:
        return "#".join(self.variables)

    def codes(self, levels: dict[str, np.ndarray]) -> np.ndarray:
        """Return the codes of the groups from 0, (n,)."""
        whole = factorise(levels[self.variables[0]]).codes
        for variable in self.variables[1:]:
            own = factorise(levels[variable])
            whole = factorise(whole * np.int64(len(own.levels)) + own.codes).codes
        return whole


def groupings(text: str, context: Context) -> tuple[Grouping, ...]:
    """Return what a list of categorical variables means.

    Raises
    ------
    StataError
        r(198) for slopes by groups; r(111) for unknown names.
    """
    found = []
    for item in text.split():
        if "c." in item or "##" in item:
            raise StataError(198, f"{item}: only groups are absorbed, not slopes by groups")
        if "=" in item:
            raise StataError(198, f"{item}: absorbed effects are not saved; use predict, d")
        for term in resolve_terms(parse_varlist(item, factor=True), context):
            found.append(Grouping(tuple(dict.fromkeys(own.variable for own in term.operands))))
    if not found:
        raise StataError(198, "no variables to absorb")
    return tuple(dict.fromkeys(found))


def variables_of(all_groups: Sequence[Grouping]) -> tuple[str, ...]:
    """Return all variables that groupings name, each once."""
    return tuple(dict.fromkeys(name for own in all_groups for name in own.variables))
