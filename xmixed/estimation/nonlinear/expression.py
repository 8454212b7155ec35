"""Expressions with parameters in braces: `{b0=1}*x^{b1}`, `{xb: x z}`."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name


@dataclass(frozen=True, slots=True)
class Parametrised:
    """An expression whose parameters have names of scalars.

    Attributes
    ----------
    text : str
        With `scalar(NAME)` in the place of each parameter.
    names : tuple of str
        Of the parameters, in the order in which they come.
    starts : tuple of float
        Where the search begins; zero where nothing was said.
    """

    text: str
    names: tuple[str, ...]
    starts: tuple[float, ...]


def read_parameters(text: str, prefix: str) -> Parametrised:
    """Return the expression of a text; the scalar of a parameter is its name behind `prefix` and its place.

    Raises
    ------
    StataError
        r(198) for braces that do not match, and what is no parameter.
    """
    parts: list[str] = []
    starts: dict[str, float] = {}
    rest = text
    while True:
        before, opened, rest = rest.partition("{")
        if "}" in before:
            raise StataError(198, "unmatched close brace")
        parts.append(before)
        if not opened:
            break
        inside, closed, rest = rest.partition("}")
        if not closed or "{" in inside:
            raise StataError(198, "unmatched open brace")
        parts.append(_parameter(inside, starts, prefix))
    if not starts:
        raise StataError(198, "no parameters in expression")
    return Parametrised("".join(parts), tuple(starts), tuple(starts.values()))


def _parameter(inside: str, starts: dict[str, float], prefix: str) -> str:
    """Return what stands for a parameter, or for a linear combination with parameters of its own."""
    name, colon, variables = inside.partition(":")
    if colon:
        name = name.strip()
        if not is_valid_name(name) or not variables.split():
            raise StataError(198, f"{{{inside}}} is not a parameter")
        terms = []
        for variable in variables.split():
            if variable == "_cons":
                raise StataError(198, "a constant of a linear combination is a parameter of its own")
            own = f"{name}_{variable}"
            terms.append(f"{_scalar(own, starts, prefix)}*{variable}")
        return f"({' + '.join(terms)})"
    name, equals, value = inside.partition("=")
    name = name.strip()
    if not is_valid_name(name):
        raise StataError(198, f"{{{inside}}} is not a parameter")
    if equals:
        try:
            start = float(value)
        except ValueError:
            raise StataError(198, f"{{{inside}}} is not a parameter") from None
        if starts.get(name):
            raise StataError(198, f"parameter {name} has two initial values")
        shown = _scalar(name, starts, prefix)
        starts[name] = start
        return shown
    return _scalar(name, starts, prefix)


def _scalar(name: str, starts: dict[str, float], prefix: str) -> str:
    starts.setdefault(name, 0.0)
    return f"scalar({prefix}{list(starts).index(name)})"
