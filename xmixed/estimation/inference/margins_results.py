"""Margins as results: r(), e() after `post`, and the figures of their table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.delta import figures_table, wald_figures
from xmixed.estimation.inference.covariates import AtPoint, Covariates
from xmixed.estimation.inference.margins import Cell, Margins, MarginsRequest
from xmixed.estimation.inference.prediction import Request
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.session.results import Estimates, Matrix, Results

TITLES = {"": ("Predictive margins", "Adjusted predictions")}
EFFECT_TITLES = ("Average marginal effects", "Conditional marginal effects")
HEADS = {"": "Margin", "dydx": "dy/dx", "eyex": "ey/ex", "dyex": "dy/ex", "eydx": "ey/dx"}
NOT_ESTIMABLE = 8.0
"""Code in r(error)."""


@dataclass(frozen=True)
class Shown:
    """Margins with all that their display and results need.

    Attributes
    ----------
    margins : Margins
    request : MarginsRequest
    response : Request
    coefficients : Coefficients
    level : float
    estimates : Estimates
        What they were computed from.
    df : float or None
        Degrees of freedom of t; None for z.
    sampled : ndarray, shape (m, m), or None
        Covariance of the margins where covariates vary too; None for that of the delta method.
    """

    margins: Margins
    request: MarginsRequest
    response: Request
    coefficients: Coefficients
    level: float
    estimates: Estimates
    df: float | None = None
    sampled: np.ndarray | None = None

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of the margins, (m, m); zero for those that are not estimable."""
        if self.sampled is not None:
            good = self.margins.estimable
            return np.where(good[:, None] & good, self.sampled, 0.0)
        J = np.where(self.margins.estimable[:, None], self.margins.jacobian, 0.0)
        return self.coefficients.covariance_of(J)

    @cached_property
    def figures(self) -> tuple[Figures, ...]:
        """Estimate, standard error, test and limits of each cell; missing where it is not estimable."""
        b, variances = self.margins.b, np.diag(self.covariance)
        return tuple(
            wald_figures(float(b[i]), float(variances[i]), self.level, self.df) if good else Figures(MISSING)
            for i, good in enumerate(self.margins.estimable)
        )

    @property
    def title(self) -> str:
        titles = EFFECT_TITLES if self.request.effect else TITLES[""]
        return titles[1 if self.margins.conditional else 0]

    @property
    def error_title(self) -> str:
        """What kind of standard errors they are."""
        return "Delta-method" if self.sampled is None else "Unconditional"

    @property
    def head(self) -> str:
        return HEADS[self.request.effect]

    @property
    def predict_label(self) -> str:
        """What the response is called."""
        return self.response.labels(self.estimates)[0]

    @property
    def expression(self) -> str:
        """`Linear prediction, predict()`, or the expression as typed."""
        if self.response.statistic.name == "expression":
            return self.predict_label
        return f"{self.predict_label}, predict({self.response.typed})"

    @property
    def model_vce(self) -> str:
        """How e(V) was computed, for the line below the title; "" where the model does not say so."""
        macros = self.estimates.macros
        if "vcetype" in macros:
            return macros["vcetype"]
        if macros.get("cmd") in ("xtmixed", "mixed"):
            return ""
        vce = macros.get("vce", "")
        return vce.upper() if vce in ("ols", "oim", "opg", "eim") else vce.capitalize()

    @property
    def derivative_names(self) -> tuple[str, ...]:
        """What effects are of, base levels left out."""
        return tuple(target.shown for target in self.margins.targets if not target.is_base)


def cell_names(cells: Sequence[Cell]) -> list[str]:
    """Return the names of the margins in r(b) and, after `post`, in e(b)."""
    names = []
    for cell in cells:
        if not cell.target.name:
            names.append(cell.name)
        elif cell.dimensions:
            names.append(f"{cell.target.shown}:{cell.name}")
        else:
            mark = "b" if cell.target.is_base else ""
            level = "" if cell.target.level is None else f"{cell.target.level}{mark}."
            names.append(f"{level}{cell.target.name}")
    return names


def margins_estimates(shown: Shown, command_line: str) -> Estimates:
    """Return the margins as estimates, `post`."""
    names = cell_names(shown.margins.cells)
    good = shown.margins.estimable
    V = shown.covariance
    old = shown.estimates
    scalars = {"N": shown.margins.n}
    if shown.df is not None:
        scalars["df_r"] = shown.df
    return Estimates(
        scalars,
        {**_macros(shown, command_line), "properties": "b V"},
        {
            "b": Matrix(np.where(good, shown.margins.b, 0.0)[None, :], ["y1"], names),
            "V": Matrix(V, list(names), list(names)),
        },
        mark=old.mark,
        payload=shown,
    )


