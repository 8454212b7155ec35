"""A command on completed datasets, one after the other or on several cores."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from xmixed.commands.registry import find_entry
from xmixed.data.imputed.model import Imputations
from xmixed.errors import StataError
from xmixed.estimation.resampling.processes import processes, run_tasks
from xmixed.estimation.results import MODULES
from xmixed.language.words import split_command_word
from xmixed.output import Styled
from xmixed.session.output import Output
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState

SUPPORTED = frozenset(MODULES) - {"margins", "anova"}
"""e(cmd) of the commands that need no `cmdok`."""
WORTH_FORKING = 0.25
"""Seconds that a run takes from which several processes share the others."""
NOT_FAILURES = frozenset((1, 909))
REFUSED = (
    "by",
    "bysort",
    "bootstrap",
    "jackknife",
    "permute",
    "simulate",
    "statsby",
    "rolling",
    "mi estimate",
)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What the command left on one imputation: None where it failed; the rows it used, if it says so."""

    number: int
    estimates: Estimates | None
    sample: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    error: StataError | None = None


class Dots:
    """`.........10.........20 done` below the number of imputations."""

    def __init__(self, out: Output, count: int) -> None:
        self.out, self.done = out, 0
        out.write("", f"Imputations ({count}):")
        out.hold(Styled("  "))

    def add(self, good: bool) -> None:
        """Count an imputation."""
        self.done += 1
        text = f"{self.done}" if self.done % 10 == 0 and good else "." if good else "x"
        self.out.hold(Styled(text) if good else Styled(text, "error"))

    def close(self) -> None:
        """End the line."""
        self.out.hold(Styled(" done"))
        if not self.out.quiet:
            self.out.end_line()


class CompletedRuns:
    """Runs of a command on the imputations of a session."""

    def __init__(self, session: SessionState, held: Imputations, command: str, noisy: bool) -> None:
        self.session, self.held, self.command, self.noisy = session, held, command, noisy
        self.pure = self._is_pure()

    def _is_pure(self) -> bool:
        """Whether the command is one of ours that leaves nothing but results.

        Raises
        ------
        StataError
            r(199) for prefixes that have no results of one estimation.
        """
        word = split_command_word(self.command)[0]
        if word in self.session.programs:
            return False
        try:
            entry = find_entry(self.command)[0]
        except StataError as error:
            if error.code == 199 and "not implemented" not in error.message:
                return False  # may be a program on the ado path
            raise
        if entry.name in REFUSED:
            raise StataError(199, f"{entry.name} is not allowed with mi estimate")
        return entry.kind == "command"

    def all(
        self, numbers: Sequence[int], any_command: bool, skip_failures: bool, dots: Dots | None
    ) -> list[Run]:
        """Run the command on imputations; data, results and random numbers are then as they were.

        Parameters
        ----------
        any_command : bool
            Commands that are not of `SUPPORTED` too.
        skip_failures : bool
            Keep a run that failed, without results, and go on.

        Raises
        ------
        StataError
            Those of the command, with the number of the imputation; r(198) for one that is not supported.
        """
        session = self.session
        data, r, e, memory = session.data, session.r, session.e, session.memory.saved()
        found: list[Run] = []
        try:
            for run in self._runs(numbers):
                if run.error is not None and not skip_failures:
                    raise self._failure(run)
                found.append(run)
                if len(found) == 1 and run.estimates is not None and not any_command:
                    self._check_supported(run.estimates)
                if dots is not None:
                    dots.add(run.estimates is not None)
        finally:
            session.data, session.r, session.e = data, r, e
            session.memory.restore(memory)
            if dots is not None:
                dots.close()
        return found

    def _runs(self, numbers: Sequence[int]) -> Iterator[Run]:
        started = time.perf_counter()
        yield self._run(numbers[0])
        slow = time.perf_counter() - started > WORTH_FORKING
        others = numbers[1:]
        workers = processes() if self.pure and not self.noisy and slow else 1
        yield from run_tasks(lambda place: self._run(others[place]), len(others), workers)

    def _run(self, number: int) -> Run:
        session = self.session
        before = session.out.quiet, session.captured
        session.data = self.held.completed(number).with_(marks={})
        known = session.e
        session.out.quiet = before[0] or not self.noisy
        session.captured = True
        try:
            if self.noisy:
                session.out.write("", f"-> m={number}")
            session.execute(self.command)
        except StataError as error:
            if error.code in NOT_FAILURES:
                raise
            return Run(number, None, error=error)
        finally:
            session.out.quiet, session.captured = before
        return self._checked(number, known)

    def _checked(self, number: int, known: Estimates) -> Run:
        e = self.session.e
        if e is known or "b" not in e.matrices or "V" not in e.matrices:
            text = f"{split_command_word(self.command)[0]} did not leave e(b) and e(V)"
            return Run(number, None, error=StataError(198, text))
        if e.scalars.get("converged") == 0:
            return Run(number, None, error=StataError(430, "convergence not achieved"))
        sample = self.session.data.marks.get(e.mark, np.zeros(0, dtype=bool))
        return Run(number, replace(e, mark="", kept=None), sample)

    def _failure(self, run: Run) -> StataError:
        assert run.error is not None
        word = split_command_word(self.command)[0]
        where = f"an error occurred when mi estimate executed {word} on m={run.number}"
        return StataError(run.error.code, f"{run.error.message}\n{where}", hint=run.error.hint)

    def _check_supported(self, e: Estimates) -> None:
        command = e.macros.get("cmd", "")
        if command in SUPPORTED and e.macros.get("prefix") is None:
            return
        text = f"{command} is not officially supported by mi estimate"
        raise StataError(198, text, hint="option cmdok allows it: the command must leave e(b) and e(V)")
