"""Imputation of one variable: each method fits the observed rows, draws parameters, and fills missing rows.

Categorical and count outcomes: parameters are drawn from the normal distribution about maximum likelihood
estimates (Rubin 1987, section 5.3). Where covariates predict an outcome perfectly, `augment` adds rows of
small weight (White, Daniel and Royston 2010, Computational Statistics & Data Analysis 54).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from xmixed.estimation.likelihood import models
from xmixed.estimation.likelihood.newton import Likelihood, maximise
from xmixed.estimation.likelihood.separation import separation
from xmixed.statistics.imputation.gaussian import covariance_root, linear_posterior, matching_posterior
from xmixed.statistics.linear.blocks import Column

LARGEST_ERROR = 100.0
"""A standard error of a standardised coefficient that says its estimate is infinite."""


class Posterior(Protocol):
    """What is known of one variable given others."""

    def draw(self, columns: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Return imputed values, shape (n,), of rows with these columns, shape (p, n)."""
        ...


class PerfectPrediction(Exception):
    """Covariates determine an outcome."""


class TooFew(Exception):
    """Fewer observations, or fewer outcomes, than the model needs."""


class NotFitted(Exception):
    """The model has no maximum that could be found."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the options of a method say.

    Attributes
    ----------
    constant : bool
    neighbours : int
        Of predictive mean matching.
    augment : bool
        Add rows against perfect prediction.
    """

    constant: bool = True
    neighbours: int = 1
    augment: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Attributes
    ----------
    name, title : str
        `regress`, `Linear regression`.
    fit : callable(y, columns, choices) -> Posterior
        y (n,), columns (p, n) of observed rows.
    categorical : bool
        The variable enters models of others as a factor.
    options : tuple of str
        Those that it takes besides the common ones.
    """

    name: str
    title: str
    fit: Callable[[np.ndarray, np.ndarray, Choices], Posterior]
    categorical: bool
    options: tuple[str, ...]


def _regress(y: np.ndarray, columns: np.ndarray, choices: Choices) -> Posterior:
    return _enough(lambda: linear_posterior(y, columns, choices.constant))


def _pmm(y: np.ndarray, columns: np.ndarray, choices: Choices) -> Posterior:
    return _enough(lambda: matching_posterior(y, columns, choices.constant, neighbours=choices.neighbours))


def _enough(fit: Callable[[], Posterior]) -> Posterior:
    try:
        return fit()
    except ValueError:
        raise TooFew from None
    except FloatingPointError:
        raise NotFitted from None


# --- maximum likelihood ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _LikelihoodPosterior:
    """Parameters about normal estimates; `outcome(parameters, columns, generator)` makes values of them."""

    estimates: np.ndarray
    root: np.ndarray
    outcome: Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]

    def draw(self, columns: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        noise = self.root @ generator.standard_normal(self.root.shape[1])
        return self.outcome(self.estimates + noise, columns, generator)


@dataclass(frozen=True, slots=True, eq=False)
class _Training:
    """Observed rows without columns that others determine: y, columns, their places, weights."""

    y: np.ndarray
    columns: tuple[Column, ...]
    kept: np.ndarray
    rows: models.Rows

    def predictor(self, columns: np.ndarray) -> np.ndarray:
        """Return the columns that were kept, those of other rows, the constant among them; (p, n)."""
        whole = columns[self.kept]
        if self.rows.constant is None:
            return whole
        return np.vstack([whole, np.ones(columns.shape[1])])


def _training(y: np.ndarray, columns: np.ndarray, constant: bool, centred: bool = False) -> _Training:
    from xmixed.engine import NonFiniteData, find_omitted

    first: tuple[Column, ...] = (None, *columns) if constant or centred else tuple(columns)
    try:
        omitted = np.asarray(find_omitted(first), dtype=bool)[1 if constant or centred else 0 :]
    except NonFiniteData:
        raise NotFitted from None
    kept = np.flatnonzero(~omitted)
    own: tuple[Column, ...] = (*columns[kept], *([None] if constant else []))
    return _Training(y, own, kept, models.Rows(own, len(y)))


def _augmented(training: _Training, n_categories: int) -> _Training:
    """Return the rows with two more for each covariate and category, at the mean plus and minus one sd."""
    columns = np.array([column for column in training.columns if column is not None])
    p = len(columns)
    if not p:
        return training
    means, deviations = columns.mean(axis=1), columns.std(axis=1)
    points = np.repeat(means[:, None], 2 * p, axis=1)
    points[np.arange(p), np.arange(p)] += deviations
    points[np.arange(p), p + np.arange(p)] -= deviations
    added = np.tile(points, n_categories)
    outcomes = np.repeat(np.arange(n_categories), 2 * p)
    weights = np.concatenate([np.ones(len(training.y)), np.full(added.shape[1], (p + 1) / added.shape[1])])
    constant = [None] if training.rows.constant is not None else []
    whole: tuple[Column, ...] = (*np.hstack([columns, added]), *constant)
    y = np.concatenate([training.y, outcomes.astype(training.y.dtype)])
    return _Training(y, whole, training.kept, models.Rows(whole, len(y), weights))


def _categories(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    levels, codes = np.unique(y, return_inverse=True)
    if len(levels) < 2:
        raise TooFew
    return levels, codes.ravel()


def _maximised(
    likelihood: Likelihood, outcome: Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]
) -> _LikelihoodPosterior:
    try:
        found = maximise(likelihood)
    except (FloatingPointError, np.linalg.LinAlgError):
        raise NotFitted from None
    inverse = np.linalg.inv(likelihood.transform)
    errors = np.sqrt(np.maximum(np.diag(inverse @ found.covariance @ inverse.T), 0.0))
    if not np.isfinite(errors).all() or errors.max(initial=0.0) > LARGEST_ERROR:
        raise PerfectPrediction
    if not found.converged:
        raise NotFitted
    return _LikelihoodPosterior(found.parameters, covariance_root(found.covariance), outcome)


def _logit(y: np.ndarray, columns: np.ndarray, choices: Choices) -> Posterior:
    levels, codes = _categories(y)
    training = _training(codes.astype(np.float64), columns, choices.constant)
    if choices.augment:
        training = _augmented(training, 2)
    elif separation(training.y, training.columns).predictors:
        raise PerfectPrediction

    def outcome(b: np.ndarray, others: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        chance = special.expit(b @ training.predictor(others))
        return levels[(generator.random(others.shape[1]) < chance).astype(np.intp)]

    return _maximised(models.binary("logit", training.y, training.rows), outcome)


def _ologit(y: np.ndarray, columns: np.ndarray, choices: Choices) -> Posterior:
    levels, codes = _categories(y)
    training = _training(codes, columns, False, centred=True)
    if choices.augment:
        training = _augmented(training, len(levels))
    p = len(training.kept)

    def outcome(b: np.ndarray, others: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        eta = b[:p] @ others[training.kept]
        below = special.expit(b[p:, None] - eta)
        return levels[(below < generator.random(others.shape[1])).sum(axis=0)]

    return _maximised(models.ordered("logit", training.y, len(levels), training.rows), outcome)


def _mlogit(y: np.ndarray, columns: np.ndarray, choices: Choices) -> Posterior:
    levels, codes = _categories(y)
    m = len(levels) - 1
    base = int(np.argmax(np.bincount(codes)))
    order = np.append(np.delete(np.arange(m + 1), base), base)
    place = np.empty(m + 1, dtype=np.intp)
    place[order] = np.arange(m + 1)
    training = _training(place[codes], columns, choices.constant)
    if choices.augment:
        training = _augmented(training, m + 1)

    def outcome(b: np.ndarray, others: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        eta = np.zeros((m + 1, others.shape[1]))
        eta[:-1] = b.reshape(m, -1) @ training.predictor(others)
        shares = special.softmax(eta, axis=0).cumsum(axis=0)
        chosen = (shares[:-1] < generator.random(others.shape[1])).sum(axis=0)
        return levels[order[chosen]]

    return _maximised(models.multinomial(training.y, m, training.rows), outcome)


def _poisson(y: np.ndarray, columns: np.ndarray, choices: Choices) -> Posterior:
    training = _training(y, columns, choices.constant)
    if not np.any(y > 0):
        raise TooFew

    def outcome(b: np.ndarray, others: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        with np.errstate(over="ignore"):
            means = np.exp(b @ training.predictor(others))
        return generator.poisson(np.minimum(means, 1e15)).astype(np.float64)

    return _maximised(models.counts(training.y, training.rows), outcome)


def _nbreg(y: np.ndarray, columns: np.ndarray, choices: Choices) -> Posterior:
    training = _training(y, columns, choices.constant)
    if not np.any(y > 0):
        raise TooFew

    def outcome(b: np.ndarray, others: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        with np.errstate(over="ignore"):
            means, dispersion = np.exp(b[:-1] @ training.predictor(others)), np.exp(b[-1])
        # Poisson counts whose mean has a gamma distribution of variance `dispersion`.
        own = generator.gamma(1 / dispersion, dispersion, len(means)) * means
        return generator.poisson(np.minimum(own, 1e15)).astype(np.float64)

    try:
        likelihood = models.dispersed("mean", training.y, training.rows)
    except (FloatingPointError, np.linalg.LinAlgError):
        raise NotFitted from None
    return _maximised(likelihood, outcome)


_NOCONSTANT = ("noconstant",)
METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("regress", "Linear regression", _regress, False, _NOCONSTANT),
        Method("pmm", "Predictive mean matching", _pmm, False, (*_NOCONSTANT, "knn")),
        Method("logit", "Logistic regression", _logit, True, (*_NOCONSTANT, "augment")),
        Method("ologit", "Ordered logistic regression", _ologit, True, ("augment",)),
        Method("mlogit", "Multinomial logistic regression", _mlogit, True, (*_NOCONSTANT, "augment")),
        Method("poisson", "Poisson regression", _poisson, False, _NOCONSTANT),
        Method("nbreg", "Negative binomial regression", _nbreg, False, _NOCONSTANT),
    )
}
"""Methods for one variable, by name."""
