"""What `xtset` has told the data: their panels, their times, and the step between these."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.data.dataset import Dataset
from xmixed.data.time_units import Delta, unit_of_format
from xmixed.errors import StataError
from xmixed.formats.hexadecimal import number_of


@dataclass(frozen=True, slots=True)
class PanelSettings:
    """Names of the panel and of the time variable ("" where there is none), the step of time in periods."""

    panel: str
    time: str
    periods: float
    delta: str
    plural: str


def panel_settings(data: Dataset, time: bool = False) -> PanelSettings:
    """Return the settings of panel data.

    Raises
    ------
    StataError
        r(459) without a panel variable, and with `time` without a time variable.
    """
    kept = data.characteristics.get("_dta", {})
    panel, moment = kept.get("_TSpanel", "") or kept.get("iis", ""), kept.get("_TStvar", "")
    if not panel or panel not in data:
        raise StataError(459, "panel variable not set; use xtset varname ...")
    if time and (not moment or moment not in data):
        raise StataError(459, "must specify panelvar and timevar; use xtset")
    moment = moment if moment in data else ""
    step = number_of(kept.get("_TSdelta", ""))
    periods = step if step is not None and step > 0 else 1.0
    fmt = data[moment].format if moment else ""
    unit = unit_of_format(fmt)
    return PanelSettings(panel, moment, periods, Delta.of(periods, unit).text, unit.plural)
