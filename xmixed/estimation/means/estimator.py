"""The estimator of means, proportions and totals: from a sample to e(), and from e() to its display."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.estimation.coefficients import degrees_of_freedom
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.results import Option, Statistic
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import LEVEL, OptionSpec
from xmixed.missing import MISSING
from xmixed.output import Line
from xmixed.render.layouts.estimation.means import MeanRow, MeanTable, render_means
from xmixed.session.results import Estimates, Matrix
from xmixed.session.settings import Settings
from xmixed.statistics.inference.comparisons import t_limits
from xmixed.statistics.linear.linearised import Linearised

HEADS = {"mean": "Mean", "proportion": "Proportion", "ratio": "Ratio", "total": "Total"}

DISPLAY = (
    LEVEL,
    OptionSpec("noheader", "noh", help="no line with the title"),
    OptionSpec("nolegend", "nol", help="no explanation of the subpopulations' names"),
)


@dataclass(frozen=True, slots=True)
class Subpopulations:
    """What the names in e(b) stand for.

    Attributes
    ----------
    variables : tuple of str
        The equations of e(b), or its names where there is one subpopulation.
    names : tuple of str
        Of the rows of each variable; () for one subpopulation.
    legend : tuple of (name, text)
    """

    variables: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...]


def estimates(
    command: str, found: Linearised, labels: Subpopulations, scalars: dict[str, float], macros: dict[str, str]
) -> Estimates:
    """Return e() without its mark."""
    names = [
        f"{variable}:{name}" if own else variable
        for variable, own in zip(labels.variables, labels.names, strict=True)
        for name in (own or ("",))
    ]
    errors = np.where(np.diag(found.V) < MISSING, 0.0, 9.0)
    matrices = {
        "b": Matrix(found.b[None, :], ["y1"], names),
        "V": Matrix(found.V, names, names),
        "_N": Matrix(found.n[None, :], ["r1"], names),
        "error": Matrix(errors[None, :], ["r1"], names),
    }
    title = f"{HEADS[command]} estimation"
    return Estimates(scalars, {"cmd": command, "title": title, **macros}, matrices, payload=labels)


class Means:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = DISPLAY
    statistics: tuple[Statistic, ...] = ()

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        return render_means(self._shown(estimates, option, settings))

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table of replicated or pooled figures, without its header."""
        kind = estimates.macros.get("vcetype", "")
        above = ("Observed", kind, "Normal-based") if kind == "Bootstrap" else ("", kind, "")
        shown = self._shown(estimates, option, settings)
        based = "(Within VCE adjusted for" if "mi" in estimates.macros else "(Replications based on"
        note = shown.cluster_note.replace("(Std. Err. adjusted for", based)
        return render_means(replace(shown, header=False, above=above, cluster_note=note))[1:]

    def _shown(self, estimates: Estimates, option: Option, settings: Settings) -> MeanTable:
        level = float(option("level", settings.level))
        labels: Subpopulations = estimates.payload
        figures = iter(_figures(estimates, level))
        blocks: list[tuple[str, list[MeanRow]]] = []
        for variable, own in zip(labels.variables, labels.names, strict=True):
            if own:
                blocks.append((variable, [MeanRow(name, next(figures)) for name in own]))
            else:
                blocks.append(("", [MeanRow(variable, next(figures))]))
        clusters = estimates.scalars.get("N_clust")
        variable = estimates.macros.get("clustvar", "")
        note = f"(Std. Err. adjusted for {clusters:.0f} clusters in {variable})" if clusters else ""
        command = estimates.macros["cmd"]
        return MeanTable(
            estimates.macros["title"],
            HEADS[command],
            estimates.scalars["N"],
            level,
            () if option("nolegend") else labels.legend,
            "Over" if estimates.macros.get("over") and command != "proportion" else "",
            blocks,
            note,
            not option("noheader"),
            ("", "Linearized", "") if command == "ratio" else ("", "", ""),
        )

    def influence(self, estimates: Estimates, frame: EstimationFrame) -> np.ndarray:
        """See `results.HasInfluence`."""
        from xmixed.estimation.means.influence import influence

        return influence(estimates, frame)

    def correction(self, estimates: Estimates) -> float:
        """See `results.HasInfluence`."""
        n = estimates.scalars["N"]
        return n / (n - 1)

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        return (None,) * estimates.matrices["b"].values.shape[1]


def _figures(estimates: Estimates, level: float) -> list[tuple[float, float, float, float]]:
    b = estimates.matrices["b"].values[0]
    variances = np.diag(estimates.matrices["V"].values)
    df = degrees_of_freedom(estimates)
    degrees = np.full(len(b), np.inf) if df is None else df
    figures = []
    for value, variance, own in zip(b.tolist(), variances.tolist(), degrees.tolist(), strict=True):
        se = float(np.sqrt(variance)) if variance < MISSING else MISSING
        figures.append((value, se, *t_limits(value, se, own, level)))
    return figures


ESTIMATOR = Means()
