"""Results of ml as generic commands see them."""

from __future__ import annotations

from xmixed.estimation.constrained.constraints import shown_constraints
from xmixed.estimation.equations.headers import plain_header
from xmixed.estimation.equations.statistics import SYSTEM
from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.programmed.options import ML_DISPLAY
from xmixed.estimation.results import Option
from xmixed.output import Line
from xmixed.session.results import Estimates

_EXPONENTIALS = {
    "or": "Odds Ratio",
    "hr": "Haz. Ratio",
    "shr": "SHR",
    "irr": "IRR",
    "rrr": "RRR",
}


def _extras(e: Estimates, option: Option, level: float) -> TableExtras:
    heading = next((text for name, text in _EXPONENTIALS.items() if option(name)), "")
    return TableExtras(heading or str(option("eform", "") or ""))


def _header(e: Estimates) -> list[Line]:
    return [*plain_header(e), *shown_constraints(e)]


ESTIMATOR = FittedEstimator(SYSTEM[:2], _header, extras=_extras, options=ML_DISPLAY)
