"""The imputations that a session holds: what the commands of `mi` begin and end with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from xmixed.data.dataset import Dataset
from xmixed.data.imputed.clean_up import clean_up
from xmixed.data.imputed.model import ID, Imputations
from xmixed.data.imputed.separate import write_copies
from xmixed.data.imputed.styles import Read, numbers, read, written
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command, Varlist
from xmixed.language.syntax import OptionSpec
from xmixed.session.state import SessionState

ABBREVIATED = (("wide", "w"), ("mlong", "ml"), ("flong", "fl"), ("flongsep", "flongs"))
"""The styles and their shortest abbreviations."""

NOUPDATE = OptionSpec("noupdate", "noup", help="leave out the clean-up that comes first")
CLEAR = OptionSpec("clear", "clear", help="although the data have changed since they were saved")


def opened(session: SessionState, update: bool = True) -> Imputations:
    """Return the imputations in memory after the clean-up, whose notes are shown and whose changes are kept.

    Raises
    ------
    StataError
        r(119) `data not mi set`.
    """
    found = read(session.data)
    if not update:
        return found.imputations
    cleaned = clean_up(found)
    session.out.write(*cleaned.notes)
    if cleaned.changed:
        keep(session, cleaned.imputations)
    return cleaned.imputations


def keep(session: SessionState, imputations: Imputations) -> None:
    """Make imputations the data in memory, in their style; those of style flongsep go to their files."""
    session.data = data_of(imputations, session.data)


def data_of(imputations: Imputations, before: Dataset | None = None) -> Dataset:
    """Return the dataset of imputations; writes the files of style flongsep."""
    data = written(imputations, before)
    if imputations.style != "flongsep":
        return data
    ids = numbers(ID, imputations.ids)
    stamp = write_copies(imputations.name, data, [copy.with_variables(ids) for copy in imputations.copies])
    return replace(data, source=f"{imputations.name}.dta", timestamp=stamp, changed=False)


@contextmanager
def lent(session: SessionState) -> Iterator[Dataset]:
    """Give the data in memory back at the end, however it ends, so that commands may run on others."""
    whole = session.data
    try:
        yield whole
    finally:
        session.data = whole


def check_saved(session: SessionState, node: Command) -> None:
    """Refuse to change data that were not saved, r(4), unless the option clear was given."""
    if session.data.changed and not node.option("clear"):
        raise StataError(4, "no; data in memory would be lost")


def reclean(session: SessionState, imputations: Imputations) -> Imputations:
    """Return imputations cleaned up once more, after a change; says what is new."""
    cleaned = clean_up(Read(imputations))
    session.out.write(*cleaned.notes)
    return cleaned.imputations


def names_of(varlist: Varlist, imputations: Imputations) -> list[str]:
    """Return the variables of m=0 that a varlist means, each once."""
    return list(dict.fromkeys(resolve_varlist(varlist, imputations.base)))
