"""newey, prais and arima: regression of time series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.likelihood.options import limits_of
from xmixed.estimation.population.panel_variables import series_variables
from xmixed.estimation.results import RESAMPLED
from xmixed.estimation.run import (
    check_converged,
    conclude,
    estimation_sample,
    iteration_log,
    overflow,
    replayed,
    replicated,
    settled,
)
from xmixed.estimation.series.options import ARIMA_SYNTAX, NEWEY_SYNTAX, PRAIS_SYNTAX
from xmixed.language.nodes import Command, Pattern
from xmixed.language.nodes.estimators import VarianceEstimator
from xmixed.language.parser import parse_numlist
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.estimation.series.arima import Lags

_ITERATIONS = 100
"""Of arima: a likelihood without a maximum, as of a trend, has no more to tell."""


@command(
    "newey",
    syntax=NEWEY_SYNTAX,
    synopsis="newey depvar [indepvars] [if] [in] [weight], lag(#) [noconstant force level(#) ...]",
    by="each",
)
def newey(session: SessionState, node: Command) -> None:
    from xmixed.estimation.series.estimator import NEWEY
    from xmixed.estimation.series.newey import Request, fit

    if replayed(session, node, {"newey"}, NEWEY):
        return
    panel, time, step = series_variables(session)
    groups = (panel,) if panel else ()
    constant = not node.option("noconstant")
    sample = estimation_sample(session, node, constant=constant, groups=groups, others=(time,))
    lags, force = int(node.required("lag")), bool(node.option("force"))
    request = Request(node.text.strip(), panel, time, step, lags, force)
    with overflow():
        estimates, settled = fit(sample, request)
    conclude(session, node, NEWEY, estimates, settled)


@command(
    "prais",
    syntax=PRAIS_SYNTAX,
    synopsis="prais depvar [indepvars] [if] [in] [, corc twostep rhotype(type) vce(vcetype) ...]",
    by="each",
)
def prais(session: SessionState, node: Command) -> None:
    from xmixed.estimation.series.estimator import PRAIS
    from xmixed.estimation.series.prais import Request, fit

    if replayed(session, node, {"prais"}, PRAIS) or replicated(session, node):
        return
    panel, time, step = series_variables(session)
    groups = (panel,) if panel else ()
    constant = not node.option("noconstant")
    sample = estimation_sample(session, node, constant=constant, groups=groups, others=(time,))
    if panel and len(set(sample.others[panel].tolist())) > 1:
        raise StataError(459, "sample may not include multiple panels")
    request = Request(
        node.text.strip(),
        time,
        step,
        bool(node.option("corc")),
        str(node.option("rhotype", "regress")),
        bool(node.option("twostep")),
        float(node.option("tolerance", 1e-3)),
        int(node.option("iterate", 100)),
    )
    with overflow():
        estimates, settled = fit(sample, request, _log(session, node))
    if node.option("nodw"):
        del estimates.scalars["dw"]
    conclude(session, node, PRAIS, estimates, settled)


def _log(session: SessionState, node: Command) -> Callable[[int, float], None]:
    """Return what shows rho by iteration."""
    show = node.option("log", True) is not False

    def progress(iteration: int, rho: float) -> None:
        if show:
            session.out.write(*([""] if not iteration else []), f"Iteration {iteration}:  rho = {rho:6.4f}")

    return progress


@command(
    "arima",
    syntax=ARIMA_SYNTAX,
    synopsis="arima depvar [indepvars] [if] [in], {arima(#p,#d,#q) | ar(numlist) ma(numlist)} "
    "[sarima(#P,#D,#Q,#s) noconstant vce(vcetype) level(#) ...]",
    by="each",
)
def arima(session: SessionState, node: Command) -> None:
    from xmixed.estimation.series.arima import Request, fit
    from xmixed.estimation.series.arima_estimator import ESTIMATOR

    if replayed(session, node, {"arima"}, ESTIMATOR):
        return
    vce = node.option("vce")
    if isinstance(vce, VarianceEstimator) and vce.kind in RESAMPLED:
        raise StataError(198, f"vce({vce.kind}) not allowed: observations of a series follow each other")
    panel, time, step = series_variables(session)
    differences, factors = _orders(node)
    groups = (panel,) if panel else ()
    moved = replace(node, argument=_differenced(node, differences))
    constant = not node.option("noconstant")
    sample = estimation_sample(
        session, moved, constant=constant, default="opg", groups=groups, others=(time,)
    )
    if panel and len(set(sample.others[panel].tolist())) > 1:
        raise StataError(459, "sample may not include multiple panels")
    fmt = session.data[time].format
    limits = limits_of(node)
    if "iterate" not in node.options:
        limits = replace(limits, iterate=_ITERATIONS)
    request = Request(node.text.strip(), time, fmt, step, factors, limits)
    show = node.option("log", True) is not False
    with overflow():
        estimates, sample = fit(settled(sample), request, iteration_log(session) if show else None)
    conclude(session, node, ESTIMATOR, estimates, sample)
    check_converged(estimates)


def _orders(node: Command) -> tuple[str, tuple[Lags, ...]]:
    """Return the operator of the differences, and the factors of the polynomials."""
    from xmixed.estimation.series.arima import Lags

    if node.option("arima") is not None and {"ar", "ma"} & node.options.keys():
        raise StataError(198, "arima() may not be combined with ar() or ma()")
    operator, ar, ma = "", _lags(node.option("ar", ()), "ar"), _lags(node.option("ma", ()), "ma")
    if node.option("arima") is not None:
        p, d, q = _counts(node, "arima", 3)
        operator, ar, ma = "D" * bool(d) + str(d) * (d > 1), tuple(range(1, p + 1)), tuple(range(1, q + 1))
    found = [Lags(1, ar, ma)]
    if node.option("sarima") is not None:
        p, d, q, season = _counts(node, "sarima", 4)
        operator += f"S{season}" * d
        found.append(Lags(_season(season), tuple(range(1, p + 1)), tuple(range(1, q + 1))))
    for name in ("mar", "mma"):
        if node.option(name) is not None:
            text, comma, last = str(node.option(name)).rpartition(",")
            if not comma or not last.strip().isdigit():
                raise StataError(198, f"option {name}() incorrectly specified")
            lags = _lags(parse_numlist(text), name)
            found.append(Lags(_season(int(last)), *((lags, ()) if name == "mar" else ((), lags))))
    return operator, _merged(found)


def _merged(found: list[Lags]) -> tuple[Lags, ...]:
    """Return one factor for each season; r(198) where two options give lags of the same kind for one."""
    from xmixed.estimation.series.arima import Lags

    factors: dict[int, Lags] = {}
    for own in found:
        known = factors.get(own.season, Lags(own.season, (), ()))
        if (known.ar and own.ar) or (known.ma and own.ma):
            raise StataError(198, f"two options give lags of season {own.season}")
        factors[own.season] = Lags(own.season, known.ar or own.ar, known.ma or own.ma)
    return tuple(own for own in factors.values() if own.size)


def _season(period: int) -> int:
    if period < 2:
        raise StataError(198, "a season has two periods or more")
    return period


def _lags(values: tuple[float, ...], name: str) -> tuple[int, ...]:
    if any(value != int(value) or value < 1 for value in values):
        raise StataError(198, f"option {name}() incorrectly specified")
    return tuple(sorted({int(value) for value in values}))


def _counts(node: Command, name: str, count: int) -> tuple[int, ...]:
    words = str(node.option(name)).replace(",", " ").split()
    if len(words) != count or not all(word.isdigit() for word in words):
        raise StataError(198, f"option {name}() incorrectly specified", node.options[name].span)
    return tuple(int(word) for word in words)


def _differenced(node: Command, operator: str) -> tuple:
    """Return the variables with an operator before their own; r(198) for factor variables."""
    items = tuple(node.argument or ())
    if not operator:
        return items
    if not all(isinstance(item, Pattern) for item in items):
        raise StataError(198, "factor variables and ranges may not be combined with differences")
    return tuple(replace(item, operator=operator + item.operator) for item in items)
