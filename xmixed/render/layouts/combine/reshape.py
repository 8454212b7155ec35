"""The table of `reshape`: what there was, an arrow, what there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.output import Line, line
from xmixed.render.text import result, rule

LEFT, RULE_WIDTH, ARROW = 39, 77, 42


@dataclass(frozen=True, slots=True)
class ReshapeCounts:
    """What a reshape made of the data; the first of each pair is from before.

    Attributes
    ----------
    forms : (str, str)
        `wide` and `long`.
    observations, variables : (int, int)
    values : int
        Number of values of j.
    j : (str, str)
        Name of j, or `(dropped)`; "" where it is not there.
    pairs : sequence of (names before, names after)
        Of each stub.
    """

    forms: tuple[str, str]
    observations: tuple[int, int]
    variables: tuple[int, int]
    values: int
    j: tuple[str, str]
    pairs: Sequence[tuple[Sequence[str], Sequence[str]]]


def _listed(names: Sequence[str]) -> str:
    if len(names) <= 3:
        return " ".join(names)
    return f"{names[0]} {names[1]} ... {names[-1]}"


def _pair(left: str, right: str) -> Line:
    """Return a row of texts around the arrow; a long text on the left takes the room up to it."""
    if len(left) <= LEFT:
        head = left.rjust(LEFT) + "   "
    elif len(left) < ARROW:
        head = left.ljust(ARROW)
    else:
        return line(result(left), "-> ", result(right))
    return line(result(head), "->   ", result(right))


def render_reshape(counts: ReshapeCounts) -> list[Line]:
    """Return the lines of the table."""
    before, after = counts.forms

    def numbers(text: str, pair: tuple[int, int]) -> Line:
        return line(text, result(str(pair[0]).rjust(LEFT - len(text))), "   ->", result(f"{pair[1]:8d}"))

    head = f"j variable ({counts.values} values)"
    return [
        line(),
        line(f"Data{before.rjust(LEFT - 4)}   ->   {after}"),
        line(rule(RULE_WIDTH)),
        numbers("Number of obs.", counts.observations),
        numbers("Number of variables", counts.variables),
        line(head, result(counts.j[0].rjust(LEFT - len(head))), "   ->   ", result(counts.j[1])),
        line("xij variables:"),
        *(_pair(_listed(left), _listed(right)) for left, right in counts.pairs),
        line(rule(RULE_WIDTH)),
        line(),
    ]
