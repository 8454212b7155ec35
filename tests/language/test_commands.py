"""Standard command syntax: arguments, qualifiers, options."""

from __future__ import annotations

from typing import Any

import pytest

from tests.language.tables import parse_standard_line as parse
from xmixed.errors import Span, StataError
from xmixed.language.nodes import Command, InRange, Name, Number, Pattern, Range, Subscript, Text
from xmixed.language.nodes.arguments import DisplayItem
from xmixed.language.nodes.assignments import Assignment, NewVariable
from xmixed.language.parser import parse_command, parse_numlist
from xmixed.language.printer import print_expression, print_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import parse_by, skip_colon, split_at_colon, split_command_word
from xmixed.missing import CODES


def test_every_part() -> None:
    text = 'summarize a b-c x* if z > 1 & f(a, b) in 1/3 [fw=w[1]] using "my file.dta", d sep(3) t("x, y")'
    node = parse(text)
    assert node.argument == (Pattern("a"), Range("b", "c"), Pattern("x*"))
    assert node.argument_text == "a b-c x*"
    assert node.condition is not None and print_expression(node.condition) == "z > 1 & f(a, b)"
    assert node.in_range == InRange(1, 3)
    assert node.weight is not None
    assert (node.weight.kind, node.weight.text) == ("fweight", "w[1]")
    assert node.weight.expression == Subscript("w", (Number(1),))
    assert node.using == "my file.dta"
    assert {name: option.value for name, option in node.options.items()} == {
        "detail": None,
        "separator": 3,
        "title": "x, y",
    }
    assert node.option("detail") is True
    assert node.option("format", "none") == "none"
    assert (node.name, node.text) == ("summarize", text)


@pytest.mark.parametrize(
    "text",
    [
        "summarize x if y>1 in 1/3 [fw=z] using f",
        "summarize x using f [fw=z] in 1/3 if y>1",
        "summarize x [fw=z] if y>1 using f in 1/3",
        "summarize x\tif\ty>1\tin\t1/3\t[ fw = z ]\tusing\tf",
    ],
)
def test_qualifiers_in_any_order(text: str) -> None:
    node = parse(text)
    assert node.condition is not None and node.in_range == InRange(1, 3)
    assert node.weight is not None and node.using == "f"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("5", (5, 5)),
        ("1/10", (1, 10)),
        ("f/l", (1, -1)),
        ("F/L", (1, -1)),
        ("l", (-1, -1)),
        ("-5/l", (-5, -1)),
        ("-5/-2", (-5, -2)),
        (" 2 / 3 ", (2, 3)),
    ],
)
def test_in_range(typed: str, expected: tuple[int, int]) -> None:
    found = parse(f"summarize in {typed}").in_range
    assert found is not None and (found.first, found.last) == expected


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("fw", "fweight"), ("fweight", "fweight"), ("freq", "fweight"), ("w", "weight"), ("weight", "weight")],
)
def test_weight_kinds(typed: str, kind: str) -> None:
    weight = parse(f"summarize x [{typed}=y]").weight
    assert weight is not None and weight.kind == kind


def test_if_is_a_word() -> None:
    assert parse("summarize ifx xif in_x using_x").argument_text == "ifx xif in_x using_x"
    assert parse("summarize x if(y)").condition == Name("y")
    assert parse("summarize x if!y").condition is not None
    assert parse('summarize x if"a"==y').condition is not None


def test_commas_inside_do_not_begin_options() -> None:
    node = parse('generate x = cond(a, "b, c", d[1, 2])')
    assert print_expression(node.argument.expression) == 'cond(a, "b, c", d[1, 2])'
    assert parse('label a `"b, c"\', replace').option("replace")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("generate x=1", NewVariable("", "x", "", Number(1))),
        ("gen byte x:yesno = y", NewVariable("byte", "x", "yesno", Name("y"))),
        ('gen str20 s = "a"', NewVariable("str20", "s", "", Text("a"))),
        ('gen str s="a"', NewVariable("str", "s", "", Text("a"))),
        ("gen bytes=1", NewVariable("", "bytes", "", Number(1))),
        ("replace x=y", Assignment(Name("x"), Name("y"))),
        ("replace x[3] = y", Assignment(Subscript("x", (Number(3),)), Name("y"))),
        ("use http://www.stata-press.com/data/r12/pig, clear", "http://www.stata-press.com/data/r12/pig"),
        ('use "a b.dta"', "a b.dta"),
        ('use `"a b"\', clear', "a b"),
        ("use c:/x(1).dta", "c:/x(1).dta"),
        ("use a b-c using f", (Pattern("a"), Range("b", "c"))),
        ("use", None),
        ('estimates store "a b" if c', ("store", "a b", "if", "c")),
        ("lrtest . a", (".", "a")),
        ("label data if in using, replace", "data if in using"),
        ("local x = 3, y if", "x = 3, y if"),
        ("describe", ()),
        ("tabulate x", Pattern("x")),
        ("range 1 2/4 10(5)20 1 3 to 7", (1, 2, 3, 4, 10, 15, 20, 1, 3, 5, 7)),
        ("range 3[-1]1 -1 .", (3, 2, 1, -1, CODES[0])),
        ("assert x == 1", None),
    ],
)
def test_arguments(text: str, expected: Any) -> None:
    argument = parse(text).argument
    if expected is None and text != "use":
        assert argument is not None
    else:
        assert argument == expected


