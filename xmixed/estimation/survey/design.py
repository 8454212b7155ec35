"""The survey design that svyset has declared, in the characteristics of the data, and its codes over rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.missing import is_missing
from xmixed.statistics.grouping import factorise

NAMES = (
    "_svy_version",
    "_svy_wtype",
    "_svy_wexp",
    "_svy_su1",
    "_svy_strata1",
    "_svy_fpc1",
    "_svy_singleunit",
)


@dataclass(frozen=True, slots=True)
class Design:
    """Names of variables; "" for what was not declared.

    Attributes
    ----------
    weight : str
        The variable of sampling weights.
    unit : str
        Of primary sampling units; "" where observations are.
    strata, fpc : str
    single : str
        What becomes of strata with one unit: missing, certainty, scaled or centered.
    """

    weight: str = ""
    unit: str = ""
    strata: str = ""
    fpc: str = ""
    single: str = "missing"

    def characteristics(self) -> dict[str, str]:
        found = {
            "_svy_version": "2",
            "_svy_wtype": "pweight" if self.weight else "",
            "_svy_wexp": f"= {self.weight}" if self.weight else "",
            "_svy_su1": self.unit or "_n",
            "_svy_strata1": self.strata,
            "_svy_fpc1": self.fpc,
            "_svy_singleunit": self.single,
        }
        return {name: text for name, text in found.items() if text}

    def shown(self) -> list[tuple[str, str]]:
        """Return labels and texts, as svyset shows them."""
        return [
            ("pweight", self.weight or "<none>"),
            ("VCE", "linearized"),
            ("Single unit", self.single),
            ("Strata 1", self.strata or "<one>"),
            ("SU 1", self.unit or "<observations>"),
            ("FPC 1", self.fpc or "<zero>"),
        ]


def survey_design(data: Dataset) -> Design:
    """Return the design of the data; r(119) where none is declared."""
    kept = data.characteristics.get("_dta", {})
    if "_svy_su1" not in kept:
        raise StataError(119, "data not set up for svy, use svyset")
    unit = kept["_svy_su1"]
    found = Design(
        kept.get("_svy_wexp", "").removeprefix("=").strip(),
        "" if unit == "_n" else unit,
        kept.get("_svy_strata1", ""),
        kept.get("_svy_fpc1", ""),
        kept.get("_svy_singleunit", "missing"),
    )
    for name in (found.weight, found.unit, found.strata, found.fpc):
        if name and name not in data:
            raise StataError(111, f"variable {name} not found")
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Sampling units over n rows.

    Attributes
    ----------
    units : ndarray of int, shape (n,)
    strata : ndarray of int, shape (units,)
        Of each unit.
    rates : ndarray, shape (strata,)
        Sampling rates; zero without fpc().
    """

    units: np.ndarray
    strata: np.ndarray
    rates: np.ndarray

    @property
    def n_units(self) -> int:
        return len(self.strata)

    @property
    def n_strata(self) -> int:
        return len(self.rates)


def known_rows(data: Dataset, design: Design) -> np.ndarray:
    """Return the observations that have what the design needs, bool over the data."""
    rows = np.ones(data.n_obs, dtype=bool)
    for name in (design.weight, design.unit, design.strata, design.fpc):
        if name:
            rows = rows & data[name].known()
    if design.weight:
        weights = data[design.weight].to_double()
        if np.any(weights[rows] < 0):
            raise StataError(402, "negative weights encountered")
    return rows


def units_of(data: Dataset, design: Design, rows: np.ndarray) -> Units:
    """Return the sampling units of some rows; r(459) for finite populations smaller than their samples."""
    n = int(np.count_nonzero(rows))
    strata = np.zeros(n, dtype=np.int64)
    if design.strata:
        strata = factorise(data[design.strata].values[rows]).codes
    units = np.arange(n)
    if design.unit:
        own = factorise(data[design.unit].values[rows])
        units = factorise(strata * len(own.levels) + own.codes).codes
    count = int(units.max()) + 1
    of_unit = np.zeros(count, dtype=np.int64)
    of_unit[units] = strata
    n_strata = int(strata.max()) + 1
    rates = np.zeros(n_strata)
    if design.fpc:
        values = data[design.fpc].to_double()[rows]
        if np.any(is_missing(values)) or np.any(values < 0):
            raise StataError(459, f"fpc variable {design.fpc} must not be negative")
        sampled = np.bincount(of_unit, minlength=n_strata)
        size = np.zeros(n_strata)
        size[strata] = values
        rates = np.where(size <= 1, size, sampled / np.where(size > 0, size, 1.0))
        if np.any(rates > 1):
            raise StataError(459, "fpc smaller than the number of units sampled")
    return Units(units, of_unit, rates)
