"""Random sequences of commands that combine and reshape data, against lists of Python."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from itertools import product

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from xmixed.interpreter.session import Session
from xmixed.missing import MISSING

Session()  # a session sets Python's recursion limit, once, before hypothesis looks at it

Row = tuple[float, float]
VALUES = st.integers(-3, 3)
KEYS = st.integers(0, 2)
ROWS = st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=4)
MOST = 60


class CombiningMachine(RuleBasedStateMachine):
    """Rows (k, x) in their order; what a command makes of the data is made of the rows by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "other.dta")
        self.rows: list[Row] = []

    def teardown(self) -> None:
        self.session.close()
        self.folder.cleanup()

    def run(self, text: str) -> None:
        self.session.run(text)

    def fill(self, rows: list[tuple[int, int]]) -> None:
        lines = "\n".join(f"{k} {x}" for k, x in rows)
        self.run(f"clear\ninput double k double x\n{lines}\nend")

    @initialize(rows=ROWS)
    def begin(self, rows: list[tuple[int, int]]) -> None:
        self.fill(rows)
        self.rows = [(float(k), float(x)) for k, x in rows]

    @rule(rows=ROWS)
    def append(self, rows: list[tuple[int, int]]) -> None:
        self.run("preserve")
        self.fill(rows)
        self.run(f'quietly save "{self.path}", replace\nrestore\nappend using "{self.path}"')
        self.rows += [(float(k), float(x)) for k, x in rows]

    @rule(table=st.dictionaries(KEYS, VALUES, min_size=1))
    def merge_by_a_table(self, table: dict[int, int]) -> None:
        self.run("preserve")
        self.fill(list(table.items()))
        self.run(f'rename x y\nquietly save "{self.path}", replace\nrestore')
        self.run(f'quietly merge m:1 k using "{self.path}", keep(1 3)\ncount if _merge == 3')
        assert self.session.r["N"] == sum(int(k) in table for k, _ in self.rows)
        self.run("quietly replace x = x + y if _merge == 3\ndrop y _merge")
        self.rows = [(k, x + table.get(int(k), 0)) for k, x in self.rows]
        self.run("sort k x")
        self.rows.sort()

    @rule()
    def collapse(self) -> None:
        self.run("collapse (sum) x, by(k)")
        totals: dict[float, float] = {}
        for k, x in self.rows:
            totals[k] = totals.get(k, 0.0) + x
        self.rows = sorted(totals.items())

    @rule()
    def contract_and_expand(self) -> None:
        self.run("contract k x\nexpand _freq\nsort k x\ndrop _freq")
        self.rows = sorted(Counter(self.rows).elements())

    @precondition(lambda self: len(self.rows) <= MOST / 2)
    @rule()
    def expand(self) -> None:
        self.run("quietly expand 2 if x > 0")
        self.rows += [row for row in self.rows if row[1] > 0]

    @rule()
    def drop_duplicates(self) -> None:
        self.run("quietly duplicates drop")
        self.rows = list(dict.fromkeys(self.rows))

    @rule()
    def fill_in(self) -> None:
        """Every combination of k and x, once."""
        self.run("quietly duplicates drop\nfillin k x\ndrop _fillin")
        self.rows = sorted(product(sorted({k for k, _ in self.rows}), sorted({x for _, x in self.rows})))

    @rule()
    def wide_and_long_again(self) -> None:
        self.run("quietly bysort k (x): generate j = _n")
        self.run("quietly reshape wide x, i(k) j(j)\nquietly reshape long x, i(k) j(j)")
        self.run("quietly drop if missing(x)\ndrop j\nsort k x")
        self.rows.sort()

    @rule()
    def rank_by_group(self) -> None:
        self.run("sort k x\nby k: egen double r = rank(x)\nreplace x = r\ndrop r")
        self.rows.sort()
        groups: dict[float, list[float]] = {}
        for k, x in self.rows:
            groups.setdefault(k, []).append(x)
        self.rows = [
            (k, sum(y < x for y in groups[k]) + (sum(y == x for y in groups[k]) + 1) / 2)
            for k, x in self.rows
        ]

    @rule()
    def through_text_and_codes(self) -> None:
        """encode numbers the texts in order, decode gives them back."""
        self.run("quietly {\ntostring x, generate(s) force\nencode s, generate(c)\ndecode c, generate(t)\n}")
        self.run("assert s == t\nquietly destring t, replace\nassert float(t) == float(x)\ndrop s c t")

    @precondition(lambda self: len(self.rows) > MOST)
    @rule()
    def keep_few(self) -> None:
        self.run("quietly keep in 1/5")
        self.rows = self.rows[:5]

    @invariant()
    def the_data_are_the_rows(self) -> None:
        data = self.session.data
        if not self.rows:
            return
        assert data.names == ["k", "x"] and data.n_obs == len(self.rows)
        found = list(zip(data["k"].to_double().tolist(), data["x"].to_double().tolist(), strict=True))
        assert found == self.rows
        assert all(x < MISSING for _, x in found)
        if data.sorted_by:  # what the data say of their order is so
            keys = [tuple(row[data.names.index(name)] for name in data.sorted_by) for row in found]
            assert keys == sorted(keys)


CombiningMachine.TestCase.settings = settings(max_examples=10, stateful_step_count=12, deadline=None)
TestCombiningMachine = CombiningMachine.TestCase
