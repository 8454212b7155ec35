"""The estimator anova: a linear regression on factors, and the sums of squares of its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedTerms
from xmixed.estimation.linear import regress
from xmixed.estimation.linear.regress import stata
from xmixed.estimation.linear.statistics import REGRESS_STATISTICS
from xmixed.estimation.linear.term_sums import CodedFit, Operand, coded_fit, sequential_sums
from xmixed.estimation.results import Option, Statistic, TermTest
from xmixed.estimation.single import SingleSample
from xmixed.expressions.factors.terms import Operand as ResolvedOperand
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.language.syntax import OptionSpec
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.anova import AnovaHeader, AnovaRow, render_anova, render_anova_test
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings
from xmixed.statistics.distributions import f_tail
from xmixed.statistics.grouping import factorise


@dataclass(frozen=True, slots=True)
class FittedAnova(FittedTerms):
    """The payload of e(); `coded` tests terms together, None after sequential sums of squares."""

    coded: CodedFit | None = None


def term_name(term: ResolvedTerm) -> str:
    """Return the name of a term as the table shows it: `grp`, `grp#female`, `grp#c.age`."""
    several = len(term.operands) > 1
    return "#".join(
        ("c." if several and operand.operator.continuous else "")
        + (f"{operand.time_series}." if operand.time_series else "")
        + operand.variable
        for operand in term.operands
    )


def fit(
    sample: SingleSample, terms: Sequence[ResolvedTerm], cmdline: str, sequential: bool
) -> tuple[Estimates, SingleSample]:
    """Fit an analysis of variance; return e() without its mark, and the sample with omitted terms marked.

    Parameters
    ----------
    terms : sequence of ResolvedTerm
        As typed, merged; their variables are in `sample.others`.
    """
    estimates, settled = regress.fit(sample, cmdline)
    weights = None if sample.weighting is None else sample.weighting.fitted
    constant = any(column is None for column in sample.columns)
    operands = [[_operand(sample, operand) for operand in term.operands] for term in terms]
    coded = None
    if sequential:
        sums = sequential_sums(sample.y, operands, weights, constant)
    else:
        coded = coded_fit(sample.y, operands, weights, constant)
        sums = tuple(coded.added([number]) for number in range(len(terms)))
    fitted = estimates.payload
    estimates.payload = FittedAnova(fitted.depvar, fitted.equations, coded=coded)
    scalars, macros = estimates.scalars, estimates.macros
    macros |= {
        "cmd": "anova",
        "title": "Analysis of variance",
        "sstype": "sequential" if sequential else "partial",
    }
    macros["varnames"] = " ".join(
        dict.fromkeys(operand.variable for term in terms for operand in term.operands)
    )
    del macros["estat_cmd"]
    for number, (term, found) in enumerate(zip(terms, sums, strict=True), 1):
        square = found.sum_of_squares / found.df if found.df else np.nan
        macros[f"term_{number}"] = term_name(term)
        scalars[f"ss_{number}"] = found.sum_of_squares
        scalars[f"df_{number}"] = float(found.df)
        scalars[f"F_{number}"] = stata(square / scalars["rmse"] ** 2) if scalars["rmse"] else MISSING
    return estimates, settled


def _operand(sample: SingleSample, operand: ResolvedOperand) -> Operand:
    values = sample.others[operand.variable]
    if operand.operator.continuous:
        return Operand(values, 0)
    own = factorise(values)
    return Operand(own.codes, len(own.levels))


class Anova:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = ()
    statistics: tuple[Statistic, ...] = REGRESS_STATISTICS

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        e = estimates.scalars
        total, df_total = e["mss"] + e["rss"], e["df_m"] + e["df_r"]
        terms = []
        number = 1
        while f"term_{number}" in estimates.macros:
            own = (e[f"ss_{number}"], e[f"df_{number}"], e[f"F_{number}"])
            terms.append(_row(estimates.macros[f"term_{number}"], *own, e["df_r"]))
            number += 1
        sequential = estimates.macros["sstype"] == "sequential"
        return [
            line(),
            *render_anova(
                AnovaHeader(e["N"], e["r2"], e["rmse"], e["r2_a"]),
                _row("Model", e["mss"], e["df_m"], e["F"], e["df_r"]),
                terms,
                AnovaRow("Residual", e["rss"], e["df_r"], _mean(e["rss"], e["df_r"])),
                AnovaRow("Total", total, df_total, _mean(total, df_total)),
                "Seq." if sequential else "Partial",
            ),
        ]

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return estimates.payload.terms

    def term_test(self, estimates: Estimates, text: str) -> TermTest | None:
        """Return the F of one term or several over the residual, or over those behind a slash.

        Raises
        ------
        StataError
            r(198) for a term on both sides of it.
        """
        known = _terms_of(estimates)
        sides = [side.split() for side in text.replace("*", "#").split("/")]
        if not sides[0] or any(name not in known for side in sides for name in side) or len(sides) > 2:
            return None
        if not all(sides):
            return None
        if len(sides) == 2 and set(sides[0]) & set(sides[1]):
            raise StataError(198, "a term may not be tested over itself")
        e = estimates.scalars
        ss, df = _added(estimates, [known[name] for name in sides[0]])
        error_name, error_ss, error_df = "Residual", e["rss"], e["df_r"]
        if len(sides) == 2:
            error_name = " ".join(sides[1])
            error_ss, error_df = _added(estimates, [known[name] for name in sides[1]])
        denominator = _mean(error_ss, error_df)
        statistic = ss / df / denominator if df and 0 < denominator < MISSING else MISSING
        row = _row(" ".join(sides[0]), ss, df, statistic, error_df)
        error = AnovaRow(error_name, error_ss, error_df, denominator)
        kind = "Seq." if estimates.macros["sstype"] == "sequential" else "Partial"
        scalars = {"ss": ss, "df": df, "rss": error_ss, "df_r": error_df, "F": statistic, "p": row.p_value}
        return TermTest([line(), *render_anova_test(row, error, kind)], scalars)


def _added(estimates: Estimates, numbers: Sequence[int]) -> tuple[float, float]:
    """Return the sum of squares and degrees of freedom of terms together, by their numbers from 1.

    Partial ones are what the terms add to all others; sequential ones are pooled.
    """
    e, numbers = estimates.scalars, list(dict.fromkeys(numbers))
    coded = getattr(estimates.payload, "coded", None)
    if coded is None or len(numbers) == 1:
        return sum(e[f"ss_{number}"] for number in numbers), sum(e[f"df_{number}"] for number in numbers)
    found = coded.added([number - 1 for number in numbers])
    return found.sum_of_squares, float(found.df)


def _terms_of(estimates: Estimates) -> dict[str, int]:
    """Return the number of each term, by its name."""
    found = {}
    while (name := estimates.macros.get(f"term_{len(found) + 1}")) is not None:
        found[name] = len(found) + 1
    return found


ESTIMATOR = Anova()


def _mean(sum_of_squares: float, df: float) -> float:
    return sum_of_squares / df if df else MISSING


def _row(source: str, sum_of_squares: float, df: float, statistic: float, df_residual: float) -> AnovaRow:
    p_value = f_tail(statistic, df, df_residual) if statistic < MISSING else MISSING
    return AnovaRow(source, sum_of_squares, df, _mean(sum_of_squares, df), statistic, p_value)
