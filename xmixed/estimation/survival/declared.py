"""What `stset` has declared: the characteristics of the data, and the spells that its variables make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.statistics.survival.risk_sets import Spells

VARIABLES = ("_st", "_d", "_t", "_t0")


@dataclass(frozen=True, slots=True)
class Declared:
    """Names of the settings; "" for what was not declared.

    Attributes
    ----------
    time, failure, id : str
        The variable of time and those of failure and subjects.
    failure_text, origin, scale : str
        As shown: `died`, `time birth`, `365.25`.
    weight_kind, weight : str
        Of the observations.
    """

    time: str
    failure: str = ""
    id: str = ""
    failure_text: str = ""
    origin: str = ""
    scale: str = "1"
    weight_kind: str = ""
    weight: str = ""

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Labels and texts of what other commands say of the settings."""
        shown = self.failure_text or "1 (meaning all fail)"
        time = self.time if not self.origin else f"({self.time}-origin)"
        found = [("failure _d", shown.replace("==", " == "))]
        found.append(("analysis time _t", time + (f"/{self.scale}" if self.scale != "1" else "")))
        if self.origin:
            found.append(("origin", self.origin))
        if self.id:
            found.append(("id", self.id))
        if self.weight:
            found.append(("weight", f"[{self.weight_kind}={self.weight}]"))
        return found

    def characteristics(self) -> dict[str, str]:
        """Return what is written into `_dta`."""
        found = {
            "_dta": "st",
            "st_ver": "2",
            "st_bt": self.time,
            "st_bd": self.failure,
            "st_id": self.id,
            "st_ev": self.failure_text,
            "st_orexp": self.origin,
            "st_s": self.scale,
            "st_wt": self.weight_kind,
            "st_w": self.weight,
            "st_t": "_t",
            "st_t0": "_t0",
            "st_d": "_d",
        }
        return {name: text for name, text in found.items() if text}


NAMES = (
    "_dta",
    "st_ver",
    "st_bt",
    "st_bd",
    "st_id",
    "st_ev",
    "st_orexp",
    "st_s",
    "st_wt",
    "st_w",
    "st_t",
    "st_t0",
    "st_d",
)


def declared(data: Dataset) -> Declared:
    """Return the settings.

    Raises
    ------
    StataError
        r(119) where there are none.
    """
    kept = data.characteristics.get("_dta", {})
    if "st_bt" not in kept or any(name not in data for name in VARIABLES):
        raise StataError(
            119, "data not st\n    you must stset your data before using this command; see help stset"
        )
    return Declared(
        kept["st_bt"],
        kept.get("st_bd", ""),
        kept.get("st_id", ""),
        kept.get("st_ev", ""),
        kept.get("st_orexp", ""),
        kept.get("st_s", "1"),
        kept.get("st_wt", ""),
        kept.get("st_w", ""),
    )


def spells_of(data: Dataset, rows: np.ndarray, weights: np.ndarray | None = None) -> Spells:
    """Return the spells of some observations, all of which have _st."""
    entry, exit_, failed = (data[name].to_double()[rows] for name in ("_t0", "_t", "_d"))
    return Spells(entry, exit_, failed == 1, np.ones(len(entry)) if weights is None else weights)
