"""From a sample of panels in time and lists of instruments to the e() of a dynamic panel model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.dynamic.instruments import (
    Instruments,
    LaggedStyle,
    StandardStyle,
    assembled,
    lagged_columns,
    standard_columns,
)
from xmixed.estimation.dynamic.moments import Moments, Stack, autocorrelation, estimate, first_weight
from xmixed.estimation.dynamic.timeline import Deviations, Differences, Timeline, Transformation
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.sample import dependent_columns
from xmixed.estimation.single import SingleSample
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail, f_tail
from xmixed.statistics.linear.joint import joint_statistic

Values = Callable[[str], np.ndarray]
"""values(name): a variable or factor level over all observations of the timeline, nan for missing."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for; `panel`, `time` and `step` as xtset has them."""

    cmdline: str
    panel: str
    time: str
    lagged: tuple[LaggedStyle, ...]
    standard: tuple[StandardStyle, ...]
    two_steps: bool = False
    robust: bool = False
    small: bool = False
    system: bool = True
    orthogonal: bool = False
    tests: int = 2
    h: int = 3


def _instruments(
    timeline: Timeline, transformation: Transformation, request: Request, values: Values, constant: bool
) -> Instruments:
    columns: list[tuple[np.ndarray, np.ndarray]] = []
    for style in request.standard:
        columns += [
            standard_columns(timeline, transformation, style, values(name), request.system)
            for name in style.names
        ]
    for own in request.lagged:
        for name in own.names:
            columns += lagged_columns(timeline, transformation, own, values(name), request.system)
    if constant:
        columns.append((np.zeros(len(transformation.rows)), np.ones(int(timeline.used.sum()))))
    if not columns:
        raise StataError(198, "no instruments; gmmstyle() or ivstyle() is required")
    return assembled(columns, request.system)


def fit(
    sample: SingleSample, timeline: Timeline, request: Request, values: Values
) -> tuple[Estimates, SingleSample]:
    """Return e() without its mark, and the sample with omitted terms marked.

    Raises
    ------
    StataError
        r(2001) without transformed rows; r(481) with fewer instruments than coefficients.
    """
    transformation: Transformation = (Deviations if request.orthogonal else Differences)(timeline)
    if not len(transformation.rows):
        raise StataError(2001, "insufficient observations")
    levels = np.flatnonzero(timeline.used)
    in_order = _in_order(sample, timeline)
    columns = [np.ones(len(sample.y)) if own is None else own.astype(np.float64) for own in sample.columns]
    y, X = in_order(sample.y), in_order(np.column_stack(columns))
    moved = transformation.of(X)
    moved[:, [own is None for own in sample.columns]] = 0.0
    whole = np.vstack([moved, X[levels]]) if request.system else moved
    settled = sample.settled(dependent_columns(list(whole.T)))
    kept = [not term.status for term in settled.terms if not _was_status(sample, term)]
    kept = np.array(kept, dtype=bool)
    whole, X, moved = whole[:, kept], X[:, kept], moved[:, kept]
    constant = request.system and any(own is None for own in settled.columns)
    instruments = _instruments(timeline, transformation, request, values, constant)
    if instruments.count < whole.shape[1]:
        raise StataError(481, "equation not identified: fewer instruments than coefficients")
    stack = _stacked(timeline, transformation, instruments, (y, whole), request.system)
    if stack.n_transformed <= whole.shape[1]:
        raise StataError(2001, "insufficient observations")
    inner = first_weight(timeline, transformation, instruments, request.h, request.system)
    halved = not request.orthogonal
    found = estimate(stack, inner, request.two_steps, request.robust, halved)
    scalars = _tests(timeline, transformation, instruments, stack, found, request, (y, X))
    return _estimates(settled, timeline, request, stack, found, scalars), settled


def _was_status(sample: SingleSample, term: object) -> bool:
    """Return whether a term had no column from the start."""
    own = {id(item): item.status for item in sample.terms}
    return bool(own.get(id(term)))


def _in_order(sample: SingleSample, timeline: Timeline) -> Callable[[np.ndarray], np.ndarray]:
    """Return what spreads values over the sample to all observations in order, nan elsewhere."""
    places = np.flatnonzero(timeline.used)
    rank = np.argsort(np.argsort(timeline.order.order[places]))

    def spread(values: np.ndarray) -> np.ndarray:
        found = np.full((len(timeline.used), *values.shape[1:]), np.nan)
        found[places] = values[rank]
        return found

    return spread


def _stacked(
    timeline: Timeline,
    transformation: Transformation,
    instruments: Instruments,
    data: tuple[np.ndarray, np.ndarray],
    system: bool,
) -> Stack:
    """Return the rows of both equations; `data`: y of all observations, X of the rows."""
    y, X = data
    rows, levels = transformation.rows, np.flatnonzero(timeline.used)
    moved = transformation.of(y)
    panels = timeline.panels
    if not system:
        return Stack(moved, X, instruments.transformed, panels[rows], len(rows))
    return Stack(
        np.concatenate([moved, y[levels]]),
        X,
        np.vstack([instruments.transformed, instruments.level]),
        np.concatenate([panels[rows], panels[levels]]),
        len(rows),
    )


