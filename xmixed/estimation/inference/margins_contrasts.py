"""Contrasts and pairwise comparisons of margins: what is compared, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.delta import figures_table
from xmixed.estimation.inference.contrasts import (
    METHODS,
    Adjustment,
    TermContrast,
    pairwise,
    same_letters,
    term_contrast,
    tests_of,
)
from xmixed.estimation.inference.covariates import Covariates
from xmixed.estimation.inference.margins import Target
from xmixed.estimation.inference.margins_results import Shown, margins_results
from xmixed.estimation.inference.margins_table import margins_head
from xmixed.language.arguments.margin_terms import MarginTerm
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
from xmixed.render.layouts.postestimation.margins import render_head
from xmixed.render.layouts.postestimation.wald_tests import WaldTest
from xmixed.session.results import Matrix, Results
from xmixed.session.settings import Settings
from xmixed.statistics.linear.contrasts import OPERATORS, contrast_name, contrast_rows

KINDS = {"effects": "effects", "pveffects": "pv", "cieffects": "ci", "groups": "groups"}
WORDS = {"contrast": {*KINDS, "nowald", "wald"} - {"groups"}, "pwcompare": {*KINDS}}
ALL = MarginTerm((), "")
"""Stands for the margins of no term: they are compared from point to point of `at()`, or group to group."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How margins are compared.

    Attributes
    ----------
    pairs : bool
        All pairs; else contrasts.
    kind : str
        ci, pv, effects or groups.
    wald : bool
        Whether the tests of terms are shown.
    method : str
        Adjustment for several comparisons.
    at : str
        Operator of contrasts between the points of `at()`; "" for none.
    """

    pairs: bool = False
    kind: str = "ci"
    wald: bool = True
    method: str = "noadjust"
    at: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """The comparisons of one term and target; `cells` are the places of its margins, V their covariance."""

    target: Target
    contrast: TermContrast
    cells: np.ndarray
    V: np.ndarray
    labels: list[str]


def comparison_of(words: str, pairs: bool, method: str) -> Comparison:
    """Return what the words in `contrast()` or `pwcompare()` ask for.

    Raises
    ------
    StataError
        r(198) for a word that is none.
    """
    name = "pwcompare" if pairs else "contrast"
    found = Comparison(pairs, method=method)
    words = words.replace(",", " ")
    before, at, after = words.partition("atcontrast(")
    if at and not pairs:
        operator, closed, after = after.partition(")")
        operator = operator.strip().removesuffix("_at").removesuffix(".")
        if not closed or operator not in OPERATORS:
            raise StataError(198, "option atcontrast() incorrectly specified", hint="atcontrast(r._at)")
        found, words = replace(found, at=operator), f"{before} {after}"
    for word in words.split():
        if word not in WORDS[name]:
            raise StataError(198, f"option {name}() incorrectly specified", None, f"{word} not allowed")
        if word in KINDS:
            found = replace(found, kind=KINDS[word])
        else:
            found = replace(found, wald=word == "wald")
    return found


def compared(
    shown: Shown,
    terms: tuple[MarginTerm, ...],
    comparison: Comparison,
    covariates: Covariates,
    counts: dict[str, np.ndarray],
    option: Callable[..., object],
    settings: Settings,
    command_line: str,
) -> tuple[list[Line], Results]:
    """Return the display of comparisons of margins, and r().

    Parameters
    ----------
    terms : tuple of MarginTerm
        With their operators.
    counts : dict
        How often each level of a factor occurs in the estimation sample.
    """
    blocks = _blocks(shown, terms, comparison, covariates, counts)
    style = ContrastStyle(
        comparison.kind,
        estimate="Margin" if comparison.kind == "groups" else "Contrast",
        statistic="z" if shown.df is None else "t",
        level=shown.level,
        method=METHODS[comparison.method] if comparison.pairs or comparison.method != "noadjust" else "",
        errors=shown.error_title,
        linesize=settings.linesize,
        cformat=str(option("cformat", settings.cformat)),
        pformat=str(option("pformat", settings.pformat)),
        sformat=str(option("sformat", settings.sformat)),
    )
    prefix = "Pairwise comparisons of " if comparison.pairs else "Contrasts of "
    head = margins_head(shown, bool(option("noatlegend")))
    head = replace(head, title=prefix + head.title[0].lower() + head.title[1:])
    lines = render_head(head, settings.linesize, bool(option("vsquish")))
    figures: list[Figures] = []
    for place, target in enumerate(dict.fromkeys(block.target for block in blocks)):
        own = [block for block in blocks if block.target == target]
        equation = target.shown
        if place:
            lines.append(line())
        lines += _tables(shown, own, comparison, replace(style, equation=equation), figures)
    if comparison.kind == "groups":
        lines += [
            line("Note: Margins sharing a letter in the group label are not"),
            line(f"      significantly different at the {100 - shown.level:g}% level."),
        ]
    return lines, _results(shown, blocks, comparison, figures, command_line)


def _blocks(
    shown: Shown,
    terms: tuple[MarginTerm, ...],
    comparison: Comparison,
    covariates: Covariates,
    counts: dict[str, np.ndarray],
) -> list[_Block]:
    """Return the comparisons of every term, within each point of `at()` and group of `over()`."""
    margins, found = shown.margins, []
    for target in (target for target in margins.targets if not target.is_base):
        for number, term in enumerate(terms or (ALL,)):
            cells = np.array(
                [
                    place
                    for place, cell in enumerate(margins.cells)
                    if cell.target == target and cell.term == (number if terms else -1)
                ]
            )
            own = _of_term(shown, term, cells, comparison, covariates, counts)
            V = shown.covariance[np.ix_(cells, cells)]
            labels = [" ".join(str(level) for _, level in margins.cells[place].dimensions) for place in cells]
            found.append(_Block(target, own, cells, V, labels))
    if not found:
        raise StataError(198, "there are no margins to compare")
    return found


def _of_term(
    shown: Shown,
    term: MarginTerm,
    cells: np.ndarray,
    comparison: Comparison,
    covariates: Covariates,
    counts: dict[str, np.ndarray],
) -> TermContrast:
    """Return the comparisons of a term's cells, those of `at()` and of groups among them."""
    dimensions = [shown.margins.cells[place].dimensions for place in cells]
    depth = len(term.operands)
    if comparison.pairs and (not depth or len({own[:-depth] for own in dimensions}) == 1):
        used = dimensions if not depth else [own[-depth:] for own in dimensions]
        if len(used) < 2:
            raise StataError(198, "there are no margins for making pairwise comparisons")
        name = "#".join(name for name, _ in used[0])
        return pairwise(name, [" ".join(str(level) for _, level in own) for own in used])
    outer = list(dict.fromkeys(own[: len(own) - depth] for own in dimensions))
    if comparison.pairs:
        size = len(cells) // len(outer)
        labels = [" ".join(str(level) for _, level in own[-depth:]) for own in dimensions[:size]]
        return _spread(pairwise(term.text, labels), outer)
    inner = term_contrast(term, covariates, counts) if depth else NOTHING
    points = list(dict.fromkeys(own[0] for own in outer if own and own[0][0] == "_at"))
    if not comparison.at:
        if not depth:
            raise StataError(198, "contrasts of margins take factors, or atcontrast()")
        return _spread(inner, outer)
    if len(points) < 2:
        raise StataError(198, "atcontrast() takes several points of at()")
    between = _between_points([level for _, level in points], comparison.at)
    groups = list(dict.fromkeys(own[1:] for own in outer))
    return _spread(_crossed(between, inner), groups, len(points))


