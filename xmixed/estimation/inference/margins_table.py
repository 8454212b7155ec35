"""The display of margins: legend and table, from their figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from xmixed.estimation.display_options import display_options
from xmixed.estimation.inference.margins import Cell
from xmixed.estimation.inference.margins_results import Shown, cell_names
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import (
    CoefficientRow,
    Equation,
    Figures,
    render_coefficients,
)
from xmixed.render.layouts.estimation.mixed_header import render_clusters
from xmixed.render.layouts.postestimation.margins import HeldPoint, HeldRow, MarginsHead, render_head
from xmixed.session.settings import Settings


def margins_lines(shown: Shown, option: Callable[..., object], settings: Settings) -> list[Line]:
    """Return everything that `margins` shows."""
    options = display_options(option, settings, False)
    if option("level") is not None:
        shown = replace(shown, level=options.style.level)
    style = replace(
        options.style,
        level=shown.level,
        statistic="z" if shown.df is None else "t",
        robust=not options.style.legend,
        error_title=shown.error_title,
        estimate_title=shown.head,
    )
    figures = shown.figures
    if option("nose"):
        figures = tuple(Figures(item.estimate) for item in figures)
    lines = render_head(margins_head(shown, bool(option("noatlegend"))), settings.linesize, style.vsquish)
    table = render_coefficients("", _equations(shown, figures), style)
    if shown.sampled is not None and "N_clust" in shown.estimates.scalars:
        e = shown.estimates
        lines.append(render_clusters(int(e.scalars["N_clust"]), e.macros["clustvar"], len(table[0].text)))
    lines += table
    if any(target.level is not None for target in shown.margins.targets):
        lines.append(
            line(f"Note: {shown.head} for factor levels is the discrete change from the base level.")
        )
    return [*lines]


def margins_head(shown: Shown, without_legend: bool) -> MarginsHead:
    """Return the title and the legend."""
    request, margins = shown.request, shown.margins
    fields = [("Expression", shown.expression)]
    if request.effect:
        fields.append((f"{shown.head} w.r.t.", " ".join(shown.derivative_names)))
    for name, variables in (("over", request.over), ("within", request.within)):
        if variables:
            fields.append((name, " ".join(variables)))
    points: list[HeldPoint] = []
    for own in zip(*margins.points, strict=True) if margins.points and not without_legend else ():
        legends = [tuple(HeldRow(row.name, row.value, row.note) for row in point.legend) for point in own]
        if len(set(legends)) == 1:
            points.append(HeldPoint((("", legends[0]),)))
            continue
        groups = [
            " ".join(f"{level}.{name}" for name, level in zip(request.grouping, group, strict=True))
            for group in margins.groups
        ]
        points.append(HeldPoint(tuple(zip(groups, legends, strict=True))))
    numbered = bool(request.at) and len(margins.points[0]) > 1 if margins.points else False
    return MarginsHead(shown.title, margins.n, shown.model_vce, tuple(fields), tuple(points), numbered)


def _equations(shown: Shown, figures: tuple[Figures, ...]) -> list[Equation]:
    cells, names = shown.margins.cells, cell_names(shown.margins.cells)
    rows = [
        _row(cell, item, f"_b[{name}]", good)
        for cell, item, name, good in zip(cells, figures, names, shown.margins.estimable, strict=True)
    ]
    if not shown.request.effect or not any(cell.dimensions for cell in cells):
        return [
            Equation(tuple(row for cell, row in zip(cells, rows, strict=True) if not cell.target.is_base))
        ]
    equations = []
    for target, members in groupby(zip(cells, rows, strict=True), key=lambda pair: pair[0].target):
        own = tuple(row for _, row in members)
        if target.is_base:
            equations.append(Equation((), target.shown, "(base outcome)"))
        else:
            equations.append(Equation(own, target.shown))
    return equations


def _row(cell: Cell, figures: Figures, legend: str, estimable: bool) -> CoefficientRow:
    note = "" if estimable else "(not estimable)"
    shown = figures if estimable else Figures(MISSING)
    if not cell.dimensions:
        if not cell.target.name:
            return CoefficientRow("_cons", shown, note=note, legend=legend)
        if cell.target.level is None:
            return CoefficientRow(cell.target.name, shown, note=note, legend=legend)
        alone = cell.target.shown
        return CoefficientRow(
            str(cell.target.level), shown, (cell.target.name,), alone, note=note, legend=legend
        )
    block = tuple(name for name, _ in cell.dimensions)
    label = " ".join(str(level) for _, level in cell.dimensions)
    alone = cell.name if len(cell.dimensions) == 1 else ""
    return CoefficientRow(label, shown, block, alone, note=note, legend=legend)
