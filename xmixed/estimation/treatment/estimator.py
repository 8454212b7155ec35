"""teffects as generic commands see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xmixed.estimation.delta import wald_figures
from xmixed.estimation.display_options import display_options
from xmixed.estimation.posted import posted_equations
from xmixed.estimation.results import Option, Statistic
from xmixed.estimation.treatment.fit import TITLES
from xmixed.estimation.treatment.options import DISPLAY
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.beside import PANEL, Entry, render_beside
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Equation, render_coefficients
from xmixed.render.layouts.estimation.mixed_header import render_clusters
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings


class TreatmentEffects:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = DISPLAY
    statistics: tuple[Statistic, ...] = ()

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        lines: list[Line] = []
        if not option("noheader"):
            lines += [line(), *_header(estimates)]
        if option("notable"):
            return lines
        return [*lines, line(), *self.table(estimates, option, settings)]

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """See `results.Tabular`."""
        style = replace(display_options(option, settings, False).style, statistic="z", robust=True)
        equations = _effects(estimates, style.level)
        if option("aequations"):
            shown = posted_equations(estimates, style.level)
            equations += [own for own in shown if own.name.startswith(("OME", "TME"))]
        table = render_coefficients(estimates.macros["depvar"], equations, style)
        if "clustvar" in estimates.macros:
            count = int(estimates.scalars["N_clust"])
            return [render_clusters(count, estimates.macros["clustvar"], len(table[0].text)), *table]
        return table

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return (None,) * len(estimates.matrices["b"].column_names)


def _header(e: Estimates) -> list[Line]:
    macros = e.macros
    left = [
        macros["title"],
        f"Estimator      : {TITLES[macros['subcmd']]}",
        f"Outcome model  : {macros.get('omodel', 'weighted mean')}",
        f"Treatment model: {macros.get('tmodel', 'none')}",
    ]
    return render_beside(left, [Entry("Number of obs", e.scalars["N"])], PANEL)


def _effects(e: Estimates, level: float) -> list[Equation]:
    """Return the blocks of effects and means: the variable, and what is compared below it."""
    b, V = e.matrices["b"], e.matrices["V"]
    labels = dict(zip(e.macros["tlevels"].split(), e.macros.get("tlabels", "").split("\n"), strict=False))
    blocks: dict[str, list[CoefficientRow]] = {}
    for place, full in enumerate(b.column_names):
        equation, _, name = full.partition(":")
        if equation.startswith(("OME", "TME")):
            continue
        figures = wald_figures(float(b.values[0, place]), float(V.values[place, place]), level)
        levels, _, variable = name.partition(".")
        text = _compared(levels, labels)
        blocks.setdefault(equation, []).append(
            CoefficientRow(text, figures, (variable,), legend=f"_b[{full}]")
        )
    return [Equation(tuple(rows), name) for name, rows in blocks.items()]


def _compared(levels: str, labels: dict[str, str]) -> str:
    """Return `(1 vs 0)` of `r1vs0`, or a level, with labels where there are any."""
    parts: Sequence[str] = levels[1:].split("vs") if levels.startswith("r") else [levels]
    shown = [labels.get(part) or part for part in parts]
    return f"({shown[0]} vs {shown[1]})" if len(shown) == 2 else shown[0]


ESTIMATOR = TreatmentEffects()
