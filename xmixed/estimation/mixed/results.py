"""e() after xtmixed: scalars, macros and matrices of the manual's Saved results."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.coefficients import Centred
from xmixed.estimation.mixed.fit import FittedModel
from xmixed.estimation.mixed.model import RESIDUAL, MixedResult, ResidualSummary
from xmixed.language.nodes.estimators import MixedCommand
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import chi2_tail

SCALES = ("log_sd", "log_sd_residual", "residual_log_ratio")
CORRELATIONS = ("atanh_correlation", "residual_atanh", "residual_logit")
_SINGULAR = 1e-11
"""Eigenvalues of a robust correlation matrix that are zero but for rounding, relative to the largest."""


def build_estimates(node: MixedCommand, command: str, fitted: FittedModel) -> Estimates:
    """Return e(), complete but for the mark of the estimation sample."""
    matrices = _matrices(fitted.result)
    return Estimates(
        scalars=_scalars(node, fitted),
        macros=_macros(node, command, fitted),
        matrices=matrices,
        payload=fitted.result,
        centred=_centred(fitted, matrices["V"].values),
    )


def _centred(fitted: FittedModel, V: np.ndarray) -> Centred | None:
    """Return e(V) for covariates less their centers; None without a constant."""
    fit, result = fitted.fit, fitted.result
    terms = result.description.terms
    constant = next((place for place, term in enumerate(terms) if not term.parts), None)
    if constant is None:
        return None
    own = [place for place, term in enumerate(terms) if not term.status]
    origins = np.zeros(len(V))
    origins[own] = fit.centers
    if result.robust is not None:
        found = result.robust.centred
        return None if found is None else Centred(origins, constant, found, V)
    near = V.copy()
    near[np.ix_(own, own)] = fit.centred_covariance
    return Centred(origins, constant, near, V)


def _scalars(node: MixedCommand, fitted: FittedModel) -> dict[str, float]:
    fit, result = fitted.fit, fitted.result
    kinds = [parameter.kind for parameter in result.parameters]
    n_sd = sum(kind in SCALES for kind in kinds)
    n_correlations = sum(kind in CORRELATIONS for kind in kinds)
    residuals = result.description.residuals
    k_f = sum(not term.status for term in result.description.terms)
    scalars: dict[str, float] = {
        "N": float(result.description.n_obs),
        "k": float(k_f + len(kinds)),
        "k_f": float(k_f),
        "k_r": float(len(kinds)),
        "k_rs": float(n_sd),
        "k_rc": float(n_correlations),
        "k_res": float(sum(parameter.equation == RESIDUAL for parameter in result.parameters)),
        "nrgroups": float(max(1, len(residuals.groups))) if residuals else 1.0,
    }
    scalars |= _orders(residuals)
    df_m, chi2 = wald_test(result)
    scalars |= {"df_m": float(df_m), "ll": float(fit.log_likelihood), "chi2": chi2}
    scalars["p"] = chi2_tail(chi2, df_m) if chi2 < MISSING else MISSING
    if not node.option("nolrtest") and result.robust is None:
        scalars |= _comparison(fitted)
    if result.robust is not None and result.robust.cluster:
        scalars["N_clust"] = float(result.robust.n_clusters)
    scalars["rank"] = float(_rank(result))
    scalars["rc"] = 0.0 if fit.optimization.converged else 430.0
    scalars["converged"] = float(fit.optimization.converged)
    # Ours: how many variance parameters are on the boundary; only where there are any.
    if fitted.diagnosis.boundary:
        scalars["k_boundary"] = float(len(fitted.diagnosis.boundary))
    return scalars


def _orders(residuals: ResidualSummary | None) -> dict[str, float]:
    if residuals is None or not residuals.form.ordered:
        return {}
    orders = {"res_order": float(residuals.order)}
    own = residuals.form.order_name
    return {own: orders["res_order"]} | orders if own else orders


def _comparison(fitted: FittedModel) -> dict[str, float]:
    """Return the test against linear regression: half the tail of chi2(1) for one variance (FORMAT A7)."""
    df = len(fitted.result.parameters) - 1
    found = {"ll_c": float(fitted.fit.comparison.log_likelihood)}
    if df <= 0:
        return found
    gain = float(fitted.fit.log_likelihood) - found["ll_c"]
    # On the boundary both likelihoods are the same number but for rounding.
    chi2 = 0.0 if gain <= 1e-12 * abs(found["ll_c"]) else 2 * gain
    if not np.isfinite(chi2):
        chi2 = MISSING
    tail = chi2_tail(chi2, df) if chi2 < MISSING else MISSING
    random = any(parameter.kind == "log_sd" for parameter in fitted.result.parameters)
    if df == 1 and random and chi2 < MISSING:
        tail = 1.0 if chi2 == 0 else tail / 2
    return found | {"chi2_c": chi2, "df_c": float(df), "p_c": tail}


def wald_test(result: MixedResult) -> tuple[int, float]:
    """Return (degrees of freedom, chi2) of the test that all fixed effects but the constant are zero.

    The degrees of freedom are the rank of their covariance; (0, missing) when there is nothing to test. A
    robust covariance of fewer clusters than coefficients has no inverse, and the test is missing.
    """
    tested = [place for place, term in enumerate(result.description.terms) if term.parts and not term.status]
    if not tested:
        return 0, MISSING
    beta = result.beta[tested]
    covariance = result.beta_covariance[np.ix_(tested, tested)]
    scale = np.sqrt(np.diag(covariance))
    if not np.all(np.isfinite(scale)) or not np.all(scale > 0):
        return len(tested), MISSING
    # Scaled to a correlation matrix, so that units do not decide what counts as rank.
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    kept = values > (1e-14 * len(values) if result.robust is None else _SINGULAR) * values[-1]
    if result.robust is not None and not kept.all():
        return int(np.count_nonzero(kept)), MISSING
    projected = vectors[:, kept].T @ (beta / scale)
    return int(np.count_nonzero(kept)), float(np.sum(projected**2 / values[kept]))


def _rank(result: MixedResult) -> int:
    """Return the rank of e(V): that of a robust one is at most the number of clusters less one."""
    if result.robust is None:
        variances = (result.beta_covariance, result.parameter_covariance)
        return sum(int(np.count_nonzero(np.diag(variance) > 0)) for variance in variances)
    covariance = result.robust.variance
    scale = np.sqrt(np.diag(covariance))
    used = np.flatnonzero(scale > 0)
    if not len(used):
        return 0
    correlation = covariance[np.ix_(used, used)] / np.outer(scale[used], scale[used])
    values = np.linalg.eigvalsh(correlation)
    return int(np.count_nonzero(values > _SINGULAR * values[-1]))


def _macros(node: MixedCommand, command: str, fitted: FittedModel) -> dict[str, str]:
    description = fitted.result.description
    equations = description.equations
    technique = " ".join(str(node.option("technique", "nr")).lower().split())
    macros = {
        "cmd": command,
        "cmdline": node.text.strip(),
        "depvar": description.depvar,
        "ivars": " ".join(equation.level for equation in equations),
        "title": description.title,
        "redim": " ".join(str(equation.dimension) for equation in equations),
        "vartypes": " ".join(equation.structure.capitalize() for equation in equations),
        "revars": " ".join(name for equation in equations for name in equation.effects),
        **_residual_macros(node, description.residuals),
        "chi2type": "Wald",
        "vce": "oim",
        "method": description.method.upper(),
        "opt": "ml",
        "optmetric": "matlog" if node.option("matlog") else "matsqrt",
        "emonly": "emonly" if node.option("emonly") else "",
        "ml_method": "d2",
        "technique": technique,
        "properties": "b V",
        "estat_cmd": "xtmixed_estat",
        "predict": "xtmixed_p",
    }
    macros |= _weight_macros(fitted.result)
    # Ours: Stata has no such macros; a fit with nothing to remark has none either.
    diagnosis = fitted.diagnosis
    macros["verdict"] = "" if diagnosis.verdict == "converged" else diagnosis.verdict
    macros["boundary"] = " ".join(diagnosis.boundary)
    macros["unidentified"] = " ".join(diagnosis.unidentified)
    # Stata: an empty macro does not exist.
    return {name: text for name, text in macros.items() if text}


def _residual_macros(node: MixedCommand, residuals: ResidualSummary | None) -> dict[str, str]:
    typed = node.options.get("residuals")
    inside = node.text[typed.span.start : typed.span.end] if typed else ""
    shown = residuals or ResidualSummary("independent")
    return {
        "resopt": inside[inside.find("(") + 1 :].rstrip().removesuffix(")").strip(),
        "rstructure": shown.structure,
        "rstructlab": shown.title,
        "rbyvar": shown.by,
        "rglabels": " ".join(f'"{label}"' for label in shown.groups),
        "timevar": shown.time,
    }


def _weight_macros(result: MixedResult) -> dict[str, str]:
    """Return what e() says of weights and of a robust variance."""
    found: dict[str, str] = {}
    weights, robust = result.weights, result.robust
    if weights is not None:
        if weights.expression:
            found |= {"wtype": weights.kind, "wexp": f"= {weights.expression}"}
        found |= {f"{weights.kind}{place}": text for place, text in enumerate(weights.levels, 1)}
        found["pwscale"] = weights.scale
    if robust is not None:
        found |= {"vce": robust.kind, "vcetype": "Robust", "clustvar": robust.cluster}
    return found


def column_names(result: MixedResult) -> list[str]:
    """Return the names of e(b): `weight:week`, `lns1_1_1:_cons`."""
    depvar = result.description.depvar
    fixed = [f"{depvar}:{term.name}" for term in result.description.terms]
    return fixed + [f"{parameter.name}:_cons" for parameter in result.parameters]


def _matrices(result: MixedResult) -> dict[str, Matrix]:
    names = column_names(result)
    n_fixed = len(result.beta)
    covariance = np.zeros((len(names), len(names)))
    covariance[:n_fixed, :n_fixed] = result.beta_covariance
    covariance[n_fixed:, n_fixed:] = result.parameter_covariance
    covariance = (covariance + covariance.T) / 2
    if result.robust is not None:
        covariance = result.robust.variance
    estimates = np.concatenate([result.beta, result.estimates])[None, :]
    matrices = {
        "b": Matrix(estimates, ["y1"], list(names)),
        "V": Matrix(covariance, list(names), list(names)),
    }
    residuals = result.description.residuals
    if residuals is not None and residuals.times:
        columns = [f"c{place}" for place in range(1, len(residuals.times) + 1)]
        matrices["tmap"] = Matrix(np.array([residuals.times]), ["r1"], columns)
    if result.robust is not None:
        matrices["V_modelbased"] = Matrix(result.robust.model_based, list(names), list(names))
    levels = result.description.levels
    if levels:
        columns = [f"c{place}" for place in range(1, len(levels) + 1)]
        for name, values in (
            ("N_g", [level.n_groups for level in levels]),
            ("g_min", [level.smallest for level in levels]),
            ("g_avg", [level.average for level in levels]),
            ("g_max", [level.largest for level in levels]),
        ):
            matrices[name] = Matrix(np.array([values], dtype=np.float64), ["r1"], list(columns))
    return matrices
