"""dfuller, pperron and dfgls: tests of a unit root."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.commands.aside import set_aside
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.population.panel_variables import series_variables
from xmixed.estimation.sample import resolve_one
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command, Pattern
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.inference.unit_roots import render_gls, render_unit_root
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import t_quantile, t_tail
from xmixed.statistics.unit_roots import (
    Case,
    GlsTest,
    critical_values,
    gls_critical_values,
    gls_test,
    mackinnon_p,
    phillips_perron,
    schwert_lags,
    usual_lags,
)

_NOCONSTANT = OptionSpec("noconstant", "nocons", help="no constant in the regression")
_TREND = OptionSpec("trend", "tr", help="a trend in the regression")
_REGRESS = OptionSpec("regress", "reg", help="show the regression")


def _syntax(*own: OptionSpec, exclusive: tuple[str, ...]) -> Syntax:
    options = (_NOCONSTANT, _TREND, _REGRESS, *own)
    return Syntax("varlist_factor", condition=True, in_range=True, options=options, exclusive=(exclusive,))


@dataclass(frozen=True, slots=True)
class _Series:
    """The variable as typed, with its operators, and the case of the test."""

    name: str
    operators: str
    time: str
    step: float
    case: Case

    def shifted(self, operator: str) -> str:
        return f"{operator}{self.operators}.{self.name}"

    @property
    def level(self) -> str:
        return f"{self.operators}.{self.name}" if self.operators else self.name


def _series(session: SessionState, node: Command) -> _Series:
    if not node.argument:
        raise StataError(100, "varlist required")
    if len(node.argument) > 1:
        raise StataError(103, "too many variables specified")
    if not isinstance(node.argument[0], Pattern):
        raise StataError(198, "factor variables not allowed")
    panel, time, step = series_variables(session)
    context = Context.of(session)
    name, operators = resolve_one(node.argument[0], context)
    if session.data[name].is_string:
        raise StataError(109, "type mismatch")
    if panel:
        rows = selected_rows(session, node) & ~is_missing(session.data[name].to_double())
        if len(np.unique(session.data[panel].values[rows])) > 1:
            raise StataError(459, "sample may not include multiple panels")
    case: Case = "none" if node.option("noconstant") else "trend" if node.option("trend") else "constant"
    return _Series(name, operators, time, step, case)


def _qualifiers(node: Command) -> str:
    """Return `if` and `in` as typed."""
    head = node.text.partition(",")[0]
    places = [head.index(word) for word in (" if ", " in ") if word in head]
    return f" {head[min(places) :].strip()}" if places else ""


def _with_trend(data: Dataset, own: _Series) -> Dataset:
    """Return the data with the number of each period."""
    times = data[own.time].to_double()
    known = ~is_missing(times)
    first = times[known].min() if known.any() else 0.0
    values = np.where(known, np.rint((np.where(known, times, first) - first) / own.step) + 1, MISSING)
    return data.with_variables(Variable("_trend", "double", values, "%10.0g"))


def _regressed(session: SessionState, node: Command, own: _Series, model: str) -> None:
    """Fit a regression; `model` is `depvar indepvars`."""
    if own.case == "trend":
        session.data = _with_trend(session.data, own)
        model += " _trend"
    option = ", noconstant" if own.case == "none" else ""
    session.execute(f"regress {model}{_qualifiers(node)}{option}")


def _show_regression(session: SessionState, node: Command, own: _Series, model: str) -> None:
    """Show the regression behind a test where the option asks for it."""
    if node.option("regress"):
        with set_aside(session, quiet=False):
            _regressed(session, node, own, model)


@command(
    "dfuller",
    syntax=_syntax(
        OptionSpec("drift", "dr", help="the process has a drift under the null hypothesis"),
        OptionSpec("lags", "l", "integer", "lagged differences; default 0", minimum_value=0),
        exclusive=("noconstant", "trend", "drift"),
    ),
    synopsis="dfuller varname [if] [in] [, noconstant | trend | drift  regress lags(#)]",
    needs=("data",),
)
def dfuller(session: SessionState, node: Command) -> None:
    own, lags = _series(session, node), int(node.option("lags", 0))
    model = f"{own.shifted('D')} {own.shifted('L')}"
    model += "".join(f" {own.shifted(f'L{lag}D')}" for lag in range(1, lags + 1))
    with set_aside(session):
        _regressed(session, node, own, model)
        found = Coefficients.of(session.e)
        n, df = session.e.scalars["N"], session.e.scalars["df_r"]
    variance = float(found.V[0, 0])
    if df <= 0 or not variance > 0:
        raise StataError(2001, "insufficient observations")
    t = float(found.b[0]) / variance**0.5
    distribution, p = "Interpolated Dickey-Fuller", mackinnon_p(t, own.case)
    label = "MacKinnon approximate p-value for Z(t)"
    critical = critical_values(own.case, n)
    if node.option("drift"):
        distribution, label = "Z(t) has t-distribution", "p-value for Z(t)"
        one, five, ten = (-t_quantile(100 - 200 * level, df) for level in (0.01, 0.05, 0.1))
        critical = one, five, ten
        p = t_tail(t, df) / 2 if t < 0 else 1 - t_tail(t, df) / 2
    shown = None if own.case == "none" else (label, p)
    title = f"{'Augmented ' if lags else ''}Dickey-Fuller test for unit root"
    counts = [("Number of obs", int(n))]
    session.out.write(*render_unit_root(title, counts, distribution, [("Z(t)", t, critical)], shown))
    _show_regression(session, node, own, model)
    session.r = Results({"N": n, "lags": float(lags), "Zt": t} | ({"p": p} if shown else {}))


@command(
    "pperron",
    syntax=_syntax(
        OptionSpec("lags", "l", "integer", "lags of the long-run variance", minimum_value=0),
        exclusive=("noconstant", "trend"),
    ),
    synopsis="pperron varname [if] [in] [, noconstant | trend  regress lags(#)]",
    needs=("data",),
)
def pperron(session: SessionState, node: Command) -> None:
    own = _series(session, node)
    model = f"{own.level} {own.shifted('L')}"
    with set_aside(session):
        _regressed(session, node, own, model)
        found, errors = Coefficients.of(session.e), _residuals(session, own)
        n, k = len(errors), len(errors) - session.e.scalars["df_r"]
    if n <= k or not found.V[0, 0] > 0:
        raise StataError(2001, "insufficient observations")
    lags = int(node.option("lags", usual_lags(n)))
    if lags >= n:
        raise StataError(198, f"lags() must be less than {n}")
    z_rho, z_t = phillips_perron(errors, float(found.b[0]), float(found.V[0, 0]) ** 0.5, int(k), lags)
    p = mackinnon_p(z_t, own.case)
    rows = [
        ("Z(rho)", z_rho, critical_values(own.case, n, of_rho=True)),
        ("Z(t)", z_t, critical_values(own.case, n)),
    ]
    shown = None if own.case == "none" else ("MacKinnon approximate p-value for Z(t)", p)
    counts = [("Number of obs", n), ("Newey-West lags", lags)]
    distribution = "Interpolated Dickey-Fuller"
    session.out.write(
        *render_unit_root("Phillips-Perron test for unit root", counts, distribution, rows, shown)
    )
    _show_regression(session, node, own, model)
    scalars = {"N": float(n), "lags": float(lags), "Zrho": z_rho, "Zt": z_t}
    session.r = Results(scalars | ({"pval": p} if shown else {}))


def _residuals(session: SessionState, own: _Series) -> np.ndarray:
    """Return the residuals of the active regression by time, shape (n,)."""
    context = Context.of(session)
    frame = EstimationFrame(context, sample_rows(context, session.e.mark))
    coefficients = Coefficients.of(session.e)
    columns = [frame.values(own.name, f"L{own.operators}")]
    columns += [frame.values("_trend")] if own.case == "trend" else []
    columns += [np.ones(len(columns[0]))] if own.case != "none" else []
    errors = frame.values(own.name, own.operators) - np.column_stack(columns) @ coefficients.b
    return errors[np.argsort(context.data[own.time].to_double()[frame.rows], kind="stable")]


@command(
    "dfgls",
    syntax=Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("maxlag", "m", "integer", "the largest lag; by default Schwert's", minimum_value=1),
            OptionSpec("notrend", "not", help="a mean, no trend"),
            OptionSpec("ers", "ers", help="critical values of Elliott, Rothenberg and Stock; the default"),
        ),
    ),
    synopsis="dfgls varname [if] [in] [, maxlag(#) notrend ers]",
    needs=("data",),
)
def dfgls(session: SessionState, node: Command) -> None:
    own = _series(session, node)
    y = _values_in_order(session, node, own)
    trend, most = not node.option("notrend"), node.option("maxlag")
    chosen = most is None
    most = schwert_lags(len(y)) if chosen else int(most)
    found = gls_test(y, trend, most)
    if found is None:
        raise StataError(2001, "insufficient observations")
    critical = gls_critical_values(trend, len(y))
    session.out.write(*render_gls(own.level, found, critical, trend, chosen))
    session.r = _gls_results(found, critical, most)


def _values_in_order(session: SessionState, node: Command, own: _Series) -> np.ndarray:
    """Return the series by time; r(498) where it has gaps."""
    context = Context.of(session)
    frame = EstimationFrame(context, selected_rows(session, node))
    frame.require(own.name, own.operators)
    values = frame.values(own.name, own.operators)
    times = context.data[own.time].to_double()[frame.rows]
    order = np.argsort(times, kind="stable")
    if not len(values):
        raise StataError(2000, "no observations")
    if np.any(np.rint(np.diff(times[order]) / own.step) != 1):
        raise StataError(498, "sample may not contain gaps")
    return values[order]


def _gls_results(found: GlsTest, critical: tuple[float, float, float], most: int) -> Results:
    best = {"sclag": int(np.argmin(found.sc[1:])) + 1, "maiclag": int(np.argmin(found.maic[1:])) + 1}
    best["optlag"] = found.sequential
    scalars = {"N": float(found.n), "maxlag": float(most)}
    scalars |= {name: float(lag) for name, lag in best.items()}
    scalars |= {f"rmse_{name[:-3]}": float(found.rmse[lag]) for name, lag in best.items()}
    scalars |= {"cv1": critical[0], "cv5": critical[1], "cv10": critical[2]}
    lags = np.arange(most, 0, -1)
    columns = [lags, found.maic[lags], found.sc[lags], found.rmse[lags], found.statistics[lags]]
    names = ["k", "MAIC", "SIC", "RMSE", "DFGLS"]
    table = Matrix(np.column_stack(columns), [f"r{place + 1}" for place in range(most)], names)
    return Results(scalars, matrices={"results": table})
