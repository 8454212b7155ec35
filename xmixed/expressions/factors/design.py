"""Factor variables: from the terms of a varlist to the columns of a design matrix, with Stata's names."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.factors.terms import Key, Operand, Part, ResolvedTerm, Term
from xmixed.statistics.grouping import Groups, factorise

Values = Callable[[str, str], np.ndarray]
"""values(variable, time-series operator): the column over the sample, float64, nothing missing."""

LARGEST_LEVEL = 32740


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
    merged = merge_terms(terms)
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


def merge_terms(terms: Iterable[ResolvedTerm]) -> list[ResolvedTerm]:
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
