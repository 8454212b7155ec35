"""Sessions as a whole: random commands against a plain model, random statements that fail properly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING

Session()  # a session sets Python's recursion limit, once, before hypothesis looks at it

VALUES = st.integers(-3, 3)
ROWS = st.integers(1, 5)


class DataMachine(RuleBasedStateMachine):
    """The data are what lists of Python make of the same commands; what fails changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()
        self.rows: list[dict[str, float]] = []
        self.kept: list[dict[str, float]] | None = None

    @initialize()
    def begin(self) -> None:
        self.session.run("set obs 4\ngenerate double x = _n\ngenerate double g = mod(_n, 2)")
        self.rows = [{"x": float(i), "g": float(i % 2)} for i in range(1, 5)]

    def fails(self, text: str) -> None:
        before = self.session.data
        with pytest.raises(StataError):
            self.session.run(text)
        assert self.session.data.names == before.names and self.session.depth == 0

    @rule(value=VALUES)
    def replace_where(self, value: int) -> None:
        self.session.run(f"quietly replace x = x + {value} if g == 1")
        for row in self.rows:
            row["x"] += value * (row["g"] == 1)

    @rule(value=VALUES)
    def loop(self, value: int) -> None:
        self.session.run(
            f"forvalues i = 1/3 {{\n if `i' == 2 continue\n quietly replace x = x + `i' * {value}\n}}"
        )
        for row in self.rows:
            row["x"] += 4 * value

    @rule(value=VALUES)
    def program(self, value: int) -> None:
        self.session.run(
            "capture program drop add\nprogram add\nargs what much\ntempvar t\n"
            "quietly generate double `t' = `what' + `much'\nquietly replace `what' = `t'\nend\n"
            f"add x {value}"
        )
        for row in self.rows:
            row["x"] += value

    @rule()
    def sort(self) -> None:
        self.session.run("sort x")
        self.rows.sort(key=lambda row: row["x"])

    @rule(row=ROWS)
    def drop_row(self, row: int) -> None:
        if row > len(self.rows):
            self.fails(f"drop in {row}")
        elif len(self.rows) > 1:
            self.session.run(f"quietly drop in {row}")
            del self.rows[row - 1]

    @rule()
    def running_sum_by_group(self) -> None:
        self.session.run("bysort g (x): generate double s = sum(x)\nquietly replace x = s\ndrop s")
        self.rows.sort(key=lambda row: (row["g"], row["x"]))
        totals: dict[float, float] = {}
        for row in self.rows:
            totals[row["g"]] = totals.get(row["g"], 0.0) + row["x"]
            row["x"] = totals[row["g"]]

    @rule()
    def preserve(self) -> None:
        if self.kept is not None:
            self.fails("preserve")
        else:
            self.session.run("preserve")
            self.kept = [dict(row) for row in self.rows]

    @rule()
    def restore(self) -> None:
        if self.kept is None:
            self.fails("restore")
        else:
            self.session.run("restore")
            self.rows, self.kept = self.kept, None

    @rule()
    def a_program_that_fails_midway(self) -> None:
        self.fails(
            "capture program drop bad\nprogram bad\npreserve\ndrop g\ntempvar t\n"
            "generate `t' = 1\nfoo\nend\nbad"
        )

    @rule()
    def nothing_happens(self) -> None:
        for text in (
            "generate x = 1",
            "replace nosuch = 1",
            "foreach v in a {\n foo\n}",
            "drop nosuch",
            "if {\n}",
        ):
            self.fails(text)

    @invariant()
    def the_data_are_those_of_the_model(self) -> None:
        data = self.session.data
        if not self.rows:
            return
        assert data.names == ["x", "g"]
        for name in data.names:
            values = [float(value) for value in data[name].values]
            assert values == [row[name] for row in self.rows]
            assert all(value < MISSING for value in values)
        assert len(self.session.frames) == 1 and not self.session.captured and not self.session.out.quiet


DataMachine.TestCase.settings = settings(max_examples=10, stateful_step_count=12, deadline=None)
TestDataMachine = DataMachine.TestCase

LINES = [
    "forvalues i = 1/2 {",
    "foreach x in a b {",
    "if 1 {",
    "else {",
    "else if `x' {",
    "capture noisily {",
    "quietly {",
    "}",
    "} else {",
    "program p",
    "end",
    "p `i'",
    "local x = 1 +",
    "local i `++i'",
    "display \"`x'",
    "display `=1/0'",
    "continue",
    "continue, break",
    "preserve",
    "restore",
    "tempvar t",
    "generate `t' = 1",
    "syntax [if] [, A(string)]",
    "args a b",
    "return scalar r = 1",
    "exit 3",
    "error 198",
    "mata:",
    "macro shift",
    "foreach x of local x {",
    "tokenize a b",
    "if `a' == 1 display 2",
    "set obs 2",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_whatever_is_typed_ends_in_a_result_or_a_message(lines: list[str]) -> None:
    session = Session()
    try:
        session.run("\n".join(lines))
    except StataError as error:
        assert error.code
    assert len(session.frames) == 1 and session.depth == 0 and session.frame.loops == 0
    assert not session.out.quiet and not session.captured and session.verbatim is None


def test_macros_without_end_are_stopped() -> None:
    session = Session()
    start = time.perf_counter()
    for text in ("local a `b'\nlocal b \\`a'\nlocal a \\`b'\ndisplay \"`a'\"", "program p\np\nend\np"):
        with pytest.raises(StataError) as caught:
            session.run(text)
        assert caught.value.code in (920, 1000)
    assert time.perf_counter() - start < 20
    assert session.run("display 1") == "1\n"
