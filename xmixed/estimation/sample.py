"""The columns of an estimation sample: each converted once, missing values dropped casewise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.design import column, expand
from xmixed.expressions.factors.terms import (
    Operand,
    Part,
    ResolvedTerm,
    Term,
    interaction_terms,
    plain_term,
)
from xmixed.expressions.varlist import resolve_item, resolve_name
from xmixed.language.nodes import FactorVariable, Interaction, Name, Pattern, Range, Varlist
from xmixed.missing import is_missing
from xmixed.statistics.grouping import Groups, factorise

_OPERATOR_LIST = re.compile(r"([LFDS])\(([^()]*)\)")
_NUMBERS = re.compile(r"(\d+)(?:/(\d+))?")


class SampleColumns:
    """Columns by (variable, time-series operator), first over all observations, then over the sample.

    Attributes
    ----------
    context : Context
    rows : ndarray of bool, shape (n,)
        The sample; shrinks while columns are added, fixed by `close`.
    """

    def __init__(self, context: Context, rows: np.ndarray) -> None:
        self.context = context
        self.rows = rows
        self._columns: dict[tuple[str, str], np.ndarray] = {}
        self._levels: dict[str, np.ndarray] = {}
        self._designed: dict[tuple[Part, ...], np.ndarray] = {}

    def add(self, variable: str, series: str, role: str, needed: np.ndarray | None = None) -> None:
        """Take a numeric column in; observations where it is missing leave the sample.

        `needed`: the observations that must have it, bool; the others may have any value.

        Raises
        ------
        StataError
            r(109) for a string variable, with its role in the message.
        """
        if (variable, series) in self._columns:
            return
        if self.context.data[variable].is_string:
            raise StataError(109, f"{variable}:  string variables may not be used as {role}")
        if series:
            values, _ = evaluate_column(Name(variable, series), self.context)
        else:
            values = self.context.data[variable].to_double()
        missing = is_missing(values)
        if needed is not None:
            known = np.flatnonzero(~missing & needed)
            values = np.where(missing & ~needed, values[known[0]] if len(known) else 0.0, values)
            missing = missing & needed
        self._drop(missing)
        self._columns[variable, series] = values

    def add_terms(self, terms: Iterable[ResolvedTerm], needed: np.ndarray | None = None) -> None:
        """Take in the variables of covariates; `needed` as in `add`."""
        for term in terms:
            for operand in term.operands:
                role = "covariates" if operand.operator.continuous else "factor variables"
                self.add(operand.variable, operand.time_series, role, needed)

    def add_level(self, variable: str) -> None:
        """Take a grouping variable in, numeric or string; "" and missing values leave the sample."""
        if variable in self._levels:
            return
        column = self.context.data[variable]
        if column.is_string:
            self._drop(column.values == "")
            self._levels[variable] = column.values
            return
        values = column.to_double() if column.type in ("float", "double") else column.values
        missing = is_missing(column.to_double() if values is column.values else values)
        self._drop(missing)
        self._levels[variable] = values

    def _drop(self, missing: np.ndarray) -> None:
        if missing.any():
            self.rows = self.rows & ~missing

    def close(self) -> int:
        """Restrict every column to the sample and return its size."""
        if not self.rows.all():
            for key in list(self._columns):
                self._columns[key] = self._columns[key][self.rows]
            for name in list(self._levels):
                self._levels[name] = self._levels[name][self.rows]
        return int(np.count_nonzero(self.rows))

    @property
    def size(self) -> int:
        """Rows of the sample's columns."""
        return int(np.count_nonzero(self.rows))

    def values(self, variable: str, series: str = "") -> np.ndarray:
        """Return a numeric column over the sample, float64."""
        return self._columns[variable, series]

    def expanded(self, terms: Iterable[ResolvedTerm]) -> tuple[Term, ...]:
        """Return one term for each column of the design; see `design.expand`."""
        return expand(terms, self.values)

    def column(self, term: Term) -> np.ndarray:
        """Return the column of a term over the sample, float64, the same array whenever it is asked for."""
        if term.parts not in self._designed:
            self._designed[term.parts] = column(term, self.values)
        return self._designed[term.parts]

    def omitted(self, terms: Sequence[Term], constant: bool) -> list[bool]:
        """Return which of these terms are combinations of those before them, and of a constant.

        Raises
        ------
        StataError
            r(1400) numerical overflow.
        """
        if not terms:
            return []
        columns = [self.column(term) for term in terms]
        first = 1 if constant else 0
        return dependent_columns((*[None] * first, *columns)).tolist()[first:]

    def level(self, variable: str) -> np.ndarray:
        """Return a grouping variable over the sample, numbers or str objects."""
        return self._levels[variable]

    def groups(self, variable: str) -> Groups:
        """Return the codes of the groups that a grouping variable forms."""
        return factorise(self.level(variable))


