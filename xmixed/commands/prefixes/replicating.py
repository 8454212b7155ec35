"""What the prefixes that run a command again and again share: expressions, streams, dots, files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xmixed.commands.prefixes.replicator import Figure
from xmixed.data.columns import new_variable
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.estimation.resampling.processes import processes, run_tasks
from xmixed.language.nodes import Command
from xmixed.language.prefixes import Prefixed
from xmixed.missing import is_missing
from xmixed.output import Styled
from xmixed.render.layouts.estimation.replications import PER_LINE, dots_end, render_ruler
from xmixed.render.text import counted
from xmixed.session.state import SessionState


def prefixed(node: Command) -> Prefixed:
    """Return what stands before and behind the colon; r(100) `: required`."""
    if not isinstance(node.argument, Prefixed):
        raise StataError(100, ": required")
    return node.argument


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
        self.progress = None if session.out.quiet else session.progress
        self.done = self.shown = 0
        self.failed = False
        if every:
            session.out.write("", *render_ruler(title, count))

    def add(self, good: bool, count: int) -> None:
        """Count one of `count` replications."""
        self.done += 1
        if self.progress is not None:
            self.progress.show(self.done, count)
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
        if self.progress is not None:
            self.progress.clear()
        if self.shown % PER_LINE:
            self._end_line()

    def _end_line(self) -> None:
        if self.progress is not None:
            self.progress.clear()
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
    return replicate_together(
        session, lambda numbers: [task(number) for number in numbers], count, dots, parallel, 1
    )


def replicate_together(
    session: SessionState,
    tasks: Callable[[range], Sequence[np.ndarray]],
    count: int,
    dots: Dots,
    parallel: bool,
    batch: int,
) -> np.ndarray:
    """Return what `replicate` does, for figures of `batch` replications that are found together.

    Batches are the same whatever the number of processes.
    """
    data, r, e, memory = session.data, session.r, session.e, session.memory.saved()
    found: list[np.ndarray] = []
    batches = -(-count // batch)

    def task(number: int) -> Sequence[np.ndarray]:
        return tasks(range(number * batch, min(count, (number + 1) * batch)))

    try:
        for several in run_tasks(task, batches, processes() if parallel else 1):
            for values in several:
                found.append(values)
                dots.add(not is_missing(values).any(), count)
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
        new_variable(figure.name, kind, column, figure.text[:80])
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
