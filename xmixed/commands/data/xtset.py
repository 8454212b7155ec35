"""xtset and tsset: which variables hold panels and time; kept in the data's characteristics as Stata does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.dataset import Dataset
from xmixed.data.order import reordered
from xmixed.data.time_units import UNITS, Delta, TimeUnit, parse_delta, unit_of_format
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats import format_value, is_string_format, is_valid_format
from xmixed.formats.hexadecimal import hexadecimal, number_of
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.output import Line
from xmixed.render.layouts.time_series import render_settings
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.ordering import stable_order

CHARACTERISTICS = ("_TStvar", "_TSpanel", "_TSdelta", "_TSitrvl", "tis", "iis")
"""Stata's own names for the settings; files carry them."""

_OPTIONS = (
    OptionSpec("clear", "clear", help="forget the settings"),
    OptionSpec("delta", "d", "text", "period between observations: # or # units"),
    *(OptionSpec(unit.option, unit.minimum, help=f"time is in {unit.plural}") for unit in UNITS),
    OptionSpec("format", "f", "format", "display format of the time variable"),
    OptionSpec("noquery", "noquery", help="do not describe the data", built=False),
)
_EXCLUSIVE = (tuple(unit.option for unit in UNITS),)


@dataclass(frozen=True, slots=True)
class Settings:
    """The variables ("" when not set), the period, and the display format that the time variable gets."""

    panel: str
    time: str
    delta: Delta = Delta(1.0)
    format: str = ""

    @property
    def unit(self) -> TimeUnit:
        return unit_of_format(self.format)

    def characteristics(self) -> dict[str, str]:
        """Return what Stata writes into `_dta`."""
        found = {"_TSpanel": self.panel, "iis": self.panel}
        if self.time:
            found |= {"_TStvar": self.time, "tis": self.time, "_TSitrvl": "1"}
            found["_TSdelta"] = hexadecimal(self.delta.periods)
        return {name: text for name, text in found.items() if text}


@dataclass(frozen=True, slots=True)
class Description:
    """How the observations lie in panels and time.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Rows sorted by panel and time.
    balance : str
        `strongly balanced`, `weakly balanced`, `unbalanced`; `balanced` without time; "" without panels.
    gaps : bool
    panels, times : tuple of float
        Smallest and largest value; () when there is none.
    """

    order: np.ndarray
    balance: str
    gaps: bool
    panels: tuple[float, ...]
    times: tuple[float, ...]


@command(
    "xtset",
    syntax=Syntax("varlist", options=_OPTIONS, exclusive=_EXCLUSIVE),
    synopsis="xtset [panelvar [timevar]] [, delta(# [units]) yearly quarterly ... format(%fmt) clear]",
    needs=("data",),
)
def xtset(session: SessionState, node: Command) -> None:
    _declare(session, node, "panel variable not set; use xtset varname ...", 459)


@command(
    "tsset",
    syntax=Syntax("varlist", options=_OPTIONS, exclusive=_EXCLUSIVE),
    synopsis="tsset [[panelvar] timevar] [, delta(# [units]) yearly quarterly ... format(%fmt) clear]",
    needs=("data",),
)
def tsset(session: SessionState, node: Command) -> None:
    _declare(session, node, "time variable not set, use tsset varname ...", 111)


def _declare(session: SessionState, node: Command, not_set: str, code: int) -> None:
    data = session.data
    if node.option("clear"):
        if node.argument or len(node.options) > 1:
            raise StataError(198, "option clear may not be combined with variables or options")
        session.data = _stored(data, {})
        return
    if node.argument:
        settings = _new_settings(data, node)
    else:
        if node.options:
            raise StataError(100, "varlist required")
        found = current_settings(data)
        # Stata: xtset speaks of the panel, tsset of time; each shows what the other has set.
        if found is None or (node.name == "xtset" and not found.panel) or not (found.panel or found.time):
            raise StataError(code, not_set)
        if node.name == "tsset" and not found.time:
            raise StataError(code, not_set)
        settings = found
    description = describe(data, settings)
    session.data = _committed(data, settings, description)
    session.out.write(*_lines(settings, description))
    session.r = _results(settings, description)


# --- reading -------------------------------------------------------------------------------------------


def _new_settings(data: Dataset, node: Command) -> Settings:
    names = resolve_varlist(node.argument, data)
    if len(names) > 2:
        raise StataError(103, "too many variables specified")
    for name in names:
        if data[name].is_string:
            raise StataError(109, f"string variables not allowed in varlist;\n{name} is a string variable")
    if len(names) == 2 and names[0] == names[1]:
        raise StataError(198, "panel variable and time variable are the same")
    with_time = len(names) == 2 or node.name == "tsset"
    panel = names[0] if len(names) == 2 or node.name == "xtset" else ""
    if not with_time:
        if node.options:
            option = next(iter(node.options.values()))
            raise StataError(
                198, f"option {option.name} not allowed", option.span, "it needs a time variable"
            )
        return Settings(panel, "")
    fmt = _time_format(data[names[-1]].format, node)
    delta = parse_delta(str(node.option("delta", "1")), unit_of_format(fmt))
    return Settings(panel, names[-1], delta, fmt)


def _time_format(current: str, node: Command) -> str:
    """Return the display format of the time variable: as it is, or as the options say."""
    chosen = [unit for unit in UNITS if node.option(unit.option)]
    fmt = node.option("format")
    if fmt is not None and (not is_valid_format(fmt) or is_string_format(fmt)):
        raise StataError(120, "invalid %format")
    if chosen:
        if fmt is not None and unit_of_format(fmt) != chosen[0]:
            raise StataError(198, f"format({fmt}) is not for option {chosen[0].option}")
        if fmt is None and unit_of_format(current) != chosen[0]:
            return chosen[0].format
    return current if fmt is None else str(fmt)


