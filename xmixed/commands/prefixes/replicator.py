"""A command that is run again and again, and the figures that are taken of each run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xmixed.commands.registry import CommandEntry, find_entry
from xmixed.errors import StataError
from xmixed.expressions.coefficient_names import equation_meant, equations_of
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.sample import select_rows
from xmixed.expressions.values import type_mismatch
from xmixed.language.nodes import Command, Expression
from xmixed.language.nodes.estimators import MixedCommand
from xmixed.language.parser import parse_command
from xmixed.language.prefixes import Prefixed, ResultExpression
from xmixed.language.selection import without_selection
from xmixed.language.words import split_command_word
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.state import SessionState

NAME_LENGTH = 32
NOT_FAILURES = frozenset((1, 909))
"""Return codes that end all replications: an interrupt, and memory that has run out."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that a replication gives.

    Attributes
    ----------
    name : str
        Of its variable, or column of e(b).
    text : str
        The expression, `_b[week]` for a coefficient.
    every : str
        "b" or "se" for a coefficient that stands in e(b) at `column`; "" for an expression.
    """

    name: str
    text: str
    every: str = ""
    column: str = ""


class Replicator:
    """A command that is run again and again, and the figures that are taken of each run.

    Parameters
    ----------
    selects : bool
        Whether `if` and `in` select observations once and for all, before any are drawn.
    """

    def __init__(
        self,
        session: SessionState,
        typed: Prefixed,
        stem: str,
        reject: Expression | None = None,
        selects: bool = True,
    ) -> None:
        self.session = session
        self.command = typed.command
        self.expressions = typed.expressions
        self.stem = stem
        self.reject = reject
        self.entry = _entry(session, typed.command)
        word = split_command_word(typed.command)[0]
        self.name = self.entry.name if self.entry is not None else word
        self.figures: tuple[Figure, ...] = ()
        self.estimates: Estimates | None = None
        self.node, self.repeated = self._parsed()
        self.selected = self._selected() if selects else None
        if self.selected is None:
            self.repeated = self.command

    def _parsed(self) -> tuple[Command | MixedCommand | None, str]:
        """Return a command of ours parsed, and what replications run: it without `if` and `in`."""
        if self.entry is None or self.entry.kind != "command":
            return None, self.command
        offset = split_command_word(self.command)[1]
        try:
            node: Any = parse_command(self.entry.name, self.entry.syntax, self.command, offset)
            if not isinstance(node, (Command, MixedCommand)):
                return None, self.command
            return node, without_selection(self.entry.syntax, self.command, offset)
        except StataError:
            return None, self.command  # its first run will say so

    def _selected(self) -> np.ndarray | None:
        """Return the observations that the command's `if` and `in` leave; None where it has none."""
        if self.node is None or self.repeated == self.command:
            return None
        node = self.node if isinstance(self.node, Command) else self.node.fixed
        if node is None or (node.condition is None and node.in_range is None):
            return None
        return select_rows(node.condition, node.in_range, Context.of(self.session))

    def check_weights(self, node: Command) -> None:
        """Refuse weights, which replications would not draw by, unless `force` was typed; r(101)."""
        if self.node is None or node.option("force"):
            return
        own = self.node if isinstance(self.node, Command) else self.node.fixed
        if own is not None and own.weight is not None:
            raise StataError(101, "weights not allowed", hint="force runs the command with them all the same")

    @property
    def is_pure(self) -> bool:
        """Whether runs leave nothing but results: commands of ours, not programs and prefixes."""
        return self.entry is not None and self.entry.kind == "command"

    @property
    def takes_coefficients(self) -> bool:
        """Whether the figures are the coefficients of e(b), all of them and nothing else."""
        return all(item.every == "b" and not item.equation for item in self.expressions)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """The command and the expressions as a legend shows them."""
        named = [(figure.name, figure.text) for figure in self.figures if not figure.every]
        return [("command", self.command), *named]

    def run(self, noisy: bool = False, again: bool = False) -> None:
        """Run the command; `again`: on the observations selected, and no message of an error is shown."""
        session = self.session
        before = session.out.quiet, session.captured
        session.out.quiet = before[0] or not noisy
        session.captured = before[1] or again
        try:
            session.execute(self.repeated if again else self.command)
        finally:
            session.out.quiet, session.captured = before

    def observe(self, noisy: bool = False, default: str = "b") -> np.ndarray:
        """Run the command on the data as they are; return its figures.

        Parameters
        ----------
        default : str
            Without expressions "b" takes coefficients alone, "any" the scalars in r() of other commands.

        Raises
        ------
        StataError
            Those of the command; r(100) where nothing says what to take.
        """
        session = self.session
        known, session.r = session.e, Results()
        self.run(noisy)
        renewed = session.e is not known and "b" in session.e.matrices
        self.estimates = session.e if renewed else None
        expressions = self.expressions
        if not expressions:
            if not renewed and (default == "b" or not session.r.scalars):
                raise StataError(100, "expression list required")
            expressions = (ResultExpression("", "_b", "b"),) if renewed else ()
            self.expressions = expressions
        if expressions:
            self.figures = tuple(self._expanded(expressions))
        else:
            self.figures = tuple(Figure(name, f"r({name})") for name in session.r.scalars)
        names = [figure.name for figure in self.figures]
        if len(set(names)) < len(names):
            raise StataError(110, "names of expressions are not unique")
        return self.values()

    def _expanded(self, expressions: Sequence[ResultExpression]) -> Iterable[Figure]:
        number = 0
        for item in expressions:
            if item.every:
                yield from self._coefficients(item)
                continue
            number += 1
            yield Figure(item.name or f"{self.stem}_{number}", item.text)

    def _coefficients(self, item: ResultExpression) -> Iterable[Figure]:
        b = self.session.e.matrices.get("b")
        if b is None:
            raise StataError(301, "last estimates not found")
        equations = equations_of(b.column_names)
        wanted = equation_meant(item.equation, equations) if item.equation else None
        if item.equation and wanted is None:
            raise StataError(303, f"equation [{item.equation}] not found", item.span)
        used: set[str] = set()
        for place, full in enumerate(b.column_names, 1):
            equation, _, name = full.rpartition(":")
            if wanted is not None and equation != wanted:
                continue
            start = f"{equation}_{item.every}" if equation and len(equations) > 1 else f"_{item.every}"
            made = f"{start}_{name.lstrip('_')}"
            if not made.isidentifier() or len(made) > NAME_LENGTH or made in used:
                made = f"{self.stem}_{item.every}_{place}"
            used.add(made)
            text = (
                f"[{equation}]_{item.every}[{name}]"
                if equation and len(equations) > 1
                else f"_{item.every}[{name}]"
            )
            yield Figure(made, text, item.every, full)

    def values(self) -> np.ndarray:
        """Return the figures of the last run; missing ones where results do not exist."""
        session = self.session
        out = np.full(len(self.figures), MISSING)
        if session.e.scalars.get("converged") == 0 and self.estimates is not None:
            return out
        b, V = session.e.matrices.get("b"), session.e.matrices.get("V")
        places = {} if b is None else {name: place for place, name in enumerate(b.column_names)}
        for at, figure in enumerate(self.figures):
            if figure.every:
                out[at] = _coefficient(figure, places, b, V)
                continue
            value = evaluate_text(session, figure.text)
            if isinstance(value, str):
                raise type_mismatch()
            out[at] = value
        return out

    def attempt(self, noisy: bool = False) -> np.ndarray:
        """Run the command and return its figures; missing ones where it fails or is rejected."""
        try:
            self.run(noisy, again=True)
            return self.judged()
        except StataError as error:
            if error.code in NOT_FAILURES:
                raise
            return np.full(len(self.figures), MISSING)

    def judged(self) -> np.ndarray:
        """Return the figures of the last run, missing ones where `reject()` is true."""
        if self.reject is not None:
            value = evaluate_number(self.reject, Context.of(self.session))
            if value != 0:
                return np.full(len(self.figures), MISSING)
        return self.values()


