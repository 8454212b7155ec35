"""Independent tasks on all cores: each worker is a fork that shares the data of its parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

Task = Callable[[int], Any]
"""What is done for the task of a number; what it returns is pickled."""


def processes() -> int:
    """Return how many tasks can run at once: `XMIXED_PROCESSES`, or the cores that this process may use."""
    given = os.environ.get("XMIXED_PROCESSES", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_tasks(task: Task, count: int, workers: int) -> Iterator[Any]:
    """Yield task(0), task(1), ... in order, computed by several processes where the system can fork.

    When the iteration is left early, for an interrupt too, the workers end.

    Raises
    ------
    Exception
        What a task raises.
    """
    workers = min(workers, count)
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods() or sys.platform == "darwin":
        yield from map(task, range(count))
        return
    context = multiprocessing.get_context("fork")
    receivers: list[Connection] = []
    children = []
    try:
        for number in range(workers):
            receiver, sender = context.Pipe(duplex=False)
            child = context.Process(
                target=_work, args=(task, range(number, count, workers), sender), daemon=True
            )
            child.start()
            sender.close()
            receivers.append(receiver)
            children.append(child)
        yield from _in_order(receivers, count)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.join()
        for receiver in receivers:
            receiver.close()


def _work(task: Task, numbers: range, sender: Connection) -> None:
    """Do tasks in a worker; an interrupt is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        for number in numbers:
            try:
                sender.send((number, task(number), None))
            except Exception as error:
                sender.send((number, None, error))
                return
    sender.close()


def _in_order(receivers: list[Connection], count: int) -> Iterator[Any]:
    done: dict[int, Any] = {}
    open_receivers = list(receivers)
    following = 0
    while following < count:
        if following in done:
            yield done.pop(following)
            following += 1
            continue
        for receiver in wait(open_receivers):
            assert isinstance(receiver, Connection)
            try:
                number, value, error = receiver.recv()
            except EOFError:
                open_receivers.remove(receiver)
                if not open_receivers and following not in done:
                    raise MemoryError from None  # a worker was killed by the system
                continue
            if error is not None:
                raise error
            done[number] = value
