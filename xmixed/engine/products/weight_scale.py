"""Results for weights as given from those for weights with mean one.

Only the ratios of sampling weights matter for the estimates. With all weights k times as large the log
likelihood and its derivatives are k times as large too, and the criteria of the search, whose numbers are
meant for the log likelihood of so many observations, would judge the same fit otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from xmixed.engine.result import EMStep, Fit, Iteration, IterationDetail, PhaseStarted, Progress


def progress_at_scale(event: Progress, scale: float) -> Progress:
    """An event of the fit with log likelihoods `scale` times as large."""
    if isinstance(event, PhaseStarted):
        return event
    if isinstance(event, EMStep):
        return replace(event, log_likelihood=scale * event.log_likelihood)
    return _iteration(event, scale)


def fit_at_scale(fit: Fit, scale: float) -> Fit:
    """A fit with weights `scale` times as large."""
    found, comparison, parts = fit.optimization, fit.comparison, fit.sandwich
    return replace(
        fit,
        beta_covariance=fit.beta_covariance / scale,
        centred_covariance=fit.centred_covariance / scale,
        parameter_covariance=fit.parameter_covariance / scale,
        log_likelihood=scale * fit.log_likelihood,
        comparison=replace(
            comparison,
            beta_covariance=comparison.beta_covariance / scale,
            log_likelihood=scale * comparison.log_likelihood,
        ),
        optimization=replace(
            found,
            gradient=scale * found.gradient,
            hessian=scale * found.hessian,
            iterations=tuple(_iteration(item, scale) for item in found.iterations),
        ),
        scores=None if fit.scores is None else scale * fit.scores,
        sandwich=parts and replace(parts, scores=scale * parts.scores, bread=parts.bread / scale),
    )


def _iteration(event: Iteration, scale: float) -> Iteration:
    detail = event.detail
    shown = None if detail is None else _detail(detail, scale)
    return replace(event, log_likelihood=scale * event.log_likelihood, detail=shown)


def _detail(detail: IterationDetail, scale: float) -> IterationDetail:
    return replace(
        detail,
        gradient=scale * detail.gradient,
        hessian=scale * detail.hessian,
        steps=tuple((length, scale * value) for length, value in detail.steps),
    )
