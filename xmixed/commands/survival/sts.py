"""sts list, sts test, sts graph, sts generate, stsum: survivor functions of survival-time data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import selected_rows
from xmixed.commands.survival.passed import GRAPH_OPTIONS, options_of_graph
from xmixed.data.categories import value_texts
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.estimation.survival.declared import Declared, declared, spells_of
from xmixed.estimation.survival.options import NOSHOW
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.survival import render_settings
from xmixed.render.layouts.survival.sts import (
    CurveRow,
    SummaryRow,
    render_equality,
    render_list,
    render_list_at,
    render_summary,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import chi2_tail, normal_quantile
from xmixed.statistics.grouping import factorise
from xmixed.statistics.survival.curves import Curve, at_times, curve, equality, risk_at
from xmixed.statistics.survival.risk_sets import Spells

BY = OptionSpec("by", "by", "varlist", "groups")
AT = OptionSpec("at", "at", "numlist", "times, two or more, at which the function is shown")
FUNCTIONS = (
    OptionSpec("survival", "sur", help="the survivor function; the default"),
    OptionSpec("failure", "f", help="the failure function"),
    OptionSpec("cumhaz", "cumh", help="the cumulative hazard"),
    OptionSpec("na", "na", help="the same as cumhaz"),
)
TITLES = {
    "survival": ("Survivor", "Kaplan-Meier survival estimate"),
    "failure": ("Failure", "Kaplan-Meier failure estimate"),
    "cumhaz": ("Cum. Haz.", "Nelson-Aalen cumulative hazard estimate"),
}
_NAMES = {"survival": "survivor", "failure": "failure", "cumhaz": "cumulative hazard"}


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The observations that count, in groups.

    Attributes
    ----------
    rows : ndarray of bool
        Over the observations of the data.
    spells : Spells
    codes : ndarray of int, shape (n,)
    names : tuple of str
        Of the groups; ("",) for one group of all.
    """

    settings: Declared
    rows: np.ndarray
    spells: Spells
    codes: np.ndarray
    names: tuple[str, ...]

    def spells_of(self, group: int) -> Spells:
        own = self.codes == group
        return Spells(*(getattr(self.spells, name)[own] for name in ("entry", "exit", "failed", "weights")))


def _groups(session: SessionState, node: Command, names: list[str]) -> Groups:
    data, settings = session.data, declared(session.data)
    rows = selected_rows(session, node) & (data["_st"].to_double() == 1)
    for name in names:
        rows = rows & data[name].known()
    if not rows.any():
        raise StataError(2000, "no observations")
    weights = None
    if settings.weight:
        weights = evaluate_column(parse_expression(settings.weight), Context.of(session))[0][rows]
    codes, labels = np.zeros(int(np.count_nonzero(rows)), dtype=np.int64), [""]
    for name in names:
        column = data[name]
        own = factorise(column.values[rows] if column.is_string else column.to_double()[rows])
        texts = [str(level) for level in own.levels]
        if not column.is_string:
            texts = value_texts(data, column, [float(level) for level in own.levels])
        joined = factorise(codes * len(own.levels) + own.codes)
        labels = [
            f"{labels[int(level) // len(own.levels)]} {texts[int(level) % len(own.levels)]}".strip()
            for level in joined.levels
        ]
        codes = joined.codes
    return Groups(settings, rows, spells_of(data, rows, weights), codes, tuple(labels))


def _function(node: Command) -> str:
    if node.option("failure"):
        return "failure"
    return "cumhaz" if node.option("cumhaz") or node.option("na") else "survival"


