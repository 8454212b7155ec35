"""sampsi and power: sample sizes and power."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError, syntax_error
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression, parse_numlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.inference.designs import Titles, render_one, render_several
from xmixed.render.layouts.inference.power import render_design
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.power import (
    Design,
    Power,
    SizedTest,
    least_size,
    one_mean,
    one_proportion,
    two_means,
    two_proportions,
)


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


# --- power ----------------------------------------------------------------------------------------------


def _list(name: str, minimum: str, help: str) -> OptionSpec:
    return OptionSpec(name, minimum, "numlist", help)


_POWER_OPTIONS = (
    _list("alpha", "a", "significance levels; default .05"),
    _list("power", "p", "powers; default .8"),
    _list("n", "n", "total sample sizes: their power is asked for"),
    OptionSpec("onesided", "onesid", help="one-sided test"),
    OptionSpec("table", "tab", help="a table although there is one combination"),
    OptionSpec("notable", "notab", help="no table"),
    OptionSpec("graph", "gr", "text", built=False, optional_value=True),
    OptionSpec("parallel", "par", built=False),
    OptionSpec("nfractional", "nfrac", built=False),
)
_TWO_OPTIONS = (
    _list("n1", "n1", "sizes of the first sample"),
    _list("n2", "n2", "sizes of the second sample"),
    _list("nratio", "nrat", "size of the second sample over the first; default 1"),
)
_ONE_MEAN = ("delta", "m0", "ma", "sd")
_ONE_PROPORTION = (("score", "score"), ("wald", "wald"))
_KNOWN = "normal distribution: standard deviations are known"


@dataclass(frozen=True, slots=True)
class _Study:
    """One combination of parameters.

    Attributes
    ----------
    values : dict
        By name, in the order in which they are shown.
    power : callable(test) -> Power
    """

    values: dict[str, float]
    power: Callable[[SizedTest], Power]


@command(
    "power",
    syntax=Syntax("raw"),
    synopsis="power {onemean | twomeans | pairedmeans | oneproportion | twoproportions} #1 #2 [, options]",
)
def power(session: SessionState, node: Command) -> None:
    word = (node.text.split() + ["", ""])[1].strip(",")
    raise StataError(198, f"power: method {word or 'required'} is not implemented in xmixed yet")


def _pairs(node: Command) -> list[tuple[float, float]]:
    """Return the combinations of the two arguments; several numbers stand in parentheses.

    Raises
    ------
    StataError
        r(198) for other than two.
    """
    words, depth = [""], 0
    for character in node.argument or "":
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character.isspace() and not depth:
            words.append("")
        else:
            words[-1] += character
    inner = [word[1:-1] if word.startswith("(") else word for word in words if word]
    if len(inner) != 2:
        raise StataError(198, "two values are required")
    return list(itertools.product(parse_numlist(inner[0]), parse_numlist(inner[1])))


def _above(node: Command, name: str, default: float | None = None) -> tuple[float, ...]:
    """Return the positive numbers of an option."""
    values = node.option(name, None if default is None else (default,))
    if values is None:
        raise StataError(198, f"option {name}() required")
    if not min(values) > 0:
        raise StataError(198, f"{name}() must be positive")
    return tuple(values)


def _solve(
    session: SessionState, node: Command, titles: Titles, studies: Sequence[_Study], two: bool
) -> None:
    """Find the sizes or the power of every study, show them, and leave the last one in r()."""
    sizes = not any(node.option(name) for name in ("n", "n1", "n2"))
    if not sizes and node.option("power"):
        raise StataError(198, "power() and sample sizes may not be combined: effect sizes are not looked for")
    alphas = _above(node, "alpha", 0.05)
    wanted = _above(node, "power", 0.8) if sizes else (0.0,)
    if max(*alphas, *wanted) >= 1:
        raise StataError(198, "alpha() and power() must be below 1")
    samples = _samples(node, two)
    rows = []
    for study, alpha, own, sample in itertools.product(studies, alphas, wanted, samples):
        rule = study.power(SizedTest(alpha, bool(node.option("onesided"))))
        n1, n2 = sample
        if sizes:
            n1 = float(math.ceil(least_size(rule, own, n2) - 1e-9))
            n2 = float(math.ceil(n1 * n2 - 1e-9)) if two else 0.0
        rows.append((study, alpha, own if sizes else rule(n1, n2), n1, n2))
    several = len(rows) > 1 or bool(node.option("table"))
    names, sign = _names(two), _sign(node, studies[0])
    if several and not node.option("notable"):
        table = [[a, p, *_counts(two, n1, n2), *s.values.values()] for s, a, p, n1, n2 in rows]
        session.out.write(
            *render_several(titles, ["alpha", "power", *names, *studies[0].values], table, sizes, sign)
        )
    study, alpha, reached, n1, n2 = rows[-1]
    counts = dict(zip(names, _counts(two, n1, n2), strict=True))
    if not several:
        shown = {"N": counts["N"], "N per group": n1} if two and n1 == n2 else counts
        head = [("alpha", alpha), *((("power", reached),) if sizes else tuple(shown.items()))]
        found = list(shown.items()) if sizes else [("power", reached)]
        session.out.write(*render_one(titles, [*head, *study.values.items()], found, sizes, sign))
    scalars = {"alpha": alpha, "power": reached, "beta": 1 - reached, **counts, **study.values}
    scalars |= {"onesided": float(bool(node.option("onesided")))} | ({"nratio": n2 / n1} if two else {})
    session.r = Results(scalars, macros={"type": "test", "method": node.name.removeprefix("power ")})


def _names(two: bool) -> list[str]:
    return ["N", "N1", "N2"] if two else ["N"]


def _counts(two: bool, n1: float, n2: float) -> tuple[float, ...]:
    return (n1 + n2, n1, n2) if two else (n1,)


def _sign(node: Command, study: _Study) -> str:
    return "!=" if not node.option("onesided") else ">" if study.values["delta"] > 0 else "<"


def _samples(node: Command, two: bool) -> list[tuple[float, float]]:
    """Return sizes of both samples; where none is given a size of zero, and the ratio of the second."""
    n = node.option("n")
    if not two:
        return [(value, 0.0) for value in _above(node, "n")] if n else [(0.0, 1.0)]
    ratios = _above(node, "nratio", 1.0)
    one, other = node.option("n1"), node.option("n2")
    if n and (one or other):
        raise StataError(198, "n() may not be combined with n1() or n2()")
    if n:
        return [(value / (1 + ratio), value * ratio / (1 + ratio)) for value in n for ratio in ratios]
    if one and other:
        return list(itertools.product(_above(node, "n1"), _above(node, "n2")))
    if one:
        return [(value, value * ratio) for value in _above(node, "n1") for ratio in ratios]
    if other:
        return [(value / ratio, value) for value in _above(node, "n2") for ratio in ratios]
    return [(0.0, ratio) for ratio in ratios]


@subcommand(
    "power",
    "onemean",
    syntax=Syntax(
        "text",
        options=(
            *_POWER_OPTIONS,
            _list("sd", "sd", "standard deviations; default 1"),
            OptionSpec("knownsd", "known", help=_KNOWN),
        ),
    ),
    synopsis="power onemean m0 ma [, sd(#) n(#) power(#) alpha(#) onesided knownsd]",
)
def power_onemean(session: SessionState, node: Command) -> None:
    known = bool(node.option("knownsd"))
    studies: list[_Study] = []
    for (m0, ma), sd in itertools.product(_pairs(node), _above(node, "sd", 1.0)):
        _check_differ(m0, ma)
        shown = (ma - m0) / sd, m0, ma, sd
        values: dict[str, float] = dict(zip(_ONE_MEAN, shown, strict=True))
        studies.append(_Study(values, lambda test, d=ma - m0, s=sd: one_mean(test, d, s, known)))
    _solve(
        session,
        node,
        Titles("one-sample mean test", "z test" if known else "t test", "m", "m0"),
        studies,
        False,
    )


@subcommand(
    "power",
    "pairedmeans",
    syntax=Syntax(
        "text",
        options=(
            *_POWER_OPTIONS,
            _list("sddiff", "sddiff", "standard deviations of the differences"),
            _list("sd", "sd", "standard deviations of both; with corr()"),
            _list("corr", "corr", "correlations of the pairs"),
            OptionSpec("knownsd", "known", help=_KNOWN),
        ),
        exclusive=(("sddiff", "corr"), ("sddiff", "sd")),
    ),
    synopsis="power pairedmeans ma1 ma2, {sddiff(#) | corr(#) [sd(#)]} [n(#) power(#) alpha(#) ...]",
)
def power_pairedmeans(session: SessionState, node: Command) -> None:
    known = bool(node.option("knownsd"))
    if node.option("corr"):
        pairs = itertools.product(_above(node, "sd", 1.0), node.option("corr"))
        spreads = [sd * math.sqrt(max(2 * (1 - corr), 0.0)) for sd, corr in pairs]
        if not min(spreads) > 0 or min(node.option("corr")) < -1:
            raise StataError(198, "corr() must lie between -1 and 1")
    else:
        spreads = list(_above(node, "sddiff"))
    studies: list[_Study] = []
    for (one, two), sd in itertools.product(_pairs(node), spreads):
        _check_differ(one, two)
        values = {"delta": (two - one) / sd, "d0": 0.0, "da": two - one, "ma1": one, "ma2": two, "sd_d": sd}
        studies.append(_Study(values, lambda test, d=two - one, s=sd: one_mean(test, d, s, known)))
    statistic = "Paired z test" if known else "Paired t test"
    _solve(session, node, Titles("two-sample paired-means test", statistic, "d", "d0"), studies, False)


@subcommand(
    "power",
    "twomeans",
    syntax=Syntax(
        "text",
        options=(
            *_POWER_OPTIONS,
            *_TWO_OPTIONS,
            _list("sd", "sd", "standard deviations of both; default 1"),
            _list("sd1", "sd1", "standard deviations in the first population"),
            _list("sd2", "sd2", "standard deviations in the second population"),
            OptionSpec("knownsds", "known", help=_KNOWN),
        ),
        exclusive=(("sd", "sd1"), ("sd", "sd2")),
    ),
    synopsis="power twomeans m1 m2 [, sd(#) | sd1(#) sd2(#)  n(#) n1(#) n2(#) nratio(#) power(#) ...]",
)
def power_twomeans(session: SessionState, node: Command) -> None:
    known, apart = bool(node.option("knownsds")), bool(node.option("sd1") or node.option("sd2"))
    if apart:
        spreads = list(itertools.product(_above(node, "sd1"), _above(node, "sd2")))
    else:
        spreads = [(sd, sd) for sd in _above(node, "sd", 1.0)]
    studies: list[_Study] = []
    for (m1, m2), sds in itertools.product(_pairs(node), spreads):
        _check_differ(m1, m2)
        values = {"delta": m2 - m1, "m1": m1, "m2": m2}
        values |= {"sd1": sds[0], "sd2": sds[1]} if apart else {"sd": sds[0]}
        studies.append(_Study(values, lambda test, d=m2 - m1, s=sds: two_means(test, d, s, not apart, known)))
    kind = "z test" if known else "Satterthwaite's t test" if apart else "t test"
    assumed = "unequal variances" if apart else "sd1 = sd2 = sd"
    _solve(
        session,
        node,
        Titles("two-sample means test", f"{kind} assuming {assumed}", "m2", "m1"),
        studies,
        True,
    )


@subcommand(
    "power",
    "oneproportion",
    syntax=Syntax(
        "text",
        options=(
            *_POWER_OPTIONS,
            OptionSpec("test", "test", "choice", "score, the default, or wald", _ONE_PROPORTION),
        ),
    ),
    synopsis="power oneproportion p0 pa [, test(score | wald) n(#) power(#) alpha(#) onesided]",
)
def power_oneproportion(session: SessionState, node: Command) -> None:
    wald = node.option("test") == "wald"
    studies: list[_Study] = []
    for p0, pa in _pairs(node):
        _check_shares(p0, pa)
        values = {"delta": pa - p0, "p0": p0, "pa": pa}
        studies.append(_Study(values, lambda test, a=p0, b=pa: one_proportion(test, a, b, wald)))
    titles = Titles("one-sample proportion test", f"{'Wald' if wald else 'Score'} z test", "p", "p0")
    _solve(session, node, titles, studies, False)


@subcommand(
    "power",
    "twoproportions",
    syntax=Syntax(
        "text",
        options=(
            *_POWER_OPTIONS,
            *_TWO_OPTIONS,
            OptionSpec("test", "test", "choice", "chi2, the default", (("chi2", "chi2"),)),
            OptionSpec("continuity", "cont", help="correction for continuity"),
            OptionSpec("effect", "eff", "text", built=False),
        ),
    ),
    synopsis="power twoproportions p1 p2 [, n(#) n1(#) n2(#) nratio(#) power(#) onesided continuity]",
)
def power_twoproportions(session: SessionState, node: Command) -> None:
    corrected = bool(node.option("continuity"))
    studies: list[_Study] = []
    for p1, p2 in _pairs(node):
        _check_shares(p1, p2)
        values = {"delta": p2 - p1, "p1": p1, "p2": p2}
        studies.append(_Study(values, lambda test, a=p1, b=p2: two_proportions(test, a, b, corrected)))
    titles = Titles("two-sample proportions test", "Pearson's chi-squared test", "p2", "p1")
    _solve(session, node, titles, studies, True)


def _check_differ(first: float, second: float) -> None:
    if first == second:
        raise StataError(198, "the two values must differ")


def _check_shares(first: float, second: float) -> None:
    _check_differ(first, second)
    if not (0 < first < 1 and 0 < second < 1):
        raise StataError(198, "proportions must lie between 0 and 1")
