"""Whatever is typed after a model ends in a result or in a return code, and leaves the data alone."""

from __future__ import annotations

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

SETUP = (
    "sysuse sleepstudy\ngenerate byte g = 1 + mod(days, 3)\ngenerate byte h = days > 4\n"
    "generate str n = string(g)\ngenerate gap = days if g < 3"
)
MODELS = [
    "xtmixed reaction c.days##i.g i.h || subject:",
    "xtmixed reaction, noconstant || subject:",
    "xtmixed reaction i.g i.g#i.h if !(g == 2 & h) || subject:",
    "regress reaction",
    "mlogit g days",
    "margins g, post",
]
LINES = """
predict x*, reses(z*) reffects
predict x*, reses(
predict x[1]
predict x=days
predict x, outcome(1)
predict x, level()
margins, at(days=.)
margins, at(days=(1(1)0))
margins, at(1.g=1)
margins, at(L.days=1)
margins, dydx()
margins, dydx(_all)
margins, eydx(*)
margins, over(n)
margins, over(gap)
margins, expression(n)
margins, expression(predict()^2)
margins, expression(predict(xb(1)))
margins [fw=g]
margins r.g, contrast(effects)
margins g, pwcompare(groups)
margins g#
margins #g
margins c.days
contrast g
contrast r.g@h
contrast q9.g
contrast {g}
contrast {g 1 a 2}
contrast r.g, mcompare(scheffe) effects
pwcompare g#h, groups sort
lincom (days
lincom days = 2
lincom, df(3)
nlcom (a:
nlcom _b[days] + days
nlcom "a"
nlcom 3
testnl 3=3
testnl (_b[days]=1) (_b[days]=1)
predictnl z = predict()
predictnl z = predict(fitted), se(q)
predictnl str3 z = 1
predictnl z = n
hausman . .
test days, mtest(foo)
""".strip().splitlines()


@pytest.mark.parametrize("model", MODELS)
def test_lines_end_in_a_result_or_a_code(model: str) -> None:
    session = Session()
    session.run(SETUP)
    if model.startswith("margins"):
        session.run(f"quietly {MODELS[0]}")
    session.run(f"quietly {model}")
    for line in LINES:
        data, estimates = session.data, session.e
        try:
            session.run(line)
        except StataError as error:
            assert error.code and error.message
            assert session.data is data and session.e is estimates
        session.data, session.e = data, estimates
