"""Factor variables: from the terms of a varlist to the columns of a design matrix, with Stata's names."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.factors.operators import Operator, parse_operator
from xmixed.language.nodes import FactorVariable, Interaction
from xmixed.statistics.grouping import Groups, factorise

Values = Callable[[str, str], np.ndarray]
"""values(variable, time-series operator): the column over the sample, float64, nothing missing."""

Key = tuple[tuple[str, str, bool], ...]
"""What a term is made of, sorted: (variable, time-series operator, continuous) of each operand."""

LARGEST_LEVEL = 32740


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


def canonical_name(name: str) -> str:
    """Return a term's name without the marks b, n and o: `0.girl#c.age` of `0b.girl#co.age`."""
    if "." not in name:
        return name
    return "#".join(_canonical_part(part) for part in name.split("#"))


def _canonical_part(text: str) -> str:
    operator, dot, variable = text.rpartition(".")
    if not dot:
        return text
    if operator == "o":
        return variable
    if operator.startswith("co"):
        return f"c{operator[2:]}.{variable}"
    if operator[:1] == "o" and operator[1:2].isupper():
        return f"{operator[1:]}.{variable}"
    if operator[:1].isdigit():
        digits = len(operator) - len(operator.lstrip("0123456789"))
        return f"{operator[:digits]}{operator[digits:].lstrip('bno')}.{variable}"
    return text


# --- from nodes to resolved terms --------------------------------------------------------------------


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


# --- from resolved terms to columns ------------------------------------------------------------------


@dataclass(slots=True)
class _Factor:
    """Levels in the sample and base of one factor variable."""

    groups: Groups
    levels: list[int]
    base: int | None
    codes_of: dict[int, int] = field(default_factory=dict)


def expand(terms: Iterable[ResolvedTerm], values: Values) -> tuple[Term, ...]:
    """Return one Term per column of the design, in Stata's order, constant not included.

    Levels are those present in the sample that `values` covers.

    Raises
    ------
    StataError
        r(452) for negative or noninteger factor variables; r(198) for two bases of one variable.
    """
    merged = _merge(terms)
    factors = _factors(merged, values)
    present = {term.key for term in merged}
    columns: list[Term] = []
    for term in merged:
        if any(not operand.operator.continuous for operand in term.operands):
            columns.extend(_cells(term, factors, present))
        else:
            parts = tuple(Part(operand.variable, operand.time_series) for operand in term.operands)
            left_out = any(operand.operator.omit is not None for operand in term.operands)
            columns.append(Term(parts, "omitted" if left_out else "", factorial=term.factorial))
    return tuple(columns)


def _merge(terms: Iterable[ResolvedTerm]) -> list[ResolvedTerm]:
    """Join terms that occur twice (levels of factors are united); only bare variables stay as typed."""
    merged: list[ResolvedTerm] = []
    first: dict[Key, int] = {}
    for term in terms:
        place = first.setdefault(term.key, len(merged))
        if place == len(merged) or (term.bare and merged[place].bare):
            merged.append(term)
            continue
        by_key = {operand.key: operand for operand in term.operands}
        united = tuple(_unite(operand, by_key[operand.key]) for operand in merged[place].operands)
        merged[place] = replace(merged[place], operands=united)
    return merged


def _unite(first: Operand, second: Operand) -> Operand:
    a, b = first.operator, second.operator
    levels = None if a.levels is None or b.levels is None else tuple(dict.fromkeys(a.levels + b.levels))
    return replace(first, operator=replace(a, levels=levels, base=a.base or b.base))


def _factors(terms: list[ResolvedTerm], values: Values) -> dict[tuple[str, str], _Factor]:
    factors: dict[tuple[str, str], _Factor] = {}
    bases: dict[tuple[str, str], set[str]] = {}
    for term in terms:
        for operand in term.operands:
            if operand.operator.continuous:
                continue
            key = (operand.variable, operand.time_series)
            if key not in factors:
                groups = _checked_levels(operand.variable, values(*key))
                factors[key] = _Factor(groups, [int(level) for level in groups.levels], None)
                bases[key] = set()
            if operand.operator.base:
                bases[key].add(operand.operator.base)
    for key, factor in factors.items():
        if len(bases[key]) > 1:
            raise StataError(198, f"{key[0]}: different base levels specified")
        factor.base = _base_level(factor, next(iter(bases[key]), "first"))
        factor.codes_of = {level: code for code, level in enumerate(factor.levels)}
    return factors


