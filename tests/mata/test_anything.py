"""Whatever is typed, whatever functions are given, ends in a value or in a message with a return code."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.mata.errors import MataExit
from xmixed.mata.functions.registry import builtins
from xmixed.mata.memory import memory_of
from xmixed.mata.values import FunctionReference, Value, copied, strings
from xmixed.missing import MISSING

SETUP = """
set obs 3
generate double v = _n
generate byte w = 2
matrix M = (1,2\\3,4)
mata:
struct pair {
    real scalar a
}
real f(real scalar x) return(x + 1)
real matrix g(real matrix A) return(A*2)
void h(z) z = z[1]
struct pair scalar make()
{
    struct pair scalar u
    u.a = 1
    return(u)
}
x = 1; A = (1,2\\3,4); B = I(2); s = "abc"; st_view(V=., ., "v w"); p = &x; q = make()
end
"""

WORDS = (
    "x A B s p f(2) g(A) 1 2 3 . .a (1,2) (1\\2) (1,2\\3,4) J(0,0,.) I(2) V st_data(.,.) nothere NULL &x &f()"
    ' *p q.a q "a" ("a","b")'
).split()
OPERATORS = "+ - * / ^ :* :+ :/ :^ :== == != < >= , \\ .. :: & | && || # :&".split()
BEHIND = "' [1] [1,2] [.,1] [|1,1\\2,2|] [(1,2)] [2,.]".split()
CALLS = "rows cols sum invsym length mean strlen sort select uniqrows f g h".split()
TARGETS = "x A B s V A[1,1] A[1] V[1,1] A[|1,1\\1,2|] *p q.a A[.,1] B[(1,2),.]".split()


def expression(chance: random.Random, depth: int = 0) -> str:
    kind = chance.random()
    if depth > 3 or kind < 0.35:
        return chance.choice(WORDS)
    inner = expression(chance, depth + 1)
    if kind < 0.6:
        return inner + chance.choice(OPERATORS) + expression(chance, depth + 1)
    if kind < 0.75:
        return f"({inner}){chance.choice(BEHIND)}"
    if kind < 0.85:
        return chance.choice("-!+") + inner
    if kind < 0.95:
        return f"{chance.choice(CALLS)}({inner}{chance.choice(['', ',' + expression(chance, depth + 1)])})"
    return f"({inner}?{expression(chance, depth + 1)}:{expression(chance, depth + 1)})"


def statement(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.35:
        return expression(chance)
    if kind < 0.7:
        return f"{chance.choice(TARGETS)} = {expression(chance)}"
    if kind < 0.8:
        return f"if ({expression(chance)}) {statement(chance)}; else {statement(chance)}"
    if kind < 0.9:
        return f"for (i=1; i<=3; i++) {statement(chance)}"
    return chance.choice(["x++", "--x", "A[1,1]++", "s++", "V[1]--", "h(A)", "h(V)", "h(x)"])


@pytest.mark.parametrize("seed", range(4))
def test_statements(seed: int) -> None:
    chance, session = random.Random(seed), Session()
    session.run(SETUP)
    for _ in range(150):
        try:
            session.run(f"mata: {statement(chance)}")
        except StataError as error:
            assert error.message and error.code


GIVEN: list[Value] = [
    1.0, 2.0, 0.0, -1.0, 1.5, MISSING, 1e300, "a", "", "v", np.array([[1.0, 2.0]]), np.ones((3, 1)),
    np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([[1.0, MISSING], [3.0, 4.0]]), np.empty((0, 0)),
    np.empty((0, 3)), strings(["x", "y", "z", "x"], (2, 2)), None, FunctionReference("f"),
]  # fmt: skip


def well_formed(value: Value) -> bool:
    """Return whether a value keeps to the rules of `values.py`: scalars alone, no number that is none."""
    if isinstance(value, float):
        return bool(np.isfinite(value))
    if isinstance(value, np.ndarray):
        numbers = value.dtype == object or value.dtype == np.float64 and bool(np.isfinite(value).all())
        return value.ndim == 2 and value.size != 1 and numbers
    return True


@pytest.mark.parametrize("part", range(8))
def test_functions(part: int, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    chance, session = random.Random(part), Session()
    session.run(SETUP)
    memory = memory_of(session)
    for name in list(builtins())[part::8]:
        function = builtins()[name]
        most = function.maximum if function.maximum >= 0 else function.minimum + 1
        for size in range(function.minimum, most + 1):
            for given in _some(chance, size):
                before = session.data
                try:
                    with np.errstate(all="ignore"):
                        found = memory.function(name).call([copied(value) for value in given])
                except (StataError, MataExit):
                    continue
                finally:
                    session.data, session.out.pending = before, ()
                assert well_formed(found), (name, given, found)


def _some(chance: random.Random, size: int) -> list[tuple[Value, ...]]:
    """Return arguments: all there are of one, some of several."""
    if size <= 1:
        return list(itertools.product(GIVEN, repeat=size))
    return [tuple(chance.choice(GIVEN) for _ in range(size)) for _ in range(25)]
