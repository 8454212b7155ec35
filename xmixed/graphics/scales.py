"""Where the labels of an axis stand: round numbers, whole units of time, powers for logarithms."""

from __future__ import annotations

import math

import numpy as np

STEPS = (1.0, 2.0, 5.0, 10.0)
_DAYS = {"d": 1.0, "c": 86_400_000.0, "C": 86_400_000.0}
MAXIMUM_TICKS = 1000


def round_step(width: float, count: int) -> float:
    """Return 1, 2 or 5 times the power of ten that cuts a width into about `count - 1` parts."""
    rough = width / max(1, count - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    best = min(STEPS, key=lambda step: abs(math.log(step * power / rough)))
    return best * power


def round_ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Return about `count` round numbers over a range: the multiples of a round step nearest to its ends.

    Examples
    --------
    >>> round_ticks(12, 41)
    (10.0, 20.0, 30.0, 40.0)
    """
    if not math.isfinite(high - low) or high <= low:
        return _around(low, high)
    step = round_step(high - low, count)
    if not step > 0 or abs(low) / step > 1e15:
        return (low, high)
    first, last = _nearest(low / step), _nearest(high / step)
    places = np.arange(first, last + 1)[:MAXIMUM_TICKS]
    # multiples of the step, without the noise of floating point: 0.30000000000000004 is 0.3
    digits = max(0, 2 - math.floor(math.log10(step)))
    return tuple(round(float(place) * step, min(digits, 300)) + 0.0 for place in places)


def _nearest(value: float) -> int:
    return math.floor(value + 0.5)


def _around(low: float, high: float) -> tuple[float, ...]:
    """Return ticks where there is but one number, or none."""
    return (low,) if math.isfinite(low) else (0.0, 1.0)


def log_ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Return labels of a logarithmic axis: powers of ten, with 2 and 5 between where there are few."""
    if not 0 < low < high:
        return round_ticks(low, high, count)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    if last - first > count:
        every = math.ceil((last - first) / count)
        return tuple(10.0**power for power in range(first, last + 1, every))
    inside = [m * 10.0**power for power in range(first, last + 1) for m in (1, 2, 5)]
    chosen = [value for value in inside if low * 0.999 <= value <= high * 1.001]
    powers = [value for value in chosen if math.log10(value) == round(math.log10(value))]
    return tuple(powers if len(powers) >= 3 else chosen) or (low, high)


def date_ticks(low: float, high: float, unit: str, count: int = 5) -> tuple[float, ...]:
    """Return labels of a time axis in units of `%t` formats: years where years fit, else round counts.

    Parameters
    ----------
    unit : str
        `d`, `c`, `C`, `w`, `m`, `q`, `h`, `y`: the letter after `%t`.
    """
    per_year = {
        "d": 365.25,
        "c": 365.25 * _DAYS["c"],
        "C": 365.25 * _DAYS["C"],
        "w": 52,
        "m": 12,
        "q": 4,
        "h": 2,
    }
    length = per_year.get(unit)
    if length is None or not math.isfinite(high - low) or high <= low:
        return tuple(value for value in round_ticks(low, high, count) if value == round(value)) or (low, high)
    years = (high - low) / length
    if years >= 2:
        step = max(1, round(round_step(years, count)))
        first = math.floor(1960 + low / length + 0.5)
        last = math.floor(1960 + high / length + 0.5)
        first = math.ceil(first / step) * step
        return tuple(_start_of(year, unit) for year in range(first, last + 1, step))
    part = {"m": (1, 3, 6), "q": (1, 2), "w": (1, 2, 4, 13), "h": (1,)}.get(unit)
    if part is not None:
        step = next((s for s in part if (high - low) / s <= count + 1), part[-1])
        return tuple(float(v) for v in range(math.ceil(low / step) * step, math.floor(high) + 1, step))
    day = _DAYS[unit]
    if high - low < 2 * day:
        return round_ticks(low, high, count)
    step = max(1, round(round_step((high - low) / day, count)))
    return tuple(v * day for v in range(math.ceil(low / day), math.floor(high / day) + 1, step))


def _start_of(year: int, unit: str) -> float:
    """Return the first day, week, month, ... of a year, counted from 1960."""
    if unit in _DAYS:
        import datetime

        year = min(9999, max(1, year))
        return (datetime.date(year, 1, 1) - datetime.date(1960, 1, 1)).days * _DAYS[unit]
    return float((year - 1960) * {"w": 52, "m": 12, "q": 4, "h": 2}[unit])


def minor_ticks(ticks: tuple[float, ...], parts: int) -> tuple[float, ...]:
    """Return the places that cut the spaces between ticks into `parts`."""
    if len(ticks) < 2 or parts < 2:
        return ()
    cuts = [
        left + (right - left) * i / parts
        for left, right in zip(ticks[:-1], ticks[1:], strict=True)
        for i in range(1, parts)
    ]
    return tuple(cuts[:MAXIMUM_TICKS])


def finite_range(*arrays: np.ndarray) -> tuple[float, float] | None:
    """Return the smallest and largest finite number in some arrays; None when there is none."""
    lows, highs = [], []
    for array in arrays:
        if not len(array):
            continue
        low, high = float(np.fmin.reduce(array)), float(np.fmax.reduce(array))
        if not (math.isfinite(low) and math.isfinite(high)):
            kept = array[np.isfinite(array)]
            if not len(kept):
                continue
            low, high = float(kept.min()), float(kept.max())
        lows.append(low)
        highs.append(high)
    return (min(lows), max(highs)) if lows else None
