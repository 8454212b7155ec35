"""The options of `estimates replay`: those of every estimator's replay."""

from __future__ import annotations

from xmixed.estimation.likelihood.options import LIKELIHOOD_DISPLAY
from xmixed.estimation.linear.options import REGRESS_DISPLAY, XTREG_DISPLAY
from xmixed.estimation.mixed.options import DISPLAY_OPTIONS
from xmixed.language.syntax import OptionSpec

_ALL = (*DISPLAY_OPTIONS, *REGRESS_DISPLAY, *XTREG_DISPLAY, *LIKELIHOOD_DISPLAY)
REPLAY_OPTIONS: tuple[OptionSpec, ...] = tuple({spec.name: spec for spec in reversed(_ALL)}.values())[::-1]
"""Each name once; which of them the estimator of a result takes is checked when it is shown."""
