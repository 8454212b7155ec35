"""One model, several commands: the manual's technical notes say that the results are the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import xmixed

FORMS = [
    # The manual's example 10 and its technical note, on data that the project ships.
    ("penicillin", "diameter", "|| _all: R.plate || _all: R.sample", "|| _all: R.sample || plate:"),
    ("penicillin", "diameter", "|| _all: R.plate || _all: R.sample", "|| _all: R.plate || sample:"),
    ("penicillin", "diameter", "|| _all: R.sample", "|| sample:"),
    ("pastes", "strength", "|| batch: || cask:", "|| batch: R.cask || batch:"),
    ("oats", "yield nitro", "|| block: || variety:", "|| block: || block: R.variety"),
    ("machines", "score i.machine", "|| worker: || machine:", "|| worker: R.machine || worker:"),
]


def run(data: str, command: str) -> xmixed.Session:
    session = xmixed.Session()
    session.run(f"sysuse {data}\nquietly xtmixed {command}")
    return session


def variances(session: xmixed.Session) -> list[float]:
    b = session.e["b"]
    return sorted(v for name, v in zip(b.column_names, b.values[0], strict=True) if name.startswith("ln"))


@pytest.mark.parametrize("method", ["mle", "reml"])
@pytest.mark.parametrize(("data", "fixed", "one", "other"), FORMS)
def test_equivalent_forms_give_the_same_results(
    data: str, fixed: str, one: str, other: str, method: str
) -> None:
    first, second = run(data, f"{fixed} {one}, {method}"), run(data, f"{fixed} {other}, {method}")
    assert second.e["ll"] == pytest.approx(first.e["ll"], abs=1e-9)
    np.testing.assert_allclose(variances(second), variances(first), rtol=1e-7, atol=1e-8)
    k = int(first.e["k_f"])
    np.testing.assert_allclose(
        second.e["V"].values[:k, :k], first.e["V"].values[:k, :k], rtol=1e-7, atol=1e-12
    )


def test_the_pigs_of_the_manual(pig: Path) -> None:
    found = []
    for form in ("|| _all: R.week || _all: R.id", "|| _all: R.week || id:", "|| _all: R.id || _all: R.week"):
        session = xmixed.Session()
        session.use(str(pig))
        session.run(f"quietly xtmixed weight week {form}")
        found.append([session.e["ll"], *variances(session)])
    np.testing.assert_allclose(found[1:], [found[0]] * 2, rtol=1e-8)
    assert found[0][0] == pytest.approx(-1013.824, abs=5e-4)


def test_a_random_slope_beside_a_crossed_factor(pig: Path) -> None:
    """`|| _all: R.week || id: week`: the eliminated level has two random effects per group."""
    session = xmixed.Session()
    session.use(str(pig))
    session.run("quietly xtmixed weight week || _all: R.week || id: week, cov(un)")
    smaller = xmixed.Session()
    smaller.use(str(pig))
    smaller.run("quietly xtmixed weight week || id: week, cov(un)")
    assert session.e["ll"] > smaller.e["ll"] + 1
    assert session.e["k_rs"] == 4 and session.e["k_rc"] == 1
    assert session.e["redim"].split() == ["9", "2"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("diameter || _all: R.plate, cov(un)", "only covariance(identity) and covariance(exchangeable)"),
        ("diameter || _all: R.plate sample", "invalid syntax"),
    ],
)
def test_what_a_factor_may_not_have(command: str, message: str) -> None:
    with pytest.raises(xmixed.StataError) as failure:
        run("penicillin", command)
    assert failure.value.code == 198
    assert message in failure.value.message + failure.value.output
