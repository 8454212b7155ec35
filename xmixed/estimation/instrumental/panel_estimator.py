"""xtivreg: from equations over a sample to e(), and what generic commands ask."""

from __future__ import annotations

from dataclasses import replace

from xmixed.errors import StataError
from xmixed.estimation.equations.sample import SystemSample
from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.instrumental.panel import MODELS, InstrumentedPanel
from xmixed.estimation.linear.areg import groups_of
from xmixed.estimation.linear.statistics import XTREG_STATISTICS
from xmixed.estimation.linear.xtreg import estimates_of
from xmixed.estimation.single import SingleSample
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.beside import last_rule
from xmixed.render.layouts.estimation.panel import (
    PanelHeader,
    render_components,
    render_effects_test,
    render_header,
)
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail, f_tail

_TITLES = {
    "fe": "Fixed-effects (within) IV regression",
    "re": "G2SLS random-effects IV regression",
    "be": "Between-effects IV regression",
}


def fit(
    system: SystemSample, model: str, panel: str, cmdline: str, small: bool, lists: dict[str, str]
) -> tuple[Estimates, SingleSample]:
    """Return e() without its mark, and the sample with omitted terms marked.

    Parameters
    ----------
    system : SystemSample
        The model, and the instruments as the covariates of a second equation.
    lists : dict of str
        e(instd) and e(insts).

    Raises
    ------
    StataError
        r(481) where instruments are too few once groups are taken out.
    """
    base, stage = system.base, system.equations[1]
    groups = groups_of(base, panel)
    arrays = InstrumentedPanel(base.y, base.columns, stage.columns, groups)
    found = MODELS[model](arrays)
    settled = base.settled(found.fit.omitted)
    endogenous = set(lists["instd"].split())
    if any(term.status and term.without_marks() in endogenous for term in settled.terms):
        raise StataError(481, "equation not identified; instruments do not vary with what they stand for")
    statistic = found.statistic
    own = replace(found, statistic=statistic / max(found.df_model, 1)) if model != "re" else found
    conventional = replace(base, variance=replace(base.variance, kind="conventional"))
    estimates = estimates_of(model, own, conventional, settled, groups, panel, cmdline)
    e = estimates.scalars
    if model != "re":
        if small:
            e["p"] = f_tail(e["F"], e["df_m"], e["df_r"]) if e["F"] < MISSING else MISSING
        else:
            e |= {"chi2": statistic, "p": chi2_tail(statistic, e["df_m"])}
            e.pop("F")
            e["df_rz"] = e.pop("df_r")
    for name in ("ll", "ll_0", "mss", "r2"):
        e.pop(name, None)
    estimates.macros |= {"cmd": "xtivreg", "title": _TITLES[model], **lists}
    return estimates, settled


def _header(estimates: Estimates) -> list[Line]:
    e, model = estimates.scalars, estimates.macros["model"]
    test, tail = (f"Wald chi2({e['df_m']:.0f})", e.get("chi2", MISSING)), "chi2"
    if "F" in e:
        test, tail = (f"F({e['df_m']:.0f},{e['df_r']:.0f})", e["F"]), "F"
    last = {
        "fe": lambda: f"corr(u_i, Xb)  = {format_value(e['corr'], '%7.4f').strip()}",
        "re": lambda: "corr(u_i, X)       = 0 (assumed)",
        "be": lambda: f"sd(u_i + avg(e_i.))= {format_value(e['rmse'], '%9.0g').rjust(9)}",
    }[model]()
    # Stata: a share below zero is not shown.
    shares = tuple(e[name] if 0 <= e[name] <= 1 else MISSING for name in ("r2_w", "r2_b", "r2_o"))
    return render_header(
        PanelHeader(
            estimates.macros["title"],
            estimates.macros["ivar"],
            e["N"],
            e["N_g"],
            (e["g_min"], e["g_avg"], e["g_max"]),
            (shares[0], shares[1], shares[2]),
            "",
            test,
            (f"Prob > {tail}", e["p"]),
            last,
        )
    )


def _components(estimates: Estimates) -> list[Line]:
    e = estimates.scalars
    if "sigma_e" not in e:
        return []
    rows = [
        ("sigma_u", e["sigma_u"], ""),
        ("sigma_e", e["sigma_e"], ""),
        ("rho", e["rho"], "(fraction of variance due to u_i)"),
    ]
    return render_components(rows)


def _footer(estimates: Estimates) -> list[Line]:
    e, macros = estimates.scalars, estimates.macros
    lines: list[Line] = []
    if "F_f" in e:
        df = e["N"] - e["N_g"] - e["df_m"]
        p_value = f_tail(e["F_f"], e["df_a"], df) if e["F_f"] < MISSING else MISSING
        lines += [render_effects_test(e["df_a"], df, e["F_f"], p_value), last_rule()]
    lines += [line(f"Instrumented:   {macros['instd']}"), line(f"Instruments:    {macros['insts']}")]
    return [*lines, last_rule()]


ESTIMATOR = FittedEstimator(XTREG_STATISTICS, _header, _footer, inner=_components)
