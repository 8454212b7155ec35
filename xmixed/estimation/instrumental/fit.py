"""From a sample and its lists of columns to the e() of a regression with instrumental variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.linear.variance import Clusters, observations
from xmixed.estimation.sample import SampleColumns, resolve_terms
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.language.nodes import Varlist
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail, f_tail
from xmixed.statistics.linear.instrumental import (
    Instrumented,
    InstrumentedFit,
    Moments,
    gmm,
    k_class,
    liml_kappa,
)
from xmixed.statistics.linear.joint import joint_statistic

_MOST_STEPS = 2


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for beside its sample.

    Attributes
    ----------
    command : str
        ivregress or ivreg2.
    estimator : str
        2sls, liml or gmm.
    weight_matrix : str
        robust, unadjusted or cluster; gmm.
    fuller : float
        What Fuller's modification takes off; 0 for none.
    steps : int
        Most steps of GMM.
    absorbed : int
        Means of panels that were taken out of the columns, and count as coefficients.
    """

    command: str
    cmdline: str
    estimator: str
    small: bool = False
    weight_matrix: str = "robust"
    center: bool = False
    fuller: float = 0.0
    steps: int = _MOST_STEPS
    tolerance: float = 1e-6
    absorbed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """The columns of a model over its sample: endogenous and exogenous covariates, excluded instruments.

    Attributes
    ----------
    endogenous, exogenous, instruments : tuple of Term
        Those with a status are not estimated; the constant is not among them.
    columns : dict of Term to ndarray
    constant : bool
    notes : tuple of str
    """

    endogenous: tuple[Term, ...]
    exogenous: tuple[Term, ...]
    instruments: tuple[Term, ...]
    columns: dict[Term, np.ndarray]
    constant: bool
    notes: tuple[str, ...]

    def matrix(self, terms: Sequence[Term]) -> np.ndarray:
        """Return the columns of the terms that are estimated, (n, k)."""
        used = [self.columns[term] for term in terms if not term.status]
        n = len(next(iter(self.columns.values())))
        return np.column_stack(used) if used else np.zeros((n, 0))


def lists_of(
    context: Context, rows: np.ndarray, groups: tuple[Varlist, Varlist, Varlist], constant: bool
) -> Lists:
    """Return the columns of endogenous, exogenous and excluded variables, collinear ones marked.

    Raises
    ------
    StataError
        r(481) where there are fewer instruments than endogenous covariates.
    """
    sample = SampleColumns(context, rows.copy())
    resolved = [resolve_terms(group, context) for group in groups]
    for terms in resolved:
        sample.add_terms(terms)
    sample.close()
    endogenous, exogenous, instruments = ([*sample.expanded(terms)] for terms in resolved)
    notes: list[str] = []
    base = [term for term in exogenous if not term.status]
    _mark(sample, exogenous, [], constant, notes)
    base = [term for term in exogenous if not term.status]
    _mark(sample, endogenous, base, constant, notes)
    _mark(sample, instruments, base, constant, notes)
    wanted = sum(not term.status for term in endogenous)
    if sum(not term.status for term in instruments) < wanted:
        raise StataError(
            481,
            "equation not identified; must have at least as many instruments not in\n"
            "the regression as there are instrumented variables",
        )
    every = [term for terms in (endogenous, exogenous, instruments) for term in terms if not term.status]
    columns = {term: sample.column(term) for term in every}
    if not columns:
        columns = {Term(()): np.ones(int(np.count_nonzero(rows)))}
    return Lists(
        tuple(endogenous),
        tuple(exogenous),
        tuple(instruments),
        columns,
        constant,
        tuple(dict.fromkeys(notes)),
    )