NOTHING = TermContrast("", (), np.ones((1, 1)), (("", (0,)),), ("",))


def _between_points(points: list[int], operator: str) -> TermContrast:
    rows, labels = contrast_rows(operator, points, 0, np.ones(len(points)))
    names = tuple(f"{contrast_name(operator, label)}._at" for label in labels)
    return TermContrast("_at", tuple(labels), rows, (("", tuple(range(len(rows)))),), names)


def _crossed(first: TermContrast, second: TermContrast) -> TermContrast:
    """Return the contrasts of one term times those of another."""
    rows = np.kron(first.rows, second.rows)
    labels = [f"{a} {b}".strip() for a in first.labels for b in second.labels or [""] * len(second.rows)]
    names = [f"{a}#{b}".strip("#") for a in first.coefficients for b in second.coefficients]
    name = f"{first.name}#{second.name}".strip("#")
    return TermContrast(name, tuple(labels), rows, (("", tuple(range(len(rows)))),), tuple(names))


def _spread(own: TermContrast, within: list[tuple[tuple[str, int], ...]], points: int = 1) -> TermContrast:
    """Return contrasts within each of several settings, the setting varying fastest.

    Parameters
    ----------
    points : int
        Blocks of cells that each contrast takes; the cells of all settings stand within a block.
    """
    n = len(within)
    if n == 1:
        return own
    m = len(own.rows)
    rows = np.zeros((m, n, points, n, own.rows.shape[1] // points))
    for j in range(n):
        rows[:, j, :, j, :] = own.rows.reshape(m, points, -1)
    names = "#".join(name for name, _ in within[0])
    levels = [" ".join(str(level) for _, level in setting) for setting in within]
    places = ["#".join(f"{level}.{name}" for name, level in setting) for setting in within]
    labels = tuple(f"{label} {level}" for label in own.labels for level in levels)
    groups = [(level, tuple(range(j, m * n, n))) for j, level in enumerate(levels)]
    groups.append(("Joint", tuple(range(m * n))))
    joint = tuple(f"{name}@{place}" for name in own.coefficients for place in places)
    return TermContrast(f"{own.name}@{names}", labels, rows.reshape(m * n, -1), tuple(groups), joint)


def _tables(
    shown: Shown, blocks: list[_Block], comparison: Comparison, style: ContrastStyle, figures: list[Figures]
) -> list[Line]:
    b = shown.margins.b
    lines: list[Line] = []
    if not comparison.pairs and comparison.wald:
        tests = [(block.contrast.name, _tests(shown, block)) for block in blocks]
        lines += [*render_term_tests(tests, style.equation, shown.df), line()]
    singles = [block for block in blocks if block.contrast.labels]
    if not singles:
        return lines[:-1]
    if comparison.method != "noadjust":
        counts = [(block.contrast.name, len(block.contrast.rows)) for block in singles]
        lines += [*render_counts(counts, style.equation), line()]
    shown_blocks = []
    for block in singles:
        rank = max(test.df for _, test in _tests(shown, block))
        adjustment = Adjustment(comparison.method, len(block.contrast.rows), rank, len(block.cells))
        good = _estimable(shown, block)
        rows = []
        for label, own, estimable in zip(block.contrast.labels, block.contrast.rows, good, strict=True):
            variance = float(own @ block.V @ own)
            found = adjustment.figures(float(own @ b[block.cells]), variance, shown.level, shown.df)
            rows.append(
                ContrastRow(label, found if estimable else Figures(MISSING), estimable=bool(estimable))
            )
            figures.append(rows[-1].figures)
        if comparison.kind == "groups":
            rows = _lettered(shown, block, rows)
        shown_blocks.append(ContrastBlock(block.contrast.name, tuple(rows)))
    return lines + render_contrasts(shown_blocks, style)


def _tests(shown: Shown, block: _Block) -> list[tuple[str, WaldTest]]:
    """Return the tests of a block; the margins' own values stand for their linear forms."""
    b, good = shown.margins.b[block.cells], _estimable(shown, block)
    return tests_of(block.contrast, block.contrast.rows, b, block.V, shown.df, good)


def _estimable(shown: Shown, block: _Block) -> np.ndarray:
    """Return which contrasts only take margins that are estimable."""
    bad = ~shown.margins.estimable[block.cells]
    return ~((block.contrast.rows != 0) & bad).any(axis=1)


def _lettered(shown: Shown, block: _Block, rows: list[ContrastRow]) -> list[ContrastRow]:
    p = len(block.labels)
    if len(rows) != p * (p - 1) // 2:
        raise StataError(198, "pwcompare(groups) takes one point of at() and no over()")
    differ = np.zeros((p, p), dtype=bool)
    places = [(i, j) for i in range(p) for j in range(i + 1, p)]
    for (i, j), row in zip(places, rows, strict=True):
        differ[i, j] = differ[j, i] = row.figures.p_value < 1 - shown.level / 100
    margins = [shown.figures[place] for place in block.cells]
    return [
        ContrastRow(label, figures, letters)
        for label, figures, letters in zip(block.labels, margins, same_letters(differ), strict=True)
    ]


def _results(
    shown: Shown, blocks: list[_Block], comparison: Comparison, figures: list[Figures], command_line: str
) -> Results:
    results = margins_results(shown, command_line)
    b, V, names = _joint(shown, blocks)
    suffix = "_vs" if comparison.pairs else ""
    results.matrices[f"b{suffix}"] = Matrix(b[None, :], ["r1"], names)
    results.matrices[f"V{suffix}"] = Matrix(V, list(names), list(names))
    if len(figures) == len(names):
        results.matrices[f"table{suffix}"] = figures_table(figures, names, shown.level, shown.df)
    results.macros[f"mcmethod{suffix}"] = comparison.method
    return results


def _joint(shown: Shown, blocks: list[_Block]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return all comparisons, their covariance and names."""
    rows = np.zeros((sum(len(block.contrast.rows) for block in blocks), len(shown.margins.b)))
    first, names = 0, []
    for block in blocks:
        last = first + len(block.contrast.rows)
        rows[first:last, block.cells] = block.contrast.rows
        equation = f"{block.target.shown}:" if block.target.name else ""
        names += [equation + name for name in block.contrast.coefficients]
        first = last
    return rows @ shown.margins.b, rows @ shown.covariance @ rows.T, names
