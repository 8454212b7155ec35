"""Programs that users define."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from xmixed.language.lines import LogicalLine
from xmixed.language.statements import Statement, statements_of_lines

ProgramKind = Literal["nclass", "rclass", "eclass", "sclass"]

VERSION = "12"
"""The version whose syntax holds until somebody sets another."""


@dataclass(slots=True, eq=False)
class Program:
    """A program in memory.

    Attributes
    ----------
    name : str
    lines : tuple of LogicalLine
        Its body, unexpanded.
    kind : ProgramKind
        Whether it leaves r(), e() or s().
    version : str
        That of the do-file which defined it.
    byable : str
        "", `recall` or `onecall`.
    properties : str
    sortpreserve : bool
        Whether the caller's order of observations comes back.
    path : str
        The ado-file that it was read from; "" when it was defined otherwise.
    local_programs : dict of str to Program
        The other programs of its ado-file, which only it can call.
    """

    name: str
    lines: tuple[LogicalLine, ...]
    kind: ProgramKind = "nclass"
    version: str = VERSION
    byable: str = ""
    properties: str = ""
    sortpreserve: bool = False
    path: str = ""
    local_programs: dict[str, Program] = field(default_factory=dict)
    _statements: tuple[Statement, ...] | None = None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The body as statements, read when it first runs."""
        if self._statements is None:
            self._statements = statements_of_lines(self.lines)
        return self._statements


def without_ado(programs: dict[str, Program]) -> dict[str, Program]:
    """Return the programs that were not read from ado-files."""
    return {name: program for name, program in programs.items() if not program.path}
