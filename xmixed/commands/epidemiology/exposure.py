"""cs, cc, ir and csi, cci, iri: risks, odds and rates of the exposed and the unexposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.commands.varlists import check_count
from xmixed.data.categories import categories_of, value_texts
from xmixed.errors import StataError, syntax_error
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.formats import format_value
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.epidemiology.exposure import render_exposure, render_measures, render_strata
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.inference.risks import (
    Combined,
    Fourfold,
    Measure,
    combined_odds,
    combined_rates,
    combined_risks,
    cornfield,
    exact_odds,
    fisher,
    log_limits,
    mid_p,
    rate_difference,
    rate_ratio,
    risk_difference,
)

_BY = OptionSpec("by", "by", "varname", "strata, and their combination by Mantel and Haenszel")
_EXACT = OptionSpec("exact", "e", help="Fisher's exact test")
_WOOLF = OptionSpec("woolf", "w", help="Woolf's limits of the odds ratio")
_REFUSED = tuple(
    OptionSpec(name, name, built=False)
    for name in ("istandard", "estandard", "bd", "tarone", "pool", "nocrude", "nohom", "tb", "binomial")
)
_RISKS = (_EXACT, OptionSpec("or", "or", help="the odds ratio too"), _WOOLF, LEVEL)
_ODDS = (_EXACT, _WOOLF, OptionSpec("cornfield", "co", help="Cornfield's limits of the odds ratio"), LEVEL)
_WEIGHTS = ("fweight",)


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Arrays of a study: cases, exposed (bool), copies and times of the observations; strata by name."""

    cases: np.ndarray
    exposed: np.ndarray
    copies: np.ndarray
    times: np.ndarray
    strata: tuple[tuple[str, np.ndarray], ...]
    exposure: str
    by: str = ""

    def table(self, rows: np.ndarray | None = None) -> Fourfold:
        """Return the numbers of cases and others by exposure among some rows."""
        weights = self.copies if rows is None else np.where(rows, self.copies, 0.0)
        cells = [
            float(
                weights[(self.cases != 0) == case][(self.exposed == exposed)[(self.cases != 0) == case]].sum()
            )
            for case in (True, False)
            for exposed in (True, False)
        ]
        return Fourfold(*cells)

    def rates(self, rows: np.ndarray | None = None) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return cases and times of the exposed and the unexposed."""
        weights = self.copies if rows is None else np.where(rows, self.copies, 0.0)
        first, second = (weights * self.exposed, weights * ~self.exposed)
        cases = float(first @ self.cases), float(second @ self.cases)
        return cases, (float(first @ self.times), float(second @ self.times))


def _study(session: SessionState, node: Command, count: int) -> Study:
    names = resolve_varlist(node.argument, session.data) if node.argument else []
    check_count(names, count, count)
    variables = [session.data[name] for name in names]
    columns = [variable.to_double() for variable in variables]
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows).values
    used = np.logical_and.reduce([rows, *(~is_missing(column) for column in columns)])
    strata: list[tuple[str, np.ndarray]] = []
    by = ""
    if node.option("by") is not None:
        by = resolve_name(node.option("by"), session.data)
        found = categories_of(session.data[by], used)
        used &= found.used
        texts = value_texts(session.data, session.data[by], found.values)
        strata = [(text, (found.codes == code)[used]) for code, text in enumerate(texts)]
    if not used.any():
        raise StataError(2000, "no observations")
    return Study(
        columns[0][used],
        columns[1][used] != 0,
        np.ones(int(used.sum())) if weights is None else weights[used],
        columns[2][used] if count > 2 else np.zeros(int(used.sum())),
        tuple(strata),
        variables[1].label or variables[1].name,
        by,
    )


def _typed(node: Command) -> list[float]:
    numbers = [number_of(word) for word in (node.argument or "").replace("\\", " ").split()]
    if len(numbers) != 4 or any(number is None for number in numbers):
        raise syntax_error()
    found = [float(number) for number in numbers if number is not None]
    if any(number < 0 for number in found):
        raise StataError(411, "negative numbers invalid")
    return found


def _whole(cells: Sequence[float]) -> Fourfold:
    if any(cell != int(cell) for cell in cells):
        raise StataError(126, "numbers must be whole")
    return Fourfold(*cells)


def _level(session: SessionState, node: Command) -> float:
    return float(node.option("level", session.settings.level))


# --- cohorts ----------------------------------------------------------------------------------------------


@command(
    "cs",
    syntax=Syntax(
        "varlist", condition=True, in_range=True, weights=_WEIGHTS, options=(_BY, *_RISKS, *_REFUSED)
    ),
    synopsis="cs case exposed [if] [in] [fweight] [, by(varname) or woolf exact level(#)]",
    needs=("data",),
)
def cs(session: SessionState, node: Command) -> None:
    study = _study(session, node, 2)
    if not study.strata:
        _cohort(session, node, study.table(), study.exposure)
        return
    tables = [study.table(rows) for _, rows in study.strata]
    level = _level(session, node)
    if node.option("or"):
        singles = [cornfield(table, level) for table in tables]
        _strata(
            session, node, study, "OR", singles, cornfield(study.table(), level), combined_odds(tables, level)
        )
        return
    singles = [log_limits(table.risk_ratio, table.log_risk_variance, level) for table in tables]
    whole = study.table()
    crude = log_limits(whole.risk_ratio, whole.log_risk_variance, level)
    _strata(session, node, study, "RR", singles, crude, combined_risks(tables, level))


@command("csi", syntax=Syntax("text", options=_RISKS), synopsis="csi #a #b #c #d [, or woolf exact level(#)]")
def csi(session: SessionState, node: Command) -> None:
    _cohort(session, node, _whole(_typed(node)), "")


def _cohort(session: SessionState, node: Command, table: Fourfold, exposure: str) -> None:
    level = _level(session, node)
    difference = risk_difference(table, level)
    ratio = log_limits(table.risk_ratio, table.log_risk_variance, level)
    measures = [("Risk difference", difference, ""), ("Risk ratio", ratio, "")]
    measures += _fractions(
        ratio, table.cases_exposed / table.cases if table.cases else MISSING, table.exposed / table.total, ""
    )
    if node.option("or"):
        woolf = bool(node.option("woolf"))
        odds = (
            log_limits(table.odds_ratio, table.log_odds_variance, level) if woolf else cornfield(table, level)
        )
        measures.append(("Odds ratio", odds, "(Woolf)" if woolf else "(Cornfield)"))
    rows = _counts(table, "Noncases")
    exposed, unexposed, everyone = (_share(*pair) for pair in _risk_pairs(table))
    session.out.write(*render_exposure(rows, [("Risk", exposed, unexposed, everyone)], exposure))
    _show_measures(session, node, table, measures, level)
    scalars = {"rd": difference.estimate, "lb_rd": difference.low, "ub_rd": difference.high}
    scalars |= {"rr": ratio.estimate, "lb_rr": ratio.low, "ub_rr": ratio.high}
    _save(session, node, table, measures, scalars)


def _risk_pairs(table: Fourfold) -> list[tuple[float, float]]:
    return [
        (table.cases_exposed, table.exposed),
        (table.cases_unexposed, table.unexposed),
        (table.cases, table.total),
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else MISSING


def _counts(table: Fourfold, others: str) -> list[tuple[str, float, float, float]]:
    return [
        ("Cases", table.cases_exposed, table.cases_unexposed, table.cases),
        (others, table.others_exposed, table.others_unexposed, table.others),
        ("Total", table.exposed, table.unexposed, table.total),
    ]


def _fractions(ratio: Measure, of_cases: float, of_all: float, how: str) -> list[tuple[str, Measure, str]]:
    """Return the attributable fraction, or the prevented one where the ratio is below 1."""
    if ratio.estimate >= MISSING:
        return []
    if ratio.estimate >= 1:
        exposed = ratio.through(lambda x: (x - 1) / x if x else -np.inf)
        return [
            ("Attr. frac. ex.", exposed, how),
            ("Attr. frac. pop", Measure(exposed.estimate * of_cases), ""),
        ]
    exposed = ratio.through(lambda x: 1 - x)
    return [("Prev. frac. ex.", exposed, how), ("Prev. frac. pop", Measure(exposed.estimate * of_all), "")]


def _show_measures(
    session: SessionState,
    node: Command,
    table: Fourfold,
    measures: Sequence[tuple[str, Measure, str]],
    level: float,
) -> None:
    rows = [(name, found.estimate, found.low, found.high, how) for name, found, how in measures]
    if node.option("exact"):
        one, two = fisher(table)
        ahead = " " * 25
        tests = [
            (f"{ahead}1-sided Fisher's exact P =", f"{one:.4f}"),
            (f"{ahead}2-sided Fisher's exact P =", f"{two:.4f}"),
        ]
    else:
        chi2 = table.chi2
        p = chi2_tail(chi2, 1) if chi2 < MISSING else MISSING
        text = f"{format_value(chi2, '%8.2f')}  Pr>chi2 = {format_value(p, '%6.4f').strip()}"
        tests = [("chi2(1) =", text)]
    session.out.write(*render_measures(rows, level, tests))


def _save(
    session: SessionState,
    node: Command,
    table: Fourfold,
    measures: Sequence[tuple[str, Measure, str]],
    scalars: dict[str, float],
) -> None:
    for name, found, _ in measures:
        if name == "Odds ratio":
            scalars |= {"or": found.estimate, "lb_or": found.low, "ub_or": found.high}
        elif name.endswith("ex."):
            scalars |= {"afe": found.estimate, "lb_afe": found.low, "ub_afe": found.high}
        elif name.endswith("pop"):
            scalars["afp"] = found.estimate
    if node.option("exact"):
        scalars["p1_exact"], scalars["p_exact"] = fisher(table)
    else:
        scalars |= {"chi2": table.chi2, "p": chi2_tail(table.chi2, 1) if table.chi2 < MISSING else MISSING}
    session.r = Results(scalars)


def _strata(
    session: SessionState,
    node: Command,
    study: Study,
    measure: str,
    singles: Sequence[Measure],
    crude: Measure,
    found: Combined,
    how: str = "",
) -> None:
    level = _level(session, node)
    names = [name for name, _ in study.strata]
    rows = [
        (name, single.estimate, single.low, single.high, weight)
        for name, single, weight in zip(names, singles, found.weights, strict=True)
    ]
    below = [("Crude", crude.estimate, crude.low, crude.high)]
    whole = found.combined
    below.append(("M-H combined", whole.estimate, whole.low, whole.high))
    statistic = format_value(found.homogeneity, "%9.3f")
    p = format_value(found.p_homogeneity, "%6.4f").strip()
    tests = [f"Test of homogeneity (M-H)      chi2({found.df}) = {statistic}  Pr>chi2 = {p}"]
    scalars = {"crude": crude.estimate, "lb_crude": crude.low, "ub_crude": crude.high}
    key = {"OR": "or", "RR": "rr", "IRR": "irr"}[measure]
    scalars |= {key: whole.estimate, f"lb_{key}": whole.low, f"ub_{key}": whole.high}
    scalars |= {"chi2_mh": found.homogeneity, "df": float(found.df)}
    if found.chi2 < MISSING:
        p = chi2_tail(found.chi2, 1)
        tests += [
            "",
            "                   Test that combined OR = 1:",
            f"                                Mantel-Haenszel chi2(1) = {format_value(found.chi2, '%9.2f')}",
            f"                                                Pr>chi2 = {format_value(p, '%9.4f')}",
        ]
        scalars |= {"chi2": found.chi2, "p": p}
    session.out.write(*render_strata(study.by, measure, rows, below, level, tests, how))
    session.r = Results(scalars)


# --- case-control studies ---------------------------------------------------------------------------------


def _odds(node: Command, table: Fourfold, level: float) -> tuple[Measure, str]:
    if node.option("woolf"):
        return log_limits(table.odds_ratio, table.log_odds_variance, level), "(Woolf)"
    if node.option("cornfield"):
        return cornfield(table, level), "(Cornfield)"
    return exact_odds(table, level), "(exact)"


@command(
    "cc",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(_BY, *_ODDS, *_REFUSED),
        exclusive=(("woolf", "cornfield"),),
    ),
    synopsis="cc case exposed [if] [in] [fweight] [, by(varname) exact woolf cornfield level(#)]",
    needs=("data",),
)
def cc(session: SessionState, node: Command) -> None:
    study = _study(session, node, 2)
    level = _level(session, node)
    if not study.strata:
        _case_control(session, node, study.table(), study.exposure)
        return
    tables = [study.table(rows) for _, rows in study.strata]
    crude, how = _odds(node, study.table(), level)
    singles = [_odds(node, table, level)[0] for table in tables]
    _strata(session, node, study, "OR", singles, crude, combined_odds(tables, level), how)


@command(
    "cci",
    syntax=Syntax("text", options=_ODDS, exclusive=(("woolf", "cornfield"),)),
    synopsis="cci #a #b #c #d [, exact woolf cornfield level(#)]",
)
def cci(session: SessionState, node: Command) -> None:
    _case_control(session, node, _whole(_typed(node)), "")


def _case_control(session: SessionState, node: Command, table: Fourfold, exposure: str) -> None:
    level = _level(session, node)
    odds, how = _odds(node, table, level)
    of_cases = _share(table.cases_exposed, table.cases)
    of_others = _share(table.others_exposed, table.others)
    measures = [("Odds ratio", odds, how), *_fractions(odds, of_cases, of_others, how)]
    shares = [of_cases, of_others, _share(table.exposed, table.total)]
    session.out.write(*render_exposure(_counts(table, "Controls"), [], exposure, shares))
    _show_measures(session, node, table, measures, level)
    _save(session, node, table, measures, {})


# --- rates --------------------------------------------------------------------------------------------------


@command(
    "ir",
    syntax=Syntax(
        "varlist", condition=True, in_range=True, weights=_WEIGHTS, options=(_BY, LEVEL, *_REFUSED)
    ),
    synopsis="ir cases exposed time [if] [in] [fweight] [, by(varname) level(#)]",
    needs=("data",),
)
def ir(session: SessionState, node: Command) -> None:
    study = _study(session, node, 3)
    level = _level(session, node)
    if not study.strata:
        _rates(session, node, *study.rates(), study.exposure)
        return
    parts = [study.rates(rows) for _, rows in study.strata]
    cases, times = [part[0] for part in parts], [part[1] for part in parts]
    singles = [rate_ratio(*part, level) for part in parts]
    crude = rate_ratio(*study.rates(), level)
    _strata(session, node, study, "IRR", singles, crude, combined_rates(cases, times, level), "(exact)")


@command("iri", syntax=Syntax("text", options=(LEVEL,)), synopsis="iri #a #b #N1 #N2 [, level(#)]")
def iri(session: SessionState, node: Command) -> None:
    a, b, first, second = _typed(node)
    _rates(session, node, (a, b), (first, second), "")


def _rates(
    session: SessionState,
    node: Command,
    cases: tuple[float, float],
    times: tuple[float, float],
    exposure: str,
) -> None:
    if not all(times):
        raise StataError(459, "person-time must be positive")
    level = _level(session, node)
    difference, ratio = rate_difference(cases, times, level), rate_ratio(cases, times, level)
    measures = [("Inc. rate diff.", difference, ""), ("Inc. rate ratio", ratio, "(exact)")]
    measures += _fractions(ratio, _share(cases[0], sum(cases)), times[0] / sum(times), "(exact)")
    counts = [("Cases", *cases, sum(cases)), ("Person-time", *times, sum(times))]
    rates = [("Incidence rate", cases[0] / times[0], cases[1] / times[1], sum(cases) / sum(times))]
    session.out.write(*render_exposure(counts, rates, exposure))
    sign, one, two = mid_p(cases, times)
    tests = [
        (f"(midp)   Pr(k{sign}{cases[0]:.0f}) =", f"{one:22.4f} (exact)"),
        (f"(midp) 2*Pr(k{sign}{cases[0]:.0f}) =", f"{two:22.4f} (exact)"),
    ]
    rows = [(name, found.estimate, found.low, found.high, how) for name, found, how in measures]
    session.out.write(*render_measures(rows, level, tests))
    scalars = {"ird": difference.estimate, "lb_ird": difference.low, "ub_ird": difference.high}
    scalars |= {"irr": ratio.estimate, "lb_irr": ratio.low, "ub_irr": ratio.high, "p": two}
    session.r = Results(scalars)
