"""Statements and functions: control, arguments by reference, optional ones, types, structures, pointers."""

from __future__ import annotations

import pytest

from tests.mata.conftest import Give

FUNCTIONS = """
mata:
real scalar total(real vector x, | real scalar from)
{
    real scalar i, s
    if (args() == 1) from = 1
    s = 0
    for (i=from; i<=length(x); i++) {
        if (x[i] == 99) break
        if (x[i] < 0) continue
        s = s + x[i]
    }
    return(s)
}
void double_it(real matrix X) X = 2*X
void change(X, y)
{
    X[1,1] = 100
    y = "changed"
}
function factorial_of(n) return(n <= 1 ? 1 : n*factorial_of(n-1))
real rowvector digits(real scalar n)
{
    real rowvector d
    do {
        d = mod(n, 10), d
        n = floor(n/10)
    } while (n > 0)
    return(d)
}
string scalar word_of(real scalar n)
{
    if (n == 1) return("one")
    else if (n == 2) return("two")
    else {
        while (1) {
            n--
            if (n < 10) break
        }
    }
    return("many")
}
void nothing() {}
struct point {
    real scalar x, y
    string rowvector names
}
struct point scalar moved(struct point scalar p, real scalar by)
{
    struct point scalar q
    q = p
    q.x = p.x + by
    return(q)
}
real scalar twice(pointer(function) scalar f, real scalar x) return((*f)((*f)(x)))
real scalar add_one(x) return(x + 1)
real scalar counted()
{
    external real scalar calls
    calls = calls == . ? 1 : calls + 1
    return(calls)
}
end
"""


@pytest.fixture
def defined(session):
    session.run(FUNCTIONS)
    return session


def test_control(defined, give: Give) -> None:
    assert give("total((1,2,-5,3,99,7))") == 6
    assert give("total((1,2,3), 2)") == 5
    assert give("factorial_of(10)") == 3628800
    assert give("factorial_of(170)") == pytest.approx(7.257415615307994e306, rel=1e-14)
    assert give("digits(407)") == [[4, 0, 7]]
    assert [give(f"word_of({n})") for n in (1, 2, 15)] == ["one", "two", "many"]


def test_arguments_are_passed_by_reference(defined, give: Give) -> None:
    defined.run('mata: A = (1,2); double_it(A); x = 3; double_it(x); w = ""; change(A, w); double_it((5,6))')
    assert give("A") == [[100, 4]] and give("x") == 6 and give("w") == "changed"


def test_structures(session, give: Give) -> None:
    session.run(FUNCTIONS)
    session.run(
        'mata:\nreal rowvector go()\n{\nstruct point scalar a, b\na.x = 1\na.y = 2\na.names = ("p","q")\n'
        'b = moved(a, 10)\nb.names[1] = "r"\nb.y = b.y + 1\nreturn((a.x, a.y, b.x, b.y, length(a.names), '
        'a.names[1] == "p"))\n}\nend'
    )
    assert give("go()") == [[1, 2, 11, 3, 2, 1]]


def test_pointers(defined, give: Give) -> None:
    assert give("twice(&add_one(), 5)") == 7
    defined.run("mata: x = 3; p = &x; *p = 4; q = NULL")
    assert (give("x"), give("*p"), give("q == NULL"), give("p == NULL")) == (4, 4, 1, 0)


def test_external_variables(defined, give: Give) -> None:
    assert [give("counted()"), give("counted()"), give("calls")] == [1, 2, 2]


def test_calls_that_are_wrong(defined, told) -> None:
    assert told("mata: total()") == (
        3001,
        ["total():  3001  incorrect number of arguments", "<istmt>:     -  function returned error"],
    )
    assert told('mata: total("a")')[1][0] == "total():  3253  nonreal found where real required"
    assert told("mata: total((1,2\\3,4))")[1][0] == "total():  3201  vector required"
    assert told("mata: x = nothing()")[0] == 3258
    assert told("mata: (*add_one)(3)")[0] == 3499
    assert told("mata: q = NULL; *q = 3")[0] == 3010
    assert told("mata: factorial_of(add_one(1,2))")[1] == [
        "add_one():  3001  incorrect number of arguments",
        "<istmt>:     -  function returned error",
    ]


def test_the_trace_names_every_function(session, told) -> None:
    session.run("mata:\nreal inner(x) return(x + (1,2))\nreal outer(x) return(inner(x))\nend")
    assert told("mata: outer(1)")[1] == [
        "+:  3200  conformability error",
        "inner():     -  function returned error",
        "outer():     -  function returned error",
        "<istmt>:     -  function returned error",
    ]


def test_recursion_without_end(session, told) -> None:
    session.run("mata: real f(x) return(f(x+1))")
    code, lines = told("mata: f(1)")
    assert code == 3900 and len(lines) < 25


DOES_NOT_COMPILE = [
    "real f(x, x) return(1)",
    "real f(x) { real scalar x; }",
    "real f(x) break",
    "void f(x) return(x)",
    "real rows(x) return(1)",
    "real scalar x",
    "return(3)",
    "real f(x) { complex scalar z; }",
    "void f(struct p vector x) {}",
    "void f() { pointer(real matrix) rowvector p; }",
]


@pytest.mark.parametrize(
    "text", ["class thing {\n}", "goto there", "complex scalar f() return(1)", "z = C(1,2)"]
)
def test_what_is_not_there_is_refused_by_name(told, text: str) -> None:
    code, lines = told(f"mata:\n{text}\nend")
    assert code in (3000, 3499) and ("not implemented in xmixed" in lines[-1] or "C() not found" in lines[0])


@pytest.mark.parametrize("text", DOES_NOT_COMPILE)
def test_definitions_that_do_not_compile(told, text: str) -> None:
    assert told(f"mata: {text}")[0] == 3000


def test_a_function_is_defined_once(session, told, give: Give) -> None:
    session.run("mata: real f(x) return(1)")
    assert told("mata: real f(x) return(2)") == (3000, ["f() already exists"])
    session.run("mata: mata drop f()\nmata: real f(x) return(2)")
    assert give("f(0)") == 2


def test_matastrict(session, told, give: Give) -> None:
    session.run("mata: mata set matastrict on")
    assert told("mata: real f(real x) { y = x; return(y); }") == (3000, ["variable y undeclared"])
    session.run("mata: mata set matastrict off\nmata: real f(real x) { y = x; return(y); }")
    assert give("f(3)") == 3


def test_values_that_variables_begin_with(session, give: Give) -> None:
    session.run(
        "mata:\nreal rowvector f()\n{\nreal scalar a\nstring scalar b\nreal matrix c\nreal rowvector d\n"
        "real colvector e\n"
        'return((a, b=="", rows(c), cols(c), rows(d), cols(d), rows(e), cols(e), rows(g)))\n}\nend'
    )
    assert give("f()[|2\\.|]") == [[1, 0, 0, 1, 0, 0, 1, 0]] and give("missing(f()[1])") == 1


def test_declared_types_are_kept(session, told) -> None:
    session.run("mata:\nvoid f()\n{\nreal scalar x\nx = (1,2)\n}\nreal scalar g() return((1,2))\nend")
    assert told("mata: f()")[1][0] == "f():  3204  matrix found where scalar required"
    assert told("mata: g()")[1][0] == "g():  3204  matrix found where scalar required"
