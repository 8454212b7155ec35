"""A dataset from a file of Stata's own format or of Parquet, by its name."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Literal

from xmixed.data.files.dta.reader import read_dta
from xmixed.data.files.imported import Imported
from xmixed.data.files.locate import locate


def is_parquet(name: str) -> bool:
    """Return whether a file is one of Parquet by its extension."""
    return name.lower().endswith((".parquet", ".pq"))


SPARK = "spark://"
DATABASES = (".duckdb", ".ddb")


def is_reference(name: str) -> bool:
    """Return whether a name alone says that it is not to be read: a pattern, a database, a server."""
    if "://" in name:
        return name.startswith(SPARK)
    pattern = ("*" in name or "?" in name) and not os.path.exists(os.path.expanduser(name))
    return pattern or name.lower().endswith(DATABASES)


def read_dataset(name: str, command: Literal["use", "webuse", "sysuse"] = "use") -> Imported:
    """Return the dataset in a file that a command names.

    Raises
    ------
    StataError
        Those of `locate`, `read_dta` and `read_parquet`.
    """
    if command == "use" and is_parquet(name):
        from xmixed.data.files.content import read_content
        from xmixed.data.files.parquet import read_parquet

        found = read_parquet(read_content(name, 2.0))
        return Imported(replace(found.dataset, source=name, changed=False), found.notes)
    place = locate(name, command)
    renamed: dict[str, str] = {}
    data = read_dta(place.path, name=place.display_name, renamed=renamed)
    notes = tuple(f"(variable {old} is named {new}: no valid name)" for old, new in renamed.items())
    return Imported(replace(data, source=place.address), notes)