def _figures(own: Curve, kind: str, quantile: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return values, errors and limits of a function."""
    if kind == "cumhaz":
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.exp(quantile * own.hazard_error / own.hazard)
            return own.hazard, own.hazard_error, own.hazard / factor, own.hazard * factor
    lower, upper = own.limits(quantile)
    if kind == "failure":
        return 1 - own.survivor, own.error, 1 - upper, 1 - lower
    return own.survivor, own.error, lower, upper


@command("sts", syntax=Syntax("raw"), synopsis="sts {graph | list | test | generate} ...", needs=("data",))
def sts(session: SessionState, node: Command) -> None:
    """`sts` alone is `sts graph`."""
    text = str(node.argument).strip()
    if text and not text.startswith((",", "if ", "in ")):
        raise StataError(198, "unknown subcommand of sts", None, "sts graph, list, test or generate")
    session.execute(f"sts graph {text}")


@subcommand(
    "sts",
    "list",
    syntax=Syntax(condition=True, in_range=True, options=(BY, *FUNCTIONS, LEVEL, AT, NOSHOW)),
    synopsis="sts list [if] [in] [, by(varlist) failure cumhaz at(numlist) level(#)]",
    needs=("data",),
)
def sts_list(session: SessionState, node: Command) -> None:
    groups = _groups(session, node, resolve_varlist(node.option("by", ()), session.data))
    level = float(node.option("level", session.settings.level))
    kind, quantile = _function(node), normal_quantile(level)
    asked = np.unique(np.array(node.option("at") or (), dtype=np.float64))
    if "at" in node.options and len(asked) < 2:
        raise StataError(198, "option at() needs two times or more", node.options["at"].span)
    shown = []
    for place, name in enumerate(groups.names):
        own = groups.spells_of(place)
        parts = _figures_at(own, kind, quantile, asked) if len(asked) else _all_figures(own, kind, quantile)
        rows = [CurveRow(*(float(value) for value in row)) for row in zip(*parts, strict=True)]
        shown.append((name, rows))
    if not node.option("noshow"):
        session.out.write(*render_settings(groups.settings.rows))
    title = TITLES[kind][0]
    if len(asked):
        session.out.write(*render_list_at(title, shown, level, _NAMES[kind]))
    else:
        session.out.write(*render_list(title, shown, level))


def _all_figures(spells: Spells, kind: str, quantile: float) -> tuple[np.ndarray, ...]:
    """Return the columns of a list at all times."""
    own = curve(spells)
    return own.times, own.at_risk, own.failures, own.lost, *_figures(own, kind, quantile)


def _figures_at(spells: Spells, kind: str, quantile: float, times: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the columns of a list at given times; nothing is known of errors before the first exit."""
    own = curve(spells)
    at_risk, failures = risk_at(spells, times)
    value, *others = _figures(own, kind, quantile)
    start = 1.0 if kind == "survival" else 0.0
    shown = (at_times(own, value, times, start), *(at_times(own, each, times, np.nan) for each in others))
    return times, at_risk, failures, np.zeros(len(times)), *shown


@subcommand(
    "sts",
    "test",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("logrank", "l", help="the log-rank test; the default"),
            OptionSpec("wilcoxon", "w", help="Wilcoxon, Breslow and Gehan's test"),
            OptionSpec("tware", "tw", help="Tarone and Ware's test"),
            OptionSpec("peto", "p", help="Peto, Peto and Prentice's test"),
            OptionSpec("cox", "c", help="the test of Cox regression", built=False),
            OptionSpec("trend", "tr", help="the test of a trend", built=False),
            OptionSpec("strata", "st", "varlist", "strata"),
            NOSHOW,
        ),
        exclusive=(("logrank", "wilcoxon", "tware", "peto"),),
    ),
    synopsis="sts test varlist [if] [in] [, logrank wilcoxon tware peto strata(varlist)]",
    needs=("data",),
)
def sts_test(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.argument, session.data)
    if not names:
        raise StataError(100, "varlist required")
    strata = resolve_varlist(node.option("strata", ()), session.data)
    both = _groups(session, node, [*names, *strata])
    groups = _groups(session, node, names) if strata else both
    if strata:
        groups = _same_rows(session, groups, names, both.rows)
    layers = np.zeros(len(both.codes), dtype=np.int64)
    for name in strata:
        own = factorise(session.data[name].values[both.rows])
        layers = factorise(layers * len(own.levels) + own.codes).codes
    kind = next((name for name in ("wilcoxon", "tware", "peto") if node.option(name)), "logrank")
    found = equality(both.spells, groups.codes, len(groups.names), layers, kind)
    heads = {
        "logrank": "Log-rank",
        "wilcoxon": "Wilcoxon (Breslow)",
        "tware": "Tarone-Ware",
        "peto": "Peto-Peto",
    }
    title = f"{heads[kind]} test for equality of survivor functions"
    if strata:
        title = f"Stratified {title[0].lower()}{title[1:]}"
    p_value = chi2_tail(found.statistic, found.df) if found.df else MISSING
    rows = [
        (name, float(observed), float(expected))
        for name, observed, expected in zip(groups.names, found.observed, found.expected, strict=True)
    ]
    if not node.option("noshow"):
        session.out.write(*render_settings(groups.settings.rows))
    session.out.write(*render_equality(title, " ".join(names), rows, found.statistic, found.df, p_value))
    session.r = Results({"df": float(found.df), "chi2": found.statistic, "p": p_value})


