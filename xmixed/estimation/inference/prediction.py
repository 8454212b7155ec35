"""Predictions: which statistic is asked for, and what it makes on which observations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.results import Estimator, Statistic
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.linear.blocks import blocks

CHUNK = 200_000
"""Rows whose quadratic forms are computed at a time."""


@dataclass(frozen=True, slots=True)
class Request:
    """A statistic and its argument; `assumed` is what is to be said where it was not asked for.

    `typed` is the option `predict()` as it stands.
    """

    statistic: Statistic
    argument: str = ""
    assumed: str = ""
    typed: str = ""

    def labels(self, estimates: Estimates) -> tuple[str, ...]:
        """Return the label of each variable that it makes."""
        if self.statistic.columns is not None:
            return self.statistic.columns(estimates, self.argument)
        return (self.statistic.label(estimates, self.argument),)


def statistic_options(statistics: Sequence[Statistic]) -> tuple[OptionSpec, ...]:
    """Return the options that ask for statistics, and those that modify them."""
    found = []
    for item in statistics:
        if item.beside:
            found.append(OptionSpec(item.name, item.minimum, "newvarlist", optional_value=True))
        elif item.takes:
            found.append(OptionSpec(item.name, item.minimum, "text"))
        else:
            found.append(OptionSpec(item.name, item.minimum))
    modifiers = {spec.name: spec for item in statistics for spec in item.modifiers}
    return (*found, *modifiers.values())


def requested(statistics: Sequence[Statistic], options: dict[str, str | None]) -> Request:
    """Return what is asked for; without a word the default statistic.

    Parameters
    ----------
    options : dict
        What was typed, by full name; the text in parentheses, None without.

    Raises
    ------
    StataError
        r(198): several statistics at once, a modifier of another one, an argument that is missing;
        r(321) where the estimator has none.
    """
    if not statistics:
        raise StataError(321, "the last estimates have no predictions")
    named = [item for item in statistics if item.name in options]
    if len(named) > 1:
        raise StataError(198, "only one statistic may be specified")
    default = next((item for item in statistics if item.assumed), statistics[0])
    chosen = named[0] if named else default
    argument = options.get(chosen.name) or ""
    if chosen.takes and not argument.strip():
        raise StataError(198, f"option {chosen.name}() incorrectly specified", None, chosen.takes)
    own = {spec.name for spec in chosen.modifiers}
    given = [name for name in options if name != chosen.name]
    for name in given:
        if name not in own:
            raise StataError(198, f"option {name}() not allowed with {chosen.name}")
    if len(given) > 1 and not chosen.combined:
        raise StataError(198, f"options {given[0]}() and {given[1]}() may not be combined")
    if chosen.combined:
        argument = " ".join(_as_typed(name, options[name]) for name in given)
    elif given:
        argument = (options[given[0]] or "").strip()
    return Request(chosen, argument, "" if named else chosen.assumed)


def _as_typed(name: str, text: str | None) -> str:
    return name if not text else f"{name}({text.strip()})"


def default_request(statistics: Sequence[Statistic]) -> Request:
    """Return the default statistic.

    Raises
    ------
    StataError
        r(321) where the estimator has none.
    """
    return requested(statistics, {})


def read_request(statistics: Sequence[Statistic], text: str) -> Request:
    """Return the statistic that options of predict ask for, `xb` or `fitted level(id)`."""
    line = f"predict, {text}"
    typed = parse_command("predict", Syntax(options=statistic_options(statistics)), line, len("predict"))
    assert isinstance(typed, Command)
    found = requested(statistics, {name: option.text for name, option in typed.options.items()})
    return replace(found, typed=text.strip())


def frame_for(
    request: Request, estimator: Estimator, estimates: Estimates, context: Context, rows: np.ndarray
) -> EstimationFrame:
    """Return the observations that a statistic can be computed for, of those in `rows`."""
    needs = request.statistic.needs
    frame = EstimationFrame(context, rows)
    if needs == "sample":
        frame.rows = frame.rows & sample_rows(context, estimates.mark)
    if needs != "nothing":
        frame.require_terms(estimator.terms(estimates))
    if needs == "outcome":
        frame.require(*variable_of(estimates.macros["depvar"]))
    return frame


def predicted(
    request: Request,
    estimator: Estimator,
    estimates: Estimates,
    context: Context,
    rows: np.ndarray,
    notes: list[str] | None = None,
) -> list[np.ndarray]:
    """Return a statistic over all observations, missing where it cannot be: an array (n,) for each variable.

    Parameters
    ----------
    rows : (n,) bool array
        The observations that it is wanted for.
    notes : list of str, or None
        Takes what is to be said of the values.
    """
    frame = frame_for(request, estimator, estimates, context, rows)
    with np.errstate(all="ignore"):
        values = request.statistic.values(estimates, frame, request.argument)
    if notes is not None:
        notes += frame.notes
    columns = values[:, None] if values.ndim == 1 else values
    at: np.ndarray | slice = slice(None) if frame.rows.all() else np.flatnonzero(frame.rows)
    found = [np.full(len(frame.rows), MISSING) for _ in range(columns.shape[1])]
    for own, column in zip(found, columns.T, strict=True):
        own[at] = np.where(np.isfinite(column), column, MISSING)
    return found


# --- what every linear predictor has --------------------------------------------------------------------

Terms = Callable[[Estimates], Sequence]
"""terms(e): the term of each coefficient, None for parameters of no covariate."""


def label(text: str) -> Callable[[Estimates, str], str]:
    """Return what gives a fixed label."""
    return lambda e, argument: text


def linear_predictor(terms: Terms) -> Callable[[Estimates, EstimationFrame, str], np.ndarray]:
    """Return the values of X b."""

    def values(estimates: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        b = Coefficients.of(estimates).b
        total = np.zeros(frame.size)
        for value, term in zip(b, terms(estimates), strict=False):
            if term is None or term.status:
                continue
            own = frame.column(term)
            total += value if own is None else value * own
        return total

    return values


def linear_gradient(terms: Terms) -> Callable[[Estimates, EstimationFrame, str], np.ndarray]:
    """Return the derivatives of X b by the coefficients: X itself, zeros for other parameters."""
    return lambda estimates, frame, argument: frame.design(terms(estimates))


def standard_error_of_prediction(terms: Terms) -> Callable[[Estimates, EstimationFrame, str], np.ndarray]:
    """Return sqrt(x V x') of every row."""

    def values(estimates: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        own = terms(estimates)
        places = [place for place, term in enumerate(own) if term is not None and not term.status]
        columns = [frame.column(own[place]) for place in places]
        coefficients = Coefficients.of(estimates)
        V, centred = coefficients.V, coefficients.centred
        origins = None
        if centred is not None:
            V, origins = centred.V, centred.origins[places]
        V = V[np.ix_(places, places)]
        found = np.empty(frame.size)
        for rows, block in blocks(columns, frame.size, origins):
            found[rows] = np.einsum("ij,ij->j", V @ block, block)
        return np.sqrt(np.maximum(found, 0.0))

    return values


def quadratic_forms(X: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Return x V x' of each row of X, (n,)."""
    found = np.empty(len(X))
    for first in range(0, len(X), CHUNK):
        part = X[first : first + CHUNK]
        found[first : first + CHUNK] = np.einsum("ij,ij->i", part @ V, part)
    return np.maximum(found, 0.0)
