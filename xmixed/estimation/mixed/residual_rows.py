"""The residual rows of xtmixed's table where residuals() gives them a structure, by the delta method."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from xmixed.estimation.mixed.model import RESIDUAL, MixedResult, ResidualSummary, VarianceParameter
from xmixed.estimation.mixed.random_rows import Margins, exponential, scale_limits
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.render.layouts.estimation.mixed_random_table import RandomBlock, RandomRow

RAW = {"residual_phi": "phi", "residual_theta": "theta"}
"""Parameters that the table shows as they stand in e(b)."""


def residual_block(result: MixedResult, margins: Margins, variance: bool) -> RandomBlock:
    """Return the block `Residual: AR(2)`; one set of rows for each by() group."""
    summary = result.description.residuals
    assert summary is not None
    rows: list[RandomRow] = []
    for group in range(1, max(1, len(summary.groups)) + 1):
        own = _Group(result, summary, group, margins, variance).rows()
        prefix = summary.groups[group - 1] if summary.groups else ""
        rows += [replace(row, prefix=prefix) for row in own]
    return RandomBlock("Residual", summary.title, tuple(rows), summary.by)


class _Group:
    """The rows of one by() group."""

    def __init__(
        self, result: MixedResult, summary: ResidualSummary, group: int, margins: Margins, variance: bool
    ) -> None:
        self.result, self.summary, self.group = result, summary, group
        self.form = summary.form
        self.margins, self.variance = margins, variance
        self.sigma = result.parameter(RESIDUAL, "log_sd_residual")
        own = [
            (place, parameter)
            for place, parameter in enumerate(result.parameters)
            if parameter.equation == RESIDUAL and parameter.group == group
        ]
        self.ratios = {item.row: place for place, item in own if item.kind == "residual_log_ratio"}
        self.others = [(place, item) for place, item in own if item.kind != "residual_log_ratio"]

    def rows(self) -> list[RandomRow]:
        kind = "var" if self.variance else "sd"
        scales = [RandomRow(kind, (self._name(at),), "", self._scale(at)) for at in self._positions()]
        others = [self._other(place, item) for place, item in self.others]
        first = self.form.correlations_first
        return [*others, *scales] if first else [*scales, *others]

    def _positions(self) -> Iterator[int]:
        """Positions of t() with a standard deviation, in order; 0 where all residuals share one."""
        if not self.summary.times:
            yield 0
            return
        for at in range(1, len(self.summary.times) + 1):
            if at in self.ratios or (self.group == 1 and at == self.summary.base):
                yield at

    def _name(self, at: int) -> str:
        return f"e{self.summary.times[at - 1]:.0f}" if at else "e"

    def _logs(self, at: int) -> list[int]:
        """Places of the parameters whose sum is the log standard deviation."""
        return [self.sigma, self.ratios[at]] if at in self.ratios else [self.sigma]

    def _scale(self, at: int) -> Figures:
        places, power = self._logs(at), 2 if self.variance else 1
        gradient = np.full(len(places), float(power))
        logarithm = power * float(self.result.estimates[places].sum())
        error = self._error(places, gradient)
        estimate = exponential(logarithm)
        if not error > 0:
            return Figures(estimate)
        lower, upper = scale_limits(logarithm, self._margin(places) * error)
        return Figures(estimate, estimate * error, lower=lower, upper=upper)

    def _other(self, place: int, item: VarianceParameter) -> RandomRow:
        if item.kind in RAW:
            return RandomRow(f"{RAW[item.kind]}{item.row}", (), "", self._through(place, float, 1.0))
        value = float(self.result.estimates[place])
        if item.kind == "residual_logit":
            rho = _logistic(value)
            return RandomRow("rho", (), "", self._through(place, _logistic, rho * (1 - rho)))
        if self.form.pairwise:
            names = tuple(self._name(at) for at in dict.fromkeys((item.row, item.column)))
            if self.variance:
                return RandomRow("cov", names, ",", self._covariance(place, item))
            return RandomRow("corr", names, ",", self._through(place, math.tanh, 1 - math.tanh(value) ** 2))
        label = self.form.correlation_label(item.row)
        return RandomRow(label, (), "", self._through(place, math.tanh, 1 - math.tanh(value) ** 2))

    def _through(self, place: int, function: Callable[[float], float], slope: float) -> Figures:
        """Return a function of one parameter; its limits are those of the parameter, transformed."""
        value = float(self.result.estimates[place])
        error = self._error([place], np.ones(1))
        if not error > 0:
            return Figures(function(value))
        margin = self._margin([place]) * error
        return Figures(
            function(value), slope * error, lower=function(value - margin), upper=function(value + margin)
        )

    def _covariance(self, place: int, item: VarianceParameter) -> Figures:
        """Return tanh(g) exp(a_i + a_k); its limits are the estimate plus and minus z standard errors."""
        logs = [*self._logs(item.row), *self._logs(item.column)]
        scale = exponential(float(self.result.estimates[logs].sum()))
        correlation = math.tanh(float(self.result.estimates[place]))
        estimate = correlation * scale
        # A parameter that is in both standard deviations stands twice, so that its slopes add up.
        gradient = np.array([*[estimate] * len(logs), scale * (1 - correlation**2)])
        error = self._error([*logs, place], gradient)
        if not error > 0:
            return Figures(estimate)
        margin = self._margin([*logs, place]) * error
        return Figures(estimate, error, lower=estimate - margin, upper=estimate + margin)

    def _margin(self, places: list[int]) -> float:
        return max(self.margins(place) for place in places)

    def _error(self, places: list[int], gradient: np.ndarray) -> float:
        """Return the delta-method standard error; 0 where a parameter has none of its own."""
        covariance = self.result.parameter_covariance[np.ix_(places, places)]
        own = np.diag(covariance) > 0
        if self.result.sigma_is_zero and len(places) > 1:
            own = own[np.array(places) != self.sigma]
        if not np.all(own):
            return 0.0
        return math.sqrt(max(0.0, float(gradient @ covariance @ gradient)))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0
