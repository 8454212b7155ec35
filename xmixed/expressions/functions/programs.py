"""What a program asks about its call and its machine: replay(), _by(), _caller(), fileexists()."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from xmixed.expressions.functions.registry import function
from xmixed.expressions.place import Place
from xmixed.expressions.values import Value, map_number, map_text, truth
from xmixed.formats import is_valid_format, width_of
from xmixed.missing import MISSING


@function("_by", placed=True)
def _by(place: Place) -> np.ndarray:
    return truth(np.asarray(place.context.group is not None))


@function("_byindex", placed=True)
def _byindex(place: Place) -> np.ndarray:
    """_byindex(): number of the by-group, 1 without `by`."""
    group = place.context.group
    return np.asarray(1.0 if group is None else float(max(group.number, 1)))


@function("_bylastcall", placed=True)
def _bylastcall(place: Place) -> np.ndarray:
    """_bylastcall(): whether this is the last call; 1 without `by`."""
    group = place.context.group
    return truth(np.asarray(group is None or group.number == group.of))


@function("_byn1", placed=True)
def _byn1(place: Place) -> np.ndarray:
    """_byn1(): first observation of the by-group."""
    group = place.context.group
    return np.asarray(1.0 if group is None or group.rows is None else group.rows.start + 1.0)


@function("_byn2", placed=True)
def _byn2(place: Place) -> np.ndarray:
    """_byn2(): last observation of the by-group."""
    group = place.context.group
    return np.asarray(float(place.context.size if group is None or group.rows is None else group.rows.stop))


@function("_caller", placed=True)
def _caller(place: Place) -> np.ndarray:
    """_caller(): version under which the program was called."""
    return np.asarray(float(place.context.version))


@function("replay", placed=True)
def _replay(place: Place) -> np.ndarray:
    """replay(): whether the program was called without an argument: `0' is empty or begins with a comma."""
    typed = place.context.typed.lstrip()
    return np.asarray(float(not typed or typed.startswith(",")))


@function("fileexists", "s", strict=False)
def _file_exists(name: Value) -> np.ndarray:
    """fileexists(f): whether there is such a file."""
    return map_number(lambda text: float(Path(text).expanduser().is_file()), name)


@function("fileread", "s", strict=False)
def _file_read(name: Value) -> Value:
    """fileread(f): what is in a file, as text; `fileread() error #` where it cannot be read."""

    def contents(text: str) -> str:
        try:
            return Path(text).expanduser().read_bytes().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return "fileread() error 601"
        except OSError:
            return "fileread() error 603"

    return map_text(contents, name)


@function("byteorder")
def _byte_order() -> np.ndarray:
    """byteorder(): 1 where the high byte of a number comes first, 2 where the low one does."""
    return np.asarray(1.0 if sys.byteorder == "big" else 2.0)


@function("fmtwidth", "s", strict=False)
def _format_width(fmt: Value) -> np.ndarray:
    """fmtwidth(fmt): the width of a display format; missing for what is none."""
    return map_number(lambda text: float(width_of(text)) if is_valid_format(text) else MISSING, fmt)
