"""The files of style flongsep: NAME.dta with m=0, _1_NAME.dta, ..., _M_NAME.dta with the imputations."""

from __future__ import annotations

import os
from collections.abc import Sequence

from xmixed.data.dataset import Dataset
from xmixed.data.imputed.model import state, with_state
from xmixed.errors import StataError

PART = "flongsep_sub"
"""Style of the data in a file of an imputation."""


def place_of(name: str, source: str) -> str:
    """Return the files' name with the folder that the data in memory are from.

    Data say only the name, so that a file of somebody else's cannot say where is to be written.

    Raises
    ------
    StataError
        r(119) where the data are not from a file of this name.
    """
    folder, last = os.path.split(source)
    if not name or last != f"{name}.dta":
        hint = "use those; mi copy makes a copy, mi convert another style"
        raise StataError(119, f"data in memory are not {name}.dta", hint=hint)
    return os.path.join(folder, name)


def file_of(name: str, m: int) -> str:
    """Return the file of the m-th imputation; that of the original data for m = 0."""
    folder, last = os.path.split(os.path.expanduser(name))
    return os.path.join(folder, f"_{m}_{last}.dta" if m else f"{last}.dta")


def read_copies(name: str, count: int) -> list[Dataset]:
    """Return the datasets in the files of the imputations; r(601) and the codes of `use`."""
    from xmixed.data.files.dataset_file import read_dataset

    return [read_dataset(file_of(name, m)).dataset for m in range(1, count + 1)]


def write_copies(name: str, data: Dataset, copies: Sequence[Dataset]) -> str:
    """Write the original data and the imputations; files of further imputations go. Return the time stamp.

    Parameters
    ----------
    data : Dataset
        As it is in memory, with system variables and state.
    copies : sequence of Dataset
        Imputations with `_mi_id`.
    """
    from xmixed.data.files.dta.writer import write_dta

    kept = state(data)
    for m, copy in enumerate(copies, 1):
        texts = {"marker": kept["marker"], "style": PART, "name": kept["name"], "m": str(m)}
        write_dta(with_state(copy, texts), file_of(name, m), replace=True)
    erase_after(name, len(copies))
    return write_dta(data, file_of(name, 0), replace=True).timestamp


def erase_after(name: str, count: int) -> None:
    """Erase the files of the imputations behind the count-th."""
    m = count + 1
    while os.path.exists(file_of(name, m)):
        os.remove(file_of(name, m))
        m += 1


def check_free(name: str, count: int, replace: bool) -> None:
    """Refuse a name whose files are there already, r(602)."""
    for m in range(count + 1):
        if not replace and os.path.exists(file_of(name, m)):
            raise StataError(602, f"file {file_of(name, m)} already exists")


def erase(name: str) -> None:
    """Erase the files of a name; r(601) where there are none."""
    if not os.path.exists(file_of(name, 0)):
        raise StataError(601, f"file {file_of(name, 0)} not found")
    erase_after(name, 0)
    os.remove(file_of(name, 0))