def _tests(
    timeline: Timeline,
    transformation: Transformation,
    instruments: Instruments,
    stack: Stack,
    found: Moments,
    request: Request,
    data: tuple[np.ndarray, np.ndarray],
) -> dict[str, float]:
    """Return the tests of overidentification and of autocorrelation."""
    df = instruments.count - len(found.b)
    scalars = {
        "j": float(instruments.count),
        "sargan": found.sargan if np.isfinite(found.sargan) else MISSING,
        "sar_df": float(df),
        "sarganp": chi2_tail(found.sargan, df) if df and np.isfinite(found.sargan) else MISSING,
        "sig2": found.sigma2,
    }
    if np.isfinite(found.hansen):
        tail = chi2_tail(found.hansen, df) if df else MISSING
        scalars |= {"hansen": found.hansen, "hansen_df": float(df), "hansenp": tail}
    spread = transformation.transposed(instruments.transformed)
    if request.system:
        spread[np.flatnonzero(timeline.used)] += instruments.level
    plain = Differences(timeline)
    differences = (plain.of(data[0]), plain.of(data[1]))
    robust = request.robust or request.two_steps
    for order in range(1, request.tests + 1):
        z = autocorrelation(timeline, stack, found, order, differences, robust, spread)
        scalars[f"ar{order}"] = z if np.isfinite(z) else MISSING
        scalars[f"ar{order}p"] = chi2_tail(z * z, 1) if np.isfinite(z) else MISSING
    return scalars


def _estimates(
    settled: SingleSample,
    timeline: Timeline,
    request: Request,
    stack: Stack,
    found: Moments,
    scalars: dict[str, float],
) -> Estimates:
    estimated = np.array([not term.status for term in settled.terms], dtype=bool)
    names = [term.name for term in settled.terms]
    own = stack.panels[stack.n_transformed :] if request.system else stack.panels
    sizes = np.bincount(own)
    sizes = sizes[sizes > 0]
    n, k, groups = float(len(own)), len(found.b), float(len(sizes))
    variance = found.variance
    if request.small:
        robust = request.robust or request.two_steps
        variance = variance * ((n - 1) / (n - k) * groups / (groups - 1) if robust else n / (n - k))
    matrices = estimates_matrices(
        names,
        settled.depvar,
        whole_vector(settled.terms, found.b),
        whole_matrix(estimated, variance),
        None,
    )
    kept = [term for term in settled.terms if not term.status]
    slopes = [place for place, term in enumerate(kept) if term.parts]
    chi2 = joint_statistic(found.b[slopes], variance[np.ix_(slopes, slopes)])
    chi2 = float(chi2) if np.isfinite(chi2) and slopes else MISSING
    scalars |= {
        "N": n,
        "N_g": groups,
        "g_min": float(sizes.min()),
        "g_avg": float(sizes.mean()),
        "g_max": float(sizes.max()),
        "df_m": float(len(slopes)),
        "rank": float(k),
    }
    if request.small:
        df = groups - 1 if request.robust or request.two_steps else n - k
        F = chi2 / len(slopes) if chi2 < MISSING else MISSING
        tail = f_tail(F, len(slopes), df) if F < MISSING else MISSING
        scalars |= {"F": F, "F_p": tail, "df_r": df}
    else:
        tail = chi2_tail(chi2, len(slopes)) if chi2 < MISSING else MISSING
        scalars |= {"chi2": chi2, "chi2p": tail, "p": tail}
    steps = "two-step" if request.two_steps else "one-step"
    title = f"Dynamic panel-data estimation, {steps} {'system' if request.system else 'difference'} GMM"
    kind = "Corrected" if request.two_steps and request.robust else "Robust" if request.robust else ""
    macros = {
        "cmd": "xtabond2",
        "cmdline": request.cmdline,
        "depvar": settled.depvar,
        "ivar": request.panel,
        "tvar": request.time,
        "title": title,
        "twostep": "twostep" if request.two_steps else "",
        "small": "small" if request.small else "",
        "transform": "orthogonal deviations" if request.orthogonal else "first differences",
        "vcetype": kind,
        "vce": "robust" if request.robust else "",
        "properties": "b V",
        "predict": "xtab2_p",
        "standard": _listed(request.standard),
        "gmmtype": _listed(request.lagged),
    }
    macros = {name: text for name, text in macros.items() if text}
    payload = FittedTerms(settled.depvar, (FittedEquation("", settled.terms),))
    return Estimates(scalars, macros, matrices, payload=payload)


def _listed(styles: Sequence[LaggedStyle | StandardStyle]) -> str:
    """Return the instruments as the display lists them, one style after the other, `|` between.

    Each begins with the equation that they are for.
    """
    found = []
    for style in styles:
        text = " ".join(style.names)
        if isinstance(style, LaggedStyle):
            last = "." if style.last is None else str(style.last)
            tail = " collapsed" if style.collapse else ""
            names = text if len(style.names) == 1 else f"({text})"
            text = f"{style.first}/{last} {names}{tail}"
        elif style.passthru:
            text = f"passthru {text}"
        found.append(f"{style.equation} {text}")
    return "|".join(found)
