"""Which multilevel models there are, and what is kept of a fit."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from xmixed.estimation.mixed.model import MixedResult


@dataclass(frozen=True, slots=True)
class Kind:
    """One command.

    Attributes
    ----------
    command, title : str
    family : str
        binomial, counts or ordered.
    link : str
        logit, probit, cloglog or log.
    simple : str
        The model without random effects, in words.
    exponential : str
        Head of exponentiated coefficients; "" where there are none.
    later : bool
        A command of Stata 13 and later: variances are shown, the predicted mean is marginal for margins.
    """

    command: str
    title: str
    family: str
    link: str
    simple: str
    exponential: str
    later: bool


_LOGISTIC = ("Mixed-effects logistic regression", "binomial", "logit", "logistic regression", "Odds Ratio")
_POISSON = ("Mixed-effects Poisson regression", "counts", "log", "Poisson regression", "IRR")
KINDS: dict[str, Kind] = {
    kind.command: kind
    for kind in (
        Kind("xtmelogit", *_LOGISTIC, False),
        Kind("meqrlogit", *_LOGISTIC, True),
        Kind("melogit", *_LOGISTIC, True),
        Kind(
            "meprobit", "Mixed-effects probit regression", "binomial", "probit", "probit regression", "", True
        ),
        Kind(
            "mecloglog",
            "Mixed-effects cloglog regression",
            "binomial",
            "cloglog",
            "cloglog regression",
            "",
            True,
        ),
        Kind("xtmepoisson", *_POISSON, False),
        Kind("meqrpoisson", *_POISSON, True),
        Kind("mepoisson", *_POISSON, True),
        Kind(
            "meologit",
            "Mixed-effects ologit regression",
            "ordered",
            "logit",
            "ologit regression",
            "Odds Ratio",
            True,
        ),
        Kind(
            "meoprobit",
            "Mixed-effects oprobit regression",
            "ordered",
            "probit",
            "oprobit regression",
            "",
            True,
        ),
    )
}


LATENT = {"logit": math.pi**2 / 3, "probit": 1.0, "cloglog": math.pi**2 / 6, "log": 0.0}
"""Variances of the residuals of latent outcomes by link; counts have none."""


@dataclass(frozen=True, slots=True)
class MultilevelResult(MixedResult):
    """The payload of e(): see `MixedResult`; there is no residual variance.

    Attributes
    ----------
    command : str
    cuts : ndarray, shape (c,)
        Cut points of an ordered model.
    cut_covariance : ndarray, shape (c, c)
    levels : tuple of float
        Outcomes of an ordered model.
    points : int
        Of the quadrature; 1 is Laplace's approximation.
    standardised : ndarray
        Where the search ended, in its own parameters.
    trials, offset : str
        A number or variable; as e(offset) has it; "" for none.
    """

    command: str = ""
    cuts: np.ndarray = field(default_factory=lambda: np.zeros(0))
    cut_covariance: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    levels: tuple[float, ...] = ()
    points: int = 1
    standardised: np.ndarray = field(default_factory=lambda: np.zeros(0))
    trials: str = ""
    offset: str = ""

    @property
    def kind(self) -> Kind:
        return KINDS[self.command]

    @property
    def has_residual_variance(self) -> bool:
        """See `MixedResult`."""
        return False

    @property
    def latent_variance(self) -> float:
        """See `MixedResult`: that of the logistic, normal or Gompertz distribution of a latent outcome."""
        return LATENT[self.kind.link]
