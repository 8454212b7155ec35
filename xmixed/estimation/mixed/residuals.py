"""Option residuals(): from what was typed to the engine's residual structure and its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xmixed.errors import Span, StataError
from xmixed.estimation.mixed.model import MixedSample, ResidualSummary
from xmixed.estimation.mixed.request import ResidualRequest
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes.estimators import MixedCommand, ResidualSpecification
from xmixed.statistics.grouping import Groups, factorise

if TYPE_CHECKING:
    from xmixed.engine import Residuals

# Common divisor of gaps up to which autoregressions of higher order have digits left.
_MOST_PERIODS = 100_000
IGNORED_NOTE = "Note: t() not required for this residual structure; ignored"


DEFAULT = ResidualRequest("independent", None, "", "", "", Span(0, 0))


@dataclass(frozen=True, slots=True, eq=False)
class ResidualPart:
    """The residual structure in words and for the engine; None and None for the default."""

    summary: ResidualSummary | None = None
    model: Residuals | None = None


def residual_request(node: MixedCommand, context: Context) -> ResidualRequest:
    """Return what residuals() asks for.

    Raises
    ------
    StataError
        r(111) for unknown variables; r(198) where t() is missing or another option forbids the structure.
    """
    typed = node.option("residuals")
    if typed is None:
        return DEFAULT
    assert isinstance(typed, ResidualSpecification)
    by = resolve_name(typed.by, context.data) if typed.by is not None else ""
    time = resolve_name(typed.t, context.data) if typed.t is not None else ""
    request = ResidualRequest(typed.structure, typed.order, by, time, "", node.options["residuals"].span)
    if time and not request.form.timed:
        request = replace(request, time="", note=IGNORED_NOTE)
    if request.form.timed and not time:
        raise StataError(198, f"residual structure {typed.structure} requires t(varname)", request.span)
    _check_alone(node, request)
    return request


def _check_alone(node: MixedCommand, request: ResidualRequest) -> None:
    """Refuse what the manual allows with independent residuals of one variance only."""
    if request.is_default:
        return
    for name in ("nostderr", "emonly"):
        if node.option(name):
            raise StataError(
                198,
                f"option {name} is available only for independent residuals with constant variance",
                node.options[name].span,
            )
    if not node.random and request.form.correlated:
        raise StataError(
            198,
            f"residual structure {request.structure} requires a random-effects equation",
            request.span,
            "the equation names the groups: || levelvar:, noconstant",
        )


def residual_part(
    request: ResidualRequest, groups: tuple[np.ndarray, int] | None, sample: MixedSample, n: int
) -> ResidualPart:
    """Return the structure over the estimation sample.

    Parameters
    ----------
    groups : (codes, number) or None
        Lowest-level groups of the command as typed; None when there is no equation.

    Raises
    ------
    StataError
        r(198) for t() of the wrong kind or an order that the data do not allow; r(451) for repeated
        t() values within groups; r(459) for by() that varies within groups.
    """
    if request.is_default:
        return ResidualPart()
    from xmixed.engine import Residuals

    codes, n_groups = groups if groups is not None else (np.zeros(n, dtype=np.int64), 1)
    by, labels = _by_groups(request, codes, n_groups, sample)
    time = sample.values(request.time) if request.time else None
    times: np.ndarray | None = None
    if time is not None:
        _check_time(request, time, codes)
        if request.form.positioned:
            positions = factorise(time)
            time, times = positions.codes.astype(np.float64), positions.levels
    order = _order(request, time, codes, n_groups, 0 if times is None else len(times))
    if time is not None and request.form.is_recursive and order > 1:
        _check_spacing(request, order, time, codes)
    model: Residuals | None = Residuals(
        request.structure,  # type: ignore[arg-type]
        codes,
        n_groups,
        time=time,
        n_times=0 if times is None else len(times),
        order=order,
        by=None if by is None else by.codes,
        n_by=1 if by is None else len(by.levels),
    )
    if not request.form.correlated and by is not None and len(by.levels) == 1:
        model = None  # one variance after all
    summary = ResidualSummary(
        request.structure,
        order,
        request.by,
        labels,
        request.time,
        () if times is None else tuple(float(value) for value in times),
        1 if times is None or time is None else 1 + _first_position(time, by),
    )
    return ResidualPart(summary, model)


def _first_position(positions: np.ndarray, by: Groups | None) -> int:
    """Return the t() position whose standard deviation is sigma_e: the first seen in the first by() group."""
    return int(positions.min() if by is None else positions[by.codes == 0].min())


def _by_groups(
    request: ResidualRequest, codes: np.ndarray, n_groups: int, sample: MixedSample
) -> tuple[Groups | None, tuple[str, ...]]:
    """Return the by() groups, if any, and what they are called: value labels, else values."""
    if not request.by:
        return None, ()
    found = factorise(sample.values(request.by))
    if request.form.correlated:
        own = np.zeros(n_groups, dtype=found.codes.dtype)
        own[codes] = found.codes
        if not np.array_equal(own[codes], found.codes):
            raise StataError(459, f"by() variable {request.by} is not constant within groups", request.span)
    data = sample.context.data
    return found, _labels(found.levels, data.value_labels.get(data[request.by].value_label, {}))


def _labels(values: Sequence[float] | np.ndarray, table: dict[int, str]) -> tuple[str, ...]:
    labels = []
    for value in values:
        number = float(value)
        whole = number.is_integer()
        labels.append(table.get(int(number), "") if whole else "")
        labels[-1] = labels[-1] or (str(int(number)) if whole else f"{number:.7g}")
    return tuple(labels)


def _check_time(request: ResidualRequest, time: np.ndarray, codes: np.ndarray) -> None:
    whole = bool(np.array_equal(time, np.floor(time)))
    if request.form.lagged and not whole:
        raise StataError(198, f"t() variable {request.time} must have integer values", request.span)
    if request.form.positioned and not (whole and bool(np.all(time >= 0))):
        raise StataError(
            198, f"t() variable {request.time} must have nonnegative integer values", request.span
        )
    order = np.lexsort((time, codes))
    same = (np.diff(time[order]) == 0) & (np.diff(codes[order]) == 0)
    if same.any():
        raise StataError(451, "repeated time values within groups", request.span)


def _check_spacing(request: ResidualRequest, order: int, time: np.ndarray, codes: np.ndarray) -> None:
    """Refuse an autoregression whose period is beyond measure shorter than all gaps.

    Its roots would lie within rounding of the unit circle, at any of as many angles as a gap has periods.
    """
    rows = np.lexsort((time, codes))
    gaps = np.diff(time[rows])[np.diff(codes[rows]) == 0]
    common = int(np.gcd.reduce(np.unique(gaps).astype(np.int64)))
    if common > _MOST_PERIODS:
        raise StataError(
            459,
            f"gaps in t() variable {request.time} are multiples of {common:,}, too long for ar {order}",
            request.span,
            hint=f"count t() in units of {common}",
        )


def _order(
    request: ResidualRequest, time: np.ndarray | None, codes: np.ndarray, n_groups: int, n_times: int
) -> int:
    """Return the order, by default that of the structure; 0 where there is none."""
    form, given = request.form, request.order
    if form.ordered and form.positioned:
        order = form.usual_order(n_times, 0) if given is None else given
        if order > n_times - 1:
            raise StataError(
                198,
                f"{form.name} order may be at most {n_times - 1}, one less than the values of t()",
                request.span,
            )
        return order
    if not form.lagged or time is None:
        return 0
    longest = _longest_lag(time, codes, n_groups)
    order = form.usual_order(n_times, longest) if given is None else given
    if order < 1 or order > longest:
        raise StataError(
            198,
            f"{form.name} order {max(order, 1)} exceeds the maximum lag observed within groups, {longest}",
            request.span,
        )
    return order


def _longest_lag(time: np.ndarray, codes: np.ndarray, n_groups: int) -> int:
    first = np.full(n_groups, np.inf)
    last = np.full(n_groups, -np.inf)
    np.minimum.at(first, codes, time)
    np.maximum.at(last, codes, time)
    return int(np.max(last - first))
