"""Expressions as queries have the values that they have in memory, missing ones included."""

from __future__ import annotations

import re
import tempfile
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmixed.data.reference.fetching import doubles_of
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.pushdown.translate import pushed_condition, pushed_value
from xmixed.interpreter.session import Session
from xmixed.language.parser import parse_expression
from xmixed.missing import is_missing

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

CONSTANTS = ["0", "1", "-1", "2", "3.5", "-.25", "1e300", "40021", ".", "_pi", "_N", "td(9may2001)"]
COLUMNS = ["x", "f", "i", "big", "d", "b"]
PARTS = ["year", "month", "day", "dow", "doy", "quarter", "mofd", "qofd"]
TIMES = ["hh", "mm", "ss", "dofc", "seconds"]
COMPARED = [">", "<", ">=", "<=", "==", "!="]
OF_ONE = ["abs", "int", "floor", "ceil", "round", "sign", "float", "!", "-"]


def written(form: str, *parts: st.SearchStrategy) -> st.SearchStrategy[str]:
    """Return texts of a form whose places `{}` are filled."""
    return st.tuples(*parts).map(lambda filled: form.format(*filled))


@cache
def numbers(depth: int) -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*COLUMNS, *COLUMNS, *CONSTANTS, *(f"{part}(d)" for part in PARTS)])
    leaves |= st.sampled_from([f"{time}(t)" for time in TIMES])
    if not depth:
        return leaves
    n, s = numbers(depth - 1), strings(depth - 1)
    forms = [
        written("({}{}{})", n, st.sampled_from("+-*/"), n),
        written("({} {} {})", n, st.sampled_from(COMPARED), n),
        written("({} {} {})", s, st.sampled_from(COMPARED), s),
        written("({} & ({}))", n, st.sampled_from(["x > .a", "x <= .z", "i == .b", "f < .c"])),
        written("({} {} {})", n, st.sampled_from("&|"), n),
        written("{}({})", st.sampled_from(OF_ONE), n),
        written("{}({},{})", st.sampled_from(["max", "min", "mod", "missing"]), n, n),
        written("round({},{})", n, st.sampled_from([".1", "5", "0", ".25"])),
        written("{}({},{},{})", st.sampled_from(["inrange", "inlist", "cond"]), n, n, n),
        written("cond({},{},{},{})", n, n, n, n),
        written("{}({},{},{})", st.sampled_from(["inrange", "inlist"]), s, s, s),
        written("length({})", s),
        written("strpos({},{})", s, s),
    ]
    return leaves | st.one_of(forms)


@cache
def strings(depth: int) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["s", "s", '"a"', '""', '" é "', '"B"'])
    if not depth:
        return leaves
    n, s = numbers(depth - 1), strings(depth - 1)
    forms = [
        written("({}+{})", s, s),
        written("{}({})", st.sampled_from(["lower", "upper", "trim", "ltrim", "rtrim"]), s),
        written("substr({},{},{})", s, st.integers(-3, 3), st.sampled_from([0, 1, 2, "."])),
        written('subinstr({},"b","xy",.)', s),
        written("cond({},{},{})", n, s, s),
    ]
    return leaves | st.one_of(forms)