def _checked_levels(variable: str, values: np.ndarray) -> Groups:
    if values.size and not np.array_equal(values, np.floor(values)):
        raise StataError(452, f"{variable}:  factor variables may not contain noninteger values")
    if values.size and float(values.min()) < 0:
        raise StataError(452, f"{variable}:  factor variables may not contain negative values")
    if values.size and float(values.max()) > LARGEST_LEVEL:
        raise StataError(
            452, f"{variable}:  factor variables may not contain values larger than {LARGEST_LEVEL}"
        )
    return factorise(values)


def _base_level(factor: _Factor, base: str) -> int | None:
    """Return the base level, None for `bn` or a factor without observations."""
    if base == "n" or not factor.levels:
        return None
    if base == "first":
        return factor.levels[0]
    if base == "last":
        return factor.levels[-1]
    if base == "freq":
        return factor.levels[int(np.argmax(np.bincount(factor.groups.codes)))]
    if base.startswith("#"):
        place = int(base[1:])
        if not 1 <= place <= len(factor.levels):
            raise StataError(198, f"invalid base level b({base})")
        return factor.levels[place - 1]
    return int(base)


def _cells(
    term: ResolvedTerm,
    factors: dict[tuple[str, str], _Factor],
    present: set[Key],
) -> list[Term]:
    """Return the cells of a term with factors; the last factor varies fastest."""
    choices = [_choices(operand, factors) for operand in term.operands]
    counts = _cell_counts(term, factors)
    inferable = all((operand.key,) in present for operand in term.operands if not operand.operator.continuous)
    cells = []
    for parts in itertools.product(*choices):
        levels = tuple(part.level for part in parts if part.level is not None)
        status = ""
        if _redundant(parts, present):
            status = "base"
        elif _left_out(term, parts):
            status = "omitted"
        elif levels not in counts:
            status = "empty"
        several = len(parts) > 1
        cells.append(Term(tuple(parts), status, inferable=several and inferable, factorial=True))
    return cells


def _choices(operand: Operand, factors: dict[tuple[str, str], _Factor]) -> list[Part]:
    variable, series = operand.variable, operand.time_series
    if operand.operator.continuous:
        return [Part(variable, series)]
    factor = factors[variable, series]
    asked = operand.operator.levels
    # Stata: levels asked for by number have no base among them unless `b` names it.
    base = factor.base if asked is None or operand.operator.base else None
    wanted = list(factor.levels) if asked is None else sorted(asked)
    if base is not None and base not in wanted and asked is None:
        wanted = sorted([*wanted, base])
    none = operand.operator.base == "n"
    return [
        Part(variable, series, level, base=level == base, no_base=none and place == 0)
        for place, level in enumerate(wanted)
    ]


def _redundant(parts: tuple[Part, ...], present: set[Key]) -> bool:
    """Return whether a cell at the base of some factors is implied by a lower-order term of the model.

    `0.girl#c.age` is left out only when `age` itself, the term without `girl`, is in the model.
    """
    at_base = [place for place, part in enumerate(parts) if part.base]
    for count in range(1, len(at_base) + 1):
        for dropped in itertools.combinations(at_base, count):
            rest = tuple(
                sorted(
                    (part.variable, part.time_series, part.level is None)
                    for place, part in enumerate(parts)
                    if place not in dropped
                )
            )
            if not rest or rest in present:
                return True
    return False


def _left_out(term: ResolvedTerm, parts: tuple[Part, ...]) -> bool:
    for operand, part in zip(term.operands, parts, strict=True):
        omit = operand.operator.omit
        if omit is not None and (not omit or part.level in omit):
            return True
    return False


def _cell_counts(term: ResolvedTerm, factors: dict[tuple[str, str], _Factor]) -> set[tuple[int, ...]]:
    """Return the combinations of levels that occur in the sample."""
    used = [
        factors[operand.variable, operand.time_series]
        for operand in term.operands
        if not operand.operator.continuous
    ]
    combined = used[0].groups.codes
    for factor in used[1:]:
        combined = combined * len(factor.levels) + factor.groups.codes
    occurring = factorise(combined).levels
    found = set()
    for code in occurring.tolist():
        levels = []
        for factor in reversed(used):
            code, own = divmod(code, len(factor.levels))
            levels.append(factor.levels[own])
        found.add(tuple(reversed(levels)))
    return found


def column(term: Term, values: Values) -> np.ndarray:
    """Return the column of a term over the sample, float64, shape (n,).

    A bare variable's column is returned itself, not a copy.
    """
    out: np.ndarray | None = None
    for part in term.parts:
        part_values = values(part.variable, part.time_series)
        if part.level is not None:
            part_values = (part_values == part.level).astype(np.float64)
        out = part_values if out is None else out * part_values
    assert out is not None, "the constant has no column"
    return out
