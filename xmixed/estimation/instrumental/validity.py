"""Tests after instrumental-variables regression: weak instruments, overidentification, endogeneity.

Sargan (1958), Basmann (1960), Hansen (1982), Wooldridge (1995), Durbin (1954), Wu (1974), Cragg and Donald
(1993).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.estimation.instrumental.fit import Fitted, Prepared, meat
from xmixed.estimation.instrumental.model import Model
from xmixed.estimation.linear import regress
from xmixed.estimation.single import SingleSample, Variance
from xmixed.expressions.factors.terms import Term
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail, f_tail
from xmixed.statistics.linear.instrumental import k_class
from xmixed.statistics.linear.joint import joint_statistic


@dataclass(frozen=True, slots=True)
class Test:
    """A statistic with its degrees of freedom; `df_residual` None for chi2."""

    label: str
    statistic: float
    df: int
    df_residual: float | None = None

    @property
    def p_value(self) -> float:
        if self.df_residual is None:
            return chi2_tail(self.statistic, self.df)
        return f_tail(self.statistic, self.df, self.df_residual)


@dataclass(frozen=True, slots=True, eq=False)
class FirstStage:
    """The regression of an endogenous variable on all instruments.

    Attributes
    ----------
    estimates : Estimates
    r2, r2_adjusted, r2_partial : float
        The last: of the excluded instruments, the exogenous covariates taken out.
    test : Test
        That these have no effect.
    """

    name: str
    estimates: Estimates
    r2: float
    r2_adjusted: float
    r2_partial: float
    test: Test


def first_stages(model: Model) -> list[FirstStage]:
    """Return the first-stage regressions, with the kind of variance that the model has."""
    lists, found = model.lists, []
    terms = (*lists.exogenous, *lists.instruments, *((Term(()),) if lists.constant else ()))
    excluded = {term for term in lists.instruments if not term.status}
    kind = model.sample.variance.kind
    variance = replace(model.sample.variance, kind=kind if kind in ("robust", "cluster") else "ols")
    for own in (term for term in lists.endogenous if not term.status):
        sample = _regression(model.sample, own, terms, model, variance)
        estimates, _ = regress.fit(sample, "")
        b, V = estimates.matrices["b"].values[0], estimates.matrices["V"].values
        places = [place for place, term in enumerate(terms) if term in excluded]
        statistic = joint_statistic(b[places], V[np.ix_(places, places)]) / len(places)
        short = tuple(term for term in terms if term not in excluded)
        rest, _ = regress.fit(_regression(model.sample, own, short, model, replace(variance, kind="ols")), "")
        e = estimates.scalars
        partial = 1 - e["rss"] / rest.scalars["rss"] if short else e["r2"]
        test = Test("F", statistic, len(places), e["df_r"])
        found.append(FirstStage(own.without_marks(), estimates, e["r2"], e["r2_a"], partial, test))
    return found


def _regression(
    sample: SingleSample, own: Term, terms: tuple[Term, ...], model: Model, variance: Variance
) -> SingleSample:
    columns = model.lists.columns
    return replace(
        sample,
        depvar=own.without_marks(),
        y=columns[own],
        terms=terms,
        columns=tuple(columns[term] if term.parts else None for term in terms if not term.status),
        variance=variance,
        clusters=sample.clusters if variance.kind == "cluster" else None,
        notes=(),
    )


def smallest_eigenvalue(prepared: Prepared) -> float:
    """Return Cragg and Donald's statistic; with one endogenous variable the F of its excluded instruments."""
    model = prepared.model
    Y, exogenous = model.X[:, : model.endogenous], model.X[:, model.endogenous :]
    excluded = model.Z.shape[1] - exogenous.shape[1]
    Q, _ = np.linalg.qr(exogenous) if exogenous.shape[1] else (np.zeros((len(Y), 0)), None)
    outer = Y - Q @ (Q.T @ Y)
    inner = Y - model.projected(Y)
    half = np.linalg.inv(np.linalg.cholesky(inner.T @ inner))
    between = outer.T @ outer - inner.T @ inner
    smallest = np.linalg.eigvalsh(half @ between @ half.T)[0]
    return float(smallest * (prepared.n - model.Z.shape[1]) / excluded)


