"""Estimates of every imputation in a file: `mi estimate, saving()` writes them, `mi estimate using` reads."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from xmixed.data.files.atomic_file import replace_file
from xmixed.errors import StataError
from xmixed.estimation.record import file_content, read_records, record, restore
from xmixed.session.results import Estimates

SUFFIX = ".ster"
NUMBER, COUNT, VARYING = "m_mi", "M_mi", "esampvary_mi"


@dataclass(frozen=True, slots=True)
class SavedRuns:
    """e() of each imputation, their numbers, how many the data had, and whether the sample varied."""

    runs: tuple[Estimates, ...]
    numbers: tuple[int, ...]
    count: int
    varying: bool


def path_of(name: str) -> tuple[str, str]:
    """Return the name of a file with its suffix, as typed and as a path."""
    shown = name if os.path.splitext(name)[1] else name + SUFFIX
    return shown, os.path.expanduser(shown)


def check_target(name: str, overwrite: bool) -> None:
    """Refuse a file that exists, r(602), before anything is estimated."""
    shown, path = path_of(name)
    if os.path.exists(path) and not overwrite:
        raise StataError(602, f"file {shown} already exists")


def save_runs(name: str, saved: SavedRuns, overwrite: bool) -> None:
    """Write the estimates of all imputations."""
    _, path = path_of(name)
    records = []
    for run, number in zip(saved.runs, saved.numbers, strict=True):
        scalars = {**run.scalars, COUNT: float(saved.count), VARYING: float(saved.varying)}
        marked = replace(run, scalars=scalars, macros={**run.macros, NUMBER: str(number)})
        records.append(record(marked, ""))
    with replace_file(path, overwrite) as stream:
        stream.write(file_content(records))


def read_runs(name: str) -> SavedRuns:
    """Read them back.

    Raises
    ------
    StataError
        r(601), r(603); r(610) for a file that holds no such estimates.
    """
    shown, path = path_of(name)
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except FileNotFoundError:
        raise StataError(601, f"file {shown} not found") from None
    except (OSError, ValueError):
        raise StataError(603, f"file {shown} could not be opened") from None
    runs = tuple(restore(own, shown).estimates for own in read_records(content, shown))
    if not runs or any(NUMBER not in run.macros or COUNT not in run.scalars for run in runs):
        raise StataError(610, f"file {shown} not a file of estimates of mi estimate")
    numbers = tuple(int(run.macros.pop(NUMBER)) for run in runs)
    count = int(runs[0].scalars[COUNT])
    varying = any(run.scalars.get(VARYING) for run in runs)
    for run in runs:
        run.scalars.pop(COUNT)
        run.scalars.pop(VARYING, None)
    return SavedRuns(runs, numbers, count, varying)
