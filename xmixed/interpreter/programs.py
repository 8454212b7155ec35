"""Calling programs, and finding them: in memory, then as ado-files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.interpreter.by_groups import show_group_header
from xmixed.interpreter.frames import entered
from xmixed.interpreter.running import run_statements
from xmixed.language.programs.extended_functions import list_elements
from xmixed.session.frames import ByGroup, Frame, argument_macros
from xmixed.session.programs import Program
from xmixed.session.results import Results
from xmixed.session.signals import ExitRequest
from xmixed.session.state import SessionState
from xmixed.session.temporaries import temporary_name


def call_program(
    session: SessionState,
    program: Program,
    typed: str,
    by: dict[str, str] | None = None,
    group: ByGroup | None = None,
) -> None:
    """Run a program as a command; `typed` is what stands behind its name.

    An r-class program replaces r() when it ends, also with nothing.

    Parameters
    ----------
    by : dict of str to str or None
        Macros that tell what stands in `by`.
    group : ByGroup or None

    Raises
    ------
    StataError
        The error of the command that failed; r(#) of `exit #`, without a message.
    """
    typed = typed.lstrip()
    macros = argument_macros(list_elements(typed), typed)
    returned = Results() if program.kind == "rclass" else None
    macros |= by or {}
    frame = Frame("program", program.name, macros, program.version, program=program, returned=returned)
    frame.group = group
    out, quiet, captured = session.out, session.out.quiet, session.captured
    code = 0
    try:
        with _order_kept(session, program), entered(session, frame):
            _show_rule(session, "begin", program)
            run_statements(session, program.statements)
            _show_rule(session, "end", program)
    except ExitRequest as request:
        if request.everything:
            raise
        code = request.code
    finally:
        out.quiet, session.captured = quiet, captured
        if frame.returned is not None:
            session.r = frame.returned
    if code:
        raise StataError(code)


def _show_rule(session: SessionState, word: str, program: Program) -> None:
    """Show the rule at the begin or end of a program that is traced."""
    if session.settings.trace:
        from xmixed.interpreter.tracing import show_rule

        file = os.path.splitext(os.path.basename(program.path))[0]
        inner = file and file != program.name  # of an ado-file that runs
        show_rule(session, word, f"{file}.{program.name}" if inner else program.name)


@contextmanager
def _order_kept(session: SessionState, program: Program) -> Iterator[None]:
    """Put the observations back into the caller's order after a program that is `sortpreserve`.

    Raises
    ------
    StataError
        r(196): variables by which the data were sorted were dropped.
    """
    data = session.data
    if not program.sortpreserve or not data.n_obs:
        yield
        return
    name = temporary_name(session)
    sorted_by, changed = data.sorted_by, data.changed
    order = Variable(name, "double", np.arange(data.n_obs, dtype=np.float64), "%10.0g")
    session.data = data.with_variables(order).with_(changed=changed)
    try:
        yield
    finally:
        _put_in_order(session, name, sorted_by)


def _put_in_order(session: SessionState, name: str, sorted_by: tuple[str, ...]) -> None:
    """Sort by a variable that holds the old order, and drop it."""
    data = session.data
    if name not in data:
        return  # other data were loaded
    changed, missing = data.changed, any(variable not in data for variable in sorted_by)
    ordered = data.rows(np.argsort(data[name].to_double(), kind="stable")).without([name])
    session.data = ordered.with_(sorted_by=() if missing else sorted_by, changed=changed)
    if missing:
        raise StataError(196, "could not restore sort order because variables were dropped")


def call_by_groups(session: SessionState, program: Program, typed: str) -> None:
    """Run a program behind `by`: once for each group, or once for all if it is `byable(onecall)`.

    Raises
    ------
    StataError
        r(190): it is not byable.
    """
    groups = session.groups
    assert groups is not None
    if not program.byable:
        raise StataError(190, f"{program.name} may not be combined with by")
    names = {"_byvars": " ".join(groups.names)}
    session.groups = None
    try:
        if program.byable == "onecall":
            names |= {"_byrc0": "rc0"} if groups.rc0 else {}
            call_program(session, program, typed, names, ByGroup(0, 0, None))
            return
        slices = groups.partition.slices
        for number, rows in enumerate(slices, 1):
            show_group_header(session, session.data, groups, rows)
            macros = names | {"_byindex": str(number)}
            call_program(session, program, typed, macros, ByGroup(number, len(slices), rows))
        session.out.write("")
    finally:
        session.groups = groups