def current_settings(data: Dataset) -> Settings | None:
    """Return the settings that the data carry; None when their variables are gone or none were made."""
    kept = data.characteristics.get("_dta", {})
    panel, time = kept.get("_TSpanel", ""), kept.get("_TStvar", "")
    panel = panel or kept.get("iis", "")
    if not (panel or time) or any(name and name not in data for name in (panel, time)):
        return None
    fmt = data[time].format if time else ""
    return Settings(panel, time, Delta.from_periods(_periods(kept.get("_TSdelta", "")), fmt), fmt)


def _periods(text: str) -> float:
    """Return the period that `_TSdelta` holds; 1 when it cannot be read."""
    value = number_of(text)
    return value if value is not None and value > 0 else 1.0


# --- describing ------------------------------------------------------------------------------------------


def describe(data: Dataset, settings: Settings) -> Description:
    """Check the observations and say how they lie.

    Raises
    ------
    StataError
        r(451): repeated or fractional time values, or values less than delta apart.
    """
    panel = data[settings.panel].to_double() if settings.panel else np.zeros(data.n_obs)
    time = data[settings.time].to_double() if settings.time else None
    order = stable_order([panel] if time is None else [panel, time])
    valid = ~is_missing(panel) if time is None else ~(is_missing(panel) | is_missing(time))
    rows = order[valid[order]]
    codes = np.unique(panel[rows], return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(codes) if rows.size else np.zeros(0, dtype=np.intp)
    panels = _extremes(panel[rows]) if settings.panel else ()
    if time is None:
        balance = "balanced" if _all_equal(sizes) else "unbalanced"
        return Description(order, balance, False, panels, ())
    times = time[rows]
    gaps = _check_times(codes, times, settings)
    balance = ""
    if settings.panel:
        balance = "unbalanced"
        if _all_equal(sizes):
            shape = (max(1, len(sizes)), -1)
            same = bool(np.all(times.reshape(shape) == times.reshape(shape)[0])) if rows.size else True
            balance = "strongly balanced" if same else "weakly balanced"
    return Description(order, balance, gaps, panels, _extremes(times))


def _extremes(values: np.ndarray) -> tuple[float, ...]:
    return (float(values.min()), float(values.max())) if values.size else ()


def _all_equal(sizes: Sequence[int] | np.ndarray) -> bool:
    return len(sizes) == 0 or bool(np.all(np.asarray(sizes) == sizes[0]))


def _check_times(codes: np.ndarray, times: np.ndarray, settings: Settings) -> bool:
    """Return whether there are gaps in sorted times.

    Raises
    ------
    StataError
        r(451).
    """
    if np.any(times != np.floor(times)) and settings.delta.periods == np.floor(settings.delta.periods):
        raise StataError(451, "time variable must contain only integer values")
    within = codes[1:] == codes[:-1]
    steps = (times[1:] - times[:-1])[within]
    if np.any(steps == 0):
        where = "within panel" if settings.panel else "in sample"
        raise StataError(451, f"repeated time values {where}")
    periods = steps / settings.delta.periods
    whole = np.round(periods)
    if np.any(whole < 1) or np.any(np.abs(periods - whole) > 1e-8 * np.maximum(1.0, whole)):
        raise StataError(451, "time values with period less than delta() found")
    return bool(np.any(whole > 1))


# --- committing ------------------------------------------------------------------------------------------


def _committed(data: Dataset, settings: Settings, description: Description) -> Dataset:
    names = tuple(name for name in (settings.panel, settings.time) if name)
    data = _stored(reordered(data, description.order, names), settings.characteristics())
    if settings.time and data[settings.time].format != settings.format:
        data = data.with_variables(replace(data[settings.time], format=settings.format))
    return data


def _stored(data: Dataset, found: dict[str, str]) -> Dataset:
    """Return the data with the settings in their characteristics."""
    before = data.characteristics.get("_dta", {})
    kept = {name: text for name, text in before.items() if name not in CHARACTERISTICS} | found
    return data if kept == before else data.with_characteristics("_dta", kept)


def _shown_times(settings: Settings, description: Description) -> list[str]:
    return [format_value(value, settings.format).strip() for value in description.times]


def _lines(settings: Settings, description: Description) -> list[Line]:
    return render_settings(
        settings.panel,
        description.balance,
        settings.time,
        " to ".join(_shown_times(settings, description)),
        description.gaps,
        settings.delta.text,
    )


def _results(settings: Settings, description: Description) -> Results:
    results = Results()
    if settings.panel:
        results.macros |= {"panelvar": settings.panel, "balanced": description.balance}
        if description.panels:
            results.scalars |= dict(zip(("imin", "imax"), description.panels, strict=True))
    if settings.time:
        results.macros |= {"timevar": settings.time, "tdeltas": settings.delta.text}
        results.macros |= {"unit": settings.unit.result, "tsfmt": settings.format}
        if settings.unit.letter:
            results.macros["unit1"] = settings.unit.letter
        results.scalars |= {"tdelta": settings.delta.periods, "gaps": float(description.gaps)}
        if description.times:
            results.scalars |= dict(zip(("tmin", "tmax"), description.times, strict=True))
            results.macros |= dict(zip(("tmins", "tmaxs"), _shown_times(settings, description), strict=True))
    return results
