"""Contrasts and pairwise comparisons of margins: combinations of cells, tests of terms, adjusted limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.delta import wald_figures
from xmixed.estimation.inference.covariates import Covariates
from xmixed.estimation.wald import wald
from xmixed.language.arguments.margin_terms import MarginOperand, MarginTerm
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.render.layouts.postestimation.wald_tests import WaldTest
from xmixed.statistics.inference.dunnett import dunnett_critical, dunnett_tail
from xmixed.statistics.linear.contrasts import FROM_THE_SECOND, OPERATORS, contrast_name, contrast_rows

METHODS = {
    "noadjust": "Unadjusted",
    "bonferroni": "Bonferroni",
    "sidak": "Sidak",
    "scheffe": "Scheffe",
    "tukey": "Tukey",
    "snk": "SNK",
    "duncan": "Duncan",
    "dunnett": "Dunnett",
}
STEPWISE = frozenset({"snk", "duncan"})
"""Methods that depend on how many margins lie between the two that are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class TermContrast:
    """The contrasts of one term.

    Attributes
    ----------
    name : str
        `grp`, `grp#female`, `grp@female`.
    labels : tuple of str
        Of each contrast; empty where they are only tested jointly.
    rows : ndarray, shape (m, p)
        Over the cells of the term.
    groups : tuple of (label, places)
        What is tested: the contrasts at each level behind `@`; then all, where there are several.
    coefficients : tuple of str
        What each contrast is called in r(b) and, posted, in e(b): `r2vs1.grp`.
    """

    name: str
    labels: tuple[str, ...]
    rows: np.ndarray
    groups: tuple[tuple[str, tuple[int, ...]], ...]
    coefficients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """How p-values and limits take account of several comparisons.

    Attributes
    ----------
    method : str
        A key of `METHODS`.
    count : int
        Comparisons of the term.
    rank : int
        Of the term, for Scheffe's method.
    groups : int
        Margins of the term, or, for stepwise methods, of the range from one to the other.
    """

    method: str = "noadjust"
    count: int = 1
    rank: int = 1
    groups: int = 2

    def figures(self, estimate: float, variance: float, level: float, df: float | None) -> Figures:
        """Return the figures of one comparison."""
        plain = wald_figures(estimate, variance, level, df)
        if self.method == "noadjust" or plain.p_value >= MISSING:
            return plain
        alpha = 1 - level / 100
        p, critical = plain.p_value, 0.0
        if self.method == "bonferroni":
            p, critical = min(1.0, self.count * p), _critical(alpha / self.count, df)
        elif self.method == "sidak":
            p = -math.expm1(self.count * math.log1p(-min(p, 1 - 1e-16)))
            critical = _critical(-math.expm1(math.log1p(-alpha) / self.count), df)
        elif self.method == "scheffe":
            p, critical = _scheffe(plain.statistic, alpha, self.rank, df)
        elif self.method == "dunnett":
            degrees = np.inf if df is None else df
            p = dunnett_tail(plain.statistic, self.count, degrees)
            critical = dunnett_critical(alpha, self.count, degrees)
        elif self.method == "duncan":
            # Duncan: the level of a range of r means is 1 - (1 - alpha)^(r - 1).
            steps = self.groups - 1
            p, critical = _tukey(plain.statistic, -math.expm1(steps * math.log1p(-alpha)), self.groups, df)
            p = -math.expm1(math.log1p(-min(p, 1 - 1e-16)) / steps)
        else:
            p, critical = _tukey(plain.statistic, alpha, self.groups, df)
        margin = critical * plain.standard_error
        return Figures(
            estimate, plain.standard_error, plain.statistic, p, estimate - margin, estimate + margin
        )


def _critical(alpha: float, df: float | None) -> float:
    """Return the two-sided critical value of the normal or t distribution."""
    from scipy.special import ndtri, stdtrit

    return float(ndtri(1 - alpha / 2) if df is None else stdtrit(df, 1 - alpha / 2))


def _scheffe(statistic: float, alpha: float, rank: int, df: float | None) -> tuple[float, float]:
    from scipy.special import chdtrc, chdtri, fdtrc, fdtri

    if df is None:
        return float(chdtrc(rank, statistic**2)), math.sqrt(float(chdtri(rank, alpha)))
    p = float(fdtrc(rank, df, statistic**2 / rank))
    return p, math.sqrt(rank * float(fdtri(rank, df, 1 - alpha)))


def _tukey(statistic: float, alpha: float, groups: int, df: float | None) -> tuple[float, float]:
    from scipy.stats import studentized_range

    degrees = np.inf if df is None else df
    root = math.sqrt(2)
    p = float(studentized_range.sf(abs(statistic) * root, groups, degrees))
    return p, float(studentized_range.ppf(1 - alpha, groups, degrees)) / root


