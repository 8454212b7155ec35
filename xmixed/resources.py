"""Files that come with the package: grammars and datasets, in the wheel and in a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal


@lru_cache
def resource_folder(name: Literal["grammar", "datasets"]) -> Path:
    """Return the folder of the package's grammars or datasets.

    The wheel holds them in `xmixed/_share`; in a checkout they stand beside the package.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "_share" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"xmixed is not installed completely: no folder {name}")
