"""stsplit: records of survival-time data in pieces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import room_of, selected_rows
from xmixed.data.dataset import Dataset, Variable, default_format, from_double
from xmixed.data.operations.episodes import Episodes, split_records
from xmixed.data.operations.recode import narrowest_type
from xmixed.errors import StataError
from xmixed.estimation.survival.declared import Declared, declared
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression, parse_numlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.text import counted
from xmixed.session.state import SessionState

_MOST_POINTS = 10_000


@command(
    "stsplit",
    syntax=Syntax(
        "words",
        condition=True,
        options=(
            OptionSpec("at", "at", "text", "points at which records are split; failures: each time of one"),
            OptionSpec("every", "ev", "number", "points are the multiples of a number", minimum_value=1e-300),
            OptionSpec("after", "af", "text", "points are counted from here: [time=|_t=] exp"),
            OptionSpec("trim", "trim", help="leave out times before the first point and behind the last"),
            OptionSpec("nopreserve", "nopre", help="no effect: data come back after a failure in any case"),
            OptionSpec("strata", "str", "varlist", built=False),
            OptionSpec("riskset", "ri", "name", built=False),
        ),
        exclusive=(("at", "every"), ("trim", "every")),
    ),
    synopsis="stsplit [newvar] [if], {at(numlist | failures) | every(#)} [after(spec) trim]",
    needs=("data",),
    keeps_r=True,
)
def stsplit(session: SessionState, node: Command) -> None:
    data, settings = session.data, declared(session.data)
    if not settings.id:
        raise StataError(459, "stsplit requires that you have previously stset an id() variable")
    if settings.weight:
        raise StataError(101, "weights not allowed")
    name = _name(node, data)
    start, end = (data[own].to_double() for own in ("_t0", "_t"))
    used = selected_rows(session, node) & (data["_st"].to_double() == 1)
    start, end = np.where(used, start, 0.0), np.where(used, end, 0.0)
    points, offset = _points(session, node, settings, used)
    pieces = split_records(start, end, used, points if offset is None else points + offset[:, None])
    room_of(session).require(len(pieces.source), data.variables)
    made = _split(session, data, settings, pieces, used)
    kept = used[pieces.source]
    below = pieces.below if offset is None else _labels(points, offset[pieces.source], pieces)
    if name:
        values = np.where(kept, below, MISSING)
        kind = narrowest_type(values)
        made = made.with_variables(Variable(name, kind, from_double(values, kind), default_format(kind)))
    session.out.write(f"({counted(len(pieces.source) - data.n_obs, 'observation')} (episodes) created)")
    if node.option("trim"):
        made = _trimmed(session, made, pieces, points, offset, kept)
    session.data = made


def _name(node: Command, data: Dataset) -> str:
    words = list(node.argument or ())
    at = str(node.option("at", "")).strip()
    if ("at" not in node.options) == ("every" not in node.options):
        raise StataError(198, "one of at() or every() is required")
    if not words and at == "failures":
        return ""
    if len(words) != 1 or at == "failures":
        raise StataError(198 if words else 100, "one new variable is wanted" if words else "newvar required")
    check_new_name(words[0], data)
    return words[0]


def _points(
    session: SessionState, node: Command, settings: Declared, used: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the points, (p,), and what is added to them for each observation, (n,), or None."""
    data = session.data
    offset = _after(session, node, settings) if node.option("after") is not None else None
    ends = data["_t"].to_double()[used]
    if "every" in node.options:
        step = float(node.option("every"))
        last = float((ends - (0.0 if offset is None else offset[used])).max(initial=0.0))
        count = int(last / step) + 1
        if count > _MOST_POINTS:
            raise StataError(198, f"every({step:g}) makes {count} points; at most {_MOST_POINTS} are taken")
        return step * np.arange(1, count + 1), offset
    text = str(node.option("at")).strip()
    if text == "failures":
        if offset is not None:
            raise StataError(198, "at(failures) may not be combined with after()")
        return np.unique(ends[data["_d"].to_double()[used] == 1]), None
    points = np.array(sorted({float(value) for value in parse_numlist(text)}))
    if not len(points):
        raise StataError(198, "option at() incorrectly specified")
    return points, offset


