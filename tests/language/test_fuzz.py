"""Whatever is typed, only StataError comes out, in time that grows with the length."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.language.tables import SYNTAXES
from xmixed.errors import StataError
from xmixed.language.lines import logical_lines
from xmixed.language.parser import parse_command, parse_expression, parse_numlist, parse_varlist
from xmixed.language.printer import print_expression

LINES = [
    "xtmixed y x if a>1 [pw=a/b] in 1/3, noc || a: x L.z, cov(un) || _all: R.y, res(ar 2, t(z) by(y)) nolog",
    "xtmixed (y i.a##c.b) (id: x, cov(un)), vce(cluster id) level(90)",
    'summarize a b-c x* if z > 1 & f(a, b) in 1/3 [fw=w[1]] using "f", d sep(3) t(`"x"\') p(1(2)9)',
    'generate str5 x:l = cond(a == .b, "b", d[_n-1] ^ -2) if !missing(y)',
    'display "a" %9.2f x + 1 _n(2) _b[eq:1.a#c.b] [lns1_1_1]_cons td(01jan2000) _c',
    "regress y i.(a b)#c.x ib2.z L(1/3).w",
]
ALPHABET = "()[]\"'`,|:#=.~!-+*/^&<>%_ aixR129\t\\é"


def parse_all_ways(text: str) -> None:
    """Parse a text as every kind of command and alone; StataErrors are expected."""
    for name, syntax in SYNTAXES.items():
        try:
            parse_command(name, syntax, text, 0)
        except StataError as error:
            assert error.code and error.message
            if error.span is not None:
                assert 0 <= error.span.start <= error.span.end <= len(text)
    for parse in (parse_expression, parse_varlist, parse_numlist, lambda text: parse_varlist(text, True)):
        try:
            parse(text)
        except StataError:
            pass


@settings(max_examples=120, deadline=None)
@given(st.text(alphabet=ALPHABET, max_size=40))
@example('`"')
@example("\"'")
@example("x[")
@example("..a")
@example("1e999 1x+99999999999999999999")
@example("1x-99999999999999999999")
@example("i." * 30 + "x")
@example("\x00")
def test_random_text(text: str) -> None:
    parse_all_ways(text)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(LINES), st.data())
def test_mutated_commands(line: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(line)))
        end = min(len(line), start + data.draw(st.integers(0, 4)))
        line = line[:start] + data.draw(st.text(alphabet=ALPHABET, max_size=4)) + line[end:]
    parse_all_ways(line)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="*/; \n\"'`a#delimitcr", max_size=80))
def test_random_do_files(text: str) -> None:
    list(logical_lines(text))


DEEP = {
    "parentheses": "generate x = " + "(" * 30_000 + "1" + ")" * 30_000,
    "open parentheses": "generate x = " + "(" * 90_000,
    "sum": "generate x = " + "1+" * 40_000 + "1",
    "signs": "generate x = " + "-" * 90_000 + "1",
    "not": "generate x = " + "!" * 90_000 + "1",
    "powers": "generate x = " + "2^" * 40_000 + "2",
    "calls": "generate x = " + "f(" * 30_000 + "1" + ")" * 30_000,
    "arguments": "generate x = inlist(y" + ",1" * 40_000 + ")",
    "names": "summarize " + "abc " * 25_000,
    "one name": "summarize " + "L" * 100_000,
    "dots": "summarize " + "L." * 50_000,
    "factor groups": "regress " + "i.(" * 30_000,
    "crossed groups": "regress " + "#".join(["(a b c d e f g h)"] * 100),
    "full crossing": "regress " + "##".join(["a"] * 5_000),
    "full crossing of pairs": "regress " + "##".join(["a#b"] * 5_000),
    "quotes": "display " + '"' * 99_999,
    "compound": "display " + '`"' * 50_000,
    "closed compound": "display " + '`"' * 20_000 + "\"'" * 20_000,
    "options": "summarize x, " + "abc " * 25_000,
    "brackets": "summarize x, sep(" + "[" * 90_000,
    "equations": "xtmixed y x " + "|| id: x " * 10_000,
    "numbers": "range " + "1 " * 40_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_long_lines(name: str) -> None:
    text = DEEP[name]
    start = time.perf_counter()
    word = text.split(maxsplit=1)[0]
    try:
        parse_command(word, SYNTAXES[word], text, len(word))
    except StataError as error:
        assert error.code in (100, 103, 130, 132, 198)
    # About a second on an idle machine; quadratic time would take minutes.
    assert time.perf_counter() - start < 20


def test_a_deep_expression_is_refused() -> None:
    right = "1+(" * 300 + "1" + ")" * 300
    for text in (right, "1+" * 6000 + "1", "-" * 300 + "1", "f(" * 300 + "1" + ")" * 300):
        with pytest.raises(StataError) as caught:
            parse_expression(text)
        assert (caught.value.code, caught.value.message) == (130, "expression too long")


def test_a_chain_of_operators_is_no_nesting() -> None:
    text = "1+" * 4999 + "1"
    tree = parse_expression(text)
    assert print_expression(tree).replace(" ", "") == text
    parse_expression("(" * 150 + "1" + "+1)" * 150)


def test_ordinary_lines_are_fast() -> None:
    line = LINES[0]
    parse_command("xtmixed", SYNTAXES["xtmixed"], line, 7)
    start = time.perf_counter()
    for _ in range(50):
        parse_command("xtmixed", SYNTAXES["xtmixed"], line, 7)
    assert (time.perf_counter() - start) / 50 < 0.02
