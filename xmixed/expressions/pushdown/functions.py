"""Functions as queries: those with a counterpart that has the same values in every engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xmixed.data.reference.leaves import EPOCH, LARGEST_FLOAT, as_float, ceil, floor, truncated
from xmixed.data.reference.model import needs_rows
from xmixed.errors import StataError
from xmixed.expressions.pushdown.operators import below, equal
from xmixed.expressions.pushdown.values import (
    Pushed,
    holds,
    is_absent,
    kept,
    made,
    number,
    raw,
    truth_of,
)
from xmixed.expressions.values import type_mismatch
from xmixed.formats import calendar

Compute = Callable[..., Pushed]
_DAY = float(calendar.MILLISECONDS_PER_DAY)


def _guarded(compute: Callable[[Any], Any], inside: Callable[[Any], Any] | None = None) -> Compute:
    """Return a function of a number, missing outside its domain where engines make an error of it."""

    def apply(x: Pushed) -> Pushed:
        import ibis

        value = number(x)
        return made(compute(value if inside is None else ibis.cases((inside(value), value))))

    return apply


def _same_size(compute: Callable[[Any], Any]) -> Compute:
    """Return a function of a number whose values are about as large."""

    def apply(x: Pushed) -> Pushed:
        return made(compute(number(x)), x, bound=x.bound + 1.0, safe=True)

    return apply


def _round(x: Pushed, unit: Pushed | None = None) -> Pushed:
    if unit is None:
        return made(floor(number(x) + 0.5), x, bound=x.bound + 1.0, safe=True)
    if not isinstance(unit.constant, float):
        raise needs_rows("round() to a unit that varies is")
    if unit.is_missing:
        return made(number(unit))
    if unit.constant == 0:
        return x
    size = abs(unit.constant)
    reciprocal = float(round(1 / size))
    if size < 1 and abs(reciprocal * size - 1) < 1e-12:
        return made(floor(number(x) * reciprocal + 0.5) / reciprocal)
    return made(floor(number(x) / size + 0.5) * size)


def _mod(x: Pushed, y: Pushed) -> Pushed:
    import ibis

    value, by = number(x), number(y)
    by = ibis.cases((by > 0.0, by))
    return made(value - by * floor(value / by))


def _extreme(name: str) -> Compute:
    """max() and min() pass over missing values."""

    def apply(*values: Pushed) -> Pushed:
        import ibis

        present = [value for value in values if not value.is_missing]
        if not present:
            return Pushed("number", ibis.null("float64"), True)
        found = getattr(ibis, name)(*map(number, present)) if len(present) > 1 else number(present[0])
        nullable = all(value.nullable for value in present)
        return Pushed("number", found, nullable, max(value.bound for value in present))

    return apply


def _float(x: Pushed) -> Pushed:
    return Pushed("number", as_float(number(x)), True, LARGEST_FLOAT)


# --- choosing and testing ------------------------------------------------------------------------------


def _cond(x: Pushed, yes: Pushed, no: Pushed, absent: Pushed | None = None) -> Pushed:
    import ibis

    results = [yes, no] if absent is None else [yes, no, absent]
    if len({result.is_text for result in results}) > 1:
        raise type_mismatch()
    branches = [(holds(x), kept(yes))]
    if absent is not None:
        branches.insert(0, (is_absent(x), kept(absent)))
    found = ibis.cases(*branches, else_=kept(no))
    if yes.is_text:
        return Pushed("text", found)
    nullable = any(result.nullable for result in results)
    return Pushed("number", found, nullable, max(result.bound for result in results))


def _same_kind(*values: Pushed) -> bool:
    if len({value.is_text for value in values}) > 1:
        raise type_mismatch()
    return values[0].is_text


def _inlist(z: Pushed, *values: Pushed) -> Pushed:
    import ibis

    if len(values) > (9 if _same_kind(z, *values) else 254):
        raise StataError(130, "expression too long")
    found: Any = ibis.literal(False)
    for value in values:
        found = found | equal(z, value)
    return truth_of(found)


def _inrange(z: Pushed, low: Pushed, high: Pushed) -> Pushed:
    if _same_kind(z, low, high):
        return truth_of(~below(z, low) & ~below(high, z))
    at_least = is_absent(low) | ~below(z, low)
    at_most = is_absent(high) | ~below(high, z)
    return truth_of(~is_absent(z) & at_least & at_most)


def _missing(*values: Pushed) -> Pushed:
    import ibis

    found: Any = ibis.literal(False)
    for value in values:
        found = found | is_absent(value)
    return truth_of(found)


# --- dates ---------------------------------------------------------------------------------------------


def _of_date(part: Callable[[Any], Any], largest: float) -> Compute:
    """Return a part of a day's date; missing outside the years 100-9999."""

    def apply(days: Pushed) -> Pushed:
        import ibis

        value = number(days)
        inside = (value >= float(calendar.FIRST_DAY)) & (value < calendar.LAST_DAY + 1.0)
        whole = floor(ibis.cases((inside, value))).cast("int64")
        date = ibis.date(EPOCH) + whole.as_interval("D")
        return Pushed("number", part(date).cast("float64"), True, largest)

    return apply


