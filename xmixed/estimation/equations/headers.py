"""What stands above and below the tables of models of several equations."""

from __future__ import annotations

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.beside import (
    LIKELIHOOD,
    NARROW,
    PANEL,
    Entry,
    chi2_entries,
    last_rule,
    likelihood_text,
    render_beside,
    render_test,
)
from xmixed.session.results import Estimates


def _likelihood(e: Estimates, width: int = 0) -> str:
    return likelihood_text(e.scalars["ll"], "vcetype" in e.macros, width)


def _chi2(e: Estimates) -> list[Entry]:
    own = e.scalars
    return chi2_entries(e.macros["chi2type"], own["df_m"], own["chi2"], own["p"])


def heckman_header(e: Estimates) -> list[Line]:
    own, macros = e.scalars, e.macros
    left = [macros["title"], macros["title2"], "", "", "", _likelihood(e) if "ll" in own else ""]
    counts = [
        Entry("Number of obs", own["N"]),
        Entry("Censored obs", own["N_cens"]),
        Entry("Uncensored obs", own["N"] - own["N_cens"]),
    ]
    return render_beside(left, [*counts, None, *_chi2(e)], PANEL)


def heckman_footer(e: Estimates) -> list[Line]:
    own = e.scalars
    if "chi2_c" not in own:
        return []
    kind = e.macros["chi2_ct"]
    text = f"{kind} test of indep. eqns. (rho = 0):".ljust(36 if kind == "LR" else 0)
    return [render_test(text, 1, own["chi2_c"], own["p_c"]), last_rule()]


def counts_header(e: Estimates) -> list[Line]:
    own = e.scalars
    left = [e.macros["title"], "", "", "", f"Inflation model = {e.macros['inflate']}", _likelihood(e, 15)]
    entries = [
        Entry("Number of obs", own["N"]),
        Entry("Nonzero obs", own["N"] - own["N_zero"]),
        Entry("Zero obs", own["N_zero"]),
    ]
    return render_beside(left, [*entries, None, *_chi2(e)], LIKELIHOOD)


def counts_footer(e: Estimates) -> list[Line]:
    own = e.scalars
    if "vuong" not in own:
        return []
    plain = "standard negative binomial" if e.macros["cmd"] == "zinb" else "standard Poisson"
    head = f"Vuong test of {e.macros['cmd']} vs. {plain}:"
    return [line(f"{head:<44}z = {own['vuong']:8.2f}  Pr>z = {own['p_vuong']:.4f}")]


def truncated_header(e: Estimates) -> list[Line]:
    own = e.scalars
    low, high = (
        f"{format_value(own[name], '%9.0g').strip() if name in own else text:>10}"
        for name, text in (("llopt", "-inf"), ("ulopt", "+inf"))
    )
    lines = render_beside(
        [f"Limit:   lower = {low}", f"         upper = {high}", _likelihood(e)],
        [Entry("Number of obs", own["N"]), *_chi2(e)],
        NARROW,
    )
    return [line(e.macros["title"]), *lines]


def heteroskedastic_header(e: Estimates) -> list[Line]:
    own = e.scalars
    entries = [
        Entry("Number of obs", own["N"]),
        Entry("Zero outcomes", own["N_f"]),
        Entry("Nonzero outcomes", own["N_s"]),
    ]
    left = [e.macros["title"], "", "", "", "", _likelihood(e)]
    return render_beside(left, [*entries, None, *_chi2(e)], PANEL)


def heteroskedastic_footer(e: Estimates) -> list[Line]:
    own = e.scalars
    kind = "Wald" if "vcetype" in e.macros else "Likelihood-ratio"
    return [render_test(f"{kind} test of lnsigma2=0:", own["df_m_c"], own["chi2_c"], own["p_c"])]


def plain_header(e: Estimates) -> list[Line]:
    """Title, observations, test of the model, log likelihood."""
    entries = [Entry("Number of obs", e.scalars["N"]), *_chi2(e)]
    return render_beside([e.macros.get("title", ""), "", _likelihood(e)], entries, PANEL)


def bivariate_footer(e: Estimates) -> list[Line]:
    own = e.scalars
    kind = "Wald" if "vcetype" in e.macros else "Likelihood-ratio"
    return [render_test(f"{kind} test of rho=0:    ", 1, own["chi2_c"], own["p_c"])]


def instrumented_footer(e: Estimates) -> list[Line]:
    own = e.scalars
    return [
        line(f"Instrumented:  {e.macros['instd']}"),
        line(f"Instruments:   {e.macros['insts']}"),
        last_rule(),
        render_test("Wald test of exogeneity (/athrho = 0):", 1, own["chi2_exog"], own["p_exog"], 1),
    ]
