"""From a sample to the e() of quantile regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.quantiles.fit import Rows, drawn_again, variance
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.session.results import Estimates
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.quantiles import tilted_sum

_TITLES = {
    "bsqreg": "bootstrap",
    "sqreg": "Simultaneous quantile regression",
    "iqreg": "Interquantile regression",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for.

    Attributes
    ----------
    command : str
        qreg, bsqreg, sqreg or iqreg.
    quantiles : tuple of float
    kind, method, bandwidth : str
        Of the variance of qreg: iid or robust; fitted or residual; the rule.
    reps : int
        Samples drawn by the others.
    """

    command: str
    cmdline: str
    quantiles: tuple[float, ...]
    kind: str = "iid"
    method: str = "fitted"
    bandwidth: str = "hsheather"
    reps: int = 20


def rows_of(sample: SingleSample) -> Rows:
    """Return the data of a settled sample; r(2001) for too few rows."""
    n = len(sample.y)
    columns = [np.ones(n) if own is None else own.astype(np.float64) for own in sample.columns]
    X = np.column_stack(columns) if columns else np.zeros((n, 0))
    if n <= X.shape[1] or not columns:
        raise StataError(2001, "insufficient observations")
    weights = None if sample.weighting is None else sample.weighting.fitted
    return Rows(sample.y, X, weights, observations(n, sample.weighting))


def fit(sample: SingleSample, request: Request, generator: np.random.Generator) -> Estimates:
    """Return e() of a settled sample, without its mark."""
    rows = rows_of(sample)
    found = [rows.fit(q) for q in request.quantiles]
    b, more = np.concatenate(found), {}
    spread = None
    if request.command == "qreg":
        spread = variance(rows, b, request.quantiles[0], request.kind, request.method, request.bandwidth)
        V = spread.variance
        more = {"bwidth": spread.bandwidth}
        if np.isfinite(spread.sparsity) and spread.sparsity > 0:
            more |= {"sparsity": spread.sparsity, "f_r": 1 / spread.sparsity}
    else:
        again = drawn_again(rows, request.quantiles, request.reps, generator)
        more = {"reps": float(len(again))}
        if request.command == "iqreg":
            k = len(found[0])
            b, again = found[1] - found[0], again[:, k:] - again[:, :k]
        V = np.atleast_2d(np.cov(again.T))
    return _estimates(sample, request, rows, found, b, V, more)


def _equations(sample: SingleSample, request: Request) -> FittedTerms:
    if request.command != "sqreg":
        return FittedTerms(sample.depvar, (FittedEquation("", sample.terms),))
    named = tuple(FittedEquation(equation_name(q), sample.terms) for q in request.quantiles)
    return FittedTerms(sample.depvar, named)


def equation_name(q: float) -> str:
    """Return `q25` of a quantile."""
    return f"q{100 * q:g}".replace(".", "_")


def _estimates(
    sample: SingleSample,
    request: Request,
    rows: Rows,
    found: list[np.ndarray],
    b: np.ndarray,
    V: np.ndarray,
    more: dict[str, float],
) -> Estimates:
    payload = _equations(sample, request)
    estimated = np.array([not term.status for own in payload.equations for term in own.terms])
    whole = np.zeros(len(estimated))
    whole[estimated] = b
    matrices = estimates_matrices(payload.names, sample.depvar, whole, whole_matrix(estimated, V), None)
    slopes = [place for place, column in enumerate(sample.columns) if column is not None]
    k = len(sample.columns)
    scalars = {"N": rows.n, "df_m": float(len(slopes)), "df_r": rows.n - k, "rank": float(k), **more}
    scalars["convcode"] = 0.0
    for number, (q, own) in enumerate(zip(request.quantiles, found, strict=True), 1):
        tail = "" if len(found) == 1 else str(number)
        raw = Rows(rows.y, np.ones((len(rows.y), 1)), rows.weights, rows.n).fit(q)
        smallest = tilted_sum(rows.y - rows.X @ own, q, rows.weights)
        largest = tilted_sum(rows.y - raw[0], q, rows.weights)
        scalars |= {f"q{tail}": q, f"sum_adev{tail}": smallest, f"sum_rdev{tail}": largest}
        scalars[f"q_v{tail}"] = float(raw[0])
        scalars[f"r2_p{tail}"] = 1 - smallest / largest if largest > 0 else 0.0
    if request.command == "sqreg":
        scalars["n_q"] = float(len(found))
    else:
        scalars["F"] = joint_statistic(b[slopes], V[np.ix_(slopes, slopes)]) / max(len(slopes), 1)
    robust = request.command == "qreg" and request.kind == "robust"
    drawn = request.command != "qreg"
    macros = {
        "cmd": request.command,
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "title": _title(request),
        "vce": "bootstrap" if drawn else request.kind,
        "vcetype": "Bootstrap" if drawn else "Robust" if robust else "",
        "denmethod": "" if drawn else request.method,
        "bwmethod": "" if drawn else request.bandwidth,
        "properties": "b V",
        "predict": "qreg_p",
        **weight_macros(sample),
    }
    macros = {name: text for name, text in macros.items() if text}
    return Estimates(scalars, macros, matrices, payload=payload)


def _title(request: Request) -> str:
    q = request.quantiles[0]
    kind = "Median" if q == 0.5 else f"{q:g} Quantile".removeprefix("0")
    if request.command in ("sqreg", "iqreg"):
        return _TITLES[request.command]
    tail = ", bootstrap(20) SEs" if request.command == "bsqreg" else ""
    return f"{kind} regression{tail.replace('20', str(request.reps))}"