def _remainder(x: Any, by: float) -> Any:
    import ibis

    rest = x % by
    return ibis.cases((rest < 0.0, rest + by), else_=rest)


def _day_of_week(days: Pushed) -> Pushed:
    import ibis

    value = number(days)
    inside = (value >= float(calendar.FIRST_DAY)) & (value < calendar.LAST_DAY + 1.0)
    return Pushed("number", _remainder(floor(ibis.cases((inside, value))) + 5.0, 7.0), True, 7.0)


def _scaled(multiplier: float, divisor: float) -> Compute:
    def apply(x: Pushed) -> Pushed:
        value = number(x)
        return made(value * multiplier if divisor == 1.0 else value / divisor)

    return apply


# --- strings -------------------------------------------------------------------------------------------

_LOWER, _UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _of_text(compute: Callable[[Any], Any]) -> Compute:
    def apply(text: Pushed) -> Pushed:
        return Pushed("text", compute(kept(text)))

    return apply


def _length(text: Pushed) -> Pushed:
    return Pushed("number", kept(text).length().cast("float64"), False, 2.0**31)


def _position(text: Pushed, part: Pushed) -> Pushed:
    import ibis

    found = (kept(text).find(kept(part)) + 1).cast("float64")
    return Pushed("number", ibis.cases((kept(part) == "", 0.0), else_=found).cast("float64"), False, 2.0**31)


def _substring(text: Pushed, start: Pushed, count: Pushed) -> Pushed:
    import ibis

    if not (isinstance(start.constant, float) and isinstance(count.constant, float)):
        raise needs_rows("substr() at places that vary is")
    length = 2**31 - 1 if count.is_missing else int(min(count.constant, 2.0**31 - 1))
    begin = 0 if start.is_missing else int(max(-(2.0**31), min(start.constant, 2.0**31 - 1)))
    whole = kept(text)
    if begin == 0 or length <= 0:
        return Pushed("text", ibis.literal(""))
    if begin > 0:
        return Pushed("text", whole.substr(begin - 1, length))
    size = whole.length()
    return Pushed("text", ibis.cases((size >= -begin, whole.substr(size + begin, length)), else_=""))


def _substitute(text: Pushed, old: Pushed, new: Pushed, count: Pushed) -> Pushed:
    if not (isinstance(old.constant, str) and isinstance(new.constant, str) and count.is_missing):
        raise needs_rows("subinstr() of strings that vary, or of some of them, is")
    return Pushed("text", kept(text).replace(old.constant, new.constant) if old.constant else kept(text))


