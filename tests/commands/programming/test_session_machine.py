"""Random commands in one session: what fails changes nothing, and nothing but StataError comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.session.results import Results

Session()  # a session sets Python's recursion limit, once, before hypothesis looks at it

NAMES = st.sampled_from(["x", "y", "g", "s", "new", "nosuch", "1bad"])
NUMBERS = st.sampled_from(["0", "1", "2.5", "-3", ".", "99", "x", "1/0"])
CONDITIONS = st.sampled_from(
    ["", "if x > 1", "if g == 1", "in 2/3", "in 9", "if nosuch", 'if s == "a"', "if x =="]
)

DATA = (
    "generate {name} = {number} {condition}",
    "replace {name} = {number} {condition}",
    "generate double {name} = x[_n-1] + {number} {condition}",
    "egen {name} = mean(x), by(g)",
    "drop {name}",
    "drop {condition}",
    "keep {condition}",
    "sort {name}",
    "gsort -{name} x",
    "by g: generate {name} = _n",
    "bysort g (x): replace {name} = sum(x)",
    "rename {name} new",
    "recode {name} (1 = 9)",
    'label variable {name} "text"',
    'label define {name} 1 "one"',
    "label values {name} g",
    "format {name} %9.2f",
    "char {name}[a] b",
    "encode {name}, generate(new)",
    "tostring {name}, replace",
    "destring {name}, replace",
    "collapse (mean) x, by({name})",
    "reshape wide x, i(g) j({name})",
    "expand 2 {condition}",
    "set obs {number}",
    "xtset g {name}",
    "clear",
)
RESULTS = (
    "summarize {name} {condition}",
    "regress y {name} {condition}",
    "regress y x, vce(cluster {name})",
    "estimates store {name}",
    "estimates restore {name}",
    "estimates drop {name}",
    "predict {name}",
    "test {name}",
    "lincom {name}",
    "matrix {name} = ({number}, 2)",
    "matrix {name} = e(b)",
    "matrix {name} = {name}' * {name}",
    "matrix score {name} = x",
    "matrix drop {name}",
    "scalar {name} = {number}",
    "scalar drop {name}",
    "matlist {name}",
    "tabulate g {name}",
    "count {condition}",
    "list {name} {condition}",
)
MACROS = (
    "local {name} {number}",
    "local {name} = {number}",
    "local {name} : word {number} of a b c",
    "local {name} : variable label {name}",
    "local ++{name}",
    'global {name} "`{name}\' {number}"',
    "macro drop {name}",
    'tokenize "`{name}\' a b"',
    "gettoken {name} rest : {name}",
    'numlist "{number} 1/3"',
    "constraint {number} x = y",
    "set seed {number}",
    "set level {number}",
    "set type double",
    'display {number} "`{name}\' $nosuch"',
    "display runiform() < {number}",
    "confirm variable {name}",
    "assert {name} > {number}",
    "error {number}",
    "postfile {name} x using kept",
    "post {name} ({number})",
    "log using {name}",
)
BLOCKS = (
    "foreach v of varlist {name} {{\n generate z`v' = {number}\n}}",
    "forvalues i = 1/{number} {{\n local {name} `i'\n}}",
    "if {number} {{\n replace {name} = 1\n}}\nelse {{\n foo\n}}",
    "capture {{\n replace {name} = {number}\n error 9\n}}",
    "capture noisily replace {name} = {number}",
    "quietly summarize {name}",
    "preserve",
    "restore",
    "capture program drop p\nprogram p\n preserve\n tempvar t\n generate `t' = {number}\n"
    " keep if `t' > {name}\nend\np",
    "capture program drop p\nprogram p, rclass\n syntax varname [if], [N(integer 1)]\n"
    " return scalar n = `n'\nend\np {name} {condition}",
    "capture program drop p\nprogram p, eclass\n matrix b = (1, {number})\n ereturn post b\nend\np",
)


def described(data: Dataset) -> tuple[Any, ...]:
    """Return everything of a dataset that can be compared."""
    columns = [
        (
            v.name,
            v.type,
            v.format,
            v.label,
            v.value_label,
            v.values.tolist() if v.is_string else v.values.tobytes(),
        )
        for v in data.variables
    ]
    others = (data.n_obs, data.sorted_by, data.changed, dict(data.characteristics), dict(data.value_labels))
    return (columns, *others, {name: mark.tobytes() for name, mark in data.marks.items()})


def results_of(results: Results) -> tuple[Any, ...]:
    matrices = {name: np.asarray(found.values).tobytes() for name, found in results.matrices.items()}
    return dict(results.scalars), dict(results.macros), matrices


def state_of(session: Session) -> tuple[Any, ...]:
    """Return what a command may change."""
    matrices = {name: (found.values.tobytes(), found.row_names) for name, found in session.matrices.items()}
    settings_now = {name: getattr(session.settings, name) for name in session.settings.__dataclass_fields__}
    return (
        described(session.data),
        results_of(session.r),
        results_of(session.e),
        results_of(session.s),
        sorted(session.stored),
        dict(session.scalars),
        matrices,
        dict(session.global_macros),
        dict(session.locals),
        settings_now | {"remembered": dict(session.settings.remembered)},
        dict(session.constraints),
        repr(session.memory.saved()[2]),
        sorted(session.logs),
        sorted(session.post_files),
        session.frame.preserved is not None,
    )


class SessionMachine(RuleBasedStateMachine):
    """A session under commands of which many fail."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()

    @initialize()
    def begin(self) -> None:
        self.session.run(
            "set obs 6\ngenerate double x = _n\ngenerate double y = x^2 + mod(_n, 2)\n"
            'generate g = mod(_n, 2)\ngenerate str2 s = "a" if x < 4'
        )

    def run(self, pattern: str, name: str, number: str, condition: str) -> str:
        text = pattern.format(name=name, number=number, condition=condition)
        if text.startswith(("log using", "postfile")):
            text = f"capture {text}, nosuchoption"  # no files are left here
        return text

    @rule(pattern=st.sampled_from(DATA + RESULTS + MACROS), name=NAMES, number=NUMBERS, condition=CONDITIONS)
    def one_command(self, pattern: str, name: str, number: str, condition: str) -> None:
        text = self.run(pattern, name, number, condition)
        before = state_of(self.session)
        try:
            self.session.run(text)
        except StataError as error:
            assert error.code, text
            assert error.keeps_results or state_of(self.session) == before, text

    @rule(pattern=st.sampled_from(BLOCKS), name=NAMES, number=NUMBERS, condition=CONDITIONS)
    def several_commands(self, pattern: str, name: str, number: str, condition: str) -> None:
        try:
            self.session.run(self.run(pattern, name, number, condition))
        except StataError as error:
            assert error.code

    @invariant()
    def nothing_is_left_open(self) -> None:
        session = self.session
        assert len(session.frames) == 1 and session.depth == 0 and session.frame.loops == 0
        assert not session.out.quiet and not session.captured and session.groups is None
        assert not session.logs and not session.post_files
        data = session.data
        assert all(len(variable.values) == data.n_obs for variable in data.variables)
        assert len(set(data.names)) == len(data.variables)
        assert not any(name.startswith("__0") for name in data.names)
        assert all(len(mark) == data.n_obs for mark in data.marks.values())
        assert set(data.sorted_by) <= set(data.names)


SessionMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
TestSessionMachine = SessionMachine.TestCase
