"""mean, proportion, ratio, total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.data.categories import Categories, categories_of, value_texts
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError, syntax_error
from xmixed.estimation.means.estimator import DISPLAY, ESTIMATOR, Subpopulations, estimates
from xmixed.estimation.run import replayed, replicated, show_results
from xmixed.estimation.table_options import variance_option
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import is_valid_name, resolve_name, resolve_varlist
from xmixed.expressions.weights import check_weights
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import ArgumentKind, OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.linearised import Linearised, means, totals


def _syntax(argument: ArgumentKind = "varlist", *more: OptionSpec) -> Syntax:
    return Syntax(
        argument,
        condition=True,
        in_range=True,
        weights=("fweight", "aweight", "pweight", "iweight"),
        options=(
            OptionSpec("over", "o", "varlist", "estimates of subpopulations"),
            variance_option(("analytic", "a"), ("cluster", "cl")),
            OptionSpec("cluster", "cl", "varname", "the same as vce(cluster clustvar)"),
            OptionSpec("stdize", "std", "varname", "standardised estimates", built=False),
            OptionSpec("stdweight", "stdw", "varname", "weights of the strata", built=False),
            OptionSpec("nolabel", "nola", help="values in place of their labels"),
            OptionSpec("missing", "miss", help="missing values are categories of proportion"),
            *more,
            *DISPLAY,
        ),
    )


@command(
    "mean",
    syntax=_syntax(),
    synopsis="mean varlist [if] [in] [weight] [, over(varlist) vce(cluster clustvar) level(#)]",
    by="each",
)
def mean(session: SessionState, node: Command) -> None:
    _estimate(session, node, "mean")


@command(
    "proportion",
    syntax=_syntax(),
    synopsis="proportion varlist [if] [in] [weight] [, over(varlist) vce(cluster clustvar) missing level(#)]",
    by="each",
)
def proportion(session: SessionState, node: Command) -> None:
    _estimate(session, node, "proportion")


@command(
    "ratio",
    syntax=_syntax("text"),
    synopsis="ratio [name:] varname [/] varname [if] [in] [weight] [, over(varlist) vce(cluster clustvar)]"
    "\nratio ([name:] varname [/] varname) ([name:] varname [/] varname) ...",
    by="each",
)
def ratio(session: SessionState, node: Command) -> None:
    _estimate(session, node, "ratio")


@command(
    "total",
    syntax=_syntax(),
    synopsis="total varlist [if] [in] [weight] [, over(varlist) vce(cluster clustvar) level(#)]",
    by="each",
)
def total(session: SessionState, node: Command) -> None:
    _estimate(session, node, "total")


def _estimate(session: SessionState, node: Command, name: str) -> None:
    if replayed(session, node, {name}, ESTIMATOR) or replicated(session, node):
        return
    if not node.argument:
        raise StataError(100, "varlist required")
    if node.option("missing") and name != "proportion":
        raise StataError(198, "option missing not allowed", node.options["missing"].span)
    pairs = _ratios(session.data, node.argument) if name == "ratio" else ()
    variables = [one for _, *pair in pairs for one in pair] or numeric_variables(session, node)
    rows = selected_rows(session, node)
    kind, w = _weights(session, node, rows)
    rows = rows if w is None else rows & (w > 0)
    kept_missing = bool(node.option("missing"))
    for variable in variables if not kept_missing else ():
        rows = rows & ~is_missing(variable.to_double())
    over = [session.data[one] for one in resolve_varlist(node.option("over") or (), session.data)]
    groups, texts = _subpopulations(session, over, rows, not node.option("nolabel"))
    rows = rows & (groups >= 0)
    cluster, clusters = _clusters(session, node, rows)
    if clusters is not None:
        rows = rows & (clusters >= 0)
    if not rows.any():
        raise StataError(2000, "no observations")
    weights = None if w is None else w[rows]
    codes = None if clusters is None else factorise(clusters[rows]).codes
    count = max(1, len(texts))
    X = None
    if name == "ratio":
        Y = np.column_stack([one.numerator.to_double()[rows] for one in pairs])
        X = np.column_stack([one.denominator.to_double()[rows] for one in pairs])
        labels = _ratio_labels(pairs, over, texts)
    elif name == "proportion":
        categories = [categories_of(variable, rows, kept_missing) for variable in variables]
        Y = np.column_stack([found.codes[rows, None] == np.arange(len(found.values)) for found in categories])
        labels = _proportion_labels(session, variables, categories, over, texts)
    else:
        Y = np.column_stack([variable.to_double()[rows] for variable in variables])
        labels = _labels([variable.name for variable in variables], over, texts)
    figures = Y.astype(np.float64), groups[rows], count, weights, kind, codes
    found = totals(*figures) if name == "total" else means(*figures, X)
    _commit(session, node, name, rows, found, labels, weights, kind, cluster, codes, over)


class _Ratio(NamedTuple):
    name: str
    numerator: Variable
    denominator: Variable


def _ratios(data: Dataset, text: str) -> tuple[_Ratio, ...]:
    """Return what `y/x`, `y x`, `name: y/x` or several of these in parentheses mean; r(198)."""
    text = text.strip()
    parts = [text]
    if text.startswith("("):
        if not text.endswith(")"):
            raise syntax_error()
        parts = [part.partition("(")[2] for part in text.removesuffix(")").split(")")]
    found = []
    for number, part in enumerate(parts, 1):
        name, _, of = part.rpartition(":")
        words = of.replace("/", " ").split()
        if len(words) != 2 or of.count("/") > 1:
            raise syntax_error()
        if name.strip() and not is_valid_name(name.strip()):
            raise StataError(198, f"{name.strip()} invalid name")
        pair = [data[resolve_varlist(parse_varlist(word), data)[0]] for word in words]
        for variable in pair:
            if variable.is_string:
                hint = f"{variable.name} is a string variable"
                raise StataError(109, "string variables not allowed in varlist;", hint=hint)
        found.append(_Ratio(name.strip() or f"_ratio_{number}", *pair))
    return tuple(found)


def _ratio_labels(
    ratios: Sequence[_Ratio], over: Sequence[Variable], texts: Sequence[tuple[str, ...]]
) -> Subpopulations:
    labels = _labels([one.name for one in ratios], over, texts)
    named = tuple((one.name, f"{one.numerator.name}/{one.denominator.name}") for one in ratios)
    return replace(labels, legend=(*named, *labels.legend))


def _weights(session: SessionState, node: Command, rows: np.ndarray) -> tuple[str, np.ndarray | None]:
    """Return the kind of weight and the weights over the data, 0 outside; `[w=exp]` means pweights."""
    if node.weight is None:
        return "", None
    kind = "pweight" if node.weight.kind == "weight" else node.weight.kind
    if node.weight.kind == "weight":
        session.out.write("(sampling weights assumed)")
    values, text = evaluate_column(node.weight.expression, Context.of(session))
    if text:
        raise StataError(109, "type mismatch", node.weight.span)
    values = np.where(rows & ~is_missing(values), values, 0.0)
    check_weights(values, kind)
    return kind, values


def _subpopulations(
    session: SessionState, over: Sequence[Variable], rows: np.ndarray, labels: bool
) -> tuple[np.ndarray, tuple[tuple[str, ...], ...]]:
    """Return the subpopulation of each observation (-1 outside), and the texts of its values."""
    if not over:
        return np.where(rows, 0, -1), ()
    for variable in over:
        if variable.is_string:
            raise StataError(
                109, "string variables not allowed in varlist;", hint=f"{variable.name} is a string variable"
            )
    found = [categories_of(variable, rows) for variable in over]
    inside = np.all([one.used for one in found], axis=0)
    combined = np.zeros(len(rows), dtype=np.int64)
    for one in found:
        combined = combined * max(1, len(one.values)) + np.where(inside, one.codes, 0)
    present, codes = np.unique(combined[inside], return_inverse=True)
    groups = np.full(len(rows), -1, dtype=np.int64)
    groups[inside] = codes.reshape(-1)
    shown = [value_texts(session.data, v, one.values, labels) for v, one in zip(over, found, strict=True)]
    texts = []
    for code in present.tolist():
        own: list[str] = []
        for names in reversed(shown):
            code, place = divmod(code, max(1, len(names)))
            own.insert(0, names[place])
        texts.append(tuple(own))
    return groups, tuple(texts)


def _clusters(session: SessionState, node: Command, rows: np.ndarray) -> tuple[str, np.ndarray | None]:
    """Return the cluster variable and its codes, -1 where it is missing."""
    pattern = node.option("cluster")
    vce = node.option("vce")
    if vce is not None and vce.kind == "cluster":
        pattern = vce.cluster
    if pattern is None:
        return "", None
    variable = session.data[resolve_name(pattern, session.data)]
    return variable.name, categories_of(variable, rows).codes


def _named(texts: Sequence[str], prefix: str) -> tuple[str, ...]:
    """Return texts that can stand in e(b): numbers and names as they are, else numbered."""
    plain = all(text.isidentifier() or text.lstrip("-").isdigit() for text in texts)
    return tuple(texts) if plain else tuple(f"{prefix}{i}" for i in range(1, len(texts) + 1))


def _legend(over: Sequence[Variable], texts: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], tuple]:
    """Return the names of subpopulations, and what they stand for."""
    if not over:
        return (), ()
    if len(over) == 1:
        names = _named([text for (text,) in texts], "_subpop_")
        return names, tuple(
            (name, f"{over[0].name} = {text}") for name, (text,) in zip(names, texts, strict=True)
        )
    names = tuple(f"_subpop_{i}" for i in range(1, len(texts) + 1))
    rows = tuple((name, " ".join(own)) for name, own in zip(names, texts, strict=True))
    return names, (("Over", " ".join(variable.name for variable in over)), *rows)


def _labels(
    variables: Sequence[str], over: Sequence[Variable], texts: Sequence[tuple[str, ...]]
) -> Subpopulations:
    names, legend = _legend(over, texts)
    return Subpopulations(tuple(variables), (names,) * len(variables), legend)


def _proportion_labels(
    session: SessionState,
    variables: Sequence[Variable],
    categories: Sequence[Categories],
    over: Sequence[Variable],
    texts: Sequence[tuple[str, ...]],
) -> Subpopulations:
    """Return one block a variable, or with over() one a value of a variable."""
    subpopulations, legend = _legend(over, texts)
    equations, names, explained = [], [], list(legend)
    for variable, found in zip(variables, categories, strict=True):
        shown = value_texts(session.data, variable, found.values)
        own = _named(shown, "_prop_")
        if own != tuple(shown):
            explained += [(name, f"{variable.name} = {text}") for name, text in zip(own, shown, strict=True)]
        if subpopulations:
            equations += own
            names += [subpopulations] * len(own)
        else:
            equations.append(variable.name)
            names.append(own)
    return Subpopulations(tuple(equations), tuple(names), tuple(explained))


def _commit(
    session: SessionState,
    node: Command,
    name: str,
    rows: np.ndarray,
    found: Linearised,
    labels: Subpopulations,
    w: np.ndarray | None,
    kind: str,
    cluster: str,
    codes: np.ndarray | None,
    over: Sequence[Variable],
) -> None:
    n = float(rows.sum()) if w is None or kind not in ("fweight", "iweight") else float(w.sum())
    scalars = {"df_r": n - 1, "N_over": float(max(1, len(labels.names[0]))), "N": n}
    scalars["k_eq"] = float(len(labels.variables))
    if codes is not None:
        scalars |= {"N_clust": float(codes.max() + 1), "df_r": float(codes.max())}
    names = node.argument.split() if name == "ratio" else resolve_varlist(node.argument, session.data)
    macros = {
        "cmdline": node.text.strip(),
        "varlist": " ".join(names),
        "over": " ".join(variable.name for variable in over),
        "vce": "cluster" if cluster else "analytic",
        "vcetype": "Robust" if cluster or kind == "pweight" else "",
        "clustvar": cluster,
        "wtype": kind,
        "wexp": f"= {node.weight.text}" if node.weight is not None else "",
        "properties": "b V",
    }
    result = estimates(name, found, labels, scalars, {key: text for key, text in macros.items() if text})
    result.mark = new_mark()
    commit(session, result)
    marks = {**session.data.marks, result.mark: rows}
    session.data = session.data.with_(marks=marks, changed=session.data.changed)
    show_results(session, ESTIMATOR, result, node.option)
