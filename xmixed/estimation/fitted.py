"""Fitted models whose equations are lists of terms: what their estimators keep, and their tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.estimation.coefficients import Coefficients, degrees_of_freedom
from xmixed.estimation.delta import exponentiated, logarithmic_limits, wald_figures
from xmixed.estimation.display_options import DisplayOptions, display_options
from xmixed.estimation.results import Option, Statistic
from xmixed.estimation.rows import coefficient_rows
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import (
    CoefficientRow,
    Equation,
    Figures,
    render_coefficients,
)
from xmixed.render.layouts.estimation.mixed_header import render_clusters, render_within_clusters
from xmixed.render.layouts.estimation.replications import replications_based
from xmixed.session.results import Estimates, Matrix
from xmixed.session.settings import Settings


@dataclass(frozen=True, slots=True)
class FittedEquation:
    """One equation of e(b).

    Attributes
    ----------
    name : str
        "" where e(b) has a single equation without a name.
    terms : tuple of Term
        In the order of e(b), those with coefficient zero among them.
    ancillary : bool
        A parameter of its own, such as a cut point: shown as `/name`, without a test.
    limits : str
        "log": limits of an ancillary parameter are formed on the log scale; "" on its own.
    tested : bool
        An ancillary parameter is shown with its test after all.
    generated : bool
        Its covariates are no variables of the data.
    """

    name: str
    terms: tuple[Term, ...]
    ancillary: bool = False
    limits: str = ""
    tested: bool = False
    generated: bool = False

    @property
    def names(self) -> list[str]:
        prefix = f"{self.name}:" if self.name else ""
        return [prefix + term.name for term in self.terms]


@dataclass(frozen=True, slots=True)
class FittedTerms:
    """The payload of e(): the dependent variable and the equations, no data.

    Attributes
    ----------
    depvar : str
    equations : tuple of FittedEquation
    levels : tuple of float
        Outcomes of a categorical model in order; () for others.
    headed : bool
        A single equation with covariates stands under its name, too.
    """

    depvar: str
    equations: tuple[FittedEquation, ...]
    levels: tuple[float, ...] = ()
    headed: bool = False

    @property
    def names(self) -> list[str]:
        """Column names of e(b)."""
        return [name for equation in self.equations for name in equation.names]

    @property
    def terms(self) -> tuple[Term | None, ...]:
        """The term of each coefficient; None for ancillary parameters."""
        return tuple(
            None if equation.ancillary or equation.generated else term
            for equation in self.equations
            for term in equation.terms
        )


def whole_vector(terms: Sequence[Term], values: np.ndarray) -> np.ndarray:
    """Return coefficients of all terms from those of the estimated ones, zeros elsewhere."""
    out = np.zeros(len(terms))
    out[[place for place, term in enumerate(terms) if not term.status]] = values
    return out


def whole_matrix(estimated: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return a covariance of all coefficients from that of the estimated ones.

    Parameters
    ----------
    estimated : (K,) bool array
    matrix : (k, k) array
    """
    out = np.zeros((len(estimated), len(estimated)))
    out[np.ix_(estimated, estimated)] = matrix
    return out


def estimates_matrices(
    names: list[str], depvar: str, b: np.ndarray, variance: np.ndarray, model_based: np.ndarray | None
) -> dict[str, Matrix]:
    """Return e(b), e(V) and, for robust variances, e(V_modelbased)."""
    found = {"b": Matrix(b[None, :], ["y1"], names), "V": Matrix(variance, names, names)}
    if model_based is not None:
        found["V_modelbased"] = Matrix(model_based, names, names)
    return found


@dataclass(frozen=True, slots=True)
class TableExtras:
    """What a table of coefficients has beyond the usual.

    Attributes
    ----------
    exponential : str
        Head of exponentiated coefficients (`Odds Ratio`); "" for none.
    beta : ndarray, shape (k,), or None
        Standardised coefficients, missing for the constant.
    base : tuple of (number, name, note), or None
        An equation without coefficients, and how many equations precede it.
    offset : str
        `x` or `ln(x)`: what has coefficient one; "" for nothing.
    last : tuple of CoefficientRow
        Rows after the ancillary parameters.
    apart : bool
        A rule stands between those and these.
    """

    exponential: str = ""
    beta: np.ndarray | None = None
    base: tuple[int, str, str] | None = None
    offset: str = ""
    last: tuple[CoefficientRow, ...] = ()
    apart: bool = False


