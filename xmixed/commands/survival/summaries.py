"""stdescribe and stptime: subjects, records and time at risk of survival-time data."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.categories import categories_of, value_texts
from xmixed.data.operations.episodes import split_records
from xmixed.errors import StataError
from xmixed.estimation.survival.declared import declared
from xmixed.expressions.varlist import resolve_name
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.survival import render_settings
from xmixed.render.layouts.survival.describe import RateRow, render_description, render_rates
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.grouping import factorise

_NOSHOW = OptionSpec("noshow", "nosh", help="without the settings of the data")


def _rows(session: SessionState, node: Command) -> np.ndarray:
    """Return the observations that count; r(101) for weighted data."""
    if declared(session.data).weight:
        raise StataError(101, "weights not allowed")
    rows = selected_rows(session, node) & (session.data["_st"].to_double() == 1)
    if not rows.any():
        raise StataError(2000, "no observations")
    return rows


@command(
    "stdescribe",
    syntax=Syntax(condition=True, in_range=True, options=(_NOSHOW,)),
    synopsis="stdescribe [if] [in] [, noshow]",
    needs=("data",),
)
def stdescribe(session: SessionState, node: Command) -> None:
    data, settings = session.data, declared(session.data)
    rows = _rows(session, node)
    n = int(rows.sum())
    codes = factorise(data[settings.id].values[rows]).codes if settings.id else np.arange(n)
    count = int(codes.max()) + 1
    start, end, failed = (data[name].to_double()[rows] for name in ("_t0", "_t", "_d"))
    entry = np.full(count, np.inf)
    exit_ = np.full(count, -np.inf)
    np.minimum.at(entry, codes, start)
    np.maximum.at(exit_, codes, end)
    risk = np.bincount(codes, end - start, minlength=count)
    records = np.bincount(codes, minlength=count).astype(np.float64)
    failures = np.bincount(codes, failed, minlength=count)
    gaps = exit_ - entry - risk
    gap = gaps > 1e-9 * (1 + exit_)
    of_gaps = _summary(gaps[gap]) if gap.any() else ()
    blocks = (
        (("no. of subjects", float(count), ()), ("no. of records", records.sum(), _summary(records))),
        (("(first) entry time", MISSING, _summary(entry)), ("(final) exit time", MISSING, _summary(exit_))),
        (
            ("subjects with gap", float(gap.sum()), ()),
            ("time on gap if gap", float(gaps[gap].sum()), of_gaps),
            ("time at risk", risk.sum(), _summary(risk)),
        ),
        (("failures", failures.sum(), _summary(failures)),),
    )
    if not node.option("noshow"):
        session.out.write(*render_settings(settings.rows))
    session.out.write(*render_description(blocks))
    session.r = Results(
        {
            "N_sub": float(count),
            "N_total": float(n),
            "N_mean": n / count,
            "gap": float(gaps[gap].sum()),
            "tr": float(risk.sum()),
            "tr_mean": float(risk.mean()),
            "tr_med": float(np.median(risk)),
            "N_fail": float(failures.sum()),
            "f_mean": float(failures.mean()),
        }
    )


def _summary(values: np.ndarray) -> tuple[float, float, float, float]:
    return float(values.mean()), float(values.min()), float(np.median(values)), float(values.max())


@command(
    "stptime",
    syntax=Syntax(
        condition=True,
        in_range=True,
        options=(
            OptionSpec("by", "by", "varname", "groups"),
            OptionSpec("at", "at", "text", "intervals of analysis time; at(numlist, trim)"),
            OptionSpec("per", "per", "number", "units of time of the rates", minimum_value=1e-300),
            OptionSpec("dd", "dd", "integer", "decimals", built=False),
            OptionSpec("title", "ti", "text", "head of the first column"),
            OptionSpec("jackknife", "j", built=False),
            OptionSpec("smr", "smr", "text", built=False),
            OptionSpec("output", "out", "text", built=False),
            _NOSHOW,
            LEVEL,
        ),
        exclusive=(("by", "at"),),
    ),
    synopsis="stptime [if] [in] [, by(varname) at(numlist) per(#) title(text) noshow level(#)]",
    needs=("data",),
)
def stptime(session: SessionState, node: Command) -> None:
    data, rows = session.data, _rows(session, node)
    per = float(node.option("per", 1.0))
    z = normal_quantile(float(node.option("level", session.settings.level)))
    start, end, failed = (data[name].to_double() for name in ("_t0", "_t", "_d"))
    title, shown = "Cohort", []
    if node.option("by") is not None:
        title = resolve_name(node.option("by"), data)
        found = categories_of(data[title], rows)
        rows = found.used
        texts = value_texts(data, data[title], found.values)
        shown = [
            _rate(text, *_sums(start, end, failed, found.codes == code), per, z)
            for code, text in enumerate(texts)
        ]
    total = _rate("total", *_sums(start, end, failed, rows), per, z)
    if node.option("at") is not None:
        shown, total = _intervals(str(node.option("at")), start[rows], end[rows], failed[rows], per, z)
    title = str(node.option("title", title))
    if not node.option("noshow"):
        session.out.write(*render_settings(declared(data).rows))
    level = float(node.option("level", session.settings.level))
    session.out.write(*render_rates(title, shown, total, level))
    scalars = {"ptime": total.time, "failures": total.failures, "rate": total.rate}
    session.r = Results(scalars | {"lb": total.lower, "ub": total.upper})


def _sums(start: np.ndarray, end: np.ndarray, failed: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
    return float((end - start)[rows].sum()), float(failed[rows].sum())


def _rate(name: str, time: float, failures: float, per: float, z: float) -> RateRow:
    """Return a rate; its limits are symmetric for its logarithm."""
    rate = per * failures / time if time > 0 else MISSING
    if not failures or time <= 0:
        return RateRow(name, time, failures, rate, MISSING, MISSING)
    factor = math.exp(z / math.sqrt(failures))
    return RateRow(name, time, failures, rate, rate / factor, rate * factor)


def _intervals(
    text: str, start: np.ndarray, end: np.ndarray, failed: np.ndarray, per: float, z: float
) -> tuple[list[RateRow], RateRow]:
    """Return the rates of intervals of analysis time, and of all that are shown."""
    numbers, _, option = text.partition(",")
    trim = option.strip() == "trim"
    if option.strip() not in ("", "trim"):
        raise StataError(198, f"option {option.strip()} not allowed")
    points = np.array(sorted({float(value) for value in parse_numlist(numbers)}))
    if not len(points):
        raise StataError(198, "option at() incorrectly specified")
    pieces = split_records(start, end, np.ones(len(start), dtype=bool), points)
    own = np.where(pieces.last, failed[pieces.source], 0.0)
    place = np.searchsorted(points, pieces.start, side="right")
    shown: list[RateRow] = []
    time = failures = 0.0
    for code in range(int(trim), len(points) + int(not trim)):
        rows = place == code
        if not rows.any():
            continue
        low = format_value(points[code - 1], "%9.0g").strip() if code else "0"
        high = f"- {format_value(points[code], '%9.0g').strip()}]" if code < len(points) else ">"
        name = f"({low} {high}" if code < len(points) else f"> {low}"
        sums = _sums(pieces.start, pieces.end, own, rows)
        shown.append(_rate(name, *sums, per, z))
        time, failures = time + sums[0], failures + sums[1]
    total = _rate("total", time, failures, per, z)
    return shown, replace(total, name="total")
