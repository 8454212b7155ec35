"""Contrasts and pairwise comparisons of margins: what is compared, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.inference.contrasts import (
    METHODS,
    Adjustment,
    TermContrast,
    pairwise_rows,
    same_letters,
    term_contrast,
    tests_of,
)
from xmixed.estimation.inference.covariates import Covariates
from xmixed.estimation.inference.margins import Target
from xmixed.estimation.inference.margins_results import Shown, figures_table, margins_results
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

KINDS = {"effects": "effects", "pveffects": "pv", "cieffects": "ci", "groups": "groups"}
WORDS = {"contrast": {*KINDS, "nowald", "wald"} - {"groups"}, "pwcompare": {*KINDS}}


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
    """

    pairs: bool = False
    kind: str = "ci"
    wald: bool = True
    method: str = "noadjust"


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """The comparisons of one term and target; `cells` are the places of its margins."""

    target: Target
    contrast: TermContrast
    L: np.ndarray
    cells: np.ndarray
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
    blocks = _blocks(shown, terms, comparison.pairs, covariates, counts)
    style = ContrastStyle(
        comparison.kind,
        estimate="Margin" if comparison.kind == "groups" else "Contrast",
        statistic="z" if shown.df is None else "t",
        level=shown.level,
        method=METHODS[comparison.method] if comparison.pairs or comparison.method != "noadjust" else "",
        delta=True,
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
    pairs: bool,
    covariates: Covariates,
    counts: dict[str, np.ndarray],
) -> list[_Block]:
    """Return the comparisons of every term, within each point of `at()` and group of `over()`."""
    margins, found = shown.margins, []
    for target in (target for target in margins.targets if not target.is_base):
        for number, term in enumerate(terms):
            cells = np.array(
                [
                    place
                    for place, cell in enumerate(margins.cells)
                    if cell.target == target and cell.term == number
                ]
            )
            depth = len(term.operands)
            outer = [cell.dimensions[:-depth] for cell in (margins.cells[place] for place in cells)]
            within = list(dict.fromkeys(outer))
            size = len(cells) // len(within)
            labels = [
                " ".join(str(level) for _, level in margins.cells[place].dimensions[-depth:])
                for place in cells[:size]
            ]
            own = _pairs(term, labels) if pairs else term_contrast(term, covariates, counts)
            spread = _spread(own, within)
            J = np.where(margins.estimable[:, None], margins.jacobian, 0.0)[cells]
            found.append(_Block(target, spread, spread.rows @ J, cells, labels))
    if not found:
        raise StataError(198, "there are no margins to compare")
    return found


def _pairs(term: MarginTerm, labels: list[str]) -> TermContrast:
    rows, texts = pairwise_rows(labels)
    return TermContrast(term.text, tuple(texts), rows, (("", tuple(range(len(rows)))),))


def _spread(own: TermContrast, within: list[tuple[tuple[str, int], ...]]) -> TermContrast:
    """Return contrasts within each of several settings, the setting varying fastest."""
    if len(within) == 1:
        return own
    names = "#".join(name for name, _ in within[0])
    levels = [" ".join(str(level) for _, level in setting) for setting in within]
    m, p, n = *own.rows.shape, len(within)
    rows = np.zeros((m * n, n * p))
    for i in range(m):
        for j in range(n):
            rows[i * n + j, j * p : (j + 1) * p] = own.rows[i]
    labels = tuple(f"{label} {level}" for label in own.labels for level in levels)
    groups = [(level, tuple(range(j, m * n, n))) for j, level in enumerate(levels)]
    groups.append(("Joint", tuple(range(m * n))))
    return TermContrast(f"{own.name}@{names}", labels, rows, tuple(groups))


def _tables(
    shown: Shown, blocks: list[_Block], comparison: Comparison, style: ContrastStyle, figures: list[Figures]
) -> list[Line]:
    b, V = shown.margins.b, shown.V
    lines: list[Line] = []
    if not comparison.pairs and comparison.wald:
        tests = [(block.contrast.name, _tests(shown, block)) for block in blocks]
        lines += [*render_term_tests(tests, style.equation, shown.df), line()]
    singles = [block for block in blocks if block.contrast.labels]
    if not singles:
        return lines[:-1]
    if comparison.method != "noadjust":
        counts = [(block.contrast.name, len(block.L)) for block in singles]
        lines += [*render_counts(counts, style.equation), line()]
    shown_blocks = []
    for block in singles:
        rank = max(test.df for _, test in _tests(shown, block))
        adjustment = Adjustment(comparison.method, len(block.L), rank, len(block.cells))
        good = _estimable(shown, block)
        rows = []
        for label, own, weights, estimable in zip(
            block.contrast.labels, block.L, block.contrast.rows, good, strict=True
        ):
            estimate = float(weights @ b[block.cells])
            found = adjustment.figures(estimate, float(own @ V @ own), shown.level, shown.df)
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
    cells, rows = block.cells, block.contrast.rows
    J = np.where(shown.margins.estimable[:, None], shown.margins.jacobian, 0.0)[cells]
    covariance = J @ shown.V @ J.T
    return tests_of(block.contrast, rows, shown.margins.b[cells], covariance, shown.df)


def _estimable(shown: Shown, block: _Block) -> np.ndarray:
    """Return which contrasts only take margins that are estimable."""
    bad = ~shown.margins.estimable[block.cells]
    return ~((block.contrast.rows != 0) & bad).any(axis=1)


def _lettered(shown: Shown, block: _Block, rows: list[ContrastRow]) -> list[ContrastRow]:
    p = len(block.labels)
    if len(block.cells) != p:
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
    L = np.vstack([block.L for block in blocks])
    values = np.concatenate([block.contrast.rows @ shown.margins.b[block.cells] for block in blocks])
    names = [
        f"{label}:{block.contrast.name}"
        for block in blocks
        for label in block.contrast.labels or [f"r{i}" for i in range(1, len(block.L) + 1)]
    ]
    suffix = "_vs" if comparison.pairs else ""
    results.matrices[f"b{suffix}"] = Matrix(values[None, :], ["r1"], names)
    results.matrices[f"V{suffix}"] = Matrix(L @ shown.V @ L.T, list(names), list(names))
    if len(figures) == len(names):
        results.matrices[f"table{suffix}"] = figures_table(figures, names, shown.level, shown.df)
    results.macros[f"mcmethod{suffix}"] = comparison.method
    return results