def overidentification(model: Model, fitted: Fitted) -> list[Test]:
    """Return the tests that instruments in excess are valid; none where there are no such."""
    prepared, own = fitted.prepared, fitted.prepared.model
    df = own.Z.shape[1] - own.X.shape[1]
    if df <= 0:
        return []
    if model.request.estimator == "gmm":
        return [Test("Hansen's J", fitted.estimates.scalars["J"], df)]
    e = fitted.found.residuals
    if model.sample.variance.kind in ("robust", "cluster"):
        return [Test("Score", _score_test(model, fitted, df), df)]
    explained = own.projected(e)
    inside, rss = float(explained @ explained), float(e @ e)
    left = prepared.n - own.Z.shape[1]
    if model.request.estimator == "liml":
        kappa = fitted.found.kappa
        return [
            Test("Anderson-Rubin", prepared.n * float(np.log(kappa)), df),
            Test("Basmann", (kappa - 1) * left / df, df, left),
        ]
    basmann = left * inside / (rss - inside)
    return [Test("Sargan (score)", prepared.n * inside / rss, df), Test("Basmann", basmann, df)]


def _score_test(model: Model, fitted: Fitted, df: int) -> float:
    """Return Wooldridge's robust score: of residuals and of instruments cleared of fitted covariates."""
    prepared, own = fitted.prepared, fitted.prepared.model
    Q, _ = np.linalg.qr(own.projected(own.X))
    # The excluded instruments stand first.
    extra = own.Z[:, : own.Z.shape[1] - (own.X.shape[1] - own.endogenous)][:, :df]
    extra = extra - Q @ (Q.T @ extra)
    return _against_zero(prepared, extra, fitted.found.residuals, model)


def _against_zero(prepared: Prepared, columns: np.ndarray, residuals: np.ndarray, model: Model) -> float:
    """Return s' M^-1 s, s the sum of products of columns and residuals, M their outer products."""
    total = columns.T @ residuals
    clusters = model.sample.clusters
    return float(total @ np.linalg.solve(meat(prepared, columns, residuals, clusters), total))


def endogeneity(model: Model, fitted: Fitted) -> list[Test]:
    """Return the tests that covariates taken as endogenous are exogenous."""
    prepared, own = fitted.prepared, fitted.prepared.model
    count = own.endogenous
    Y = own.X[:, :count]
    v = Y - own.projected(Y)
    Q, _ = np.linalg.qr(own.X)
    e = own.y - Q @ (Q.T @ own.y)
    cleared = v - Q @ (Q.T @ v)
    left = prepared.n - own.X.shape[1] - count
    if model.sample.variance.kind in ("robust", "cluster"):
        score = _against_zero(prepared, cleared, e, model)
        whole = np.hstack([own.X, v])
        found = np.linalg.lstsq(whole, own.y, rcond=None)[0]
        bread = np.linalg.inv(whole.T @ whole)
        errors = own.y - whole @ found
        clusters = model.sample.clusters
        factor, df_r = prepared.n / left, left
        if clusters is not None:
            factor = (prepared.n - 1) / left * clusters.count / (clusters.count - 1)
            df_r = clusters.count - 1.0
        V = factor * bread @ meat(prepared, whole, errors, clusters) @ bread
        statistic = joint_statistic(found[-count:], V[-count:, -count:]) / count
        return [Test("Robust score", score, count), Test("Robust regression", statistic, count, df_r)]
    both = np.hstack([own.Z, Y])
    P, _ = np.linalg.qr(both)
    exogenous, plain = P.T @ e, k_class(own).residuals
    inside = own.projected(plain)
    durbin = (float(exogenous @ exogenous) - float(inside @ inside)) / (float(e @ e) / prepared.n)
    R, _ = np.linalg.qr(np.hstack([own.X, v]))
    rss = float(np.sum((own.y - R @ (R.T @ own.y)) ** 2))
    wu = (float(e @ e) - rss) / count / (rss / left)
    return [Test("Durbin (score)", durbin, count), Test("Wu-Hausman", wu, count, left)]