def _macros(shown: Shown, command_line: str) -> dict[str, str]:
    old, request = shown.estimates.macros, shown.request
    macros = {
        "cmd": "margins",
        "cmdline": command_line,
        "est_cmd": old.get("cmd", ""),
        "est_cmdline": old.get("cmdline", ""),
        "title": shown.title,
        "model_vce": old.get("vce", ""),
        "vce": "delta" if shown.sampled is None else "unconditional",
        "vcetype": shown.error_title,
        "expression": f"predict({shown.response.typed})",
        "predict_label": shown.predict_label,
        "xvars": " ".join(shown.derivative_names) if request.effect else "",
        "derivatives": HEADS[request.effect] if request.effect else "",
        "over": " ".join(request.over),
        "within": " ".join(request.within),
        "margins": " ".join(term.text for term in request.terms),
        "emptycells": "reweight" if request.reweight else "strict",
    }
    for number, points in enumerate(zip(*shown.margins.points, strict=True), start=1):
        rows = [row for point in points for row in point.legend]
        macros[f"at{number}"] = " ".join(
            f"{row.name}={row.value:g}" if row.value is not None else f"{row.name} {row.note}" for row in rows
        )
        macros[f"atstats{number}"] = " ".join(
            dict.fromkeys(row.note.strip("()") if row.note else "values" for row in rows)
        )
    return {name: text for name, text in macros.items() if text}


def margins_results(shown: Shown, command_line: str) -> Results:
    """Return r()."""
    margins = shown.margins
    names = cell_names(margins.cells)
    count, k = len(names), margins.jacobian.shape[1]
    good = margins.estimable
    e_names = list(shown.estimates.matrices["b"].column_names)
    scalars = {
        "N": margins.n,
        "level": shown.level,
        "k_margins": float(count),
        "k_by": float(len(margins.groups)),
        "k_at": float(len(margins.points[0]) if shown.request.at else 0),
    }
    if shown.df is not None:
        scalars["df_r"] = shown.df
    if "N_clust" in shown.estimates.scalars:
        scalars["N_clust"] = shown.estimates.scalars["N_clust"]
    matrices = {
        "b": Matrix(np.where(good, margins.b, 0.0)[None, :], ["r1"], names),
        "V": Matrix(shown.covariance, list(names), list(names)),
        "Jacobian": Matrix(margins.jacobian.reshape(count, k), list(names), e_names),
        "_N": Matrix(margins.sizes[None, :], ["r1"], list(names)),
        "error": Matrix(np.where(good, 0.0, NOT_ESTIMABLE)[None, :], ["r1"], list(names)),
        "table": figures_table(shown.figures, names, shown.level, shown.df),
    }
    if margins.points:
        matrices["at"] = _at_matrix(margins.points, Covariates.of(terms_of(shown)))
    return Results(scalars, _macros(shown, command_line), matrices)


def terms_of(shown: Shown) -> tuple:
    """Return the terms of the model."""
    from xmixed.estimation.results import estimator_of

    return estimator_of(shown.estimates).terms(shown.estimates)


def _at_matrix(points: tuple[tuple[AtPoint, ...], ...], covariates: Covariates) -> Matrix:
    """Return r(at): a row for each point (and group), a column for each covariate or level."""
    columns: list[tuple[str, int | None]] = []
    for name in covariates.order:
        factor = covariates.factors.get(name)
        columns += [(name, None)] if factor is None else [(name, level) for level in factor.levels]
    values, names = [], []
    for group, own in enumerate(points, start=1):
        for number, point in enumerate(own, start=1):
            names.append(f"{number}._at" if len(points) == 1 else f"{group}._by#{number}._at")
            values.append([_held(point, name, level) for name, level in columns])
    labels = [name if level is None else f"{level}.{name}" for name, level in columns]
    return Matrix(np.array(values).reshape(len(names), len(labels)), names, labels)


def _held(point: AtPoint, name: str, level: int | None) -> float:
    given = point.fixed.get(name)
    if given is None:
        return MISSING
    if isinstance(given, Mapping):
        return float(given.get(level, 0.0)) if level is not None else MISSING
    return float(given) if level is None else float(given == level)
