"""Option from(): starting values in the estimation metric, our extension of the manual's options."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.model import RESIDUAL, VarianceParameter
from xmixed.expressions.coefficient_names import coefficient_key
from xmixed.expressions.context import Context
from xmixed.language.nodes.estimators import MixedCommand
from xmixed.missing import MISSING

Start = Callable[[Sequence[VarianceParameter]], np.ndarray]
"""From the engine's parameters, in its order, to a value for each; nan where none was given."""

_PAIR = re.compile(r"/?([^\s=/]+)\s*=\s*([^\s=]+)(?:\s+|$)")
_NOT_WITH = ("emonly", "emiterate", "emtolerance", "emlog", "emdots")
"""from() skips EM."""


def starting_values(node: MixedCommand, context: Context, fixed_names: Sequence[str]) -> Start | None:
    """Return what `from()` asks for, None when it was not given.

    Parameters
    ----------
    fixed_names : sequence of str
        Names of the fixed effects in e(b), `weight:week`. They may be given and are passed over: for given
        variance parameters the best fixed effects are known.

    Raises
    ------
    StataError
        r(198) for what cannot be read or contradicts other options; r(111) for a matrix that does not
        exist. The function returned raises r(111) for unknown parameters, r(503) for a wrong number.
    """
    text = node.option("from")
    if text is None:
        return None
    for name in _NOT_WITH:
        if node.option(name) is not None:
            raise StataError(198, f"options from() and {name} may not be combined", node.options[name].span)
    body, copy, skip = _suboptions(str(text))
    named = _pairs(body) if "=" in body else None
    if named is None:
        names, values = _matrix_or_list(body, copy, context)
        named = None if copy else dict(zip(names, values, strict=True))
        if copy:
            return lambda parameters: _by_position(values, parameters, len(fixed_names))
    elif copy:
        raise StataError(198, "from(): values by name and copy may not be combined")
    return lambda parameters: _by_name(named or {}, parameters, fixed_names, skip)


def _suboptions(text: str) -> tuple[str, bool, bool]:
    """Return (what stands before the comma, copy, skip)."""
    body, _, rest = text.partition(",")
    words = rest.split()
    if not set(words) <= {"copy", "skip"} or not body.strip() or ("," in text and not words):
        raise StataError(198, "option from() incorrectly specified")
    return body.strip(), "copy" in words, "skip" in words


def _pairs(body: str) -> dict[str, float]:
    values: dict[str, float] = {}
    place = 0
    while place < len(body):
        found = _PAIR.match(body, place)
        if found is None:
            raise StataError(198, "option from() incorrectly specified")
        name = _full_name(found[1])
        if name in values:
            raise StataError(198, f"from(): {name} given more than once")
        values[name] = _number(found[2])
        place = found.end()
    return values


def _full_name(name: str) -> str:
    """Return `lnsig_e:_cons` also of `lnsig_e`."""
    return name if ":" in name else f"{name}:_cons"


def _number(text: str) -> float:
    try:
        value = float(text) if re.fullmatch(r"[-+]?[0-9.]+([eEdD][-+]?[0-9]+)?", text) else np.nan
    except ValueError:
        value = np.nan
    if not abs(value) < MISSING:
        raise StataError(198, f"from(): {text} is no number")
    return value


def _matrix_or_list(body: str, copy: bool, context: Context) -> tuple[list[str], list[float]]:
    """Return names and values of a matrix, or the values of a list of numbers (then without names)."""
    words = body.split()
    found = context.matrix("".join(words)) if len(words) == 1 or body.startswith(("e(", "r(")) else None
    if found is not None:
        if 1 not in found.values.shape:
            raise StataError(503, "conformability error")
        names = found.column_names if found.values.shape[0] == 1 else found.row_names
        return [_full_name(name) for name in names], found.values.ravel().tolist()
    if not words[0][0].isdigit() and words[0][0] not in "-+.":
        raise StataError(111, f"matrix {words[0]} not found")
    if not copy:
        raise StataError(
            198, "from(): values without names need the suboption copy", hint="from(# # ..., copy)"
        )
    return [], [_number(word) for word in words]


def _by_name(
    values: dict[str, float], parameters: Sequence[VarianceParameter], fixed_names: Sequence[str], skip: bool
) -> np.ndarray:
    places = {f"{parameter.name}:_cons": place for place, parameter in enumerate(parameters)}
    fixed = {_canonical(name) for name in fixed_names}
    start = np.full(len(parameters), np.nan)
    for name, value in values.items():
        if name in places:
            start[places[name]] = _checked(name, value)
        elif _canonical(name) not in fixed and not skip:
            known = ", ".join(parameter.name for parameter in parameters)
            raise StataError(
                111, f"from(): parameter {name} not found", hint=f"variance parameters of this model: {known}"
            )
    return start


def _canonical(name: str) -> tuple[str, ...]:
    equation, _, term = name.partition(":")
    return (equation, *coefficient_key(term))


def _by_position(values: list[float], parameters: Sequence[VarianceParameter], n_fixed: int) -> np.ndarray:
    """Return values given in the order of e(b), with or without the fixed effects before them."""
    order = sorted(
        range(len(parameters)), key=lambda i: (parameters[i].equation == RESIDUAL, parameters[i].equation)
    )
    if len(values) not in (len(order), n_fixed + len(order)):
        raise StataError(
            503,
            "conformability error",
            hint=f"from(): {len(order)} variance parameters, or all {n_fixed + len(order)} of e(b)",
        )
    start = np.empty(len(order))
    for place, value in zip(order, values[-len(order) :], strict=True):
        start[place] = _checked(parameters[place].name, value)
    return start


def _checked(name: str, value: float) -> float:
    if not abs(value) < MISSING:
        raise StataError(198, f"from(): the value of {name} is missing")
    return value
