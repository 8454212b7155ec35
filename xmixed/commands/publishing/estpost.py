"""estpost: what summarize, tabstat, tabulate, correlate and ttest find, as results that tables show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import numeric_variables, selected_rows, weights_of
from xmixed.data.categories import categories_of, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark
from xmixed.statistics.correlation import pairwise
from xmixed.statistics.grouped import Grouped
from xmixed.statistics.inference.comparisons import Sample, two_samples
from xmixed.statistics.moments import moments

DATA = ("aweight", "fweight")
SUMMARY = ("count", "sum_w", "mean", "Var", "sd", "min", "max", "sum")
DETAIL = ("skewness", "kurtosis", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99")
STATISTICS = "mean count n sum max min range sd variance cv semean skewness kurtosis median iqr".split()
LISTWISE = OptionSpec("listwise", "l", help="only observations where all variables are known")


@command("estpost", syntax=Syntax("raw"), synopsis="estpost {summarize|tabstat|tabulate|correlate|ttest} ...")
def estpost(session: SessionState, node: Command) -> None:
    word, _ = split_command_word(str(node.argument))
    if not word:
        raise StataError(198, "subcommand expected")
    raise StataError(
        198,
        f"estpost {word} is not implemented in xmixed; "
        "there is estpost summarize, tabstat, tabulate, correlate, ttest",
    )


def _post(
    session: SessionState,
    node: Command,
    rows: np.ndarray,
    names: Sequence[str],
    vectors: Mapping[str, Sequence[float] | np.ndarray],
    scalars: Mapping[str, float] | None = None,
) -> None:
    """Put row vectors into e(), and say what they are."""
    kept = {
        name: Matrix(np.asarray(values, dtype=np.float64)[None, :], ["y1"], list(names))
        for name, values in vectors.items()
    }
    macros = {"cmd": "estpost", "subcmd": node.name.split()[-1], "cmdline": node.text.strip()}
    result = Estimates({"N": float(np.count_nonzero(rows)), **(scalars or {})}, macros, kept)
    result.mark = new_mark()
    commit(session, result)
    marks = {**session.data.marks, result.mark: rows}
    session.data = session.data.with_(marks=marks, changed=session.data.changed)
    session.out.write("", f"e() holds {' '.join(vectors)}")


def _chosen(session: SessionState, node: Command, least: int = 1) -> tuple[list[Variable], np.ndarray]:
    """Return the variables and the observations, those with all known under `listwise`."""
    if not node.argument:
        raise StataError(100, "varlist required")
    variables = numeric_variables(session, node)
    if len(variables) < least:
        raise StataError(102, "too few variables specified")
    rows = selected_rows(session, node)
    if node.option("listwise"):
        for variable in variables:
            rows = rows & ~is_missing(variable.to_double())
    if not rows.any():
        raise StataError(2000, "no observations")
    return variables, rows


@subcommand(
    "estpost",
    "summarize",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=(*DATA, "iweight"),
        options=(
            OptionSpec("detail", "d", help="percentiles and higher moments too"),
            OptionSpec("quietly", "q", help="accepted: nothing more is shown"),
            LISTWISE,
        ),
    ),
    synopsis="estpost summarize varlist [if] [in] [weight] [, detail listwise]",
    needs=("data",),
)
def summarize(session: SessionState, node: Command) -> None:
    variables, rows = _chosen(session, node)
    weights = weights_of(session, node, rows)
    detail = bool(node.option("detail"))
    table = []
    for variable in variables:
        x = variable.to_double()
        used = rows & ~is_missing(x)
        w = None if weights.values is None else weights.values[used]
        if w is not None:
            used = np.flatnonzero(used)[w > 0]
            w = w[w > 0]
        own = moments(x[used], w, weights.kind, detail)
        values = [own.n, own.sum_w, own.mean, own.variance, own.sd, own.minimum, own.maximum, own.total]
        if detail:
            values += [own.skewness, own.kurtosis]
            values += [own.percentiles.get(int(name[1:]), MISSING) for name in DETAIL[2:]]
        table.append(values)
    names = (*SUMMARY, *DETAIL) if detail else SUMMARY
    vectors: dict[str, np.ndarray] = dict(zip(names, np.array(table).T, strict=True))
    _post(session, node, rows, [variable.name for variable in variables], vectors)


def _statistic_names(words: Sequence[str]) -> list[str]:
    """Return names of statistics in full; r(198) for one that is not there."""
    found: list[str] = []
    for word in words:
        if word == "q":
            found += ["p25", "p50", "p75"]
        elif word[:1] == "p" and word[1:].isdigit() and 0 < int(word[1:]) < 100:
            found.append(word)
        else:
            full = next((name for name in STATISTICS if name.startswith(word.lower())), None)
            if full is None:
                raise StataError(198, f"unknown statistic: {word}")
            found.append("count" if full == "n" else full)
    return found


@subcommand(
    "estpost",
    "tabstat",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=DATA,
        options=(
            OptionSpec("by", "b", "varname", "statistics by the values of a variable"),
            OptionSpec("statistics", "s", "words", "which statistics: mean sd q ..."),
            OptionSpec("stats", "stats", "words", "the same as statistics()"),
            OptionSpec(
                "columns",
                "c",
                "choice",
                "what the vectors are named after",
                choices=(("variables", "v"), ("statistics", "s")),
            ),
            OptionSpec("nototal", "not", help="no totals"),
            OptionSpec("missing", "m", help="a group of missing values of by()"),
            LISTWISE,
        ),
    ),
    synopsis="estpost tabstat varlist [if] [in] [weight] [, by(varname) statistics(names) columns() ...]",
    needs=("data",),
)
def tabstat(session: SessionState, node: Command) -> None:
    variables, rows = _chosen(session, node)
    names = _statistic_names(node.option("statistics") or node.option("stats") or ("mean",))
    weights = weights_of(session, node, rows)
    groups, codes = [""], np.where(rows, 0, -1)
    if node.option("by") is not None:
        by = session.data[resolve_name(node.option("by"), session.data)]
        found = categories_of(by, rows, bool(node.option("missing")))
        groups, codes = value_texts(session.data, by, found.values), found.codes
    total = node.option("by") is not None and not node.option("nototal")
    shown = [*groups, "Total"] if total else groups
    table = np.empty((len(names), len(shown), len(variables)))
    for place, variable in enumerate(variables):
        x = variable.to_double()
        used = (codes >= 0) & ~is_missing(x)
        w = None if weights.values is None else weights.values[used]
        own = Grouped(x[used], codes[used], len(groups), w, weights.kind)
        every = Grouped(x[used], np.zeros(np.count_nonzero(used), dtype=np.int64), 1, w, weights.kind)
        for row, name in enumerate(names):
            values = [*own.statistic(name), *(every.statistic(name) if total else ())]
            table[row, :, place] = values
    variable_names = [variable.name for variable in variables]
    prefixes = [f"{_equation(group)}:" if group else "" for group in shown]
    if node.option("columns") == "statistics":
        columns = [prefix + name for prefix in prefixes for name in variable_names]
        vectors = {name: table[row].reshape(-1) for row, name in enumerate(names)}
    else:
        columns = [prefix + name for prefix in prefixes for name in names]
        vectors = {name: table[:, :, place].T.reshape(-1) for place, name in enumerate(variable_names)}
    _post(session, node, codes >= 0, columns, vectors)


def _equation(text: str) -> str:
    """Return a text as the name of an equation: without the colon that would end it."""
    return text.replace(":", " ").strip() or "_"


@subcommand(
    "estpost",
    "tabulate",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=(*DATA, "iweight"),
        options=(
            OptionSpec("missing", "m", help="missing values are categories"),
            OptionSpec("nolabel", "nol", help="values in place of their labels"),
            OptionSpec("nototal", "not", help="no totals"),
            OptionSpec("sort", "sort", help="the most frequent first; one variable"),
        ),
    ),
    synopsis="estpost tabulate varname [varname] [if] [in] [weight] [, missing nolabel nototal sort]",
    needs=("data",),
)
def tabulate(session: SessionState, node: Command) -> None:
    from xmixed.expressions.varlist import resolve_varlist

    names = resolve_varlist(node.argument, session.data) if node.argument else []
    if not 1 <= len(names) <= 2:
        raise StataError(102 if not names else 103, "one or two variables required")
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    missing = bool(node.option("missing"))
    found = [categories_of(session.data[name], rows, missing) for name in names]
    used = np.logical_and.reduce([own.used for own in found])
    if not used.any():
        raise StataError(2000, "no observations")
    texts = [
        [_equation(text) for text in value_texts(session.data, session.data[name], own.values, label)]
        for name, own, label in zip(names, found, [not node.option("nolabel")] * 2, strict=False)
    ]
    w = np.ones(len(used)) if weights.values is None else weights.values
    total = not node.option("nototal")
    if len(names) == 1:
        _one_way(session, node, found[0].codes, texts[0], used, w, total)
        return
    shape = len(texts[0]), len(texts[1])
    code = found[0].codes[used] * shape[1] + found[1].codes[used]
    counts = np.bincount(code, w[used], minlength=shape[0] * shape[1]).reshape(shape)
    if total:
        counts = np.vstack([np.column_stack([counts, counts.sum(axis=1)]), np.zeros(shape[1] + 1)])
        counts[-1] = counts[:-1].sum(axis=0)
        texts = [[*own, "Total"] for own in texts]
    down, across, whole = counts.copy(), counts.copy(), counts.sum() / (4 if total else 1)
    column_totals = counts.sum(axis=0) / (2 if total else 1)
    row_totals = counts.sum(axis=1) / (2 if total else 1)
    vectors = {
        "b": counts,
        "pct": 100 * counts / whole,
        "colpct": 100 * down / np.where(column_totals > 0, column_totals, 1.0),
        "rowpct": 100 * across / np.where(row_totals > 0, row_totals, 1.0)[:, None],
    }
    columns = [f"{second}:{first}" for second in texts[1] for first in texts[0]]
    flat = {name: values.T.reshape(-1) for name, values in vectors.items()}
    _post(session, node, used, columns, flat, {"r": float(shape[0]), "c": float(shape[1])})


def _one_way(
    session: SessionState,
    node: Command,
    codes: np.ndarray,
    texts: list[str],
    used: np.ndarray,
    w: np.ndarray,
    total: bool,
) -> None:
    counts = np.bincount(codes[used], w[used], minlength=len(texts))
    if node.option("sort"):
        order = np.argsort(-counts, kind="stable")
        counts, texts = counts[order], [texts[place] for place in order]
    percent = 100 * counts / counts.sum()
    cumulative = np.cumsum(percent)
    if total:
        texts = [*texts, "Total"]
        counts, percent = np.append(counts, counts.sum()), np.append(percent, 100.0)
        cumulative = np.append(cumulative, MISSING)
    vectors = {"b": counts, "pct": percent, "cumpct": cumulative}
    _post(session, node, used, texts, vectors, {"r": float(len(texts) - total)})


@subcommand(
    "estpost",
    "correlate",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=DATA,
        options=(
            OptionSpec("matrix", "m", help="the correlations of all variables with each other"),
            OptionSpec("nohalf", "noh", help="with matrix: those above the diagonal too"),
            LISTWISE,
        ),
    ),
    synopsis="estpost correlate varlist [if] [in] [weight] [, matrix listwise nohalf]",
    needs=("data",),
)
def correlate(session: SessionState, node: Command) -> None:
    variables, rows = _chosen(session, node, least=2)
    weights = weights_of(session, node, rows)
    X = np.column_stack([variable.to_double() for variable in variables])
    known = ~is_missing(X)
    w = None if weights.values is None else weights.values[rows]
    found = pairwise(np.where(known, X, 0.0)[rows], known[rows], w, weights.kind)
    names = [variable.name for variable in variables]
    k = len(names)
    if node.option("matrix"):
        half = not node.option("nohalf")
        places = [(i, j) for j in range(k) for i in range(j if half else 0, k)]
        columns = [f"{names[j]}:{names[i]}" for i, j in places]
    else:
        places = [(i, 0) for i in range(1, k)]
        columns = names[1:]
    rho = [float(found.rho[place]) for place in places]
    p_values = [float(found.p[place]) if place[0] != place[1] else MISSING for place in places]
    counts = [float(found.n[place]) for place in places]
    _post(session, node, rows, columns, {"b": rho, "rho": rho, "p": p_values, "count": counts})


@subcommand(
    "estpost",
    "ttest",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("by", "by", "varname", "the variable of the two groups"),
            OptionSpec("unequal", "une", help="variances may differ"),
            OptionSpec("welch", "w", help="Welch's degrees of freedom"),
            LISTWISE,
        ),
    ),
    synopsis="estpost ttest varlist [if] [in], by(varname) [unequal welch listwise]",
    needs=("data",),
)
def ttest(session: SessionState, node: Command) -> None:
    variables, rows = _chosen(session, node)
    groups = categories_of(session.data[resolve_name(node.required("by"), session.data)], rows)
    if len(groups.values) != 2:
        many = "more than 2 groups found, only 2 allowed"
        raise StataError(420, many if len(groups.values) > 2 else "1 group found, 2 required")
    form = "welch" if node.option("welch") else "satterthwaite" if node.option("unequal") else ""
    table = []
    for variable in variables:
        x = variable.to_double()
        known = ~is_missing(x)
        first, second = (Sample.of(x[known & (groups.codes == code)]) for code in (0, 1))
        test = two_samples(first, second, form)
        tested = (test.se, test.t, test.df, test.p_lower, test.p, test.p_upper)
        sizes = (first.n, first.mean, second.n, second.mean)
        table.append((test.difference, first.n + second.n, *tested, *sizes))
    names = ("b", "count", "se", "t", "df_t", "p_l", "p", "p_u", "N_1", "mu_1", "N_2", "mu_2")
    vectors: dict[str, np.ndarray] = dict(zip(names, np.array(table).T, strict=True))
    _post(session, node, groups.used, [variable.name for variable in variables], vectors)