def coefficient_table(
    estimates: Estimates, fitted: FittedTerms, options: DisplayOptions, extras: TableExtras | None = None
) -> list[Line]:
    """Return the table of e(b), with the line of clusters above it."""
    extras = extras or TableExtras()
    df = degrees_of_freedom(estimates)
    equations = _equations(estimates, fitted, options, extras, df)
    robust = "vcetype" in estimates.macros
    style = replace(
        options.style,
        statistic="z" if df is None else "t",
        robust=robust,
        error_title=estimates.macros.get("vcetype", "Robust"),
        estimate_title=extras.exponential or options.style.estimate_title,
        beta=extras.beta is not None,
    )
    table = render_coefficients(fitted.depvar, equations, style)
    clusters = estimates.macros.get("clustvar", "")
    if clusters:
        count = int(estimates.scalars["N_clust"])
        above = replications_based if estimates.macros.get("prefix") else render_clusters
        above = render_within_clusters if "mi" in estimates.macros else above
        return [above(count, clusters, len(table[0].text)), *table]
    return table


def _equations(
    estimates: Estimates,
    fitted: FittedTerms,
    options: DisplayOptions,
    extras: TableExtras,
    df: np.ndarray | None,
) -> list[Equation]:
    coefficients = Coefficients.of(estimates)
    variances = np.diag(coefficients.V)
    named = fitted.headed or sum(not equation.ancillary for equation in fitted.equations) > 1
    found: list[Equation] = []
    ancillary: list[CoefficientRow] = []
    start = 0
    for equation in fitted.equations:
        end = start + len(equation.terms)
        own = slice(start, end)
        b, own_variances = coefficients.b[own], variances[own]
        start = end
        if equation.ancillary:
            single = None if df is None else float(df[own][0])
            figures = wald_figures(float(b[0]), float(own_variances[0]), options.style.level, single)
            if equation.limits == "log":
                figures = logarithmic_limits(figures, options.style.level)
            legend = f"_b[{equation.name}:_cons]"
            bare = not equation.tested
            ancillary.append(CoefficientRow(f"/{equation.name}", figures, legend=legend, bare=bare))
            continue
        prefix = f"{equation.name}:" if equation.name else ""
        beta = None if extras.beta is None else extras.beta[own]
        own_df = None if df is None else df[own]
        rows = coefficient_rows(equation.terms, b, own_variances, options, prefix, own_df, beta)
        if extras.exponential:
            rows = tuple(replace(row, figures=exponentiated(row.figures)) for row in rows)
        offset = estimates.macros.get(f"offset{len(found) + 1}", "" if found else extras.offset)
        if offset:
            kind = "exposure" if offset.startswith("ln(") else "offset"
            rows = (*rows, CoefficientRow(offset, Figures(1.0), note=f"({kind})"))
        found.append(Equation(rows, equation.name if named else ""))
    if ancillary and extras.apart:
        found += [Equation(tuple(ancillary)), Equation(extras.last)]
    elif ancillary or extras.last:
        found.append(Equation((*ancillary, *extras.last)))
    if extras.base is not None:
        place, name, note = extras.base
        found.insert(place, Equation((), name, note))
    return found


# --- estimators -----------------------------------------------------------------------------------------

Lines = Callable[[Estimates], list[Line]]


def _nothing(estimates: Estimates) -> list[Line]:
    return []


def _no_extras(estimates: Estimates, option: Option, level: float) -> TableExtras:
    return TableExtras()


@dataclass(frozen=True, slots=True)
class FittedEstimator:
    """See `results.Estimator`: a header, the table of e(b), and what stands below it.

    Attributes
    ----------
    statistics : tuple of Statistic
    header, footer : callable(e) -> list of Line
    extras : callable(e, option, level) -> TableExtras
    options : tuple of OptionSpec
    inner : callable(e) -> list of Line
        What stands between the last two rules of the table.
    """

    statistics: tuple[Statistic, ...]
    header: Lines
    footer: Lines = _nothing
    extras: Callable[[Estimates, Option, float], TableExtras] = _no_extras
    options: tuple[OptionSpec, ...] = TABLE_OPTIONS
    inner: Lines = _nothing

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        lines: list[Line] = []
        if not option("noheader"):
            lines += [line(), *self.above(estimates, option)]
        if option("notable"):
            return lines
        table = self.table(estimates, option, settings)
        more = self.inner(estimates)
        if more:
            table = [*table[:-1], *more]
        return [*lines, line(), *table, *self.below(estimates, option)]

    def above(self, estimates: Estimates, option: Option) -> list[Line]:
        """Return what stands above the table."""
        return self.header(estimates)

    def below(self, estimates: Estimates, option: Option) -> list[Line]:
        """Return what stands below the table."""
        return self.footer(estimates)

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """See `results.Tabular`."""
        options = display_options(option, settings, False)
        extras = self.extras(estimates, option, options.style.level)
        return coefficient_table(estimates, estimates.payload, options, extras)

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return estimates.payload.terms