def test_numlists() -> None:
    assert parse_numlist("") == ()
    assert parse_numlist("1/3") == (1, 2, 3)
    assert parse_numlist("3/1") == (3, 2, 1)
    assert parse_numlist("0(.1).3") == (0, 0.1, 0.2, pytest.approx(0.3))
    assert parse_numlist("1 2:5") == (1, 2, 3, 4, 5)
    assert parse_numlist("5 10 to 25") == (5, 10, 15, 20, 25)
    assert parse_numlist("1, 2, 3") == (1, 2, 3)
    assert parse_numlist("-1/1") == (-1, 0, 1)
    for wrong in ("1 to 5", "1(0)5", "1(-1)5", "a", "1/", "1/.", "to 5"):
        with pytest.raises(StataError) as caught:
            parse_numlist(wrong)
        assert (caught.value.code, caught.value.message) == (121, "invalid numlist")
    with pytest.raises(StataError) as caught:
        parse_numlist("1/1e300")
    assert caught.value.code == 123


def items(text: str) -> list[DisplayItem]:
    return list(parse(text).argument)


def test_display() -> None:
    assert items('display "a" %9.2f x + 1 _n(2) "b" _c') == [
        DisplayItem("text", text="a"),
        DisplayItem("expression", items("display x + 1")[0].expression, format="%9.2f"),
        DisplayItem("directive", Number(2), directive="_newline"),
        DisplayItem("text", text="b"),
        DisplayItem("directive", directive="_continue"),
    ]
    assert [item.directive for item in items("display 1, 2,, _col(3) _skip(1) _dup(2) _n")] == [
        "", ",", "", ",,", "_column", "_skip", "_dup", "_newline"
    ]  # fmt: skip
    assert items("display as result in smcl")[0] == DisplayItem("directive", directive="as", word="result")
    assert items("display")[:] == []
    assert items("display (_n)") == [DisplayItem("expression", Name("_n"))]
    assert items("display asx") == [DisplayItem("expression", Name("asx"))]
    expressions = [item.expression for item in items("display e(ll) %5.1f (3) _b[x]")]
    assert [print_expression(node) for node in expressions if node] == ["e(ll)", "3", "_b[x]"]


def test_display_text_before_a_minus_sign() -> None:
    text, number = items('display "x = " -5 + 1')
    assert text == DisplayItem("text", text="x = ")
    assert number.expression is not None and print_expression(number.expression) == "-5 + 1"
    assert len(items('display "a" + "b"')) == 1


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("detail", "detail", None),
        ("d", "detail", None),
        ("sep(5)", "separator", 5),
        ("sep (5)", "separator", 5),
        ("separator( -5 )", "separator", -5),
        ("percentiles(10(10)30 50)", "percentiles", (10, 20, 30, 50)),
        ("by(a b-c)", "by", (Pattern("a"), Range("b", "c"))),
        ("id(x*)", "id", Pattern("x*")),
        ("name(abc)", "name", "abc"),
        ('title("a (b), c")', "title", "a (b), c"),
        ("title(a b)", "title", "a b"),
        ('title(`"a "b" c"\')', "title", 'a "b" c'),
        ('words(a "b c")', "words", ("a", "b c")),
        ("trace", "trace", None),
        ("trace(2)", "trace", 2),
    ],
)
def test_option_values(typed: str, name: str, value: Any) -> None:
    (option,) = parse(f"summarize, {typed}").options.values()
    assert (option.name, option.value) == (name, value)


