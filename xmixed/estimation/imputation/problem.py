"""From the names in `mi impute` to arrays: which rows, which columns, which values are to be filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.imputed.model import soft_missing
from xmixed.errors import StataError
from xmixed.estimation.imputation.methods import METHODS, Choices, Method
from xmixed.estimation.imputation.sequences import Problem, Target
from xmixed.estimation.sample import SampleColumns, resolve_terms
from xmixed.expressions.context import Context
from xmixed.expressions.factors.design import column, expand
from xmixed.expressions.factors.terms import ResolvedTerm
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.arguments.imputation import ImputationEquation, ImputationModel
from xmixed.language.nodes import Option, Varlist
from xmixed.language.parser import parse_varlist
from xmixed.missing import is_missing


@dataclass(frozen=True, slots=True, eq=False)
class Imputed:
    """One variable to impute, in names.

    Attributes
    ----------
    name : str
    method : Method or None
        None: multivariate normal.
    choices : Choices
    factor : bool
    covariates : tuple of ResolvedTerm
    covariate_text : str
        As typed.
    others : tuple of str
        Imputation variables in its model.
    options : str
        Of its method, as they are shown: `knn(5)`.
    """

    name: str
    method: Method | None
    choices: Choices
    factor: bool
    covariates: tuple[ResolvedTerm, ...]
    covariate_text: str
    others: tuple[str, ...]
    options: str = ""

    def model(self, others: Sequence[str]) -> str:
        """Return the model as a command; `others` are those that come with it, as they enter."""
        words = ["" if self.method is None else self.method.name, self.name, *others, self.covariate_text]
        text = " ".join(word for word in words if word)
        return f"{text}, {self.options}" if self.options else text


def resolve(model: ImputationModel, context: Context, own: Mapping[str, Option]) -> tuple[Imputed, ...]:
    """Return the variables of a model in the order typed.

    Parameters
    ----------
    own : mapping of options
        Those of the command, which a single method takes, and `noimputed` and `augment` for all.

    Raises
    ------
    StataError
        r(111), r(109); r(198) for a variable named twice, or an option that its method does not take.
    """
    names: list[tuple[str, ImputationEquation]] = []
    for equation in model.equations:
        for name in resolve_varlist(equation.variables, context.data):
            if any(name == other for other, _ in names):
                raise StataError(198, f"{name}: imputation variable specified more than once", equation.span)
            if context.data[name].is_string:
                raise StataError(109, f"{name}:  string variables may not be imputed", equation.span)
            names.append((name, equation))
    every = [name for name, _ in names]
    return tuple(_imputed(name, equation, every, model, context, own) for name, equation in names)


def _imputed(
    name: str,
    equation: ImputationEquation,
    every: Sequence[str],
    model: ImputationModel,
    context: Context,
    own: Mapping[str, Option],
) -> Imputed:
    method = METHODS.get(equation.method)
    several = model.method in ("chained", "monotone")
    given = dict(equation.options) if several else {key: own[key] for key in _SHARED if key in own}
    if method is not None:
        _check(method, given)
        if several and "augment" in own and "augment" in method.options:
            given["augment"] = own["augment"]
    terms = resolve_terms(model.covariates, context)
    text = _text(model.covariates, context)
    others = [other for other in every if other != name]
    if "noimputed" in own or "noimputed" in given:
        others = []
    if "omit" in given:
        terms, text, others = _without(str(given["omit"].value), terms, model.covariates, context, others)
    if "include" in given:
        further = parse_varlist(str(given["include"].value), factor=True)
        terms = [*terms, *resolve_terms(further, context)]
        text = f"{text} {_text(further, context)}".strip()
    used = {operand.variable for term in terms for operand in term.operands}
    if name in used:
        raise StataError(
            198, f"{name}: imputation variable may not be among its own covariates", equation.span
        )
    choices = Choices(
        "noconstant" not in given, int(given["knn"].value) if "knn" in given else 1, "augment" in given
    )
    shown = [f"knn({choices.neighbours})"] if "knn" in given else []
    shown += [word for word in ("noconstant", "augment") if word in given]
    factor = method is not None and method.categorical and "ascontinuous" not in given
    return Imputed(name, method, choices, factor, tuple(terms), text, tuple(others), " ".join(shown))


_SHARED = ("noconstant", "knn", "augment")
_ANYWHERE = ("include", "omit", "noimputed", "ascontinuous")


def _check(method: Method, given: Mapping[str, Option]) -> None:
    for name, option in given.items():
        if name not in method.options and name not in _ANYWHERE:
            shown = f"{name}()" if option.text else name
            raise StataError(198, f"option {shown} not allowed with method {method.name}", option.span)


def _text(varlist: Varlist, context: Context) -> str:
    from xmixed.language.printer import print_varlist

    return print_varlist(varlist)


def _without(
    typed: str, terms: list[ResolvedTerm], covariates: Varlist, context: Context, others: list[str]
) -> tuple[list[ResolvedTerm], str, list[str]]:
    """Return covariates and other variables without those that omit() names."""
    gone_items = parse_varlist(typed, factor=True)
    gone = resolve_terms(gone_items, context)
    keys = {term.key for term in gone}
    names = {term.operands[0].variable for term in gone if len(term.operands) == 1}
    kept = [term for term in terms if term.key not in keys]
    items = tuple(
        item for item in covariates if not all(term.key in keys for term in resolve_terms((item,), context))
    )
    return kept, _text(items, context), [other for other in others if other not in names]


# --- arrays ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """Observations of one variable: complete, incomplete, and missing values that can be imputed."""

    name: str
    complete: int
    incomplete: int
    imputable: int

    @property
    def total(self) -> int:
        return self.complete + self.incomplete


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """A problem over the rows that have all covariates.

    Attributes
    ----------
    problem : Problem
        Targets in the order in which they are imputed.
    order : tuple of int
        Places of the targets among the variables as typed.
    rows : ndarray of bool
        Rows of the problem over all observations.
    counts : tuple of Counts
        As typed.
    """

    problem: Problem
    order: tuple[int, ...]
    rows: np.ndarray
    counts: tuple[Counts, ...]


def arrays(imputed: Sequence[Imputed], context: Context, rows: np.ndarray, keep_order: bool) -> Arrays:
    """Return the arrays of a problem.

    Parameters
    ----------
    rows : ndarray of bool
        What `if` leaves.
    keep_order : bool
        Impute in the order typed; else from the fewest missing values to the most.

    Raises
    ------
    StataError
        r(2000) `no observations`.
    """
    data = context.data
    sample = SampleColumns(context, rows & ~_hard_missing(imputed, data))
    for own in imputed:
        sample.add_terms(own.covariates)
    if sample.close() == 0:
        raise StataError(2000, "no observations")
    columns: dict[str, int] = {}
    fixed: list[np.ndarray] = []
    places = []
    for own in imputed:
        mine = []
        for term in expand(own.covariates, sample.values):
            if term.status:
                continue
            if term.name not in columns:
                columns[term.name] = len(fixed)
                fixed.append(column(term, sample.values))
            mine.append(columns[term.name])
        places.append(np.array(mine, dtype=np.intp))
    counts = tuple(_count(own.name, data, rows, sample.rows) for own in imputed)
    by_missing = sorted(range(len(imputed)), key=lambda place: counts[place].imputable)
    order = tuple(range(len(imputed)) if keep_order else by_missing)
    at = {imputed[place].name: position for position, place in enumerate(order)}
    n = int(sample.rows.sum())
    targets = tuple(_target(imputed[place], data, sample.rows, places[place], at) for place in order)
    whole = np.array(fixed) if fixed else np.zeros((0, n))
    return Arrays(Problem(targets, whole), order, sample.rows, counts)


def _hard_missing(imputed: Sequence[Imputed], data: Dataset) -> np.ndarray:
    """Return the rows in which a variable has an extended missing value, which is not imputed."""
    out = np.zeros(data.n_obs, dtype=bool)
    for own in imputed:
        values = data[own.name].to_double()
        out |= is_missing(values) & ~soft_missing(data[own.name])
    return out


def _count(name: str, data: Dataset, rows: np.ndarray, used: np.ndarray) -> Counts:
    missing = soft_missing(data[name])
    known = ~is_missing(data[name].to_double())
    return Counts(name, int((rows & known).sum()), int((rows & missing).sum()), int((used & missing).sum()))


def _target(
    own: Imputed, data: Dataset, rows: np.ndarray, fixed: np.ndarray, at: Mapping[str, int]
) -> Target:
    missing = soft_missing(data[own.name])[rows]
    if missing.all():
        raise StataError(2000, "no observations", hint=f"{own.name} is missing in all of them")
    values = np.where(missing, 0.0, data[own.name].to_double()[rows])
    if own.method is not None and own.method.name == "logit" and not np.isin(values, (0.0, 1.0)).all():
        raise StataError(450, f"{own.name} is not a 0/1 variable")
    if own.method is not None and own.method.name in ("poisson", "nbreg") and values.min(initial=0.0) < 0:
        raise StataError(459, f"{own.name} must be greater than or equal to zero")
    method = own.method or METHODS["regress"]
    others = tuple(sorted(at[other] for other in own.others))
    return Target(own.name, values, missing, method, own.choices, own.factor, fixed, others)
