"""xtpcse as generic commands see it: display, terms, predictions."""

from __future__ import annotations

from xmixed.estimation.display_options import display_options
from xmixed.estimation.fitted import coefficient_table
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.estimation.results import Option, Statistic
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.corrected import CorrectedHeader, render_header, render_rho
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings

_WITHOUT_SCORE = tuple(item for item in IV_STATISTICS if item.name in ("xb", "stdp", "residuals"))


class Xtpcse:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = TABLE_OPTIONS
    statistics: tuple[Statistic, ...] = _WITHOUT_SCORE

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        lines: list[Line] = []
        if not option("noheader"):
            lines += [line(), *render_header(_header(estimates))]
        if option("notable"):
            return lines
        lines += [line(), *self.table(estimates, option, settings)]
        if "rhomat" in estimates.matrices:
            rhos = estimates.matrices["rhomat"].values[0]
            one = "rho" in estimates.scalars
            lines = [*lines[:-1], *render_rho([float(rhos[0])] if one else rhos.tolist(), one)]
        return lines

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table of coefficients."""
        return coefficient_table(estimates, estimates.payload, display_options(option, settings, False))

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return estimates.payload.terms


ESTIMATOR = Xtpcse()


def _header(estimates: Estimates) -> CorrectedHeader:
    e, macros = estimates.scalars, estimates.macros
    return CorrectedHeader(
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
