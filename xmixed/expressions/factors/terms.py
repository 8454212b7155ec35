"""Terms of a varlist and columns of a design, and their names."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

from xmixed.expressions.coefficient_names import canonical_name
from xmixed.expressions.factors.operators import Operator, parse_operator
from xmixed.language.nodes import FactorVariable, Interaction

Key = tuple[tuple[str, str, bool], ...]
"""What a term is made of, sorted: (variable, time-series operator, continuous) of each operand."""


@dataclass(frozen=True, slots=True)
class Part:
    """One variable of a term: continuous when `level` is None, else the indicator of a level."""

    variable: str
    time_series: str = ""
    level: int | None = None
    base: bool = False
    no_base: bool = False  # the first level of `ibn.x`, written `1bn.x`

    @property
    def plain(self) -> str:
        """The variable with its time-series operator, `L.x`."""
        return f"{self.time_series}.{self.variable}" if self.time_series else self.variable


@dataclass(frozen=True, slots=True)
class Term:
    """One column of the fixed-effects design: a product of parts.

    Attributes
    ----------
    parts : tuple of Part
        () is the constant.
    status : str
        "" estimated, "base", "omitted" or "empty" (no observations); all but "" have coefficient 0.
    inferable : bool
        A base cell of an interaction that its factors' own bases imply (`baselevels` hides it).
    factorial : bool
        Written with factor-variable operators (`i.x`, `c.x#c.y`): shown in blocks.
    """

    parts: tuple[Part, ...]
    status: str = ""
    inferable: bool = False
    factorial: bool = False

    @property
    def name(self) -> str:
        """The name in e(b): `age`, `1.girl`, `0b.girl#c.age`, `o.week`, `_cons`."""
        if not self.parts:
            return "_cons" if not self.status else "o._cons"
        gone = self.status in ("omitted", "empty", "base")
        if len(self.parts) == 1 and self.parts[0].level is None:
            part = self.parts[0]
            if not gone:
                return part.plain
            return f"o{part.time_series}.{part.variable}" if part.time_series else f"o.{part.variable}"
        return "#".join(_part_name(part, gone, len(self.parts) > 1) for part in self.parts)

    @property
    def factors(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.level is not None)

    def without_marks(self) -> str:
        """Return the name as it is typed and printed: no b, n or o marks."""
        return canonical_name(replace(self, status="").name)


def _part_name(part: Part, gone: bool, in_interaction: bool) -> str:
    if part.level is None:
        return f"c{'o' if gone else ''}{part.time_series}.{part.variable}"
    mark = "b" if part.base else "bn" if part.no_base else "o" if gone else ""
    return f"{part.level}{mark}{part.time_series}.{part.variable}"


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand of a term with its variable's full name."""

    variable: str
    time_series: str
    operator: Operator

    @property
    def key(self) -> tuple[str, str, bool]:
        return (self.variable, self.time_series, self.operator.continuous)


@dataclass(frozen=True, slots=True)
class ResolvedTerm:
    """A term before its levels are known; operands in Stata's order, factors first.

    `factorial`: written with operators and not a lone continuous variable; `bare`: a variable as such,
    which is kept (and found collinear) when it is typed twice.
    """

    operands: tuple[Operand, ...]
    factorial: bool
    bare: bool = False

    @property
    def key(self) -> Key:
        return tuple(sorted(operand.key for operand in self.operands))


def plain_term(variable: str, time_series: str = "") -> ResolvedTerm:
    """Return the term of a bare variable."""
    return ResolvedTerm((Operand(variable, time_series, Operator(continuous=True)),), False, True)


def interaction_terms(
    item: Interaction, resolve: Callable[[FactorVariable], list[str]]
) -> list[ResolvedTerm]:
    """Return the terms of `a#b` (one) or `a##b` (a, b, a#b), names resolved.

    `resolve` gives the variables that an operand's name means; each of several makes a term.

    Raises
    ------
    StataError
        r(198) for an operator that is none.
    """
    choices = [
        [
            Operand(name, operand.time_series, parse_operator(operand.operator.lower(), operand.span))
            for name in resolve(operand)
        ]
        for operand in item.operands
    ]
    found = []
    for operands in itertools.product(*choices):
        # Stata: a##b##c is a b a#b c a#c b#c a#b#c: a binary counter over the operands.
        subsets = range(1, 2 ** len(operands)) if item.full else [2 ** len(operands) - 1]
        for subset in subsets:
            found.append(_resolved([op for place, op in enumerate(operands) if subset >> place & 1]))
    return found


def _resolved(operands: list[Operand]) -> ResolvedTerm:
    ordered = sorted(operands, key=lambda operand: operand.operator.continuous)
    lone = len(ordered) == 1 and ordered[0].operator.continuous
    return ResolvedTerm(tuple(ordered), not lone)
