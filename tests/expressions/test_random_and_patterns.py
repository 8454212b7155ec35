"""Random numbers, regular expressions, and properties of missing values."""

import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.expressions.support import small_context, value_of, values_of
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate
from xmixed.expressions.functions.regular import compile_pattern
from xmixed.expressions.operators import binary
from xmixed.expressions.values import map_text
from xmixed.interpreter.session import Session
from xmixed.language.parser import parse_expression
from xmixed.missing import CODES
from xmixed.session.memory import Memory


@pytest.mark.parametrize(
    "text",
    [
        "runiform()", "uniform()", "runiform(2, 3)", "rnormal()", "rnormal(5)", "rnormal(5, 2)", "rchi2(3)",
        "rt(4)", "rgamma(2, 1)", "rbeta(2, 3)", "rpoisson(3)", "rbinomial(10, .5)", "rexponential(1)",
        "rnbinomial(3, .5)",
    ],
)  # fmt: skip
def test_random_functions_repeat_with_the_seed(text):
    context = small_context()
    context.memory.reseed(7)
    first = values_of(text, context)
    second = values_of(text, context)
    context.memory.reseed(7)
    assert len(first) == 5 and "." not in first
    assert values_of(text, context) == first != second
    assert isinstance(value_of(text), float)


@pytest.mark.parametrize("text", ["rchi2(-1)", "rnormal(0, -1)", "rbinomial(5, 2)", "rpoisson(.)", "rt(0)"])
def test_bad_parameters_give_missing(text):
    assert set(values_of(text)) == {"."}


def test_two_sessions_do_not_share_random_numbers_or_matches():
    one, other = Session(), Session()
    first = one.run("display runiform()")
    assert first == other.run("display runiform()") != one.run("display runiform()")
    one.run('display regexm("tel 555", "[0-9]+")')
    with pytest.raises(StataError, match="without a regexm"):
        other.run("display regexs(0)")
    one.run("set seed 5")
    assert one.run("display c(seed)") == "5\n" != other.run("display c(seed)")


@pytest.mark.parametrize("setting", ["", "set seed 7", "set seed 7\ndisplay rnormal()"])
def test_a_failed_command_leaves_stream_and_matches_as_they_were(setting):
    session, expected = Session(), Session()
    prepared = setting + '\nset obs 3\ndisplay regexm("b12", "([0-9])([0-9])")'
    for one in (session, expected):
        one.run(prepared)
    with pytest.raises(StataError, match="nothing not found"):
        session.run('generate x = runiform() + regexm("a", "a") + nothing')
    for text in ("display regexs(2)", "display runiform() rnormal()"):
        assert session.run(text) == expected.run(text)


def test_regexs_remembers():
    context = small_context()
    assert value_of('regexm("tel 555-1234", "([0-9]+)-([0-9]+)")', context) == 1
    assert [value_of(f"regexs({n})", context) for n in range(4)] == ["555-1234", "555", "1234", ""]
    rows = evaluate(parse_expression('regexm(name, "^a(b.*)")'), context)
    assert isinstance(rows, np.ndarray)
    assert values_of("regexs(1)", context) == ["b", "", "bc def", "", ""]
    chosen = evaluate(parse_expression("regexs(1)"), context, rows != 0)
    assert isinstance(chosen, np.ndarray) and chosen.tolist() == ["b", "bc def"]
    with pytest.raises(StataError):
        value_of("regexs(0)", Context(memory=Memory()))


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[", "a**(", "*a", "\\", "a)", "[z-a]", "(" * 60 + ")" * 60, "a" * 1001]
)
def test_malformed_patterns(pattern):
    with pytest.raises(StataError) as failure:
        compile_pattern(pattern)
    assert failure.value.code == 198


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)b", "((a?)?)*b"])
def test_no_pattern_is_slow(pattern):
    start = time.perf_counter()
    assert compile_pattern(pattern).search("a" * 2000) is None
    assert time.perf_counter() - start < 5


def _repeated(pair: tuple[str, str]) -> str:
    """Return a repeated group; what may be empty is not repeated: there the engines differ by right."""
    inner, symbol = pair
    return inner if re.fullmatch(inner, "") else f"({inner}){symbol}"


patterns = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "c"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(_repeated),
    ),
    max_leaves=6,
)


@given(patterns, st.text("abc", max_size=8))
@settings(max_examples=300, deadline=None)
def test_agrees_with_python(pattern, text):
    ours, theirs = compile_pattern(pattern).search(text), re.search(pattern, text)
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        assert (ours.start, ours.end) == theirs.span()


numbers = st.one_of(st.floats(-8e307, 8e307), st.sampled_from(CODES))


@given(numbers, numbers)
@settings(max_examples=200, deadline=None)
def test_missing_values_are_ordered_above_numbers(a, b):
    x, y = np.asarray(a), np.asarray(b)
    less, equal, more = (float(binary(symbol, x, y)) for symbol in ("<", "==", ">"))
    assert less + equal + more == 1
    if a in CODES and b in CODES:
        assert less == (CODES.index(a) < CODES.index(b))
    elif a in CODES:
        assert more == 1


@given(numbers, numbers, st.sampled_from("+-*/^"))
@settings(max_examples=200, deadline=None)
def test_arithmetic_gives_numbers_or_plain_missing(a, b, symbol):
    result = float(binary(symbol, np.asarray(a), np.asarray(b)))
    assert abs(result) < CODES[0] or result == CODES[0]
    if a in CODES or b in CODES:
        assert result == CODES[0]


def test_results_are_kept_for_repeated_values_only(monkeypatch):
    calls: list[tuple[float, str]] = []

    def show(number: float, text: str) -> str:
        calls.append((number, text))
        return f"{number}{text}"

    numbers, texts = np.array([1.0, 2.0, 1.0, 1.0]), np.array(["a", "a", "a", "b"], dtype=object)
    expected = ["1.0a", "2.0a", "1.0a", "1.0b"]
    assert list(map_text(show, numbers, texts)) == expected and len(calls) == 3
    monkeypatch.setattr("xmixed.expressions.values.LARGEST_MEMO", 1)
    assert list(map_text(show, numbers, texts)) == expected and len(calls) == 6
    signs = map_text(lambda number: str(number), np.array([0.0, -0.0, 0.0]))
    assert list(signs) == ["0.0", "-0.0", "0.0"]


@pytest.mark.parametrize("pattern", ["b", "(a|b)c", "b*", "a?c", "^b", "$", "[^a]c", "b+(c|)"])
@pytest.mark.parametrize("text", ["", "aabc", "xxbcx", "c", "abab"])
def test_the_first_character_changes_no_match(pattern, text):
    found, expected = compile_pattern(pattern).search(text), re.search(pattern, text)
    assert (found and (found.start, found.end)) == (expected and expected.span())
