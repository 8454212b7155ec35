"""Frames: what belongs to one do-file or program while it runs, and is gone when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from xmixed.data.dataset import Dataset
from xmixed.session.programs import VERSION, Program
from xmixed.session.results import Results

FrameKind = Literal["session", "do-file", "program"]


class Temporary(NamedTuple):
    """Something that its frame drops at the end: a variable, a scalar or matrix, or a file.

    Estimates that were set aside come back. What was `made` goes only where the program fails.
    """

    kind: Literal["variable", "made", "name", "file", "estimates"]
    name: str


class ByGroup(NamedTuple):
    """The by-group that a program is called for, counted from 1; all of them at once have number 0.

    `rows` are its observations.
    """

    number: int
    of: int
    rows: slice | None


@dataclass(slots=True, eq=False)
class Frame:
    """What the session, a do-file or a program has of its own.

    Attributes
    ----------
    kind : FrameKind
    name : str
        Of the program, or the path of the do-file.
    macros : dict of str to str
        Local macros.
    version : str
        What `version #` set.
    temporaries : list of Temporary
    preserved : Dataset or None
        What `preserve` kept and no `restore` has brought back.
    program : Program or None
    returned : Results or None
        return(): what an r-class program has returned so far; None elsewhere.
    group : ByGroup or None
        What `by` calls the program for.
    chosen : bool or None
        Whether a branch of the last `if` was taken; None when no `else` may follow.
    loops : int
        How many loops run in this frame.
    """

    kind: FrameKind
    name: str = ""
    macros: dict[str, str] = field(default_factory=dict)
    version: str = VERSION
    temporaries: list[Temporary] = field(default_factory=list)
    preserved: Dataset | None = None
    program: Program | None = None
    returned: Results | None = None
    group: ByGroup | None = None
    chosen: bool | None = None
    loops: int = 0


def argument_macros(arguments: list[str], typed: str | None = None) -> dict[str, str]:
    """Return the macros of arguments: `1', `2', ..., all of them as `0' and `*'.

    `typed` is their text as typed, quotes and all; by default they are joined.
    """
    macros = {str(i): word for i, word in enumerate(arguments, 1)}
    whole = " ".join(arguments) if typed is None else typed
    macros["0"] = macros["*"] = whole
    return {name: value for name, value in macros.items() if value}