def term_contrast(term: MarginTerm, covariates: Covariates, counts: dict[str, np.ndarray]) -> TermContrast:
    """Return the contrasts that a term asks for, over its cells with the last factor varying fastest.

    Parameters
    ----------
    counts : dict
        How often each level of a factor occurs.

    Raises
    ------
    StataError
        r(198) for an operator that is none.
    """
    parts: list[tuple[np.ndarray, list[str], bool]] = []
    names: list[list[str]] = []
    within: list[bool] = []
    after = False
    for operand in term.operands:
        if operand.operator == "c":
            continue
        name = covariates.factor(operand.name)
        parts.append(_operand_rows(operand, name, covariates, counts[name], after))
        names.append([_coefficient(label, operand, name, after) for label in parts[-1][1]])
        within.append(after)
        after = after or operand.joint == "@"
    rows = np.ones((1, 1))
    for own, _, _ in parts:
        rows = np.kron(rows, own)
    labels = [" ".join(chosen) for chosen in product(*(labels for _, labels, _ in parts))]
    shown = any(named for _, _, named in parts)
    levels = [
        " ".join(own)
        for own in product(*(labels for (_, labels, _), inside in zip(parts, within, strict=True) if inside))
    ]
    places = _places(parts, within)
    groups = [(level, places[level]) for level in levels] if any(within) else []
    everything = tuple(range(len(rows)))
    groups.append(("Joint" if len(groups) > 1 else "", everything))
    if len(groups) == 2:
        groups = groups[1:]
    coefficients = tuple(_joined(chosen, within) for chosen in product(*names))
    return TermContrast(term.text, tuple(labels) if shown else (), rows, tuple(groups), coefficients)


def refuse_combinations(term: MarginTerm) -> None:
    """Refuse what a user defines and is no contrast; r(198)."""
    for operand in term.operands:
        if operand.weights and abs(sum(operand.weights)) > 1e-8 * max(map(abs, operand.weights)):
            raise StataError(
                198,
                f"contrast of {operand.name} does not sum to zero",
                operand.span,
                "option lincom takes it for a linear combination",
            )


def _coefficient(label: str, operand: MarginOperand, name: str, within: bool) -> str:
    """Return `r2vs1.grp` of `(2 vs 1)`, `2.grp` of a level behind `@`."""
    if within:
        return f"{label}.{name}"
    if operand.weights:
        return f"k1.{name}"
    operator = operand.operator if operand.operator not in ("", "i") else "r"
    return f"{contrast_name(operator, label)}.{name}"


def _joined(names: Sequence[str], within: Sequence[bool]) -> str:
    """Return operands of one contrast joined by `#`, those behind `@` by `@` first."""
    contrasts = "#".join(name for name, inside in zip(names, within, strict=True) if not inside)
    levels = "#".join(name for name, inside in zip(names, within, strict=True) if inside)
    return f"{contrasts}@{levels}" if levels else contrasts


def _operand_rows(
    operand: MarginOperand, name: str, covariates: Covariates, counts: np.ndarray, within: bool
) -> tuple[np.ndarray, list[str], bool]:
    """Return the contrasts of one factor, their labels, and whether they are to be shown singly."""
    factor = covariates.factors[name]
    levels = factor.levels
    if within:
        chosen = [i for i, level in enumerate(levels) if not operand.levels or level in operand.levels]
        return np.eye(len(levels))[chosen], [str(levels[i]) for i in chosen], False
    if operand.weights:
        if len(operand.weights) != len(levels):
            raise StataError(198, f"contrast of {name} needs {len(levels)} numbers", operand.span)
        return np.array([operand.weights]), ["(1)"], True
    base = 0 if factor.base is None else levels.index(factor.base)
    operator = operand.operator if operand.operator not in ("", "i") else "r"
    if operator not in OPERATORS:
        raise StataError(198, f"contrast operator {operator} unknown", operand.span)
    rows, labels = contrast_rows(operator, levels, base, counts)
    if operand.levels:
        chosen = _wanted(operand, operator, levels, base, len(rows))
        rows, labels = rows[chosen], [labels[i] for i in chosen]
    return rows, labels, operand.operator not in ("", "i")


def _wanted(operand: MarginOperand, operator: str, levels: Sequence[int], base: int, count: int) -> list[int]:
    """Return which contrasts `r2.`, `p(1 2).` keep: levels, for polynomials degrees."""
    if operator.startswith(("p", "q")):
        found = [degree - 1 for degree in operand.levels]
    else:
        order = [i for i in range(len(levels)) if operator.startswith("g") or i != base]
        if operator.startswith(("a", "h", "j")):
            order = list(range(1, len(levels))) if operator in FROM_THE_SECOND else list(range(count))
        by_level = {levels[i]: place for place, i in enumerate(order)}
        found = [by_level.get(level, -1) for level in operand.levels]
    if any(not 0 <= place < count for place in found):
        raise StataError(198, f"contrasts of {operand.name}: no such level", operand.span)
    return found


