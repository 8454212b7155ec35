"""rolling: run a command on windows that move along time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.prefixes.replicating import (
    Dots,
    dots_every,
    figures_data,
    prefixed,
    replicate,
    save_figures,
    target_of,
)
from xmixed.commands.prefixes.replicator import Replicator
from xmixed.commands.registry import command
from xmixed.data.columns import blank_column, stored
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.resampling.options import NOLEGEND, REPLICATION
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import resolve_name
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Command, Pattern
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.estimation.replications import render_legend
from xmixed.session.state import SessionState


@command(
    "rolling",
    syntax=Syntax(
        "prefixed",
        options=(
            OptionSpec("window", "w", "integer", "periods in a window", minimum_value=1),
            OptionSpec(
                "stepsize", "step", "integer", "periods from a window to the next; default 1", minimum_value=1
            ),
            OptionSpec("recursive", "r", help="windows begin at the first period and grow"),
            OptionSpec("rrecursive", "rr", help="windows end at the last period and shrink"),
            OptionSpec("start", "start", "expression", "period in which windows begin"),
            OptionSpec("end", "end", "expression", "period in which they end"),
            OptionSpec("clear", "clear", help="let the results replace data that are not saved"),
            OptionSpec("double", "d", help="store results in double precision"),
            OptionSpec(
                "keep",
                "k",
                "text",
                "a variable to keep: its value at the end of each window; `, start`: its start",
            ),
            *REPLICATION,
            NOLEGEND,
        ),
        exclusive=(("recursive", "rrecursive"), ("clear", "saving")),
    ),
    synopsis="rolling [exp_list], window(#) [recursive rrecursive saving(file) clear ...]: command",
    needs=("data",),
)
def rolling(session: SessionState, node: Command) -> None:
    typed = prefixed(node)
    data, target = session.data, target_of(node)
    panel, time, step = _times(data)
    node.required("window")
    if not target.path and data.changed and not node.option("clear"):
        raise StataError(4, "no; data in memory would be lost")
    kept, at_start = _kept(node, data)
    windows = _windows(session, node, panel, time, step)
    if not windows:
        raise StataError(2000, "no observations")
    replicator = Replicator(session, typed, "_stat", node.option("reject"))
    noisy, every = bool(node.option("noisily")), dots_every(node)
    if every:
        session.out.write(f"(running {replicator.name} on estimation sample)")
    r, e = session.r, session.e
    replicator.observe(noisy, default="any")
    session.data, session.r, session.e = data, r, e
    if not node.option("nolegend"):
        session.out.write("", *render_legend(replicator.legend, session.settings.linesize))
    dots = Dots(session, "Rolling replications", len(windows), every)
    selected = np.ones(data.n_obs, dtype=bool) if replicator.selected is None else replicator.selected
    moments = data[time].to_double()
    codes = group_codes(data, [panel])[0] if panel else np.zeros(data.n_obs, dtype=np.int64)

    def task(number: int) -> np.ndarray:
        window = windows[number]
        inside = selected & (codes == window.panel) & (moments >= window.start) & (moments <= window.end)
        session.data = data.rows(inside).with_(marks={})
        return replicator.attempt(noisy)

    values = replicate(session, task, len(windows), dots, replicator.is_pure and not noisy)
    double = target.double or bool(node.option("double"))
    keys = _keys(data, panel, time, windows, codes)
    if kept:
        keys.append(_values_at(data[kept], windows, at_start, codes, moments))
    found = figures_data(replicator.figures, values, double, keys)
    used = {key.value_label for key in keys if key.value_label}
    found = found.with_(
        value_labels={name: labels for name, labels in data.value_labels.items() if name in used},
        sorted_by=(panel, "start") if panel else ("start",),
        label=f"rolling: {replicator.name}"[:80],
    )
    if target.path:
        save_figures(target, found)
    else:
        session.data = found


@dataclass(frozen=True, slots=True)
class _Window:
    """Group of the panel, first and last period."""

    panel: int
    start: float
    end: float


def _kept(node: Command, data: Dataset) -> tuple[str, bool]:
    """Return the variable of keep(), "" for none, and whether its value at the start of windows is kept."""
    option = node.options.get("keep")
    if option is None:
        return "", False
    typed, comma, rest = str(option.value).partition(",")
    if comma and rest.strip() != "start":
        raise StataError(198, "option keep() incorrectly specified", option.span)
    return resolve_name(Pattern(typed.strip()), data), bool(comma)


def _values_at(
    variable: Variable, windows: list[_Window], at_start: bool, codes: np.ndarray, moments: np.ndarray
) -> Variable:
    """Return the values of a variable at the ends of windows, missing where there is no observation."""
    place = {
        (panel, moment): row
        for row, (panel, moment) in enumerate(zip(codes.tolist(), moments.tolist(), strict=True))
    }
    rows = [place.get((own.panel, own.start if at_start else own.end), -1) for own in windows]
    values = np.append(variable.values, blank_column(variable.type, 1))[rows]
    return replace(variable, values=values)


def _times(data: Dataset) -> tuple[str, str, float]:
    """Return the panel variable ("" without one), the time variable and the step of time."""
    kept = data.characteristics.get("_dta", {})
    panel, time = kept.get("_TSpanel", "") or kept.get("iis", ""), kept.get("_TStvar", "")
    if not time or time not in data:
        raise StataError(111, "time variable not set, use tsset varname ...")
    step = number_of(kept.get("_TSdelta", ""))
    return (panel if panel in data else ""), time, step if step is not None and step > 0 else 1.0


def _windows(session: SessionState, node: Command, panel: str, time: str, step: float) -> list[_Window]:
    """Return the windows of every panel, first to last; only those that have room in its periods."""
    data = session.data
    moments = data[time].to_double()
    known = ~is_missing(moments)
    codes, count = group_codes(data, [panel] if panel else [], known)
    first, last = (
        None if node.option(name) is None else evaluate_number(node.option(name), Context.of(session))
        for name in ("start", "end")
    )
    width, stride = node.option("window") * step, node.option("stepsize", 1) * step
    found: list[_Window] = []
    for group in range(count):
        own = moments[codes == group]
        start = float(own.min()) if first is None else first
        end = float(own.max()) if last is None else last
        number = int(np.floor((end - start - width + step) / stride + 1e-9)) + 1
        for place in range(max(number, 0)):
            low, high = start + place * stride, start + place * stride + width - step
            if node.option("recursive"):
                low = start
            elif node.option("rrecursive"):
                high = end
            found.append(_Window(group, low, high))
    return found


def _keys(data: Dataset, panel: str, time: str, windows: list[_Window], codes: np.ndarray) -> list[Variable]:
    """Return panel, start and end of the windows as variables."""
    kind = data[time].type
    fmt = data[time].format
    ends = [
        Variable(name, kind, stored(np.array(values, dtype=np.float64), kind), fmt)
        for name, values in (
            ("start", [window.start for window in windows]),
            ("end", [window.end for window in windows]),
        )
    ]
    if not panel:
        return ends
    first = np.zeros(int(codes.max()) + 1, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    values = data[panel].values[first[[window.panel for window in windows]]]
    return [replace(data[panel], values=values), *ends]
