"""sampsi: sample sizes and power."""

from __future__ import annotations

import math

from xmixed.commands.registry import command
from xmixed.errors import StataError, syntax_error
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.inference.power import render_design
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.power import Design


def _number(name: str, minimum: str, help: str, low: float = 0.0, high: float | None = None) -> OptionSpec:
    return OptionSpec(name, minimum, "number", help, minimum_value=low, maximum_value=high)


@command(
    "sampsi",
    syntax=Syntax(
        "text",
        options=(
            _number("alpha", "a", "significance level; default .05", 1e-9, 1 - 1e-9),
            _number("power", "p", "power; default .9", 1e-9, 1 - 1e-9),
            _number("n1", "n1", "size of the first sample: its power is asked for", 1),
            _number("n2", "n2", "size of the second sample", 1),
            _number("ratio", "r", "size of the second sample over the first", 1e-6),
            _number("sd1", "sd1", "standard deviation in the first population: means are compared"),
            _number("sd2", "sd2", "standard deviation in the second population"),
            OptionSpec("onesample", "onesam", help="one sample against a value"),
            OptionSpec("onesided", "onesid", help="one-sided test"),
            OptionSpec("nocontinuity", "nocont", help="no correction for continuity"),
            OptionSpec("pre", "pre", "integer", built=False),
            OptionSpec("post", "post", "integer", built=False),
            OptionSpec("method", "m", "text", built=False),
            OptionSpec("r01", "r01", "number", built=False),
            OptionSpec("r0", "r0", "number", built=False),
            OptionSpec("r1", "r1", "number", built=False),
        ),
    ),
    synopsis="sampsi #1 #2 [, sd1(#) sd2(#) n1(#) n2(#) ratio(#) power(#) alpha(#) onesample "
    "onesided nocontinuity]",
)
def sampsi(session: SessionState, node: Command) -> None:
    first, second = _values(session, node)
    one = bool(node.option("onesample"))
    n1, n2 = node.option("n1"), node.option("n2")
    ratio = float(node.option("ratio", 1.0))
    if n1 and n2:
        ratio = n2 / n1
    design = Design(
        first,
        second,
        _deviations(node),
        float(node.option("alpha", 0.05)),
        not node.option("onesided"),
        one,
        not node.option("nocontinuity"),
        1.0 if one else ratio,
    )
    if first == second:
        raise StataError(198, "the two values must differ")
    if design.sd is None and not (0 < first < 1 and 0 < second < 1):
        raise StataError(198, "proportions must lie between 0 and 1; means need sd1()")
    known_power = not (n1 or n2)
    if known_power:
        power = float(node.option("power", 0.9))
        size = math.ceil(design.size(power) - 1e-9)
        sizes = float(size), float(math.ceil(size * design.ratio - 1e-9))
    else:
        size = n1 if n1 else n2 / ratio
        sizes = float(size), float(n2 if n2 else size * ratio)
        power = design.power(size)
    session.out.write(*render_design(design, sizes, power, known_power))
    scalars = {"N_1": sizes[0], "power": power} if one else {"N_1": sizes[0], "N_2": sizes[1], "power": power}
    session.r = Results(scalars)


def _values(session: SessionState, node: Command) -> tuple[float, float]:
    found = []
    for word in (node.argument or "").split():
        number = number_of(word)
        if number is None:
            number = evaluate_number(parse_expression(word), Context.of(session))
        found.append(number)
    if len(found) != 2:
        raise syntax_error()
    return found[0], found[1]


def _deviations(node: Command) -> tuple[float, float] | None:
    one, two = node.option("sd1"), node.option("sd2")
    if one is None and two is None:
        return None
    first = one if one is not None else two
    second = two if two is not None else first
    if not first > 0 or not second > 0:
        raise StataError(198, "standard deviations must be positive")
    return float(first), float(second)
