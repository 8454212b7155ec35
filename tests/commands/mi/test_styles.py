"""Whatever the style, the same commands of mi make the same imputations."""

from __future__ import annotations

import os
import tempfile

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.data.imputed.model import Imputations
from xmixed.data.imputed.styles import read
from xmixed.errors import StataError
from xmixed.interpreter.session import Session

DATA = """
set obs 6
generate id = _n
generate byte g = mod(_n, 2)
generate x = _n if _n != 2 & _n != 5
generate y = 10 * _n if _n != 5
generate str2 s = "s" + string(_n)
"""
STYLES = ("flong", "mlong", "wide", "flongsep own")
COMMANDS = (
    "mi register regular g s",
    "mi unregister g",
    "mi set M += 1",
    "mi set m -= (1)",
    "mi passive: generate z = x + y",
    "mi passive: replace z = 2 * z",
    "mi passive: by g (x), sort: generate rank = _n",
    "mi xeq 1: quietly replace x = id + 50 if id == 2",
    "mi xeq: quietly replace y = y + x",
    "mi xeq 0: quietly replace x = 3 if id == 2",
    "mi xeq 0: quietly drop if id == 4",
    "mi xeq 0: sort x",
    "mi reset x y",
    "mi reset x = 7 if g, m(1)",
    "mi rename y w",
    "mi rename w y",
    "mi expand 2 if g == 0 & id < 5",
    "mi append using other",
    "mi merge m:1 id using key",
    "mi update",
    "drop z",
)


def _result(style: str, commands: list[str]) -> tuple[Imputations, list[int]]:
    session = Session()
    session.run("set obs 6\ngenerate id = _n\ngenerate key = 100 + _n\nsave key, replace\nclear" + DATA)
    session.run(
        "mi set wide\nmi register imputed x y\nmi set M = 2\nmi reset x = id, m(1)\nsave other, replace"
    )
    codes = []
    session.run(f"mi convert {style}, clear replace")
    for command in commands:
        try:
            session.run(command)
            codes.append(0)
        except StataError as error:
            codes.append(error.code)
    return read(session.data).imputations, codes


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(COMMANDS), max_size=8))
def test_the_style_does_not_matter(commands: list[str]) -> None:
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            first, *others = (
                _result(style, commands) for style in ("flong", "mlong", "wide", "flongsep own")
            )
        finally:
            os.chdir(before)
    for found, codes in others:
        assert codes == first[1]
        assert found.registered == first[0].registered
        assert found.count == first[0].count
        for m in range(found.count + 1):
            one, other = found.completed(m), first[0].completed(m)
            assert sorted(one.names) == sorted(other.names)
            for name in one.names:
                assert np.array_equal(one[name].values, other[name].values), (m, name)
