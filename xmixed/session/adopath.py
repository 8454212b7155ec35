"""Where ado-files are looked for."""

from __future__ import annotations

import os
from collections.abc import Iterable

HOME = os.path.join(os.path.expanduser("~"), "ado")

SYSTEM_FOLDERS = {
    "STATA": "/usr/local/stata/",
    "UPDATES": "/usr/local/stata/ado/updates/",
    "BASE": "/usr/local/stata/ado/base/",
    "SITE": "/usr/local/ado/",
    "PLUS": os.path.join(HOME, "plus", ""),
    "PERSONAL": os.path.join(HOME, "personal", ""),
    "OLDPLACE": os.path.join(HOME, ""),
}
"""Folders by Stata's code words; none of them has to exist."""

DEFAULT_PATH = ("UPDATES", "BASE", "SITE", ".", "PERSONAL", "PLUS", "OLDPLACE")


class AdoPath:
    """The folders in which ado-files are looked for, in order; code words stand for system folders."""

    def __init__(self, entries: Iterable[str] = DEFAULT_PATH) -> None:
        self.entries: list[str] = list(entries)
        self.folders = dict(SYSTEM_FOLDERS)

    def folder(self, entry: str) -> str:
        """Return the folder of an entry."""
        return self.folders.get(entry, entry)

    def find(self, name: str) -> str | None:
        """Return the path of a file along the path: `d/NAME` or `d/n/NAME`; None when there is none."""
        for entry in self.entries:
            folder = os.path.expanduser(self.folder(entry))
            for path in (os.path.join(folder, name), os.path.join(folder, name[:1].lower(), name)):
                if os.path.isfile(path):
                    return path[2:] if path.startswith("./") and entry == "." else path
        return None