def _after(session: SessionState, node: Command, settings: Declared) -> np.ndarray:
    """Return where counting begins, in analysis time, (n,)."""
    text = str(node.option("after")).strip()
    head, equals, rest = text.partition("=")
    analysis = False
    if equals and not rest.startswith("=") and head.strip() in ("time", "t", "_t", settings.time):
        text, analysis = rest.strip(), head.strip() == "_t"
    values, strings = evaluate_column(parse_expression(text), Context.of(session))
    if strings:
        raise StataError(109, "type mismatch")
    if not analysis:
        origin, scale = _clock(session, settings)
        values = np.where(is_missing(values), MISSING, (values - origin) / scale)
    if is_missing(values[session.data["_st"].to_double() == 1]).any():
        raise StataError(459, "after() is missing in some records")
    return np.where(is_missing(values), 0.0, values)


def _clock(session: SessionState, settings: Declared) -> tuple[np.ndarray | float, float]:
    """Return origin and scale: time is origin + scale * analysis time."""
    scale = float(settings.scale)
    if not settings.origin:
        return 0.0, scale
    text = settings.origin.removeprefix("time").strip()
    values, strings = evaluate_column(parse_expression(text), Context.of(session))
    if strings:
        raise StataError(109, "type mismatch")
    return np.where(is_missing(values), 0.0, values), scale


def _split(
    session: SessionState, data: Dataset, settings: Declared, pieces: Episodes, used: np.ndarray
) -> Dataset:
    """Return the data with a row for each piece: times of its own, no failure but in the last."""
    origin, scale = _clock(session, settings)
    made = data.rows(pieces.source)
    kept, inner = used[pieces.source], ~pieces.last
    changed = []
    for own, values in (("_t0", pieces.start), ("_t", pieces.end)):
        old = made[own].to_double()
        changed.append(_with_values(made[own], np.where(kept, values, old)))
    ends = pieces.end * scale + (origin[pieces.source] if isinstance(origin, np.ndarray) else origin)
    time = made[settings.time]
    changed.append(_with_values(time, np.where(kept & inner, ends, time.to_double())))
    failed = made["_d"]
    changed.append(_with_values(failed, np.where(inner, 0.0, failed.to_double())))
    if settings.failure:
        own = made[settings.failure]
        if not own.is_string:
            changed.append(_with_values(own, np.where(inner, MISSING, own.to_double())))
    return made.with_variables(*changed)


def _with_values(variable: Variable, values: np.ndarray) -> Variable:
    """Return the variable with other values, in a wider type where its own does not hold them."""
    kind = variable.type
    if kind != "double" and not np.array_equal(
        replace(variable, values=from_double(values, kind)).to_double(), values
    ):
        kind = "double"
    return replace(variable, type=kind, values=from_double(values, kind))


def _labels(points: np.ndarray, offset: np.ndarray, pieces: Episodes) -> np.ndarray:
    """Return the largest point at or before the start of each piece, counted from `offset`; 0 for none."""
    counted_from = pieces.start - offset
    place = np.searchsorted(points, counted_from + 1e-9 * (1 + np.abs(counted_from)), side="right") - 1
    return np.where(place >= 0, points[np.maximum(place, 0)], 0.0)


def _trimmed(
    session: SessionState,
    made: Dataset,
    pieces: Episodes,
    points: np.ndarray,
    offset: np.ndarray | None,
    kept: np.ndarray,
) -> Dataset:
    """Return the data whose pieces outside of the points do not count any more."""
    shift = 0.0 if offset is None else offset[pieces.source]
    outside = kept & ((pieces.start - shift < points[0]) | (pieces.end - shift > points[-1]))
    low = int((kept & (pieces.start - shift < points[0])).sum())
    session.out.write(f"({low} + {int(outside.sum()) - low} obs. trimmed due to lower and upper bounds)")
    changed = [_with_values(made["_st"], np.where(outside, 0.0, made["_st"].to_double()))]
    for name in ("_d", "_t", "_t0"):
        changed.append(_with_values(made[name], np.where(outside, MISSING, made[name].to_double())))
    return made.with_variables(*changed)