def _same_rows(session: SessionState, groups: Groups, names: list[str], rows: np.ndarray) -> Groups:
    """Return groups on fewer rows."""
    inside = rows[groups.rows]
    own = factorise(groups.codes[inside])
    return replace(groups, codes=own.codes, names=tuple(groups.names[int(code)] for code in own.levels))


@subcommand(
    "sts",
    "generate",
    syntax=Syntax("raw"),
    synopsis="sts generate newvar = {s | se(s) | h | na | n | d | lb(s) | ub(s)} [...] [, by(varlist)]",
    needs=("data",),
)
def sts_generate(session: SessionState, node: Command) -> None:
    text, _, options = str(node.argument).partition(",")
    by = options.strip()
    names: list[str] = []
    if by:
        if not by.startswith("by(") or not by.endswith(")"):
            raise StataError(198, "sts generate takes by() alone")
        names = by[3:-1].split()
    pairs = text.replace("=", " = ").split()
    if not pairs or len(pairs) % 3 or any(pairs[place] != "=" for place in range(1, len(pairs), 3)):
        raise StataError(198, "invalid syntax", None, "sts generate newvar = s")
    groups = _groups(session, node, names)
    wanted = list(zip(pairs[::3], pairs[2::3], strict=True))
    for name, what in wanted:
        check_new_name(name, session.data)
        session.data = session.data.with_variables(
            _made(session.data, groups, name, what, session.settings.level)
        )


def _made(data: Dataset, groups: Groups, name: str, what: str, level: float) -> Variable:
    starts = {
        "s": 1.0,
        "se(s)": 0.0,
        "na": 0.0,
        "se(na)": 0.0,
        "h": 0.0,
        "n": 0.0,
        "d": 0.0,
        "lb(s)": 1.0,
        "ub(s)": 1.0,
    }
    if what not in starts:
        raise StataError(198, f"{what} is not a function of sts generate", None, ", ".join(starts))
    whole = np.full(data.n_obs, MISSING)
    inside = np.full(len(groups.codes), np.nan)
    for place in range(len(groups.names)):
        own = curve(groups.spells_of(place))
        lower, upper = own.limits(normal_quantile(level))
        with np.errstate(divide="ignore", invalid="ignore"):
            hazard = own.failures / own.at_risk
        values = {
            "s": own.survivor,
            "se(s)": own.error,
            "na": own.hazard,
            "se(na)": own.hazard_error,
            "h": hazard,
            "n": own.at_risk,
            "d": own.failures,
            "lb(s)": lower,
            "ub(s)": upper,
        }[what]
        at = groups.codes == place
        inside[at] = at_times(own, values, groups.spells.exit[at], starts[what])
    whole[groups.rows] = np.where(np.isfinite(inside), inside, MISSING)
    return Variable(name, "double", whole, "%10.0g", what)


@subcommand(
    "sts",
    "graph",
    syntax=Syntax(
        condition=True,
        in_range=True,
        options=(
            BY,
            *FUNCTIONS,
            LEVEL,
            OptionSpec("ci", "ci", help="confidence bands"),
            OptionSpec("gwood", "gw", help="the same as ci"),
            OptionSpec("noorigin", "noori", help="begin at the first exit and not at zero"),
            OptionSpec("hazard", "h", help="smoothed hazards", built=False),
            OptionSpec("separate", "sep", help="a graph for each group", built=False),
            OptionSpec("risktable", "risk", "text", "numbers at risk", built=False, optional_value=True),
            OptionSpec("censored", "cen", "text", "marks of censorings", built=False),
            NOSHOW,
            *GRAPH_OPTIONS,
        ),
    ),
    synopsis="sts graph [if] [in] [, by(varlist) failure cumhaz ci twoway_options]",
    needs=("data",),
)
def sts_graph(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.option("by", ()), session.data)
    groups = _groups(session, node, names)
    kind = _function(node)
    bands = bool(node.option("ci") or node.option("gwood"))
    quantile = normal_quantile(float(node.option("level", session.settings.level)))
    if not node.option("noshow"):
        session.out.write(*render_settings(groups.settings.rows))
    start = 1.0 if kind == "survival" else 0.0
    columns: list[np.ndarray] = []
    for place in range(len(groups.names)):
        own = curve(groups.spells_of(place))
        value, _, lower, upper = _figures(own, kind, quantile)
        steps = np.column_stack(
            [
                _stepped(own.times, side, start, bool(node.option("noorigin")))
                for side in (value, lower, upper)
            ]
        )
        times = _times(own.times, bool(node.option("noorigin")))
        columns.append(np.column_stack([np.full(len(times), place + 1.0), times, steps]))
    table = np.vstack(columns)
    kept = session.data
    labels = ("_group", "analysis time", "_value", "_lower", "_upper")
    variables = tuple(
        Variable(name, "double", np.where(np.isfinite(column), column, MISSING), "%9.0g", label)
        for name, column, label in zip(("g", "t", "v", "lo", "up"), table.T, labels, strict=True)
    )
    session.data = Dataset(variables=variables, n_obs=len(table))
    try:
        session.execute(_twoway(node, groups, names, kind, bands))
    finally:
        session.data = kept


