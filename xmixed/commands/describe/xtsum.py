"""xtsum, xttab, xtdescribe."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.categories import categories_of, value_texts
from xmixed.data.dataset import Variable
from xmixed.data.panel import PanelSettings, panel_settings
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.describe.panels import (
    PanelDescription,
    render_xtdescribe,
    render_xtsum,
    render_xttab,
    shown_values,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped
from xmixed.statistics.panels import PanelSummary, Spread, panel_summary, panel_table, time_patterns

PATTERNS, WIDTH = 9, 100
PERCENTILES = (5, 25, 50, 75, 95)


def _panels(
    session: SessionState, settings: PanelSettings, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows whose panel is known, and the panel codes of those."""
    panel = session.data[settings.panel].to_double()
    used = rows & ~is_missing(panel)
    return used, np.unique(panel[used], return_inverse=True)[1].reshape(-1)


@command(
    "xtsum",
    syntax=Syntax("varlist", condition=True, in_range=True),
    synopsis="xtsum [varlist] [if] [in]",
    needs=("data",),
    by="each",
)
def xtsum(session: SessionState, node: Command) -> None:
    settings = panel_settings(session.data)
    rows = selected_rows(session, node)
    found: list[tuple[str, PanelSummary]] = []
    for variable in variables_of(session.data, node):
        if variable.is_string:
            continue
        x = variable.to_double()
        used, codes = _panels(session, settings, rows & ~is_missing(x))
        if used.any():
            found.append((variable.name, panel_summary(x[used], codes)))
    if not found:
        raise StataError(2000, "no observations")
    session.out.write(*render_xtsum(found, session.data.names))
    session.r = _saved(found[-1][1])


def _saved(found: PanelSummary) -> Results:
    def spread(values: Spread, suffix: str) -> dict[str, float]:
        return {
            f"sd{suffix}": values.sd,
            f"min{suffix}": values.minimum,
            f"max{suffix}": values.maximum,
        }

    scalars = {
        "N": float(found.n_obs),
        "n": float(found.n_panels),
        "Tbar": found.mean_size,
        "mean": found.mean,
    }
    scalars |= spread(found.overall, "") | spread(found.between, "_b") | spread(found.within, "_w")
    return Results(scalars={name: value for name, value in scalars.items() if value < MISSING})


@command(
    "xttab",
    syntax=Syntax("varname", condition=True, in_range=True),
    synopsis="xttab varname [if] [in]",
    needs=("data",),
    by="each",
)
def xttab(session: SessionState, node: Command) -> None:
    settings = panel_settings(session.data)
    if not node.argument:
        raise StataError(100, "varlist required")
    variable = session.data[resolve_varlist((node.argument,), session.data)[0]]
    rows = selected_rows(session, node)
    values = categories_of(variable, rows)
    used, codes = _panels(session, settings, values.used)
    if not used.any():
        raise StataError(2000, "no observations")
    found = panel_table(values.codes[used], len(values.values), codes)
    session.out.write(*render_xttab(variable.name, value_texts(session.data, variable, values.values), found))
    session.r = Results(scalars={"n": float(found.n_panels)})


@command(
    "xtdescribe",
    syntax=Syntax(
        "none",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("patterns", "p", "integer", "how many patterns to show; default 9", minimum_value=0),
            OptionSpec("width", "w", "integer", "periods shown at most; default 100", minimum_value=1),
        ),
    ),
    synopsis="xtdescribe [if] [in] [, patterns(#) width(#)]",
    needs=("data",),
    by="each",
)
def xtdescribe(session: SessionState, node: Command) -> None:
    data = session.data
    settings = panel_settings(data, time=True)
    time = data[settings.time].to_double()
    used, codes = _panels(session, settings, selected_rows(session, node) & ~is_missing(time))
    if not used.any():
        raise StataError(2000, "no observations")
    times = time[used]
    patterns = time_patterns(codes, times, settings.periods)
    distinct = np.unique(times)
    span = int(round((distinct[-1] - distinct[0]) / settings.periods)) + 1
    description = PanelDescription(
        settings.panel,
        settings.time,
        _texts(data[settings.panel], np.unique(data[settings.panel].to_double()[used])),
        _texts(data[settings.time], distinct),
        len(patterns.sizes),
        len(distinct),
        settings.delta,
        f"{span} period{'s' if span != 1 else ''}",
    )
    sizes = Grouped(patterns.sizes.astype(np.float64), np.zeros(len(patterns.sizes), dtype=np.int64), 1)
    middle = [float(sizes.percentile(p)[0]) for p in PERCENTILES]
    percentiles = [float(sizes.min[0]), *middle, float(sizes.max[0])]
    shown, width = node.option("patterns", PATTERNS), node.option("width", WIDTH)
    session.out.write(*render_xtdescribe(description, percentiles, patterns, shown, width))
    scalars = {"N": float(len(patterns.sizes)), "sum": float(len(times)), "mean": float(sizes.mean[0])}
    scalars |= {"min": percentiles[0], "max": percentiles[-1]}
    scalars |= {f"p{p}": value for p, value in zip(PERCENTILES, middle, strict=True)}
    session.r = Results(scalars=scalars)


def _texts(variable: Variable, values: np.ndarray) -> tuple[str, ...]:
    few = [*values[:2], values[-1]] if len(values) > 2 else list(values)
    texts = [format_value(float(value), variable.format).strip() for value in few]
    return shown_values([texts[0], texts[1], texts[-1]] if len(values) > 2 else texts)