FUNCTIONS: dict[str, Compute] = {
    "abs": lambda x: made(raw(x).abs(), x, bound=x.bound, safe=True),
    "sqrt": lambda x: made(raw(x).sqrt()),
    "exp": _guarded(lambda x: x.exp()),
    "ln": lambda x: made(raw(x).ln()),
    "log": lambda x: made(raw(x).ln()),
    "log10": lambda x: made(raw(x).log10()),
    "sin": _guarded(lambda x: x.sin()),
    "cos": _guarded(lambda x: x.cos()),
    "tan": _guarded(lambda x: x.tan()),
    "asin": _guarded(lambda x: x.asin(), lambda x: x.abs() <= 1.0),
    "acos": _guarded(lambda x: x.acos(), lambda x: x.abs() <= 1.0),
    "atan": _guarded(lambda x: x.atan()),
    "sign": _same_size(lambda x: x.sign().cast("float64")),
    "ceil": _same_size(ceil),
    "floor": _same_size(floor),
    "int": _same_size(truncated),
    "trunc": _same_size(truncated),
    "round": _round,
    "mod": _mod,
    "max": _extreme("greatest"),
    "min": _extreme("least"),
    "float": _float,
    "cond": _cond,
    "inlist": _inlist,
    "inrange": _inrange,
    "missing": _missing,
    "mi": _missing,
    "year": _of_date(lambda date: date.year(), 1e4),
    "yofd": _of_date(lambda date: date.year(), 1e4),
    "month": _of_date(lambda date: date.month(), 13.0),
    "day": _of_date(lambda date: date.day(), 32.0),
    "doy": _of_date(lambda date: date.day_of_year(), 367.0),
    "quarter": _of_date(lambda date: date.quarter(), 5.0),
    "mofd": _of_date(lambda date: (date.year() - 1960) * 12 + date.month() - 1, 1e6),
    "qofd": _of_date(lambda date: (date.year() - 1960) * 4 + date.quarter() - 1, 1e6),
    "dow": _day_of_week,
    "dofc": lambda x: made(floor(number(x) / _DAY), x, bound=x.bound, safe=True),
    "cofd": lambda x: made(floor(number(x)) * _DAY),
    "hh": lambda x: made(floor(_remainder(number(x), _DAY) / 3_600_000.0)),
    "mm": lambda x: made(floor(_remainder(number(x), 3_600_000.0) / 60_000.0)),
    "ss": lambda x: made(_remainder(number(x), 60_000.0) / 1000.0),
    "hours": _scaled(1.0, 3_600_000.0),
    "minutes": _scaled(1.0, 60_000.0),
    "seconds": _scaled(1.0, 1000.0),
    "msofhours": _scaled(3_600_000.0, 1.0),
    "msofminutes": _scaled(60_000.0, 1.0),
    "msofseconds": _scaled(1000.0, 1.0),
    "length": _length,
    "strlen": _length,
    "ustrlen": _length,
    "lower": _of_text(lambda text: text.translate(_UPPER, _LOWER)),
    "strlower": _of_text(lambda text: text.translate(_UPPER, _LOWER)),
    "upper": _of_text(lambda text: text.translate(_LOWER, _UPPER)),
    "strupper": _of_text(lambda text: text.translate(_LOWER, _UPPER)),
    "ltrim": _of_text(lambda text: text.re_replace(r"\A +", "")),
    "strltrim": _of_text(lambda text: text.re_replace(r"\A +", "")),
    "rtrim": _of_text(lambda text: text.re_replace(r" +\z", "")),
    "strrtrim": _of_text(lambda text: text.re_replace(r" +\z", "")),
    "trim": _of_text(lambda text: text.re_replace(r"\A +| +\z", "")),
    "strtrim": _of_text(lambda text: text.re_replace(r"\A +| +\z", "")),
    "strpos": _position,
    "index": _position,
    "substr": _substring,
    "subinstr": _substitute,
}
"""What computes each function; its arguments are checked before."""