def _times(times: np.ndarray, bare: bool) -> np.ndarray:
    doubled = np.repeat(times, 2)
    return doubled[1:] if bare else np.concatenate([[0.0], doubled])


def _stepped(times: np.ndarray, values: np.ndarray, start: float, bare: bool) -> np.ndarray:
    """Return the corners of a step function."""
    before = np.concatenate([[start], values[:-1]])
    corners = np.column_stack([before, values]).ravel()
    return corners[1:] if bare else np.concatenate([[start], corners])


def _twoway(node: Command, groups: Groups, names: list[str], kind: str, bands: bool) -> str:
    """Return the command that draws the curves."""
    count = len(groups.names)
    plots, order = [], []
    for place in range(1, count + 1):
        if bands:
            plots.append(
                f"(rarea lo up t if g == {place}, pstyle(ci) sort)"
                if count == 1
                else f"(rline lo up t if g == {place})"
            )
        plots.append(f"(line v t if g == {place})")
        name = f"{' '.join(names)} = {groups.names[place - 1]}" if names else TITLES[kind][0]
        order.append(f'{len(plots)} "{name}"')
    title = TITLES[kind][1] + ("s" if count > 1 else "")
    usual = {"title": f'"{title}"', "xtitle": '"analysis time"', "ytitle": '""', "xlabel": "", "ylabel": ""}
    usual["ylabel"] = "0(.25)1" if kind != "cumhaz" else ""
    usual["legend"] = f"order({' '.join(order)})" if count > 1 or bands else "off"
    return f"twoway {' '.join(plots)}, {options_of_graph(node, usual)}"


@command(
    "stsum",
    syntax=Syntax(condition=True, in_range=True, options=(BY, NOSHOW)),
    synopsis="stsum [if] [in] [, by(varlist) noshow]",
    needs=("data",),
)
def stsum(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.option("by", ()), session.data)
    groups = _groups(session, node, names)
    if not node.option("noshow"):
        session.out.write(*render_settings(groups.settings.rows))
    rows = []
    if names:
        rows = [
            _summary(session, groups, name, groups.codes == place) for place, name in enumerate(groups.names)
        ]
    total = _summary(session, groups, "total", np.ones(len(groups.codes), dtype=bool))
    session.out.write(*render_summary(" ".join(names), rows, total))
    session.r = Results(
        {
            "p25": total.quartiles[0],
            "p50": total.quartiles[1],
            "p75": total.quartiles[2],
            "risk": total.at_risk,
            "ir": total.rate,
            "N_sub": total.subjects,
        }
    )


def _summary(session: SessionState, groups: Groups, name: str, own: np.ndarray) -> SummaryRow:
    spells = Spells(*(getattr(groups.spells, part)[own] for part in ("entry", "exit", "failed", "weights")))
    found = curve(spells)
    quartiles = []
    for share in (0.75, 0.5, 0.25):
        reached = np.flatnonzero(found.survivor <= share + 1e-12)
        quartiles.append(float(found.times[reached[0]]) if len(reached) else MISSING)
    risk = float(spells.weights @ (spells.exit - spells.entry))
    failures = float(spells.weights @ spells.failed)
    subjects = float(np.count_nonzero(own))
    if groups.settings.id:
        whole = session.data[groups.settings.id].values[groups.rows][own]
        subjects = float(len(factorise(whole).levels))
    return SummaryRow(name, risk, failures / risk, subjects, (quartiles[0], quartiles[1], quartiles[2]))