def both(referring: Session, reading: Session, texts: list[str]) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Return each expression with its values in memory and those of a query."""
    reference, context = reference_of(referring.data), Context.of(referring)
    inside, columns, texts_asked = [], {}, []
    for text in texts:
        expression = parse_expression(text)
        inside.append(evaluate_column(expression, Context.of(reading))[0])
        value, is_text = pushed_value(expression, context)
        assert is_text == (inside[-1].dtype == object)
        columns[f"c{len(columns)}"] = value
        texts_asked.append(is_text)
    rows = reference.run(reference.table.select(**columns))
    asked = [
        np.array(rows.column(name).to_pylist(), dtype=object) if text else doubles_of(rows.column(name))
        for name, text in zip(columns, texts_asked, strict=True)
    ]
    return list(zip(texts, inside, asked, strict=True))


def same(inside: np.ndarray, asked: np.ndarray, digits: float = 0.0) -> bool:
    if inside.dtype == object:
        return inside.tolist() == asked.tolist()
    gone = is_missing(inside)
    if not np.array_equal(gone, is_missing(asked)):
        return False
    return bool(np.allclose(inside[~gone], asked[~gone], rtol=digits, atol=0.0))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(numbers(2) | strings(2), min_size=4, max_size=8))
def test_random_expressions(referring: Session, reading: Session, texts: list[str]) -> None:
    for text, inside, asked in both(referring, reading, texts):
        assert same(inside, asked), text


ANY_DATA = """
x + y; x * y; x / y; x > y; x <= y; x == y; x != .; !x; x & y; max(x,y); min(x,f); int(x); floor(f); ceil(x)
round(x); float(x); abs(x - y); mod(x,y); inrange(x,f,y); inlist(x,y,f,.); cond(x > y, f, x, y); missing(x,f)
round(f,.01); s > z; s + z; length(s); strpos(s,z); trim(s); upper(s); substr(s,2,2); substr(s,-2,.)
cond(x,s,z)
"""
LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.data())
def test_random_data(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 20))

    def column(values: st.SearchStrategy) -> list:
        return data.draw(st.lists(st.none() | values, min_size=count, max_size=count))

    floats = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, -0.5, 1.0, 2.5])
    table = pa.table(
        {
            "x": pa.array(column(floats), pa.float64()),
            "y": pa.array(column(floats), pa.float64()),
            "f": pa.array(column(st.floats(width=32)), pa.float32()),
            "s": pa.array(column(LETTERS), pa.string()),
            "z": pa.array(column(LETTERS), pa.string()),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(table, f"{folder}/any.parquet")
        referring, reading = Session(), Session()
        referring.run(f'use "{folder}/any.parquet", engine(duckdb)')
        reading.run(f'use "{folder}/any.parquet"')
        for text, inside, asked in both(referring, reading, re.split(r"[;\n]", ANY_DATA.strip())):
            assert same(inside, asked), text


SMOOTH = [
    "exp(x)",
    "ln(x)",
    "log(abs(i))",
    "sqrt(x)",
    "log10(big)",
    "sin(x/7)",
    "cos(i)",
    "tan(i)",
    "atan(x)",
]
SMOOTH += ["asin(b/2)", "acos(x)", "x^2", "i^x", "x^-1", "abs(x)^.5", "x^i", "0^x", "exp(1000*i)", "big^60"]
SMOOTH += ["exp(-exp(x))", "hours(t)", "minutes(t)", "msofhours(i)", "msofminutes(i)", "msofseconds(x)"]
SMOOTH += ["cofd(d)", "int(x)+trunc(x)", "mi(x)+mi(s)", "index(s,s)", "strlen(s)", "ustrlen(s)", "yofd(d)"]
SMOOTH += [
    "ln(b)",
    "log10(b)",
    "sqrt(-i)",
    "log(i-3)",
    "log10(b-1)",
    "asin(x)",
    "exp(x*x*x*x)",
    "sin(1e308*x)",
]
SMOOTH += ["strlower(s)", "strupper(s)", "strtrim(s)", "strltrim(s)", "strrtrim(s)"]


def test_functions_with_rounding_agree_to_the_last_digits(referring: Session, reading: Session) -> None:
    for text, inside, asked in both(referring, reading, SMOOTH):
        assert same(inside, asked, 1e-14), text


@pytest.mark.parametrize("text", ["runiform()", "_n", "x[1]", "sum(x)", "L.x", "x[_n-1]", "normal(x)"])
def test_what_is_no_query_is_refused_by_name(referring: Session, text: str) -> None:
    with pytest.raises(StataError) as failure:
        pushed_value(parse_expression(text), Context.of(referring))
    assert failure.value.code == 3
    assert failure.value.message.startswith(text.partition("(")[0].partition("[")[0])
    assert "load" in failure.value.hint


def test_extended_missing_values_are_compared_but_not_kept(referring: Session) -> None:
    assert referring.run("count if x >= .a") == "    0\n"
    assert referring.run("count if x < .a") == "   12\n"
    assert referring.run("count if x >= .") == "    4\n"
    with pytest.raises(StataError, match=r"missing value \.a is not possible"):
        pushed_value(parse_expression("cond(x>1,.a,x)"), Context.of(referring))


def test_scalars_and_results_are_constants(referring: Session) -> None:
    referring.run("scalar c = 3")
    assert referring.run("count if i == c") == "    4\n"
    assert referring.run("count\ncount if i == r(N)/4") == "   12\n    4\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [("x + s", 109), ("foo(x)", 133), ("nothing > 1", 111), ("round(x,1,2)", 198), ("s", 109)],
)
def test_mistakes_are_those_of_memory(referring: Session, reading: Session, text: str, code: int) -> None:
    for session in (referring, reading):
        with pytest.raises(StataError) as failure:
            session.run(f"count if {text}")
        assert failure.value.code == code


def test_results_of_results_do_not_double(referring: Session) -> None:
    """Engines plan each mention of an operand; a chain of forty operators is one query of some length."""
    text = "x"
    for _ in range(20):
        text = f"({text} + 1) / 2"
    condition = pushed_condition(parse_expression(f"{text} > 0"), Context.of(referring))
    import ibis

    referring.run(f"count if {text} > 0")
    assert len(ibis.to_sql(reference_of(referring.data).table.filter(condition))) < 20_000
