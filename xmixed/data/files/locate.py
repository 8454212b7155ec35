"""Where the file named in `use`, `webuse` or `sysuse` is: a folder, the shipped data, the network."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xmixed.data.files.dta.source import not_found
from xmixed.errors import StataError
from xmixed.resources import resource_folder

DATA_PATH = "XMIXED_DATA_PATH"
"""Environment variable: folders searched for the manual's datasets, separated by os.pathsep."""

WEBUSE_ADDRESS = "http://www.stata-press.com/data/r12/"

STATA_EXAMPLES = frozenset(
    """auto auto2 autornd bplong bpwide cancer census citytemp citytemp4 educ99gdp gnp96 lifeexp network1
    network1a nlsw88 nlswide1 pop2000 sandstone sp500 surface tsline1 tsline2 uslifeexp uslifeexp2 voter
    xtline1""".split()
)
"""What Stata installs for `sysuse`: StataCorp's data, which do not ship with xmixed."""

_MANUAL_DATA = re.compile(r"https?://(?:www\.)?stata-press\.com/data/r\d[\w.]*/([\w-][\w.-]*)", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Located:
    """A file to be read: `read_dta(located.path, name=located.display_name)`.

    Attributes
    ----------
    path : Path or bytes
        The file, or its content when it came over the network.
    address : str
        What `describe` shows after "Contains data from".
    display_name : str
        The file as messages name it.
    """

    path: Path | bytes
    address: str
    display_name: str


def locate(name: str, command: Literal["use", "webuse", "sysuse"] = "use") -> Located:
    """Find the file that a command names.

    `use` takes an address (http or https) or a path; a path without a suffix gets `.dta` and is looked for
    in the current folder only. The manual's data (`/data/r…/` on stata-press.com, and every `webuse`) are
    looked for in the folders of `XMIXED_DATA_PATH`, then in the shipped data, then on the network; so are the
    examples that Stata installs for `sysuse`. Of other names `sysuse` asks no network.

    Raises
    ------
    StataError
        r(601) file not found; for addresses also what `network.fetch` raises.
    """
    if command == "webuse" and not _URL.match(name):
        name = WEBUSE_ADDRESS + name
    if command == "sysuse":
        return _locate_example(with_suffix(name))
    if _URL.match(name):
        return _locate_address(with_suffix(name))
    shown = with_suffix(name)
    return Located(Path(os.path.expanduser(shown)), shown, shown)


def with_suffix(name: str) -> str:
    """Return a file name with `.dta` appended when its last part has no suffix."""
    last = re.split(r"[/\\]", name)[-1]
    return name if "." in last or not last else f"{name}.dta"


def shipped_datasets() -> list[str]:
    """Return the names of the shipped datasets with their suffix, sorted: what `sysuse dir` lists."""
    return sorted(path.name for path in resource_folder("datasets").glob("*.dta"))


def _locate_example(name: str) -> Located:
    path = _in_data_folders(name)
    if path is not None:
        return Located(path, name, name)
    stem = name.removesuffix(".dta")
    if stem not in STATA_EXAMPLES:
        raise not_found(name)
    from xmixed.data.files.network import fetch

    try:
        return Located(fetch(WEBUSE_ADDRESS + name), name, name)
    except StataError as error:
        if error.code == 1:
            raise
        why = f"{stem} is StataCorp's, is not shipped, and could not be fetched from stata-press.com"
        hint = f"{why} ({error.message}); a copy in a folder of {DATA_PATH} is found"
        raise StataError(601, f"file {name} not found", hint=hint) from error


def _locate_address(address: str) -> Located:
    manual = _MANUAL_DATA.fullmatch(address)
    path = _in_data_folders(manual[1]) if manual else None
    if path is not None:
        return Located(path, address, address)
    from xmixed.data.files.network import fetch

    return Located(fetch(address), address, address)


def _in_data_folders(name: str) -> Path | None:
    """Return the file of that name in a folder of `XMIXED_DATA_PATH` or among the shipped data."""
    if os.path.basename(name) != name:
        return None
    named = [Path(folder) for folder in os.environ.get(DATA_PATH, "").split(os.pathsep) if folder]
    paths = (folder / name for folder in (*named, resource_folder("datasets")))
    return next((path for path in paths if path.is_file()), None)
