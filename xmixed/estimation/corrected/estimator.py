"""xtpcse as generic commands see it: display, terms, predictions."""

from __future__ import annotations

from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.output import Line
from xmixed.render.layouts.estimation.corrected import CorrectedHeader, render_header, render_rho
from xmixed.session.results import Estimates

_WITHOUT_SCORE = tuple(item for item in IV_STATISTICS if item.name in ("xb", "stdp", "residuals"))


def _rhos(estimates: Estimates) -> list[Line]:
    if "rhomat" not in estimates.matrices:
        return []
    rhos = estimates.matrices["rhomat"].values[0]
    one = "rho" in estimates.scalars
    return render_rho([float(rhos[0])] if one else rhos.tolist(), one)


def _header(estimates: Estimates) -> list[Line]:
    e, macros = estimates.scalars, estimates.macros
    header = CorrectedHeader(
        macros["title"],
        macros["ivar"],
        macros["tvar"],
        macros["panels"],
        macros["corr"],
        e["N"],
        e["N_g"],
        (e["g_min"], e["g_avg"], e["g_max"]),
        (e["n_cv"], e["n_cr"], e["n_cf"]),
        e["r2"],
        (e["df_m"], e["chi2"], e["p"]),
    )
    return render_header(header)


ESTIMATOR = FittedEstimator(_WITHOUT_SCORE, _header, inner=_rhos)
