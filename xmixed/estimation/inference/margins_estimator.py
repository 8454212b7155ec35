"""Margins and comparisons put in e() by `post`, as an estimator: they replay, and can be tested."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.estimation.inference.margins_results import Shown
from xmixed.estimation.inference.margins_table import margins_lines
from xmixed.estimation.results import Option, Statistic
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import LEVEL, OptionSpec
from xmixed.output import Line
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings


class PostedMargins:
    """See `results.Estimator`; the payload is what was shown: margins, or the lines of comparisons."""

    options: tuple[OptionSpec, ...] = (LEVEL, OptionSpec("coeflegend", "coefl", help="show names"))
    statistics: tuple[Statistic, ...] = ()

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        if isinstance(estimates.payload, Shown):
            return margins_lines(estimates.payload, option, settings)
        if estimates.payload is None:
            raise StataError(498, "margins from a file are not shown again", hint="see ereturn display")
        for name in ("level", "coeflegend"):
            if option(name) is not None:
                raise StataError(198, f"option {name} not allowed with comparisons that were posted")
        return list(estimates.payload)

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return tuple(None for _ in estimates.matrices["b"].column_names)


ESTIMATOR = PostedMargins()
