"""estat dwatson, durbinalt, bgodfrey and archlm: tests in time after regress."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.linear.diagnostics import SpecificationTest
from xmixed.estimation.linear.refit import Refitted, fitted_sample
from xmixed.estimation.linear.serial import arch_test, serial_correlation_test
from xmixed.estimation.population.panel_variables import series_variables
from xmixed.estimation.series.order import TimeOrder
from xmixed.estimation.series.prais import durbin_watson
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.postestimation.serial_tests import SerialTest, render_durbin_watson, render_serial
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState

AFTER = ("regress",)
LAGS = OptionSpec("lags", "l", "numlist", "orders to be tested; 1 when not given")
SMALL = OptionSpec("small", "s", help="F tests in place of chi2")
NOMISS0 = OptionSpec("nomiss0", "nomiss0", help="leave out rows that lack residuals before them")


def _in_time(session: SessionState, name: str) -> tuple[Refitted, TimeOrder]:
    """Return the regression of the last estimates with the order of its rows in time.

    Raises
    ------
    StataError
        r(498) after weights; r(111) without times, r(459) for several panels.
    """
    if "wtype" in session.e.macros:
        raise StataError(498, f"{name} not valid after weighted estimation")
    panel, time, step = series_variables(session)
    sample = fitted_sample(session.e, Context.of(session))
    times = sample.values(session.data[time].to_double())
    if panel and len(np.unique(sample.values(session.data[panel].to_double()))) > 1:
        raise StataError(459, "sample may not include multiple panels")
    return sample, TimeOrder.of(None, times, step)


def _orders(node: Command, sample: Refitted) -> list[int]:
    """Return the lags asked for; r(198) for what is no order of the series."""
    found = []
    for value in node.option("lags") or (1.0,):
        if value != int(value) or value < 1 or value >= len(sample.data.y):
            raise StataError(198, "lags() must be positive integers below the number of observations")
        found.append(int(value))
    return found


@subcommand("estat", "dwatson", syntax=Syntax(), synopsis="estat dwatson", needs=("estimates",), after=AFTER)
def dwatson(session: SessionState, node: Command) -> None:
    """Durbin and Watson's d."""
    sample, order = _in_time(session, "estat dwatson")
    errors = (sample.data.y - sample.data.fitted)[order.order]
    later, _ = order.apart(1)
    follows = np.zeros(len(errors), dtype=bool)
    follows[later] = True
    d, k, n = durbin_watson(errors, follows), len(sample.terms), len(errors)
    session.out.write(*render_durbin_watson(k, n, d))
    session.r = Results({"dw": d, "N": float(n), "k": float(k)})


@subcommand(
    "estat",
    "durbinalt",
    syntax=Syntax(options=(LAGS, NOMISS0, SMALL, OptionSpec("robust", "r", built=False))),
    synopsis="estat durbinalt [, lags(numlist) nomiss0 small]",
    needs=("estimates",),
    after=AFTER,
)
def durbinalt(session: SessionState, node: Command) -> None:
    _serial(session, node, "durbin", "Durbin's alternative test for autocorrelation")


@subcommand(
    "estat",
    "bgodfrey",
    syntax=Syntax(options=(LAGS, NOMISS0, SMALL)),
    synopsis="estat bgodfrey [, lags(numlist) nomiss0 small]",
    needs=("estimates",),
    after=AFTER,
)
def bgodfrey(session: SessionState, node: Command) -> None:
    _serial(session, node, "godfrey", "Breusch-Godfrey LM test for autocorrelation")


def _serial(session: SessionState, node: Command, form: str, title: str) -> None:
    small, zeros = bool(node.option("small")), not node.option("nomiss0")

    def test(sample: Refitted, order: TimeOrder, lags: int) -> SpecificationTest:
        return serial_correlation_test(sample.data, order, lags, form, small, zeros)

    _tested(session, node, test, title, "H0: no serial correlation")


@subcommand(
    "estat",
    "archlm",
    syntax=Syntax(options=(LAGS,)),
    synopsis="estat archlm [, lags(numlist)]",
    needs=("estimates",),
    after=AFTER,
)
def archlm(session: SessionState, node: Command) -> None:
    """Engle's test."""
    title = "LM test for autoregressive conditional heteroskedasticity (ARCH)"
    null = "H0: no ARCH effects      vs.  H1: ARCH(p) disturbance"
    _tested(session, node, lambda sample, order, lags: arch_test(sample.data, order, lags), title, null)


def _tested(
    session: SessionState,
    node: Command,
    test: Callable[[Refitted, TimeOrder, int], SpecificationTest],
    title: str,
    null: str,
) -> None:
    """Show a test for each order, and leave them in r() as rows of numbers."""
    if "vcetype" in session.e.macros:
        raise StataError(498, f"{node.name} not valid after robust estimation")
    sample, order = _in_time(session, node.name)
    lags = _orders(node, sample)
    found = [test(sample, order, lag) for lag in lags]
    rows = [
        SerialTest(lag, own.statistic, own.df, own.p_value, own.df_residual)
        for lag, own in zip(lags, found, strict=True)
    ]
    session.out.write(*render_serial(title, rows, null))
    kind = "chi2" if found[0].df_residual is None else "F"
    names = [f"c{number}" for number in range(1, len(lags) + 1)]
    columns = {
        kind: [own.statistic for own in found],
        "df": [float(own.df) for own in found],
        "p": [own.p_value for own in found],
    }
    matrices = {name: Matrix(np.array([values]), ["r1"], names) for name, values in columns.items()}
    session.r = Results({}, {"lags": " ".join(map(str, lags))}, matrices)