def test_spans_count_from_the_start_of_the_line() -> None:
    text = "summarize abc if def > 1, sep(3)"
    node = parse(text)
    assert node.argument[0].span == Span(10, 13)
    assert node.condition is not None and node.condition.span == Span(17, 24)
    assert node.options["separator"].span == Span(26, 32)


def test_factor_varlist() -> None:
    node = parse("regress y i.a##c.b L.x if z [pw=w/v]")
    assert print_varlist(node.argument) == "y i.a##c.b L.x"
    assert node.weight is not None and node.weight.text == "w/v"


# text, return code, message, offending text
ERRORS = [
    ("summarize 60", 198, "60 invalid name", "60"),
    ("summarize 1abc", 198, "1abc invalid name", "1abc"),
    ("generate 1x = 2", 198, "1x invalid name", "1x"),
    ("display 60x", 198, "60x invalid name", "60x"),
    ("display 2 +", 198, "invalid syntax", ""),
    ("display + ", 198, "invalid syntax", ""),
    ("display * 2", 198, "invalid syntax", "*"),
    ("display )", 132, "too many ')' or ']'", ")"),
    ("display 1]", 132, "too many ')' or ']'", "]"),
    ("display (1", 100, ") required", "("),
    ("display x[1", 100, "] required", "["),
    ("display (1]", 100, ") required", "]"),
    ('display "abc', 132, "too few quotes", '"abc'),
    ('display `"abc"', 132, "too few quotes", '`"abc"'),
    ("summarize x, sep(3", 100, ") required", "("),
    ("summarize x if", 198, "invalid syntax", ""),
    ("summarize x if y ==", 198, "invalid syntax", ""),
    ("summarize x if y = 1", 101, "=exp not allowed", "="),
    ("summarize x if y if z", 198, "invalid syntax", "if"),
    ("summarize x = 1", 101, "=exp not allowed", "="),
    ("summarize x in", 198, "invalid syntax", ""),
    ("summarize x in 0", 198, "'0' invalid obs no", "0"),
    ("summarize x in 1.5", 198, "'1.5' invalid obs no", "1.5"),
    ("summarize x in a/b", 198, "'a' invalid obs no", "a"),
    ("summarize i.x", 101, "factor variables not allowed", "i.x"),
    ("summarize a#b", 101, "factor variables not allowed", "a#b"),
    ("summarize L.x", 101, "time-series operators not allowed", "L.x"),
    ("summarize x [pw=y]", 101, "pweights not allowed", "y"),
    ("summarize x [zz=y]", 198, "invalid syntax", "y"),
    ("summarize x, foo", 198, "option foo not allowed", "foo"),
    ("summarize x, foo(1)", 198, "option foo() not allowed", "foo(1)"),
    ("summarize x, se(1)", 198, "option se() not allowed", "se(1)"),
    ("summarize x, Detail", 198, "option Detail not allowed", "Detail"),
    ("summarize x, 5", 198, "option 5 not allowed", "5"),
    ("summarize x, detail(1)", 198, "option detail() not allowed", "detail(1)"),
    ("summarize x, d detail", 198, "option detail not allowed", "detail"),
    ("summarize x, sep", 198, "option separator() required", "sep"),
    ("summarize x, sep()", 198, "option separator() incorrectly specified", ""),
    ("summarize x, sep(a)", 198, "option separator() incorrectly specified", "a"),
    ("summarize x, sep(1.5)", 198, "option separator() incorrectly specified", "1.5"),
    ("summarize x, percentiles(a)", 121, "invalid numlist", "a"),
    ("summarize x, id(a b)", 103, "id():  too many variables specified", "b"),
    ("summarize x, name(1a)", 198, "1a invalid name", "1a"),
    ("summarize x, by(1a)", 198, "1a invalid name", "1a"),
    ("summarize x, d, f", 198, "invalid syntax", ","),
    ("tabulate x y", 103, "too many variables specified", "y"),
    ("tabulate x in 1/3", 101, "in range not allowed", "1/3"),
    ("tabulate x [fw=y]", 101, "weights not allowed", "y"),
    ("tabulate x using y", 101, "using not allowed", "y"),
    ("tabulate x, all", 101, "options not allowed", "all"),
    ("clear x", 101, "varlist not allowed", "x"),
    ("clear = 1", 101, "=exp not allowed", "= 1"),
    ("clear if x", 101, "if not allowed", "x"),
    ("generate x", 100, "=exp required", ""),
    ("generate", 100, "varlist required", ""),
    ("generate x == 1", 198, "== invalid name", "=="),
    ("generate = 1", 102, "too few variables specified", "="),
    ("generate var z", 100, "=exp required", ""),
    ("replace x y", 100, "=exp required", ""),
    ("use a b", 198, "invalid 'b' ", "a b"),
    ("use x using", 198, "invalid file specification", ""),
    ("regress y i.(x", 100, ") required", "("),
    ("regress y i.()", 198, "invalid syntax", "i.()"),
    ("regress y i.(i.x)", 198, "invalid syntax", "i.x"),
    ("range 1/", 121, "invalid numlist", ""),
    ("assert", None, "", ""),
]