def _places(
    parts: list[tuple[np.ndarray, list[str], bool]], within: list[bool]
) -> dict[str, tuple[int, ...]]:
    """Return the places of the contrasts at each combination of levels behind `@`."""
    found: dict[str, list[int]] = {}
    for place, chosen in enumerate(product(*(labels for _, labels, _ in parts))):
        key = " ".join(label for label, inside in zip(chosen, within, strict=True) if inside)
        found.setdefault(key, []).append(place)
    return {key: tuple(places) for key, places in found.items()}


def pairwise(name: str, labels: Sequence[str], control: int | None = None) -> TermContrast:
    """Return all differences of the p cells of a term: those against the first, then the second, ...

    Parameters
    ----------
    control : int, optional
        The cell that alone is compared with others.
    """
    pairs = list(combinations(range(len(labels)), 2))
    if control is not None:
        pairs = [(control, other) for other in range(len(labels)) if other != control]
    unit = np.eye(len(labels))
    rows = np.array([unit[j] - unit[i] for i, j in pairs]).reshape(len(pairs), len(labels))
    bare = all(" " not in label for label in labels)
    texts = [f"{labels[j]} vs {labels[i]}" if bare else f"({labels[j]}) vs ({labels[i]})" for i, j in pairs]
    coefficients = tuple(
        f"{'_'.join(labels[j].split())}vs{'_'.join(labels[i].split())}.{name}" for i, j in pairs
    )
    return TermContrast(name, tuple(texts), rows, (("", tuple(range(len(rows)))),), coefficients)


def tests_of(
    contrast: TermContrast,
    L: np.ndarray,
    b: np.ndarray,
    V: np.ndarray,
    df: float | None,
    estimable: np.ndarray | None = None,
) -> list[tuple[str, WaldTest]]:
    """Return the Wald test of each group of a term's contrasts; `L` are its rows over e(b).

    Contrasts that are not estimable (bool of shape (m,)) are left out.
    """
    found = []
    for label, places in contrast.groups:
        rows = L[[place for place in places if estimable is None or estimable[place]]]
        found.append((label, wald(rows, np.zeros(len(rows)), b, V, df)[1]))
    return found


def spans(margins: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return how many margins the range of each pair has, in the order of their sizes.

    Parameters
    ----------
    margins : (p,) array
    pairs : (m, p) array
        Their differences.
    """
    order = np.argsort(np.argsort(margins, kind="stable"), kind="stable")
    return np.abs(np.sign(pairs) @ order).astype(int) + 1


def stepwise_p_values(margins: np.ndarray, pairs: np.ndarray, p_values: np.ndarray) -> np.ndarray:
    """Return p-values no smaller than those of the ranges around: what these do not part stays together.

    Parameters
    ----------
    margins, pairs : see `spans`
    p_values : (m,) array
    """
    order = np.argsort(np.argsort(margins, kind="stable"), kind="stable")
    ends = [np.sort(order[row != 0]) for row in pairs]
    table = np.zeros((len(margins), len(margins)))
    for (low, high), p_value in zip(ends, p_values, strict=True):
        table[low, high] = p_value
    table = np.maximum.accumulate(table, axis=0)
    table = np.maximum.accumulate(table[:, ::-1], axis=1)[:, ::-1]
    return np.array([table[low, high] for low, high in ends])


def same_letters(significant: np.ndarray) -> list[str]:
    """Return letters of p cells such that two share one if and only if they do not differ significantly.

    Every maximal set of cells, none of which differs from another, has a letter.

    Parameters
    ----------
    significant : (p, p) bool array
    """
    p = len(significant)
    cliques: list[frozenset[int]] = []

    def extend(current: frozenset[int], candidates: set[int], excluded: set[int]) -> None:
        if not candidates and not excluded:
            cliques.append(current)
            return
        for cell in sorted(candidates):
            close = {other for other in range(p) if other != cell and not significant[cell, other]}
            extend(current | {cell}, candidates & close, excluded & close)
            candidates = candidates - {cell}
            excluded = excluded | {cell}

    extend(frozenset(), set(range(p)), set())
    shared = sorted(sorted(clique) for clique in cliques if len(clique) > 1)
    letters = [chr(ord("A") + i) for i in range(26)]
    return [
        "".join(
            letter if cell in clique else " " for letter, clique in zip(letters, shared, strict=False)
        ).rstrip()
        for cell in range(p)
    ]
