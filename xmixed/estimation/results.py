"""What generic commands ask of an estimator, and where to find the estimator of stored results.

A generic command (`estimates replay`, `testparm`, `lrtest`, `predict`, `margins`) never knows which command
has fitted a model: it takes the name in e(cmd), gets the estimator and asks it. An estimator is the object
`ESTIMATOR` of the module that `MODULES` names, loaded when it is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings

if TYPE_CHECKING:
    from xmixed.estimation.frame import EstimationFrame

MODULES: dict[str, str] = {
    "xtmixed": "mixed.estimator",
    "mixed": "mixed.estimator",
    "anova": "linear.anova",
    "biprobit": "equations.estimator:BIVARIATE",
    "contrast": "inference.margins_estimator",
    "margins": "inference.margins_estimator",
    "pwcompare": "inference.margins_estimator",
    "areg": "linear.areg",
    "binreg": "generalized.estimator:BINOMIAL",
    "glm": "generalized.estimator",
    "cox": "survival.estimator:COX",
    "ereg": "survival.estimator:PARAMETRIC",
    "gompertz": "survival.estimator:PARAMETRIC",
    "llogistic": "survival.estimator:PARAMETRIC",
    "lnormal": "survival.estimator:PARAMETRIC",
    "weibull": "survival.estimator:PARAMETRIC",
    "clogit": "panels.estimator:GROUPED",
    "intreg": "censored.estimator",
    "tobit": "censored.estimator",
    "xtpcse": "corrected.estimator",
    "xtprobit": "panels.estimator:RANDOM",
    "xtlogit": "panels.estimator:RANDOM",
    "canon": "factors.canonical",
    "factor": "factors.estimator:FACTOR",
    "pca": "factors.estimator:PCA",
    "heckman": "equations.estimator:HECKMAN",
    "hetprob": "equations.estimator:HETEROSKEDASTIC",
    "ivprobit": "equations.estimator:INSTRUMENTED",
    "truncreg": "equations.estimator:TRUNCATED",
    "zinb": "equations.estimator:ZERO_INFLATED",
    "zip": "equations.estimator:ZERO_INFLATED",
    "ivreg2": "instrumental.estimator",
    "ivregress": "instrumental.estimator",
    "logistic": "likelihood.estimator:LOGIT",
    "logit": "likelihood.estimator:LOGIT",
    "mean": "means.estimator",
    "ratio": "means.estimator",
    "nl": "nonlinear.estimator",
    "teffects": "treatment.estimator",
    "ml": "programmed.estimator",
    "mlogit": "likelihood.estimator:MULTINOMIAL",
    "xtmelogit": "multilevel.estimator:MEAN",
    "meqrlogit": "multilevel.estimator:MEAN",
    "melogit": "multilevel.estimator:MEAN",
    "meprobit": "multilevel.estimator:MEAN",
    "mecloglog": "multilevel.estimator:MEAN",
    "xtmepoisson": "multilevel.estimator:MEAN",
    "meqrpoisson": "multilevel.estimator:MEAN",
    "mepoisson": "multilevel.estimator:MEAN",
    "meologit": "multilevel.estimator:CATEGORIES",
    "meoprobit": "multilevel.estimator:CATEGORIES",
    "nbreg": "likelihood.estimator:DISPERSED",
    "ologit": "likelihood.estimator:ORDERED",
    "oprobit": "likelihood.estimator:ORDERED",
    "poisson": "likelihood.estimator:COUNTS",
    "probit": "likelihood.estimator:PROBIT",
    "proportion": "means.estimator",
    "regress": "linear.regress",
    "rreg": "linear.rreg",
    "total": "means.estimator",
    "xtgee": "population.estimator",
    "xtreg": "linear.xtreg",
    "arima": "series.arima_estimator",
    "newey": "series.estimator:NEWEY",
    "prais": "series.estimator:PRAIS",
    "xtscc": "series.estimator:DRISCOLL_KRAAY",
    "qreg": "quantiles.estimator:SINGLE",
    "bsqreg": "quantiles.estimator:SINGLE",
    "sqreg": "quantiles.estimator:SEVERAL",
    "iqreg": "quantiles.estimator:SEVERAL",
    "cnsreg": "constrained.estimator",
    "reghdfe": "absorbed.estimator",
    "sureg": "systems.estimator",
    "mvreg": "systems.estimator",
    "reg3": "systems.estimator",
    "xtpoisson": "panels.count_estimator",
    "xtnbreg": "panels.count_estimator",
    "cloglog": "likelihood.estimator:CLOGLOG",
    "xtabond2": "dynamic.estimator",
    "xtivreg2": "instrumental.estimator",
    "xtivreg": "instrumental.panel_estimator",
    "suest": "systems.suest",
    "xtgls": "corrected.estimator:GENERALISED",
}
"""Module below `xmixed.estimation` of the estimator, by e(cmd); a module of several names which one."""

Option = Callable[..., Any]
"""option(name, default=None): the value of an option as `Command.option` gives it."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """Something that `predict` can make after a model, one number an observation, or several.

    Attributes
    ----------
    name, minimum : str
        The option and its shortest abbreviation.
    values : callable(e, frame, argument) -> ndarray, shape (rows of the frame,) or (rows of the frame, m)
        `argument` is what stands in parentheses, or in those of a modifier; "" without. The rows may shrink
        while it runs.
    label : callable(e, argument) -> str
        Label of the new variable.
    columns : callable(e, argument) -> tuple of str, or None
        Labels of the m new variables of a statistic that makes several.
    gradient : callable(e, frame, argument) -> ndarray, shape (rows of the frame, k), or None
        Derivatives by the coefficients; None where there is no closed form.
    linear : bool
        The values are the gradient times e(b).
    needs : str
        "covariates": any observation that has them; "outcome": and the dependent variable; "sample": only the
        estimation sample; "nothing": `values` sees to it.
    assumed : str
        What is said when the statistic is made without being asked for, `xb assumed; fitted values` (with
        `{depvar}` for the dependent variable); "" for one that must be asked for.
    takes : str
        What goes into the parentheses, for the message when it is not there; "" for a plain option.
    modifiers : tuple of OptionSpec
        Options of the statistic, of which one may be given: its text is the argument.
    combined : bool
        Several modifiers may be given; the argument is then all of them as typed, `outcome(2) fixedonly`.
    fewer : bool
        Names for the first of its variables alone may be given.
    beside : bool
        May also be asked for beside another statistic, with names of variables in parentheses.
    """

    name: str
    minimum: str
    values: Callable[[Estimates, EstimationFrame, str], np.ndarray]
    label: Callable[[Estimates, str], str]
    columns: Callable[[Estimates, str], tuple[str, ...]] | None = None
    gradient: Callable[[Estimates, EstimationFrame, str], np.ndarray] | None = None
    linear: bool = False
    needs: str = "covariates"
    assumed: str = ""
    takes: str = ""
    modifiers: tuple[OptionSpec, ...] = ()
    beside: bool = False
    combined: bool = False
    fewer: bool = False


class Estimator(Protocol):
    """A command that fits models, as other commands see it."""

    @property
    def options(self) -> tuple[OptionSpec, ...]:
        """Options of a replay."""
        ...

    @property
    def statistics(self) -> tuple[Statistic, ...]:
        """What `predict` can make; the default is the first with an `assumed`."""
        ...

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> Sequence[Line]:
        """Return the display, from the blank line before the header on."""
        ...

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        """Return the term of each coefficient of e(b); None for parameters that belong to no covariate."""
        ...


@runtime_checkable
class Tabular(Protocol):
    """An estimator whose table of coefficients can be shown under another header."""

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table with what belongs to it; `eform` and its kin exponentiate."""
        ...


