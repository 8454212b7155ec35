"""What the prefixes that run a command again and again share: expressions, streams, dots, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xmixed.commands.registry import CommandEntry, find_entry
from xmixed.data.columns import stored
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.errors import StataError
from xmixed.estimation.resampling.processes import processes, run_tasks
from xmixed.expressions.coefficient_names import equation_meant, equations_of
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.values import type_mismatch
from xmixed.language.nodes import Command, Expression
from xmixed.language.prefixes import Prefixed, ResultExpression
from xmixed.language.syntax import OptionSpec
from xmixed.language.words import split_command_word
from xmixed.missing import MISSING, is_missing
from xmixed.output import Styled
from xmixed.render.layouts.estimation.replications import PER_LINE, dots_end, render_ruler
from xmixed.render.text import counted
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.state import SessionState

NAME_LENGTH = 32
NOT_FAILURES = frozenset((1, 909))
"""Return codes that end all replications: an interrupt, and memory that has run out."""

DOTS = OptionSpec(
    "dots", "dots", "negatable", "a dot for every replication, or every # of them", optional_value=True
)
NOISILY = OptionSpec("noisily", "noi", help="show the output of each replication")
SAVING = OptionSpec("saving", "sa", "text", "file for the results of all replications")
SEED = OptionSpec("seed", "seed", "integer", "seed of the random numbers", minimum_value=0)
REJECT = OptionSpec("reject", "reject", "expression", "replications for which it is true count as failed")
NOLEGEND = OptionSpec("nolegend", "noleg", help="suppress the legend")
TRACE = OptionSpec("trace", "tr", built=False)
VERBOSE = OptionSpec("verbose", "v", built=False)
REPLICATION = (SAVING, REJECT, DOTS, NOISILY, TRACE, VERBOSE)
"""What every one of these prefixes has."""


def prefixed(node: Command) -> Prefixed:
    """Return what stands before and behind the colon; r(100) `: required`."""
    if not isinstance(node.argument, Prefixed):
        raise StataError(100, ": required")
    return node.argument


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
    """A command that is run again and again, and the figures that are taken of each run."""

    def __init__(self, session: SessionState, typed: Prefixed, stem: str, reject: Expression | None = None):
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

    def run(self, noisy: bool = False, failing: bool = False) -> None:
        """Run the command once; with `failing` messages of errors are not shown either."""
        session = self.session
        before = session.out.quiet, session.captured
        session.out.quiet = before[0] or not noisy
        session.captured = before[1] or failing
        try:
            session.execute(self.command)
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
            self.run(noisy, failing=True)
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


# --- streams -------------------------------------------------------------------------------------------


def root_of(session: SessionState, seed: int | None) -> int:
    """Return the number from which the stream of every replication is made."""
    if seed is not None:
        session.memory.reseed(seed)
    return int(session.memory.generator().integers(2**62))


def stream(root: int, number: int) -> np.random.Generator:
    """Return the random stream of a replication, whichever process runs it."""
    return np.random.default_rng(np.random.SeedSequence(root, spawn_key=(number,)))


# --- running -------------------------------------------------------------------------------------------


class Dots:
    """Dots in the transcript: fifty a line, with `x` for replications that fail."""

    def __init__(self, session: SessionState, title: str, count: int | None, every: int) -> None:
        self.out, self.every = session.out, every
        self.done = self.shown = 0
        self.failed = False
        if every:
            session.out.write("", *render_ruler(title, count))

    def add(self, good: bool) -> None:
        """Count a replication."""
        self.done += 1
        self.failed = self.failed or not good
        if not self.every or self.done % self.every:
            return
        self.out.hold(Styled("x", "error") if self.failed else Styled("."))
        self.failed = False
        self.shown += 1
        end = dots_end(self.shown, self.done)
        if end:
            self.out.hold(Styled(end))
            self._end_line()

    def close(self) -> None:
        """End a line that is not full."""
        if self.shown % PER_LINE:
            self._end_line()

    def _end_line(self) -> None:
        if not self.out.quiet:
            self.out.end_line()


def dots_every(node: Command) -> int:
    """Return how many replications a dot stands for; 0 for none.

    Raises
    ------
    StataError
        r(198).
    """
    option = node.options.get("dots")
    if option is None:
        return 1
    if option.value is False:
        return 0
    if option.text:
        if not option.text.isdigit() or int(option.text) < 0:
            raise StataError(198, "option dots() incorrectly specified", option.span)
        return int(option.text)
    return 1


def replicate(
    session: SessionState, task: Callable[[int], Any], count: int, dots: Dots, parallel: bool
) -> np.ndarray:
    """Return the figures of all replications, shape (count, k); rows of failed ones hold missing values.

    Data, results and random numbers are as they were when this returns.

    Raises
    ------
    StataError
        r(1) for an interrupt, after a line that says how many replications were done.
    """
    data, r, e, memory = session.data, session.r, session.e, session.memory.saved()
    found: list[np.ndarray] = []
    try:
        for values in run_tasks(task, count, processes() if parallel else 1):
            found.append(values)
            dots.add(not is_missing(values).any())
    except (KeyboardInterrupt, StataError):
        dots.close()
        session.out.write_always(f"({counted(len(found), 'replication')} done, no results kept)")
        raise
    finally:
        session.data, session.r, session.e = data, r, e
        session.memory.restore(memory)
    dots.close()
    return np.array(found).reshape(count, -1)


def with_stream(session: SessionState, generator: np.random.Generator) -> None:
    """Let the functions of random numbers draw from a stream of their own."""
    session.memory._generator = generator


# --- files ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """`saving(file [, replace double every(#)])`; path "" for none."""

    path: str = ""
    replace: bool = False
    double: bool = False


def target_of(node: Command) -> Target:
    """Return where replications are saved.

    Raises
    ------
    StataError
        r(198); r(602) for a file that exists.
    """
    import os

    from xmixed.data.files.locate import with_suffix

    text = node.option("saving")
    if text is None:
        return Target()
    path, _, rest = str(text).partition(",")
    path = path.strip().strip('"')
    words = rest.split()
    for word in words:
        if word not in ("replace", "double") and not word.startswith("every("):
            raise StataError(198, f"option {word} not allowed", node.options["saving"].span)
    if not path:
        raise StataError(198, "invalid file specification", node.options["saving"].span)
    path = os.path.expanduser(with_suffix(path))
    if os.path.exists(path) and "replace" not in words:
        raise StataError(602, f"file {path} already exists")
    return Target(path, "replace" in words, "double" in words)


def figures_data(
    figures: Sequence[Figure], values: np.ndarray, double: bool = False, first: Sequence[Variable] = ()
) -> Dataset:
    """Return a dataset of figures: a variable each, labelled by its expression, after those given.

    Raises
    ------
    StataError
        r(110) where two have one name.
    """
    kind = "double" if double else "float"
    made = [
        Variable(figure.name, kind, stored(column, kind), default_format(kind), figure.text[:80])
        for figure, column in zip(figures, values.T, strict=True)
    ]
    names = [variable.name for variable in (*first, *made)]
    if len(set(names)) < len(names):
        raise StataError(110, "already defined")
    return Dataset(variables=(*first, *made), n_obs=len(values), changed=True)


def save_figures(target: Target, data: Dataset) -> None:
    """Write a dataset of replications."""
    from xmixed.data.files.dta.writer import write_dta

    if target.path:
        write_dta(data, target.path, replace=target.replace)
