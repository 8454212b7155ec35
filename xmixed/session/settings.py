"""Session settings that `set` changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Remembered(NamedTuple):
    """A setting that only `c()` shows: its default, and what it may be."""

    default: str
    choices: tuple[str, ...] = ()
    number: bool = False


_SWITCH = ("on", "off")

REMEMBERED: dict[str, Remembered] = {
    "adosize": Remembered("1000", number=True),
    "autotabgraphs": Remembered("off", _SWITCH),
    "checksum": Remembered("off", _SWITCH),
    "copycolor": Remembered("asis"),
    "dp": Remembered("period", ("period",)),
    "emptycells": Remembered("keep", ("keep", "drop")),
    "httpproxy": Remembered("off", _SWITCH),
    "logtype": Remembered("smcl", ("text", "smcl")),
    "matsize": Remembered("400", number=True),
    "max_memory": Remembered(".", number=True),
    "maxiter": Remembered("16000", number=True),
    "maxvar": Remembered("32767", number=True),
    "min_memory": Remembered("0"),
    "niceness": Remembered("5", number=True),
    "pagesize": Remembered("24", number=True),
    "processors": Remembered("1", number=True),
    "scrollbufsize": Remembered("200000", number=True),
    "searchdefault": Remembered("local", ("local", "net", "all")),
    "segmentsize": Remembered("32m", number=True),
    "shell": Remembered("off", _SWITCH),
    "tracedepth": Remembered("32000", number=True),
    "traceexpand": Remembered("on", _SWITCH),
    "tracehilite": Remembered(""),
    "traceindent": Remembered("on", _SWITCH),
    "tracenumber": Remembered("off", _SWITCH),
    "tracesep": Remembered("on", _SWITCH),
    "update_interval": Remembered("7", number=True),
    "update_prompt": Remembered("off", _SWITCH),
    "update_query": Remembered("off", _SWITCH),
    "varabbrev": Remembered("on", _SWITCH),
    "varlabelpos": Remembered("32", number=True),
    "virtual": Remembered("off", _SWITCH),
}


@dataclass(slots=True)
class Settings:
    """Defaults are Stata's."""

    linesize: int = 79
    level: float = 95.0
    more: bool = False
    cformat: str = ""
    pformat: str = ""
    sformat: str = ""
    type: str = "float"
    lstretch: bool = True
    seed: int | None = None
    showbaselevels: str = ""  # "", "on" (baselevels) or "all" (allbaselevels)
    showomitted: bool = True
    showemptycells: bool = True
    graphics: Literal["on", "off", "terminal"] = "on"
    scheme: str = "xmixed"
    rmsg: bool = False
    trace: bool = False
    output: str = "inform"  # "proc": no echo; "error": errors alone
    remembered: dict[str, str] = field(default_factory=dict)  # values of `REMEMBERED` that were set