def dependent_columns(columns: Sequence[np.ndarray | None]) -> np.ndarray:
    """Return which columns those before them determine, bool; None is the constant. r(1400)."""
    from xmixed.engine import NonFiniteData, find_omitted

    try:
        return np.array(find_omitted(columns), dtype=bool)
    except NonFiniteData:
        raise StataError(1400, "numerical overflow") from None


def notes_of_empty(terms: Iterable[Term]) -> list[str]:
    """Return the notes on the terms that no observation has."""
    return [
        f"note: {term.without_marks()} identifies no observations in the sample"
        for term in terms
        if term.status == "empty"
    ]


def series_operators(operator: str) -> list[str]:
    """Return the single operators that `L(1/3)` stands for: `L L2 L3`; `L` for `L1`.

    Raises
    ------
    StataError
        r(198) for lists that are none.
    """
    found = _OPERATOR_LIST.search(operator)
    if found is None:
        return [_simplest(operator)]
    letter, text = found.groups()
    numbers: list[int] = []
    for word in text.split():
        bounds = _NUMBERS.fullmatch(word)
        if bounds is None:
            raise StataError(198, "invalid syntax")
        first, last = int(bounds[1]), int(bounds[2] or bounds[1])
        if abs(last - first) > 1000:
            raise StataError(198, "invalid syntax")
        numbers.extend(range(first, last + 1))
    start, end = operator[: found.start()], operator[found.end() :]
    return [
        _simplest(whole)
        for number in numbers
        for whole in series_operators(start + (f"{letter}{number}" if number else "") + end)
    ]


def _simplest(operator: str) -> str:
    """Return an operator without the number 1: `L1` is `L`."""
    return re.sub(r"(?<=[LFDS])1(?!\d)", "", operator)


def resolve_terms(varlist: Varlist, context: Context) -> list[ResolvedTerm]:
    """Return the terms of a varlist that may hold factor variables and time-series operators.

    Bases are those that `fvset` has set where the list says none for the variable.
    """
    terms: list[ResolvedTerm] = []
    for item in varlist:
        if isinstance(item, Interaction):
            terms.extend(interaction_terms(item, lambda operand: _operand_names(operand, context)))
        else:
            terms.extend(plain_term(name, series) for name, series in resolve_plain(item, context))
    return with_set_bases(terms, context.data)


BASE = "_fv_base"
"""The characteristic of a variable in which `fvset base` keeps what the base level is."""


def with_set_bases(terms: list[ResolvedTerm], data: Dataset) -> list[ResolvedTerm]:
    """Return terms with the bases that `fvset` has set, for variables of which no term says one."""
    operands = [operand for term in terms for operand in term.operands]
    said = {operand.variable for operand in operands if operand.operator.base}
    bases = {operand.variable: set_base(data, operand.variable) for operand in operands}
    wanted = {variable: base for variable, base in bases.items() if base and variable not in said}
    if not wanted:
        return terms
    return [
        replace(term, operands=tuple(_with_base(item, wanted) for item in term.operands)) for term in terms
    ]


def _with_base(operand: Operand, bases: dict[str, str]) -> Operand:
    base = bases.get(operand.variable)
    if base is None or operand.operator.continuous:
        return operand
    return replace(operand, operator=replace(operand.operator, base=base))


def set_base(data: Dataset, variable: str) -> str:
    """Return what `fvset base` has set for a variable; "" for nothing."""
    return data.characteristics.get(variable, {}).get(BASE, "")


def _operand_names(operand: FactorVariable, context: Context) -> list[str]:
    first, dash, last = operand.name.partition("-")
    item = Range(first, last, operand.span) if dash else Pattern(operand.name, "", operand.span)
    return resolve_item(item, context.data)


def resolve_plain(item: Pattern | Range, context: Context) -> list[tuple[str, str]]:
    """Return (variable, time-series operator) of each variable that one element without factors means."""
    if isinstance(item, Range):
        return [(name, "") for name in resolve_item(item, context.data)]
    names = resolve_item(Pattern(item.text, "", item.span), context.data)
    operators = series_operators(item.operator) if item.operator else [""]
    return [(name, operator) for name in names for operator in operators]


def resolve_one(pattern: Pattern, context: Context) -> tuple[str, str]:
    """Return the one variable a pattern means and its time-series operator."""
    name = resolve_name(Pattern(pattern.text, "", pattern.span), context.data)
    operators = series_operators(pattern.operator) if pattern.operator else [""]
    if len(operators) != 1:
        raise StataError(103, "too many variables specified", pattern.span)
    return name, operators[0]