def _coefficient(figure: Figure, places: dict[str, int], b: Matrix | None, V: Matrix | None) -> float:
    place = places.get(figure.column)
    if place is None or b is None:
        return MISSING
    if figure.every == "b":
        return float(b.values[0, place])
    variance = MISSING if V is None else float(V.values[place, place])
    return float(np.sqrt(variance)) if 0 <= variance < MISSING else MISSING


def _entry(session: SessionState, text: str) -> CommandEntry | None:
    """Return the entry of a command of ours; None for a program, or what may be one.

    Raises
    ------
    StataError
        r(199) for prefixes that are not there.
    """
    word = split_command_word(text)[0]
    running = session.frame.program
    if word in session.programs or (running is not None and word in running.local_programs):
        return None
    try:
        return find_entry(text)[0]
    except StataError as error:
        if error.code == 199 and "not implemented" not in error.message:
            return None
        raise


def check_prefixable(replicator: Replicator, prefix: str) -> None:
    """Refuse commands that have no results to replicate: the prefixes themselves and `by`.

    Raises
    ------
    StataError
        r(199).
    """
    if replicator.entry is not None and replicator.name in (
        "by",
        "bysort",
        "bootstrap",
        "jackknife",
        "permute",
    ):
        raise StataError(199, f"{replicator.name} is not allowed with {prefix}")
