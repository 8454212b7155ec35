"""The values of c(): settings, limits, and facts about the session."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from datetime import datetime

from xmixed.data.columns import bytes_of_observation
from xmixed.data.dataset import LIMITS
from xmixed.expressions.context import Context
from xmixed.formats.calendar import MONTHS
from xmixed.formats.dates import DAYS
from xmixed.session.adopath import SYSTEM_FOLDERS
from xmixed.session.memory import DEFAULT_SEED
from xmixed.session.settings import REMEMBERED

MAX_DOUBLE = math.nextafter(2.0**1023, 0)
MAX_FLOAT = 2.0**127 * (1 - 2.0**-24)

_CONSTANTS: dict[str, float | str] = {
    "pi": math.pi,
    "epsdouble": 2.0**-52,
    "epsfloat": 2.0**-23,
    "smallestdouble": 2.0**-1022,
    "smallestfloat": 2.0**-126,
    "maxdouble": MAX_DOUBLE,
    "mindouble": -MAX_DOUBLE,
    "maxfloat": MAX_FLOAT,
    "minfloat": -MAX_FLOAT,
    "max_width_theory": 393192.0,
    "namelen": 32.0,
    "maxstrvarlen": 244.0,
    "min_matsize": 10.0,
    "max_matsize": 11000.0,
    "max_N_theory": 2147483647.0,
    "max_k_theory": 32767.0,
    "max_macrolen": 1081511.0,
    "macrolen": 1081511.0,
    "max_cmdlen": 1081527.0,
    "cmdlen": 1081527.0,
    "flavor": "IC",
    "bit": 64.0,
    "console": "console",
    "noisily": 1.0,
    "alpha": " ".join("abcdefghijklmnopqrstuvwxyz"),
    "ALPHA": " ".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "Months": " ".join(MONTHS),
    "Mons": " ".join(month[:3] for month in MONTHS),
    "Weekdays": " ".join(DAYS),
    "Wdays": " ".join(day[:3] for day in DAYS),
    "stata_version": 12.1,
    "dirsep": "/",
    "byteorder": "lohi" if sys.byteorder == "little" else "hilo",
    "os": "Windows" if os.name == "nt" else "MacOSX" if sys.platform == "darwin" else "Unix",
    "mode": "",
    "SE": 1.0,
    "MP": 0.0,
} | {f"{side}{name}": float(LIMITS[name][side == "max"]) for name in LIMITS for side in ("min", "max")}


def _width(context: Context) -> float:
    return float(bytes_of_observation(context.data))


def _switch(name: str) -> Callable[[Context], float | str]:
    return lambda context: "on" if getattr(context.settings, name, False) else "off"


def _folder(word: str) -> Callable[[Context], float | str]:
    return lambda context: context.ado_path.folders[word] if context.ado_path else SYSTEM_FOLDERS[word]


def _machine(fact: str) -> str:
    import platform

    return str(getattr(platform, fact)())


def _temporary_folder() -> str:
    import tempfile

    return tempfile.gettempdir()


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name
        return ""


def _setting(name: str, default: float | str) -> Callable[[Context], float | str]:
    def read(context: Context) -> float | str:
        value = getattr(context.settings, name, default)
        return value if isinstance(value, str) else float(default if value is None else value)

    return read


_COMPUTED: dict[str, Callable[[Context], float | str]] = {
    "N": lambda context: float(context.data.n_obs),
    "k": lambda context: float(len(context.data.variables)),
    "width": _width,
    "changed": lambda context: float(context.data.changed),
    "filename": lambda context: context.data.source,
    "filedate": lambda context: context.data.timestamp,
    "sortedby": lambda context: " ".join(context.data.sorted_by),
    "rmsg_time": lambda context: context.memory.elapsed,
    "rc": lambda context: float(context.rc),
    "current_date": lambda context: f"{datetime.now().day:2d} {datetime.now():%b %Y}",
    "current_time": lambda context: f"{datetime.now():%H:%M:%S}",
    "pwd": lambda context: os.getcwd(),
    "osdtl": lambda context: _machine("release"),
    "machine_type": lambda context: f"PC (64-bit {_machine('machine')})",
    "hostname": lambda context: _machine("node"),
    "username": lambda context: _user(),
    "tmpdir": lambda context: _temporary_folder(),
    "adopath": lambda context: ";".join(context.ado_path.entries) if context.ado_path else "",
    "memory": lambda context: float(bytes_of_observation(context.data) * context.data.n_obs),
    "level": _setting("level", 95.0),
    "linesize": _setting("linesize", 79.0),
    "seed": _setting("seed", float(DEFAULT_SEED)),
    "type": _setting("type", "float"),
    "cformat": _setting("cformat", ""),
    "pformat": _setting("pformat", ""),
    "sformat": _setting("sformat", ""),
    "showbaselevels": _setting("showbaselevels", ""),
    "more": _switch("more"),
    "graphics": _setting("graphics", "on"),
    "scheme": _setting("scheme", ""),
    "lstretch": _switch("lstretch"),
    "rmsg": _switch("rmsg"),
    "trace": _switch("trace"),
    "output": _setting("output", "inform"),
    "showomitted": _switch("showomitted"),
    "showemptycells": _switch("showemptycells"),
    "version": lambda context: float(context.version),
} | {f"sysdir_{word.lower()}": _folder(word) for word in SYSTEM_FOLDERS}


def _remembered(name: str, context: Context) -> float | str:
    """Return a setting that has no effect here, a number where it is one."""
    set_to = getattr(context.settings, "remembered", {})
    value = set_to.get(name, REMEMBERED[name].default)
    return float(value) if value.isdigit() else value


def system_value(name: str, context: Context) -> float | str:
    """Return `c(name)`; "" when there is no such value."""
    if name in REMEMBERED:
        return _remembered(name, context)
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    compute = _COMPUTED.get(name)
    return compute(context) if compute is not None else ""


def names() -> tuple[str, ...]:
    """Return the names of all values of c()."""
    return (*_CONSTANTS, *_COMPUTED, *REMEMBERED)
