"""The estimator xtmixed as generic commands see it."""

from __future__ import annotations

from xmixed.estimation.display_options import display_options
from xmixed.estimation.mixed.display import display
from xmixed.estimation.mixed.options import DISPLAY_OPTIONS
from xmixed.estimation.mixed.statistics import STATISTICS, terms_of
from xmixed.estimation.results import Option, Statistic
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings


class Mixed:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = DISPLAY_OPTIONS
    statistics: tuple[Statistic, ...] = STATISTICS

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        variance = estimates.macros.get("cmd") == "mixed"
        return display(estimates, display_options(option, settings, variance))

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return terms_of(estimates)


ESTIMATOR = Mixed()
