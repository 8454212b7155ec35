"""The iteration log of xtmixed, printed while the engine runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from xmixed.render.layouts.estimation.mixed_header import (
    EM_TITLE,
    ERRORS_TITLE,
    GRADIENT_TITLE,
    STARTING_TITLE,
    render_iteration,
)
from xmixed.render.layouts.estimation.mixed_iterations import DetailShown, render_detail
from xmixed.session.output import Output

if TYPE_CHECKING:
    from xmixed.engine.result import EMStep, Iteration, PhaseStarted, Progress

DOTS_PER_LINE = 50
DETAILS = ("trace", "gradient", "hessian", "showstep", "showtolerance")
"""Options that add to the log."""


class IterationLog:
    """Prints the engine's progress while it runs.

    Parameters
    ----------
    out : Output
    label : str
        `log likelihood` or `log restricted-likelihood`.
    show : bool
        False for `nolog`: nothing is printed.
    em_log, em_dots : bool
        How EM iterations are shown; the log where both are asked for.
    details : collection of str
        Which of `DETAILS` to show.
    starting : bool
        Whether EM, which knows independent residuals only, gives no more than starting values.
    """

    def __init__(
        self,
        out: Output,
        label: str,
        show: bool,
        em_log: bool,
        em_dots: bool,
        details: Collection[str] = (),
        starting: bool = False,
    ) -> None:
        from xmixed.engine.result import EMStep, Iteration, PhaseStarted

        self.out, self.label, self.show = out, label, show
        self.em_log, self.em_dots, self.details = em_log, em_dots, frozenset(details)
        self.em_title = STARTING_TITLE if starting else EM_TITLE
        self.names: Sequence[str] = ()  # of the parameters in the optimisation metric
        self.fresh_phase = False
        self.dots = 0
        self._handlers: dict[type, Callable[[Any], None]] = {
            PhaseStarted: self._phase,
            EMStep: self._em_step,
            Iteration: self._iteration,
        }

    def __call__(self, event: Progress) -> None:
        if self.show:
            self._handlers[type(event)](event)

    def _phase(self, event: PhaseStarted) -> None:
        self.flush()
        title = {"em": self.em_title, "gradient": GRADIENT_TITLE, "standard_errors": ERRORS_TITLE}
        self.out.write("", title[event.phase])
        self.fresh_phase = True

    def _em_step(self, event: EMStep) -> None:
        if self.em_log:
            self._begin()
            self.out.write(render_iteration(event.number, self.label, event.log_likelihood, ""))
        elif self.em_dots:
            self.dots += 1
            if self.dots == DOTS_PER_LINE:
                self.flush()

    def _iteration(self, event: Iteration) -> None:
        remark = "(not concave)" if event.not_concave else "(backed up)" if event.backed_up else ""
        usual = render_iteration(event.number, self.label, event.log_likelihood, remark)
        self._begin()
        if event.detail is None or not self.details:
            self.out.write(usual)
            return
        detail = event.detail
        shown = DetailShown(
            self.names,
            detail.parameters,
            detail.gradient,
            detail.hessian,
            detail.steps,
            (detail.tolerance, detail.ltolerance, detail.nrtolerance),
        )
        self.out.write(*render_detail(event.number, usual, shown, self.details))

    def _begin(self) -> None:
        if self.fresh_phase:
            self.out.write("")
            self.fresh_phase = False

    def flush(self) -> None:
        """Print the dots that wait for their line to fill."""
        if self.dots:
            self._begin()
            self.out.write("." * self.dots)
            self.dots = 0