def _mark(
    sample: SampleColumns, terms: list[Term], before: list[Term], constant: bool, notes: list[str]
) -> None:
    """Mark the terms that are combinations of others before them."""
    places = [place for place, term in enumerate(terms) if not term.status]
    gone = sample.omitted([*before, *(terms[place] for place in places)], constant)[len(before) :]
    for place, out in zip(places, gone, strict=True):
        if out:
            notes.append(f"note: {terms[place].without_marks()} omitted because of collinearity")
            terms[place] = replace(terms[place], status="omitted")


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A model in standardised columns, rows multiplied by the root of their weights.

    Attributes
    ----------
    model : Instrumented
    back : ndarray, shape (k, k)
        From its coefficients to those of the user.
    root : ndarray, shape (n,)
        Roots of the weights.
    extra : ndarray, shape (n,)
        What scores are multiplied by for outer products: a row of frequency w stands for w rows.
    n : float
        Observations.
    centred : bool
        Whether there is a constant.
    """

    model: Instrumented
    back: np.ndarray
    root: np.ndarray
    extra: np.ndarray
    n: float
    centred: bool


def prepare(sample: SingleSample, lists: Lists) -> Prepared:
    weighting = sample.weighting
    w = np.ones(len(sample.y)) if weighting is None else weighting.fitted
    root = np.sqrt(w)
    frequencies = weighting is None or weighting.kind == "fweight"
    endogenous, exogenous = lists.matrix(lists.endogenous), lists.matrix(lists.exogenous)
    instruments = lists.matrix(lists.instruments)
    n = len(sample.y)
    ones = np.ones((n, 1 if lists.constant else 0))

    def standardised(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        center = np.average(values, axis=0, weights=w) if lists.constant else np.zeros(values.shape[1])
        moved = values - center
        scale = np.sqrt(np.average(moved**2, axis=0, weights=w)) if values.shape[1] else np.ones(0)
        scale = np.where(scale > 0, scale, 1.0)
        return moved / scale, center, scale

    (Y, c1, s1), (W, c2, s2) = standardised(endogenous), standardised(exogenous)
    Zs, _, _ = standardised(instruments)
    X = np.hstack([Y, W, ones])
    k = X.shape[1]
    back = np.diag(np.concatenate([1 / s1, 1 / s2, np.ones(ones.shape[1])]))
    if lists.constant:
        back[-1, : k - 1] = -np.concatenate([c1 / s1, c2 / s2])
    model = Instrumented(
        sample.y * root, X * root[:, None], np.hstack([Zs, W, ones]) * root[:, None], endogenous.shape[1]
    )
    extra = 1 / root if frequencies else np.ones(n)
    return Prepared(model, back, root, extra, observations(n, weighting), lists.constant)


def meat(
    prepared: Prepared, columns: np.ndarray, residuals: np.ndarray, clusters: Clusters | None
) -> np.ndarray:
    """Return the sum of outer products of columns times residuals, by rows or clusters."""
    if clusters is None:
        own = columns * (residuals * prepared.extra)[:, None]
        return own.T @ own
    scores = columns * residuals[:, None]
    sums = np.stack(
        [np.bincount(clusters.codes, column, minlength=clusters.count) for column in scores.T], axis=1
    )
    return sums.T @ sums


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fit with what tests of it need; see `Prepared`."""

    prepared: Prepared
    found: InstrumentedFit
    variance: np.ndarray
    estimates: Estimates


def moments_of(request: Request, prepared: Prepared, clusters: Clusters | None) -> Moments:
    """Return the covariance of the sums of z e that a weight matrix asks for."""
    model = prepared.model

    def moments(residuals: np.ndarray) -> np.ndarray:
        if request.weight_matrix == "unadjusted":
            return model.Z.T @ model.Z * (float(residuals @ residuals) / prepared.n)
        found = meat(prepared, model.Z, residuals, clusters if request.weight_matrix == "cluster" else None)
        if request.center:
            mean = model.Z.T @ residuals
            found = found - np.outer(mean, mean) / prepared.n
        return found

    return moments


def fit(sample: SingleSample, lists: Lists, request: Request) -> Fitted:
    """Fit a model; return it with e() without its mark.

    Raises
    ------
    FloatingPointError
        Where a matrix has no inverse.
    """
    prepared = prepare(sample, lists)
    model, n = prepared.model, prepared.n
    k = model.X.shape[1]
    robust = sample.variance.kind in ("robust", "cluster")
    clusters = sample.clusters
    steps, J = 1, MISSING
    weight = np.zeros((0, 0))
    try:
        if request.estimator == "gmm":
            moments = moments_of(request, prepared, clusters)
            found, weight, steps = gmm(model, moments, request.steps, request.tolerance)
            pull = model.Z.T @ found.residuals
            J = float(pull @ weight @ pull)
        else:
            kappa = 1.0
            if request.estimator == "liml" and model.endogenous:
                kappa = liml_kappa(model)
                kappa -= request.fuller / (n - model.Z.shape[1]) if request.fuller else 0.0
            found = k_class(model, kappa)
    except np.linalg.LinAlgError:
        raise FloatingPointError("singular") from None
    rss = float(found.residuals @ found.residuals)
    df, whole = n - k - request.absorbed, n - request.absorbed
    sigma2 = rss / (df if request.small else whole)
    factor = n / df if request.small else n / whole
    if clusters is not None and request.small:
        factor = (n - 1) / df * clusters.count / (clusters.count - 1)
    if request.estimator == "gmm":
        weight_used = moments_of(request, prepared, clusters)(found.residuals)
        cross = model.Z.T @ model.X
        weight = np.linalg.inv(weight_used) if request.weight_matrix == "unadjusted" else weight
        gain = found.bread @ cross.T @ weight
        kind = "cluster" if clusters is not None else "robust" if robust else request.weight_matrix
        S = moments_of(replace(request, weight_matrix=kind, center=False), prepared, clusters)(
            found.residuals
        )
        inner = factor * gain @ S @ gain.T
    elif robust:
        inner = factor * found.bread @ meat(prepared, found.scored, found.residuals, clusters) @ found.bread
    else:
        inner = sigma2 * found.bread
    variance = prepared.back @ inner @ prepared.back.T
    variance = (variance + variance.T) / 2
    estimates = _estimates(sample, lists, request, prepared, found, variance, J, steps)
    return Fitted(prepared, found, variance, estimates)


