"""mhodds and tabodds: odds of cases by exposure, and their ratios."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.commands.varlists import check_count
from xmixed.data.categories import Categories, categories_of, value_texts
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.epidemiology.odds import (
    render_odds,
    render_odds_by,
    render_odds_ratio,
    render_test,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import chi2_tail, normal_quantile
from xmixed.statistics.inference.odds import (
    OddsRatio,
    Sampled,
    equal_odds,
    homogeneity,
    mantel_haenszel,
    one_unit,
)

_WEIGHTS = ("fweight",)


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """What is compared: names, the rows that count (over the data), exposure and observations (over them)."""

    case: str
    exposure: str
    rows: np.ndarray
    x: np.ndarray
    sampled: Sampled


def _study(session: SessionState, node: Command, names: list[str], within: list[str]) -> _Study:
    """Return the rows in which everything is known; strata are the groups of `within`."""
    data = session.data
    case, exposure = names[0], names[1]
    if data[case].is_string or data[exposure].is_string:
        raise StataError(109, "type mismatch")
    cases, x = data[case].to_double(), data[exposure].to_double()
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows).values
    used = rows & ~is_missing(cases) & ~is_missing(x)
    for name in within:
        used &= data[name].known()
    if not used.any():
        raise StataError(2000, "no observations")
    if not np.isin(cases[used], (0.0, 1.0)).all():
        raise StataError(198, f"{case} takes on values other than 0 and 1")
    strata = group_codes(data, within, used)[0][used] if within else np.zeros(int(used.sum()), dtype=np.int64)
    copies = np.ones(int(used.sum())) if weights is None else weights[used]
    return _Study(case, exposure, used, x[used], Sampled(cases[used] == 1, copies, strata))


def _number(value: float) -> str:
    return format_value(value, "%9.0g").strip()


# --- mhodds ---------------------------------------------------------------------------------------------


@command(
    "mhodds",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(
            OptionSpec("by", "by", "text", "groups with an odds ratio of their own"),
            OptionSpec("compare", "c", "text", "two values of the exposure: compare(1, 0)"),
            OptionSpec("binomial", "bin", "varname", built=False),
            LEVEL,
        ),
    ),
    synopsis="mhodds case exposure [vars_adjust] [if] [in] [fweight] [, by(varlist) compare(v1,v2) level(#)]",
    needs=("data",),
)
def mhodds(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.argument or (), session.data)
    if len(names) < 2:
        raise StataError(102, "too few variables specified")
    by = resolve_varlist(parse_varlist(str(node.option("by"))), session.data) if "by" in node.options else []
    adjusted, level = names[2:], float(node.option("level", session.settings.level))
    study = _study(session, node, names, [*adjusted, *by])
    own, x = study.sampled, study.x
    values = np.unique(x)
    pair = _compared(node, values)
    kept = np.isin(x, pair) if pair else np.ones(len(x), dtype=bool)

    def ratio(rows: np.ndarray) -> OddsRatio:
        part = own.of(rows & kept)
        return (
            mantel_haenszel(x[rows & kept] == pair[0], part, level)
            if pair
            else one_unit(x[rows], part, level)
        )

    if pair:
        head = "Mantel-Haenszel" if adjusted else "Maximum likelihood"
        lines = [f"{head} estimate of the odds ratio"]
        text = f"Comparing {study.exposure}=={_number(pair[0])} vs. {study.exposure}=={_number(pair[1])}"
    else:
        lines, text = [], f"Score test for trend of odds with {study.exposure}"
    text += f", controlling for {', '.join(adjusted)}" if adjusted else ""
    lines += [text] + ([f"by({' '.join(by)})"] if by else [])
    session.out.write("", *lines, "")
    if not pair:
        note = [
            "(The Odds Ratio estimate is an approximation to the odds ratio",
            f"for a one unit increase in {study.exposure})",
        ]
        session.out.write(*note, "")
    whole = ratio(np.ones(len(x), dtype=bool))
    if by:
        groups, count = group_codes(session.data, by, study.rows)
        codes = groups[study.rows]
        parts = [ratio(codes == code) for code in range(count)]
        texts = _group_names(session, by, study.rows, codes, count)
        session.out.write(*render_odds_by(" ".join(by), list(zip(texts, parts, strict=True)), level), "")
        session.out.write(f"    Mantel-Haenszel estimate controlling for {' and '.join([*adjusted, *by])}")
        session.out.write(*render_odds_ratio(whole, level))
        chi2, df = homogeneity(parts, whole)
        p = chi2_tail(chi2, df) if df else MISSING
        session.out.write("", *render_test("Test of homogeneity of ORs (approx):", chi2, df, p))
    else:
        session.out.write(*render_odds_ratio(whole, level))
    session.r = Results(
        {
            name: value
            for name, value in (
                ("or", whole.ratio),
                ("lb_or", whole.lower),
                ("ub_or", whole.upper),
                ("chi2", whole.chi2),
                ("p", whole.p_value),
            )
            if value < MISSING
        }
    )


def _compared(node: Command, values: np.ndarray) -> tuple[float, float] | None:
    """Return the value of the exposed and that of the others; None for an exposure of more values."""
    if "compare" in node.options:
        words = str(node.option("compare")).replace(",", " ").split()
        try:
            first, second = (float(word) for word in words)
        except ValueError:
            raise StataError(198, "option compare() incorrectly specified") from None
        return first, second
    if len(values) == 1:
        raise StataError(459, "the exposure does not vary")
    return (float(values[1]), float(values[0])) if len(values) == 2 else None


def _group_names(
    session: SessionState, by: list[str], rows: np.ndarray, codes: np.ndarray, count: int
) -> list[str]:
    places = np.flatnonzero(rows)
    first = [int(places[np.flatnonzero(codes == code)[0]]) for code in range(count)]
    columns = []
    for name in by:
        variable = session.data[name]
        if variable.is_string:
            columns.append([str(variable.values[row]) for row in first])
        else:
            columns.append(value_texts(session.data, variable, variable.to_double()[first].tolist()))
    return [" ".join(parts) for parts in zip(*columns, strict=True)]


# --- tabodds --------------------------------------------------------------------------------------------


@command(
    "tabodds",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(
            OptionSpec("or", "or", help="odds ratios"),
            OptionSpec("base", "b", "integer", "which level is the reference; default 1", minimum_value=1),
            OptionSpec("adjust", "adj", "varlist", "odds ratios controlling for these"),
            OptionSpec("woolf", "woolf", help="Woolf's limits of odds ratios"),
            OptionSpec("cornfield", "cornfield", built=False),
            OptionSpec("tb", "tb", built=False),
            OptionSpec("binomial", "bin", "varname", built=False),
            OptionSpec("graph", "gr", built=False),
            OptionSpec("ciplot", "ci", built=False),
            LEVEL,
        ),
    ),
    synopsis="tabodds case [exposure] [if] [in] [fweight] [, or base(#) adjust(varlist) woolf level(#)]",
    needs=("data",),
)
def tabodds(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.argument or (), session.data)
    check_count(names, 1, 2)
    adjust = resolve_varlist(node.option("adjust"), session.data) if "adjust" in node.options else []
    study = _study(session, node, [names[0], names[-1]], adjust)
    found = categories_of(session.data[study.exposure], study.rows)
    if len(names) == 1:
        found = Categories(np.zeros_like(found.codes), (0.0,))
    codes = found.codes[study.rows] if len(names) > 1 else np.zeros(len(study.x), dtype=np.int64)
    level = float(node.option("level", session.settings.level))
    texts = ["All"]
    if len(names) > 1:
        texts = value_texts(session.data, session.data[study.exposure], found.values)
    session.out.write("")
    if node.option("or") or adjust:
        _ratios(session, node, study, codes, texts, level, bool(adjust))
    else:
        _odds(session, study, codes, texts, level)
    if len(texts) > 1:
        _tests(session, study, codes, len(texts), " adjusted" if adjust else "")


def _odds(session: SessionState, study: _Study, codes: np.ndarray, texts: list[str], level: float) -> None:
    own, z = study.sampled, normal_quantile(level)
    rows = []
    for code, text in enumerate(texts):
        inside = codes == code
        cases = float(own.copies[inside] @ own.cases[inside])
        others = float(own.copies[inside].sum()) - cases
        odds, low, high = cases / others if others else MISSING, MISSING, MISSING
        if cases and others:
            factor = math.exp(z * math.sqrt(1 / cases + 1 / others))
            low, high = odds / factor, odds * factor
        rows.append((text, (cases, others, odds, low, high)))
    formats = ("%9.0g", "%9.0g", "%9.5f", "%9.5f", "%9.5f")
    session.out.write(*render_odds(("cases", "controls", "odds"), formats, study.exposure, rows, level))


def _ratios(
    session: SessionState,
    node: Command,
    study: _Study,
    codes: np.ndarray,
    texts: list[str],
    level: float,
    adjusted: bool,
) -> None:
    base = int(node.option("base", 1)) - 1
    if base >= len(texts):
        raise StataError(198, f"base() must be between 1 and {len(texts)}")
    if adjusted:
        session.out.write(
            "Mantel-Haenszel odds ratios adjusted for " + " ".join(_adjusting(session, node)), ""
        )
    rows = []
    for code, text in enumerate(texts):
        if code == base:
            rows.append((text, (1.0, *[MISSING] * 4)))
            continue
        inside = (codes == code) | (codes == base)
        own = mantel_haenszel(codes[inside] == code, study.sampled.of(inside), level)
        low, high = own.lower, own.upper
        if node.option("woolf") and not adjusted:
            low, high = _woolf(study, codes, code, base, own.ratio, level)
        rows.append((text, (own.ratio, own.chi2, own.p_value, low, high)))
    formats = ("%9.6f", "%9.2f", "%6.4f", "%9.6f", "%9.6f")
    session.out.write(*render_odds(("Odds Ratio", "chi2", "P>chi2"), formats, study.exposure, rows, level))


def _adjusting(session: SessionState, node: Command) -> list[str]:
    return resolve_varlist(node.option("adjust"), session.data)


def _woolf(
    study: _Study, codes: np.ndarray, code: int, base: int, ratio: float, level: float
) -> tuple[float, float]:
    own = study.sampled
    cells = [
        float(own.copies[(codes == value) & (own.cases == case)].sum())
        for value in (code, base)
        for case in (True, False)
    ]
    if min(cells) <= 0:
        return MISSING, MISSING
    factor = math.exp(normal_quantile(level) * math.sqrt(sum(1 / cell for cell in cells)))
    return ratio / factor, ratio * factor


def _tests(session: SessionState, study: _Study, codes: np.ndarray, count: int, how: str) -> None:
    chi2, df = equal_odds(codes, count, study.sampled)
    trend = one_unit(study.x, study.sampled, 95.0)
    p = chi2_tail(chi2, df) if df else MISSING
    session.out.write(*render_test("Test of homogeneity (equal odds):", chi2, df, p), "")
    session.out.write(*render_test("Score test for trend of odds:    ", trend.chi2, 1, trend.p_value))
    scalars = {
        "chi2_hom": chi2,
        "p_hom": p,
        "df_hom": float(df),
        "chi2_tr": trend.chi2,
        "p_trend": trend.p_value,
    }
    session.r = Results({name: value for name, value in scalars.items() if value < MISSING})
