"""Predictions that begin with what the fit has prepared are those that begin anew."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.estimation.mixed import effects
from xmixed.interpreter.session import Session

MODELS = [
    "xtmixed mathach ses i.female || school: ses, covariance(unstructured)",
    "xtmixed mathach ses || school:, reml",
    "xtmixed mathach ses i.female if minority || school: ses",
]
STATISTICS = ("fitted", "residuals", "rstandard", "reffects", "reses")


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session()
    session.run("sysuse hsb82")
    return session


def made(session: Session, options: tuple[str, ...]) -> dict[str, np.ndarray]:
    found = {}
    for option in options:
        session.run(f"predict double v*, {option}" if option in many else f"predict double v1, {option}")
        names = [own.name for own in session.data.variables if own.name[0] == "v" and own.name[1:].isdigit()]
        found |= {f"{option} {name}": session.data[name].to_double() for name in names}
        session.run("drop v?*")
    return found


many = {"reffects", "reses", "scores"}


@pytest.mark.parametrize("command", MODELS)
def test_as_if_made_anew(session: Session, command: str) -> None:
    options = STATISTICS if "reml" in command else (*STATISTICS, "scores")
    session.run(f"quietly {command}")
    assert session.e.prepared is not None
    first = made(session, options)
    session.run(f"quietly {command}")
    session.e.prepared = None
    again = made(session, options)
    assert first.keys() == again.keys()
    for name, values in first.items():
        np.testing.assert_allclose(values, again[name], rtol=1e-12, atol=1e-12, err_msg=name)


def test_changed_data_are_seen(session: Session) -> None:
    session.run("quietly xtmixed mathach ses || school:\npredict double before, fitted")
    session.run("replace ses = ses + 1 in 1/50\npredict double after, fitted")
    before, after = (session.data[name].to_double() for name in ("before", "after"))
    assert np.abs(after - before)[:50].min() > 0.1
    session.run("replace ses = ses - 1 in 1/50\ndrop before after")


def test_only_stored_estimates_keep_it_beside_the_active_ones(session: Session) -> None:
    session.run("quietly xtmixed mathach ses || school:\nestimates store m")
    active = session.e
    session.run("predict double before, fitted\nquietly regress mathach ses")
    assert active.prepared is None
    session.run("estimates restore m")
    assert session.e.prepared is not None
    session.run("predict double after, fitted")
    assert (session.data["before"].to_double() == session.data["after"].to_double()).all()
    session.run("drop before after\nestimates clear")


def test_all_together_are_no_burden(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    model = "quietly xtmixed mathach ses || school:\nestimates store {}"
    session.run(model.format("one"))
    monkeypatch.setattr(effects, "MOST_KEPT", 2 * session.e.prepared.size)
    session.run(f"{model.format('two')}\n{model.format('three')}")
    kept = {name: estimates.prepared is not None for name, estimates in session.stored.items()}
    assert kept == {"one": False, "two": True, "three": True}
    session.run("estimates clear")


def test_what_would_be_a_burden_is_not_kept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "MOST_KEPT", 1000)
    session.run("quietly xtmixed mathach ses || school:")
    assert session.e.prepared is None
    monkeypatch.undo()
    for command in (
        "xtmixed mathach ses || _all: R.female || school:",
        "xtmixed mathach ses || school:, residuals(independent, by(female))",
    ):
        session.run(f"quietly {command}")
        assert session.e.prepared is None