@pytest.mark.parametrize(("text", "code", "message", "offending"), ERRORS)
def test_errors(text: str, code: int | None, message: str, offending: str) -> None:
    if code is None:
        assert parse(text).argument is None
        return
    with pytest.raises(StataError) as caught:
        parse(text)
    error = caught.value
    assert (error.code, error.message) == (code, message)
    assert error.span is not None
    assert text[error.span.start : error.span.end].strip() == offending


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("summarize x, d detail", "given before"),
        ("use a b", "in quotes"),
    ],
)
def test_hints(text: str, hint: str) -> None:
    with pytest.raises(StataError) as caught:
        parse(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("display 1", "display", " 1"),
        ("  display(1)", "display", "(1)"),
        ('di"x"', "di", '"x"'),
        ('use"file"', "use", '"file"'),
        ("quietly: list", "quietly", ": list"),
        ("? x", "?", " x"),
        ("#review", "#", "review"),
        ("!ls", "!", "ls"),
        ("/", "/", ""),
        ("", "", ""),
        ("60 x", "60", " x"),
    ],
)
def test_command_word(text: str, word: str, rest: str) -> None:
    found, position = split_command_word(text)
    assert (found, text[position:]) == (word, rest)


def test_prefixes() -> None:
    assert skip_colon("quietly : list", 7) == 10
    assert skip_colon("quietly list", 7) == 8
    text = 'by a b (c d), sort rc0: list x if y == ":"'
    span, position = split_at_colon(text, 2)
    assert text[position:] == ' list x if y == ":"'
    found = parse_by(text, span)
    assert print_varlist(found.groups) == "a b"
    assert print_varlist(found.order) == "c d"
    assert found.sort and found.rc0
    cases = (("by x list", 100), ("by : list", 100), ("by x, foo: list", 198), ('by "x: list', 132))
    for wrong, code in cases:
        with pytest.raises(StataError) as caught:
            parse_by(wrong, split_at_colon(wrong, 2)[0])
        assert caught.value.code == code


def test_command_is_frozen() -> None:
    node = parse("summarize x")
    assert isinstance(node, Command)
    with pytest.raises(AttributeError):
        node.name = "other"  # type: ignore[misc]


RANGED = Syntax(
    options=(
        OptionSpec("level", "l", "number", minimum_value=10, maximum_value=99.99),
        OptionSpec("separator", "sep", "integer", minimum_value=0),
        OptionSpec("sepby", "sepby", "varlist"),
        OptionSpec("table", "t"),
        OptionSpec("clean", "c"),
        OptionSpec("log", "log", "negatable"),
    ),
    exclusive=(("separator", "sepby"), ("table", "clean"), ("clean", "log")),
)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("level(9.99)", "level() must be between 10 and 99.99 inclusive"),
        ("level(100)", "level() must be between 10 and 99.99 inclusive"),
        ("separator(-1)", "option separator() incorrectly specified"),
        ("sepby(x) separator(2)", "options separator() and sepby() may not be combined"),
        ("clean table", "options table and clean may not be combined"),
        ("log clean", "options clean and log may not be combined"),
    ],
)
def test_options_out_of_range_or_in_each_others_way(typed: str, message: str) -> None:
    with pytest.raises(StataError) as caught:
        parse_command("list", RANGED, f"list, {typed}", 4)
    assert (caught.value.code, caught.value.message) == (198, message)


def test_options_in_range_and_side_by_side() -> None:
    node = parse_command("list", RANGED, "list, level(10) separator(0) clean nolog", 4)
    assert isinstance(node, Command)
    assert {name: option.value for name, option in node.options.items()} == {
        "level": 10,
        "separator": 0,
        "clean": None,
        "log": False,
    }
