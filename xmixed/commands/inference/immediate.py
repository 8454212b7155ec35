"""ttesti, sdtesti, prtesti, cii: tests and intervals of figures that are typed, not of data."""

from __future__ import annotations

from xmixed.commands.inference.comparing import (
    METHODS,
    show_one_sample,
    show_proportions,
    show_two_samples,
    show_variances,
)
from xmixed.commands.registry import command
from xmixed.errors import StataError, syntax_error
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.inference.intervals import IntervalRow, render_intervals
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.comparisons import Proportion, Sample, Unequal
from xmixed.statistics.inference.intervals import Interval, proportion_interval, rate_interval

_NAMES = ("x", "y")


def _figures(node: Command, allowed: tuple[int, ...], unknown: tuple[int, ...] = ()) -> list[float]:
    """Return the numbers typed; `.` may stand at some places.

    Raises
    ------
    StataError
        r(198): how many there are is not among those allowed, or one is no number.
    """
    figures: list[float] = []
    for place, word in enumerate((node.argument or "").replace(",", " ").split()):
        value = MISSING if word == "." and place in unknown else number_of(word)
        if value is None:
            raise StataError(198, f"'{word}' found where number expected")
        figures.append(value)
    if len(figures) not in allowed:
        raise syntax_error()
    return figures


def _size(n: float, least: int = 1) -> float:
    if n < least or n != int(n):
        raise StataError(198, f"{n:g} found where positive integer expected")
    return n


def _sample(figures: list[float]) -> Sample:
    """Return a sample by its size, mean and standard deviation."""
    n, mean, sd = figures
    if sd < 0:
        raise StataError(411, "nonpositive standard deviation")
    return Sample(_size(n), mean, sd if n > 1 else MISSING)


def _level(session: SessionState, node: Command) -> float:
    return float(node.option("level", session.settings.level))


@command(
    "ttesti",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("unequal", "une", help="variances are not equal"),
            OptionSpec("welch", "w", help="Welch's degrees of freedom"),
            LEVEL,
        ),
    ),
    synopsis="ttesti #obs #mean #sd {#value | #obs2 #mean2 #sd2} [, unequal welch level(#)]",
)
def ttesti(session: SessionState, node: Command) -> None:
    figures = _figures(node, (4, 6))
    unequal: Unequal = "welch" if node.option("welch") else "satterthwaite" if node.option("unequal") else ""
    first = _sample(figures[:3])
    if len(figures) == 4:
        if unequal:
            option = "welch" if node.option("welch") else "unequal"
            raise StataError(198, f"option {option} not allowed", node.options[option].span)
        show_one_sample(session, "x", first, figures[3], _level(session, node))
        return
    second = _sample(figures[3:])
    together = Sample.together(first, second)
    show_two_samples(session, "", _NAMES, (first, second), together, unequal, _level(session, node))


@command(
    "sdtesti",
    syntax=Syntax("text", options=(LEVEL,)),
    synopsis="sdtesti #obs {#mean | .} #sd {#value | #obs2 {#mean2 | .} #sd2} [, level(#)]",
)
def sdtesti(session: SessionState, node: Command) -> None:
    figures = _figures(node, (4, 6), unknown=(1, 4))
    samples = [_sample(figures[:3])]
    if len(figures) == 6:
        samples.append(_sample(figures[3:]))
    together = Sample.together(samples[0], samples[-1])
    names = _NAMES[: len(samples)]
    head = "" if len(samples) == 2 else "Variable"
    show_variances(session, head, names, samples, together, figures[3], _level(session, node))


@command(
    "prtesti",
    syntax=Syntax("text", options=(OptionSpec("count", "c", help="counts, not proportions"), LEVEL)),
    synopsis="prtesti #obs #p {#value | #obs2 #p2} [, level(#) count]",
)
def prtesti(session: SessionState, node: Command) -> None:
    figures = _figures(node, (3, 4))
    samples = (figures[:2],) if len(figures) == 3 else (figures[:2], figures[2:])
    parts = []
    for n, p in samples:
        share = p / _size(n) if node.option("count") else p
        if not 0 <= share <= 1:
            raise StataError(198, f"{p:g} is not a {'count' if node.option('count') else 'proportion'}")
        parts.append(Proportion(_size(n), share))
    show_proportions(session, _NAMES[: len(parts)], parts, figures[2], _level(session, node))


@command(
    "cii",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("binomial", "b", help="#obs and #successes; the default with two numbers"),
            OptionSpec("exact", "exa", help="exact limits; the default of binomial"),
            OptionSpec("wald", "wa", help="normal limits"),
            OptionSpec("wilson", "wi", help="Wilson's limits"),
            OptionSpec("agresti", "a", help="Agresti and Coull's limits"),
            OptionSpec("jeffreys", "j", help="Jeffreys's limits"),
            OptionSpec("poisson", "p", help="#exposure and #events"),
            LEVEL,
        ),
        exclusive=(METHODS, ("binomial", "poisson")),
    ),
    synopsis="cii {#obs #mean #sd | #obs #successes | #exposure #events, poisson} [, wilson ... level(#)]",
)
def cii(session: SessionState, node: Command) -> None:
    method = next((name for name in METHODS if node.option(name)), "")
    poisson, level = bool(node.option("poisson")), _level(session, node)
    figures = _figures(node, (2,) if poisson or method or node.option("binomial") else (2, 3))
    if poisson and method not in ("", "exact"):
        raise StataError(198, f"option {method} not allowed", node.options[method].span)
    if len(figures) == 3:
        sample = _sample(figures)
        found, head = Interval(sample.mean, sample.se, *sample.limits(level)), ""
    elif poisson:
        if figures[0] <= 0 or figures[1] < 0:
            raise StataError(459, "counts and exposures must be positive")
        found, head = rate_interval(figures[1], figures[0], level), "poisson"
    else:
        found, head = _proportion(figures[0], figures[1], level, method or "exact"), method or "exact"
    count = "Exposure" if poisson else "Obs"
    session.out.write(*render_intervals([IntervalRow("", figures[0], found)], head, level, 5, count))
    scalars = {"level": level, "ub": found.upper, "lb": found.lower, "se": found.se, "mean": found.estimate}
    session.r = Results(scalars=scalars | {"N": figures[0]})


def _proportion(n: float, successes: float, level: float, method: str) -> Interval:
    """Return the interval of successes in n; a fraction below 1 is the share of them."""
    if 0 < successes < 1:
        successes = float(round(successes * n))
    if not 0 <= successes <= _size(n) or successes != int(successes):
        raise StataError(198, f"{successes:g} is not a number of successes in {n:g}")
    return proportion_interval(successes, n, level, method)
