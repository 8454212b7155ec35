"""tabulate, tab1, tab2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from xmixed.commands.describe.tabulate_summarize import SUMMARIZE_OPTIONS, tabulate_summarize
from xmixed.commands.registry import command
from xmixed.commands.rows import Weights, selected_rows, weights_of
from xmixed.data.categories import (
    Categories,
    categories_of,
    category_counts,
    label_definition,
    usable,
    value_texts,
)
from xmixed.data.columns import among
from xmixed.data.dataset import Variable
from xmixed.data.reference.model import needs_rows
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.output import line
from xmixed.render.layouts.describe.tabulate import (
    Content,
    OneWay,
    Test,
    TwoWay,
    render_one_way,
    render_two_way,
)
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.contingency import (
    Exact,
    association,
    expected_counts,
    fisher_exact,
    likelihood_ratio_contributions,
)

MOST_ROWS, MOST_COLUMNS, MOST_VALUES = 1200, 80, 12_000
"""Stata/SE: the largest two-way table, and the most values of a one-way table."""

_COMMON = (
    OptionSpec("missing", "m", help="missing values are categories like others"),
    OptionSpec("nolabel", "nol", help="numbers in place of value labels"),
    OptionSpec("nofreq", "nof", help="no frequencies"),
)
_ONE_WAY = (
    OptionSpec("sort", "so", help="the most frequent values first"),
    OptionSpec("plot", "p", help="stars in place of percentages"),
    OptionSpec("generate", "g", "name", "make an indicator variable of each value"),
    OptionSpec("subpop", "sub", "varname", "leave out observations where a variable is zero"),
)
_TWO_WAY = (
    OptionSpec("row", "r", help="percentages of rows"),
    OptionSpec("column", "co", help="percentages of columns"),
    OptionSpec("cell", "ce", help="percentages of the whole"),
    OptionSpec("expected", "exp", help="expected frequencies"),
    OptionSpec("cchi2", "cchi2", help="contributions to chi-squared"),
    OptionSpec("clrchi2", "clrchi2", help="contributions to the likelihood ratio"),
    OptionSpec("chi2", "ch", help="Pearson's chi-squared"),
    OptionSpec("lrchi2", "lr", help="likelihood-ratio chi-squared"),
    OptionSpec("exact", "e", help="Fisher's exact test", optional_value=True),
    OptionSpec("gamma", "ga", help="Goodman and Kruskal's gamma"),
    OptionSpec("taub", "t", help="Kendall's tau-b"),
    OptionSpec("V", "V", help="Cramer's V"),
    OptionSpec("all", "al", help="chi2 lrchi2 V gamma taub"),
    OptionSpec("nokey", "nokey", help="no explanation of the cells"),
    OptionSpec("key", "key", help="an explanation of the cells in any case"),
    OptionSpec("wrap", "w", help="no panels for what is wider than the line"),
    OptionSpec("rowsort", "rowsort", help="rows by frequency"),
    OptionSpec("colsort", "colsort", help="columns by frequency"),
    OptionSpec("matcell", "matcell", "name", "matrix of the frequencies"),
    OptionSpec("matrow", "matrow", "name", "matrix of the row values"),
    OptionSpec("matcol", "matcol", "name", "matrix of the column values"),
)
_TESTS = ("chi2", "lrchi2", "V", "gamma", "taub")
_WEIGHTS = ("fweight", "aweight", "iweight")


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """The observations a table counts, and what each counts for."""

    rows: np.ndarray
    weights: Weights
    sizes: np.ndarray | None = None
    """How many observations each row is; None where it is one."""

    def counts(self, codes: np.ndarray, number: int) -> np.ndarray:
        """Return weighted counts of codes; analytic weights are scaled to sum to the observations."""
        used = (codes >= 0) & self.rows
        if self.weights.values is None:
            return np.bincount(among(codes, used), minlength=number).astype(np.float64)
        w = self.weights.values[used]
        counts = np.bincount(codes[used], weights=w, minlength=number)
        scaled = self.weights.kind == "aweight" and counts.sum() > 0
        n = np.count_nonzero(w) if self.sizes is None else self.sizes[used].sum()
        return counts * n / counts.sum() if scaled else counts

    def among(self, kept: np.ndarray) -> _Sample:
        """Return some rows of the sample, by number."""
        weights = self.weights
        if weights.values is not None:
            weights = weights._replace(values=weights.values[kept])
        return _Sample(self.rows[kept], weights, None if self.sizes is None else self.sizes[kept])

    @property
    def fractional(self) -> bool:
        return self.weights.kind in ("aweight", "iweight")


@command(
    "tabulate",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(*_COMMON, *_ONE_WAY, *_TWO_WAY, *SUMMARIZE_OPTIONS),
    ),
    synopsis="tabulate varname1 [varname2] [if] [in] [weight] [, options]",
    needs=("data",),
    by="each",
    by_reference=True,
)
def tabulate(session: SessionState, node: Command) -> None:
    names = _names(session, node)
    if len(names) > 2:
        raise StataError(103, "too many variables specified")
    with _sampled(session, node, names) as sample:
        if node.option("summarize"):
            tabulate_summarize(session, node, names, sample.rows, sample.weights)
        elif len(names) == 1:
            _one_way(session, node, names[0], sample)
        else:
            _two_way(session, node, names, sample)


@command(
    "tab1",
    syntax=Syntax("varlist", condition=True, in_range=True, weights=_WEIGHTS, options=(*_COMMON, *_ONE_WAY)),
    synopsis="tab1 varlist [if] [in] [weight] [, missing nolabel sort plot]",
    needs=("data",),
    by="each",
    by_reference=True,
)
def tab1(session: SessionState, node: Command) -> None:
    for name in _names(session, node):
        with _sampled(session, node, [name]) as sample:
            session.out.write(line(), line(f"-> tabulation of {name} {_qualifiers(node)}"))
            _one_way(session, node, name, sample)


@command(
    "tab2",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(
            *_COMMON,
            *_TWO_WAY,
            OptionSpec("firstonly", "first", help="only tables with the first variable"),
        ),
    ),
    synopsis="tab2 varlist [if] [in] [weight] [, firstonly options of tabulate]",
    needs=("data",),
    by="each",
    by_reference=True,
)
def tab2(session: SessionState, node: Command) -> None:
    names = _names(session, node)
    if len(names) < 2:
        raise StataError(102, "too few variables specified")
    pairs = [(names[0], other) for other in names[1:]]
    for first, second in pairs if node.option("firstonly") else combinations(names, 2):
        with _sampled(session, node, [first, second]) as sample:
            session.out.write(line(), line(f"-> tabulation of {first} by {second} {_qualifiers(node)}"))
            _two_way(session, node, [first, second], sample)


def _names(session: SessionState, node: Command) -> list[str]:
    if not node.argument:
        raise StataError(100, "varlist required")
    return resolve_varlist(node.argument, session.data)


def _qualifiers(node: Command) -> str:
    """Return `if` and `in` as they were typed, and a blank."""
    typed = [
        f"{word} {node.text[part.span.start : part.span.end]}"
        for word, part in (("if", node.condition), ("in", node.in_range))
        if part is not None
    ]
    return " ".join(typed) + " "


@contextmanager
def _sampled(session: SessionState, node: Command, names: list[str]) -> Iterator[_Sample]:
    """Give the sample; for data by reference that of the combinations of values, which are then the data."""
    if session.data.reference is None:
        rows = selected_rows(session, node)
        yield _sample(session, node, rows, weights_of(session, node, rows))
        return
    from xmixed.commands.referenced import combinations_of

    if node.option("generate"):
        raise needs_rows("generate is")
    if node.option("summarize") and node.weight is not None:
        raise needs_rows("option summarize with weights is", node.weight.span)
    others = [node.option(option) for option in ("subpop", "summarize") if node.option(option)]
    with combinations_of(session, node, [*names, *resolve_varlist(others, session.data)]) as found:
        every = np.ones(len(found.counts), dtype=bool)
        sample = _sample(session, node, every, Weights(found.kind or "fweight", found.weights))
        yield replace(sample, sizes=found.counts)


def _sample(session: SessionState, node: Command, rows: np.ndarray, weights: Weights) -> _Sample:
    if weights.values is not None:
        rows = rows & (weights.values != 0)
    if node.option("subpop"):
        name = resolve_varlist((node.option("subpop"),), session.data)[0]
        inside = session.data[name]
        if inside.is_string:
            raise StataError(109, "type mismatch")
        rows = rows & (inside.to_double() != 0)
    return _Sample(rows, weights)


def _head(variable: Variable) -> str:
    return variable.label or variable.name


def _longest(session: SessionState, variable: Variable, labels: bool) -> int:
    """Return the width of the longest value label that is defined, or of the storage type of strings."""
    if variable.is_string:
        return int(variable.type[3:]) if variable.type != "strL" else 0
    texts = label_definition(session.data, variable) if labels else {}
    return max(map(len, texts.values()), default=0)


# --- one way -----------------------------------------------------------------------------------------------


def _one_way(session: SessionState, node: Command, name: str, sample: _Sample) -> None:
    for option in ("row", "column", "cell", "expected", "cchi2", "clrchi2", "wrap", "all", *_TESTS):
        if node.option(option):
            raise StataError(198, f"option {option} not allowed", node.options[option].span)
    variable, labels = session.data[name], not node.option("nolabel")
    missing, generate = bool(node.option("missing")), bool(node.option("generate"))
    categories = None
    if generate or sample.weights.values is not None:
        categories = categories_of(variable, sample.rows, missing)
        found, counts = categories.values, sample.counts(categories.codes, len(categories.values))
    else:
        found, counts = category_counts(variable, sample.rows, missing)
    if len(found) > MOST_VALUES:
        raise StataError(134, "too many values")
    order = np.argsort(-counts, kind="stable") if node.option("sort") else np.arange(len(counts))
    texts = value_texts(session.data, variable, found, labels)
    made = _indicators(session, node, variable, categories) if generate and categories is not None else []
    if not len(counts):
        session.out.write("no observations")
    elif not node.option("nofreq"):
        table = OneWay(
            _head(variable),
            tuple(texts[i] for i in order),
            counts[order],
            _longest(session, variable, labels),
            sample.fractional,
            bool(node.option("plot")),
        )
        session.out.write(*render_one_way(table))
    for indicator in made:
        session.data = session.data.with_variables(indicator)
    _matrices(session, node, counts[order][:, None], [found[i] for i in order], [])
    session.r = Results(scalars={"N": float(counts.sum()), "r": float(len(counts))})


def _indicators(
    session: SessionState, node: Command, variable: Variable, categories: Categories
) -> list[Variable]:
    """Return the variables of `generate()`: 1 in a category, 0 in others, missing outside the table."""
    stub = node.option("generate")
    made = []
    texts = label_definition(session.data, variable)
    for code, value in enumerate(categories.values):
        name = f"{stub}{code + 1}"
        if name in session.data:
            raise StataError(110, f"{name} already defined")
        if len(name) > 32:
            raise StataError(198, f"{name} invalid name")
        shown = value if isinstance(value, str) else texts.get(value) or f"{value:11.4f}"
        column = np.where(categories.used, categories.codes == code, 101).astype(np.int8)
        made.append(Variable(name, "byte", column, "%8.0g", f"{variable.name}=={shown}"[:80]))
    return made


def _matrices(session: SessionState, node: Command, counts: np.ndarray, rows: list, columns: list) -> None:
    """Keep what matcell(), matrow() and matcol() ask for."""
    for option, values in (
        ("matcell", counts),
        ("matrow", np.array([rows]).T if rows else np.zeros((0, 1))),
        ("matcol", np.array([columns]) if columns else np.zeros((1, 0))),
    ):
        name = node.option(option)
        if name is not None:
            if values.dtype.kind not in "fi":
                raise StataError(109, "type mismatch", node.options[option].span)
            names = [
                [f"{letter}{i + 1}" for i in range(size)]
                for letter, size in zip("rc", values.shape, strict=True)
            ]
            session.matrices[name] = Matrix(values.astype(np.float64), *names)


# --- two ways ----------------------------------------------------------------------------------------------


def _two_way(session: SessionState, node: Command, names: list[str], sample: _Sample) -> None:
    for option in ("sort", "plot", "generate", "subpop"):
        if node.option(option):
            raise StataError(198, f"option {option} not allowed", node.options[option].span)
    missing, labels = bool(node.option("missing")), not node.option("nolabel")
    variables = [session.data[name] for name in names]
    inside = sample.rows.copy()
    for variable in variables:
        inside &= usable(variable, sample.rows, missing)
    if not inside.all():
        kept = np.flatnonzero(inside)
        variables = [replace(variable, values=variable.values[kept]) for variable in variables]
        sample, inside = sample.among(kept), np.ones(len(kept), dtype=bool)
    row, column = (categories_of(variable, inside, missing) for variable in variables)
    shape = len(row.values), len(column.values)
    if shape[0] > MOST_ROWS or shape[1] > MOST_COLUMNS:
        raise StataError(134, "too many values")
    codes = row.codes * shape[1] + column.codes
    counts = sample.counts(codes, shape[0] * shape[1]).reshape(shape)
    if not counts.size:
        session.out.write("no observations")
        session.r = Results(scalars={"N": 0.0, "r": 0.0, "c": 0.0})
        return
    orders = [np.arange(size) for size in shape]
    if node.option("rowsort"):
        orders[0] = np.argsort(-counts.sum(axis=1), kind="stable")
    if node.option("colsort"):
        orders[1] = np.argsort(-counts.sum(axis=0), kind="stable")
    counts = counts[orders[0]][:, orders[1]]
    values = [[found.values[i] for i in order] for found, order in zip((row, column), orders, strict=True)]
    texts = [value_texts(session.data, v, found, labels) for v, found in zip(variables, values, strict=True)]
    exact = _exact(node, counts)
    contents = _contents(node, counts, sample.fractional)
    scalars = {"N": float(counts.sum()), "r": float(shape[0]), "c": float(shape[1])}
    tests, saved = _tests(node, counts, exact)
    if contents or tests:
        table = TwoWay(
            _head(variables[0]),
            _head(variables[1]),
            tuple(texts[0]),
            tuple(texts[1]),
            contents,
            tests,
            key=(len(contents) > 1 or bool(node.option("key"))) and not node.option("nokey"),
            stages=exact.stages if exact else (),
            longest=_longest(session, variables[0], labels),
        )
        width = sys.maxsize if node.option("wrap") else session.settings.linesize
        session.out.write(*render_two_way(table, width))
    _matrices(session, node, counts, *values)
    session.r = Results(scalars=scalars | saved)


def _exact(node: Command, counts: np.ndarray) -> Exact | None:
    if "exact" not in node.options:
        return None
    if np.any(counts != np.floor(counts)):
        raise StataError(401, "may not use noninteger frequency weights")
    found = fisher_exact(counts)
    if found is None:
        raise StataError(1000, "system limit exceeded", node.options["exact"].span)
    return found


def _contents(node: Command, counts: np.ndarray, fractional: bool) -> tuple[Content, ...]:
    full = _with_margins(counts)
    expected = expected_counts(counts)
    contribution = np.where(expected > 0, (counts - expected) ** 2 / np.where(expected > 0, expected, 1), 0)
    ratio = likelihood_ratio_contributions(counts)
    n = full[-1, -1]
    found = {
        "": Content("frequency", full, "weighted" if fractional else "count"),
        "expected": Content("expected frequency", _with_margins(expected), "%11.1f"),
        "cchi2": Content("chi2 contribution", _with_margins(contribution), "%11.1f"),
        "clrchi2": Content("likelihood-ratio contribution", _with_margins(ratio), "%11.1f"),
        "row": Content("row percentage", 100 * _share(full, full[:, -1:]), "%9.2f"),
        "column": Content("column percentage", 100 * _share(full, full[-1:, :]), "%9.2f"),
        "cell": Content("cell percentage", 100 * _share(full, n), "%9.2f"),
    }
    chosen = [name for name in found if name and node.option(name)]
    return tuple(found[name] for name in ([] if node.option("nofreq") else [""]) + chosen)


def _with_margins(table: np.ndarray) -> np.ndarray:
    wide = np.column_stack([table, table.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def _share(part: np.ndarray, whole: np.ndarray | float) -> np.ndarray:
    safe = np.where(np.asarray(whole) > 0, whole, 1.0)
    return part / safe


def _tests(
    node: Command, counts: np.ndarray, exact: Exact | None
) -> tuple[tuple[Test, ...], dict[str, float]]:
    """Return the lines of the tests asked for, and what they leave in r()."""
    wanted = [name for name in _TESTS if node.option(name) or node.option("all")]
    lines: list[Test] = []
    saved: dict[str, float] = {}
    if wanted:
        found = association(counts)
        described = {
            "chi2": (Test(f"Pearson chi2({found.df})", found.chi2, "p", found.p), "chi2", "p"),
            "lrchi2": (
                Test(f"likelihood-ratio chi2({found.df})", found.chi2_lr, "p", found.p_lr),
                "chi2_lr",
                "p_lr",
            ),
            "V": (Test("Cramér's V", found.cramers_v, "value"), "CramersV", ""),
            "gamma": (Test("gamma", found.gamma, "ase", found.gamma_ase), "gamma", "ase_gam"),
            "taub": (Test("Kendall's tau-b", found.tau_b, "ase", found.tau_b_ase), "taub", "ase_taub"),
        }
        for name in wanted:
            shown, value, second = described[name]
            lines.append(shown)
            saved |= {value: shown.value} | ({second: shown.second} if second else {})
    if exact is not None:
        lines.append(Test("Fisher's exact", exact.p, "exact"))
        saved["p_exact"] = exact.p
        if exact.one_sided is not None:
            lines.append(Test("1-sided Fisher's exact", exact.one_sided, "exact"))
            saved["p1_exact"] = exact.one_sided
    return tuple(lines), {name: value for name, value in saved.items() if value < MISSING}
