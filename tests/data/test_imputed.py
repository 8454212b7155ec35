"""Multiple-imputation data keep what they hold from style to style, and through the clean-up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.imputed.clean_up import clean_up
from xmixed.data.imputed.model import Imputations, is_mi, soft_missing, state
from xmixed.data.imputed.styles import Read, read, written
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING

NAMES = ("x", "p", "r", "s", "u")


@st.composite
def imputations(draw: st.DrawFn, style: str | None = None) -> Imputations:
    """Draw data with an imputed (x), a passive (p), a regular (r), and a string and a numeric variable."""
    n, count = draw(st.integers(1, 8)), draw(st.integers(0, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = np.where(random.random(n) < 0.4, MISSING, random.normal(size=n))
    x[random.random(n) < 0.1] = CODES[3]
    texts = np.array([f"s{i}" for i in range(n)], dtype=object)
    base = Dataset(
        (
            Variable("x", "double", x, "%10.0g", "the x"),
            Variable("p", "double", np.where(x >= MISSING, MISSING, np.minimum(x, 9) ** 2), "%10.0g"),
            Variable("r", "byte", np.arange(n, dtype=np.int8), "%8.0g"),
            Variable("s", "str2", texts, "%9s"),
            Variable("u", "float", random.normal(size=n).astype(np.float32), "%9.0g"),
        ),
        n,
    )
    free = x == MISSING
    copies = []
    for _ in range(count):
        own = np.where(free, random.normal(size=n), x)
        passive = np.where(free, np.minimum(own, 9) ** 2, base["p"].values)
        copies.append(
            base.with_variables(replace(base["x"], values=own), replace(base["p"], values=passive))
            if free.any()
            else base
        )
    return Imputations(
        style or draw(st.sampled_from(("wide", "mlong", "flong"))),
        base,
        tuple(copies),
        ("x",),
        ("p",),
        ("r",),
        np.arange(1, n + 1),
        free,
    )


def same(one: Imputations, other: Imputations) -> bool:
    """Return whether two hold the same values, variables, registrations and marks."""
    return (
        one.count == other.count
        and one.registered == other.registered
        and np.array_equal(one.ids, other.ids)
        and np.array_equal(one.incomplete, other.incomplete)
        and all(
            one.completed(m).names == other.completed(m).names
            and all(
                np.array_equal(a.values, b.values) and (a.type, a.label) == (b.type, b.label)
                for a, b in zip(one.completed(m), other.completed(m), strict=True)
            )
            for m in range(one.count + 1)
        )
    )


@settings(max_examples=60, deadline=None)
@given(imputations(), st.lists(st.sampled_from(("wide", "mlong", "flong")), max_size=4))
def test_conversions_there_and_back_keep_everything(data: Imputations, styles: list[str]) -> None:
    found = data
    for style in (*styles, data.style):
        found = read(written(replace(found, style=style))).imputations
        assert found.style == style
    assert same(found, data)


@settings(max_examples=40, deadline=None)
@given(imputations())
def test_data_in_order_are_not_touched_by_the_clean_up(data: Imputations) -> None:
    cleaned = clean_up(Read(data))
    assert not cleaned.changed
    assert cleaned.notes == ()
    assert same(cleaned.imputations, data)


@settings(max_examples=40, deadline=None)
@given(imputations(), st.randoms())
def test_rows_may_stand_in_any_order(data: Imputations, random) -> None:
    stored = written(data)
    order = list(range(stored.n_obs))
    random.shuffle(order)
    found = read(stored.rows(np.array(order, dtype=np.intp))).imputations
    if data.style == "wide":
        assert np.array_equal(found.base["r"].values, data.base["r"].values[order])
        return
    back = np.argsort(found.ids)
    for m in range(data.count + 1):
        assert np.array_equal(found.completed(m)["x"].values[back], data.completed(m)["x"].values)


@settings(max_examples=40, deadline=None)
@given(imputations(), st.integers(0, 7))
def test_the_clean_up_follows_the_original_data(data: Imputations, place: int) -> None:
    """A value that becomes known is so in every imputation, one that becomes `.` makes its row incomplete."""
    place %= data.base.n_obs
    x = data.base["x"].values.copy()
    x[place] = 7.5 if x[place] == MISSING else MISSING
    broken = replace(data, base=data.base.with_variables(replace(data.base["x"], values=x)))
    found = clean_up(Read(broken)).imputations
    assert np.array_equal(found.incomplete, soft_missing(found.base["x"]))
    for copy in found.copies:
        known = ~found.incomplete
        assert np.array_equal(copy["x"].values[known], x[known])
        assert np.array_equal(copy["p"].values[known], found.base["p"].values[known])


def test_what_data_say_of_themselves() -> None:
    base = Dataset((Variable("x", "byte", np.array([1, 101, 102], dtype=np.int8), "%8.0g"),), 3)
    data = Imputations(
        "mlong", base, (base,), ("x",), ids=np.arange(1, 4), incomplete=np.array([0, 1, 0], bool)
    )
    stored = written(data)
    assert not is_mi(base)
    assert is_mi(stored)
    kept = state(stored)
    assert {key: kept[key] for key in ("marker", "style", "M", "N", "n", "ivars")} == {
        "marker": "_mi_ds_1",
        "style": "mlong",
        "M": "1",
        "N": "3",
        "n": "1",
        "ivars": "x",
    }
    assert stored.names == ["x", "_mi_m", "_mi_id", "_mi_miss"]
    assert stored["_mi_miss"].values.tolist() == [0, 1, 0, 101]
    assert written(replace(data, style="wide")).names == ["x", "_mi_miss", "_1_x"]


def test_imputed_values_widen_the_type_that_cannot_hold_them() -> None:
    base = Dataset((Variable("x", "byte", np.array([1, 101, 3], dtype=np.int8), "%8.0g"),), 3)
    data = Imputations(
        "mlong", base, (base, base), ("x",), ids=np.arange(1, 4), incomplete=base["x"].values == 101
    )
    found = data.with_values("x", np.array([[2.0], [2.5]]), data.incomplete)
    assert [copy["x"].type for copy in found.copies] == ["byte", "float"]
    stored = written(found)
    assert stored["x"].type == "float"
    assert stored["x"].values.tolist()[3:] == [2.0, 2.5]
    with pytest.raises(StataError) as caught:
        found.completed(3)
    assert caught.value.code == 198
