"""hettest, ovtest and others are subcommands of estat by their former names."""

from __future__ import annotations

import pytest

from xmixed.interpreter.session import Session


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("hettest, iid", "estat hettest, iid"),
        ("ovtest", "estat ovtest"),
        ("imtest, white", "estat imtest, white"),
        ("szroeter x", "estat szroeter x"),
    ],
)
def test_after_regress(session: Session, former: str, now: str) -> None:
    session.run("set obs 40\ngen x = mod(7 * _n, 11)\ngen y = x + mod(5 * _n, 13)\nregress y x")
    assert session.run(former) == session.run(now) != ""


@pytest.mark.parametrize(
    ("former", "now"), [("lfit, group(5)", "estat gof, group(5)"), ("lstat", "estat classification")]
)
def test_after_logit(session: Session, former: str, now: str) -> None:
    session.run("set obs 60\ngen x = mod(7 * _n, 11)\ngen y = x + mod(5 * _n, 13) > 11\nlogit y x")
    assert session.run(former) == session.run(now) != ""


def test_without_estimates(session: Session, refused) -> None:
    assert refused(session, "ovtest")[0] == 301