@runtime_checkable
class HasInfluence(Protocol):
    """An estimator that says what each observation adds to e(b)."""

    def influence(self, estimates: Estimates, frame: EstimationFrame) -> np.ndarray:
        """Return each row's addition, (rows of the frame, k); a row of frequency f stands for f such."""
        ...

    def correction(self, estimates: Estimates) -> float:
        """Return the factor of small samples in a robust e(V)."""
        ...


@runtime_checkable
class HasMarginsDefault(Protocol):
    """An estimator whose margins are not those of what predict makes with the same options."""

    def margins_predict(self, estimates: Estimates, typed: str) -> str:
        """Return the options of predict that margins take for those typed, "" for none."""
        ...


@runtime_checkable
class ShowsExponentials(Protocol):
    """An estimator that may show exponentiated coefficients without being asked."""

    def usual_exponential(self, estimates: Estimates) -> str:
        """Return their head, `Odds Ratio`; "" where coefficients are shown."""
        ...


@dataclass(frozen=True, slots=True)
class TermTest:
    """A test of whole terms: what is shown, and r()."""

    lines: list[Line]
    scalars: dict[str, float]


@runtime_checkable
class TestsTerms(Protocol):
    """An estimator whose terms `test` takes by their names."""

    def term_test(self, estimates: Estimates, text: str) -> TermTest | None:
        """Return the test that a text asks for; None where it names no terms."""
        ...


SAME = (frozenset({"xtmixed", "mixed"}), frozenset({"logit", "logistic"}))
"""Commands that fit the same models under different names."""


def fit_the_same(first: str, second: str) -> bool:
    """Return whether two e(cmd) fit the same kind of model."""
    return first == second or any({first, second} <= names for names in SAME)


RESAMPLED = frozenset({"bootstrap", "jackknife"})
"""Prefixes that leave the results of another command with a covariance of their own."""


def has_prefix(estimates: Estimates) -> bool:
    """Return whether a prefix left the results, which are then shown in its way, not the command's."""
    return estimates.macros.get("prefix") in (*RESAMPLED, "svy") or "mi" in estimates.macros


def estimator_of(estimates: Estimates) -> Estimator:
    """Return the estimator that made results.

    Raises
    ------
    StataError
        r(301) `last estimates not found` where none did.
    """
    if estimates.macros.get("prefix") in RESAMPLED:
        resampling = importlib.import_module("xmixed.estimation.resampling.estimator")
        return resampling.resampled_estimator(estimates)
    if estimates.macros.get("prefix") == "svy":
        survey = importlib.import_module("xmixed.estimation.survey.estimator")
        return survey.survey_estimator(estimates)
    if "mi" in estimates.macros:
        pooling = importlib.import_module("xmixed.estimation.pooling.estimator")
        return pooling.pooled_estimator(estimates)
    found = own_estimator(estimates)
    if found is None:
        raise StataError(301, "last estimates not found")
    return found


def own_estimator(estimates: Estimates) -> Estimator | None:
    """Return the estimator of e(cmd), whatever prefix stood before the command; None where there is none."""
    name = MODULES.get(estimates.macros.get("cmd", ""))
    if name is None:
        return None
    module, _, own = name.partition(":")
    return getattr(importlib.import_module(f"xmixed.estimation.{module}"), own or "ESTIMATOR")