def _estimates(
    sample: SingleSample,
    lists: Lists,
    request: Request,
    prepared: Prepared,
    found: InstrumentedFit,
    variance: np.ndarray,
    J: float,
    steps: int,
) -> Estimates:
    terms = (*lists.endogenous, *lists.exogenous, *((Term(()),) if lists.constant else ()))
    estimated = np.array([not term.status for term in terms], dtype=bool)
    beta = prepared.back @ found.beta
    b = np.zeros(len(terms))
    b[estimated] = beta
    names = [term.name for term in terms]
    matrices = estimates_matrices(names, sample.depvar, b, whole_matrix(estimated, variance), None)
    n, k = prepared.n, len(beta)
    slopes = list(range(k - 1 if lists.constant else k))
    chi2 = joint_statistic(beta[slopes], variance[np.ix_(slopes, slopes)])
    rss = float(found.residuals @ found.residuals)
    y = prepared.model.y
    center = float(y @ prepared.root) / float(prepared.root @ prepared.root) if lists.constant else 0.0
    tss = float(np.sum((y - center * prepared.root) ** 2))
    df = n - k - request.absorbed
    scalars = {
        "N": n,
        "mss": tss - rss,
        "rss": rss,
        "df_m": float(len(slopes)),
        "r2": 1 - rss / tss if tss > 0 else MISSING,
        "rmse": float(np.sqrt(rss / (df if request.small else n - request.absorbed))),
        "rank": float(k),
        "iterations": float(steps),
    }
    if request.small:
        # Stata: with clusters the tests have as many degrees of freedom as clusters less one.
        df_r = float(sample.clusters.count - 1) if sample.clusters is not None else df
        statistic = chi2 / len(slopes) if slopes else MISSING
        scalars |= {
            "df_r": df_r,
            "F": statistic,
            "p": f_tail(statistic, len(slopes), df_r) if slopes else MISSING,
        }
        scalars["r2_a"] = 1 - (1 - scalars["r2"]) * (n - lists.constant) / df
    else:
        scalars |= {"chi2": chi2, "p": chi2_tail(chi2, len(slopes)) if slopes else MISSING}
    if sample.clusters is not None:
        scalars["N_clust"] = float(sample.clusters.count)
    if request.estimator == "liml":
        scalars["kappa"] = found.kappa
    if J < MISSING:
        scalars["J"] = J
    scalars = {name: float(value) if np.isfinite(value) else MISSING for name, value in scalars.items()}
    payload = FittedTerms(sample.depvar, (FittedEquation("", terms),))
    return Estimates(scalars, _macros(sample, lists, request), matrices, payload=payload)


_TITLES = {"2sls": "2SLS", "liml": "LIML", "gmm": "GMM"}


def _macros(sample: SingleSample, lists: Lists, request: Request) -> dict[str, str]:
    robust = sample.variance.kind in ("robust", "cluster") or (
        request.estimator == "gmm" and request.weight_matrix != "unadjusted"
    )

    def shown(terms: Sequence[Term]) -> str:
        return " ".join(term.without_marks() for term in terms if not term.status)

    macros = {
        "cmd": request.command,
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "instd": shown(lists.endogenous),
        "exogr": shown(lists.exogenous),
        "insts": f"{shown(lists.exogenous)} {shown(lists.instruments)}".strip(),
        "exexog": shown(lists.instruments),
        "title": f"Instrumental variables ({_TITLES[request.estimator]}) regression",
        "estimator": request.estimator,
        "small": "small" if request.small else "",
        "constant": "" if lists.constant else "noconstant",
        "wmatrix": request.weight_matrix.capitalize() if request.estimator == "gmm" else "",
        "vce": sample.variance.kind if sample.variance.kind != "ols" else "unadjusted",
        "vcetype": "Robust" if robust else "",
        "clustvar": sample.variance.cluster,
        "properties": "b V",
        "predict": "ivregress_p",
        "estat_cmd": "ivregress_estat",
        **weight_macros(sample),
    }
    return {name: text for name, text in macros.items() if text}
