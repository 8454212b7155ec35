"""The table of `reshape`: what there was, an arrow, what there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.output import Line, line
from xmixed.render.text import result, rule, wrap

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


@dataclass(frozen=True, slots=True)
class Definition:
    """How data are reshaped; what is not defined is empty. `form` is `long`, `wide` or "" (not known)."""

    form: str
    i: Sequence[str]
    j: Sequence[str]
    stubs: Sequence[str]
    constant: Sequence[str]


_LABEL, _CONTENTS = 36, 38
"""Widths of the two columns of the table of definitions."""


def render_definition(definition: Definition) -> list[Line]:
    """Return the table of `reshape query`, and what may be typed next."""
    dashes = "-" * (_LABEL + 1), "-" * (_CONTENTS + 1)

    def row(label: str, text: str = "") -> Line:
        return line(f"| {label:{_LABEL}}| ", result(f"{text:{_CONTENTS}}"), "|")

    def rows(label: str, command: str, names: Sequence[str]) -> list[Line]:
        texts = wrap(" ".join((f"reshape {command}", *names)), _CONTENTS - 1)
        return [row(label if at == 0 else "", text) for at, text in enumerate(texts)]

    edge = line(f"+{dashes[0]}-{dashes[1]}+")
    return [
        line(),
        *([line(f"  (data are {definition.form})"), line()] if definition.form else ()),
        edge,
        row("Xij", "Command/contents"),
        line(f"|{dashes[0]}+{dashes[1]}|"),
        row("Subscript i,j definitions:"),
        *rows(" group id variable(s)", "i", definition.i),
        *rows(" within-group variable", "j", definition.j),
        row("  and its range"),
        row(""),
        row("Variable Xij definitions:"),
        *rows(" varying variables", "xij", definition.stubs),
        *rows(" constant variables (if any)", "xi", definition.constant),
        edge,
        *(line(f" {text}") for text in _next_steps(definition)),
    ]


def _next_steps(definition: Definition) -> list[str]:
    if not definition.i:
        return ['First type "reshape i" to define the i variable.']
    if not definition.j:
        return ['Next type "reshape j" to define the j variable and, optionally, values.']
    if not definition.stubs:
        return ['Next type "reshape xij" to define variables that vary within i.']
    optional = 'Optionally type "reshape xi" to define variables that are constant within i.'
    other = "wide" if definition.form == "long" else "long"
    convert = f'Type "reshape {other}" to convert the data to {other} form.'
    return [convert] if definition.constant else [optional, convert]
