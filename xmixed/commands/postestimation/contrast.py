"""contrast and pwcompare: comparisons of marginal linear predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.inference.comparison_results import comparison_results, posted_comparisons
from xmixed.estimation.inference.contrasts import (
    METHODS,
    STEPWISE,
    Adjustment,
    TermContrast,
    pairwise,
    refuse_combinations,
    same_letters,
    spans,
    stepwise_p_values,
    term_contrast,
    tests_of,
)
from xmixed.estimation.inference.marginal_cells import (
    MarginalModel,
    are_estimable,
    cell_labels,
    cell_rows,
    estimated,
    marginal_model,
)
from xmixed.estimation.results import estimator_of
from xmixed.expressions.context import Context
from xmixed.language.arguments.margin_terms import MarginTerm
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.render.layouts.postestimation.contrasts import (
    ContrastBlock,
    ContrastRow,
    ContrastStyle,
    render_contrasts,
    render_counts,
    render_term_tests,
)
from xmixed.session.state import SessionState
from xmixed.session.stored import commit

ANY_MODEL = (("noadjust", "noadj"), ("bonferroni", "bon"), ("sidak", "sid"), ("scheffe", "sch"))
SHOWN = {"effects": "effects", "pveffects": "pv", "cieffects": "ci", "groups": "groups"}
FORMATS = (
    OptionSpec("cformat", "cformat", "format", "format of comparisons"),
    OptionSpec("pformat", "pformat", "format", "format of p-values"),
    OptionSpec("sformat", "sformat", "format", "format of test statistics"),
)
COMMON = (
    LEVEL,
    OptionSpec("asobserved", "asobs", help="factors as in the data"),
    OptionSpec("equation", "equation", "text", "which equation", built=False),
    OptionSpec("emptycells", "empty", "text", "empty cells", built=False),
    OptionSpec("noestimcheck", "noestimcheck", help="do not check estimability"),
    OptionSpec("sort", "sort", help="sort by the estimates"),
    OptionSpec("post", "post", help="put the comparisons in e()"),
    OptionSpec("effects", "eff", help="show tests and limits"),
    OptionSpec("cieffects", "cieff", help="show limits; the default"),
    OptionSpec("pveffects", "pveff", help="show tests"),
    OptionSpec("df", "df", "number", "degrees of freedom", minimum_value=1e-8),
    *FORMATS,
)


def _style(session: SessionState, node: Command, model: MarginalModel, method: str) -> ContrastStyle:
    kind = next((kind for option, kind in SHOWN.items() if node.option(option)), "ci")
    return ContrastStyle(
        kind,
        statistic="z" if model.df is None else "t",
        level=float(node.option("level", session.settings.level)),
        equation=model.equation,
        method=method,
        linesize=session.settings.linesize,
        cformat=str(node.option("cformat", session.settings.cformat)),
        pformat=str(node.option("pformat", session.settings.pformat)),
        sformat=str(node.option("sformat", session.settings.sformat)),
    )


def _model(session: SessionState, node: Command) -> MarginalModel:
    if not node.argument:
        raise StataError(100, "varlist required")
    asked = estimator_of(session.e), session.e, Context.of(session), not node.option("noestimcheck")
    if session.data.reference is None:
        found = marginal_model(*asked)
    else:
        from xmixed.estimation.summed.margins import summed_model

        found = summed_model(*asked)
    return found if node.option("df") is None else replace(found, df=float(node.option("df")))


def _method(node: Command) -> str:
    return str(node.option("mcompare", "noadjust"))


def _head(title: str, node: Command) -> list[Line]:
    kind = "asobserved" if node.option("asobserved") else "asbalanced"
    return [line(), line(title), line(), line(f"Margins      : {kind}"), line()]


@command(
    "contrast",
    syntax=Syntax(
        "margins",
        options=(
            *COMMON,
            OptionSpec("overall", "over", help="test all terms jointly"),
            OptionSpec("lincom", "lincom", help="user-defined contrasts need not sum to zero"),
            OptionSpec("mcompare", "mcomp", "choice", "adjustment for comparisons", ANY_MODEL),
            OptionSpec("nowald", "now", help="no Wald tests"),
        ),
        exclusive=(("effects", "cieffects", "pveffects"),),
    ),
    synopsis="contrast termlist [, overall asobserved mcompare(method) effects cieffects pveffects nowald]",
    needs=("estimates",),
)
def contrast(session: SessionState, node: Command) -> None:
    """Test and estimate contrasts of the factors of the last model."""
    model = _model(session, node)
    b, V = model.coefficients.b, model.coefficients.V
    found: list[tuple[TermContrast, np.ndarray, np.ndarray]] = []
    for term in node.argument:
        if not node.option("lincom"):
            refuse_combinations(term)
        own = term_contrast(term, model.covariates, model.counts)
        rows = own.rows @ cell_rows(model, term, bool(node.option("asobserved")))
        found.append((own, estimated(model, rows), are_estimable(model, rows)))
    tests = [(own.name, tests_of(own, L, b, V, model.df, good)) for own, L, good in found]
    if node.option("overall") and len(found) > 1:
        whole = np.vstack([L for _, L, _ in found])
        joint = TermContrast("Overall", (), whole, (("", tuple(range(len(whole)))),), ())
        tests.append(("Overall", tests_of(joint, whole, b, V, model.df)))
    method = _method(node)
    style = _style(session, node, model, "" if method == "noadjust" else METHODS[method])
    lines = _head("Contrasts of marginal linear predictions", node)
    if not node.option("nowald"):
        lines += render_term_tests(tests, model.equation, model.df)
    singles = [(own, L, good) for own, L, good in found if own.labels]
    figures: list[Figures] = []
    blocks = []
    for own, L, good in singles:
        rank = max(test.df for _, test in tests_of(own, L, b, V, model.df))
        adjustment = Adjustment(method, len(L), rank)
        rows = _rows(own.labels, L, good, b, V, adjustment, style.level, model.df)
        figures += [row.figures for row in rows]
        blocks.append(ContrastBlock(own.name, _sorted(rows, node)))
    if blocks:
        lines += [] if node.option("nowald") else [line()]
        if method != "noadjust":
            lines += render_counts([(own.name, len(L)) for own, L, _ in singles], model.equation) + [line()]
        lines += render_contrasts(blocks, style)
    session.out.write(*lines)
    whole = np.vstack([L for _, L, _ in (singles or found)])
    names = [name for own, _, _ in (singles or found) for name in own.coefficients]
    session.r = comparison_results(
        "contrast", node.text.strip(), model, whole, names, figures, style.level, tests, method
    )
    _post(session, node, lines)


def _post(session: SessionState, node: Command, lines: list[Line]) -> None:
    """Put what was compared in e(), with `post`."""
    if node.option("post"):
        commit(session, posted_comparisons(session.e, session.r, lines))


def _rows(
    labels: tuple[str, ...] | list[str],
    L: np.ndarray,
    good: np.ndarray,
    b: np.ndarray,
    V: np.ndarray,
    adjustment: Adjustment,
    level: float,
    df: float | None,
) -> list[ContrastRow]:
    rows = []
    for label, own, estimable in zip(labels, L, good, strict=True):
        figures = adjustment.figures(float(own @ b), float(own @ V @ own), level, df)
        shown = figures if estimable else Figures(MISSING)
        rows.append(ContrastRow(label, shown, estimable=bool(estimable)))
    return rows


def _sorted(rows: list[ContrastRow], node: Command) -> tuple[ContrastRow, ...]:
    if node.option("sort"):
        rows = sorted(rows, key=lambda row: row.figures.estimate)
    return tuple(rows)


@command(
    "pwcompare",
    syntax=Syntax(
        "margins",
        options=(
            *COMMON,
            OptionSpec(
                "mcompare",
                "mcomp",
                "choice",
                "adjustment for comparisons",
                (*ANY_MODEL, ("tukey", "tuk"), ("snk", "snk"), ("duncan", "dunc"), ("dunnett", "dunn")),
            ),
            OptionSpec("groups", "group", help="margins that do not differ share a letter"),
            OptionSpec("cimargins", "cim", help="margins with limits"),
        ),
        exclusive=(("effects", "cieffects", "pveffects", "groups", "cimargins"),),
    ),
    synopsis="pwcompare marginlist [, mcompare(method) effects cieffects pveffects groups cimargins sort]",
    needs=("estimates",),
)
def pwcompare(session: SessionState, node: Command) -> None:
    """Compare all pairs of cells of the factors of the last model."""
    model, method = _model(session, node), _method(node)
    if method in ("tukey", "snk", "duncan", "dunnett") and session.e.macros["cmd"] not in (
        "regress",
        "anova",
    ):
        raise StataError(198, f"mcompare({method}) not allowed after {session.e.macros['cmd']}")
    if method == "dunnett" and node.option("groups"):
        raise StataError(198, "option groups not allowed with mcompare(dunnett)")
    b, V = model.coefficients.b, model.coefficients.V
    style = _style(session, node, model, METHODS[method])
    blocks, counts, figures, names = [], [], [], []
    everything = []
    for term in node.argument:
        if term.has_contrast or any(item.joint == "@" or item.operator == "c" for item in term.operands):
            raise StataError(198, "invalid syntax", term.span)
        cells = cell_rows(model, term, bool(node.option("asobserved")))
        labels = cell_labels(model, term)
        control = _control(model, term) if method == "dunnett" else None
        compared = pairwise(term.text, labels, control)
        pairs, texts = compared.rows, list(compared.labels)
        if not len(pairs):
            raise StataError(198, "there are no margins for making pairwise comparisons", term.span)
        L, good = estimated(model, pairs @ cells), are_estimable(model, pairs @ cells)
        adjustment = Adjustment(method, len(L), len(cells) - 1, len(cells))
        if method in STEPWISE:
            margins = estimated(model, cells) @ b
            rows = _stepwise(texts, L, good, b, V, adjustment, margins, pairs, style.level, model.df)
        else:
            rows = _rows(texts, L, good, b, V, adjustment, style.level, model.df)
        figures += [row.figures for row in rows]
        names += compared.coefficients
        everything.append(L)
        counts.append((term.text, len(L)))
        if style.kind == "groups":
            rows = _groups(rows, labels, estimated(model, cells), b, V, style.level, model.df)
        if node.option("cimargins"):
            plain, own = Adjustment(), estimated(model, cells)
            rows = _rows(labels, own, are_estimable(model, cells), b, V, plain, style.level, model.df)
        blocks.append(ContrastBlock(term.text, _sorted(rows, node)))
    lines = _head("Pairwise comparisons of marginal linear predictions", node)
    if method != "noadjust":
        lines += [*render_counts(counts, model.equation), line()]
    if node.option("cimargins"):
        style = replace(style, kind="ci", estimate="Margin", method=METHODS["noadjust"])
    elif style.kind == "groups":
        style = replace(style, estimate="Margin")
    lines += render_contrasts(blocks, style)
    if style.kind == "groups":
        lines += [
            line("Note: Margins sharing a letter in the group label are not"),
            line(f"      significantly different at the {100 - style.level:g}% level."),
        ]
    session.out.write(*lines)
    session.r = comparison_results(
        "pwcompare", node.text.strip(), model, np.vstack(everything), names, figures, style.level, [], method
    )
    _post(session, node, lines)


def _control(model: MarginalModel, term: MarginTerm) -> int:
    """Return the cell of the base levels, which others are compared with."""
    place = 0
    for item in term.operands:
        factor = model.covariates.factors[model.covariates.factor(item.name)]
        base = 0 if factor.base is None else factor.levels.index(factor.base)
        place = place * len(factor.levels) + base
    return place


def _stepwise(
    texts: list[str],
    L: np.ndarray,
    good: np.ndarray,
    b: np.ndarray,
    V: np.ndarray,
    adjustment: Adjustment,
    margins: np.ndarray,
    pairs: np.ndarray,
    level: float,
    df: float | None,
) -> list[ContrastRow]:
    """Return comparisons by a method that counts the margins of each range."""
    found = []
    for text, own, estimable, span in zip(texts, L, good, spans(margins, pairs).tolist(), strict=True):
        one = replace(adjustment, groups=span)
        found += _rows([text], own[None, :], np.array([estimable]), b, V, one, level, df)
    p_values = np.array([row.figures.p_value if row.estimable else 1.0 for row in found])
    stepped = stepwise_p_values(margins, pairs, p_values)
    return [
        replace(row, figures=replace(row.figures, p_value=float(p))) if row.estimable else row
        for row, p in zip(found, stepped, strict=True)
    ]


def _groups(
    rows: list[ContrastRow],
    labels: list[str],
    cells: np.ndarray,
    b: np.ndarray,
    V: np.ndarray,
    level: float,
    df: float | None,
) -> list[ContrastRow]:
    """Return the margins with letters that those share which do not differ."""
    p = len(labels)
    differ = np.zeros((p, p), dtype=bool)
    places = [(i, j) for i in range(p) for j in range(i + 1, p)]
    for (i, j), row in zip(places, rows, strict=True):
        differ[i, j] = differ[j, i] = row.figures.p_value < 1 - level / 100
    plain = Adjustment()
    return [
        ContrastRow(label, plain.figures(float(own @ b), float(own @ V @ own), level, df), letters)
        for label, own, letters in zip(labels, cells, same_letters(differ), strict=True)
    ]
