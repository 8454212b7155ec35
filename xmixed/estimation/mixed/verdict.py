"""What the engine has to say of a fit: one verdict, the components it concerns, notes in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from xmixed.estimation.mixed.model import (
    MixedDescription,
    RandomEquationSummary,
    ResidualSummary,
    VarianceParameter,
)
from xmixed.formats import format_value

if TYPE_CHECKING:
    from xmixed.engine import Fit
    from xmixed.engine.result import BoundaryNote

Places = Mapping[tuple[int, int], int]
"""From the engine's (level, equation), counted from 1, to equations of the description."""

_BOUNDARY = "on the boundary of the parameter space"
_OF_NO_PARAMETER = (
    "standard_errors_failed",
    "lag_not_seen",
    "residual_near_singular",
    "rounding",
    "higher_without_maximum",
)
_REASONS = {
    "iteration_limit": "the maximum number of iterations was reached before the criteria of convergence "
    "were met.",
    "not_concave": "the log likelihood is not concave where the iterations ended, so that this need not be a "
    "maximum.",
    "no_progress": "the iterations ended where no further step raised the log likelihood, before the "
    "criteria of convergence were met.",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdict on a fit.

    Attributes
    ----------
    verdict : str
        converged, boundary (converged there), not_identified, iteration_limit, not_concave, no_progress
        or residual_zero.
    boundary, unidentified : tuple of str
        Parameters of the estimation metric that are on the boundary, or that the data do not identify.
    notes : tuple of str
        The same in words.
    """

    verdict: str
    boundary: tuple[str, ...]
    unidentified: tuple[str, ...]
    notes: tuple[str, ...]


def diagnose(
    fitted: Fit,
    places: Places,
    description: MixedDescription,
    parameters: Sequence[VarianceParameter],
    left_out: Sequence[str] = (),
) -> Diagnosis:
    """Return the verdict; `parameters` as they stand in e(b), `left_out` the names of those that do not."""
    equations = description.equations
    boundary: dict[str, None] = {}
    unidentified: dict[str, None] = {}
    for note in fitted.boundary:
        if note.kind in _OF_NO_PARAMETER:
            continue
        target = unidentified if note.kind == "not_identified" else boundary
        target.update(dict.fromkeys(_concerned(note, places, equations, parameters)))
    unidentified.update(dict.fromkeys(left_out))
    verdict = str(fitted.optimization.verdict)
    if verdict == "em_only":
        verdict = "converged" if fitted.optimization.converged else "iteration_limit"
    if unidentified and verdict != "iteration_limit":
        verdict = "not_identified"
    elif fitted.optimization.converged:
        verdict = "boundary" if boundary else "converged"
    notes = [
        note_text(note, places, equations)
        for note in fitted.boundary
        if note.kind != "lag_not_seen" and (note.level or note.kind != "not_identified")
    ]
    notes += _same_covariance(fitted.boundary, places, equations)
    notes += _unseen_lags(fitted.boundary, description.residuals)
    if verdict in _REASONS:
        notes.append(_REASONS[verdict])
    return Diagnosis(verdict, tuple(boundary), tuple(unidentified), tuple(dict.fromkeys(notes)))


def of_zero_sigma(note: BoundaryNote) -> bool:
    """Whether a remark says that the residual standard deviation to which others are ratios is zero."""
    return note.kind == "residual_sd_zero" and not note.row


def _concerned(
    note: BoundaryNote,
    places: Places,
    equations: Sequence[RandomEquationSummary],
    parameters: Sequence[VarianceParameter],
) -> list[str]:
    """Return the names of the parameters that a remark is about."""
    if note.kind == "residual_variance_zero" or of_zero_sigma(note):
        return [parameter.name for parameter in parameters if parameter.kind == "log_sd_residual"]
    if note.kind in ("residual_limit", "residual_singular"):
        own = [item for item in parameters if item.kind.startswith("residual")]
        return [
            item.name for item in own if item.group == note.equation and item.kind != "residual_log_ratio"
        ]
    if note.kind == "residual_sd_zero" or (note.kind == "not_identified" and not note.level):
        own = [item for item in parameters if item.kind.startswith("residual")]
        return [own[note.row - 1].name]
    place = places.get((note.level, note.equation))
    if place is None:
        return []
    own = [parameter for parameter in parameters if parameter.equation == place]
    common = equations[place].form.common_variance
    if note.kind == "variance_zero" or (note.kind == "not_identified" and note.row):
        row = 0 if common else note.row - 1
        return [item.name for item in own if item.kind == "log_sd" and item.row == row]
    if note.kind == "correlation_limit":
        ends = (0, 1) if common else (note.row - 1, note.column - 1)
        return [
            item.name for item in own if item.kind == "atanh_correlation" and (item.row, item.column) == ends
        ]
    return [item.name for item in own]


def _same_covariance(
    notes: Sequence[BoundaryNote], places: Places, equations: Sequence[RandomEquationSummary]
) -> list[str]:
    """Return what to do where residual parameters are not identified, with random effects or alone."""
    level = [note for note in notes if note.kind == "not_identified"]
    if not any(not note.level for note in level):
        return []
    own = [equations[places[note.level, note.equation]].level for note in level if note.level]
    if not own:
        return ["parameters of the residual covariance are not identified by these data."]
    where = _listed(list(dict.fromkeys(own)))
    return [
        f"the random effects at level {where} and the residual structure describe the same covariance: these "
        "data identify them only together, and one of them has to go."
    ]


def _unseen_lags(notes: Sequence[BoundaryNote], residuals: ResidualSummary | None) -> list[str]:
    """Return a remark for the lags of each by() group that no two observations are apart."""
    found: dict[int, list[int]] = {}
    for note in notes:
        if note.kind == "lag_not_seen":
            found.setdefault(note.equation, []).append(note.column)
    if residuals is None:
        return []
    texts = []
    for group, lags in found.items():
        names = _listed([residuals.form.correlation_label(lag) for lag in lags])
        within = f" of {residuals.by} {residuals.groups[group - 1]}" if residuals.by else ""
        apart = _listed([str(lag) for lag in lags], "or")
        verb = "is" if len(lags) == 1 else "are"
        texts.append(
            f"no two observations of a group{within} are {apart} apart in {residuals.time}: {names} {verb} "
            "not identified by these data and left out."
        )
    return texts


def _listed(names: Sequence[str], joint: str = "and") -> str:
    """Return `a, b and c`; the first and last of many."""
    if len(names) > 6:
        names = [*names[:3], "...", names[-1]]
    if len(names) < 3:
        return f" {joint} ".join(names)
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def _open_by(note: BoundaryNote, places: Places, equations: Sequence[RandomEquationSummary]) -> str:
    """Return how far rounding errors leave the log likelihood open, and what makes them."""
    amount = f" by about {format_value(note.size, '%6.0g').strip()}" if isfinite(note.size) else ""
    why = "the residual covariance matrix is all but singular"
    if note.level:
        level = equations[places[note.level, note.equation]].level
        why = f"the random effects at level {level} are far larger than the residuals"
    return f"rounding errors leave the log likelihood open{amount}, since {why} where the iterations ended."


def note_text(note: BoundaryNote, places: Places, equations: Sequence[RandomEquationSummary]) -> str:
    """Return a remark of the engine in words that name the component."""
    if note.kind == "residual_variance_zero":
        return "the residual variance is zero; its standard error is not computed."
    if note.kind == "residual_limit":
        return (
            f"a correlation of residuals is {_BOUNDARY} (at its limit); its standard error is not computed."
        )
    if note.kind == "residual_sd_zero":
        return f"a standard deviation of residuals is {_BOUNDARY} (zero); its standard error is not computed."
    if note.kind == "residual_singular":
        text = f"the residual covariance matrix is singular, {_BOUNDARY}; "
        return text + "its standard errors take its rank as given."
    if note.kind == "residual_near_singular":
        return (
            "the residual covariance matrix is all but singular where the iterations ended; the log "
            "likelihood may rise without limit towards a singular one, and have no maximum."
        )
    if note.kind == "higher_without_maximum":
        return "the log likelihood is higher elsewhere, without a maximum; this is the highest one found."
    if note.kind == "rounding":
        return _open_by(note, places, equations)
    if note.kind == "standard_errors_failed":
        return "standard-error calculation has failed; the standard errors of the random effects are missing."
    where, names, several, common = "", (), False, False
    if (note.level, note.equation) in places:
        equation = equations[places[note.level, note.equation]]
        where = f" at level {equation.level}"
        form = equation.form
        common = form.common_variance
        several = note.row == 0 and form.correlated and not common
        if common or note.row == 0:
            names = equation.effects
        else:
            names = tuple(equation.effects[i - 1] for i in dict.fromkeys((note.row, note.column)) if i > 0)
    limits = "1 or its lower limit" if common and len(names) != 2 else "-1 or 1"
    listed = _listed(names)
    texts = {
        "variance_zero": f"the variance of {listed}{where} is {_BOUNDARY} (zero); "
        "its standard error is not computed.",
        "correlation_limit": f"the correlation of {listed}{where} is {_BOUNDARY} ({limits}); "
        "its standard error is not computed.",
        "covariance_singular": f"the covariance matrix{where} is singular, {_BOUNDARY}; "
        "its standard errors take its rank as given.",
        "not_identified": f"the variances of {listed}{where} are not identified by these data; "
        "their standard errors are not computed."
        if several
        else f"the variance of {listed}{where} is not identified by these data; "
        "its standard error is not computed.",
    }
    return texts.get(note.kind, note.kind)
