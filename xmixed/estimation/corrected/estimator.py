"""xtpcse and xtgls as generic commands see them: display, terms, predictions."""

from __future__ import annotations

from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.beside import PANEL, Entry, chi2_entries, render_beside
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


def _generalised_header(estimates: Estimates) -> list[Line]:
    e, macros = estimates.scalars, estimates.macros
    top = [
        macros["title"],
        "",
        f"Coefficients:  {macros['coefftype']}",
        f"Panels:        {macros['vt']}",
        f"Correlation:   {macros['corr']}",
        "",
    ]
    counts = [
        f"Estimated {name:<16} = {e[key]:>9.0f}"
        for name, key in (("covariances", "n_cv"), ("autocorrelations", "n_cr"), ("coefficients", "n_cf"))
    ]
    entries = [Entry("Number of obs", e["N"]), Entry("Number of groups", e["N_g"])]
    if e["g_min"] == e["g_max"]:
        entries.append(Entry("Time periods", e["N_t"]))
    else:
        entries += [
            Entry("Obs per group: min", e["g_min"]),
            Entry("               avg", e["g_avg"], "%9.0g"),
            Entry("               max", e["g_max"]),
        ]
        counts += ["", ""]
    ll = f"Log likelihood             = {format_value(e['ll'], '%10.0g').strip():>9}" if "ll" in e else ""
    test = chi2_entries("Wald", e["df_m"], e["chi2"], e["p"])
    return [*(line(text) for text in top), *render_beside([*counts, "", ll], [*entries, *test], PANEL)]


GENERALISED = FittedEstimator(_WITHOUT_SCORE, _generalised_header)
