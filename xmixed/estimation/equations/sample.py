"""The sample of a command of several equations: what each asks for, and its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.likelihood.options import EXPOSURE, NOCONSTANT, OFFSET
from xmixed.estimation.sample import (
    SampleColumns,
    dependent_columns,
    notes_of_empty,
    resolve_one,
    resolve_terms,
)
from xmixed.estimation.single import SingleSample, close_sample
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command, Pattern
from xmixed.language.parser import parse_command
from xmixed.language.syntax import Syntax
from xmixed.statistics.linear.blocks import Column

_EQUATION = Syntax("varlist_factor", options=(NOCONSTANT, OFFSET, EXPOSURE))


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What is asked of one equation.

    Attributes
    ----------
    depvars : tuple of (variable, time-series operator)
    terms : sequence of ResolvedTerm
    name : str
        "": that of the first dependent variable.
    offset : str
        A variable, or "".
    exposure : bool
        Its logarithm is taken.
    needed : ndarray of bool over the observations, or None
        Those that must have the variables of the equation; None: all.
    """

    depvars: tuple[tuple[str, str], ...]
    terms: Sequence[ResolvedTerm]
    name: str = ""
    constant: bool = True
    offset: str = ""
    exposure: bool = False
    needed: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """An equation over the sample.

    Attributes
    ----------
    name, depvar : str
        The latter "" where there is none.
    y : ndarray, shape (n,), or None
    terms : tuple of Term
    columns : tuple of Column
        Of the terms without a status; None is the constant.
    offset : ndarray, shape (n,), or None
    offset_name : str
        `x` or `ln(x)`.
    needed : ndarray of bool, shape (n,), or None
        Rows for which the columns are known.
    """

    name: str
    depvar: str
    y: np.ndarray | None
    terms: tuple[Term, ...]
    columns: tuple[Column, ...]
    offset: np.ndarray | None = None
    offset_name: str = ""
    needed: np.ndarray | None = None

    @property
    def slopes(self) -> int:
        """How many coefficients but the constant are estimated."""
        return sum(column is not None for column in self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class SystemSample:
    """Equations over the same rows; `base` has the rows, weights, clusters and notes."""

    base: SingleSample
    equations: tuple[Equation, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        return self.base.notes

    @property
    def weights(self) -> np.ndarray | None:
        """Weights as the log likelihood is formed with them."""
        own = self.base.weighting
        return None if own is None else own.values


def equation_texts(text: str) -> list[str]:
    """Return what stands in the parentheses of `(equation) (equation) ...`; [] where there are none.

    Raises
    ------
    StataError
        r(198) for anything between them; r(132).
    """
    found: list[str] = []
    depth = start = 0
    if not text.strip().startswith("("):
        return found
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "(" and depth == 1:
            start = at + 1
        elif character == ")" and depth == 0:
            found.append(text[start:at])
        elif depth == 0 and not character.isspace():
            raise StataError(198, "invalid syntax")
    if depth:
        raise StataError(132, "too few ')' or ']'" if depth > 0 else "too many ')' or ']'")
    return found


def read_equation(
    text: str, context: Context, name: str = "", several: bool = False, dependent: int = 0
) -> Asked:
    """Return the equation `[name:] [depvar =] varlist [, noconstant offset(varname)]` of parentheses.

    Parameters
    ----------
    several : bool
        Whether several dependent variables may stand before the equals sign.
    dependent : int
        How many variables of the varlist are dependent where there is no equals sign.

    Raises
    ------
    StataError
        r(198), r(111), r(103).
    """
    head, colon, rest = text.partition(":")
    if colon and head.strip().isidentifier():
        name, text = head.strip(), rest
    before, equals, after = text.partition("=")
    line = f"equation {after if equals else text}"
    node = parse_command("equation", _EQUATION, line, len("equation"))
    assert isinstance(node, Command)
    depvars: tuple[tuple[str, str], ...] = ()
    if equals:
        left = parse_command("equation", Syntax("varlist_factor"), f"equation {before}", len("equation"))
        assert isinstance(left, Command)
        depvars = depvars_of(left.argument, context)
        if not depvars or (len(depvars) > 1 and not several):
            raise StataError(198, f"({text.strip()}) invalid equation")
    items = node.argument
    if not equals and dependent:
        if len(items) < dependent:
            raise StataError(102, "too few variables specified")
        depvars, items = depvars_of(items[:dependent], context), items[dependent:]
    constant = not node.option("noconstant")
    if len(items) == 1 and isinstance(items[0], Pattern) and items[0].text == "_cons":
        items, constant = (), True
    offset, exposure = "", False
    for option in ("offset", "exposure"):
        if option in node.options:
            offset, exposure = resolve_name(node.options[option].value, context.data), option == "exposure"
    return Asked(depvars, resolve_terms(items, context), name, constant, offset, exposure)


def depvars_of(items: Sequence[object], context: Context) -> tuple[tuple[str, str], ...]:
    """Return (variable, time-series operator) of dependent variables; r(198) for factor variables."""
    if not all(isinstance(item, Pattern) for item in items):
        raise StataError(198, "depvar may not be a factor variable")
    return tuple(resolve_one(item, context) for item in items if isinstance(item, Pattern))


def system_sample(
    node: Command,
    context: Context,
    asked: Sequence[Asked],
    default: str = "oim",
    assumed: str = "fweight",
    others: Sequence[str] = (),
    groups: Sequence[str] = (),
    within: np.ndarray | None = None,
) -> SystemSample:
    """Return the sample of all equations, columns that others determine left out with a note.

    `groups`: grouping variables, of numbers or strings. `within`: observations that may be in it, bool.

    Raises
    ------
    StataError
        r(109), r(111), r(2000), r(401), r(402), r(198).
    """
    chosen = select_rows(node.condition, node.in_range, context)
    sample = SampleColumns(context, chosen if within is None else chosen & within)
    # What all rows need comes first: it decides which rows there are.
    for own in sorted(asked, key=lambda own: own.needed is not None):
        for variable, series in own.depvars:
            sample.add(variable, series, "dependent variable", own.needed)
        sample.add_terms(own.terms, own.needed)
        if own.offset:
            sample.add(own.offset, "", "covariates", own.needed)
    closed = close_sample(node, sample, default, assumed, groups, others)
    notes = list(closed.notes)
    equations = tuple(_equation(own, sample, notes) for own in asked)
    first = equations[0]
    y = first.y if first.y is not None else np.zeros(sample.size)
    return SystemSample(closed.single(first.depvar, first.terms, y, first.columns, tuple(notes)), equations)


def _equation(asked: Asked, sample: SampleColumns, notes: list[str]) -> Equation:
    """Return an equation over the closed sample."""
    needed = None if asked.needed is None else asked.needed[sample.rows]
    terms = list(sample.expanded(asked.terms))
    notes += notes_of_empty(terms)
    places = [place for place, term in enumerate(terms) if not term.status]
    columns = [sample.column(terms[place]) for place in places]
    kept = []
    for place, column, gone in zip(places, columns, _omitted(columns, asked.constant, needed), strict=True):
        if gone:
            notes.append(f"note: {terms[place].without_marks()} omitted because of collinearity")
            terms[place] = replace(terms[place], status="omitted")
        else:
            kept.append(column)
    offset, shown = None, asked.offset
    if asked.offset:
        offset = sample.values(asked.offset)
        if asked.exposure:
            if offset.min() <= 0:
                raise StataError(459, "exposure() must be greater than zero")
            offset, shown = np.log(offset), f"ln({asked.offset})"
    names = [f"{series}.{variable}" if series else variable for variable, series in asked.depvars]
    return Equation(
        asked.name or names[0].replace(".", "_"),
        names[0] if names else "",
        sample.values(*asked.depvars[0]) if names else None,
        (*terms, Term(())) if asked.constant else tuple(terms),
        (*kept, None) if asked.constant else tuple(kept),
        offset,
        shown,
        needed,
    )


def _omitted(columns: list[np.ndarray], constant: bool, needed: np.ndarray | None) -> list[bool]:
    """Return which columns are combinations of those before them, and of a constant."""
    if not columns:
        return []
    own = columns if needed is None else [column[needed] for column in columns]
    first = 1 if constant else 0
    return dependent_columns((*[None] * first, *own)).tolist()[first:]
