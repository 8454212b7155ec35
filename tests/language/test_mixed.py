"""The multiple-equation syntax of xtmixed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.language.tables import parse_line
from tests.language.tables import parse_mixed_line as parse
from xmixed.errors import StataError
from xmixed.language.lines import logical_lines
from xmixed.language.nodes import Pattern
from xmixed.language.nodes.estimators import MixedCommand, ResidualSpecification, VarianceEstimator
from xmixed.language.printer import print_expression, print_varlist

FIXTURES = Path(__file__).parent / "fixtures"
GOLDENS = Path(__file__).resolve().parents[3] / "shared" / "golden"


def summary(node: MixedCommand) -> list[Any]:
    """Return equations as (level, variables, own options) and the options of the command."""
    fixed = node.fixed
    assert fixed is not None
    return [
        (fixed.depvar.text, print_varlist(fixed.varlist), sorted(fixed.options)),
        *(
            (
                equation.level.text,
                f"R.{equation.factor.text}" if equation.factor else print_varlist(equation.varlist),
                sorted(equation.options),
            )
            for equation in node.random
        ),
        sorted(node.options),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xtmixed y x || id:", [("y", "x", []), ("id", "", []), []]),
        ("xtmixed y || id:", [("y", "", []), ("id", "", []), []]),
        ("xtmixed y x", [("y", "x", []), []]),
        ("xtmixed y x, noc reml", [("y", "x", ["noconstant"]), ["reml"]]),
        ("xtmixed y x||id:x", [("y", "x", []), ("id", "x", []), []]),
        ("xtmixed y x, noconst || id: x", [("y", "x", ["noconstant"]), ("id", "x", []), []]),
        (
            "xtmixed y x || id: x, cov(un) || _all: R.z, noc reml nolog",
            [("y", "x", []), ("id", "x", ["covariance"]), ("_all", "R.z", ["noconstant"]), ["log", "reml"]],
        ),
        (
            "xtmixed y i.a##c.b L.z || id: x L.z, col nogr nofet",
            [("y", "i.a##c.b L.z", []), ("id", "x L.z", ["collinear"]), ["nofetable", "nogroup"]],
        ),
        ("xtmixed (y x) (id:)", [("y", "x", []), ("id", "", []), []]),
        (
            "xtmixed (y x, noc) (id: x, cov(un)) (j:), reml",
            [("y", "x", ["noconstant"]), ("id", "x", ["covariance"]), ("j", "", []), ["reml"]],
        ),
    ],
)
def test_equations(text: str, expected: list[Any]) -> None:
    assert summary(parse(text)) == expected


def test_fixed_part() -> None:
    fixed = parse("xtmixed L.y x if a > 1 in 1/50 [pw=a/b] || id:").fixed
    assert fixed is not None
    assert fixed.depvar == Pattern("y", "L")
    assert fixed.condition is not None and print_expression(fixed.condition) == "a > 1"
    assert fixed.in_range is not None and fixed.in_range.last == 50
    assert fixed.weight is not None and (fixed.weight.kind, fixed.weight.text) == ("pweight", "a/b")


def test_both_forms_are_the_same() -> None:
    bars = parse("xtmixed y x || id: x, cov(un) reml")
    parentheses = parse("xtmixed (y x) (id: x, cov(un)), reml")
    assert summary(bars) == summary(parentheses)


@pytest.mark.parametrize("text", ["xtmixed", "xtmixed, variance level(90)", "xtmixed ,"])
def test_replay(text: str) -> None:
    node = parse(text)
    assert node.fixed is None and node.random == ()


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("cov(un)", "covariance", "unstructured"),
        ("cov(uns)", "covariance", "unstructured"),
        ("cov(id)", "covariance", "identity"),
        ("covar(exch)", "covariance", "exchangeable"),
        ("pweight(w)", "pweight", None),
    ],
)
def test_random_options(typed: str, name: str, value: Any) -> None:
    option = parse(f"xtmixed y x || id: x, {typed}").random[0].options[name]
    assert value is None or option.value == value


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("residuals(independent)", ResidualSpecification("independent", None, None, None)),
        ("res(ind, by(sex))", ResidualSpecification("independent", None, Pattern("sex"), None)),
        ("res(ar 2, t(time))", ResidualSpecification("ar", 2, None, Pattern("time"))),
        ("res(ar, t(time) by(g))", ResidualSpecification("ar", None, Pattern("g"), Pattern("time"))),
        ("res(ex)", ResidualSpecification("exchangeable", None, None, None)),
        ("res(exp, t(x))", ResidualSpecification("exponential", None, None, Pattern("x"))),
        ("res(ba 1, t(x))", ResidualSpecification("banded", 1, None, Pattern("x"))),
        ("res(to 3, t(x))", ResidualSpecification("toeplitz", 3, None, Pattern("x"))),
        ("res(ma 1, t(x))", ResidualSpecification("ma", 1, None, Pattern("x"))),
        ("res(un, t(x))", ResidualSpecification("unstructured", None, None, Pattern("x"))),
        ("vce(oim)", VarianceEstimator("oim")),
        ("vce(r)", VarianceEstimator("robust")),
        ("vce(cl id)", VarianceEstimator("cluster", Pattern("id"))),
        ("nolog", False),
        ("log", True),
        ("level(90.5)", 90.5),
        ("cformat(%9.3f)", "%9.3f"),
        ("pwscale(gk)", "gk"),
    ],
)
def test_command_options(typed: str, expected: Any) -> None:
    (option,) = parse(f"xtmixed y x || id:, {typed}").options.values()
    assert option.value == expected


# text, return code, message, offending text, part of the hint
ERRORS = [
    ("xtmixed y x || id week", 198, "invalid syntax", "id week", "did you mean `|| id: week`?"),
    ("xtmixed y x || id", 198, "invalid syntax", "id", "did you mean `|| id:`?"),
    ("xtmixed y x ||", 198, "invalid syntax", "", "levelvar: varlist"),
    ("xtmixed y x || id: x, cov(us)", 198, "option covariance() incorrectly specified", "us", "or unstr"),
    ("xtmixed y x || id: i.x", 101, "factor variables not allowed", "i.x", "R.x"),
    ("xtmixed y x || id: x##x", 101, "factor variables not allowed", "x##x", "with generate"),
    ("xtmixed y x, cov(un) || id: x", 198, "option cov() not allowed", "cov(un)", "random-effects equation"),
    ("xtmixed y x, nolog || id: x", 198, "option nolog not allowed", "nolog", "after the last equation"),
    ("xtmixed y x || id: x, reml || j:", 198, "option reml not allowed", "reml", "after the last equation"),
    ("xtmixed y x || id: R.x y", 198, "invalid syntax", "y", "R.varname"),
    ("xtmixed y x || id: y R.x", 198, "invalid syntax", "R.x", "R.varname"),
    ("xtmixed y x if z || id: x if z", 198, "invalid syntax", "z", "once only"),
    ("xtmixed y x [pw=z] || id: x [pw=z]", 198, "invalid syntax", "z", "once only"),
    ("xtmixed y x [aw=z] || id:", 101, "aweights not allowed", "z", ""),
    ("xtmixed || id:", 100, "varlist required", "", ""),
    ("xtmixed i.y x || id:", 198, "depvar may not be a factor variable", "i.y", ""),
    ("xtmixed a-b || id:", 198, "invalid syntax", "a-b", "dependent variable"),
    ("xtmixed y x = z || id:", 101, "=exp not allowed", "=", ""),
    ("xtmixed y x || id:, foo", 198, "option foo not allowed", "foo", ""),
    ("xtmixed y x || id:, foo(2)", 198, "option foo() not allowed", "foo(2)", ""),
    ("xtmixed y x || id:, reml reml", 198, "option reml not allowed", "reml", "before"),
    ("xtmixed y x || id:, log nolog", 198, "option nolog not allowed", "nolog", "before"),
    ("xtmixed y x || id:, level", 198, "option level() required", "level", ""),
    ("xtmixed y x || id:, level(a)", 198, "option level() incorrectly specified", "a", ""),
    ("xtmixed y x || id:, level(", 100, ") required", "(", ""),
    ("xtmixed y x || id:)", 132, "too many ')' or ']'", ")", ""),
    ("xtmixed y x || id:, trace", 198, "option trace is not implemented in xmixed yet", "trace", ""),
    ("xtmixed y x || id:, res(foo)", 198, "option residuals() incorrectly specified", "foo", "toeplitz"),
    ("xtmixed y x || id:, res(ar -1)", 198, "invalid syntax", "-", ""),
    ("xtmixed y x || id:, res(ex 2)", 198, "option residuals() incorrectly specified", "ex 2", "no order"),
    ("xtmixed y x || id:, res(ar .5)", 198, "option residuals() incorrectly specified", "ar .5", "positive"),
    ("xtmixed y x || id:, res(ar, z(x))", 198, "option z() not allowed", "z", ""),
    ("xtmixed y x || id:, vce(foo)", 198, "vcetype 'foo' not allowed", "foo", ""),
    ("xtmixed y x || id:, vce(cluster)", 198, "option vce() incorrectly specified", "cluster", "varname"),
    ("xtmixed y x || id:, cformat(9.2f)", 120, "invalid %format", "9.2f", ""),
    ("xtmixed (y x) id:", 198, "invalid syntax", "id:", "in parentheses"),
    ("xtmixed (y x) (id:), cov(un)", 198, "option cov() not allowed", "cov(un)", ""),
    ("xtmixed, cov(un)", 198, "option cov() not allowed", "cov(un)", ""),
]


@pytest.mark.parametrize(("text", "code", "message", "offending", "hint"), ERRORS)
def test_errors(text: str, code: int, message: str, offending: str, hint: str) -> None:
    with pytest.raises(StataError) as caught:
        parse(text)
    error = caught.value
    assert (error.code, error.message) == (code, message)
    assert error.span is not None
    assert text[error.span.start : error.span.end].strip() == offending
    assert hint in error.hint


def parse_file(path: Path) -> int:
    """Parse every command of a do-file whose syntax the tests know; return how many xtmixed commands."""
    count = 0
    for line in logical_lines(path.read_text(encoding="utf-8")):
        text = line.text.removeprefix("quietly ")
        if text and text.split()[0].rstrip(",") not in ("test",):
            count += isinstance(parse_line(text), MixedCommand)
    return count


def test_the_manuals_command_lines() -> None:
    assert parse_file(FIXTURES / "manual.do") == 27


@pytest.mark.skipif(not GOLDENS.is_dir(), reason="the manual's sessions are not beside the checkout")
def test_the_manuals_sessions() -> None:
    assert sum(parse_file(path) for path in sorted(GOLDENS.glob("*.do"))) >= 20
